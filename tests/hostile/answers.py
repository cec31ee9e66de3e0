"""Makers of answers: what a hostile server puts on the wire."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable
from typing import ClassVar

from tests.hostile.case import Answer, Ask
from tests.hostile.documents import feed

_BLOCK = 64 * 1024
XML = "Content-Type: application/rss+xml; charset=utf-8\r\n"


class Later:
    """A body that takes time to make: made once, before a run or when it is first asked for."""

    every: ClassVar[list[Later]] = []

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make, self._made = make, b""
        self.every.append(self)

    def __call__(self, ask: Ask | None = None) -> bytes:
        self._made = self._made or self._make()
        return self._made


def raw(data: bytes) -> Answer:
    """Exactly these bytes."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        out.write(data)
        await out.drain()

    return answer


def whole(
    body: bytes | Callable[[Ask], bytes],
    headers: str = XML,
    status: str = "200 OK",
    *,
    length: bool = True,
) -> Answer:
    """An answer in one piece; `headers` are lines that end with CRLF, {base} and such filled in."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        content = body(ask) if callable(body) else body
        size = f"Content-Length: {len(content)}\r\n" if length else ""
        head = f"HTTP/1.1 {status}\r\n{ask.filled(headers)}{size}Connection: close\r\n\r\n"
        out.write(head.encode("latin-1"))
        out.write(content)
        await out.drain()

    return answer


def good(key: str, count: int = 3, headers: str = XML) -> Answer:
    """A plain good feed."""
    return whole(feed(key, count), headers)


def text(document: str | Callable[[Ask], str], headers: str = XML) -> Answer:
    """A document of characters, as UTF-8."""
    if callable(document):
        return whole(lambda ask: document(ask).encode("utf-8", "surrogatepass"), headers)
    return whole(document.encode("utf-8", "surrogatepass"), headers)


def status(line: str, headers: str = "", body: bytes = b"") -> Answer:
    """A status without a document."""
    return whole(body, headers, line)


def to(location: str | None, line: str = "302 Found", *, wait_s: float = 0.0) -> Answer:
    """A redirect of every path of the case."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        await asyncio.sleep(wait_s)
        head = "" if location is None else f"Location: {location}\r\n"
        await status(line, head)(ask, out)

    return answer


def paths(first: Answer, **others: Answer) -> Answer:
    """One answer for the feed's own address, others for paths beneath it."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        await others.get(ask.path.partition("?")[0], first)(ask, out)

    return answer


def turns(*answers: Answer) -> Answer:
    """One answer a request; the last one goes on."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        await answers[min(ask.number, len(answers)) - 1](ask, out)

    return answer


async def never(ask: Ask, out: asyncio.StreamWriter) -> None:
    """Nothing at all, until the client goes."""
    await asyncio.sleep(3600)


def then(head: bytes, after: Answer) -> Answer:
    """Some bytes, and something behind them."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        out.write(head)
        await out.drain()
        await after(ask, out)

    return answer


def dribble(pieces: Iterable[bytes] | Callable[[], Iterable[bytes]], every_s: float) -> Answer:
    """Pieces with a pause after each; for ever where there is no end of them."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        for piece in pieces() if callable(pieces) else pieces:
            out.write(piece)
            await out.drain()
            await asyncio.sleep(every_s)

    return answer


def endless(block: bytes) -> Answer:
    """The same block, as fast as it is taken."""
    times = max(1, _BLOCK // len(block))

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        while True:
            out.write(block * times)
            await out.drain()
            await asyncio.sleep(0)

    return answer


def reset(out: asyncio.StreamWriter) -> None:
    """Close with RST: what a lingering time of zero means."""
    connection = out.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    out.transport.abort()


def resets(head: bytes = b"") -> Answer:
    """A connection that is torn, behind some bytes."""

    async def answer(ask: Ask, out: asyncio.StreamWriter) -> None:
        if head:
            out.write(head)
            await out.drain()
            await asyncio.sleep(0.05)
        reset(out)

    return answer


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", head: str = XML) -> bytes:
    """A chunked answer whole, for `raw`."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    start = f"HTTP/1.1 200 OK\r\n{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    return start.encode() + body + end
