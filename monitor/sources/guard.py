"""Which addresses may be connected to, enforced where the connection is made.

A URL proves nothing: names resolve to anything, may resolve to something else a moment later, and
redirects name new ones. So the rule sits where connections are opened, beneath all that is HTTP:
there a name is resolved once, every address of the answer is looked at, and one of those addresses
is connected to.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

#: Gives the addresses of a name, as text, in the order in which they should be tried. Raises
#: `OSError` where there are none.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

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

    It never leaves `monitor.sources`.
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


class Guard(Generic[T]):
    """Opens connections to permitted addresses only."""

    def __init__(
        self,
        allowed: AllowList | None,
        resolver: Resolver | None,
        dial: Callable[[str, int], Awaitable[T]],
        *,
        connect_s: float,
    ) -> None:
        """Take the exceptions, who resolves names, who connects to an address, and how long.

        `allowed` is None where redirects lead: for what a stranger names there is no exception.
        """
        self._allowed = allowed
        self._resolve = resolver or system_resolver
        self._dial = dial
        self._connect_s = connect_s

    async def connect(self, host: str, port: int) -> T:
        """Resolve once, check every address, connect to one of them. Raises `WireFault`."""
        addresses = await self._permitted(host, port)
        tries = addresses[:_MOST_TRIES]
        last: Exception | None = None
        for address in tries:
            try:
                async with asyncio.timeout(self._connect_s / len(tries)):
                    return await self._dial(address, port)
            except OSError as error:  # that nothing came in time is one too
                last = error
        raise _connect_fault(last)

    def check_named(self, host: str, port: int) -> None:
        """Check what can be known of a host that a proxy will resolve. Raises `WireFault`.

        That is an address in any spelling, and this machine's own name. What another name resolves
        to only the proxy learns.
        """
        if self._allowed is not None and self._allowed.allows(host, port):
            return
        name = _plain_host(host)
        with contextlib.suppress(OSError):
            name = socket.inet_ntoa(socket.inet_aton(name))  # 127.1, 0x7f000001, 2130706433
        if name == "localhost" or name.endswith(".localhost"):
            name = "127.0.0.1"
        self._check(name if _is_address(name) else None, port)

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
            self._check(address, port)
        return addresses

    def _check(self, address: str | None, port: int) -> None:
        """Check an address, where it is known, and a port."""
        why = None if address is None else why_refused(address)
        if address is not None and why is not None:
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


def _connect_fault(error: Exception | None) -> WireFault:
    """Name why no connection came about."""
    if isinstance(error, TimeoutError):
        return WireFault("timeout", "no connection within the time allowed")
    if isinstance(error, ConnectionRefusedError):
        return WireFault("refused", "the connection was refused")
    return WireFault("unreachable", "the host could not be reached")
