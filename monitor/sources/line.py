"""One connection with its HTTP/1.1, and the shelf where idle ones wait to be used again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Hashable, Sequence

import h11
import httpx

from monitor.sources.guard import WireFault
from monitor.sources.streams import Stream

#: Interim answers (103 Early Hints and the like) that may come before the answer.
MOST_INTERIM = 10
#: An answer in more pieces than this has to hold 32 bytes a piece in the mean: each costs time.
_MOST_CRUMBS, _CRUMB_BYTES = 10_000, 32
_TURN_PIECES = 256
#: An idle connection is kept so long, in seconds: a little longer than the fastest pace of a feed.
KEEP_S = 75.0
#: Idle connections kept in all; the one that has waited longest gives way.
MOST_IDLE = 64
#: Places of which is remembered when they were last asked.
_MOST_REMEMBERED = 4096
_SWITCHING = 101
_TLS_RECORD = (b"\x15\x03", b"\x16\x03")

Headers = Sequence[tuple[bytes, bytes]]


class Line:
    """A connection on which requests are asked one after the other. Raises `WireFault`."""

    def __init__(self, stream: Stream, *, header_bytes: int, body_bytes: int) -> None:
        """Take the connection and how many bytes may come before and within a body."""
        self._stream = stream
        self._header_bytes, self._body_bytes = header_bytes, body_bytes
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=header_bytes)
        self._plain_end = True
        self.heard = False

    async def ask(
        self, method: bytes, target: bytes, headers: Headers, body: bytes
    ) -> tuple[int, Headers]:
        """Send a request; give the status and headers of the answer, whose body is still to come.

        `heard` says afterwards whether anything at all came back.
        """
        self.heard = False
        self._stream.allow(self._header_bytes, "headers-too-large")
        sent = bytearray()
        try:
            events: list[h11.Event] = [
                h11.Request(method=method, target=target, headers=list(headers))
            ]
            if body:
                events.append(h11.Data(data=body))
            for event in (*events, h11.EndOfMessage()):
                sent += self._http.send(event) or b""
        except h11.LocalProtocolError as error:
            raise WireFault("bad-request", "the request cannot be sent as configured") from error
        try:
            await self._stream.write(bytes(sent))
        except WireFault as fault:
            if fault.code != "connection-lost":
                raise
            # A server may answer and hang up before it has heard all: what it said may be there.
        response = await self._final_response()
        names = {name for name, _ in response.headers}
        self._plain_end = not {b"transfer-encoding", b"content-length"} <= names
        self._stream.allow(self._body_bytes, "too-large")
        return response.status_code, response.headers.raw_items()

    async def body(self) -> AsyncIterator[bytes]:
        """Give the body as it comes, its content encoding untouched."""
        pieces = total = 0
        while (event := self._next(in_body=True)) is not None:
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._stream.read())
            elif isinstance(event, h11.Data):
                pieces, total = pieces + 1, total + len(event.data)
                if pieces > _MOST_CRUMBS and total < pieces * _CRUMB_BYTES:
                    raise WireFault("protocol", "the answer comes in too many tiny pieces")
                if pieces % _TURN_PIECES == 0:  # a reading may hold thousands: others want a turn
                    await asyncio.sleep(0)
                yield bytes(event.data)
            else:
                return

    def tunnel(self) -> Stream:
        """Give the connection itself, once a proxy has opened it. Raises `WireFault`."""
        if self._http.trailing_data[0]:
            raise WireFault("proxy", "the proxy speaks before the server behind it could")
        return self._stream

    def reusable(self) -> bool:
        """Make ready for another request, if the answer ended where it said it would."""
        if self._http.their_state is h11.SEND_BODY:  # without a body the end is there unread
            with contextlib.suppress(WireFault):
                self._next(in_body=True)
        whole = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if not (whole and self._plain_end) or self._http.trailing_data != (b"", False):
            return False
        self._http.start_next_cycle()
        return True

    def quiet(self) -> bool:
        """Tell whether an idle connection is still good."""
        return self._stream.quiet()

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    async def _final_response(self) -> h11.Response:
        interim = 0
        while True:
            event = self._next()
            if event is h11.NEED_DATA:
                data = await self._stream.read()
                if not data and not self.heard:
                    raise WireFault("connection-lost", "the server closed the connection")
                if not self.heard:
                    _refuse_other_protocols(data)
                    self.heard = True
                self._http.receive_data(data)
            elif isinstance(event, h11.Response):
                return event
            elif isinstance(event, h11.InformationalResponse):
                interim += 1
                if interim > MOST_INTERIM:
                    said = f"more than {MOST_INTERIM} interim answers before the answer"
                    raise WireFault("headers-too-large", said)
                if event.status_code == _SWITCHING:
                    raise WireFault("protocol", "the server changes to another protocol")
            else:
                raise WireFault("protocol", "the answer is not valid HTTP")

    def _next(self, *, in_body: bool = False) -> h11.Event | type[h11.NEED_DATA] | None:
        """Give the next event; None where nothing more will come."""
        try:
            event = self._http.next_event()
        except h11.RemoteProtocolError as error:
            raise _named(error, in_body=in_body) from error
        return event if isinstance(event, h11.Event) or event is h11.NEED_DATA else None


def _named(error: h11.RemoteProtocolError, *, in_body: bool) -> WireFault:
    """Name what h11 found. Its texts may quote the server, so they stay out."""
    text = str(error)
    if error.error_status_hint == httpx.codes.REQUEST_HEADER_FIELDS_TOO_LARGE:
        return WireFault("headers-too-large", "the headers are larger than allowed")
    if "peer closed connection" in text or "peer unexpectedly closed" in text:
        if in_body:
            return WireFault("truncated", "the answer ends before its announced length")
        return WireFault("connection-lost", "the server closed the connection within the headers")
    return WireFault("protocol", "the answer is not valid HTTP")


def _refuse_other_protocols(data: bytes) -> None:
    """Say at the first bytes that a server does not speak HTTP; some then wait for ever."""
    if data.startswith(_TLS_RECORD):
        raise WireFault("protocol", "the port speaks TLS: the address wants https")
    if not data.startswith(b"HTTP/"[: len(data)]):
        raise WireFault("protocol", "the answer is not HTTP")


class Shelf:
    """Idle connections, kept for places that are asked again and again, and not for others."""

    def __init__(self) -> None:
        """Begin empty."""
        self._lines: dict[Line, tuple[Hashable, float]] = {}  # the longest idle first
        self._asked: dict[Hashable, float] = {}  # the longest unasked first
        self._sweep: asyncio.TimerHandle | None = None

    def wants(self, place: Hashable) -> bool:
        """Note that a place is asked; tell if it was asked so lately that keeping would pay."""
        now = asyncio.get_running_loop().time()
        last = self._asked.pop(place, None)
        self._asked[place] = now
        if len(self._asked) > _MOST_REMEMBERED:
            del self._asked[next(iter(self._asked))]
        return last is not None and now - last < KEEP_S

    def take(self, place: Hashable) -> Line | None:
        """Give an idle connection to a place; one that the server gave up is closed instead."""
        for line in [line for line, (where, _) in self._lines.items() if where == place]:
            del self._lines[line]
            if line.quiet():
                return line
            line.close()
        return None

    def put(self, place: Hashable, line: Line) -> None:
        """Keep a connection."""
        loop = asyncio.get_running_loop()
        self._lines[line] = (place, loop.time() + KEEP_S)
        if len(self._lines) > MOST_IDLE:
            self._drop(next(iter(self._lines)))
        if self._sweep is None:
            self._sweep = loop.call_later(KEEP_S, self._clean)

    def close(self) -> None:
        """Close every idle connection."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for line in list(self._lines):
            self._drop(line)

    def _drop(self, line: Line) -> None:
        del self._lines[line]
        line.close()

    def _clean(self) -> None:
        """Close what has waited too long, and look again when the next one will have."""
        loop = asyncio.get_running_loop()
        self._sweep = None
        for line, (_, until) in list(self._lines.items()):
            if until > loop.time():
                self._sweep = loop.call_at(until, self._clean)
                return
            self._drop(line)
