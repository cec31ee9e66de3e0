"""The dictionaries behind the core's `Lexicon`: simplemma, Snowball and fastText, all offline."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from monitor.language.detection import Detector
from monitor.language.dictionaries import Dictionaries
from monitor.language.remembered import Remembered
from monitor.language.stemming import Stems

log = logging.getLogger(__name__)
_T = TypeVar("_T")
#: What a language's code looks like, without its region.
_CODE = re.compile("[a-z]{2,3}")


class SimplemmaLexicon:
    """Lemmas, stems and languages of words. Any thread; nothing is loaded before it is asked for.

    `cache_dir` is where lemmas are remembered, so that a later start needs no dictionary; None
    remembers them in memory only. `seed_dir` holds such files from set-up, which are only read.
    Words come in folded, lemmas and stems go out folded.
    """

    def __init__(self, cache_dir: Path | None, seed_dir: Path | None = None) -> None:
        self._folders = cache_dir, seed_dir
        self._dictionaries = Dictionaries()
        self._stems = Stems()
        self._detector = Detector()
        self._lock = threading.Lock()
        self._shelves: dict[str, _Shelf] = {}
        self._said: set[tuple[str, str]] = set()

    def stems(self, language: str, words: Sequence[str]) -> Sequence[str]:
        """Give the stem of each word, "" for each where the language has no stemmer."""
        return self._guarded("stems", language, lambda: self._stems.of(language, words)) or (
            [""] * len(words)
        )

    def lemmas(self, language: str, words: Collection[str]) -> Mapping[str, str]:
        """Give the lemma of each word that its language's dictionary knows; others are left out.

        Words that were asked before are at hand. The first other word of a language loads its
        dictionary, 0.1 to 2 s of CPU, while which known words are still answered to others.
        """
        if not _CODE.fullmatch(language):  # feeds tag as they like, and a code names a file here
            return {}
        with self._lock:
            shelf = self._shelves.get(language)
            if shelf is None:
                remembered = partial(Remembered, language, *self._folders)
                shelf = self._shelves[language] = _Shelf(language, remembered, self._dictionaries)
        return self._guarded("lemmas", language, lambda: shelf.lemmas(words)) or {}

    def detect(self, text: str) -> str:
        """Give the two-letter code of the language of a text, "" where that is not sure."""
        return self._guarded("detection", "", lambda: self._detector.language_of(text)) or ""

    def _guarded(self, what: str, language: str, ask: Callable[[], _T]) -> _T | None:
        """Ask a library, and give None where it fails: words are then found as they are written.

        No item may be lost for a dictionary that is damaged or missing; it is said once for each.
        """
        try:
            return ask()
        except Exception:
            if (what, language) not in self._said:
                self._said.add((what, language))
                log.exception("%s of %r cannot be had; words count as written", what, language)
            return None


class _Shelf:
    """The words of one language: what is remembered, and behind it the dictionary."""

    def __init__(
        self, language: str, read: Callable[[], Remembered], dictionaries: Dictionaries
    ) -> None:
        self._language = language
        self._read = read
        self._dictionaries = dictionaries
        self._lock = threading.Lock()
        self._remembered: Remembered | None = None

    def lemmas(self, words: Collection[str]) -> dict[str, str]:
        """Give the lemmas of those words that have one."""
        remembered = self._remembered
        known = remembered.of(words) if remembered is not None else {}
        if remembered is None or any(word not in known for word in words):
            with self._lock:  # one thread loads; who asks for known words does not wait
                known = self._learned(words)
        return {word: lemma for word in words if (lemma := known.get(word))}

    def _learned(self, words: Collection[str]) -> dict[str, str]:
        """Give the lemma of each word, "" where there is none; what is not remembered is now."""
        if self._remembered is None:
            self._remembered = self._read()
        known = self._remembered.of(words)
        missing = sorted({word for word in words if word not in known})  # as dictionaries are read
        if not missing or not self._dictionaries.has(self._language):
            return known
        fresh = {word: self._dictionaries.lemma(self._language, word) for word in missing}
        self._remembered.add(fresh)
        return {**known, **fresh}
