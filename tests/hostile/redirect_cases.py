"""Cases N14 to N24: redirects, forbidden addresses, and what must not go to strangers."""

from __future__ import annotations

from tests.hostile.answers import good, paths, status, to, whole
from tests.hostile.case import Case, fails, ok
from tests.hostile.checks import moved, never_stored
from tests.hostile.documents import feed

_BLOCKED = ("blocked-address",)
_REFUSED = ("bad-redirect", "blocked-address", "bad-url")
#: Names that only the daemon's resolver knows, and what they lead to (tests/hostile/daemon.py).
FORBIDDEN = {
    "loopback": "127.0.0.1", "private-10": "10.1.2.3", "private-172": "172.20.0.1",
    "private-192": "192.168.1.1", "link-local": "169.254.169.254", "cgnat": "100.64.0.1",
    "zero": "0.0.0.0", "ietf": "192.0.0.1", "benchmark": "198.18.0.1", "multicast": "224.0.0.1",
    "reserved": "240.0.0.1", "broadcast": "255.255.255.255", "v6-loopback": "::1",
    "unique-local": "fd00::1", "v6-link-local": "fe80::1", "mapped": "::ffff:127.0.0.1",
    "nat64": "64:ff9b::7f00:1", "sixtofour": "2002:7f00:1::", "v6-unspecified": "::",
    "v6-multicast": "ff02::1", "compatible": "::7f00:1", "azure": "168.63.129.16",
}  # fmt: skip


def _to(
    name: str, ids: str, location: str, *codes: str, does: str = "", line: str = "302 Found"
) -> Case:
    shown = location if len(location) < 60 else location[:50] + "..."
    return Case(f"redirect-{name}", ids, does or f"to {shown!r}", to(location, line), fails(*codes))


_TO_ADDRESSES = [
    _to(f"to-{name}", "N17", f"http://{host}:{{canary}}/canary", *_REFUSED, *(["dns"] if host.endswith(".") else []))
    for name, host in (
        ("ipv6-loopback", "[::1]"), ("short", "127.1"), ("other-loopback", "127.0.0.2"),
        ("decimal", "2130706433"), ("hex", "0x7f000001"), ("hex-dotted", "0x7f.0.0.1"),
        ("octal", "0177.0.0.1"), ("octal-long", "017700000001"), ("mapped", "[::ffff:127.0.0.1]"),
        ("mapped-hex", "[::ffff:7f00:1]"), ("zero", "0.0.0.0"), ("zero-short", "0"),
        ("localhost", "localhost"), ("localhost-dot", "localhost."), ("loopback", "127.0.0.1"),
        ("v6-any", "[::]"), ("compatible", "[::127.0.0.1]"), ("zone", "[::1%25lo]"),
    )
]  # fmt: skip

CASES = [
    Case("redirect-loop", "N14", "a to b to a",
         paths(to("{base}/b"), b=to("{base}/c"), c=to("{base}/b")), fails("too-many-redirects")),
    Case("redirect-self", "N14", "to itself", to("{base}"), fails("too-many-redirects")),
    Case("redirect-chain-50", "N14", "fifty redirects",
         lambda ask, out: to(f"{ask.base}/{int(ask.path or 0) + 1}")(ask, out),
         fails("too-many-redirects")),
    Case("redirect-chain-5", "N14", "five redirects, then a good feed",
         lambda ask, out: (good("chain-5") if ask.path == "5" else to(
             f"{ask.base}/{int(ask.path or 0) + 1}"))(ask, out), ok()),
    Case("redirect-slow-chain", "N15", "each redirect takes 1.2 s",
         lambda ask, out: to(f"{ask.base}/{int(ask.path or 0) + 1}", wait_s=1.2)(ask, out),
         fails("timeout")),
    Case("redirect-slow-chain-307", "N15", "each redirect takes 1 s, good at last, too late",
         lambda ask, out: (good("slow-307") if ask.path == "5" else to(
             f"{ask.base}/{int(ask.path or 0) + 1}", "307 T", wait_s=1.0))(ask, out), fails("timeout")),
    _to("to-file", "N16", "file:///etc/passwd", "bad-redirect"),
    _to("to-gopher", "N16", "gopher://127.0.0.1:{canary}/_x", "bad-redirect"),
    _to("to-ftp", "N16", "ftp://127.0.0.1:{canary}/x", "bad-redirect"),
    _to("to-data", "N16", "data:text/xml,<rss></rss>", "bad-redirect"),
    _to("to-javascript", "N16", "javascript:alert(1)", "bad-redirect"),
    _to("to-ws", "N16", "ws://127.0.0.1:{canary}/", "bad-redirect"),
    _to("to-nothing", "N16", "", "bad-redirect", does="to an empty Location"),
    Case("redirect-without-location", "N16", "no Location", to(None), fails("bad-redirect")),
    _to("to-1-mib", "N16", "/" + "a" * 2**20, "bad-redirect", "headers-too-large"),
    _to("to-5000", "N16", "/" + "a" * 5000, "bad-redirect"),
    _to("to-unreadable", "N16", "http://[::1", "bad-redirect"),
    _to("to-no-host", "N16", "http:///x", "bad-redirect"),
    _to("to-port-99999", "N16", "http://127.0.0.1:99999/", "bad-redirect"),
    *_TO_ADDRESSES,
    _to("to-metadata", "N17", "http://169.254.169.254/latest/meta-data/", *_BLOCKED),
    _to("to-metadata-decimal", "N17", "http://2852039166/latest/", *_REFUSED),
    _to("twice-to-canary", "N17", "http://127.0.0.1:{canary}/", *_BLOCKED, line="307 Temporary"),
    Case("redirect-within-then-canary", "N17", "to itself first, then inside",
         paths(to("{base}/on"), on=to("http://127.0.0.1:{canary}/")), fails(*_BLOCKED)),
    Case("redirect-to-another-allowed", "N17", "to a private place that another feed may read",
         to("http://{other}/"), fails(*_BLOCKED)),
    _to("userinfo", "N18", "http://good.example@127.0.0.1:{canary}/", *_REFUSED),
    _to("userinfo-port", "N18", "http://{place}@127.0.0.1:{canary}/", *_REFUSED),
    _to("backslash", "N18", "http://127.0.0.1:{canary}\\@public.test/", *_REFUSED),
    _to("backslash-path", "N18", "http:\\\\127.0.0.1:{canary}\\", *_REFUSED),
    _to("protocol-relative", "N18", "//127.0.0.1:{canary}/", *_REFUSED),
    _to("three-slashes", "N18", "///127.0.0.1:{canary}/", *_REFUSED, "http-404", "too-many-redirects"),
    _to("tab-in-host", "N18", "http://127.0\t.0.1:{canary}/", *_REFUSED),
    _to("blank-in-host", "N18", "http://public.test @127.0.0.1:{canary}/", *_REFUSED),
    _to("circled-digits", "N18", "http://\xb9\xb2\xb7.0.0.1:{canary}/", *_REFUSED, "dns"),
    _to("percent-host", "N18", "http://127%2e0%2e0%2e1:{canary}/", *_REFUSED, "dns"),
    _to("hash-at", "N18", "http://127.0.0.1:{canary}#@public.test/", *_REFUSED),
    _to("question-at", "N18", "http://127.0.0.1:{canary}?@public.test/", *_REFUSED),
    Case("rebind", "N19", "a name that is public once and loopback the second time",
         to("http://rebind.test:{canary}/"), fails(*_BLOCKED, "unreachable", "refused"),
         host="rebind.test"),
    Case("both", "N19", "a name of a public and a loopback address", good("both"), fails(*_BLOCKED),
         url="http://both.test:{canary}/"),
    Case("redirect-to-both", "N19", "to such a name", to("http://both.test:{canary}/"), fails(*_BLOCKED)),
    *(Case(f"forbidden-{name}", "N20", f"a name of {address}", good(name), fails(*_BLOCKED),
           url=f"http://{name}.test:{{canary}}/") for name, address in FORBIDDEN.items()),
    Case("forbidden-url", "N20", "configured with a loopback address that nobody allowed",
         good("direct"), fails(*_BLOCKED), url="http://127.0.0.1:{canary}/feed"),
    _to("to-smtp", "N21", "http://public.test:25/", "blocked-port"),
    _to("to-redis", "N21", "http://public.test:6379/", "blocked-port"),
    _to("to-ssh", "N21", "https://public.test:22/", "blocked-port"),
    _to("crlf", "N21", "{base}/on%0d%0aX-Injected:%20yes", "http-404", "bad-redirect",
        "too-many-redirects"),
    Case("redirect-crlf-raw", "N21", "a bare CR in the Location", to("{base}/on\rX-Injected: yes"),
         fails("bad-redirect", "protocol", "too-many-redirects")),
    Case("moved-301", "N22", "moved for good, to a good feed",
         paths(to("{base}/new", "301 Moved"), new=good("moved-301")), ok(3, moved("/new"))),
    Case("moved-308", "N22", "moved for good by 308",
         paths(to("{base}/new", "308 Moved"), new=good("moved-308")), ok(3, moved("/new"))),
    Case("moved-302", "N22", "elsewhere for now",
         paths(to("{base}/new", "302 Found"), new=good("moved-302")), ok(3, moved(""))),
    Case("moved-307", "N22", "elsewhere for now by 307",
         paths(to("{base}/new", "307 T"), new=good("moved-307")), ok(3, moved(""))),
    Case("moved-301-302", "N22", "for good, then for now",
         paths(to("{base}/a", "301 M"), a=to("{base}/b", "302 F"), b=good("moved-mixed")),
         ok(3, moved(""))),
    Case("moved-to-stranger", "N22", "moved for good to another, public host",
         to("http://{stranger}/feed", "301 Moved"), ok(3)),
    Case("moved-301-to-html", "N23", "moved for good, to a page",
         paths(to("{base}/new", "301 M"), new=whole(b"<!doctype html><html><body>Hi</body></html>")),
         fails("not-a-feed", also=(moved(""),))),
    Case("moved-301-to-404", "N23", "moved for good, to nothing",
         paths(to("{base}/new", "301 M"), new=status("404 Not Found")),
         fails("http-404", also=(moved(""),))),
    Case("redirect-301-to-metadata", "N23", "moved for good to an internal address",
         to("http://169.254.169.254/", "301 Moved"), fails(*_BLOCKED, also=(moved(""),))),
    Case("credentials-to-stranger", "N24", "a feed with a secret header redirects to a stranger",
         to("http://{stranger}/secret-check"), ok(3), headers={"Authorization": "Bearer secret-n24"}),
    Case("credentials-of-own-header", "N24", "the same with a header of its own name",
         to("http://{stranger}/secret-check"), ok(3), headers={"X-Api-Key": "secret-n24-key"}),
    Case("cookies-to-stranger", "N24", "a cookie, then a redirect to a stranger",
         to("http://{stranger}/secret-check\r\nSet-Cookie: a=secret-n24-cookie"),
         ok(3, never_stored("secret"))),
    Case("credentials-at-home", "N24", "a secret header is sent where it belongs",
         lambda ask, out: (whole(feed("home")) if ask.headers.get("authorization") == "Bearer secret-ok"
                           else status("401 Unauthorized"))(ask, out),
         ok(3), headers={"Authorization": "Bearer secret-ok"}),
]  # fmt: skip
