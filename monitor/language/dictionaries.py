"""Lemmas by simplemma. A dictionary is loaded at the first word asked of its language."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from monitor.language.spelling import key_of, spellings

if TYPE_CHECKING:
    from simplemma.strategies import DictionaryLookupStrategy, LemmatizationStrategy

#: Dictionaries in memory at once: 3 to 50 MB each (Polish has the largest), loaded in 0.1 to 1.9 s
#: of CPU. The one that was asked least recently makes room.
MOST_LOADED = 12
#: A longer word is none; taking it apart would cost time that grows with its length squared.
LONGEST_WORD = 40
#: Languages that simplemma files under another code than feeds use.
_FILED_AS = {"no": "nb", "hr": "hbs", "sr": "hbs", "bs": "hbs"}


class Dictionaries:
    """simplemma's dictionaries, read packed as they are shipped: a tenth of the memory.

    Any thread; but two that ask for the first word of a language at once load its dictionary twice,
    so whoever asks holds a lock for each language.
    """

    def __init__(self) -> None:
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
                from simplemma.strategies import (
                    DefaultStrategy,
                    DictionaryLookupStrategy,
                    StreamDictionaryFactory,
                )
                from simplemma.strategies.dictionaries.dictionary_factory import (
                    SUPPORTED_LANGUAGES,
                )

                factory = StreamDictionaryFactory(cache_max_size=MOST_LOADED)
                self._known = SUPPORTED_LANGUAGES
                self._plain = DictionaryLookupStrategy(factory)
                self._guessing = DefaultStrategy(dictionary_factory=factory)
            return self._plain, self._guessing


def _is_noun(word: str, noun: str, verb: str) -> bool:
    """Say whether a German word, which folding took its capital from, is a noun in headlines.

    Kämpfe, Angriffe, Opfer are also rare forms of verbs (kämpfen, angreifen, opfern). An infinitive
    stays a verb, and a participle (Verletzte, from verletzt) is left to its verb.
    """
    lemma = noun.lower()
    participle = lemma != word and lemma.endswith(("te", "ter", "ne", "ner"))
    return noun[0].isupper() and verb.endswith("n") and verb != word and not participle
