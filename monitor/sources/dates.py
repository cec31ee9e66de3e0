"""Published dates as epoch seconds, within the years in which news can be read here."""

from __future__ import annotations

import calendar
import re
import time
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz

_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_FIRST_S = calendar.timegm((_FIRST_YEAR, 1, 1, 0, 0, 0))
_LAST_S = calendar.timegm((_LAST_YEAR + 1, 1, 1, 0, 0, 0))

#: Zone names that feeds use and feedparser takes for UTC: what they add to UTC, in minutes. Names
#: that mean different zones in different countries (IST, AST, CST) are left to feedparser.
ZONE_MINUTES = {
    name: minutes
    for minutes, names in (
        (0, ("wet", "utc")),
        (60, ("cet", "mez", "west", "bst")),
        (120, ("eet", "cest", "mesz", "sast", "cat")),
        (180, ("msk", "trt", "eest", "eat", "fet")),
        (210, ("irst",)),
        (240, ("msd", "samt", "get", "azt")),
        (270, ("aft",)),
        (300, ("pkt", "yekt", "uzt")),
        (345, ("npt",)),
        (360, ("omst",)),
        (420, ("novt", "krat", "ict", "wib")),
        (480, ("irkt", "hkt", "sgt", "awst")),
        (540, ("yakt", "jst", "kst")),
        (570, ("acst",)),
        (600, ("vlat", "aest")),
        (660, ("magt", "aedt")),
        (720, ("pett", "nzst")),
        (780, ("nzdt",)),
    )
    for name in names
}
_ZONED = re.compile(r"(.*\d)\s*\(?([A-Za-z]{3,4})\)?\s*")


def read_zoned(text: str) -> time.struct_time | None:
    """Read a date that ends with a zone name of the table, as UTC; None where it does not.

    Made to be registered with feedparser, which catches `ValueError` and `OverflowError`.
    """
    match = _ZONED.fullmatch(text[:100])
    minutes = ZONE_MINUTES.get(match[2].lower()) if match else None
    if match is None or minutes is None:
        return None
    hours, rest = divmod(minutes, 60)
    try:
        parts = parsedate_tz(f"{match[1]} +{hours:02d}{rest:02d}")
    except (IndexError, TypeError):  # what it answers to some garbage
        return None
    if parts is not None:
        return time.gmtime(mktime_tz(parts))
    plain = datetime.fromisoformat(match[1].strip()).replace(tzinfo=UTC)
    return time.gmtime(plain.timestamp() - minutes * 60)


def epoch_of(parsed: object) -> float | None:
    """Give a UTC 9-tuple as epoch seconds; None for what is no such tuple or out of bounds."""
    if not isinstance(parsed, tuple) or len(parsed) != 9:
        return None
    try:
        return _bounded(float(calendar.timegm(parsed)))
    except (ValueError, OverflowError, TypeError):
        return None


def epoch_of_iso(text: str) -> float | None:
    """Give an RFC 3339 time as epoch seconds; without a zone it is UTC; None where unreadable."""
    try:
        at = datetime.fromisoformat(text.strip())
        return _bounded((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def read_date(text: str) -> float | None:
    """Give a date as feeds commonly write it (RFC 3339 or RFC 822) as epoch seconds, or None."""
    try:
        parts = parsedate_tz(text)
        return epoch_of_iso(text) if parts is None else _bounded(float(mktime_tz(parts)))
    except (IndexError, TypeError, ValueError, OverflowError):
        return None


def _bounded(epoch_s: float) -> float | None:
    return epoch_s if _FIRST_S <= epoch_s < _LAST_S else None
