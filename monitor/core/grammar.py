r"""The watch language, from text to a tree.

- `$truce`: a concept, in every language it has words for
- `ceasefire`: a word and its inflections; `=ceasefire`: this very word; `cease*`: a beginning
- `"prisoner swap"`: words that stand together, in this order
- `/POWs?\b/`: a regular expression (RE2), ignoring case
- `A NEAR/5 B`: within five words of each other, in one sentence; `A NEAR/S B`: in one sentence
- `title:A`: in one field; `language:uk,ru`, `publisher:bbc`, `source:"BBC World"`, `tier:1-2`
- `AND OR NOT ( )`: NEAR binds closest, then NOT, AND, OR; operators are written in capitals
- a list, `truce, ceasefire, "prisoner swap"`: any of them
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, NoReturn

from lark import (
    Lark,
    Token,
    Transformer,
    Tree,
    UnexpectedCharacters,
    UnexpectedEOF,
    UnexpectedInput,
)
from lark.exceptions import VisitError

from monitor.core.common_words import COMMON_WORDS
from monitor.core.query import (
    DEFAULT_FIELDS,
    FIELDS,
    FILTERS,
    And,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Query,
    Ref,
    Term,
    Within,
    could_hold,
    is_place,
    operands,
    parse_term,
)
from monitor.core.regex import parse_regex
from monitor.core.slips import (
    alternative_not,
    error_at,
    meant,
    needs_quotes,
    none_open,
    plain_quotes,
    whole_name,
)
from monitor.core.text import fold
from monitor.errors import QueryError

_GRAMMAR = r"""
?start: either | listing
?either: both ("OR" both)*
?both: each ("AND" each)*
?each: "NOT" each -> negated
     | near
?near: unit (NEAR unit)*
?unit: leaf
     | FILTER -> filter
     | FIELD unit -> within
     | "(" either ")"
     | "(" listing ")"
listing: leaf (","? leaf)+
?leaf: CONCEPT -> concept
     | PHRASE -> phrase
     | REGEX -> regex
     | WORD -> word
NEAR: /NEAR(?:\/[^\s()"]*)?(?![^\s()"])/
FILTER.2: /(?:language|tier|source|publisher):(?:"[^"]*"|[^\s()",]+)(?:,(?:"[^"]*"|[^\s()",]+))*/i
FIELD: /[^\W\d_]+:/
CONCEPT: /\$[^\s()"$*,:]*/
PHRASE: /"[^"]*"/
REGEX: /\/(?:[^\/\\\n]|\\.)+\//
WORD: /(?!(?:AND|OR|NOT|NEAR)(?![^\s()"$])|[^\W\d_]+:|\/|NEAR\/)[^\s()"$,]+/
%ignore /\s+/
"""

#: Longest query, in characters: a bound for the parser, far above what a person writes.
MAX_QUERY = 20_000
#: Deepest nesting of a query.
MAX_NESTING = 100
#: Widest NEAR, in words: beyond it lies another sentence.
MAX_NEAR = 50
_TIERS = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")
_OPERATORS = ("AND", "OR", "NOT", "NEAR")
_SHOWN = {
    "AND": "AND", "OR": "OR", "NOT": "NOT", "LPAR": "(", "RPAR": ")", "NEAR": "NEAR/5",
    "CONCEPT": "a $concept", "PHRASE": 'a "phrase"', "WORD": "a word", "REGEX": "an /expression/",
    "FIELD": "a field such as title:", "FILTER": "a filter such as language:uk", "COMMA": "a comma",
    "$END": "the end",
}  # fmt: skip


def parse_query(text: str, concepts: Collection[str], *, match_all: bool = False) -> Query:
    """Read a query. `concepts` are the ids it may name.

    One that would take nearly every item is refused unless `match_all`. Raises `QueryError` with
    line and column within `text`, what was expected, the nearest name.
    """
    read = read_query(meant(text) if len(text) <= MAX_QUERY else text, concepts)
    query = Query(text, read.root)
    if not match_all:
        _ask_for_words(query)
    return query


def parse_concept_query(text: str, concepts: Collection[str]) -> Query:
    """Read what finds a concept: a query without filters. Raises `QueryError`."""
    query = parse_query(text, concepts)
    if any(isinstance(node, Filter) for node in _every(query.root)):
        raise QueryError(
            "a concept cannot ask who published an item or in which language",
            hint="put the filter into the query of the watch",
        )
    return query


def read_query(text: str, concepts: Collection[str]) -> Query:
    """Read a query to the letter, without `meant`, however much it would take."""
    if len(text) > MAX_QUERY:
        raise QueryError(f"the query has {len(text)} characters", hint=f"at most {MAX_QUERY}")
    if not text.strip():
        raise QueryError("the query is empty", hint="name a concept such as $truce, or a word")
    try:
        tree = _parser().parse(text)
        if _depth(tree) > MAX_NESTING:
            raise QueryError("the query nests too deeply", hint="split it into concepts")
        return Query(text, _Build(concepts).transform(tree))
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise


def _ask_for_words(query: Query) -> None:
    """Refuse a query that asks for nothing in particular."""
    root = query.root
    if could_hold(root, wanted=True, opens=lambda _: False):
        every = "where every item is meant, say `match_all: true`"
        if not any(isinstance(node, Not) for node in _every(root)):
            said = "the query takes every item that passes its filters"
            raise QueryError(said, hint=f"write AND and what to look for; {every}")
        said = "the query is true for every item that has none of its words"
        hint = f"begin with what to look for, then AND NOT what to leave out; {every}"
        raise error_at(query.text, alternative_not(plain_quotes(query.text)), said, hint)
    if could_hold(root, wanted=True, opens=_is_common):
        raise QueryError(
            "the query is true for any item with one of the commonest words",
            hint="add a word that says what it is about; where every item is meant, say"
            " `match_all: true`",
        )


def _is_common(leaf: Node) -> bool:
    return isinstance(leaf, Term) and all(
        part.word in COMMON_WORDS and not part.prefix for part in leaf.parts
    )


def _every(node: Node) -> Iterator[Node]:
    yield node
    for each in operands(node):
        yield from _every(each)


def _depth(tree: Tree[Token]) -> int:
    """Give how deep a tree is, without recursion: it may be as deep as the query is long.

    A row of NEARs becomes as deep as it is long.
    """
    deepest, left = 0, [(tree, 0)]
    while left:
        each, above = left.pop()
        depth = above + (len(each.children) // 2 if each.data == "near" else 1)
        deepest = max(deepest, depth)
        left += [(child, depth) for child in each.children if isinstance(child, Tree)]
    return deepest


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


class _Build(Transformer[Token, Any]):
    """Turns lark's tree into ours, checking names on the way."""

    def __init__(self, concepts: Collection[str]) -> None:
        super().__init__()
        self._concepts = concepts

    def either(self, operands: list[Node]) -> Node:
        return Or(tuple(operands))

    def listing(self, operands: list[Node]) -> Node:
        return Or(tuple(operands))

    def both(self, operands: list[Node]) -> Node:
        return And(tuple(operands))

    def negated(self, operands: list[Node]) -> Node:
        return Not(operands[0])

    def near(self, row: list[Any]) -> Node:
        node: Node = row[0]
        for token, right in zip(row[1::2], row[2::2], strict=True):
            for side in (node, right):
                if not is_place(side):
                    said = "NEAR joins words, phrases, concepts, and groups of them with OR"
                    _refuse(token, said, "join the rest with AND, outside")
            if _fields(node).isdisjoint(_fields(right)):
                said = "NEAR joins what stands in different fields, which is never near"
                _refuse(token, said, "put the field before both: content:(a NEAR/5 b)")
            node = Near(node, right, _distance(token))
        return node

    def within(self, row: list[Any]) -> Node:
        token, operand = row
        name = str(token)[:-1].lower()
        if name in FIELDS:
            return Within(frozenset({name}), operand)
        if name in FILTERS:
            _refuse(token, f"{name}: wants its value at once", f"write {name}:value, no blank")
        known = (*FIELDS, *FILTERS)
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}:?" if near else f"there are {', '.join(known)}"
        return _refuse(token, f"there is no field {token}", f"{hint}; quote a word with a colon")

    def filter(self, row: list[Token]) -> Node:
        kind, _, rest = unicodedata.normalize("NFC", row[0]).partition(":")
        kind = kind.lower()
        values = tuple(fold(value.strip(' "')) for value in _values(rest))
        if not all(values):
            _refuse(row[0], f"{kind}: has an empty value", f"write {kind}:value")
        if kind == "tier":
            values = _tiers(row[0], values)
        if kind == "language":
            values = tuple(value.replace("_", "-").partition("-")[0] for value in values)
            for value in values:
                if not (value.isalpha() and 2 <= len(value) <= 3):
                    _refuse(row[0], f"{value!r} is no language", "two letters such as en, uk, tr")
        return Filter(kind, values)

    def concept(self, leaf: list[Token]) -> Node:
        name = str(leaf[0])[1:]
        if name in self._concepts:
            return Ref(name)
        near = difflib.get_close_matches(name, self._concepts, n=1)
        hint = f"did you mean ${near[0]}?" if near else "`concepts:` in the watch can define it"
        return _refuse(leaf[0], f"there is no concept ${name}", hint)

    def phrase(self, leaf: list[Token]) -> Node:
        text = str(leaf[0])[1:-1]
        # written again, it has to stand in quotation marks: with a blank in it, it does
        return self._term(leaf[0], f" {text}" if needs_quotes(text) else text)

    def word(self, leaf: list[Token]) -> Node:
        text = str(leaf[0])
        if text.lower() in {"and", "or", "not", "near"} or text.lower().startswith("near/"):
            _refuse(
                leaf[0], f"{text!r} is read as a word here",
                f"write {text.upper()} in capitals, or quote the word",
            )  # fmt: skip
        return self._term(leaf[0], text)

    def regex(self, leaf: list[Token]) -> Node:
        try:
            return parse_regex(str(leaf[0])[1:-1].replace(r"\/", "/"))
        except QueryError as error:
            return _refuse(leaf[0], error.message, error.hint)

    @staticmethod
    def _term(token: Token, text: str) -> Node:
        try:
            return parse_term(text)
        except QueryError as error:
            return _refuse(token, error.message, error.hint)


def _refuse(token: Token, message: str, hint: str) -> NoReturn:
    raise QueryError(message, line=token.line or 1, column=token.column or 1, hint=hint)


def _fields(node: Node) -> frozenset[str]:
    """Give the fields in which a tree that names none, or some, is looked for."""
    if isinstance(node, Within):
        return node.fields
    return frozenset().union(*map(_fields, operands(node))) or DEFAULT_FIELDS


def _distance(token: Token) -> int | None:
    said = str(token).partition("/")[2]
    if said.upper() == "S":
        return None
    if said.isascii() and said.isdigit() and said.strip("0"):
        if len(said.lstrip("0")) > 3 or int(said) > MAX_NEAR:
            hint = f"at most NEAR/{MAX_NEAR}, or NEAR/S for one sentence"
            _refuse(token, f"{str(token)!r} is too far: another sentence lies there", hint)
        return int(said)
    hint = f"write NEAR/5 (1 to {MAX_NEAR} words), or NEAR/S for one sentence"
    return _refuse(token, f"{str(token)!r} does not say how near", hint)


def _values(rest: str) -> Iterator[str]:
    """Give the values of a filter: a comma between quotation marks separates nothing."""
    value, quoted = "", False
    for char in rest:
        quoted ^= char == '"'
        if char == "," and not quoted:
            yield value
            value = ""
        else:
            value += char
    yield value


def _tiers(token: Token, values: tuple[str, ...]) -> tuple[str, ...]:
    tiers: set[int] = set()
    for value in values:
        said = _TIERS.fullmatch(value)
        first, last = (int(said[1]), int(said[2] or said[1])) if said else (1, 0)
        if first > last:
            _refuse(token, f"{value!r} is no tier", "write tier:1, tier:1,2 or tier:1-2")
        tiers.update(range(first, last + 1))
    return tuple(map(str, sorted(tiers)))


def _unexpected(text: str, error: UnexpectedInput) -> QueryError:
    """Say in plain words what lark stumbled over."""
    if isinstance(error, UnexpectedEOF) or getattr(error, "token", None) == "":
        last = text.rstrip().splitlines() or [""]
        return QueryError(
            "the query ends too early", line=len(last), column=len(last[-1]) + 1,
            hint="a closing parenthesis or an operand is missing",
        )  # fmt: skip
    line, column = max(error.line, 1), max(error.column, 1)
    if isinstance(error, UnexpectedCharacters):
        stands = getattr(error, "pos_in_stream", None) or 0
        hint = _CLOSE.get(text[stands : stands + 1], "")
        return QueryError("this cannot be read here", line=line, column=column, hint=hint)
    found = str(getattr(error, "token", ""))
    accepted = set(getattr(error, "accepts", None) or ())
    said, hint = f"{found!r} is not expected here", ""
    before = re.search(r"(?<!\S)(?:and|or|not)\s+\Z", text[: error.pos_in_stream], re.IGNORECASE)
    if before and not before[0].strip().isupper():
        found = before[0].strip()  # a word stands where an operator was meant
        line = text.count("\n", 0, before.start()) + 1
        column = before.start() - text.rfind("\n", 0, before.start())
    if found.lower() in {"and", "or", "not", "near"} and not found.isupper():
        said = f"{found!r} is read as a word here"
        hint = f"write {found.upper()} in capitals, or quote the word"
    elif found == "NOT":
        hint = "write AND NOT"
    elif found.partition("/")[0] in _OPERATORS and "COMMA" in accepted and "OR" not in accepted:
        said = f"a list of words stands before {found}"
        hint = f"put AND or OR between its words, or group it: (a, b) {found} c"
    elif found == ")" and none_open(text[: error.pos_in_stream]):
        hint = "no parenthesis is open"
    elif found not in {")", ","} and "OR" in accepted:
        name = whole_name(text, len(text[: error.pos_in_stream]))
        hint = f"quote the name: {name}" if name else "put AND or OR between"
    else:
        hint = "expected " + ", ".join(sorted(_SHOWN.get(name, name) for name in accepted))
    return QueryError(said, line=line, column=column, hint=hint)


#: What opens something that has no end, and how it is closed.
_CLOSE = {
    '"': 'close the quotation with "',
    "/": "close the expression with /, or quote a word that begins with a slash",
    "$": "a name follows the $: $truce",
}
