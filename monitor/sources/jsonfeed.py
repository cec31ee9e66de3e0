"""JSON Feed 1.x, turned into entries of the names that feedparser uses for XML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.sources.cut import print_of
from monitor.sources.dates import epoch_of_iso

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """A document of JSON Feed: `items` as they stand in it, `older` the URL of its next page."""

    title: str
    items: list[dict[str, Any]]
    language: str
    older: str

    def prints(self) -> list[bytes] | None:
        """Give a print of each item's text; None where items cannot be told apart by id or link."""
        try:
            texts = [_whole_text(item) for item in self.items]
        except RecursionError:
            return None
        for keys in (("id",), ("url", "external_url")):
            named = [name for item in self.items if (name := _first(item, keys).strip())]
            if len(set(named)) < len(named):
                return None
        prints = [print_of(text) for text in texts]
        return prints if len(set(prints)) == len(prints) else None


def read(text: str) -> JsonFeed | None:
    """Read a JSON Feed; None where the text is none.

    What is nested beyond Python's recursion or is no JSON is none; items that are no objects are
    passed over.
    """
    try:
        document = json.loads(text.lstrip("\ufeff"), parse_int=_whole_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    version, items = document.get("version"), document.get("items")
    if not isinstance(items, list) or "jsonfeed" not in str(version):
        return None
    return JsonFeed(
        _text(document.get("title")),
        [item for item in items if isinstance(item, dict)],
        _text(document.get("language")),
        _text(document.get("next_url")),
    )


def _whole_text(item: dict[str, Any]) -> str:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def _first(item: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := _text(item.get(key)))), "")


def seconds(value: object) -> float | None:
    """Give the date of an entry made here as epoch seconds."""
    return epoch_of_iso(value) if isinstance(value, str) else None


def _whole_number(digits: str) -> int | str:
    """Give a number, or its digits where turning them into one would take time."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value)


def entry(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an item under the names that feedparser uses."""
    authors = _list(item.get("authors")) or [item.get("author")]
    names = [_text(author.get("name")) for author in authors if isinstance(author, dict)]
    return {
        "id": _text(item.get("id")),
        "link": _first(item, ("url", "external_url")),
        "title": _text(item.get("title")),
        "summary": _text(item.get("summary")),
        "content": [{"value": _text(item.get(key))} for key in ("content_text", "content_html")],
        "published_s": item.get("date_published") or item.get("date_modified"),
        "author": ", ".join(name for name in names if name),
        "tags": [{"term": _text(tag)} for tag in _list(item.get("tags"))],
        "title_detail": {"language": _text(item.get("language"))},
    }


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
