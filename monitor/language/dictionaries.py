"""Lemmas by simplemma. A dictionary is loaded at the first word asked of its language."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from monitor.language.packed import Packed, UnknownFormError
from monitor.language.spelling import key_of, spellings

if TYPE_CHECKING:
    from simplemma.strategies import DictionaryLookupStrategy, LemmatizationStrategy

log = logging.getLogger("parley.language")
#: Dictionaries in memory at once: 0.2 to 7 MB each (Polish has the largest), loaded in 0.1 to 2 s
#: of CPU. The one that was asked least recently makes room.
MOST_LOADED = 12
#: A longer word is none; taking it apart would cost time that grows with its length squared.
LONGEST_WORD = 40
#: Languages that simplemma files under another code than feeds use.
_FILED_AS = {"no": "nb", "hr": "hbs", "sr": "hbs", "bs": "hbs"}


class Dictionaries:
    """simplemma's dictionaries and what it derives from them. Any thread."""

    def __init__(self) -> None:
        self.loaded = Loaded(_read, MOST_LOADED)
        self._lock = threading.Lock()
        self._known: frozenset[str] = frozenset()
        self._plain: DictionaryLookupStrategy | None = None
        self._guessing: LemmatizationStrategy | None = None

    def has(self, language: str) -> bool:
        """Say whether there is a dictionary of a language."""
        self._strategies()
        return _FILED_AS.get(language, language) in self._known

    def lemma(self, language: str, word: str) -> str:
        """Give the folded lemma of a folded word, "" where the dictionary has none.

        Raises `ValueError` for a language without a dictionary.
        """
        if not word or len(word) > LONGEST_WORD:
            return ""
        code = _FILED_AS.get(language, language)
        plain, guessing = self._strategies()
        ways = spellings(language, word)
        if len(ways) > 1:
            # What is listed is worth more than what rules make of it, and of two listed words that
            # fold alike the longer lemma is the better known: kırım (Crimea), not kir (dirt).
            listed = [found for way in ways if (found := plain.get_lemma(way, code))]
            if listed:
                return key_of(language, max(listed, key=len))
        for way in ways[:2]:
            if found := guessing.get_lemma(way, code):
                noun = plain.exact_lemma(word.capitalize(), code) if language == "de" else None
                return key_of(language, noun if noun and _is_noun(word, noun, found) else found)
        return ""

    def _strategies(self) -> tuple[DictionaryLookupStrategy, LemmatizationStrategy]:
        """Give lookup alone, and lookup with what simplemma derives (endings, prefixes, parts)."""
        with self._lock:
            if self._plain is None or self._guessing is None:
                from simplemma.strategies import DefaultStrategy, DictionaryLookupStrategy
                from simplemma.strategies.dictionaries.dictionary_factory import (
                    SUPPORTED_LANGUAGES,
                )

                self._known = SUPPORTED_LANGUAGES
                self._plain = DictionaryLookupStrategy(self.loaded)
                self._guessing = DefaultStrategy(dictionary_factory=self.loaded)
            return self._plain, self._guessing


class Loaded:
    """The dictionaries in memory, as simplemma asks for them (its `DictionaryFactory`).

    Any thread. They are loaded one at a time, for a load takes up to 20 MB more than what it leaves
    behind; who asks for a dictionary that is in memory does not wait meanwhile.
    """

    def __init__(self, read: Callable[[str], Mapping[str, str]], most: int) -> None:
        """Begin with none. `read` gives the dictionary of a code; `most` are held at once."""
        self._read, self._most = read, most
        self._loading, self._lock = threading.Lock(), threading.Lock()
        self._held: dict[str, Mapping[str, str]] = {}  # the one asked least recently is first

    @property
    def held(self) -> list[str]:
        """The codes of the dictionaries in memory, the one asked least recently first."""
        with self._lock:
            return list(self._held)

    def get_dictionary(self, lang: str) -> Mapping[str, str]:
        """Give a dictionary. Raises what `read` raises."""
        found = self._asked(lang)
        if found is not None:
            return found
        with self._loading:
            found = self._asked(lang)  # another thread may have loaded it
            if found is None:
                self._make_room()
                found = self._read(lang)
                with self._lock:
                    self._held[lang] = found
            return found

    def _asked(self, code: str) -> Mapping[str, str] | None:
        with self._lock:
            found = self._held.pop(code, None)
            if found is not None:
                self._held[code] = found
            return found

    def _make_room(self) -> None:
        with self._lock:
            while len(self._held) >= self._most:
                del self._held[next(iter(self._held))]


def _read(code: str) -> Mapping[str, str]:
    """Read a dictionary of simplemma's. Raises `ValueError` where there is none of that code."""
    from simplemma.strategies.dictionaries.dictionary_factory import (
        DATA_FOLDER,
        SUPPORTED_LANGUAGES,
    )
    from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

    if code not in SUPPORTED_LANGUAGES:
        raise ValueError(f"there is no dictionary of {code!r}")
    try:
        return Packed(DATA_FOLDER / f"{code}.plzma")
    except UnknownFormError as error:  # a later simplemma reads its own form, with more memory
        log.warning("%s; it is held as simplemma does", error)
        return StreamMap(code)


def _is_noun(word: str, noun: str, verb: str) -> bool:
    """Say whether a German word, which folding took its capital from, is a noun in headlines.

    Kämpfe, Angriffe, Opfer are also rare forms of verbs (kämpfen, angreifen, opfern). An infinitive
    stays a verb, and a participle (Verletzte, from verletzt) is left to its verb.
    """
    lemma = noun.lower()
    participle = lemma != word and lemma.endswith(("te", "ter", "ne", "ner"))
    return noun[0].isupper() and verb.endswith("n") and verb != word and not participle
