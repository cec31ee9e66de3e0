r"""Regular expressions of the watch language: RE2, in linear time, with words as Unicode has them.

RE2 reads `\b`, `\w`, `\d` as ASCII. Here `\w` and `\d` are rewritten to classes of Unicode; `\b`
may stand at the edges of an expression, where the characters beside a match are checked instead.
Expressions run on the stored clean text, ignoring case.

A class of Unicode is dear: 1,400 instructions for `\w`, and as many for an edge. So an expression
has two forms. Its *sieve* takes any letter beyond ASCII for one of a word, and has no edges: it
finds whatever the expression finds, and a little more, in 50 times less. The expression itself is
made when its sieve has found something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from monitor.errors import QueryError

#: Longest expression, in characters.
MAX_PATTERN = 1_000
#: Memory that one compiled expression may take, in bytes; larger ones are refused.
MAX_MEMORY = 8 * 1024 * 1024
#: Memory of all sieves together, and the instructions of RE2 that they may have in it.
MAX_SET_MEMORY = 256 * 1024 * 1024
MAX_SET_SIZE = 4_000_000
#: Places of one expression reported of one field.
MAX_PLACES = 100
#: Instructions, at most, of a class of Unicode; and how many surely fit into `MAX_MEMORY`, which
#: takes 500,000 (measured: 350 copies of a class are taken, 400 are refused).
_CLASS_SIZE, _SURE_SIZE = 1_500, 300_000
#: An expression found in one of these is found in nearly any text.
_COMMONEST = ("", " ", *"aeinorst", *"аеинот")
_WORD = r"\p{L}\p{M}_\p{N}"
#: What a class is within brackets, within brackets that say what is not meant, and alone.
_CLASSES = {
    "w": (_WORD, _WORD, rf"[{_WORD}]"),
    "W": ("", "", rf"[^{_WORD}]"),
    "d": (r"\p{Nd}", r"\p{Nd}", r"\p{Nd}"),
    "D": (r"\P{Nd}", r"\P{Nd}", r"\P{Nd}"),
    "s": (*(r"\s\x{a0}\x{202f}",) * 2, r"[\s\x{a0}\x{202f}]"),
    "S": ("", "", r"[^\s\x{a0}\x{202f}]"),
}
#: The same for a sieve, where RE2's own `\w` is that of ASCII. Like `_WORD` it begins with what
#: cannot end a range: what is refused of one form is refused of the other.
_WIDER = r"\w\x{80}-\x{10ffff}\d"
_SIEVE_CLASSES = {**_CLASSES, "w": (_WIDER, r"\w", f"[{_WIDER}]"), "W": ("", "", r"\W")}
_COUNTED = re.compile(r"\{(\d+)(?:,(\d*))?\}")
#: An escape; a named class such as [:alpha:], where a class opens, where it ends; a group that
#: RE2 lacks.
_PIECE = re.compile(r"\\(.)|(\[:\^?\w+:\])|(\[\^?\]?)|(\])|(\(\?(?:<?[=!]|P=))", re.DOTALL)
#: What RE2 lacks, or takes for bytes, and people write nevertheless; and what to do about it.
_LACKING = {
    **dict.fromkeys(("(?=", "(?!", "(?<=", "(?<!"), ("looks ahead or behind", "AND, NOT or NEAR")),
    **dict.fromkeys(("(?P=", *"123456789"), ("refers back to a group", "both places, spelt out,")),
    "C": ("takes letters apart", "a full stop for any letter"),
    "Q": ("quotes a text", 'a "phrase"'),
}


@dataclass(frozen=True, slots=True)
class Regex:
    """An expression as it was written, and whether a word must begin or end at its edges."""

    pattern: str
    begins: bool = False
    ends: bool = False


def parse_regex(source: str) -> Regex:
    """Read the text between two slashes. Raises `QueryError` for what RE2 cannot run."""
    source = unicodedata.normalize("NFC", source)  # as items are
    if len(source) > MAX_PATTERN:
        raise QueryError(
            f"the expression has {len(source)} characters", hint=f"at most {MAX_PATTERN}"
        )
    regex = Regex(source, source.startswith(r"\b"), _ends_with_edge(source))
    try:
        if _may_close_our_group(source):
            re2.compile(_inner(regex), _options(MAX_MEMORY))
        form = _sieve(regex) if _surely_fits(regex) else _compiled(regex)
        common = any(form.search(text) for text in _COMMONEST) and any(
            _compiled(regex).search(text) for text in _COMMONEST
        )
    except UnicodeError:
        raise QueryError("the expression holds half of a character", hint="type it anew") from None
    except re2.error as error:
        raise QueryError(
            f"the expression /{source}/ cannot be read: {_said(error)}",
            hint=r"write \/ for a slash, \. for a full stop",
        ) from None
    if common:
        raise QueryError(
            f"the expression /{source}/ is found in nearly any text",
            hint="let it ask for more than one letter",
        )
    return regex


def places(regex: Regex, text: str) -> Iterator[tuple[int, int]]:
    """Give where an expression is found: code points [start, end), at most `MAX_PLACES`.

    Marks are a place with the letter that they stand on; with nothing beneath, they are none.
    """
    at = 0
    for _ in range(MAX_PLACES):
        match = _compiled(regex).search(text, at)
        if match is None:
            return
        start, end = match.span(1)
        start = _base(text, start)
        if not all(map(_stands_on_nothing, text[start:end])):
            yield start, end
        # the neighbour that ends one place may begin the next: it is looked at again
        at = max(match.end(1), match.start(1) + 1)


def _base(text: str, start: int) -> int:
    """Give where the letter begins on which the marks at a place stand, else the place."""
    base = start
    while base and unicodedata.category(text[base]).startswith("M"):
        base -= 1
    return start if _stands_on_nothing(text[base]) else base


def _stands_on_nothing(char: str) -> bool:
    return char.isspace() or unicodedata.category(char).startswith("M")


def size_of(regex: Regex) -> int:
    """Give how many instructions an expression adds to a set, of the `MAX_SET_SIZE` it may have."""
    return int(_sieve(regex).programsize)


class RegexSet:
    """Many expressions, looked for in one pass over a text."""

    def __init__(self, regexes: Sequence[Regex]) -> None:
        """Compile. Raises `QueryError` where they need more memory than `MAX_SET_MEMORY`."""
        self._regexes = tuple(regexes)
        self._set: Any = None
        if not regexes:
            return
        self._set = re2.Set.SearchSet(_options(MAX_SET_MEMORY))
        for regex in self._regexes:
            self._set.Add(_inner(regex, _SIEVE_CLASSES))
        try:
            self._set.Compile()
        except re2.error as error:
            raise QueryError(
                f"{len(regexes)} regular expressions are too large together: {_said(error)}",
                hint="use words, phrases and NEAR for most of them",
            ) from None

    def found(self, text: str) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Give the number of each expression that is found, and its places."""
        if self._set is None or not text:
            return
        for number in self._set.Match(text) or ():
            found = list(places(self._regexes[number], text))
            if found:
                yield number, found


@lru_cache(maxsize=2_000)
def _compiled(regex: Regex) -> Any:
    return re2.compile(_translated(regex), _options(MAX_MEMORY))


@lru_cache(maxsize=2_000)
def _sieve(regex: Regex) -> Any:
    return re2.compile(_inner(regex, _SIEVE_CLASSES), _options(MAX_MEMORY))


def _surely_fits(regex: Regex) -> bool:
    """Say whether an expression can be made, to judge by its sieve and its classes of Unicode.

    A class is there as often as it is written, times what it may at most be repeated by.
    """
    copies = len(re.findall(r"\\[wW]", regex.pattern))
    for least, most in _COUNTED.findall(regex.pattern):
        copies *= int(most or least) or 1
    edges = regex.begins + regex.ends
    return size_of(regex) + (copies + edges) * _CLASS_SIZE <= _SURE_SIZE


def _options(memory: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = memory
    return options


def _translated(regex: Regex) -> str:
    """Give the pattern for RE2: classes of Unicode, edges as neighbours, the match as group 1."""
    before = rf"(?:^|[^{_WORD}])" if regex.begins else ""
    after = rf"(?:$|[^{_WORD}])" if regex.ends else ""
    return f"{before}({_inner(regex)}){after}"


def _may_close_our_group(source: str) -> bool:
    """Say whether a lone `)` may close the group that is put around an expression."""
    depth = 0
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", source, flags=re.DOTALL)
    for mark in re.findall(r"[()]", bare):
        depth += 1 if mark == "(" else -1
        if depth < 0:
            return True
    return depth != 0


def _inner(regex: Regex, classes: Mapping[str, tuple[str, str, str]] = _CLASSES) -> str:
    """Give what stands between the edges, with classes of Unicode, or those of a sieve."""
    whole, inside = regex.pattern, ""

    def replaced(match: re.Match[str]) -> str:
        nonlocal inside
        escaped, _, opened, closed, group = match.groups()
        if opened:  # within a class [ is a letter, as is a ] that stands first
            inside = "" if inside and opened.endswith("]") else inside or opened
        elif closed:
            inside = ""
        elif escaped in {"b", "B"} and not inside:
            raise QueryError(
                rf"the expression /{whole}/ has \{escaped} in its middle",
                hint=r"\b may begin and end an expression; inside, write the letters meant",
            )
        elif escaped in classes:
            within, denied, alone = classes[escaped]
            if inside and not within:
                raise QueryError(
                    rf"the expression /{whole}/ has \{escaped} between brackets",
                    hint=rf"write [^\{escaped.lower()}] instead",
                )
            return (denied if inside.startswith("[^") else within) if inside else alone
        elif not inside and (escaped or group) in _LACKING:
            said, hint = _LACKING[escaped or group]
            raise QueryError(
                f"the expression /{whole}/ {said}, which RE2 cannot", hint=f"use {hint} instead"
            )
        return match[0]

    return _PIECE.sub(replaced, whole[2 if regex.begins else 0 : -2 if regex.ends else None])


def _ends_with_edge(source: str) -> bool:
    r"""Say whether `\b` ends an expression; `\\b` is a backslash and a letter."""
    tail = re.search(r"(\\+)b\Z", source)
    return tail is not None and len(tail[1]) % 2 == 1 and len(source) > 2


def _said(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
