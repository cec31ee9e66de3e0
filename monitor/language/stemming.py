"""Stems by Snowball (PyStemmer): what is left of a word without its endings, by rules alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol, cast

from monitor.language.spelling import key_of, spellings

#: Snowball's names of the languages it knows. Ukrainian is not among them.
ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
#: What Snowball's German makes of umlauts, and the ends that Italian words are stressed on.
_BARE = str.maketrans("äöü", "aou")
_STRESSED = ("à", "è", "é", "ì", "ò", "ù")


class _Stemmer(Protocol):
    """The one method of PyStemmer's object that is used; the library has no types."""

    def stemWords(self, words: Sequence[str]) -> list[str]:  # noqa: N802 - PyStemmer's name
        """Give the stem of each word."""
        ...


class Stems:
    """One stemmer a language, made at its first word. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stemmers: dict[str, _Stemmer] = {}

    def of(self, language: str, words: Sequence[str]) -> list[str]:
        """Give the folded stem of each folded word, "" for each where a language has no stemmer."""
        if language not in ALGORITHMS:
            return [""] * len(words)
        written = [spellings(language, word)[0] for word in words]
        with self._lock:  # PyStemmer's objects are not made for two threads; a word takes 1 us
            stems = self._stemmer(language).stemWords(written)
        return [
            key_of(language, _with_marks(language, word, stem))
            for word, stem in zip(written, stems, strict=True)
        ]

    def _stemmer(self, language: str) -> _Stemmer:
        if language not in self._stemmers:
            import Stemmer

            self._stemmers[language] = cast("_Stemmer", Stemmer.Stemmer(ALGORITHMS[language]))
        return self._stemmers[language]


def _with_marks(language: str, word: str, stem: str) -> str:
    """Give a stem with the marks that tell words of a language apart, where Snowball drops them.

    German tauschen (exchange) is not täuschen (deceive), Italian però (but) not pero (pear tree).
    """
    if language == "de" and stem == word[: len(stem)].translate(_BARE):
        return word[: len(stem)]
    return word if language == "it" and word.endswith(_STRESSED) else stem
