"""Letters of rules: full-width ones are made plain, words of two alphabets are found.

`Путiн` with a Latin i looks right and is never found; nobody sees why. Such a word is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

#: Full-width letters, digits and signs, and the wide blank: one character for one.
_WIDE = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}
_RUN = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*){2,}")
#: Only where Latin meets one of these can a letter pass for another.
_OTHERS = re.compile(
    "[\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]"
)
_SCRIPTS = {"LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek"}


class Mixed(NamedTuple):
    """A word that mixes alphabets: where it begins, where its first odd letter is, what to say."""

    start: int
    odd: int
    message: str
    hint: str


def narrow(text: str) -> str:
    """Give text with full-width characters made plain; same length."""
    return text.translate(_WIDE)


def normal(text: str) -> str:
    """Give text as items hold it: full-width characters made plain, accents composed (NFC)."""
    return unicodedata.normalize("NFC", narrow(text))


def mixed_words(text: str) -> Iterator[Mixed]:
    """Give the words that mix Latin with Cyrillic or Greek letters, in order."""
    if not _OTHERS.search(text):
        return
    for run in _RUN.finditer(text):
        scripts = [_script(letter) for letter in run[0]]
        kinds = dict.fromkeys(kind for kind in scripts if kind)
        if len(kinds) < 2:
            continue
        main = max(kinds, key=scripts.count)  # a tie goes to the alphabet that it begins with
        odd = [at for at, kind in enumerate(scripts) if kind and kind != main]
        told = ", ".join(dict.fromkeys(f"{run[0][at]} is {scripts[at]}" for at in odd[:4]))
        more = ", ..." if len(odd) > 4 else ""
        yield Mixed(
            run.start(),
            run.start() + odd[0],
            f"the word '{run[0]}' mixes alphabets: {told}{more}, the rest is {main}",
            "type the word anew on one keyboard layout",
        )


def _script(letter: str) -> str:
    """Give the alphabet of a letter, empty for one of none of the three."""
    return _SCRIPTS.get(unicodedata.name(letter, "").split(" ", 1)[0], "")
