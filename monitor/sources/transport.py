"""The transport beneath httpx: opens guarded connections and speaks HTTP/1.1 on them with h11.

httpx's own goes through a pool whose cost grows with every open connection (8 ms of CPU a request
at 200 of them), and offers no place for the guard. Here a request costs the same at any number.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

from monitor.core.rules import FetchPolicy
from monitor.sources.guard import Guard, WireFault
from monitor.sources.line import Line, Shelf
from monitor.sources.proxy import Proxy
from monitor.sources.streams import READ_BYTES, Stream, Tls

_PORTS = {"http": 80, "https": 443}
_CLOSE = (b"Connection", b"close")
_PROXY_ASKS = 407

Place = tuple[int, str, str, int]


@dataclass(frozen=True, slots=True)
class Way:
    """How servers are reached: through which guard, with what trust, by which proxy if any.

    `trusted` is for a proxy that speaks TLS itself, whose certificate is always checked.
    """

    guard: Guard[Stream]
    context: ssl.SSLContext
    trusted: ssl.SSLContext
    to_proxy: Guard[Stream]
    proxy: Proxy | None = None


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends a request of httpx and gives its response, headers read, body not.

    Raises `WireFault` alone. Cancelling at any point closes the connection.
    """

    def __init__(self, way: Way, shelf: Shelf, policy: FetchPolicy) -> None:
        """Take the way, the shelf that ways may share, and the bounds."""
        self._way, self._shelf, self._policy = way, shelf, policy

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask. A GET goes over an idle connection where there is one.

        Should the server have given that one up just now, it is asked again on a new one.
        """
        url = request.url
        host = url.raw_host.decode("ascii")
        place = (id(self), url.scheme, host, url.port or _PORTS[url.scheme])
        keep = request.method == "GET" and self._shelf.wants(place)
        line = self._shelf.take(place) if keep else None
        if line is not None:
            try:
                return await self._ask(line, request, place, keep=keep)
            except WireFault as fault:
                if fault.code != "connection-lost" or line.heard:
                    raise
        stream = await self._open(place)
        policy = self._policy
        line = Line(
            stream,
            header_bytes=policy.max_header_bytes,
            body_bytes=policy.max_wire_bytes + policy.max_wire_bytes // 4 + READ_BYTES,
        )
        return await self._ask(line, request, place, keep=keep)

    async def _ask(
        self, line: Line, request: httpx.Request, place: Place, *, keep: bool
    ) -> httpx.Response:
        target, headers = request.url.raw_path, list(request.headers.raw)
        proxy = self._way.proxy
        if proxy is not None and place[1] == "http":
            target = str(request.url).encode("ascii")
            headers += proxy.headers
        if not keep:
            headers.append(_CLOSE)
        method = request.method.encode("ascii")
        try:
            status, answered = await line.ask(method, target, headers, request.content)
        except BaseException:
            line.close()
            raise
        held = _Held(line, self._shelf if keep else None, place)
        if status == _PROXY_ASKS and proxy is not None:
            await held.aclose()
            raise WireFault("proxy", "the proxy asks for credentials")
        return httpx.Response(status, headers=answered, stream=held)

    async def _open(self, place: Place) -> Stream:
        """Open a connection to a place, through the proxy if there is one, with TLS if asked."""
        _, scheme, host, port = place
        way, stream = self._way, None
        try:
            if way.proxy is None:
                stream = await way.guard.connect(host, port)
            else:
                way.guard.check_named(host, port)
                stream = await self._to_proxy(way.proxy)
                if scheme == "https":
                    stream = await self._through(way.proxy, stream, host, port)
            if scheme == "https":
                stream = await self._secured(stream, way.context, host)
        except BaseException:
            if stream is not None:
                stream.close()
            raise
        return stream

    async def _to_proxy(self, proxy: Proxy) -> Stream:
        stream = await self._way.to_proxy.connect(proxy.host, proxy.port)
        if not proxy.tls:
            return stream
        try:
            return await self._secured(stream, self._way.trusted, proxy.host)
        except BaseException:
            stream.close()
            raise

    async def _through(self, proxy: Proxy, stream: Stream, host: str, port: int) -> Stream:
        """Have the proxy open a tunnel. Raises `WireFault` with `proxy`."""
        there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        target = there.encode("ascii")
        line = Line(stream, header_bytes=self._policy.max_header_bytes, body_bytes=0)
        headers = [(b"Host", target), *proxy.headers]
        status, _ = await line.ask(b"CONNECT", target, headers, b"")
        if status == _PROXY_ASKS:
            raise WireFault("proxy", "the proxy asks for credentials")
        if not 200 <= status < 300:
            raise WireFault("proxy", f"the proxy does not lead there ({status})")
        return line.tunnel()

    async def _secured(self, stream: Stream, context: ssl.SSLContext, host: str) -> Stream:
        try:
            secured = Tls(stream, context, host)
        except ValueError as error:
            said = "the host is no name that a certificate can be for"
            raise WireFault("bad-url", said) from error
        try:
            async with asyncio.timeout(self._policy.connect_s):
                await secured.handshake()
        except TimeoutError as error:
            raise WireFault("timeout", "no TLS within the time allowed to connect") from error
        return secured


class _Held(httpx.AsyncByteStream):
    """The body of a response, and the connection that it comes from."""

    def __init__(self, line: Line, shelf: Shelf | None, place: Place) -> None:
        self._line, self._shelf, self._place = line, shelf, place
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._line.body():
            yield piece

    async def aclose(self) -> None:
        """Keep the connection where that is wanted and all was read, else close it."""
        if self._closed:
            return
        self._closed = True
        if self._shelf is not None and self._line.reusable():
            self._shelf.put(self._place, self._line)
        else:
            self._line.close()
