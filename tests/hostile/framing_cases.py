"""Cases N07 to N13: lengths, chunks and content encodings that lie."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from functools import cache

from tests.hostile.answers import XML, Later, chunked, endless, raw, then, turns, whole
from tests.hostile.case import Answer, Case, either, fails, ok
from tests.hostile.checks import never_stored
from tests.hostile.documents import feed, items, rss

_MIB = 1024 * 1024
_GZIP, _DEFLATE = "Content-Encoding: gzip\r\n", "Content-Encoding: deflate\r\n"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_ROOT_OPEN = rss(items("open")).removesuffix("</channel></rss>").encode()
_GONE = ("truncated", "connection-lost")


def _sized(length: str, body: bytes, more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\n{XML}Content-Length: {length}\r\n{more}\r\n".encode() + body


@cache
def _flat(mebibytes: int = 1024) -> bytes:
    """Give raw deflate of so many MiB of blanks; its blocks are one and the same."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = press.compress(b" " * _MIB) + press.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


@cache
def gzip_bomb() -> bytes:
    """Give 1 GiB of blanks as gzip (its checksum is wrong: nobody should get as far)."""
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + _flat() + bytes(8)


@cache
def _zstd_bomb() -> bytes:
    """Give 1 GiB as zstd: 8,192 blocks that each say `repeat this byte 128 Ki times`."""
    block = (1 << 1 | 128 * 1024 << 3).to_bytes(3, "little") + b" "
    return bytes.fromhex("28b52ffd") + b"\x00\x58" + block * 8192


def _lazily(headers: str, body: Callable[[], bytes]) -> Answer:
    return whole(Later(body), headers)


_SECOND = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + rss(items("smuggled")).encode()

CASES = [
    Case("truncated-length", "N07", "ends before its length", raw(_sized("50000", _ROOT_OPEN)),
         fails(*_GONE)),
    Case("truncated-length-xml-whole", "N07", "the document is whole, the length says more",
         raw(_sized("50000", feed("len-whole"))), fails(*_GONE)),
    Case("truncated-chunked", "N07", "chunked, and no last chunk",
         raw(chunked(_ROOT_OPEN, end=b"")), fails(*_GONE)),
    Case("truncated-mid-chunk", "N07", "ends within a chunk",
         raw(_CHUNKED + b"fffff\r\n" + _ROOT_OPEN), fails(*_GONE)),
    Case("gzip-truncated", "N07", "gzip without its end",
         whole(gzip.compress(feed("gzip-truncated"))[:-20], _GZIP), fails("truncated")),
    Case("gzip-truncated-trailer", "N07", "gzip without its checksum",
         whole(gzip.compress(feed("gzip-trailer"))[:-8], _GZIP), fails("truncated")),
    Case("deflate-truncated", "N07", "deflate without its end",
         whole(zlib.compress(feed("deflate-truncated"))[:-20], _DEFLATE), fails("truncated")),
    Case("good-then-truncated", "N07", "first whole, then cut off: what is known stays",
         turns(whole(feed("then-cut")), raw(_sized("50000", _ROOT_OPEN))),
         fails(*_GONE, stay=3, at_last=True)),
    Case("length-too-small", "N08", "a whole second answer behind the first",
         then(_sized(str(len(feed("small"))), feed("small")), raw(_SECOND)),
         ok(3, never_stored("smuggled"))),
    Case("length-too-small-304", "N08", "a second head behind a redirect's body",
         then(b"HTTP/1.1 404 Nope\r\nContent-Length: 2\r\n\r\nno", raw(_SECOND)),
         fails("http-404", also=(never_stored("smuggled"),))),
    Case("length-negative", "N09", "Content-Length: -5", raw(_sized("-5", feed("negative"))),
         either((0, 3), "protocol", *_GONE)),
    Case("length-garbage", "N09", "Content-Length: many", raw(_sized("many", feed("garbage"))),
         either((0, 3), "protocol", *_GONE)),
    Case("length-huge", "N09", "Content-Length: 10^15", raw(_sized(str(10**15), _ROOT_OPEN)),
         fails("too-large", "protocol")),
    Case("length-beyond-64-bits", "N09", "Content-Length of 40 digits",
         raw(_sized("9" * 40, _ROOT_OPEN)), fails("too-large", "protocol")),
    Case("length-empty", "N09", "Content-Length without a number", raw(_sized("", feed("empty-l"))),
         either((0, 3), "protocol", *_GONE)),
    Case("length-hex", "N09", "Content-Length: 0x10", raw(_sized("0x10", feed("hex-l"))),
         either((0, 3), "protocol", *_GONE)),
    Case("two-lengths", "N09", "two lengths that differ",
         raw(_sized("5", feed("two-lengths"), f"Content-Length: {len(feed('two-lengths'))}\r\n")),
         either((0, 3), "protocol", "not-a-feed", *_GONE)),
    Case("length-and-chunked", "N09", "a length and chunks",
         raw(chunked(feed("both-framings"), head="Content-Length: 5\r\n")),
         either((0, 3), "protocol", "not-a-feed")),
    Case("length-zero", "N09", "Content-Length: 0 before a document",
         raw(_sized("0", feed("zero-l"))), fails("not-a-feed")),
    Case("chunk-garbage", "N10", "a chunk's size is zz", raw(_CHUNKED + b"zz\r\n" + _ROOT_OPEN),
         fails("protocol")),
    Case("chunk-huge", "N10", "a chunk of 2^63 bytes",
         raw(_CHUNKED + b"8000000000000000\r\n" + _ROOT_OPEN), fails("protocol", "too-large", *_GONE)),
    Case("chunk-negative", "N10", "a chunk of -5 bytes", raw(_CHUNKED + b"-5\r\n" + _ROOT_OPEN),
         fails("protocol")),
    Case("chunk-size-endless", "N10", "digits of a chunk's size for ever",
         then(_CHUNKED, endless(b"0")), fails("protocol", "headers-too-large", "timeout")),
    Case("chunk-extension-endless", "N10", "an extension of a chunk without an end",
         then(_CHUNKED + b"5;a=", endless(b"b")), fails("protocol", "headers-too-large", "timeout")),
    Case("chunk-no-newline", "N10", "a chunk that is longer than it says",
         raw(_CHUNKED + b"5\r\n<rss>more\r\n0\r\n\r\n"), fails("protocol", "not-a-feed")),
    Case("trailers-endless", "N10", "trailers without an end",
         then(chunked(feed("trailers"), end=b"0\r\n"), endless(b"X-Trailer: yes\r\n")),
         either((0, 3), "headers-too-large", "protocol", "timeout", "too-large")),
    Case("chunk-good", "N10", "good chunks with extensions and a trailer",
         raw(chunked(*(feed("chunk-good")[n : n + 50] for n in range(0, 4000, 50)
                       if feed("chunk-good")[n : n + 50]), end=b"0;end=yes\r\nX-T: a\r\n\r\n")), ok()),
    Case("encoding-chunked-twice", "N10", "Transfer-Encoding: gzip, chunked",
         raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\n<rss>\r\n0\r\n\r\n"),
         fails("protocol", "not-a-feed", "bad-encoding")),
    Case("gzip-bomb", "N11", "1 GiB in 1 MB of gzip", _lazily(_GZIP, gzip_bomb), fails("too-large")),
    Case("deflate-bomb", "N11", "1 GiB in deflate",
         _lazily(_DEFLATE, lambda: b"\x78\xda" + _flat()), fails("too-large")),
    Case("raw-deflate-bomb", "N11", "1 GiB in raw deflate", _lazily(_DEFLATE, _flat),
         fails("too-large", "bad-encoding")),
    Case("gzip-bomb-unlabelled", "N11", "a bomb that does not say so", _lazily(XML, gzip_bomb),
         fails("too-large")),
    Case("gzip-bomb-members", "N11", "5,000 gzip members",
         _lazily(_GZIP, lambda: gzip.compress(b" " * 5000) * 5000),
         fails("too-large", "bad-encoding")),
    Case("brotli-bomb", "N11", "1 GiB in brotli, which nobody asked for",
         whole(bytes.fromhex("8bfffffffb0f20") * 1000, "Content-Encoding: br\r\n"),
         fails("bad-encoding", "too-large")),
    Case("zstd-bomb", "N11", "1 GiB in zstd, which nobody asked for",
         _lazily("Content-Encoding: zstd\r\n", _zstd_bomb), fails("bad-encoding", "too-large")),
    Case("gzip-bomb-nested", "N12", "a bomb in a bomb, both said",
         _lazily("Content-Encoding: gzip, gzip\r\n", lambda: gzip.compress(gzip_bomb())),
         fails("too-large", "bad-encoding")),
    Case("gzip-nested-three", "N12", "gzip in gzip in gzip",
         whole(gzip.compress(gzip.compress(gzip.compress(feed("three")))),
               "Content-Encoding: gzip, gzip, gzip\r\n"), fails("bad-encoding")),
    Case("encoding-chain", "N12", "5,000 encodings",
         whole(feed("chain"), "Content-Encoding: " + ", ".join(["gzip"] * 5000) + "\r\n"),
         fails("bad-encoding", "headers-too-large")),
    Case("encoding-chain-headers", "N12", "3 headers of an encoding each",
         whole(gzip.compress(gzip.compress(gzip.compress(feed("three-h")))), _GZIP * 3),
         fails("bad-encoding")),
    Case("gzip-says-but-is-not", "N13", "says gzip and is none", whole(feed("no-gzip"), _GZIP),
         fails("bad-encoding")),
    Case("gzip-bad-crc", "N13", "a wrong checksum",
         whole(gzip.compress(feed("crc"))[:-8] + b"\0\0\0\0" + gzip.compress(feed("crc"))[-4:], _GZIP),
         fails("bad-encoding", "truncated")),
    Case("gzip-bad-size", "N13", "a wrong size",
         whole(gzip.compress(feed("isize"))[:-4] + b"\xff\xff\xff\x7f", _GZIP),
         fails("bad-encoding", "truncated")),
    Case("gzip-damaged", "N13", "a byte in the middle is wrong",
         whole(gzip.compress(feed("damaged"))[:60] + b"\xff" * 20 + gzip.compress(feed("damaged"))[80:],
               _GZIP), fails("bad-encoding", "truncated")),
    Case("encoding-unknown", "N13", "an encoding that there is not",
         whole(feed("unknown-e"), "Content-Encoding: snappy\r\n"), fails("bad-encoding")),
    Case("encoding-brotli", "N13", "brotli, which was not asked for",
         whole(b"\x0b\x02\x80feed\x03", "Content-Encoding: br\r\n"),
         fails("bad-encoding", "not-a-feed", "truncated")),
    Case("gzip-good", "N13", "good gzip", whole(gzip.compress(feed("gzip-good")), _GZIP), ok()),
    Case("gzip-unlabelled", "N13", "is gzip and does not say so",
         whole(gzip.compress(feed("gzip-unsaid"))), either((3, 3), "not-a-feed")),
    Case("gzip-members", "N13", "two gzip members in a row",
         whole(gzip.compress(feed("members")[:50]) + gzip.compress(feed("members")[50:]), _GZIP), ok()),
    Case("gzip-padded", "N13", "zeros behind the end of gzip",
         whole(gzip.compress(feed("padded")) + bytes(100), _GZIP), ok()),
    Case("deflate-good", "N13", "good deflate", whole(zlib.compress(feed("deflate-good")), _DEFLATE), ok()),
    Case("deflate-raw", "N13", "raw deflate, as some servers send it",
         whole(zlib.compress(feed("deflate-raw"))[2:-4], _DEFLATE), ok()),
]  # fmt: skip
