"""Lemmas once found, kept in a file a language, so that a start loads no dictionary.

A line is a word, its lemma (empty: the dictionary has none) and their checksum, between tabs. Lines
are appended, many in one write, so two processes may do so at once; what is torn or garbled fails
its checksum and is learned again. The file's name carries a hash of all that lemmas depend on: an
upgrade starts a new file and removes the old one.

What is remembered of a language is bounded. In memory there are two generations: a word that is
asked for moves to the younger, and where that is full, it becomes the elder and the words that were
not asked for since are forgotten, to be looked up again. A file that has grown to twice that many
lines is written anew with the words in memory.

A seed is a folder of the same files, made by set-up for all who run this installation. It is read
before one's own file, by the same rules, and never written; where there is none, all goes on as it
would.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import stat
import sys
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from monitor.core.text import fold

log = logging.getLogger("parley.language")
#: Words remembered of one language, half in each generation; 130 to 250 bytes each in memory.
MOST_WORDS = 30_000
#: Bytes of a line. A longer one is not ours.
LONGEST_LINE = 1024
#: Bytes of a file. Ours have some 60 a line, and at most twice `MOST_WORDS` lines.
LARGEST_FILE = 16 * 1024 * 1024
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
    again after the next start. `of` may be asked from any thread, `add` from one at a time.
    """

    def __init__(self, language: str, folder: Path | None, seed: Path | None = None) -> None:
        """Read what is remembered, what the seed holds first.

        `folder` is made where it is missing; None: memory only. `seed` may be missing.
        """
        self._lock = threading.Lock()
        self._young: dict[str, str] = {}
        self._old: dict[str, str] = {}
        self._folder = folder
        self._language = language
        self._lines = 0  # in our file, as far as this process knows
        name = f"lemmas-{language}-{fingerprint()}.tsv"
        self._path = folder / name if folder else None
        if seed is not None:
            with contextlib.suppress(OSError):  # a seed that cannot be read is none
                for pair in _pairs(seed / name):
                    self._know(*pair)
        if self._path is not None:
            try:
                for pair in _pairs(self._path):
                    self._lines += 1
                    self._know(*pair)
            except FileNotFoundError:
                pass  # the first start
            except OSError as error:
                self._give_up(error)

    @property
    def known(self) -> dict[str, str]:
        """A copy of what is remembered: lemmas by word, those of the elder generation first."""
        with self._lock:
            return {**self._old, **self._young}

    def of(self, words: Iterable[str]) -> dict[str, str]:
        """Give what is remembered of some words: a lemma, or "" where there is none."""
        found, old = {}, []
        for word in words:
            lemma = self._young.get(word)
            if lemma is None:
                lemma = self._old.get(word)
                if lemma is None:
                    continue
                old.append((word, lemma))
            found[word] = lemma
        for word, lemma in old:
            self._know(word, lemma)
        return found

    def add(self, fresh: Mapping[str, str]) -> None:
        """Remember lemmas by word."""
        for word, lemma in fresh.items():
            self._know(word, lemma)
        lines = _lines(fresh)
        if not lines or self._path is None:
            return
        try:
            if self._lines + len(lines) > 2 * MOST_WORDS:
                lines = _lines(self.known)
                _replace(self._path, b"".join(lines))
                self._lines = len(lines)
            else:
                self._append(self._path, b"".join(lines))
                self._lines += len(lines)
        except OSError as error:
            self._give_up(error)

    def _know(self, word: str, lemma: str) -> None:
        # Most words are their own lemma or share it with others: one string serves all.
        lemma = word if word == lemma else sys.intern(lemma)
        with self._lock:
            if word not in self._young and len(self._young) >= MOST_WORDS // 2:
                self._old = self._young  # in this order: who reads meanwhile misses no word
                self._young = {}
            self._young[word] = lemma

    def _append(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        handle = os.open(path, flags, 0o644)
        try:
            _refuse_others(handle)
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


def _refuse_others(handle: int) -> None:
    """Raise `OSError` for what is no file, such as a pipe or a device, or is too large for ours."""
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    if about.st_size > LARGEST_FILE:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Give the words and lemmas of a file. Raises `OSError`; a pipe, or a device, is never read."""

    def opened(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK)  # a pipe would wait for its writer

    with open(path, "rb", opener=opened) as lines:
        _refuse_others(lines.fileno())
        left = LARGEST_FILE  # it may grow meanwhile
        while left > 0 and (line := lines.readline(LONGEST_LINE)):
            left -= len(line)
            pair = _pair(line)
            if pair:
                yield pair


def _replace(path: Path, data: bytes) -> None:
    """Write a file beside the old one and put it in its place, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _lines(lemmas: Mapping[str, str]) -> list[bytes]:
    """Give a line for each word. Those that would break a line are in memory only."""
    pairs = [f"{word}\t{lemma}".encode() for word, lemma in lemmas.items() if word.isprintable()]
    return [b"%s\t%08x\n" % (pair, zlib.crc32(pair)) for pair in pairs]


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
