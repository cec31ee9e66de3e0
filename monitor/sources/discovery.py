"""Which feeds a page names: its `link rel=alternate`, then links that look like a feed's.

Tags are looked for, nothing is parsed: a page may be of any size, broken, or written to hurt.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from monitor.core.text import clean_line
from monitor.ports.wire import Body
from monitor.sources.charset import decode

#: Characters of a page that are looked at: links to feeds stand in its head or at its foot.
MOST_CHARS = 1024 * 1024
#: Feeds of one page that are looked at.
MOST_LINKS = 20
#: Longest title of a link that is kept, in characters.
_TITLE = 120
#: Paths at which many servers have their feed.
COMMON_PATHS = (
    "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds", "/feed.json",
)  # fmt: skip
_TYPES = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/feed+json", "application/json",
        "application/rdf+xml", "application/xml", "text/xml",
    }
)  # fmt: skip
_TAG = re.compile(r"<(link|base|a)\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,30})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
#: In an address `&copy=` is the name of a parameter, so only what ends as an entity is one.
_ENTITY = re.compile(r"&#?\w{1,30};")
_LIKE_A_FEED = re.compile(
    r"(?:\.rss|\.rdf|\.atom|/atom\.xml|/rss\.xml|/feed\.xml|/index\.xml|/feed\.json|[/?=]rss|[/=]feeds?)"
    r"(?:/|$|[?&])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A feed that a page names: its absolute address, and the title that the page gives it."""

    url: str
    title: str = ""


def links_of(body: Body) -> tuple[Link, ...]:
    """Give the feeds that a page names, in its order, those that it declares as such first."""
    text = _without_comments(decode(body.content, body.content_type)[:MOST_CHARS])
    base, declared, likely = body.url, list[Link](), list[Link]()
    for tag, attributes in _tags(text):
        address = attributes.get("href", "").strip()
        if tag == "base" and address and base == body.url:
            base = _absolute(address, body.url) or base
        elif tag == "link" and _is_feed(attributes):
            declared.append(Link(_absolute(address, base), _title(attributes)))
        elif tag == "a" and _LIKE_A_FEED.search(address):
            likely.append(Link(_absolute(address, base), _title(attributes)))
    found: dict[str, Link] = {}
    for link in (*declared, *likely):
        if link.url:
            found.setdefault(link.url, link)
    return tuple(found.values())[:MOST_LINKS]


def common_places(url: str) -> tuple[Link, ...]:
    """Give addresses at which the server of a page may have its feed, the nearest first."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    folder = parts.path.rstrip("/")
    near = [f"{root}{folder}{path}" for path in COMMON_PATHS[:2]] if folder else []
    return tuple(Link(address) for address in (*near, *(root + path for path in COMMON_PATHS)))


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for found in _TAG.finditer(text):
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(found[2]):
            plain = _ENTITY.sub(lambda entity: html.unescape(entity[0]), "".join(values))
            attributes.setdefault(name.lower(), plain)
        yield found[1].lower(), attributes


def _is_feed(attributes: dict[str, str]) -> bool:
    rel = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").lower().partition(";")[0].strip()
    if not attributes.get("href") or not {"alternate", "feed"} & {*rel}:
        return False
    if kind == "application/json":  # WordPress names its own interface so
        return "feed" in attributes["href"].lower()
    return kind in _TYPES or (not kind and "feed" in rel)


def _title(attributes: dict[str, str]) -> str:
    return clean_line(attributes.get("title", ""), _TITLE)


def _absolute(address: str, base: str) -> str:
    """Give an absolute address of http or https, "" for any other."""
    address = re.sub(r"^feed:(?://)?(?=https?:)", "", address.strip())
    address = re.sub(r"^feed://", "http://", address)
    try:
        url = urldefrag(urljoin(base, address))[0]
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def _without_comments(text: str) -> str:
    """Give a page without its comments: what is struck out is not offered."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start)
        kept.append(text[at:start])
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, text[at:]])
