"""A feed server on loopback that misbehaves in one way a path, and counts who came."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from monitor.core.rules import FetchPolicy
from monitor.sources.http import HttpClient
from monitor.sources.streams import Stream, dial

WIRE_NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
T = TypeVar("T")
#: A public address, for hosts that loopback plays.
PUBLIC = "93.184.215.14"

FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Hostile</title><link>http://feed.example/</link>
<item><title>Talks open in Istanbul</title><link>http://feed.example/1</link><guid>1</guid></item>
</channel></rss>"""

Handler = Callable[["HostileServer", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class HostileServer:
    """`hits` holds (path, headers) of each request, header names in lower case."""

    port: int = 0
    hits: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    canary: HostileServer | None = None
    routes: dict[str, Handler] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    async def asked(self, times: int) -> None:
        """Wait until that many requests have come."""
        for _ in range(1000):
            if len(self.hits) >= times:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("nobody asked")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            target = head[0].split(" ")[1]
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in headers.items()}
            self.hits.append((target, headers))
            self.bodies.append(await reader.readexactly(int(headers.get("content-length", "0"))))
            await self.routes[target.split("?")[0]](self, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


def plain(
    status: str = "200 OK", headers: str = "", body: bytes = FEED, length: bool = True
) -> Handler:
    """An answer in one piece; `headers` are lines that end with CRLF."""

    async def handler(server: HostileServer, writer: asyncio.StreamWriter) -> None:
        size = f"Content-Length: {len(body)}\r\n" if length else ""
        writer.write(f"HTTP/1.1 {status}\r\n{headers}{size}\r\n".encode("latin-1") + body)
        await writer.drain()

    return handler


def to(location: str, status: str = "302 Found", wait_s: float = 0.0) -> Handler:
    """A redirect; {port} and {canary} in `location` become ports."""

    async def handler(server: HostileServer, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(wait_s)
        canary = server.canary.port if server.canary else 0
        target = location.replace("{port}", str(server.port)).replace("{canary}", str(canary))
        await plain(status, f"Location: {target}\r\n", b"")(server, writer)

    return handler


async def slow_headers(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(10_000):
        writer.write(b"X-%d: y\r\n" % n)
        await writer.drain()
        await asyncio.sleep(0.05)


async def slow_body(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(10_000):
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.05)


async def stall_mid_body(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<rss>")
    await writer.drain()
    await asyncio.sleep(20)


async def never(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(20)


async def endless_body(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(10_000):
        writer.write(b"10000\r\n" + b"a" * 65536 + b"\r\n")
        await writer.drain()


async def endless_trailers(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    for n in range(1_000_000):
        writer.write(b"X-%d: y\r\n" % n)
        await writer.drain()


async def continue_flood(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    for _ in range(1_000_000):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)
        await writer.drain()


async def slow_continue(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    for _ in range(1_000):
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


async def early_hints(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    await plain()(server, writer)


async def huge_header(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    await plain(headers=f"X-Huge: {'h' * 1_000_000}\r\n")(server, writer)


async def many_headers(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    await plain(headers="".join(f"X-{n}: y\r\n" for n in range(20_000)))(server, writer)


async def gzip_bomb(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    """1 GiB of zeros, made as it goes."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(256):
        writer.write(press.compress(bytes(4 * 1024 * 1024)))
        await writer.drain()
        await asyncio.sleep(0)
    writer.write(press.flush())


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: what a lingering time of zero means."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_mid_body(server: HostileServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<rss>")
    await writer.drain()
    reset(writer)


def reset_once() -> Handler:
    seen: list[int] = []

    async def handler(server: HostileServer, writer: asyncio.StreamWriter) -> None:
        seen.append(1)
        if len(seen) == 1:
            reset(writer)
        else:
            await plain()(server, writer)

    return handler


def raw(data: bytes) -> Handler:
    """Exactly these bytes."""

    async def handler(server: HostileServer, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return handler


GZIPPED = gzip.compress(FEED)
NESTED = gzip.compress(gzip.compress(bytes(64 * 1024 * 1024)))
GZIP = "Content-Encoding: gzip\r\n"


def routes() -> dict[str, Handler]:
    return {
        "/good": plain(headers='ETag: W/"é1"\r\nLast-Modified: Mon, 02 Jun 2025 10:00:00 GMT\r\n'),
        "/slowloris-headers": slow_headers,
        "/slow-body": slow_body,
        "/stall-mid-body": stall_mid_body,
        "/never-respond": never,
        "/endless-body": endless_body,
        "/endless-trailers": endless_trailers,
        "/announced-huge": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n<"),
        "/continue-flood": continue_flood,
        "/slow-continue": slow_continue,
        "/early-hints": early_hints,
        "/huge-header": huge_header,
        "/many-headers": many_headers,
        "/gzip": plain(headers=GZIP, body=GZIPPED),
        "/gzip-unlabelled": plain(body=GZIPPED),
        "/gzip-members": plain(
            headers=GZIP, body=gzip.compress(FEED[:50]) + gzip.compress(FEED[50:])
        ),
        "/gzip-padded": plain(headers=GZIP, body=GZIPPED + bytes(100)),
        "/deflate": plain(headers="Content-Encoding: deflate\r\n", body=zlib.compress(FEED)),
        "/deflate-raw": plain(
            headers="Content-Encoding: deflate\r\n", body=zlib.compress(FEED)[2:-4]
        ),
        "/gzip-bomb": gzip_bomb,
        "/gzip-bomb-nested": plain(headers="Content-Encoding: gzip, gzip\r\n", body=NESTED),
        "/encoding-chain": plain(headers="Content-Encoding: gzip, gzip, gzip\r\n", body=GZIPPED),
        "/gzip-truncated": plain(headers=GZIP, body=GZIPPED[:-20]),
        "/gzip-bad-crc": plain(headers=GZIP, body=GZIPPED[:-8] + b"\0\0\0\0" + GZIPPED[-4:]),
        "/gzip-says-but-is-not": plain(headers=GZIP),
        "/brotli": plain(headers="Content-Encoding: br\r\n", body=b"\x0b\x02\x80feed\x03"),
        "/truncated-length": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>"),
        "/truncated-chunked": raw(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"
        ),
        "/length-too-small": plain(headers="", body=FEED),
        "/ssh": raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        "/http09": raw(b"<rss></rss>"),
        "/close": raw(b""),
        "/reset-mid-body": reset_mid_body,
        "/reset-once": reset_once(),
        "/chunk-garbage": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<rss>"),
        "/304": plain("304 Not Modified", body=b"", length=False),
        "/204": plain("204 No Content", body=b"", length=False),
        "/206": plain("206 Partial Content"),
        "/500": plain("500 Oops"),
        "/404": plain("404 Nope", body=b"secret page"),
        "/410": plain("410 Gone", body=b""),
        "/403-challenge": plain("403 Forbidden", "cf-mitigated: challenge\r\n", b""),
        "/429-seconds": plain("429 Slow", "Retry-After: 120\r\n", b""),
        "/429-date": plain("429 Slow", "Retry-After: Mon, 02 Jun 2025 12:10:00 GMT\r\n", b""),
        "/429-huge": plain("429 Slow", "Retry-After: 99999999999999999999\r\n", b""),
        "/429-garbage": plain("429 Slow", "Retry-After: soon\r\n", b""),
        "/etag-control": plain(headers='ETag: "a\x01b"\r\n'),
        "/cookies": plain(headers="Set-Cookie: a=b; Path=/\r\n"),
        "/redirect-loop": to("/redirect-loop-2"),
        "/redirect-loop-2": to("/redirect-loop"),
        "/redirect-slow-chain": to("/redirect-slow-chain", wait_s=0.3),
        "/redirect-good": to("good?after=1", "301 Moved"),
        "/redirect-blank": to("/good?a b", "301 Moved"),
        "/redirect-to-metadata": to("http://169.254.169.254/latest/meta-data/"),
        "/redirect-to-canary": to("http://127.0.0.1:{canary}/canary"),
        "/redirect-twice-to-canary": to("/redirect-to-canary"),
        "/redirect-to-canary-decimal": to("http://2130706433:{canary}/canary"),
        "/redirect-to-canary-hex": to("http://0x7f.1:{canary}/canary"),
        "/redirect-to-canary-short": to("http://127.1:{canary}/canary"),
        "/redirect-to-canary-zero": to("http://0.0.0.0:{canary}/canary"),
        "/redirect-to-canary-mapped": to("http://[::ffff:127.0.0.1]:{canary}/canary"),
        "/redirect-to-canary-name": to("http://localhost:{canary}/canary"),
        "/redirect-to-file": to("file:///etc/passwd"),
        "/redirect-to-gopher": to("gopher://127.0.0.1:{canary}/"),
        "/redirect-to-javascript": to("javascript:alert(1)"),
        "/redirect-empty": to(""),
        "/redirect-missing": plain("302 Found", body=b""),
        "/redirect-userinfo": to("http://good.example@127.0.0.1:{canary}/canary"),
        "/redirect-backslash": to("http://127.0.0.1:{canary}\\@good.example/"),
        "/redirect-long": to("/" + "a" * 5000),
        "/redirect-to-smtp": to("http://203.0.114.1:25/"),
        "/hook": plain(body=b"thanks\x07"),
        "/hook-redirect": to("http://127.0.0.1:{canary}/canary", "307 Temporary Redirect"),
        "/hook-endless": endless_body,
        "/hook-dribble": slow_body,
        "/hook-busy": plain("503 Busy", "Retry-After: 30\r\n", b""),
        "/hook-accept-reset": reset_mid_body,
        "/canary": plain(),
    }


@asynccontextmanager
async def hostile_server() -> AsyncIterator[HostileServer]:
    """Serve on loopback, with a canary on a second port that nobody may reach."""
    server, canary = HostileServer(routes=routes()), HostileServer(routes=routes())
    server.canary = canary
    listeners = []
    for one in (server, canary):
        listener = await asyncio.start_server(one.serve, "127.0.0.1", 0)
        one.port = listener.sockets[0].getsockname()[1]
        listeners.append(listener)
    before = asyncio.all_tasks()
    try:
        yield server
    finally:
        for listener in listeners:
            listener.close()
        left = asyncio.all_tasks() - before
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for listener in listeners:
            await listener.wait_closed()


def onto_loopback(client: HttpClient) -> list[str]:
    """Let public addresses be played by loopback; gives the addresses as they are reached."""
    reached: list[str] = []

    async def dial_loopback(address: str, port: int) -> Stream:
        reached.append(address)
        return await dial("127.0.0.1", port)

    for guard in (client._home, client._abroad):
        guard._dial = dial_loopback
    return reached


def with_server(
    use: Callable[[HostileServer, HttpClient], Awaitable[T]], *, total_s: float = 5.0
) -> T:
    """Run `use` with a server and a client that may reach it, and nothing beside it."""

    async def run() -> T:
        async with hostile_server() as server:
            policy = FetchPolicy(allow_private=(server.place,), total_s=total_s)
            client = HttpClient(policy, user_agent="parley-test", wire_now=lambda: WIRE_NOW)
            try:
                got = await use(server, client)
            finally:
                await client.close()
            assert server.canary is not None
            assert server.canary.hits == [], "an address that was not allowed has been reached"
            return got

    return asyncio.run(run())
