"""Good feeds that publish all the time, and the receiver that their alerts go to."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from tests.torture.feeds import MARK, Piece, Writer

#: Good feeds beside the attacks, and seconds between two items of one of them.
FEEDS, EVERY_S = 20, 4.0
#: A feed keeps its newest items.
_KEPT = 40


class GoodFeeds:
    """Serves the feeds and takes the alerts, in a thread of its own.

    `published`, `served` and `arrived` hold moments of `time.time()` by the mark of an item.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.names = [f"good-{number:02}" for number in range(1, FEEDS + 1)]
        self.hosts: dict[str, str] = {}
        self.hook = ""
        self.published: dict[str, float] = {}
        self.served: dict[str, float] = {}
        self.arrived: dict[str, float] = {}
        self.reads: dict[str, int] = dict.fromkeys(self.names, 0)
        self.messages = 0
        self.publishing = False
        self._pieces: dict[str, list[Piece]] = {name: [] for name in self.names}
        self._writer = Writer(5)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="good")
        self._servers: list[asyncio.Server] = []

    @contextmanager
    def running(self) -> Iterator[GoodFeeds]:
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(20)
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(20)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def url(self, name: str) -> str:
        return f"http://{self.hosts[name]}/{name}"

    async def _open(self) -> None:
        for number, name in enumerate(self.names):
            server = await asyncio.start_server(self._serve, f"127.0.200.{10 + number}", 0)
            self._servers.append(server)
            self.hosts[name] = f"127.0.200.{10 + number}:{server.sockets[0].getsockname()[1]}"
            self._publish(name)  # of the first contact, never told
        receiver = await asyncio.start_server(self._take, "127.0.200.1", 0)
        self._servers.append(receiver)
        self.hook = f"127.0.200.1:{receiver.sockets[0].getsockname()[1]}"
        self._task = asyncio.create_task(self._publish_on())

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _publish_on(self) -> None:
        """Let one feed after the other publish, evenly spread over `EVERY_S`."""
        turn = 0
        while True:
            await asyncio.sleep(EVERY_S / FEEDS)
            name = self.names[turn % FEEDS]
            turn += 1
            if self.publishing and self.reads[name]:  # what is there at first contact is not told
                self._publish(name)

    def _publish(self, name: str) -> None:
        piece = self._writer.piece(name, self._now())
        self._pieces[name] = [piece, *self._pieces[name][: _KEPT - 1]]
        if self.publishing:
            self.published[piece.mark] = time.time()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            name = head.split(" ")[1].strip("/")
            inner = "".join(piece.rss() for piece in self._pieces[name])
            body = f"<rss version='2.0'><channel><title>{name}</title>{inner}</channel></rss>"
            etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
            known = f"if-none-match: {etag}" in head.lower()
            line, content = ("304 Not Modified", b"") if known else ("200 OK", body.encode())
            length = "" if known else f"Content-Length: {len(content)}\r\n"
            answer = f"HTTP/1.1 {line}\r\nETag: {etag}\r\n{length}Connection: close\r\n\r\n"
            writer.write(answer.encode() + content)
            await writer.drain()
            self.reads[name] += 1
            for piece in () if known else self._pieces[name]:
                self.served.setdefault(piece.mark, time.time())
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take messages of one connection, as many as come."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
                self._note(json.loads(await reader.readexactly(length)))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _note(self, message: dict[str, dict[str, list[dict[str, str]]]]) -> None:
        now = time.time()
        self.messages += 1
        for development in message["alert"]["developments"]:
            for mark in MARK.findall(f"{development['headline']} {development['sentence']}"):
                self.arrived.setdefault(mark, now)
