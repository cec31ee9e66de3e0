"""What the headers of an answer say, read with a bound on every value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

#: Longer waits than a day are not honoured, in seconds.
_LONGEST_WAIT_S = 24 * 3600.0
#: Nothing is called fresh for longer than a year, in seconds.
_LONGEST_FRESH_S = 366 * 24 * 3600.0
_MOST_VALIDATOR_CHARS = 1024
_MOST_TYPE_CHARS = 200
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"(?:^|[\s,])(s-maxage|max-age)\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,12}")

_STATUS_TEXT = {
    401: "the server asks for credentials",
    403: "the server refuses access",
    404: "the server knows no such page",
    406: "the server does not serve this kind of document",
    410: "the feed is gone for good",
    429: "the server asks for fewer requests",
    503: "the server is out of service at the moment",
}


def shown(text: str) -> str:
    """Give text of a server without control characters."""
    return _CONTROLS.sub(" ", text).strip()


def status_sentence(response: httpx.Response) -> str:
    """Say what a status that brings no document means."""
    status = response.status_code
    text = _STATUS_TEXT.get(status)
    if status in {403, 503} and "challenge" in response.headers.get("cf-mitigated", ""):
        text = "the server wants proof that a person is asking (a bot challenge)"
    if text is None:
        text = "the server failed" if status >= 500 else "the server gave no whole document"
    return f"{text} ({status})"


def content_type(response: httpx.Response) -> str:
    """Give the content type, shortened."""
    said: str = response.headers.get("content-type", "")
    return _CONTROLS.sub("", said)[:_MOST_TYPE_CHARS]


def announced_bytes(response: httpx.Response) -> int:
    """Give the length that a body is said to have, 0 where nothing is said of it."""
    length: str = response.headers.get("content-length", "")[:19]
    return int(length) if length.isascii() and length.isdigit() else 0


def validator(response: httpx.Response, name: bytes) -> str:
    """Give a validator exactly as received, or "" where it could not be sent back safely."""
    values = [value for key, value in response.headers.raw if key.lower() == name]
    text = values[0].decode("latin-1") if len(values) == 1 else ""
    return "" if len(text) > _MOST_VALIDATOR_CHARS or _CONTROLS.search(text) else text


def location(response: httpx.Response) -> str | None:
    """Give where a redirect leads; None where it names nothing, or several places."""
    values: Sequence[str] = response.headers.get_list("location")
    return values[0] if len(set(values)) == 1 else None


def retry_after_s(header: str, now: datetime) -> float | None:
    """Read Retry-After as seconds from `now`, 0 to a day; None where it is unreadable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), _LONGEST_WAIT_S)
    at = _moment(text)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), _LONGEST_WAIT_S)


def max_age_s(headers: httpx.Headers, now: datetime) -> float | None:
    """Give how long an answer is still fresh, in seconds; None where nothing is said of it.

    Cache-Control comes before Expires, its max-age before what it tells shared caches; the time
    that the answer has already spent in a cache (Age) is taken off. RFC 9111, section 4.2.
    """
    control = headers.get("cache-control", "")[:1000]
    told = {name.lower(): float(number) for name, number in _MAX_AGE.findall(control)}
    fresh_s = told.get("max-age", told.get("s-maxage"))
    if fresh_s is None:
        expires = headers.get("expires")
        if expires is None:
            return None
        at = _moment(expires)
        if at is None:
            return 0.0  # "0" and the like: expired already, by the same section
        fresh_s = (at - (_moment(headers.get("date", "")) or now)).total_seconds()
    age = _NUMBER.fullmatch(headers.get("age", "").strip())
    spent_s = float(age.group()) if age else 0.0
    return min(max(fresh_s - spent_s, 0.0), _LONGEST_FRESH_S)


def _moment(text: str) -> datetime | None:
    """Read a date of HTTP, which is UTC where it names no zone."""
    try:
        at = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
