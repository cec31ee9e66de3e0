"""Content encodings undone within bounds, so that a small answer cannot become a large memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from monitor.sources.guard import WireFault

_PIECE_BYTES = 64 * 1024
_MOST_ENCODINGS = 2
#: Beyond the first so many bytes, an answer that unpacks to more than so many times its size is no
#: feed: those shrink to a tenth or twentieth, nothing but repetition to a thousandth.
RATIO_FREE_BYTES = 1024 * 1024
MAX_RATIO = 200
#: Gzip allows several members in a row; more than this is no file but an attack on the CPU.
_MOST_MEMBERS = 64
_GZIP_WBITS = 31
_GZIP_MAGIC = b"\x1f\x8b"


def encodings_of(header: str) -> list[str]:
    """Read a Content-Encoding header: at most two of gzip and deflate, in the order applied.

    Raises `WireFault` with `bad-encoding`.
    """
    names = [name.strip().lower() for name in header.split(",")]
    names = [name.removeprefix("x-") for name in names if name not in {"", "identity"}]
    if len(names) > _MOST_ENCODINGS:
        raise WireFault("bad-encoding", f"{len(names)} content encodings, one inside another")
    for name in names:
        if name not in {"gzip", "deflate"}:
            shown = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_"))[:20]
            raise WireFault("bad-encoding", f"the content encoding {shown!r} was not asked for")
    return names


class _Stage:
    """One encoding, undone piece by piece."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._state: zlib._Decompress | None = None
        self._start = b""
        self._members = 0

    @property
    def finished(self) -> bool:
        """Whether all that was begun also ended."""
        return not self._start and (self._state is None or self._state.eof)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give what `data` decodes to, at most 64 KiB at a time. Raises `zlib.error`."""
        pending = False  # zlib may hold output back although it has taken all input
        while data or pending:
            state = self._state
            if state is None or state.eof:
                state, data = self._begin(data)
                if state is None:
                    return
            piece = state.decompress(data, _PIECE_BYTES)
            if piece:
                yield piece
            data = state.unused_data if state.eof else state.unconsumed_tail
            pending = len(piece) == _PIECE_BYTES and not state.eof

    def _begin(self, data: bytes) -> tuple[zlib._Decompress | None, bytes]:
        """Start a member once two bytes of it are there; what follows the last one is dropped."""
        data = self._start + data
        self._start = b""
        later = self._members > 0
        if later and (self._name != "gzip" or not data.startswith(_GZIP_MAGIC[: len(data)])):
            return None, b""  # padding behind the end, which some servers send
        if len(data) < len(_GZIP_MAGIC):
            self._start = data
            return None, b""
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise zlib.error("too many members")
        if self._name == "gzip":
            self._state = zlib.decompressobj(_GZIP_WBITS)
        else:  # "deflate" means zlib by the book, and raw deflate by some servers
            zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._state = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
        return self._state, data


class Inflater:
    """Collects a body from its pieces on the wire, undoing its encodings.

    Every limit is in bytes: `wire_limit` for what came, `limit` for what any stage gives.
    Nor may a stage give more than 200 times what came, once that is over a MiB. Raises `WireFault`
    with `too-large`, `bad-encoding` or `truncated`.
    """

    def __init__(self, encodings: Sequence[str], *, wire_limit: int, limit: int) -> None:
        """Take the encodings in the order in which the server applied them."""
        self._stages = [_Stage(name) for name in reversed(encodings)]
        self._given = [0] * (len(encodings) + 1)
        self._wire_limit, self._limit = wire_limit, limit
        self._wire_bytes = 0
        self._body = bytearray()
        self._sniffed, self._start = bool(encodings), b""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes from the wire."""
        if not chunk:
            return
        self._wire_bytes += len(chunk)
        if self._wire_bytes > self._wire_limit:
            raise WireFault("too-large", f"the answer is larger than {self._wire_limit} bytes")
        if not self._sniffed:
            chunk, self._start = self._start + chunk, b""
            if len(chunk) < len(_GZIP_MAGIC):
                self._start = chunk
                return
            self._sniff(chunk)
        self._take(chunk)

    @property
    def size(self) -> int:
        """How many bytes the body has by now."""
        return len(self._body)

    def finish(self) -> bytes:
        """Give the whole body."""
        if self._start:
            self._take(self._start)
        if not all(stage.finished for stage in self._stages):
            raise WireFault("truncated", "the compressed answer ends in the middle")
        return bytes(self._body)

    def _sniff(self, start: bytes) -> None:
        """See what a body begins with: a .xml.gz file served as it is names no encoding."""
        self._sniffed = True
        if start.startswith(_GZIP_MAGIC):
            self._stages, self._given = [_Stage("gzip")], [0, 0]

    def _take(self, data: bytes) -> None:
        try:
            for piece in self._through(0, data):
                self._body += piece
        except zlib.error as error:
            raise WireFault("bad-encoding", "the compressed answer is damaged") from error

    def _through(self, stage: int, data: bytes) -> Iterator[bytes]:
        self._given[stage] += len(data)
        if (stage and self._given[stage] > self._limit) or self._given[-1] > self._limit:
            raise WireFault("too-large", f"the answer unpacks to more than {self._limit} bytes")
        if self._given[stage] > max(RATIO_FREE_BYTES, MAX_RATIO * self._wire_bytes):
            said = f"the answer unpacks to more than {MAX_RATIO} times its size"
            raise WireFault("too-large", said)
        if stage == len(self._stages):
            yield data
            return
        for piece in self._stages[stage].feed(data):
            yield from self._through(stage + 1, piece)
