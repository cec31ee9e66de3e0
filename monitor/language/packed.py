"""simplemma's dictionaries in a tenth of the memory: compressed pages, one unpacked at a look-up.

simplemma ships a dictionary as one compressed stream of records, sorted by word. A record says how
many bytes of the word are those of the word before, the other bytes, and how the lemma differs from
the word (simplemma's module `frontcode`). simplemma holds that stream unpacked, with an index: 65
MB for Polish. Here it is read piece by piece and cut into blocks, the first record of each written
out, and the blocks into pages that are compressed each for itself: 6 MB for Polish, and 20 more
while it is loaded, which is what the decompressor holds. A look-up takes some 55 us instead of 10,
and a word needs one to six of them, once.
"""

from __future__ import annotations

import lzma
import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

#: What a stream begins with. Another version may mean another form.
MAGIC = b"SMFC1"
#: Records of a block: a look-up reads half of one.
RECORDS = 64
#: Blocks of a page, some 12 kB: larger pages are compressed better, and take longer to unpack.
BLOCKS = 32
#: Pages that stay unpacked. Words are asked for in their order, each as it is written and with a
#: capital, and what one is made of: neighbours stand in one page.
OPEN_PAGES = 8
#: Bytes of a stream that are unpacked at once.
PIECE_BYTES = 256 * 1024
#: Bytes that a block of a stream may have. The longest word of all languages has 183.
LARGEST_BLOCK = 16 * 1024
_REVERSED = 1
#: What stands for the number of bytes that a lemma lacks of its word: it is the lemma before, or it
#: is written out.
_SAME, _WRITTEN = 254, 255
#: More than any word in UTF-8.
_END = b"\xff"


class UnknownFormError(ValueError):
    """A dictionary is not in the form that is read here."""


class _Place(NamedTuple):
    """Where a walk over records stands: the next one's offset; the last one's word and lemma."""

    offset: int
    word: bytes = b""
    lemma: bytes = b""


class Packed(Mapping[str, str]):
    """One dictionary: lemmas by word. Any thread."""

    def __init__(self, path: Path) -> None:
        """Read a dictionary, 0.1 to 1.5 s of CPU.

        Raises `UnknownFormError` for another form, `ValueError` for a torn or garbled file,
        `OSError` or `lzma.LZMAError` where it cannot be unpacked.
        """
        self._firsts: list[bytes] = []
        self._pages: list[bytes] = []
        self._page = lru_cache(OPEN_PAGES)(partial(_page, self._pages))
        with lzma.open(path) as stream:
            data = stream.read(PIECE_BYTES)
            if not data.startswith(MAGIC):
                raise UnknownFormError(f"{path} is not in the form {MAGIC.decode()}")
            self._reversed = bool(data[len(MAGIC)] & _REVERSED)
            self._count, start = _number(data, len(MAGIC) + 1)
            try:
                self._pack(stream, data, start)
            except IndexError as error:
                raise ValueError(f"{path} is torn or garbled") from error

    def __getitem__(self, word: str) -> str:
        lemma = self._lookup(word)
        if lemma is None:
            raise KeyError(word)
        return lemma

    def get(self, word: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """Give the lemma of a word, the default where it has none. Misses are the commoner case."""
        lemma = self._lookup(word)
        return default if lemma is None else lemma

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self._pages)):
            data, starts = self._page(number)
            for block, start in enumerate(starts):
                place = _Place(start)
                for _ in range(self._records(number, block)):
                    place = _walk(data, place, 1)
                    yield self._text(place.word)

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that are held, without what Python adds to each page."""
        return sum(map(len, self._pages)) + sum(map(len, self._firsts))

    def _lookup(self, word: str) -> str | None:
        key = word.encode()
        if self._reversed:
            key = key[::-1]
        number = bisect_right(self._firsts, key) - 1
        if number < 0:
            return None
        data, starts = self._page(number)
        block = bisect_right(starts, key, key=lambda at: _walk(data, _Place(at), 1).word) - 1
        found = _walk(data, _Place(starts[block]), self._records(number, block), key)
        return self._text(found.lemma) if found.word == key else None

    def _text(self, stored: bytes) -> str:
        return (stored[::-1] if self._reversed else stored).decode()

    def _records(self, page: int, block: int) -> int:
        """Give the number of records in a block: the last has what is left."""
        return min(RECORDS, self._count - (page * BLOCKS + block) * RECORDS)

    def _pack(self, stream: lzma.LZMAFile, data: bytes, start: int) -> None:
        """Cut a stream into pages, of which `data` is the beginning and `start` the first record.

        Raises `ValueError` or `IndexError` where the stream ends too early or too late.
        """
        place, blocks = _Place(start), list[bytes]()
        for left in range(self._count, 0, -RECORDS):
            if len(data) - place.offset < LARGEST_BLOCK:
                data = data[place.offset :] + stream.read(PIECE_BYTES)
                place = place._replace(offset=0)
            first = _walk(data, place, 1)
            place = _walk(data, first, min(RECORDS, left) - 1)
            if not blocks:
                self._firsts.append(first.word)
            blocks.append(_written(first) + data[first.offset : place.offset])
            if len(blocks) == BLOCKS or left <= RECORDS:
                self._pages.append(_paged(blocks))
                blocks.clear()
        if place.offset != len(data) or stream.read(1):
            raise ValueError("a dictionary holds another number of words than it says")


def _walk(data: bytes, place: _Place, records: int, until: bytes = _END) -> _Place:
    """Go over so many records, and no further than the first word that is not below `until`."""
    position, word, lemma = place
    said: tuple[bytes, int, int, int] | None = None  # worked out at the end: most are not needed
    for _ in range(records):
        shared = data[position]
        position += 1
        if shared > 127:  # numbers of several bytes are rare, and a call is slow
            shared, position = _number(data, position - 1)
        length = data[position]
        position += 1
        if length > 127:
            length, position = _number(data, position - 1)
        word = word[:shared] + data[position : position + length]
        position += length
        lacking = data[position]
        position += 1
        if lacking != _SAME:
            length = data[position]
            position += 1
            if length > 127:
                length, position = _number(data, position - 1)
            said = word, lacking, position, position + length
            position += length
        if word >= until:
            break
    if said:
        whole, lacking, start, end = said
        lemma = data[start:end]
        if lacking != _WRITTEN:
            lemma = whole[: len(whole) - lacking] + lemma
    return _Place(position, word, lemma)


def _number(data: bytes, position: int) -> tuple[int, int]:
    """Give a number of seven bits a byte, the lowest first, and where it ends."""
    number = shift = 0
    while True:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7


def _written(first: _Place) -> bytes:
    """Give a record that needs no other before it."""
    parts = (b"\0", _length(first.word), first.word, bytes([_WRITTEN]), _length(first.lemma))
    return b"".join((*parts, first.lemma))


def _length(text: bytes) -> bytes:
    number, written = len(text), bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _paged(blocks: list[bytes]) -> bytes:
    """Compress blocks, behind the offsets of each: the first of them is where the table ends."""
    starts, offset = array("I"), 4 * len(blocks)
    for block in blocks:
        starts.append(offset)
        offset += len(block)
    return zlib.compress(starts.tobytes() + b"".join(blocks))


def _page(pages: list[bytes], number: int) -> tuple[bytes, array[int]]:
    """Give a page unpacked, and where each block begins in it."""
    data = zlib.decompress(pages[number])
    starts = array("I")
    starts.frombytes(data[: int.from_bytes(data[:4], sys.byteorder)])
    return data, starts
