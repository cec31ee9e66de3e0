"""A receiver of webhooks that misbehaves as it is told, on loopback, in the test's own loop."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.ports import Clock
from tests.delivery.talks import Talks

#: So much of an endless answer is written at most; a client that stops reading ends it sooner.
ENDLESS_BYTES = 64 * 1024 * 1024
_HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """What one request gets. `takes` says that the receiver did what the message asks.

    `how` is answer, mute (none at all), dribble (a byte now and then), reset (the connection is
    torn down instead of an answer), endless, bomb (a little gzip that is much), garbage (no HTTP).
    """

    status: int = 200
    headers: tuple[str, ...] = ()
    how: str = "answer"
    takes: bool | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver took the message."""
        return 200 <= self.status < 300 if self.takes is None else self.takes


@dataclass(frozen=True)
class Hit:
    """One request: `at` is news time, by which the attempts are planned."""

    path: str
    at: datetime
    headers: dict[str, str]
    body: bytes
    taken: bool

    @property
    def key(self) -> str:
        """The idempotency key."""
        return self.headers.get("webhook-id", "")


@dataclass
class HookServer:
    """Answers by path: a script of replies each, the last of which stays."""

    clock: Clock
    scripts: dict[str, list[Reply]] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    #: Called with each request before it is answered; a test may kill its sender here.
    heard: Callable[[Hit], None] = lambda hit: None
    #: Bytes of endless answers that were written before the other side hung up.
    poured: int = 0
    port: int = 0
    #: A larger body than this is answered 413; 0: none is too large.
    most_bytes: int = 0
    talks: Talks = field(default_factory=Talks)

    @property
    def address(self) -> str:
        """Its `host:port`."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        """Give the address of a path."""
        return f"http://{self.address}/{path}"

    def play(self, path: str, *replies: Reply) -> str:
        """Answer requests to `path` so; gives its address."""
        self.scripts[path] = list(replies) or [Reply()]
        return self.url(path)

    def at(self, path: str) -> list[Hit]:
        """Give the requests to a path."""
        return [hit for hit in self.hits if hit.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, answer it, hang up."""
        with self.talks.talk(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            pairs = (line.split(":", 1) for line in lines)
            headers = {name.lower(): value.strip() for name, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            path = first.split(" ")[1].lstrip("/").partition("?")[0]
            await self._answer(writer, path, headers, body)

    async def _answer(
        self, writer: asyncio.StreamWriter, path: str, headers: dict[str, str], body: bytes
    ) -> None:
        listed = self.scripts.setdefault(path, [Reply(404)])
        reply = listed[0] if len(listed) == 1 else listed.pop(0)
        if self.most_bytes and len(body) > self.most_bytes:
            reply = Reply(413)
        hit = Hit(path, self.clock.now(), headers, body, reply.taken)
        self.hits.append(hit)
        self.heard(hit)
        if reply.how == "reset":
            writer.transport.abort()
        elif reply.how == "mute":
            await _until_hung_up(writer)
        elif reply.how == "garbage":
            writer.write(b"\x00\x01\x02 no http at all\r\n\r\n")
            await writer.drain()
        elif reply.how == "dribble":
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: and so on\r\n" * 100:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.02)
        else:
            await self._write(writer, reply)

    async def _write(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        extra = "".join(f"{line}\r\n" for line in reply.headers)
        writer.write(f"HTTP/1.1 {reply.status} Said\r\nConnection: close\r\n{extra}".encode())
        if reply.how == "endless":
            writer.write(b"\r\n")
            while self.poured < ENDLESS_BYTES and not writer.transport.is_closing():
                writer.write(b"x" * 16384)
                await writer.drain()
                self.poured += 16384
                await asyncio.sleep(0)
        elif reply.how == "bomb":
            packed = gzip.compress(b"\x00" * 30_000_000)
            writer.write(
                f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
            )
            writer.write(packed)
        else:
            writer.write(b"Content-Length: 2\r\n\r\nok")
        await writer.drain()


async def _until_hung_up(writer: asyncio.StreamWriter) -> None:
    while not writer.transport.is_closing():
        writer.write(b"")
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def hook_server(clock: Clock, port: int = 0) -> AsyncIterator[HookServer]:
    """Run a receiver in the running loop."""
    state = HookServer(clock)
    server = await asyncio.start_server(state.serve, "127.0.0.1", port, limit=_HEAD_BYTES)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        await state.talks.end()
        await server.wait_closed()


def bodies_by_key(hits: Sequence[Hit]) -> dict[str, set[bytes]]:
    """Give the different bodies that came under each key."""
    found: dict[str, set[bytes]] = {}
    for hit in hits:
        found.setdefault(hit.key, set()).add(hit.body)
    return found
