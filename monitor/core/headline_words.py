"""The words of a composed headline, in the languages that ship: English and German.

A further language is a further entry of `LANGUAGES`. Names of sides are those by which reports call
their governments; a side that has none here is told by its own name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

#: The language of a headline where the one that is wanted has no words.
FALLBACK = "en"
_ARTICLE = re.compile(r"(?:an?|the|eine?n?|der|die|das|den) ", re.IGNORECASE)
_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True, slots=True)
class Words:
    """What a language calls the parts of a headline. `{}` is where the part that varies stands."""

    planned: str  # before a plan: {} is the state that is not reached
    corrected: str
    confirmed: str
    disputed: str
    unread: str  # {reports}, {topic}, {minutes}
    report: str
    reports: str
    said: str
    said_many: str
    denied: str
    reported: str  # by an outlet that quotes nobody
    both: str
    blame: str  # two sides blame each other
    took_place: str  # {no}: "no exchange", {day}: "on 7 June" or ""
    not_so: str  # {no}, {state}
    no_longer: str  # before what was taken back
    none_of: tuple[str, str]  # "no", before a word with the first article and with the second
    by: str
    by_too: str
    on: str  # a day
    weekend: str
    again: str  # {} days
    again_one: str
    of: str  # {} of {}
    and_: str
    between: str  # what parts thousands
    day: str  # {day}, {month}
    dash: str  # {first}, {last}, {month}: two days of one month
    months: tuple[str, ...]
    spans: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sides: Mapping[str, str] = field(default_factory=dict)


ENGLISH = Words(
    planned="PLANNED, not {}: ",
    corrected="CORRECTED: ",
    confirmed="CONFIRMED: ",
    disputed="DISPUTED: ",
    unread="Wording not understood: {reports} on {topic} in {minutes} min - please look",
    report="1 report",
    reports="{} reports",
    said="said by {}",
    said_many="said by {}",
    denied="denied by {}",
    reported="reported by {}",
    both="both sides",
    blame="{} blame each other",
    took_place="{no} took place{day}",
    not_so="{no} {state}",
    no_longer="no longer held: {}",
    none_of=("no", "no"),
    by="by {}",
    by_too="by {} too",
    on="on {}",
    weekend="at the weekend {}",
    again="said again after {} days",
    again_one="said again after a day",
    of="{} of {}",
    and_=" and ",
    between=",",
    day="{day} {month}",
    dash="{first}-{last} {month}",
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    spans={
        "minutes": ("minute", "minutes"), "hours": ("hour", "hours"), "days": ("day", "days"),
        "weeks": ("week", "weeks"), "months": ("month", "months"), "years": ("year", "years"),
    },
    sides={
        "ukraine": "Kyiv", "russia": "Moscow", "usa": "Washington", "turkey": "Ankara",
        "eu": "Europe", "un": "the UN", "icrc": "the Red Cross",
    },
)  # fmt: skip
GERMAN = Words(
    planned="GEPLANT, nicht {}: ",
    corrected="BERICHTIGT: ",
    confirmed="BESTÄTIGT: ",
    disputed="BESTRITTEN: ",
    unread="Wortlaut nicht verstanden: {reports} über {topic} in {minutes} min"
    " - bitte ansehen",
    report="1 Meldung",
    reports="{} Meldungen",
    said="sagt {}",
    said_many="sagen {}",
    denied="bestritten von {}",
    reported="gemeldet von {}",
    both="beide Seiten",
    blame="{} geben einander die Schuld",
    took_place="{no}{day}",
    not_so="{no} {state}",
    no_longer="gilt nicht mehr: {}",
    none_of=("kein", "keine"),
    by="von {}",
    by_too="auch von {}",
    on="am {}",
    weekend="am Wochenende {}",
    again="nach {} Tagen wieder gesagt",
    again_one="nach einem Tag wieder gesagt",
    of="{} von {}",
    and_=" und ",
    between=".",
    day="{day}. {month}",
    dash="{first}.-{last}. {month}",
    months=(
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
        "Oktober", "November", "Dezember",
    ),
    spans={
        "minutes": ("Minute", "Minuten"), "hours": ("Stunde", "Stunden"), "days": ("Tag", "Tage"),
        "weeks": ("Woche", "Wochen"), "months": ("Monat", "Monate"), "years": ("Jahr", "Jahre"),
    },
    sides={
        "ukraine": "Kiew", "russia": "Moskau", "usa": "Washington", "turkey": "Ankara",
        "eu": "Europa", "un": "die UN", "icrc": "das Rote Kreuz",
    },
)  # fmt: skip
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "de": GERMAN}


def words_of(language: str) -> Words:
    """Give the words of a language by its tag; English for one that has none."""
    return LANGUAGES.get(language.partition("-")[0].lower(), ENGLISH)


def said_in(say: Mapping[str, str], language: str, default: str) -> str:
    """Give a phrase in a language, else in English, else what is given."""
    return say.get(language.partition("-")[0].lower()) or say.get(FALLBACK) or default


def bare(name: str) -> str:
    """Give a name without its article: `a truce` is `truce`."""
    return _ARTICLE.sub("", name, count=1) if _ARTICLE.match(name) else name


def none_of(name: str, words: Words) -> str:
    """Give `no exchange` for `an exchange`, `keine Waffenruhe` for `eine Waffenruhe`."""
    female = name.lower().startswith(("eine ", "die "))
    return f"{words.none_of[female]} {bare(name)}"


def first_letter_up(text: str) -> str:
    """Give a text with its first letter large."""
    return f"{text[:1].upper()}{text[1:]}"


def side_of(side: str, language: str, say: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Give the name of a side, as the tracker's `say` has it, else as reports call it."""
    known = words_of(language).sides.get(side, first_letter_up(side.replace("-", " ")))
    return said_in((say or {}).get(side, {}), language, known)


def listed(names: Collection[str], words: Words) -> str:
    """Give names as a language lists them: `Kyiv, Moscow and Ankara`."""
    *most, last = names
    return f"{', '.join(most)}{words.and_}{last}" if most else last


def number_in(number: str, words: Words) -> str:
    """Give a count in a language: `1,200`; `30 days` as `30 Tage`."""
    counted, _, unit = number.partition(" ")
    told = words.spans.get(unit if unit.endswith("s") else f"{unit}s")
    plain = _NUMBER.sub(lambda each: _grouped(each[0], words), counted)
    if not unit:
        return plain
    return f"{plain} {told[counted != '1'] if told else unit}"


def days_in(told: str, year: int, words: Words) -> str:
    """Give a day (`2025-06-07`) or days (`2025-06-07/2025-06-08`) as people write them.

    The year is left out where it is `year`. What is no such day stays as it is.
    """
    first, _, last = told.partition("/")
    try:
        begin = date.fromisoformat(first)
        end = date.fromisoformat(last or first)
    except ValueError:
        return told
    if end == begin:
        return _one_day(begin, year, words)
    if (begin.year, begin.month) != (end.year, end.month):
        return f"{_one_day(begin, year, words)} - {_one_day(end, year, words)}"
    month = words.months[begin.month - 1]
    said = words.dash.format(first=begin.day, last=end.day, month=month)
    return said if end.year == year else f"{said} {end.year}"


def when(told: str, year: int, words: Words) -> str:
    """Give days with the word that goes before them: `on 7 June`, `at the weekend 7-8 June`."""
    said = days_in(told, year, words)
    first, _, last = told.partition("/")
    return said if last and not _is_weekend(first, last) else _before(said, last, words)


def _before(said: str, last: str, words: Words) -> str:
    return (words.weekend if last else words.on).format(said)


def _is_weekend(first: str, last: str) -> bool:
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return False
    return begin.isoweekday() == 6 and end - begin == timedelta(days=1)


def _one_day(day: date, year: int, words: Words) -> str:
    said = words.day.format(day=day.day, month=words.months[day.month - 1])
    return said if day.year == year else f"{said} {day.year}"


def _grouped(digits: str, words: Words) -> str:
    return f"{int(digits):,}".replace(",", words.between)
