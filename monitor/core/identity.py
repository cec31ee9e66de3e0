"""Who is who: links in one form, items, developments and deliveries by hashes of their content.

Nothing here depends on row ids, time or chance, so a restored backup makes the same names again.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from monitor.core.text import fold, tokens

#: Longest address that is kept, in characters.
MAX_LINK = 4096
#: Query keys that say how a reader came, not what is read.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|yclid|msclkid|mc_[ce]id|igshid|at_\w+|ns_\w+|cmpid|ocid|xtor|"
    r"ref|ref_src|cmp|feature|smid|rss|traffic_source|intcmp",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\"<>^`{|}\u2028\u2029\ud800-\udfff]")
_HOST = re.compile(r"[^\s/@:\\]+")


def digest(*parts: str, size: int = 12) -> str:
    """Give a hash of some texts as hex; parts are kept apart, so ("ab", "c") is not ("a", "bc")."""
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        state.update(len(raw).to_bytes(8, "big"))
        state.update(raw)
    return state.hexdigest()


def clean_link(url: str) -> str:
    """Give a link that is safe to show, or "" for anything but plain http and https."""
    link = url.strip()
    if len(link) > MAX_LINK or _UNSAFE.search(link):
        return ""
    try:
        parts = urlsplit(link)
        _ = parts.port  # asking for it is the check that it is a number
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return ""
    return link if _HOST.match(parts.hostname) else ""


@lru_cache(maxsize=4096)
def canonical_link(url: str) -> str:
    """Give one form for links to the same page: no scheme, www, m., amp, tracking, slash."""
    link = clean_link(url)
    if not link:
        return ""
    parts = urlsplit(link)
    host = re.sub(r"^(?:www|m|mobile|amp)\.", "", (parts.hostname or "").lower())
    if parts.port not in {None, 80, 443}:
        host = f"{host}:{parts.port}"
    path = re.sub(r"(?:/amp|\.amp)?/*$", "", parts.path)
    query = sorted(
        pair for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(pair[0])
    )  # fmt: skip
    return urlunsplit(("", host, path, urlencode(query), "")).removeprefix("//")


@lru_cache(maxsize=4096)
def content_print(title: str, summary: str) -> str:
    """Give a hash of what an item says, blind to case, punctuation and spacing."""
    said = " ".join(token.word for token in tokens(fold(f"{title}\n{summary}")))
    return digest("print", said)


def item_identity(feed: str, guid: str, link: str, title: str, summary: str) -> str:
    """Give the identity of an item within its feed: by guid, else by link, else by its words.

    The caller passes guid "" where the document uses it for more than one entry.
    """
    if guid:
        return digest("guid", feed, guid)
    canonical = canonical_link(link)
    if canonical:
        return digest("link", feed, canonical)
    return digest("words", feed, content_print(title, summary))


def development_key(watch: str, founder: str, slot: str = "", value: str = "") -> str:
    """Give the key of a development: the watch, the founding item, and what changed in it."""
    return digest("development", watch, founder, slot, value, size=16)


def delivery_key(developments: list[tuple[str, int]], channel: str, recipient: str) -> str:
    """Give the constant key of a message: its developments with their message numbers, sorted."""
    said = [f"{key}#{number}" for key, number in sorted(developments)]
    return digest("delivery", *said, channel, recipient, size=16)


def period_key(kind: str, period: str, channel: str, recipient: str) -> str:
    """Give the constant key of a digest or summary: its kind and the period that it covers."""
    return digest("period", kind, period, channel, recipient, size=16)


def alert_id(developments: list[tuple[str, int]]) -> str:
    """Give the short permanent id of a message, as people type it."""
    return digest("alert", *(f"{key}#{number}" for key, number in sorted(developments)), size=5)
