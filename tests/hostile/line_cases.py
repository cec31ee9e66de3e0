"""Cases N37 to N40: connections, TLS, names, and one slow host with many feeds."""

from __future__ import annotations

from tests.hostile.answers import good, never, resets, turns
from tests.hostile.case import Case, Must, Way, fails, ok

_OPEN = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<rss><channel>"
_LOST = ("connection-lost", "truncated")


async def _closes(ask: object, out: object) -> None:
    """The connection is closed without a word."""


CASES = [
    Case("reset-at-once", "N37", "RST instead of an answer", resets(), fails(*_LOST)),
    Case("reset-mid-headers", "N37", "RST within the headers", resets(b"HTTP/1.1 200 OK\r\nX-"),
         fails(*_LOST)),
    Case("reset-mid-body", "N37", "RST within the body", resets(_OPEN), fails(*_LOST)),
    Case("close", "N37", "closed without a word", _closes, fails(*_LOST, "protocol")),
    Case("reset-once", "N37", "RST at first, good when tried again at once",
         turns(resets(), good("reset-once")), ok()),
    Case("connect-refused", "N37", "nobody listens", never, fails("refused"), Way.REFUSED),
    Case("connect-dropped", "N37", "SYN is dropped", never, fails("timeout"), Way.FULL),
    Case("close-bare", "N37", "closed before the request is read", _closes,
         fails(*_LOST, "protocol"), Way.BARE),
    Case("tls-good", "N38", "a certificate in order", good("tls-good"), ok(), Way.TLS),
    Case("tls-self-signed", "N38", "a certificate that nobody signed", good("tls-self"),
         fails("tls"), Way.TLS_SELF),
    Case("tls-expired", "N38", "a certificate of last year", good("tls-expired"), fails("tls"),
         Way.TLS_EXPIRED),
    Case("tls-wrong-host", "N38", "a certificate of another host", good("tls-other"), fails("tls"),
         Way.TLS_OTHER),
    Case("tls-port-speaks-plain", "N38", "plain HTTP where TLS is asked for",
         good("tls-plain"), fails("tls"), Way.HTTPS_PLAIN),
    Case("plain-port-speaks-tls", "N38", "TLS where plain HTTP is asked for",
         good("plain-tls"), fails(*_LOST, "protocol", "timeout"), Way.PLAIN_TLS),
    Case("tls-handshake-stall", "N38", "no answer to the hello", never, fails("timeout"),
         Way.HTTPS_MUTE),
    Case("tls-slow-body", "N38", "a good handshake, half a body", resets(_OPEN), fails(*_LOST),
         Way.TLS),
    Case("dns-unknown", "N39", "a name that there is not", never, fails("dns"),
         url="http://nxdomain.test/feed"),
    Case("dns-empty", "N39", "a name without an address", never, fails("dns"),
         url="http://empty.test/feed"),
    Case("dns-mute", "N39", "no answer about a name", never, fails("timeout", "dns"),
         url="http://mute.test/feed"),
    Case("dns-garbage", "N39", "an answer that is no address", never,
         fails("dns", "blocked-address"), url="http://garbage.test/feed"),
    Case("slow-host", "N40", "fifty feeds of one host that never answers", never,
         Must(False, ("timeout",), looked=False), feeds=50, own_hosts=False),
    Case("slow-host-good", "N40", "ten good feeds of one host",
         lambda ask, out: good(ask.base.rpartition("/")[2])(ask, out), ok(),
         feeds=10, own_hosts=False),
]  # fmt: skip
