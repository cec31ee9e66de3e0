"""Cases N01 to N06: answers that never end, in time or in size, before or within the body."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from tests.hostile.answers import XML, dribble, endless, good, never, raw, then, whole
from tests.hostile.case import Case, Way, fails, ok
from tests.hostile.documents import atom, feed, item, items, rss

_HEAD = b"HTTP/1.1 200 OK\r\n"
_OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n"
_LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_START = rss(items("start")).removesuffix("</channel></rss>").encode()
_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
_BLOCK = b"x" * 65_536


def _headers() -> Iterator[bytes]:
    return (b"X-%d: y\r\n" % number for number in count())


CASES = [
    Case("slowloris-headers", "N01", "one more header every 0.3 s",
         then(_HEAD, dribble(_headers, 0.3)), fails("timeout")),
    Case("slowloris-status", "N01", "a byte of the status line every 0.3 s",
         dribble(lambda: (b"H" for _ in count()), 0.3), fails("timeout", "protocol")),
    Case("slow-body", "N01", "a byte of the body every 0.2 s",
         then(_LONG + _START, dribble(lambda: (b" " for _ in count()), 0.2)), fails("timeout")),
    Case("slow-body-chunked", "N01", "a chunk of one byte every 0.2 s",
         then(_CHUNKED, dribble(lambda: (b"1\r\n<\r\n" for _ in count()), 0.2)), fails("timeout")),
    Case("slow-chunk-size", "N01", "the digits of a chunk's size every 0.3 s",
         then(_CHUNKED, dribble(lambda: (b"0" for _ in count()), 0.3)), fails("timeout", "protocol")),
    Case("slow-after-all", "N01", "every item, then nothing where the end should be",
         then(_LONG + _START, never), fails("timeout")),
    Case("never-respond", "N02", "takes the request and says nothing", never, fails("timeout")),
    Case("never-respond-bare", "N02", "takes the connection, reads nothing, says nothing", never,
         fails("timeout"), Way.BARE),
    Case("stall-mid-headers", "N02", "half the headers", then(_HEAD + b"X-A: b", never),
         fails("timeout")),
    Case("stall-mid-body", "N02", "half a body", then(_LONG + _START, never), fails("timeout")),
    Case("stall-in-gzip", "N02", "the head of gzip and no more",
         then(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\3", never),
         fails("timeout")),
    Case("stall-in-redirect", "N02", "a redirect, and nothing there",
         lambda ask, out: (never if ask.path else whole(
             b"", f"Location: {ask.base}/on\r\n", "302 Found"))(ask, out), fails("timeout")),
    Case("endless-body-chunked", "N03", "chunks without an end",
         then(_CHUNKED, endless(b"10000\r\n" + _BLOCK + b"\r\n")), fails("too-large", "timeout")),
    Case("endless-body-close", "N03", "bytes until the connection ends", then(_OPEN, endless(_BLOCK)),
         fails("too-large", "timeout")),
    Case("endless-items", "N03", "good items without an end",
         then(_OPEN + _START, endless(item("endless").encode())), fails("too-large", "timeout")),
    Case("endless-blanks", "N03", "a feed, and blanks behind it for ever",
         then(_OPEN + feed("blanks"), endless(b" \n")), fails("too-large", "timeout")),
    Case("endless-one-byte-chunks", "N03", "chunks of one byte, as fast as they are taken",
         then(_CHUNKED, endless(b"1\r\n<\r\n")),
         fails("too-large", "timeout", "headers-too-large", "protocol")),
    Case("endless-headers", "N04", "headers without an end",
         then(_HEAD, endless(b"X-Endless: yes\r\n")), fails("headers-too-large")),
    Case("huge-header", "N04", "one header of 1 MB", good("huge-header", headers=f"X: {'h' * 10**6}\r\n"),
         fails("headers-too-large")),
    Case("many-headers", "N04", "20,000 headers",
         good("many-headers", headers="".join(f"X-{n}: y\r\n" for n in range(20_000))),
         fails("headers-too-large")),
    Case("endless-status", "N04", "a status line without an end",
         then(b"HTTP/1.1 200 ", endless(b"O")), fails("headers-too-large", "protocol")),
    Case("many-small-headers", "N04", "500 headers within the bound",
         good("many-small-headers", headers=XML + "".join(f"X-{n}: y\r\n" for n in range(500))),
         ok()),
    Case("continue-flood", "N05", "100 Continue without an end",
         endless(b"HTTP/1.1 100 Continue\r\n\r\n"), fails("headers-too-large", "protocol", "timeout")),
    Case("early-hints-flood", "N05", "103 Early Hints without an end", endless(_HINTS),
         fails("headers-too-large", "protocol", "timeout")),
    Case("slow-continue", "N05", "100 Continue every 0.2 s",
         dribble(lambda: (b"HTTP/1.1 100 Continue\r\n\r\n" for _ in count()), 0.2),
         fails("timeout", "headers-too-large", "protocol")),
    Case("early-hints", "N06", "one 103, then a good feed", then(_HINTS, good("early-hints")), ok()),
    Case("continue-once", "N06", "one 100, then a good feed",
         then(b"HTTP/1.1 100 Continue\r\n\r\n", good("continue-once")), ok()),
    Case("processing-twice", "N06", "102 twice, then a good feed",
         then(b"HTTP/1.1 102 Processing\r\n\r\n" * 2, good("processing-twice")), ok()),
    Case("slow-but-good", "N01", "a good feed in ten pieces within the deadline",
         then(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
              dribble(lambda: (feed("slow-good")[n : n + 100] for n in range(0, 4_000, 100)), 0.02)),
         ok()),
    Case("good-plain", "N06", "nothing wrong at all", good("good-plain"), ok()),
    Case("good-atom", "N06", "nothing wrong at all, Atom", whole(atom("good-atom")), ok()),
    Case("raw-http-1-0", "N06", "HTTP/1.0, no length, ends by closing",
         raw(b"HTTP/1.0 200 OK\r\n\r\n" + feed("http-1-0")), ok()),
]  # fmt: skip
