"""The days that a text names: 2 June, on Monday, by the end of June, three months ago, in 2022.

Without a year a date is the one nearest to publication. Whatever is named by a larger span is as
wide as that span: next week is Monday to Sunday, "two months ago" a calendar month, "a year ago" a
calendar year. "By the end of June" runs from the day of publication to 30 June.

A weekday is the next one (never the day of publication) where a word puts it ahead, else the last
one, the day of publication included. The word is, in this order: next or last beside it; from, by
or since directly before it; the nearest word of the future or the past before it in its clause;
the nearest such word behind it. What was found is told by `ahead`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.core.calendar_reading import (
    FIRST_YEAR,
    LAST_YEAR,
    Almanac,
    almanac,
    date_of,
    month_of,
    nearest_year,
)
from monitor.core.numerals import fold_for_numbers, numerals

#: Most days that are read from one text.
MOST = 200
#: Code points looked at on either side of a word; for the clause of a weekday.
_LOOK, _CLAUSE = 40, 90
#: A day behind or before a weekday, in code points: "Monday, 2 June" is told once.
_BESIDE = 5


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a span of days, first and last included, at code points [start, end).

    `ahead` says for a weekday whether a word put it ahead (True) or behind (False) of publication;
    None for all others, and where no word did.
    """

    start: int
    end: int
    first: date
    last: date
    ahead: bool | None = None


#: Words with hyphens inside; an apostrophe is a letter in Ukrainian alone.
_WORD = re.compile(r"[^\W\d_]++(?:-[^\W\d_]++)*+|(?<!\d)\d{4}(?!\d)")
_WORD_UKRAINIAN = re.compile(r"[^\W\d_]++(?:['-][^\W\d_]++)*+|(?<!\d)\d{4}(?!\d)")
_ISO = re.compile(r"(?<![\d.-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_DOTTED = re.compile(r"(?<![\d./])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\d/])")
_DAY_BEFORE = re.compile(
    r"(?<![\d.,:/-])(?:(\d{1,2})(?:\.|st|nd|rd|th)? ?"
    r"(?:-|to|bis|au|al|do|до|по|and|und|et|y|e|i|і|та|и|ve|ile)\.? ?)?"
    r"(\d{1,2})(?:\.|st|nd|rd|th|er|º|°|-?(?:го|е|ое))?(?: of| de| d'| d[ei]l?)? $"
)
_DAY_AFTER = re.compile(r"\.? (\d{1,2})(?:st|nd|rd|th)?(?!\d|[.,:]\d|%)(?: ?- ?(\d{1,2})(?!\d))?")
_YEAR_AFTER = re.compile(r"\.?(?:,| de| del)? (\d{4})(?![\d.,]\d|\d)")
_CLAUSE_END = re.compile(r"[.;!?\n()\u2013\u2014]")
_AMOUNT = re.compile(r"(?:(?<![\w.,:-])(\d{1,3})|(?<!\w)([^\W\d_]+)) $")


def days(text: str, language: str, published: datetime) -> tuple[Day, ...]:
    """Give the days that a cleaned text names, in order and apart, at most `MOST`.

    `published` is aware UTC; its date is the day of publication. Of a language without tables only
    ISO dates are read. A day that does not exist (31 June) gives none.
    """
    reader = _Reader(text, fold_for_numbers(text), language, published.date())
    found: list[Day] = []
    for day in sorted(reader.all(), key=lambda d: (d.start, -d.end)):
        if not found or day.start >= found[-1].end:
            found.append(day)
        elif day.end - day.start > found[-1].end - found[-1].start:
            found[-1] = day
    kept = [
        d for at, d in enumerate(found) if not reader.is_told(d, found[max(0, at - 1) : at + 2])
    ]
    return tuple(kept[:MOST])


class _Reader:
    """Reads the days of one text, a kind at a time."""

    def __init__(self, text: str, folded: str, language: str, published: date) -> None:
        self.text, self.folded, self.published = text, folded, published
        self.words: Almanac = almanac(language)
        self.language = language
        self.weekdays: set[int] = set()
        self.loose: set[int] = set()  # days that never stand for a weekday beside them

    def all(self) -> Iterator[Day]:
        """Give every day, as they are found; some overlap."""
        yield from self._numeric()
        if not self.words.known:
            return
        pattern = _WORD_UKRAINIAN if self.language == "uk" else _WORD
        for match in pattern.finditer(self.folded):
            yield from self._word(match.start(), match.end(), match[0])
        for match in self.words.relative.finditer(self.folded):
            yield from self._relative(match)

    def is_told(self, day: Day, around: Sequence[Day]) -> bool:
        """Say whether a weekday is told by the date beside it: Monday, 2 June."""
        others = (d for d in around if d.start not in self.weekdays and d.start not in self.loose)
        return day.start in self.weekdays and any(
            0 <= max(other.start - day.end, day.start - other.end) <= _BESIDE for other in others
        )

    def _word(self, start: int, end: int, word: str) -> Iterator[Day]:
        if word[0].isdecimal():
            yield from self._year(start, end, int(word))
            return
        month = self.words.months.get(word)
        if month is None and "-" in word:  # mi-juin, mid-June
            head, _, tail = word.rpartition("-")
            month, start = self.words.months.get(tail), start + len(head) + 1
        if month is not None:
            yield from self._named_month(start, end, month)
        short = self.words.short_months.get(word)
        if short is not None and month is None:
            yield from self._dated(start, end, short)
        weekday = self.words.weekday(word)
        if weekday is not None and self._is_weekday(start, end, word):
            self.weekdays.add(start)
            yield self._on_weekday(start, end, weekday)
        span = self.words.spans.get(word)
        if span is not None:
            yield from self._span(start, end, span)

    def _around(self, start: int, end: int) -> tuple[str, str]:
        return self.folded[max(0, start - _LOOK) : start], self.folded[end : end + _LOOK]

    # absolute

    def _numeric(self) -> Iterator[Day]:
        for match in _ISO.finditer(self.folded):
            day = date_of(int(match[1]), int(match[2]), int(match[3]))
            if day:
                yield Day(match.start(), match.end(), day, day)
        if not self.words.known:
            return
        for match in _DOTTED.finditer(self.folded):
            if match[2] == "/" and self.language not in ("fr", "es", "it", "tr"):
                continue  # an American writes the month first
            day = date_of(int(match[4]), int(match[3]), int(match[1]))
            if day:
                yield Day(match.start(), match.end(), day, day)

    def _dated(self, start: int, end: int, month: int) -> Iterator[Day]:
        """Give the day of a month that has its number beside it."""
        before, after = self._around(start, end)
        lead = _DAY_BEFORE.search(before)
        if lead:
            year = _YEAR_AFTER.match(after)
            begin = start - len(before) + lead.start(2)
            yield from self._from_to(
                (begin if not lead[1] else start - len(before) + lead.start(1)),
                end + (year.end() if year else 0), month,
                (lead[1], lead[2]), year[1] if year else None)  # fmt: skip
            return
        tail = _DAY_AFTER.match(after) if self.language == "en" else None
        if tail:
            year = _YEAR_AFTER.match(after[tail.end() :])
            until = end + tail.end() + (year.end() if year else 0)
            pair = (tail[1], tail[2]) if tail[2] else (None, tail[1])
            yield from self._from_to(start, until, month, pair, year[1] if year else None)

    def _from_to(
        self, start: int, end: int, month: int, pair: tuple[str | None, str], year: str | None
    ) -> Iterator[Day]:
        numbers = [int(part) for part in pair if part]
        if year:
            ends = [date_of(int(year), month, number) for number in numbers]
        else:
            ends = [nearest_year(month, number, self.published) for number in numbers]
        first, last = ends[0], ends[-1]
        if first and last and first <= last:
            yield Day(start, end, first, last)
        elif last:
            yield Day(start, end, last, last)

    def _named_month(self, start: int, end: int, month: int) -> Iterator[Day]:
        """Give a day of a month, or the month itself where it has no number."""
        before, after = self._around(start, end)
        written = self.text[start:end]
        risky = self.folded[start:end] in self.words.risky
        if risky and written.islower() and self.language in ("en", "tr"):
            return
        has_number = bool(_DAY_BEFORE.search(before)) or (
            self.language == "en" and bool(_DAY_AFTER.match(after)))  # fmt: skip
        if has_number:
            yield from self._dated(start, end, month)
            return
        year = _YEAR_AFTER.match(after)
        part, lead, until = self._part(before, after)
        led = bool(self.words.in_.search(before)) or self.words.suffixed(after)
        if risky and not (year or led or part):
            return
        number = int(year[1]) if year else self._year_of(month, before)
        if not FIRST_YEAR <= number <= LAST_YEAR:
            return
        first, last = month_of(number, month, part)
        if until and part == "late":
            first = self.published if self.published <= last else date(number, month, 1)
        yield Day(start - lead, end + (year.end() if year else 0), first, last)

    def _year_of(self, month: int, before: str) -> int:
        """Give the year of a month without one: nearest, or by next and last before it."""
        today = self.published
        if self.words.next_before.search(before):
            return today.year + (month <= today.month)
        if self.words.last_before.search(before):
            return today.year - (month >= today.month)
        middle = nearest_year(month, 15, today)
        return middle.year if middle else today.year

    def _part(self, before: str, after: str) -> tuple[str, int, bool]:
        """Give the part of a span that is meant, how much of it stands before, and "by the"."""
        for part, pattern in self.words.parts_before:
            match = pattern.search(before)
            if match:
                return part, len(before) - match.start(1), bool(match["until"])
        for part, pattern in self.words.parts_after:
            if match := pattern.match(after):
                return part, 0, "kadar" in after[: match.end() + 7]
        return "", 0, False

    def _year(self, start: int, end: int, year: int) -> Iterator[Day]:
        """Give a year that a preposition or the word year makes one."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return
        before, after = self._around(start, end)
        led = self.words.in_.search(before) and not re.match(r"[.,:]\d|[ -]\w{0,2}\d|%", after)
        follows = self.words.year_after.match(after)
        if follows or (led and not self.words.counted.match(after)):
            self.loose.add(start)
            yield Day(start, end, date(year, 1, 1), date(year, 12, 31))

    # weekdays

    def _is_weekday(self, start: int, end: int, word: str) -> bool:
        """Say whether a word that is another one as well (pazar, a market) is a weekday here."""
        if word not in self.words.risky_weekdays or not self.text[start:end].islower():
            return True
        return self.folded.startswith(" günü", end)

    def _on_weekday(self, start: int, end: int, weekday: int) -> Day:
        ahead = self._ahead(start, end)
        gap = (self.published.weekday() - weekday) % 7
        day = self.published - timedelta(days=gap)
        if ahead:
            day += timedelta(days=7)
        elif ahead is False and self.words.last_before.search(
            self.folded[max(0, start - _LOOK) : start]
        ):
            day -= timedelta(days=7 if gap == 0 else 0)
        return Day(start, end, day, day, ahead)

    def _ahead(self, start: int, end: int) -> bool | None:
        """Say whether a weekday lies ahead, None where no word tells."""
        before, after = self._around(start, end)
        words = self.words
        if words.next_before.search(before) or words.next_after.match(after):
            return True
        if words.last_before.search(before) or words.last_after.match(after):
            return False
        if words.past_beside.search(before):
            return False
        if words.ahead_beside.search(before) or words.ahead_behind.match(after):
            return True
        left = self.folded[max(0, start - _CLAUSE) : start]
        left = _CLAUSE_END.split(left)[-1]
        right = _CLAUSE_END.split(self.folded[end : end + _CLAUSE], maxsplit=1)[0]
        told = [said for word in left.split() if (said := words.tense(word)) is not None]
        if told:
            return told[-1]
        return next((s for word in right.split() if (s := words.tense(word)) is not None), None)

    # relative

    def _relative(self, match: re.Match[str]) -> Iterator[Day]:
        """Give today, yesterday, tomorrow."""
        away = self.words.away(match[0])
        before, _ = self._around(match.start(), match.end())
        if self.language == "de" and match[0] == "morgen":
            capital = self.text[match.start()].isupper() and bool(before)
            if re.search(r"(?:am|heute|gestern|guten|jeden|den|diesem) $", before) or (
                capital and not re.search(r"[.:!?\n] ?$", before)):  # fmt: skip
                return
        if (
            self.language == "es"
            and match[0] == "mañana"
            and re.search(r"(?:la|esta|una|cada) $", before)
        ):
            return
        self.loose.add(match.start())
        day = self.published + timedelta(days=away)
        yield Day(match.start(), match.end(), day, day)

    def _span(self, start: int, end: int, span: str) -> Iterator[Day]:
        """Give next week, two months ago, the end of the year."""
        before, after = self._around(start, end)
        steps, lead, tail = self._steps(before, after, span)
        self.loose.add(start - lead)
        if steps is not None:
            found = self._shifted(span, steps)
            if found:
                yield Day(start - lead, end + tail, *found)
            return
        part, lead, until = self._part(before, after)
        whole = (
            self._shifted(span, 0) if part == "late" and span in ("month", "year", "week") else None
        )
        if whole:
            first = self.published if until else max(whole[0], whole[1] - timedelta(days=9))
            yield Day(start - lead, end, first, whole[1])

    def _steps(self, before: str, after: str, span: str) -> tuple[int | None, int, int]:
        """Give how many spans away something is, and what of the text before and behind says so."""
        words = self.words
        for pattern, steps in (
            (words.next_before, 1),
            (words.last_before, -1),
            (words.this_before, 0),
        ):
            match = pattern.search(before)
            if match and not (
                span == "day" or (span == "year" and steps == 0 and match[1] == "am")
            ):
                return steps, len(before) - match.start(1), 0
        for pattern, steps in ((words.next_after, 1), (words.last_after, -1)):
            match = pattern.match(after)
            if match and span != "day":
                return steps, 0, match.end()
        amount, width = self._amount(before)
        rest = before[: len(before) - width]
        for number, (leading, trailing) in ((-1, words.ago), (1, words.within)):
            if leading and amount and (match := leading.search(rest)):
                return number * amount, len(before) - match.start(1), 0
            if trailing and (match := trailing.match(after)) and (amount or words.bare):
                return number * (amount or 1), width, match.end()
            if leading and words.bare and (match := leading.search(before)):
                return number, len(before) - match.start(1), 0
        return None, 0, 0

    def _amount(self, before: str) -> tuple[int, int]:
        """Give the number directly before a span, and how many code points it takes."""
        match = _AMOUNT.search(before)
        if match is None:
            return 0, 0
        width = len(before) - match.start()
        if match[1]:
            return int(match[1]), width
        if match[2] in self.words.one:
            return 1, width
        value = numerals(self.language).value_of(match[2])
        return (value, width) if value else (0, 0)

    def _shifted(self, span: str, steps: int) -> tuple[date, date] | None:
        """Give the span so many spans away from publication; None beyond the calendar."""
        today = self.published
        if abs(steps) > 999 or not FIRST_YEAR <= today.year + steps // 12 <= LAST_YEAR:
            return None
        if span == "day":
            day = today + timedelta(days=steps)
            return day, day
        if span in ("week", "weekend"):
            monday = today - timedelta(days=today.weekday()) + timedelta(weeks=steps)
            return monday + timedelta(days=5 if span == "weekend" else 0), monday + timedelta(
                days=6
            )
        if span == "month":
            months = today.year * 12 + today.month - 1 + steps
            return month_of(months // 12, months % 12 + 1)
        year = today.year + steps
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        return date(year, 1, 1), date(year, 12, 31)
