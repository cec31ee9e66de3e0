"""What people write in a query out of habit: typographic quotes, and signs of other searches.

The quotes are read as meant. The signs would be read as letters of a word, and the query would
look for something else than its author thinks: they are refused, with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from monitor.core.query import FIELDS, FILTERS
from monitor.errors import QueryError

#: What ends a quotation that begins with the key: English, German, Swedish, French ways.
_ENDS = {"“": "”“", "„": "“”", "”": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›", '"': "”“»›"}
_TYPOGRAPHIC = frozenset("“„”«»‹›")
_QUOTED = r'"[^"]*"|(?<![^\s(:,])/(?:\\.|[^/\\\n])+/'
_VALUE = r'(?:"[^"]*"|[^\s()",]+)'
_KEPT = re.compile(_QUOTED)
_CLOSED = re.compile(
    rf"(?<![^\s(,])(?P<kind>{'|'.join(FILTERS)}):(?P<values>{_VALUE}(?:,{_VALUE})*)|{_QUOTED}",
    re.IGNORECASE,
)
_SIGN = re.compile(r"(?<![^\s(,])(?:[^\W\d_]+:)?([-+!\u2010-\u2015\u2212]+)(?=[\w\"$=(/])")
_FUZZY = re.compile(r"(?<=[\w\"*)])~(\d{0,3})(?![^\s(),])")
_JOINT = re.compile(r"&&|\|\|?|(?<!\S)&(?!\S)")
_COLON = re.compile(
    rf"(?<![^\s(,])({'|'.join((*FIELDS, *FILTERS))})\s+:\s*([^\s(),]*)", re.IGNORECASE
)
#: Operators of other languages, where they stand in capitals between two operands.
_FOREIGN = {
    **dict.fromkeys(("UND", "ET", "Y", "E", "VE", "И", "ТА", "І", "Й"), "AND"),
    **dict.fromkeys(("ODER", "OU", "O", "VEYA", "ИЛИ", "АБО", "ЧИ", "LUB"), "OR"),
    **dict.fromkeys(("NICHT", "НЕ"), "AND NOT"),
}
_BETWEEN = re.compile(rf"(?<=[\w\"*)/])\s+({'|'.join(_FOREIGN)})(?=\s+[\w\"$=(/])")
_OPERATOR_BEFORE = re.compile(r"(?:\A|[\s(),])(?:AND|OR|NOT|NEAR(?:/\S*)?)\Z")
_OPERATOR_AFTER = re.compile(r"\s+(?:AND|OR|NEAR)(?![^\s(/])")

_OR_NOT = re.compile(r"(?<!\S)OR\s+(?=NOT(?![^\s(]))")
#: The first word of a name that should stand in quotation marks, and those after it.
_NAME_BEFORE = re.compile(r"(?<![^\s(])((?:source|publisher):)([^\s\"(),]+)\s+\Z", re.IGNORECASE)
_NAME_AFTER = re.compile(r"(?:(?!(?:AND|OR|NOT|NEAR)\b)[\w'-]+(?:[^\S\n]+|(?=[()])|\Z))+")


class Slip(NamedTuple):
    """What stands at an offset and is no part of the watch language."""

    offset: int
    message: str
    hint: str


class Asked(NamedTuple):
    """A filter in the text of a query: `values` as they are written, `offset` where it begins."""

    kind: str
    values: str
    offset: int


def meant(text: str) -> str:
    """Give a query as its author means it, with plain quotation marks; same length.

    Raises `QueryError` where a sign of another search language stands in it.
    """
    plain = plain_quotes(text)
    slip = first_slip(plain)
    if slip:
        raise error_at(plain, slip.offset, slip.message, slip.hint)
    return plain


def error_at(text: str, offset: int, message: str, hint: str) -> QueryError:
    """Make the refusal of a query for what stands at an offset of its text."""
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return QueryError(message, line=line, column=column, hint=hint)


def plain_quotes(text: str) -> str:
    """Give a query with `"` for typographic quotation marks; same length.

    One that is never closed becomes a `"` that is never closed. What stands between two `"`, and
    regular expressions, stay as they are.
    """
    if _TYPOGRAPHIC.isdisjoint(text):
        return text
    signs, at = list(text), 0
    while at < len(text):
        kept = _KEPT.match(text, at)
        if kept:
            at = kept.end()
            continue
        if text[at] in _ENDS:
            signs[at] = '"'
            found = [text.find(end, at + 1) for end in _ENDS[text[at]]]
            end = min((one for one in found if one > 0), default=text.find('"', at + 1))
            if end < 0:
                break
            signs[at + 1 : end] = text[at + 1 : end].replace('"', " ")
            signs[end] = '"'
            at = end
        at += 1
    return "".join(signs)


def masked(text: str) -> str:
    """Give a query with an x for whatever its quotations, expressions and filters hold.

    Same length; the signs at the ends of a quotation or expression stay.
    """
    return _CLOSED.sub(_cover, text)


def _cover(found: re.Match[str]) -> str:
    whole = found[0]
    if found["kind"]:
        return "x" * len(whole)
    return whole[0] + "x" * (len(whole) - 2) + whole[-1]


def filters_in(text: str) -> Iterator[Asked]:
    """Give the filters of a query, in order."""
    for found in _CLOSED.finditer(plain_quotes(text)):
        if found["kind"]:
            yield Asked(found["kind"].lower(), found["values"], found.start())


def first_slip(text: str) -> Slip | None:
    """Give the first sign of another language in a query with plain quotes, or None."""
    return min(_slips(text, masked(text)), default=None)


def needs_quotes(word: str) -> bool:
    """Say whether a text without blanks is read otherwise where no `"` stand around it."""
    if any(map(str.isspace, word)):
        return False
    return plain_quotes(word) != word or first_slip(word) is not None


def alternative_not(text: str) -> int:
    """Give where an OR NOT of the outermost level has its NOT; 0 where there is none."""
    cover = masked(text)
    for found in _OR_NOT.finditer(cover):
        if cover.count("(", 0, found.end()) == cover.count(")", 0, found.end()):
            return found.end()
    return 0


def none_open(before: str) -> bool:
    """Say whether every parenthesis is closed that was opened in the beginning of a query."""
    cover = masked(before)
    return cover.count("(") <= cover.count(")")


def whole_name(text: str, offset: int) -> str:
    """Give the filter to write where a name of several words goes on, bare, at an offset."""
    before, more = _NAME_BEFORE.search(text[:offset]), _NAME_AFTER.match(text, offset)
    if not before or not more:
        return ""
    return f'{before[1]}"{before[2]} {more[0].strip()}"'


def _slips(text: str, cover: str) -> Iterator[Slip]:
    for found in _SIGN.finditer(cover):
        operator = "AND" if found[1][0] == "+" else "AND NOT"
        word = re.match(r"[^\s(),]*", cover[found.end() :])
        what = text[found.end() : found.end() + len(word[0])] if word else ""
        hint = f"write {operator} {what or '(...)'}, or quote a word that begins so"
        yield Slip(found.start(1), f"{found[1]!r} before a word is no operator", hint)
    for found in _FUZZY.finditer(cover):
        near = f"write NEAR/{found[1] or 5} between two words that stand near each other"
        hint = f"{near}, or a beginning with its * for other endings"
        yield Slip(found.start(), f"{found[0]!r} after a word is no operator", hint)
    for found in _JOINT.finditer(cover):
        operator = "AND" if "&" in found[0] else "OR"
        hint = f"write {operator}, or quote the words"
        yield Slip(found.start(), f"{found[0]!r} is no operator", hint)
    for found in _COLON.finditer(cover):
        what = text[found.start(2) : found.end(2)]
        hint = f"write {found[1]}:{what or 'word'}"
        yield Slip(found.start(), "a blank stands before the colon", hint)
    for found in _BETWEEN.finditer(cover):
        before = cover[max(found.start() - 12, 0) : found.start()]
        if _OPERATOR_BEFORE.search(before) or _OPERATOR_AFTER.match(cover, found.end()):
            continue
        hint = f"write {_FOREIGN[found[1]]}, or quote the word"
        yield Slip(found.start(1), f"{found[1]!r} is read as a word here", hint)
