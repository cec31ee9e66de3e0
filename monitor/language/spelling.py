"""How a folded word may have been written: dictionaries know spellings, matching knows folds.

Folding makes one letter of the four letters i of Turkish and of the two small sigmas of Greek, and
Russian prints е where it means ё. A dictionary or a stemmer that is asked for the folded word would
not know it.
"""

from __future__ import annotations

import re
from itertools import product

from monitor.core.text import fold

#: A Turkish word with more letters i than this is looked up as vowel harmony has it, and as it is:
#: each letter doubles the spellings.
MOST_DOTS = 4
_DOTS = re.compile("i[^aıoueiöü]*(?:i[^aıoueiöü]*)*")
_VOWEL = re.compile("[aıoueiöü]")
_BACK = frozenset("aıou")


def spellings(language: str, word: str) -> tuple[str, ...]:
    """Give the ways in which a folded word may have been written, the likeliest first."""
    if language == "tr" and "i" in word:
        count = word.count("i")
        ways = product("iı", repeat=count) if count <= MOST_DOTS else ()
        pieces = word.split("i")
        every = ("".join(_laced(pieces, letters)) for letters in ways)
        return tuple(dict.fromkeys((_harmonious(word), word, *every)))
    if language == "ru":
        plain = word.replace("ё", "е")
        dotted = (
            f"{plain[:place]}ё{plain[place + 1 :]}"
            for place, letter in enumerate(plain)
            if letter == "е"
        )
        return tuple(dict.fromkeys((plain, word, *dotted)))
    if language == "el" and word.endswith("σ"):
        return (f"{word[:-1]}ς",)
    return (word,)


def key_of(language: str, form: str) -> str:
    """Give a lemma or stem as words are compared: folded, and Russian without ё."""
    folded = fold(form)
    return folded.replace("ё", "е") if language == "ru" else folded


def _laced(pieces: list[str], letters: tuple[str, ...]) -> list[str]:
    """Give pieces of a word with one letter between each two."""
    return [part for pair in zip(pieces, (*letters, ""), strict=True) for part in pair]


def _harmonious(word: str) -> str:
    """Give a Turkish word whose letters i have the dot, or none, that vowel harmony asks for.

    The vowel that follows decides where it is `a` or `e`, which occur in endings (saldırılar,
    tarihinde); else the one before.
    """

    def harmonised(match: re.Match[str]) -> str:
        after = _VOWEL.search(word, match.end())
        before = _VOWEL.findall(word, 0, match.start())
        if after and after[0] in "ae":
            back = after[0] == "a"
        else:
            back = bool(before) and before[-1] in _BACK
        return match[0].replace("i", "ı") if back else match[0]

    return _DOTS.sub(harmonised, word)
