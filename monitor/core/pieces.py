"""A text in pieces: cut at its blanks, each piece into words and what ends with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.text import Token, fold, tokens

#: What can end with a word: a clause (no phrase goes on), a sentence (nothing is near it).
CLAUSE, SENTENCE = 1, 2
#: A word of a piece: where it begins and ends in it, the word (None for a mark), what ends with it.
Cut = tuple[int, int, Token | None, int]
#: Blanks between the thousands of a number separate nothing.
GROUPED = re.compile("\\d[ \u00a0\u202f]\\d{3}(?!\\d)")
PIECE = re.compile("[^\\s\\d]*\\d{1,3}(?:[ \u00a0\u202f]\\d{3})+(?!\\d)\\S*|\\S+")
_ENDS_SENTENCE = re.compile("[.!?\u2026\u3002\uff01\uff0e\uff1f]")
_ENDS_CLAUSE = re.compile("[:;]")
#: What ends a sentence with no blank behind it: full-width marks, but no decimal point.
_INSIDE = re.compile("[!?;\u2026\u3002\uff01\uff1f]|(?<!\\d)\uff0e|\uff0e(?!\\d)")
#: Digits of a day of the month, which a full stop may follow.
_DAY_DIGITS = 2
#: What stands before a full stop that ends no sentence, beside single letters and day numbers.
_ABBREVIATED = frozenset("mr mrs ms dr prof st sr jr gen col lt sgt sen gov rep no vs".split())


def pieces_of(text: str) -> Iterator[tuple[int, str]]:
    """Give the pieces of a text, each with where it begins, and "" for the end of each line."""
    start = 0
    for line in text.split("\n"):
        yield from ((start + match.start(), match[0]) for match in PIECE.finditer(line))
        start += len(line) + 1
        yield start - 1, ""


def cut(piece: str) -> list[Cut]:
    """Cut a piece of text into words, each with what ends with it.

    A mark that no word stands before is a word of its own, None.
    """
    words: list[Cut] = []
    end = 0
    for token in tokens(fold(piece)):
        between = piece[end : token.start]
        if words and _INSIDE.search(piece[end - 1 : token.start + 1]):
            words[-1] = (*words[-1][:3], SENTENCE)
        elif not words and _ENDS_SENTENCE.search(between):
            words.append((0, token.start, None, SENTENCE))
        words.append((token.start, token.end, token, 0))
        end = token.end
    ends = _what_ends(piece[end:])
    if ends and not words:
        words.append((0, len(piece), None, ends))
    elif ends and not (ends == SENTENCE and _abbreviates(words[-1][2], piece[end:])):
        words[-1] = (*words[-1][:3], ends)
    return words


def _what_ends(rest: str) -> int:
    if _ENDS_SENTENCE.search(rest):
        return SENTENCE
    return CLAUSE if _ENDS_CLAUSE.search(rest) else 0


def _abbreviates(last: Token | None, rest: str) -> bool:
    """Say whether a full stop belongs to the word before it: `U.S.`, `Mr.`, `2. Juni`."""
    if last is None or not rest.startswith(".") or _ENDS_SENTENCE.search(rest, 1):
        return False
    if last.is_number:
        return len(last.word) <= _DAY_DIGITS
    return len(last.word) == 1 or last.word in _ABBREVIATED
