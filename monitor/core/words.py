"""The forms by which a word is found: its surface, its parts, its lemma, its stem.

Dictionaries are large and slow to load; they come through `Lexicon`, and what it said of a word is
remembered by the index, so that an item costs a look-up for each of its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from monitor.core.text import Token

#: Shortest word of which a lemma or stem is asked for, in letters.
SHORTEST_INFLECTED = 3
#: Share of a text's letters that must be of one script before it is called that.
SCRIPT_SHARE = 0.6


class Lexicon(Protocol):
    """What a language knows of its words. Words go in folded and come out folded. Thread-safe."""

    def stems(self, language: str, words: Sequence[str]) -> Sequence[str]:
        """Give the stem of each word, in order; "" where the language has no stemmer."""
        ...

    def lemmas(self, language: str, words: Collection[str]) -> Mapping[str, str]:
        """Give the lemmas of words; those without one are absent.

        The first word that is not in the cache loads the dictionary of its language: seconds.
        """
        ...

    def detect(self, text: str) -> str:
        """Give the language of a text as a two-letter code, "" where that is not sure."""
        ...


class NoLexicon:
    """A lexicon without words: everything is found by its surface alone."""

    def stems(self, language: str, words: Sequence[str]) -> Sequence[str]:
        """Give no stem for any word."""
        del language
        return [""] * len(words)

    def lemmas(self, language: str, words: Collection[str]) -> Mapping[str, str]:
        """Give no lemma."""
        del language, words
        return {}

    def detect(self, text: str) -> str:
        """Give no language."""
        del text
        return ""


#: Marks that change no word: stress in Cyrillic, vowel signs and the stretch of Arabic.
_SILENT_MARKS = re.compile("[\u0300\u0301\u0640\u064b-\u065f\u0670]")
_ARABIC = str.maketrans("أإآٱىة", "اااايه")
#: Letters that look alike in Latin and Cyrillic: a word that mixes both is also read as either.
_LATIN_ALIKE, _CYRILLIC_ALIKE = "aceopxyikmht", "асеорхуікмнт"
_TO_LATIN = str.maketrans(_CYRILLIC_ALIKE, _LATIN_ALIKE)
_TO_CYRILLIC = str.maketrans(_LATIN_ALIKE, _CYRILLIC_ALIKE)
_HAS_LATIN = re.compile("[a-z]")
_HAS_CYRILLIC = re.compile("[\u0400-\u04ff]")
#: A word of one alphabet that is written in one way only.
_PLAIN = re.compile(
    r"[a-z0-9\u00df-\u00f6\u00f8-\u017f']*|[0-9'\u0430-\u044f\u0454\u0456\u0457\u0491]*"
)


def surfaces(token: Token) -> tuple[str, ...]:
    """Give the forms of a word that ask no dictionary, the fullest first.

    Russian ё is е, Arabic is written without vowel signs; a word in two alphabets is also read in
    either of them.
    """
    if all(_PLAIN.fullmatch(key) for key in token.keys):
        return token.keys
    forms = dict.fromkeys(token.keys)
    for key in token.keys:
        bare = _SILENT_MARKS.sub("", key)
        forms[bare.translate(_ARABIC).replace("ё", "е")] = None
        if _HAS_LATIN.search(key) and _HAS_CYRILLIC.search(key):
            forms[key.translate(_TO_LATIN)] = None
            forms[key.translate(_TO_CYRILLIC)] = None
    return tuple(forms)


#: What German puts between the parts of a compound.
_LINKS = ("", "s", "es", "n", "en", "er", "ens")
#: Shortest part of a compound, in letters, and the most parts that are looked for.
_PART_LETTERS = 4
_MOST_PARTS = 4
#: Shortest head that is told within a longer word, and what stands before it, at least.
_HEAD_LETTERS, _FRONT_LETTERS = 6, 3
#: Longest word that is taken apart or inflects, in letters: beyond it, it is none.
LONGEST_WORD = 40


def compound(word: str, listed: Collection[str]) -> tuple[str, ...]:
    """Give the parts of a German compound where each of them is listed, or its head alone is.

    `Gefangenenaustausch` is made of gefangene and austausch where both are; an `Absenktunnel` is a
    tunnel, whatever is lowered there. A short head says little: Russland is no land.
    """
    if not 2 * _PART_LETTERS <= len(word) <= LONGEST_WORD:
        return ()
    if parts := _split(word, listed, _MOST_PARTS):
        return parts
    starts = range(_FRONT_LETTERS, len(word) - _HEAD_LETTERS + 1)
    return next(((word[start:],) for start in starts if word[start:] in listed), ())


def _split(word: str, listed: Collection[str], most: int) -> tuple[str, ...]:
    if most < 1:
        return ()
    for end in range(len(word) - _PART_LETTERS, _PART_LETTERS - 1, -1):
        head = word[:end]
        if head not in listed:
            continue
        for link in _LINKS:
            rest = word[end + len(link) :]
            if len(rest) < _PART_LETTERS or not word.startswith(link, end):
                continue
            if rest in listed:
                return (head, rest)
            if deeper := _split(rest, listed, most - 1):
                return (head, *deeper)
    return ()


#: Scripts by what begins the names of their letters, and the languages written in them alone.
_SCRIPTS: Mapping[str, frozenset[str]] = {
    "CYRILLIC": frozenset("be bg ce cv kk ky mk mn ru tg tt uk".split()),
    "ARABIC": frozenset("ar ckb fa ps ur".split()),
    "GREEK": frozenset({"el"}),
    "HEBREW": frozenset({"he", "yi"}),
    "DEVANAGARI": frozenset({"hi", "mr", "ne"}),
    "GEORGIAN": frozenset({"ka"}),
    "ARMENIAN": frozenset({"hy"}),
    "THAI": frozenset({"th"}),
    "HANGUL": frozenset({"ko"}),
    "CJK": frozenset({"zh", "ja"}),
    "HIRAGANA": frozenset({"ja"}),
    "KATAKANA": frozenset({"ja"}),
}
#: Languages that are written in several scripts: a tag of these is believed whatever the letters.
_SEVERAL = frozenset("az kk sr uz tk ku mn bs".split())
#: Letters that only one of two close neighbours has.
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
_RUSSIAN = re.compile("[ыэъё]", re.IGNORECASE)
#: Letters read to find the script of a text.
_READ = 400


def script_of(text: str) -> str:
    """Give the script of most letters of a text, `LATIN` or so; "" where none prevails."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text[:_READ]):
        name = "LATIN" if letter < "\u0250" else unicodedata.name(letter, "").partition(" ")[0]
        counts[name] = counts.get(name, 0) + 1
    if not counts:
        return ""
    script, most = max(counts.items(), key=lambda pair: pair[1])
    return script if most >= SCRIPT_SHARE * sum(counts.values()) else ""


def language_of(tag: str, text: str, lexicon: Lexicon) -> str:
    """Give the language of a text: what its feed says unless the script contradicts it.

    Where the feed says nothing, or what cannot be, the text is looked at; "" where that tells
    nothing. Feeds write `de-AT` and `pt_BR`: the region is left out.
    """
    said = tag.strip().lower().replace("_", "-").partition("-")[0]
    if said and _can_be(said, text):
        return said
    found = lexicon.detect(text)
    if found and _can_be(found, text):
        return found
    return _by_letters(text)


def _can_be(language: str, text: str) -> bool:
    """Say whether a text can be of a language, by its letters."""
    if language in _SEVERAL:
        return True
    script = script_of(text)
    if script == "CYRILLIC":
        ukrainian, russian = _UKRAINIAN.search(text), _RUSSIAN.search(text)
        if language == "ru" and ukrainian and not russian:
            return False
        if language == "uk" and russian and not ukrainian:
            return False
    owners = next((langs for name, langs in _SCRIPTS.items() if language in langs), None)
    if not script:
        return True
    return language in _SCRIPTS.get(script, ()) if script in _SCRIPTS else owners is None


def _by_letters(text: str) -> str:
    """Give a language that its letters alone give away, "" for all others."""
    script = script_of(text)
    if script == "CYRILLIC":
        ukrainian, russian = bool(_UKRAINIAN.search(text)), bool(_RUSSIAN.search(text))
        return {(True, False): "uk", (False, True): "ru"}.get((ukrainian, russian), "")
    languages = _SCRIPTS.get(script, frozenset())
    return next(iter(languages)) if len(languages) == 1 else ""


def inflects(word: str) -> bool:
    """Say whether a word can have other forms."""
    return SHORTEST_INFLECTED <= len(word) <= LONGEST_WORD and not word[0].isdigit()
