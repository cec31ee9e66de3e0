"""Lemmas once found, kept in a file a language, so that a start loads no dictionary.

A line is a word, its lemma (empty: the dictionary has none) and their checksum, between tabs. Lines
are only ever appended, many in one write, so two processes may do so at once; what is torn or
garbled fails its checksum and is learned again. The file's name carries a hash of all that lemmas
depend on: an upgrade starts a new file and removes the old one.

A seed is a folder of the same files, made by set-up for all who run this installation. It is read
before one's own file, by the same rules, and never written; where there is none, all goes on as it
would.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import sys
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from monitor.core.text import fold

log = logging.getLogger("parley.language")
#: Words remembered of one language, some 130 bytes each in memory. More are looked up each time.
MOST_WORDS = 50_000
#: Bytes of a line. A longer one is not ours.
LONGEST_LINE = 1024
#: Raised when our own part in finding lemmas changes (`dictionaries`, `spelling`).
OUR_RULES = 1
_OURS = re.compile(r"lemmas-([a-z]{2,3})-[0-9a-f]{12}\.tsv")


@cache
def fingerprint() -> str:
    """Give a hash of what lemmas depend on: simplemma, our rules about it, and folding."""
    alphabet = "".join(map(chr, range(0x21, 0x2100)))
    parts = (version("simplemma"), str(OUR_RULES), fold(alphabet))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


class Remembered:
    """The remembered lemmas of one language: a mapping in memory and, with a folder, its file.

    A file that cannot be read or written is told once in the log; the words are then looked up
    again after the next start. Not thread-safe, but `known` may be read by others meanwhile.
    """

    def __init__(self, language: str, folder: Path | None, seed: Path | None = None) -> None:
        """Read what is remembered, what the seed holds first.

        `folder` is made where it is missing; None: memory only. `seed` may be missing.
        """
        self.known: dict[str, str] = {}
        self._folder = folder
        self._language = language
        name = f"lemmas-{language}-{fingerprint()}.tsv"
        self._path = folder / name if folder else None
        if seed is not None:
            with contextlib.suppress(OSError):  # a seed that cannot be read is none
                self._read(seed / name)
        if self._path is not None:
            try:
                self._read(self._path)
            except FileNotFoundError:
                pass  # the first start
            except OSError as error:
                self._give_up(error)

    def add(self, fresh: Mapping[str, str]) -> None:
        """Remember lemmas by word, as far as there is room."""
        room = max(0, MOST_WORDS - len(self.known))
        kept = dict(list(fresh.items())[:room])
        for word, lemma in kept.items():
            self._know(word, lemma)
        data = b"".join(_line(word, lemma) for word, lemma in kept.items() if word.isprintable())
        if data and self._path is not None:
            try:
                self._append(self._path, data)
            except OSError as error:
                self._give_up(error)

    def _know(self, word: str, lemma: str) -> None:
        # Most words are their own lemma or share it with others: one string serves all.
        self.known[word] = word if word == lemma else sys.intern(lemma)

    def _read(self, path: Path) -> None:
        with path.open("rb") as lines:
            while len(self.known) < MOST_WORDS and (line := lines.readline(LONGEST_LINE)):
                pair = _pair(line)
                if pair:
                    self._know(*pair)

    def _append(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            os.write(handle, data)  # where the disk is full: a torn line, learned again
        finally:
            os.close(handle)
        if new:
            self._remove_older(path)

    def _remove_older(self, path: Path) -> None:
        """Remove files of this language that an older Parley or simplemma has left."""
        for other in path.parent.iterdir():
            match = _OURS.fullmatch(other.name)
            if match and match[1] == self._language and other != path:
                other.unlink(missing_ok=True)

    def _give_up(self, error: OSError) -> None:
        """Say why words are not remembered, once, and leave the file alone from now on."""
        log.warning(
            "Lemmas (%s) are not remembered in %s: %s. Each start loads that dictionary anew.",
            self._language,
            self._folder,
            error.strerror,
        )
        self._path = None


def _line(word: str, lemma: str) -> bytes:
    pair = f"{word}\t{lemma}".encode()
    return b"%s\t%08x\n" % (pair, zlib.crc32(pair))


def _pair(line: bytes) -> tuple[str, str] | None:
    """Give the word and lemma of a line, None where it is not what was written."""
    pair, _, checksum = line.rpartition(b"\t")
    if checksum != b"%08x\n" % zlib.crc32(pair) or pair.count(b"\t") != 1:
        return None
    try:
        word, _, lemma = pair.decode("utf-8").partition("\t")
    except UnicodeDecodeError:
        return None
    return word, lemma
