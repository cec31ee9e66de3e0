"""Numbers that count something: 1,000 for 1,000, six thousand bodies, a truce of thirty days.

Years, ages, ordinals, times, days of a month, shares, money, measures, scores and the numbers of
articles or roads count nothing here. "One" alone counts nothing either: in most languages it is an
article. All looks around a number are bounded, so the whole is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.core import calendar_words as cal
from monitor.core import number_words as num
from monitor.core.numerals import (
    Number,
    Word,
    fold_for_numbers,
    numbers,
    numerals,
    valued,
    words_of,
)
from monitor.core.text import fold

#: Most quantities that are read from one text.
MOST = 200
#: Code points looked at on either side of a number; words, for what is counted and for "each".
_LOOK, _UNIT_WORDS, _EACH_WORDS = 48, 3, 8
TIMES = frozenset(("days", "hours", "weeks", "months", "minutes"))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at code points [start, end) of a cleaned text.

    `exact` is False for "about 300" and "10 to 12" (its value is the upper one), `each` True for
    "6,000 each" and "1,000 for 1,000". `unit` is people, bodies, days, hours, weeks, months,
    minutes, or "" where what is counted is not known.
    """

    start: int
    end: int
    value: int
    exact: bool
    each: bool
    unit: str


_STOP = re.compile(r"[.;:!?,()\n\u00ab\u00bb\u201c\u201d]")


def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """Give the quantities of a cleaned text in order, at most `MOST`.

    `language` is a two-letter code; of a language without tables only digits are read.
    """
    folded = fold_for_numbers(text)
    tongue = _tongue(language)
    words = words_of(folded, language)
    found = _joined(_numbers(words, folded, tongue), folded, tongue)
    kept: list[Number] = []
    for number in found:
        counted = _with_unit(number, kept[-1] if kept else None, words, folded, tongue)
        if _counts(counted, words, folded, tongue):
            about = _is_about(counted, folded, tongue)
            kept.append(replace(counted, exact=False) if about else counted)
            if len(kept) == MOST:
                break
    marked = _with_each(kept, words, folded, tongue)
    return tuple(Quantity(n.start, n.end, n.value, n.exact, n.each, n.unit) for n in marked)


def _either(listed: str) -> str:
    """Give alternatives as a group of a regular expression, the longest first."""
    parts = sorted(fold_for_numbers(listed).split("|"), key=len, reverse=True)
    return "(?:" + "|".join(parts) + ")"


def _raw(listed: str) -> str:
    """Give alternatives that have alternatives inside as a group, in their order."""
    return f"(?:{fold_for_numbers(listed)})"


def _before(listed: str) -> re.Pattern[str]:
    """Give an expression for words that stand directly before a place."""
    return re.compile(rf"(?:^|[^\w]){_either(listed)}$") if listed else _NEVER


def _after(listed: str, lead: str = "[ \u00a0-]?") -> re.Pattern[str]:
    """Give an expression for beginnings of words that stand directly behind a place."""
    return re.compile(rf"{lead}{_either(listed)}") if listed else _NEVER


_NEVER = re.compile(r"(?!)")
_CURRENCY = re.compile(r"(?:[$€£¥₴₽₺]|\b(?:usd|eur|uah|rub) ?)\s?$")
_UNFIT_BEFORE = re.compile(r"(?:[\w/#№§@°+=&\\]|[^\W]-|\d[.,]|№ )$")
_UNFIT_AFTER = re.compile(r"[^\W\d]|'s|[ \u00a0]?[%‰°€$£¥₴₽₺]|-(?:й|я|е|го)\b")
_MONEY = re.compile(rf"[ \u00a0-](?:\w{{2,12}} )?{_either(num.MONEY)}")
_MEASURES = _after(num.MEASURES)
_LABELS = re.compile(rf"(?:^|[^\w]){_either(num.LABELS)}\.? $")
_ORDINAL_SUFFIX = re.compile(num.ORDINAL_SUFFIX)
_ORDINAL_TURKISH = re.compile(fold(num.ORDINAL_TURKISH))
_ORDINAL_NOUN = re.compile(rf"\. {_either(num.ORDINAL_NOUNS)}")
_ORDINAL_BEFORE = _before(num.ORDINAL_BEFORE)
_YEAR_BEFORE = _before(cal.YEAR_BEFORE)


def _listed(row: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Give the whole words of a row, and the beginnings of words."""
    words = fold_for_numbers(row).split()
    whole = frozenset(word for word in words if word[-1] != "*")
    return whole, tuple(word[:-1] for word in words if word[-1] == "*")


class _Tongue:
    """The tables of one language, as sets and expressions."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.units = [(u, *_listed(row)) for u, row in num.UNITS.get(language, {}).items()]
        self.glued = numerals(language).values | valued(num.GLUED.get(language, ""))
        # only these languages write a numeral and what it counts in one word
        self.compounds = [
            (unit, beginnings)
            for unit, _, beginnings in self.units
            if unit in TIMES and language in ("de", "pl", "uk", "ru")
        ]
        self.of = set(num.OF.get(language, "").split())
        self._expressions(language)

    def _expressions(self, language: str) -> None:
        about = num.ABOUT.get(language, "")
        self.about = re.compile(r"[~≈] ?$")
        self.about_after, self.each = re.compile(r"\+"), _NEVER
        if about:
            self.about = re.compile(
                rf"(?:(?:^|[^\w]){_either(about)}(?: (?:a|an|the|one|une?|des|die))? |[~≈] ?)$"
            )
            behind = _raw(num.ABOUT_AFTER[language])
            self.about_after = re.compile(rf"\+|[ ']{behind}(?!\w)")
            each, often = _raw(num.EACH[language]), _either(num.OFTEN[language])
            self.each = re.compile(rf"(?<!\w){each}(?!\w)(?! {often})")
        self.each_before = _before(num.EACH_BEFORE.get(language, ""))
        self.connects = _connector(num.FOR.get(language, ""), "(?:'?\\w{1,14} ){0,2}")
        self.ranges = _connector(num.TO.get(language, ""), "-?")
        head, tail = num.BETWEEN.get(language, ("", ""))
        self.between, self.between_and = _before(head), _connector(tail, "")
        self.years = _after(cal.YEARS.get(language, ""))
        self.age = _before(cal.AGE.get(language, ""))
        self.age_unless = _before(cal.AGE_UNLESS_COUNTED.get(language, ""))
        before, after = cal.AT.get(language, ("", ""))
        self.at, self.hour = _before(before), _after(after)
        months = re.sub("[ /!]+", "|", cal.MONTHS.get(language, "")).strip("|")
        self.month_after = re.compile(
            rf"(?:st|nd|rd|th|\.|er|º)?(?: of| de| d'?)?[ ]{_either(months)}(?!\w)"
        ) if months else _NEVER  # fmt: skip
        self.month_before = _before(months)

    def unit_of(self, word: str) -> str:
        """Give what a word counts, "" for none."""
        for unit, whole, beginnings in self.units:
            if word in whole or word.startswith(beginnings):
                return unit
        return ""


@lru_cache(maxsize=16)
def _tongue(language: str) -> _Tongue:
    return _Tongue(language if language in num.NUMERALS else "")


def _connector(listed: str, lead: str) -> re.Pattern[str]:
    return re.compile(rf"(?:'\w{{1,4}})?[ -]{lead}{_either(listed)}[ -]") if listed else _NEVER


def _numbers(words: Sequence[Word], folded: str, tongue: _Tongue) -> list[Number]:
    """Give the numbers in words, digits and compounds such as dreißigtägig, in order."""
    found = list(numbers(words, folded, tongue.language))
    found += [number for at, word in enumerate(words) for number in _compounds(at, word, tongue)]
    return sorted(found, key=lambda number: number.start)


def _compounds(at: int, word: Word, tongue: _Tongue) -> Iterator[Number]:
    """Give the number of a word that is a numeral and a span of time in one."""
    if not 6 <= len(word.text) <= 40 or word.text[0].isdecimal():
        return
    for unit, beginnings in tongue.compounds:
        for stem in beginnings:
            place = word.text.find(stem, 2)
            head = word.text[:place] if place > 0 else ""
            value = tongue.glued.get(head) or (
                numerals(tongue.language).value_of(head) if head else 0
            )
            if value:
                yield Number(at, at, word.start, word.end, value, unit=unit)
                return


def _joined(found: Sequence[Number], folded: str, tongue: _Tongue) -> list[Number]:
    """Make one of N for N, and one of a range."""
    made: list[Number] = []
    for number in found:
        joined = _both(made[-1], number, folded, tongue) if made else None
        if joined is None:
            made.append(number)
        else:
            made[-1] = joined
    return made


def _both(one: Number, other: Number, folded: str, tongue: _Tongue) -> Number | None:
    """Give two numbers as one, or None where they are two."""
    between = folded[one.end : other.start]
    if one.last == other.first or len(between) > _LOOK:
        return None
    whole = replace(other, first=one.first, start=one.start, unit=one.unit or other.unit)
    if one.value == other.value and tongue.connects.fullmatch(between):
        named = (tongue.unit_of(word) for word in between.split())
        unit = whole.unit or next(filter(None, named), "")
        return replace(whole, each=True, exact=True, weak=False, unit=unit)
    if one.value >= other.value or one.low:
        return None
    before = folded[max(0, one.start - _LOOK) : one.start].rstrip()
    spans = between.strip() == "-" or tongue.ranges.fullmatch(between)
    if spans or (tongue.between_and.fullmatch(between) and tongue.between.search(before)):
        return replace(
            whole, exact=False, weak=False, low=one.value, plain=one.plain and other.plain
        )
    return None


def _with_unit(
    number: Number, last: Number | None, words: Sequence[Word], folded: str, tongue: _Tongue
) -> Number:
    """Add what a number counts: from the words behind it, else directly before it."""
    if number.unit:
        return number
    behind = _behind(number, words, folded, tongue)
    floor = last.last + _UNIT_WORDS if last and last.unit else last.last if last else -1
    before = _ahead_of(number, floor, words, folded, tongue)
    unit = before if before == "bodies" and behind in ("", "people") else behind or before
    return replace(number, unit=unit)


def _behind(number: Number, words: Sequence[Word], folded: str, tongue: _Tongue) -> str:
    """Give the unit within three words behind; soldiers' bodies are bodies."""
    unit, end = "", number.end
    for word in words[number.last + 1 : number.last + 1 + _UNIT_WORDS]:
        gap = folded[end : word.start]
        if end == number.end and words[number.last].text in _SHORT_SCALES:
            gap = gap.removeprefix(".")
        if _STOP.search(gap) or (word.text[0].isdecimal()) or word.text in _AND:
            break
        found = tongue.unit_of(word.text)
        if found == "bodies" or (found and not unit):
            unit = found
        if unit in TIMES or unit == "bodies":
            break
        end = word.end
    return unit


def _ahead_of(
    number: Number, floor: int, words: Sequence[Word], folded: str, tongue: _Tongue
) -> str:
    """Give the unit directly before a number, little words aside; farther before N for N."""
    start = number.start
    reach = 3 if number.each else 2
    for at in range(number.first - 1, max(number.first - 1 - reach, floor, -1), -1):
        word = words[at]
        if _STOP.search(folded[word.end : start]):
            break
        found = tongue.unit_of(word.text)
        if found in {"people", "bodies"}:
            return found
        if (
            word.text not in tongue.of
            and not number.each
            and not tongue.about.search(folded[max(0, word.start - _LOOK) : number.start])
        ):
            break
        start = word.start
    return ""


#: Scale words that a full stop shortens.
_SHORT_SCALES = frozenset("тис тыс tys mln млн mio".split())
_AND = frozenset("and und et y e ve i oraz та і и й".split())


def _counts(number: Number, words: Sequence[Word], folded: str, tongue: _Tongue) -> bool:
    """Say whether a number counts something: no year, age, ordinal, time, money, name."""
    before = folded[max(0, number.start - _LOOK) : number.start]
    after = folded[number.end : number.end + _LOOK]
    if number.weak and not number.unit and not number.each:
        return False
    if number.low and words[number.last].text.find("-") > 0 and not number.unit and number.low < 10:
        return False  # 2-5 is a score
    return not (
        _UNFIT_BEFORE.search(before)
        or _UNFIT_AFTER.match(after)
        or _CURRENCY.search(before)
        or _MONEY.match(after)
        or _MEASURES.match(after)
        or _LABELS.search(before)
        or _is_ordinal(number, before, after, tongue)
        or _is_date(number, before, after, tongue)
        or _is_age(number, before, after, tongue)
    )


def _is_ordinal(number: Number, before: str, after: str, tongue: _Tongue) -> bool:
    if _ORDINAL_SUFFIX.match(after) and after[0] == "-":
        return True
    if tongue.language == "tr":
        return bool(_ORDINAL_TURKISH.match(after) or re.match(r"\. [^\W\d]", after))
    if tongue.language == "de" and re.match(r"\. \w", after):
        named = number.value < 200 and _ORDINAL_BEFORE.search(before.rstrip())
        return bool(named or _ORDINAL_NOUN.match(after))
    return tongue.language == "pl" and bool(re.match(r"\. (?:rund|dzień|dnia|bryg|raz)", after))


def _is_date(number: Number, before: str, after: str, tongue: _Tongue) -> bool:
    """Say whether a number is a year, a day of the month or a time of day."""
    if number.value <= 31 and (
        tongue.month_after.match(after) or tongue.month_before.search(before.rstrip())
    ):
        return True
    hour = number.value <= 24 and number.unit in ("", "hours")
    if hour and tongue.hour.match(after):
        return True
    at = tongue.at.search(before[:-1]) if before.endswith(" ") else None
    if hour and at and (number.unit == "hours" or tongue.language in ("en", "es", "tr")):
        return True
    if not number.plain or not 1500 <= number.value <= 2099:
        return False
    behind = _YEAR_BEFORE.search(before[:-1]) if before.endswith((" ", "-")) else None
    counted = number.unit != "" and not behind
    return not counted and (number.value >= 1900 or behind is not None)


def _is_age(number: Number, before: str, after: str, tongue: _Tongue) -> bool:
    """Say whether a number is an age or a number of years."""
    if tongue.years.match(after):
        return True
    if number.value > 120 or not before.endswith(" "):
        return False
    stem = before[:-1]
    if tongue.age.search(stem) and (number.unit == "" or not tongue.age_unless.search(stem)):
        return number.unit == ""
    return number.unit == "" and number.value < 100 and bool(tongue.age_unless.search(stem))


def _is_about(number: Number, folded: str, tongue: _Tongue) -> bool:
    """Say whether words beside a number make it inexact."""
    before = folded[max(0, number.start - _LOOK) : number.start]
    after = folded[number.end : number.end + _LOOK]
    return bool(tongue.about.search(before) or tongue.about_after.match(after))


def _with_each(
    found: Sequence[Number], words: Sequence[Word], folded: str, tongue: _Tongue
) -> list[Number]:
    """Mark what is meant for each side: by a cue behind a number, else before all that follow."""
    marked = list(found)
    starts = [word.start for word in words]
    for cue in tongue.each.finditer(folded):
        place = bisect_left(starts, cue.start())
        nearest = bisect_left(marked, cue.start(), key=lambda n: n.start) - 1
        if nearest >= 0 and _is_near(
            marked[nearest].last, marked[nearest].end, place, cue.start(), folded
        ):
            marked[nearest] = _each(marked[nearest])
            continue
        for at in range(nearest + 1, min(nearest + 3, len(marked))):
            if _is_near(place, cue.end(), marked[at].first, marked[at].start, folded):
                marked[at] = _each(marked[at])
    return [
        _each(n)
        if tongue.each_before.search(folded[max(0, n.start - 8) : max(0, n.start - 1)])
        else n
        for n in marked
    ]


def _each(number: Number) -> Number:
    return number if number.unit in TIMES else replace(number, each=True)


def _is_near(first: int, end: int, last: int, start: int, folded: str) -> bool:
    """Say whether two places are a few words apart in one clause."""
    return last - first <= _EACH_WORDS and not re.search(r"[.;:!?\n] ?", folded[end:start])
