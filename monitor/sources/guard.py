"""Which addresses may be connected to, enforced where the connection is made.

A URL proves nothing: names resolve to anything, may resolve to something else a moment later, and
redirects name new ones. So the rule sits in the network backend beneath the HTTP client: it
resolves a name once, looks at every address of the answer, and connects to one of those addresses.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import httpcore
import httpx

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Gives the addresses of a name, as text, in the order in which they should be tried. Raises
#: `OSError` where there are none.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

#: The HTTP client reads at most this much at a time, so a bound can be overrun by this much.
READ_BYTES = 64 * 1024

#: More addresses of one name than this are checked but not tried: the deadline is for talking.
_MOST_TRIES = 4

#: Kept beside `is_global`, whose tables are those of the running Python (before 3.11.9 they miss
#: several), and which judges the outside of an address that carries another one inside.
_DENIED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this host"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "a cloud's own service"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "reserved"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::1/128", "loopback"),
    ("::/96", "unspecified"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard"),
    ("2001::/23", "reserved"),  # Teredo among them
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_DENIED_NETWORKS = tuple((ipaddress.ip_network(net), why) for net, why in _DENIED)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

#: The web's own among the system ports (below 1024); every other one there belongs to a service.
_WEB_PORTS = frozenset({80, 81, 443, 591})
#: Above 1024: services that understand enough of an HTTP request to be harmed by one.
_SERVICE_PORTS = frozenset(
    (
        *(1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4190, 5060, 5061, 5432),
        *(5672, 5900, 5984, 6000, 6379, 6660, 6665, 6666, 6667, 6668, 6669, 6697, 9042, 9092),
        *(9200, 9300, 10250, 11211, 25672, 27017, 27018, 50000),
    )
)


def port_refused(port: int) -> bool:
    """Tell whether a port belongs to another kind of service than the web."""
    return port in _SERVICE_PORTS or (port < 1024 and port not in _WEB_PORTS)


class WireFault(Exception):
    """Something went wrong beneath HTTP; `code` and `message` become a `ports.Failure`.

    It is no error of httpcore, so that it passes through the client unchanged, and it never leaves
    `monitor.sources`.
    """

    def __init__(self, code: str, message: str) -> None:
        """Take the stable code and the sentence for people."""
        self.code, self.message = code, message
        super().__init__(message)


def why_refused(address: str) -> str | None:
    """Say why an address may not be connected to, in a word or two, or None where it may.

    An IPv4 address that travels inside an IPv6 one (6to4, NAT64) is judged as well. What is no
    address at all is refused.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unreadable"
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return why_refused(str(inner))
    for network, why in _DENIED_NETWORKS:
        if ip.version == network.version and ip in network:
            return why
    return None if ip.is_global and not ip.is_multicast else "not public"


def _plain_host(host: str) -> str:
    """Give a host in one form: lower case, no brackets, no dot at the end, addresses shortened."""
    bare = host.strip().lower().removeprefix("[").removesuffix("]").rstrip(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare


class AllowList:
    """The "host:port" pairs that people allowed although their address is private.

    `host` is a name, an IPv4 address, or an IPv6 address in brackets, as the configured URL names
    it. A name allows whatever it resolves to on that port; an address allows URLs that name it, and
    no name that happens to resolve to it: whoever owns a name says what it resolves to.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        """Read the entries. Raises `ValueError` naming the one that is no "host:port"."""
        self._pairs: set[tuple[str, int]] = set()
        for entry in entries:
            host, colon, port = entry.rpartition(":")
            bare = host.startswith("[") == host.endswith("]") and (
                host.startswith("[") or ":" not in host
            )
            if not (colon and host and bare and port.isascii() and port.isdigit()):
                raise ValueError(f"{entry!r} is not of the form host:port")
            self._pairs.add((_plain_host(host), int(port)))

    def allows(self, host: str, port: int) -> bool:
        """Tell whether a name or an address is allowed on a port."""
        return (_plain_host(host), port) in self._pairs


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host, in the system's order of preference.

    The system's call cannot be interrupted, and takes many seconds where the network is down. So it
    gets a daemon thread of its own: in a shared pool it would hold up others, and the exit.
    """
    if _is_address(host):
        return [host]
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(found: Sequence[str] | Exception) -> None:
        if answer.done():
            return  # whoever asked has given up
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def look_up() -> None:
        found: Sequence[str] | Exception
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(info[4][0]) for info in infos))
        except (OSError, UnicodeError) as error:
            found = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=look_up, name="dns", daemon=True).start()
    return await answer


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class BoundedStream(httpcore.AsyncNetworkStream):
    """A connection that gives at most so many bytes, beneath everything that HTTP makes of them.

    This is what ends floods that never reach the body: interim answers, headers, trailers, chunk
    extensions. `allow` sets the bound anew, counted from the start of the connection.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, limit_bytes: int) -> None:
        """Wrap a stream."""
        self._stream = stream
        self._limit_bytes = limit_bytes
        self._read_bytes = 0
        self._phase = "headers-too-large"

    def allow(self, more_bytes: int) -> None:
        """Let that much more pass, now that the headers were read."""
        self._limit_bytes = self._read_bytes + more_bytes
        self._phase = "too-large"

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Read, or raise `WireFault` once more came than was allowed."""
        data = await self._stream.read(max_bytes, timeout)
        self._read_bytes += len(data)
        if self._read_bytes > self._limit_bytes:
            what = "headers are" if self._phase == "headers-too-large" else "answer is"
            raise WireFault(self._phase, f"the {what} larger than allowed")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write all of `buffer`."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Begin TLS. Raises `WireFault` where the other side has no certificate to trust."""
        secured: httpcore.AsyncNetworkStream | None = None
        try:
            secured = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectError as error:
            raise WireFault("tls", _tls_sentence(error)) from error
        finally:
            if secured is None:  # a handshake that is cancelled would leave its socket open
                await self._stream.aclose()
        return BoundedStream(secured, self._limit_bytes)

    def get_extra_info(self, info: str) -> Any:
        """Give what the wrapped stream knows of itself."""
        return self._stream.get_extra_info(info)


def _tls_sentence(error: BaseException) -> str:
    """Say why TLS failed; the reasons come from OpenSSL's fixed list, never from the server."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message.rstrip('.')}"
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return f"TLS failed: {cause.reason.replace('_', ' ').lower()}"
        cause = cause.__cause__ or cause.__context__
    return "TLS failed: the connection was closed during the handshake"


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for the HTTP client, to permitted addresses only."""

    def __init__(
        self, allowed: AllowList | None, resolver: Resolver | None, *, header_bytes: int
    ) -> None:
        """Take the exceptions, who resolves names, and the bound on what precedes a body.

        `allowed` is None where redirects lead: for what a stranger names there is no exception.
        """
        self._allowed = allowed
        self._resolve = resolver or system_resolver
        self._header_bytes = header_bytes
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve once, check every address, connect to one of them. Raises `WireFault`."""
        addresses = await self._permitted(host, port)
        tries = addresses[:_MOST_TRIES]
        last: Exception | None = None
        for address in tries:
            try:
                stream = await self._inner.connect_tcp(
                    address,
                    port,
                    None if timeout is None else timeout / len(tries),
                    local_address,
                    socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
                continue
            return BoundedStream(stream, self._header_bytes + READ_BYTES)
        raise _connect_fault(last)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing that is fetched lives in a file."""
        raise WireFault("blocked-address", f"local sockets are not fetched from: {path[:80]}")

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await asyncio.sleep(seconds)

    async def _permitted(self, host: str, port: int) -> Sequence[str]:
        """Give the addresses of a host, all of them permitted. Raises `WireFault`."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise WireFault("dns", "the host's name could not be resolved") from error
        if not addresses:
            raise WireFault("dns", "the host's name has no address")
        if self._allowed is not None and self._allowed.allows(host, port):
            return addresses
        for address in addresses:
            why = why_refused(address)
            if why is not None:
                way_out = (
                    "a redirect may not lead there"
                    if self._allowed is None
                    else "the URL's host:port in fetch.allow_private permits it"
                )
                raise WireFault(
                    "blocked-address",
                    f"the address {address[:60]} is not connected to ({why}); {way_out}",
                )
            if port_refused(port):
                raise WireFault("blocked-port", f"port {port} belongs to another kind of service")
        return addresses


def _connect_fault(error: Exception | None) -> WireFault:
    """Name why no connection came about."""
    if isinstance(error, httpcore.ConnectTimeout):
        return WireFault("timeout", "no connection within the time allowed")
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return WireFault("refused", "the connection was refused")
        cause = cause.__cause__ or cause.__context__
    return WireFault("unreachable", "the host could not be reached")


def guarded_transport(backend: GuardedBackend, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    """Make a transport that connects through `backend` alone.

    httpx offers no public way to name the backend. Should a later httpx move the attribute, this
    refuses to work instead of working unguarded. Raises `RuntimeError`.
    """
    transport = httpx.AsyncHTTPTransport(
        verify=context,
        trust_env=False,
        http2=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
    )
    pool: Any = getattr(transport, "_pool", None)
    if not isinstance(getattr(pool, "_network_backend", None), httpcore.AsyncNetworkBackend):
        raise RuntimeError(  # noqa: TRY004 - not the caller's type
            "this httpx hides its network backend elsewhere; the guard needs it"
        )
    pool._network_backend = backend  # noqa: SLF001 - see above
    return transport
