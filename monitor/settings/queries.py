"""Queries in files: read, and what is wrong with one said at the very place in its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

from monitor.core.compile import parsed
from monitor.core.grammar import MAX_QUERY, read_query
from monitor.core.model import Feed
from monitor.core.query import Filter, Query
from monitor.core.rules import Concept
from monitor.core.slips import Asked, filters_in, meant, plain_quotes
from monitor.core.text import fold
from monitor.errors import Problem, QueryError
from monitor.settings.document import Document, Path
from monitor.settings.excerpt import excerpt, excerpt_at
from monitor.settings.fields import LANGUAGES
from monitor.settings.findings import hint_for, shown
from monitor.settings.letters import mixed_words, narrow, normal
from monitor.settings.nodes import Place
from monitor.settings.reading import Reading

Parse = Callable[[str, Collection[str]], Query]

_NAME = re.compile(r"\$([A-Za-z0-9_-]+)")
#: What names no concept although it may look so, and may mix alphabets on purpose.
_REGEX = re.compile(r"(?<![^\s(:,])/(?:\\.|[^/\\\n])*/")
_PHRASE = re.compile(r'"[^"]*"')
#: Codes that are often taken for those of a language: of its country, or with three letters.
_MEANT = {
    "ua": "uk", "gr": "el", "cn": "zh", "jp": "ja", "cz": "cs", "dk": "da", "ir": "fa", "gb": "en",
    "us": "en", "by": "be", "rs": "sr", "il": "he", "al": "sq", "vn": "vi", "eng": "en",
    "ukr": "uk", "rus": "ru", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es",
    "ita": "it", "pol": "pl", "tur": "tr", "ara": "ar", "por": "pt", "zho": "zh", "chi": "zh",
}  # fmt: skip


def check_query(
    document: Document, path: Path, texts: list[str], concepts: Collection[str], reading: Reading,
    *, match_all: bool = False,
) -> None:  # fmt: skip
    """Read a query's alternatives, and say what is wrong with one, where in the file."""
    parse = partial(parsed, match_all=match_all)
    _check_each(document, path, texts, parse, concepts, reading)


def check_concept_query(
    document: Document, path: Path, texts: list[str], concepts: Collection[str], reading: Reading
) -> None:
    """Read the query of a concept: as that of a watch, but without filters."""
    _check_each(document, path, texts, partial(parsed, of_concept=True), concepts, reading)


def _check_each(
    document: Document, path: Path, texts: list[str], parse: Parse, concepts: Collection[str],
    reading: Reading,
) -> None:  # fmt: skip
    """All alternatives are read as one query, as the core does; where that is refused, each alone.

    Each stands alone: a parenthesis does not close in the next one.
    """
    whole = joined(texts)
    if len(whole) > MAX_QUERY:
        said = f"the query is longer than {MAX_QUERY:,} characters"
        problem = document.problem(path, said, "make concepts of its parts, or several watches")
        reading.findings.error(problem)
        return
    before = len(reading.findings.errors)
    refused = _refusal(whole, parse, concepts)
    for inner, text in _alternatives(document, path, texts):
        if refused is not None or not _stands_alone(text):
            _check(document, inner, text, parse, concepts, reading)
        else:
            _check_letters(document, inner, text, reading)
    if refused is not None and before == len(reading.findings.errors):  # each is right, not all
        reading.findings.error(document.problem(path, refused.message, refused.hint))


def _refusal(text: str, parse: Parse, concepts: Collection[str]) -> QueryError | None:
    """Give what is wrong with a query, None where nothing is."""
    try:
        parse(meant(text), concepts)
    except QueryError as error:
        return error
    return None


def _stands_alone(text: str) -> bool:
    """Say whether what opens in a text, a parenthesis or a quotation, closes in it."""
    bare = _without(_PHRASE, _without(_REGEX, plain_quotes(narrow(text))))
    depth = 0
    for sign in re.findall(r'[()"]|(?<![^\s(:,])/', bare):
        depth += {"(": 1, ")": -1}.get(sign, len(text) + 1)
        if not 0 <= depth <= len(text):
            return False
    return depth == 0


def _alternatives(
    document: Document, path: Path, texts: Sequence[str]
) -> Iterator[tuple[Path, str]]:
    """Give each alternative with its own path: it is a value, or one of a list."""
    is_list = path in document.spots and document.spots[path].style == "["
    for index, text in enumerate(texts):
        yield ((*path, index) if is_list else path), text


def _check(
    document: Document, path: Path, text: str, parse: Parse, concepts: Collection[str],
    reading: Reading,
) -> None:  # fmt: skip
    error = _refusal(narrow(text), parse, concepts)
    if error is None:
        _check_letters(document, path, text, reading)
        return
    place = (error.line, error.column)
    reading.findings.error(_problem(document, path, text, place, error.message, error.hint))


def _check_letters(document: Document, path: Path, text: str, reading: Reading) -> None:
    """Say where a word of a query mixes alphabets."""
    for found in mixed_words(_without(_REGEX, narrow(text))):
        place = _line_and_column(text, found.odd)
        reading.findings.error(_problem(document, path, text, place, found.message, found.hint))


def warn_of_filters(
    document: Document, path: Path, texts: Sequence[str], feeds: Sequence[Feed], reading: Reading
) -> None:
    """Say where a query that can be read asks for what no feed is: most often a slip.

    Only warned of, since such a feed may come. Where there are no feeds, languages alone are
    judged.
    """
    for inner, text in _alternatives(document, path, texts):
        for asked in filters_in(narrow(text)):
            for said, hint in _unmet(asked, feeds):
                place = _line_and_column(text, asked.offset)
                reading.findings.warn(_problem(document, inner, text, place, said, hint))


def _unmet(asked: Asked, feeds: Sequence[Feed]) -> Iterator[tuple[str, str]]:
    """Give what to say, and a hint, for each value of a filter that nothing can meet."""
    if asked.kind == "language":
        for code in _values_of(asked.kind, asked.values):
            if code in _MEANT or (len(code) == 2 and code not in LANGUAGES):
                near = f"did you mean '{_MEANT[code]}'?" if code in _MEANT else ""
                hint = near or "two letters (ISO 639-1) such as en, uk, tr"
                yield f"{shown(code)} is not the code of a language", hint
    elif not feeds:
        return
    elif asked.kind == "tier":
        tiers = {str(feed.tier) for feed in feeds}
        for part in asked.values.split(","):
            if tiers.isdisjoint(_values_of(asked.kind, part)):
                yield f"no feed that is on has the tier {part}", hint_for(part, tiers, what="tiers")
    else:
        is_name = asked.kind == "source"
        known = {feed.name if is_name else feed.publisher or feed.name for feed in feeds}
        folded = set(map(fold, known))
        for value in _values_of(asked.kind, asked.values):
            if value not in folded:
                whose = "is named" if is_name else "has the publisher"
                what = "feeds" if is_name else "publishers"
                said = f"no feed that is on {whose} {shown(value)}"
                yield said, hint_for(value, known, what=what)


def _values_of(kind: str, values: str) -> tuple[str, ...]:
    """Give the values of a filter as the core reads them."""
    root = read_query(f"{kind}:{values}", ()).root
    return root.values if isinstance(root, Filter) else ()


def check_words(document: Document, path: Path, text: str, reading: Reading) -> None:
    """Say where a word of a concept mixes alphabets."""
    for found in mixed_words(narrow(text)):
        place = _line_and_column(text, found.odd)
        reading.findings.error(_problem(document, path, text, place, found.message, found.hint))


def joined(texts: list[str]) -> str:
    """Give one query for alternatives, as the core reads it."""
    if len(texts) == 1:
        return plain_quotes(normal(texts[0]))
    return " OR ".join(f"({plain_quotes(normal(text))})" for text in texts)


@lru_cache(maxsize=4096)
def names_in(text: str) -> frozenset[str]:
    """Give the ids that a query names, whether or not there are such concepts."""
    plain = plain_quotes(narrow(text))
    return frozenset(_NAME.findall(_without(_PHRASE, _without(_REGEX, plain))))


def named(texts: Iterable[str], concepts: Mapping[str, Concept]) -> dict[str, Concept]:
    """Give the concepts that queries name, and those that these are found by, in order of id."""
    found: dict[str, Concept] = {}
    waiting = [name for text in texts for name in names_in(text)]
    while waiting:
        name = waiting.pop()
        if name in concepts and name not in found:
            found[name] = concepts[name]
            waiting.extend(names_in(concepts[name].query))
    return dict(sorted(found.items()))


def _problem(
    document: Document, path: Path, text: str, at: tuple[int, int], message: str, hint: str
) -> Problem:
    """Make the problem of what stands at a line and column of a query's text."""
    place = place_in_text(document, path, text, *at)
    if place is not None:
        quoted = excerpt_at(document, path, place)
        return Problem(document.file, place.line, place.column, message, hint, quoted)
    line, column = at
    near = document.problem(path, f"{message}, at {line}:{column} of the text", hint)
    quoted = excerpt(_rows(text)[min(line, len(_rows(text))) - 1], column - 1)
    return Problem(near.file, near.line, near.column, near.message, hint, quoted)


def place_in_text(document: Document, path: Path, text: str, row: int, column: int) -> Place | None:
    """Find in the file the place of a line and column of a value; None where escapes forbid it.

    YAML folds lines and cuts indentation, but changes nothing else than blanks: as many letters
    stand before the place in the file as in the value.
    """
    spot = document.spots.get(path)
    lines = document.text.split("\n")
    if spot is None or spot.style == "[" or spot.value.line > len(lines):
        return None
    rows = _rows(text)
    before = "".join([*rows[: row - 1], *(one[: column - 1] for one in rows[row - 1 : row])])
    letters = len("".join(before.split()))
    at_end = letters == len("".join(text.split()))
    is_block = spot.style in {"|", ">"}
    line = spot.value.line + 1 if is_block else spot.value.line
    at = 1 if is_block else spot.value.column + len(spot.style)
    source = "\n".join(lines[line - 1 : spot.end.line])[at - 1 :]
    if spot.style == '"' and "\\" in source:
        return None
    twin = False  # the second of two quotes that stand for one
    for offset, char in enumerate(source):
        if not letters and not twin and (at_end or not char.isspace()):
            return Place(line, at)
        letters -= not twin and not char.isspace()
        twin = not twin and spot.style == "'" and source.startswith("''", offset)
        line, at = (line + 1, 1) if char == "\n" else (line, at + 1)
    return Place(line, at)


def _rows(text: str) -> list[str]:
    return text.split("\n")


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Give the line and column, from 1, of an offset into a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """Give a text with what matches blanked out; same length."""
    return pattern.sub(lambda match: " " * len(match[0]), text)
