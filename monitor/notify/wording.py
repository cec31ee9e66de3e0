"""How text, times, languages and links are written for a reader. Pure, and never raises.

Items are cleaned when they come in. This is the last gate before headers, terminals and HTML, so it
trusts nothing: whatever a note holds, what leaves here is valid Unicode without controls.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_SURROGATES = re.compile("[\ud800-\udfff]")
#: Embeddings, overrides and isolates can reorder what stands around them; the plain marks cannot.
_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_LANGUAGES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hu": "Hungarian",
    "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sr": "Serbian", "sv": "Swedish",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "zh": "Chinese",
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

#: Seen later than this after its publication, a report's age is said in words.
AGE_SAID_AFTER = timedelta(minutes=15)


def one_line(text: str, limit: int = 2000) -> str:
    """Give `text` on one line, at most `limit` characters, fit for a header or a terminal."""
    text = _SURROGATES.sub("\ufffd", text[: limit * 4])
    text = _STEERING.sub("", _CONTROLS.sub(" ", text))
    return shorten(_BLANKS.sub(" ", text).strip(), limit)


def lines(text: str, limit: int = 20_000) -> list[str]:
    """Give the lines of `text`, each clean, at most `limit` characters of it."""
    return [one_line(line) for line in _BREAKS.split(text[:limit])]


def shorten(text: str, limit: int) -> str:
    """Give `text` with at most `limit` characters; an ellipsis says that some were cut."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "\u2026"


def link(url: str) -> str:
    """Give `url` where it is a plain http(s) address of at most 2,000 bytes, else nothing."""
    if url != one_line(url) or _BLANKS.search(url) or len(url.encode()) > 2000:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that opens no IPv6 address
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def language_tag(code: str) -> str:
    """Give `code` where it is a well-formed language tag, else an empty text."""
    return code if _LANGUAGE_TAG.fullmatch(code) else ""


def language_name(code: str) -> str:
    """Give the English name of a language; the tag itself where there is none; empty if unknown."""
    tag = language_tag(code)
    return _LANGUAGES.get(tag.split("-")[0].lower(), tag)


def direction(code: str) -> str:
    """Give `rtl` or `ltr` for a known language, `auto` where the text has to tell."""
    tag = language_tag(code)
    if not tag:
        return "auto"
    return "rtl" if tag.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def zone(name: str) -> tuple[ZoneInfo, str]:
    """Give the zone of that name and its name; UTC where there is none."""
    try:
        return ZoneInfo(name), name
    except (ValueError, OSError, KeyError):  # malformed, a folder or unreadable, unknown
        return ZoneInfo("UTC"), "UTC"


def clock_time(at: datetime, tz: ZoneInfo) -> str:
    """Give the time of day in a zone: `18:05`."""
    local = _local(at, tz)
    return f"{local.hour:02}:{local.minute:02}"


def date_time(at: datetime, tz: ZoneInfo) -> str:
    """Give date and time in a zone: `2 June 2025, 18:05`."""
    local = _local(at, tz)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {clock_time(at, tz)}"


def seen_time(published: datetime, seen: datetime, tz: ZoneInfo) -> str:
    """Give when something was seen, the date only where it differs, the age where that matters."""
    same_day = _local(published, tz).date() == _local(seen, tz).date()
    said = clock_time(seen, tz) if same_day else date_time(seen, tz)
    age = seen - published
    return f"{said}, {duration(age)} later" if age > AGE_SAID_AFTER else said


def duration(length: timedelta) -> str:
    """Give a length of time in its two largest units: `2 h 5 min`, `3 days 4 h`."""
    minutes = int(length.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return count(days, "day") + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes} min"


def count(number: int, noun: str) -> str:
    """Give a number with its noun: `1 report`, `3 reports`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _local(at: datetime, tz: ZoneInfo) -> datetime:
    try:
        return at.astimezone(tz)
    except OverflowError:  # the first or last day that a datetime can hold
        return at.replace(tzinfo=UTC)
