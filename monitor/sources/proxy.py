"""The proxy of a feed: its address read, nothing hidden inside."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.sources.address import read_address, split_login
from monitor.sources.guard import WireFault


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, spoken to in the clear or over TLS. `headers` hold its credentials."""

    host: str
    port: int
    tls: bool
    headers: tuple[tuple[bytes, bytes], ...] = field(default=(), repr=False)


def read_proxy(url: str) -> Proxy:
    """Read `http://user:password@host:port`, or https. Raises `WireFault` with `bad-proxy`."""
    bare, login = split_login(url)
    try:
        address = read_address(bare, "bad-proxy")
    except WireFault as fault:
        raise WireFault("bad-proxy", f"the proxy cannot be used: {fault.message}") from None
    scheme, host, port = address.origin
    headers = tuple((b"Proxy-Authorization", value.encode("ascii")) for _, value in login)
    return Proxy(host, port, scheme == "https", headers)
