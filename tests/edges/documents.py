"""Feed documents for tests, and what is read of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from monitor.sources.parse import parse_document

URL = "http://feed.example/news/feed.xml"


def parse(
    content: bytes, content_type: str = "application/rss+xml", language: str = "", most: int = 100
) -> dict[str, Any]:
    got = parse_document(content, content_type, URL, language, most)
    json.dumps(got, ensure_ascii=False).encode()  # JSON of valid Unicode, whatever came in
    return got


def rss(items: str, head: str = "", prolog: str = '<?xml version="1.0"?>') -> bytes:
    return f'{prolog}<rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'.encode()


def item(n: int, extra: str = "") -> str:
    return f"<item><title>Story {n}</title><link>http://feed.example/{n}</link><guid>g{n}</guid>{extra}</item>"


def titles(got: dict[str, Any]) -> list[str]:
    assert "items" in got, got
    return [one["title"] for one in got["items"]]


def at(epoch_s: float | None) -> str | None:
    return None if epoch_s is None else datetime.fromtimestamp(epoch_s, UTC).isoformat()
