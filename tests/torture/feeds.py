"""A feed server that keeps each item for a time, and knows what it has served."""

from __future__ import annotations

import hashlib
import random
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: How a title says which piece it is: one word, a z and five digits written as letters.
MARK = re.compile(r"\bz[a-j]{5}\b")
_CONSONANTS, _VOWELS = "bdfgklmnprstv", "aeiou"


def marked(number: int) -> str:
    """Give the word that stands for a number in titles; no other word begins with a z."""
    return "z" + "".join("abcdefghij"[int(digit)] for digit in f"{number:05d}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One development as feeds carry it; a copy has the same words under its own guid."""

    mark: str
    title: str
    summary: str
    guid: str
    published: datetime

    def rss(self) -> str:
        return (
            f"<item><guid isPermaLink='false'>{self.guid}</guid><title>{self.title}</title>"
            f"<link>https://news.example.org/{self.guid}</link>"
            f"<pubDate>{format_datetime(self.published)}</pubDate>"
            f"<description>{self.summary}</description></item>"
        )


class Writer:
    """Makes pieces of words that no two of them share, but the one that the watch looks for."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._used: set[str] = set()
        self._count = 0

    def piece(self, feed: str, published: datetime) -> Piece:
        self._count += 1
        mark = marked(self._count)
        words = [self._word() for _ in range(14)]
        return Piece(
            mark, f"Truce {mark} {' '.join(words[:6])}", f"{' '.join(words[6:])}.",
            f"{feed}-{self._count}", published,
        )  # fmt: skip

    def _word(self) -> str:
        """Give a word whose first six letters, by which stories compare, are new."""
        while True:
            word = "".join(
                self._random.choice(_CONSONANTS) + self._random.choice(_VOWELS) for _ in range(4)
            )
            if word[:6] not in self._used:
                self._used.add(word[:6])
                return word


class QuietServer(ThreadingHTTPServer):
    """A server whose visitors may be killed in mid-sentence."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def hold(over: Callable[[], bool], most_s: float) -> None:
    """Hold a request up until it is over or so many seconds have passed."""
    until = time.monotonic() + most_s
    while not over() and time.monotonic() < until:
        time.sleep(0.02)


class FeedServer:
    """Serves feeds by name, with ETag and 304; `life` is the number of the daemon that runs now.

    A piece leaves its feed when `keep` has passed since it was first served in a whole 200 answer.
    """

    def __init__(
        self, feeds: tuple[str, ...], now: Callable[[], datetime], keep: timedelta
    ) -> None:
        self.feeds, self._now, self._keep = feeds, now, keep
        self._lock = threading.Lock()
        self._pieces: dict[str, list[Piece]] = {name: [] for name in feeds}
        self._served_at: dict[str, dict[str, datetime]] = defaultdict(dict)
        self.reads: dict[tuple[int, str], int] = defaultdict(int)
        self.served: dict[str, int] = {}
        self.unchanged = 0
        self.stalls_s = 0.0  # an answer is held back for so long, or until this is 0 again
        self.held = 0  # answers that were held back
        self.life = 0
        self.url = ""
        self.port = 0

    def publish(self, feed: str, piece: Piece) -> None:
        with self._lock:
            self._pieces[feed].append(piece)

    def copy(self, feed: str, piece: Piece) -> None:
        """Let another feed carry the same words."""
        self.publish(
            feed,
            Piece(
                piece.mark, piece.title, piece.summary, f"{feed}-of-{piece.guid}", piece.published
            ),
        )

    def reads_of(self, life: int) -> int:
        """Give how often the feed that was read least was read in a life."""
        with self._lock:
            return min(self.reads[life, name] for name in self.feeds)

    def waiting_for(self, stored: Collection[tuple[str, str]]) -> timedelta:
        """Give for how long the eldest piece that was served has not been stored, by feed and mark."""
        with self._lock:
            first = [
                at for feed, served in self._served_at.items()
                for mark, at in served.items() if (feed, mark) not in stored
            ]  # fmt: skip
        return self._now() - min(first) if first else timedelta()

    def document(self, feed: str) -> tuple[bytes, tuple[str, ...]]:
        """Give a feed's document as of now, and the marks in it."""
        now = self._now()
        with self._lock:
            since = self._served_at[feed]
            kept = [p for p in self._pieces[feed] if now - since.get(p.mark, now) < self._keep]
            self._pieces[feed] = kept
        items = "".join(piece.rss() for piece in reversed(kept))
        text = f"<rss version='2.0'><channel><title>{feed}</title>{items}</channel></rss>"
        return text.encode(), tuple(piece.mark for piece in kept)

    def was_read(self, feed: str, life: int, marks: tuple[str, ...]) -> None:
        """Note that an answer left whole, with these marks in it; a 304 serves none."""
        now = self._now()
        with self._lock:
            self.reads[life, feed] += 1
            for mark in marks:
                self.served.setdefault(mark, life)
                self._served_at[feed].setdefault(mark, now)

    @contextmanager
    def running(self) -> Iterator[FeedServer]:
        server = QuietServer(("127.0.0.1", 0), _handler(self))
        self.port = server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.stalls_s = 0.0
            server.shutdown()
            thread.join()
            server.server_close()


def _handler(feeds: FeedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if feeds.stalls_s:
                feeds.held += 1
                hold(lambda: not feeds.stalls_s, feeds.stalls_s)
            life, name = feeds.life, urlsplit(self.path).path.strip("/")
            body, marks = feeds.document(name)
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            try:
                if self.headers.get("If-None-Match") == etag:
                    feeds.unchanged += 1  # a figure for people; nothing is decided by it
                    self._answer(304, etag, b"")
                    feeds.was_read(name, life, ())
                else:
                    self._answer(200, etag, body)
                    feeds.was_read(name, life, marks)
            except OSError:
                self.close_connection = True  # whoever asked was killed: it was not served

        def _answer(self, status: int, etag: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("ETag", etag)
            if status == 200:
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """A run's output stays its own."""

    return Handler
