"""The hostile server: a listener of its own for each feed of each case, and a canary.

Each feed has an address of 127.0.0.0/8 to itself, so that what is counted by host (requests at
once, a rest that a server asks for) is counted for it alone. The canary stands for everything
internal: nothing that a document or a redirect says may lead there.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.hostile.answers import never
from tests.hostile.case import Ask, Case, Way
from tests.hostile.certificates import Certificates
from tests.hostile.documents import feed

_HEAD_BYTES = 64 * 1024
#: Where loopback plays a stranger on the internet, and the name under which he is known.
STRANGER, PUBLIC_NAME = "127.0.0.9", "public.test"
_CONTEXTS = {Way.TLS, Way.TLS_SELF, Way.TLS_EXPIRED, Way.TLS_OTHER, Way.PLAIN_TLS}


@dataclass(slots=True)
class Visit:
    """One connection: of which feed, what was asked for, and when (seconds of `time.monotonic`)."""

    feed: str
    began: float
    path: str | None = None  # None: nothing was asked before it ended
    ended: float | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """A feed of a case: where it listens, and what was asked of it."""

    feed: str
    case: Case
    address: str = ""
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def host(self) -> str:
        """The host and port where it is found."""
        return f"{self.case.host or self.address}:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.case.way.scheme}://{self.host}/{self.feed}"


class HostileServer:
    """Serves cases in a thread of its own, between the ends of `running`."""

    def __init__(self, cases: Sequence[Case], certificates: Certificates) -> None:
        self.places = [Place(name, case) for case in cases for name in case.names()]
        self._places = {place.feed: place for place in self.places}
        self.visits: list[Visit] = []
        self.canary_hits: list[str] = []
        self.canary_port = 0
        self.stranger_port = 0
        self.stranger_heads: list[bytes] = []
        self.began = time.monotonic()
        self._certificates = certificates
        self._contexts: dict[Way, ssl.SSLContext] = {}
        self._servers: list[asyncio.Server] = []
        self._sockets: list[socket.socket] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hostile")

    def url(self, place: Place) -> str:
        """Give the address that the daemon is configured with."""
        special = place.case.url.replace("{canary}", str(self.canary_port))
        return special or place.base + place.case.path

    @contextmanager
    def running(self) -> Iterator[HostileServer]:
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(60)
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    # --- opening and closing -------------------------------------------------------------------

    async def _open(self) -> None:
        self._loop.set_exception_handler(_quiet)
        await self._open_canary()
        stranger = await asyncio.start_server(self._stranger, STRANGER, 0)
        self._servers.append(stranger)
        self.stranger_port = stranger.sockets[0].getsockname()[1]
        shared: dict[str, tuple[str, int]] = {}
        for number, place in enumerate(self.places):
            case = place.case
            if not case.own_hosts and case.name in shared:
                place.address, place.port = shared[case.name]
                continue
            place.address = f"127.0.{1 + number // 200}.{10 + number % 200}"
            place.port = await self._listen(place)
            shared[case.name] = (place.address, place.port)

    async def _open_canary(self) -> None:
        first = await asyncio.start_server(self._canary, "127.0.0.1", 0)
        self._servers.append(first)
        self.canary_port = first.sockets[0].getsockname()[1]
        try:
            six = await asyncio.start_server(self._canary, "::1", self.canary_port)
        except OSError:
            return  # a machine without IPv6 has nothing to guard there
        self._servers.append(six)

    async def _listen(self, place: Place) -> int:
        """Open the listener of a feed; gives its port."""
        way = place.case.way
        if way in {Way.REFUSED, Way.FULL}:
            return self._bound(place.address, full=way is Way.FULL)
        context = None
        if way in _CONTEXTS:
            context = self._certificates.server(way.name, place.address)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(place, reader, writer)

        server = await asyncio.start_server(serve, place.address, 0, ssl=context)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def _bound(self, address: str, *, full: bool) -> int:
        """Hold a port on which nobody answers; a full queue drops what comes, instead of refusing."""
        held = socket.socket()
        held.bind((address, 0))
        self._sockets.append(held)
        port: int = held.getsockname()[1]
        if full:
            held.listen(0)
            for _ in range(2):
                waiting = socket.socket()
                waiting.setblocking(False)
                waiting.connect_ex((address, port))
                self._sockets.append(waiting)
        return port

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for held in self._sockets:
            held.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- serving -------------------------------------------------------------------------------

    async def _canary(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.canary_hits.append(str(writer.get_extra_info("peername")))
        writer.close()

    async def _stranger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a good feed to whoever comes, and keep what they told of themselves."""
        try:
            self.stranger_heads.append(await reader.readuntil(b"\r\n\r\n"))
            body = feed("stranger")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _serve(
        self, place: Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        visit = Visit(place.feed, time.monotonic())
        self.visits.append(visit)
        try:
            await self._answer(place, visit, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            return
        finally:
            visit.ended = time.monotonic()
            writer.close()

    async def _answer(
        self, place: Place, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        case = place.case
        if case.way in {Way.BARE, Way.HTTPS_MUTE, Way.HTTPS_PLAIN}:
            answer = never if case.way is Way.HTTPS_MUTE else case.answer
            await _while_there(answer(self._ask(place, "", {}), writer), reader)
            return
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        target = head[0].split(" ")[1]
        headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        headers = {name.lower(): value for name, value in headers.items()}
        name, _, path = target.removeprefix("/").partition("/")
        place = self._places.get(name, place)  # several feeds may share one host
        visit.feed, visit.path, visit.headers = place.feed, path, headers
        await _while_there(case.answer(self._ask(place, path, headers), writer), reader)

    def _ask(self, place: Place, path: str, headers: dict[str, str]) -> Ask:
        place.asked[path] += 1
        return Ask(
            path, place.asked[path], headers, place.base, place.host, self.canary_port,
            f"{PUBLIC_NAME}:{self.stranger_port}", self.places[0].host,
        )  # fmt: skip


async def _while_there(answer: object, reader: asyncio.StreamReader) -> None:
    """Run an answer until it is given, or until the client has gone."""
    assert asyncio.iscoroutine(answer)
    answering = asyncio.ensure_future(answer)
    going = asyncio.ensure_future(_left(reader))
    try:
        await asyncio.wait({answering, going}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        for task in (answering, going):
            task.cancel()
        await asyncio.gather(answering, going, return_exceptions=True)


async def _left(reader: asyncio.StreamReader) -> None:
    """Wait until the client goes; what it says meanwhile is nothing to us."""
    while await reader.read(4096):
        pass


def _quiet(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Handshakes that fail and clients that leave are what this server is for; a bug is not."""
    error = context.get("exception")
    if not isinstance(error, (OSError, ssl.SSLError, asyncio.CancelledError)):
        loop.default_exception_handler(context)
