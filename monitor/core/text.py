"""Text as Parley reads it: cleaned once, folded for matching, cut into words and sentences.

Cleaning happens at ingestion and nowhere else. Folding keeps the length, so an offset into the
folded text is an offset into the cleaned text: spans need no map of their own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from monitor.core.markup import text_of_html, unescape

#: Characters that show nothing, steer the display, or are none: dropped.
_DROPPED = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U0001fffe\U0001ffff\U000e0000-\U000e007f]"
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_MANY_BREAKS = re.compile(r"\s*\n\s*")
#: Something that looks like a tag or an entity: only then is it read as HTML.
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&[a-zA-Z#]")
#: The mark that a text was shortened.
ELLIPSIS = "\u2026"


def clean_text(source: str, limit: int) -> str:
    """Give the plain text of `source` (HTML or not), at most `limit` characters, a line a block.

    The result is valid, NFC-composed Unicode without controls, bidi and zero-width characters.
    """
    text = source
    if _MARKUP.search(text):
        text = text_of_html(text)
        if _MARKUP.search(text):  # feeds escape twice now and then
            text = unescape(text)
    text = _LINE_BREAKS.sub("\n", text)
    text = _CONTROLS.sub(" ", text)
    text = _DROPPED.sub("", text)
    text = unicodedata.normalize("NFC", text)
    text = _BLANKS.sub(" ", text)
    text = _MANY_BREAKS.sub("\n", text).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def clean_line(source: str, limit: int) -> str:
    """Give `source` as `clean_text` does, but on one line."""
    text = clean_text(source, max(limit * 2, limit + 1000)).replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


#: Letters that one reader would not tell apart when looking for a word: every apostrophe is one,
#: every hyphen is one, and the four letters i of Turkish are one (so that ISTANBUL, İstanbul and
#: istanbul meet). One character for one: folding never changes the length.
_FOLDED = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4`\uff07\u05f3"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"), "-"),
    ord("İ"): "i",
    ord("I"): "i",
    ord("ı"): "i",
    **{code: chr(code - 0xFEE0).lower() for code in range(0xFF10, 0xFF5B)},
}


def fold(text: str) -> str:
    """Give `text` for comparison: lower case, one kind of apostrophe and hyphen; same length.

    A letter folds alike wherever it stands: the sigma that ends a Greek word is any other sigma.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    return text.translate(_FOLDED).lower().replace("\u03c2", "\u03c3")


def _mark_ranges() -> str:
    """Give combining marks as ranges of a character class: vowel signs belong to their word."""
    first, end = 0x300, 0xFFFF
    # two letters for each character, of which a capital M begins only those of marks
    kinds = "".join(map(unicodedata.category, map(chr, range(first, end))))
    places = (match.span() for match in re.finditer("(?:M.)+", kinds))
    return "".join(f"{chr(first + a // 2)}-{chr(first + b // 2 - 1)}" for a, b in places)


_LETTERS = rf"[^\W\d_](?:[^\W\d_]|[{_mark_ranges()}])*"
#: A number with its groups of thousands, or a word with apostrophes inside it.
_TOKEN = re.compile(rf"\d{{1,3}}(?:[.,\u00a0\u202f ]\d{{3}})+(?!\d)|\d+|{_LETTERS}(?:'{_LETTERS})*")
_GROUPS = re.compile(r"[.,\u00a0\u202f ]")
_LATIN = re.compile("[a-z\u00df-\u024f]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number at code points [start, end). `keys` are the forms it can be found by.

    A Latin word with an apostrophe has its parts as further keys: İstanbul'da is also istanbul,
    l'échange also échange. A number has its digits without separators.
    """

    start: int
    end: int
    keys: tuple[str, ...]

    @property
    def word(self) -> str:
        """The first and fullest key."""
        return self.keys[0]

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.keys[0][0].isdigit()


def tokens(folded: str) -> list[Token]:
    """Cut folded text into words and numbers, in order."""
    found = []
    for match in _TOKEN.finditer(folded):
        word = match[0]
        if word[0].isdigit():
            keys: tuple[str, ...] = (_GROUPS.sub("", word),)
        elif "'" in word and _LATIN.match(word):
            parts = (part for part in word.split("'") if len(part) > 1)  # a possessive s is none
            keys = tuple(dict.fromkeys((word, *parts)))
        else:
            keys = (word,)
        found.append(Token(match.start(), match.end(), keys))
    return found


#: A full stop after a single letter or a short title ends no sentence. A run of marks is looked at
#: once, from its first: sixty thousand full stops would else take a minute.
_SENTENCE_END = re.compile(
    r"(?<!\b[^\W\d_])(?<!\b[Mm]r)(?<!\b[Dd]r)(?<!\bSt)(?<!\bMrs)(?<![.!?\u2026\u3002])"
    r"[.!?\u2026\u3002]++[\"'\u201d\u00bb)]*+"
    r"\s++(?=[\"'\u201c\u00ab\u201e(\u00bf\u00a1]*+[^\W_a-z])|\n"
    # full-width marks end one whatever follows; between digits, the stop is a decimal point
    r"|(?:[\u3002\uff01\uff1f]|(?<!\d)\uff0e|\uff0e(?!\d))"
    r"[\u3002\uff01\uff1f\uff0e]*+[\u201d\u300d\u300f\uff09\"')]*+\s*+"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Give the sentences of cleaned text as spans [start, end), blanks at their ends left out."""
    spans = []
    start = 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = match.end() if match else len(text)
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + len(piece.rstrip())))
        start = end
    return spans


def numbers_of(text: str) -> frozenset[str]:
    """Give the numbers of a cleaned text, digits only, without years."""
    return frozenset(
        token.word for token in tokens(fold(text)) if token.is_number and not _is_year(token)
    )


def _is_year(token: Token) -> bool:
    """Whether a number is written as a year is: 2025, not 2,000."""
    return token.end - token.start == 4 and token.word[:2] in {"19", "20"}
