"""Feed documents as cases serve them; every title has the word that the hostile watch looks for."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

#: What the watch over hostile feeds looks for.
WORD = "zeppelin"
_CONSONANTS, _VOWELS = "bdfgklmnprstv", "aeiou"
PROLOG = '<?xml version="1.0" encoding="utf-8"?>'


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(4))


def _lexicon() -> list[str]:
    chance = random.Random("hostile")
    return [_word(chance) for _ in range(6_000)]


_LEXICON = _lexicon()


def words(key: str, count: int = 7) -> str:
    """Give words that no other key has, always the same for a key: no two stories are alike."""
    chance = random.Random(f"hostile|{key}")
    return " ".join(_word(chance) for _ in range(count))


def common_words(key: str, count: int = 7) -> str:
    """Give words of a language that has some thousands of them, for documents of many items."""
    chance = random.Random(f"hostile|{key}")
    return " ".join(chance.choice(_LEXICON) for _ in range(count))


def title(key: str) -> str:
    """Give the title of a story."""
    return f"Zeppelin {words(key)}"


def item(
    key: str, extra: str = "", *, guid: str | None = None, link: str | None = None,
    text: str | None = None, date: str = "",
) -> str:  # fmt: skip
    """Give an RSS item; what is None is made from the key, what is "" is left out."""
    guid = f"guid-{key}" if guid is None else guid
    link = f"https://news.example.org/{key}" if link is None else link
    parts = [
        f"<title>{title(key) if text is None else text}</title>",
        f"<link>{link}</link>" if link else "",
        f"<guid isPermaLink='false'>{guid}</guid>" if guid else "",
        f"<pubDate>{date}</pubDate>" if date else "",
        extra or f"<description>{words('about ' + key, 12)}.</description>",
    ]
    return "<item>" + "".join(parts) + "</item>"


def items(key: str, count: int = 3, first: int = 1) -> str:
    return "".join(item(f"{key}-{number}") for number in range(first, first + count))


def common_items(key: str, count: int) -> str:
    """Give many items, of common words."""
    return "".join(
        item(
            f"{key}-{n}",
            f"<description>{common_words(f'about {key}-{n}', 12)}.</description>",
            text=f"Zeppelin {common_words(f'{key}-{n}')}",
        )
        for n in range(1, count + 1)
    )


def rss(inner: str, *, prolog: str = PROLOG, head: str = "") -> str:
    """Give a document around items."""
    return (
        f"{prolog}<rss version='2.0'><channel><title>Hostile</title>"
        f"<link>https://news.example.org/</link>{head}{inner}</channel></rss>"
    )


def feed(key: str, count: int = 3) -> bytes:
    """Give a plain good document of a few items."""
    return rss(items(key, count)).encode()


def atom(key: str, count: int = 3) -> bytes:
    entries = "".join(
        f"<entry><id>urn:{key}-{n}</id><title>{title(f'{key}-{n}')}</title>"
        f"<link href='https://news.example.org/{key}-{n}'/><updated>2025-06-02T10:00:00Z</updated>"
        f"<summary>{words(f'about {key}-{n}', 12)}.</summary></entry>"
        for n in range(1, count + 1)
    )
    return (
        f"{PROLOG}<feed xmlns='http://www.w3.org/2005/Atom'><title>Hostile</title>"
        f"<id>urn:{key}</id><updated>2025-06-02T10:00:00Z</updated>{entries}</feed>"
    ).encode()


def ago(hours: float) -> str:
    """Give a moment before now as RSS writes it."""
    return format_datetime(datetime.now(UTC) - timedelta(hours=hours))
