"""The outlets: an RSS feed for each, which grows as news time passes."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable
from email.utils import format_datetime
from xml.sax.saxutils import escape

from monitor.demo.loopback import Answered, Asked
from monitor.demo.stream import Piece


class Outlets:
    """Feeds by name. `publish` is called by the player, `answer` by the server's threads."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        """Open an empty feed for every outlet and language that has something to say."""
        self.languages = {piece.feed: piece.language for piece in pieces}
        self._names = {path_of(name): name for name in self.languages}
        self._items: dict[str, list[Piece]] = {name: [] for name in self.languages}
        self._lock = threading.Lock()
        self.looks = self.unchanged = 0

    def publish(self, piece: Piece) -> None:
        """Put an item at the head of its feed."""
        with self._lock:
            self._items[piece.feed].insert(0, piece)

    def answer(self, asked: Asked) -> Answered:
        """Give a feed, or 304 to one who has it already."""
        name = self._names.get(asked.path)
        if name is None or asked.method != "GET":
            return Answered(404)
        with self._lock:
            body = _rss(name, self.languages[name], self._items[name])
            etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
            self.looks += 1
            if asked.headers.get("if-none-match") == etag:
                self.unchanged += 1
                return Answered(304, {"ETag": etag})
        head = {"Content-Type": "application/rss+xml; charset=utf-8", "ETag": etag}
        return Answered(200, head, body)


def path_of(feed: str) -> str:
    """Give the path of a feed's document."""
    return "/" + re.sub(r"[^a-z0-9]+", "-", feed.lower()).strip("-") + ".xml"


def _rss(name: str, language: str, pieces: Iterable[Piece]) -> bytes:
    items = "".join(
        f'<item><guid isPermaLink="false">{escape(piece.id)}</guid>'
        f"<title>{escape(piece.title)}</title><link>{escape(piece.link)}</link>"
        f"<description>{escape(piece.summary)}</description>"
        f"<pubDate>{format_datetime(piece.published)}</pubDate></item>\n"
        for piece in pieces
    )
    head = f"<title>{escape(name)}</title><link>https://example.org/</link>"
    head += f"<description>An outlet of the demo</description><language>{language}</language>"
    document = f'<rss version="2.0"><channel>{head}\n{items}</channel></rss>\n'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{document}'.encode()
