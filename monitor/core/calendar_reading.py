"""The tables of `calendar_words`, one language at a time, and what a calendar answers."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from monitor.core import calendar_words as cal
from monitor.core.numerals import fold_for_numbers

_NEVER = re.compile(r"(?!)")
#: Years that news name as such.
FIRST_YEAR, LAST_YEAR = 1900, 2099
#: First and last day of a part of a month.
_PARTS = {"early": (1, 10), "middle": (11, 20), "late": (21, 31)}


def nearest_year(month: int, day: int, published: date) -> date | None:
    """Give the date of a day of a month in the year nearest to publication, None where none is."""
    years = (published.year - 1, published.year, published.year + 1)
    real = [found for year in years if (found := date_of(year, month, day)) is not None]
    return min(real, key=lambda d: abs((d - published).days), default=None)


def date_of(year: int, month: int, day: int) -> date | None:
    """Give a date, or None for one that is not in the calendar."""
    real = FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and day >= 1
    return date(year, month, day) if real and day <= _length(year, month) else None


def _length(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def month_of(year: int, month: int, part: str = "") -> tuple[date, date]:
    """Give the first and last day of a month, or of its early, middle or late part."""
    first, last = _PARTS.get(part, (1, 31))
    length = _length(year, month)
    return date(year, month, first), date(year, month, min(last, length))


def _group(listed: str) -> str:
    """Give alternatives as a group of an expression; `*` is any ending. The longest come first."""
    parts = sorted(fold_for_numbers(listed).split("|"), key=len, reverse=True)
    return "(" + "|".join(re.escape(part).replace(r"\*", r"\w*") for part in parts) + ")"


def _before(listed: str, lead: str = "") -> re.Pattern[str]:
    """Give an expression for words directly before a place; group 1 is the words."""
    if not listed:
        return _NEVER
    return re.compile(rf"(?<!\w){_group(listed)}(?:(?<=-)|(?<=')|[ -]){lead}$")


def _after(listed: str) -> re.Pattern[str]:
    """Give an expression for words directly behind a place."""
    return re.compile(rf" {_group(listed)}(?!\w)") if listed else _NEVER


def _forms(listed: str) -> dict[str, int]:
    """Give the forms of a row of groups by their place in it, from 0."""
    return {
        form.lstrip("!"): place
        for place, group in enumerate(fold_for_numbers(listed).split())
        for form in group.split("/")
        if form != "-"
    }


class Almanac:
    """What one language says of the calendar."""

    def __init__(self, language: str) -> None:
        self.known = language in cal.MONTHS

        def get(table: dict[str, str]) -> str:
            return table.get(language, "")

        self.months = {form: n + 1 for form, n in _forms(get(cal.MONTHS)).items()}
        self.risky = {w[1:] for w in _split(get(cal.MONTHS)) if w[0] == "!"}
        self.short_months = {form: n + 1 for form, n in _forms(get(cal.SHORT_MONTHS)).items()}
        weekdays = _forms(get(cal.WEEKDAYS))
        self._weekdays = {w: n for w, n in weekdays.items() if w[-1] != "*"}
        self._weekday_stems = {w[:-1]: n for w, n in weekdays.items() if w[-1] == "*"}
        self.risky_weekdays = {w[1:] for w in _split(get(cal.WEEKDAYS)) if w[0] == "!"}
        spans = cal.SPANS.get(language, {})
        self.spans = {
            fold_for_numbers(form).rpartition(" ")[2]: span
            for span, listed in spans.items()
            for form in listed.split("/")
            if " " not in form
        }
        self.one = set(get(cal.ONE).split())
        self.bare = not self.one
        self._modifiers(language)
        self._relatives(language)

    def _modifiers(self, language: str) -> None:
        def get(table: dict[str, str]) -> str:
            return table.get(language, "")

        article = r"(?:(?:the|week|of) )?"
        self.next_before, self.next_after = _before(get(cal.NEXT)), _after(get(cal.NEXT))
        self.last_before, self.last_after = _before(get(cal.LAST)), _after(get(cal.LAST))
        if language in ("en", "de", "tr"):
            self.next_after = self.last_after = _NEVER
        self.this_before = _before(get(cal.THIS))
        self.in_ = _before(get(cal.IN), article)
        self.ahead_beside = _before(get(cal.AHEAD_BESIDE), r"(?:(?:the|le|el|la|zum|on) )?")
        self.past_beside = _before(get(cal.PAST_BESIDE), r"(?:(?:le|el|la) )?")
        self.ahead_behind = (
            re.compile(r" (?:günü(?:nden|ne)? )?(?:itibaren|kadar)") if language == "tr" else _NEVER
        )
        year_after = get(cal.YEAR_AFTER)
        self.year_after = (
            re.compile(rf"(?: {_group(year_after)}(?!\w)|'[dt][aeıi]n?\b)")
            if year_after
            else _NEVER
        )
        self.counted = re.compile(r" (?:prisoner|soldier|people|gefangen|soldat|personn|soldad)")
        until = get(cal.UNTIL)
        lead = rf"(?:(?P<until>{_group(until)[1:-1]}) )?(?:(?:the|la|el|le|il|zum|na|w|a|pod) )?"
        behind = (
            r"(?:[ ]?(?:the|of|of the|de|del|della|de la|der|des|dieses|l'|this|d')){0,2}[ -]?$"
        )
        self.parts_before = [
            (part, re.compile(rf"(?<!\w)({lead}{_group(table[language])}{behind})"))
            for part, table in (("early", cal.EARLY), ("middle", cal.MIDDLE), ("late", cal.LATE))
            if language in table
        ]
        self.parts_after = [
            (part, re.compile(rf"(?:'?\w{{1,3}})? {_group(listed)}"))
            for part, listed in cal.PARTS_AFTER.get(language, {}).items()
        ]
        self._suffix = re.compile(r"'[dt][ae]|'[yn]?[ae]\b| ayi") if language == "tr" else _NEVER

    def _relatives(self, language: str) -> None:
        rows = cal.RELATIVE.get(language, {})
        self._away = {
            fold_for_numbers(form): away for away, row in rows.items() for form in row.split("|")
        }
        every = "|".join(form for row in rows.values() for form in row.split("|"))
        self.relative = re.compile(rf"(?<!\w){_group(every)}(?!\w)") if every else _NEVER
        ago, ago_after, ahead, ahead_after = cal.AGO.get(language, ("", "", "", ""))
        self.ago = (_before(ago) if ago else None, _after(ago_after) if ago_after else None)
        self.within = (
            _before(ahead) if ahead else None,
            _after(ahead_after) if ahead_after else None,
        )
        self._future = _tense(cal.FUTURE.get(language, ""))
        self._past = _tense(cal.PAST.get(language, ""))
        self._endings = tuple(fold_for_numbers(e) for e in cal.FUTURE_ENDINGS.get(language, ()))

    def weekday(self, word: str) -> int | None:
        """Give the weekday that a word names, Monday 0, or None."""
        found = self._weekdays.get(word)
        if found is not None:
            return found
        stems = self._weekday_stems
        return next((n for stem, n in stems.items() if word.startswith(stem)), None)

    def suffixed(self, after: str) -> bool:
        """Say whether what follows a month is an ending that makes it a time (Turkish)."""
        return self._suffix.match(after) is not None

    def away(self, phrase: str) -> int:
        """Give how many days a phrase such as "yesterday" is from today."""
        found = self._away.get(phrase)
        if found is not None:
            return found
        return next(
            n for form, n in self._away.items() if form[-1] == "*" and phrase.startswith(form[:-1])
        )

    def tense(self, word: str) -> bool | None:
        """Say whether a word tells of the future (True), of the past (False), or of neither."""
        word = word.strip("\"'«»„“”,:")
        if _matches(word, self._future) or (
            self._endings and len(word) > 4 and word.endswith(self._endings)
        ):
            return True
        return False if _matches(word, self._past) else None


def _split(listed: str) -> list[str]:
    return fold_for_numbers(listed).replace("/", " ").split()


def _tense(listed: str) -> tuple[frozenset[str], tuple[str, ...]]:
    words = fold_for_numbers(listed).split("|") if listed else []
    whole = frozenset(word for word in words if word[-1] != "*")
    return whole, tuple(word[:-1] for word in words if word[-1] == "*")


def _matches(word: str, table: tuple[frozenset[str], tuple[str, ...]]) -> bool:
    return word in table[0] or word.startswith(table[1])


@lru_cache(maxsize=16)
def almanac(language: str) -> Almanac:
    """Give the almanac of a language, empty where it has no tables."""
    return Almanac(language)
