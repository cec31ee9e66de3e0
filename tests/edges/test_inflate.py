from __future__ import annotations

import gzip
import random
import zlib

import pytest

from monitor.sources.guard import WireFault
from monitor.sources.inflate import Inflater, encodings_of

FEED = b"<rss>" + b"Talks open in Istanbul. " * 200 + b"</rss>"
LIMIT = 1024 * 1024


def inflated(data: bytes, *encodings: str, step: int = 1, limit: int = LIMIT) -> bytes:
    """Undo encodings of bytes that come `step` at a time."""
    inflater = Inflater(encodings, wire_limit=LIMIT, limit=limit)
    for at in range(0, len(data), step):
        inflater.feed(data[at : at + step])
    return inflater.finish()


def fault(data: bytes, *encodings: str, limit: int = LIMIT) -> str:
    with pytest.raises(WireFault) as caught:
        inflated(data, *encodings, step=1000, limit=limit)
    return caught.value.code


def raw_deflate(data: bytes) -> bytes:
    press = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return press.compress(data) + press.flush()


@pytest.mark.parametrize("step", [1, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("data", "encodings"),
    [
        (FEED, ()),
        (b"x", ()),
        (b"\x1f", ()),
        (b"", ()),
        (gzip.compress(FEED), ()),
        (gzip.compress(FEED), ("gzip",)),
        (zlib.compress(FEED), ("deflate",)),
        (raw_deflate(FEED), ("deflate",)),
        (gzip.compress(zlib.compress(FEED)), ("deflate", "gzip")),
        (raw_deflate(gzip.compress(FEED)), ("gzip", "deflate")),
    ],
    ids=[f"way-{number}" for number in range(10)],  # the bytes hold the time of the run
)
def test_every_encoding_is_undone_however_its_bytes_arrive(
    data: bytes, encodings: tuple[str, ...], step: int
) -> None:
    plain = FEED if len(data) > 1 else data
    assert inflated(data, *encodings, step=step) == plain


def test_bytes_that_do_not_shrink_come_out_as_they_went_in() -> None:
    noise = random.Random(5).randbytes(300_000)
    for made, encoding in ((gzip.compress(noise), "gzip"), (raw_deflate(noise), "deflate")):
        assert inflated(made, encoding, step=4096) == noise


@pytest.mark.parametrize("cut", [1, 5, 12, 30, -9, -1])
def test_what_ends_in_the_middle_is_truncated(cut: int) -> None:
    assert fault(gzip.compress(FEED)[:cut], "gzip") == "truncated"
    assert fault(raw_deflate(FEED)[: min(cut, 20)], "deflate") == "truncated"


def test_damage_is_named() -> None:
    whole = gzip.compress(FEED)
    assert fault(whole[:-8] + b"\0\0\0\0" + whole[-4:], "gzip") == "bad-encoding", "checksum"
    assert fault(whole[:-4] + b"\1\2\3\4", "gzip") == "bad-encoding", "length"
    assert fault(FEED, "gzip") == "bad-encoding"
    assert fault(FEED, "deflate") == "bad-encoding"


def test_an_unlabelled_gzip_is_held_to_the_same_bounds() -> None:
    assert fault(gzip.compress(bytes(2 * LIMIT))) == "too-large"
    assert fault(gzip.compress(FEED)[:-3]) == "truncated"


def test_a_bomb_is_cut_in_every_encoding() -> None:
    zeros = bytes(64 * LIMIT)
    assert fault(gzip.compress(zeros), "gzip") == "too-large"
    assert fault(zlib.compress(zeros, 9), "deflate") == "too-large"
    assert fault(raw_deflate(zeros), "deflate") == "too-large"


def test_a_bomb_ends_long_before_the_cap_of_a_document() -> None:
    bomb = gzip.compress(bytes(64 * LIMIT), 9)
    inflater = Inflater(("gzip",), wire_limit=LIMIT, limit=64 * LIMIT)
    inflater.feed(bomb[:1000])
    with pytest.raises(WireFault, match="200 times its size") as caught:
        inflater.feed(bomb[1000:5000])
    assert caught.value.code == "too-large"
    assert inflater.size <= LIMIT
    twice = gzip.compress(gzip.compress(bytes(64 * LIMIT), 9), 9)
    assert fault(twice, "gzip", "gzip", limit=64 * LIMIT) == "too-large"


def test_a_document_that_shrinks_well_is_no_bomb() -> None:
    items = "".join(f"<item><title>Story {n}</title></item>" for n in range(100_000)).encode()
    packed = gzip.compress(items, 9)
    assert len(items) > 2 * LIMIT
    assert inflated(packed, "gzip", step=4096, limit=8 * LIMIT) == items


def test_each_stage_of_two_is_bounded() -> None:
    bomb = gzip.compress(gzip.compress(bytes(64 * LIMIT)))
    assert fault(bomb, "gzip", "gzip") == "too-large"
    assert fault(b"".join(gzip.compress(b"") for _ in range(100)), "gzip") == "bad-encoding"


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", []),
        ("identity", []),
        ("GZIP", ["gzip"]),
        ("x-gzip", ["gzip"]),
        ("gzip, deflate", ["gzip", "deflate"]),
        ("identity, gzip,", ["gzip"]),
    ],
)
def test_encodings_are_read_in_order(header: str, names: list[str]) -> None:
    assert encodings_of(header) == names


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("br", "'br'"),
        ("zstd", "'zstd'"),
        ("gzip, br", "'br'"),
        ("aes128gcm", "'aes128gcm'"),
        ("x\x1b[31m", "'x31m'"),
        (", ".join(["gzip"] * 5000), "5000"),
        ("gzip, gzip, gzip", "3 content encodings"),
    ],
)
def test_what_was_not_asked_for_is_refused_by_name(header: str, said: str) -> None:
    with pytest.raises(WireFault, match="encoding") as caught:
        encodings_of(header)
    assert caught.value.code == "bad-encoding"
    assert said in caught.value.message
