"""Feeds as they are kept: what asks for an environment variable is kept as the question.

What the variables hold is filled in at every start, and judged as it is when a file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from monitor.core.model import Feed
from monitor.settings.document import Document, Path
from monitor.settings.fields import MAX_SECRET, header_value, http_url
from monitor.settings.hidden import SecretText
from monitor.settings.reading import Reading

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
#: A header whose value is one variable, after the name of a scheme or not: `Bearer ${TOKEN}`.
_ASKED = re.compile(rf"(?:[A-Za-z]+ +)?{_REFERENCE.pattern}")


def as_written(feed: Feed, document: Document, path: Path) -> Feed | None:
    """Give a feed with address and headers as its file has them; None where that is no question.

    A secret in the open is none, nor is a login made from a file, a proxy that holds one, or a
    reference with something to fall back on.
    """
    url = str(feed.url)
    if isinstance(feed.url, SecretText):
        url = document.literal((*path, "url"))
        bare = _REFERENCE.sub("", url)
        try:
            user = urlsplit(bare).netloc.rpartition("@")[0]
        except ValueError:
            return None
        if "${" in bare or user not in {"", ":"}:
            return None
    if isinstance(feed.proxy, SecretText) or "${" in document.literal((*path, "user_agent")):
        return None
    headers = tuple((name, document.literal((*path, "headers", name))) for name, _ in feed.headers)
    if not all(_ASKED.fullmatch(value) for _, value in headers):
        return None
    return replace(feed, url=url, headers=headers)


def asks(feed: Feed) -> bool:
    """Say whether the address of a kept feed asks for a variable."""
    return "${" in feed.url


def filled(feed: Feed, reading: Reading) -> Feed:
    """Give a kept feed with what the environment holds now.

    Raises `ValueError` where a variable is not set, or what it makes would be refused in a file.
    """
    if not (asks(feed) or feed.headers):
        return feed
    headers = tuple(
        (name, SecretText(header_value(_filled(value, reading)))) for name, value in feed.headers
    )
    url = SecretText(http_url(_filled(feed.url, reading))) if asks(feed) else feed.url
    if max(map(len, (url, *(value for _, value in headers)))) > MAX_SECRET:
        raise ValueError("longer than it may be")
    return replace(feed, url=url, headers=headers)


def _filled(text: str, reading: Reading) -> str:
    def value(found: re.Match[str]) -> str:
        held = reading.env.get(found[1], "")
        if not held:
            raise ValueError(f"{found[1]} is not set")
        reading.vault.keep([held])
        return held

    return _REFERENCE.sub(value, text)


def share_an_address(feeds: Sequence[Feed], asking: Iterable[Feed]) -> bool:
    """Say whether an address that a variable makes is that of another feed too.

    `feeds` are filled in, `asking` as they are kept. It is warned of with the place in the file.
    """
    urls: dict[str, int] = {}
    for feed in feeds:
        urls[feed.url] = urls.get(feed.url, 0) + 1
    made = {feed.name for feed in asking if asks(feed)}
    return any(urls[feed.url] > 1 for feed in feeds if feed.name in made)
