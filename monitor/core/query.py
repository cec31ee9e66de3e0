"""The watch language: a text such as `$truce AND ($ukraine OR $russia) AND NOT $gaza`.

- `$truce`: a concept, in every language it has words for
- `ceasefire`: one word, whole
- `cease*`: every word that begins so
- `"prisoner swap"`: words that stand together, in this order; each may end in `*`
- `AND OR NOT ( )`: NOT binds closer than AND, AND closer than OR; written in capitals
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

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

from monitor.core.text import fold, tokens
from monitor.errors import QueryError

_GRAMMAR = r"""
?start: either
?either: both ("OR" both)*
?both: each ("AND" each)*
?each: "NOT" each -> negated
     | CONCEPT    -> concept
     | PHRASE     -> phrase
     | WORD       -> word
     | "(" either ")"
CONCEPT: /\$[^\s()"$*]*/
PHRASE: /"[^"]*"/
WORD: /(?!(?:AND|OR|NOT)(?![^\s()"$]))[^\s()"$]+/
%ignore /\s+/
"""

#: Longest query, in characters: a bound for the parser, far above what a person writes.
MAX_QUERY = 20_000
#: Deepest nesting of a query.
MAX_NESTING = 100
_SHOWN = {
    "AND": "AND", "OR": "OR", "NOT": "NOT", "LPAR": "(", "RPAR": ")",
    "CONCEPT": "a $concept", "PHRASE": 'a "phrase"', "WORD": "a word", "$END": "the end",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a term, folded; `prefix` lets it end in anything."""

    word: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase: parts that stand together in this order. `text` is as it was written."""

    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """A concept by its id."""

    concept: str


@dataclass(frozen=True, slots=True)
class Not:
    """True where its operand is not found."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And:
    """True where every operand is."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where any operand is."""

    operands: tuple[Node, ...]


Node = Term | Ref | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read. `root` is its tree, `text` what the person wrote."""

    text: str
    root: Node

    @property
    def concepts(self) -> frozenset[str]:
        """The ids of all concepts that it names."""
        return frozenset(leaf.concept for leaf, _ in leaves(self.root) if isinstance(leaf, Ref))


def parse_term(entry: str) -> Term:
    """Read one entry of a concept or query: words in order, the last of each may end in `*`.

    Raises `QueryError` where nothing is left to look for.
    """
    folded = fold(unicodedata.normalize("NFC", entry))  # as items are: files may hold e + accent
    cut = tokens(folded)
    parts = [Part(token.word, prefix=folded.startswith("*", token.end)) for token in cut]
    misplaced = folded.count("*") - sum(part.prefix for part in parts)
    if parts and (misplaced or re.search(r"\*[^\W_]", folded)):
        raise QueryError(f"{entry!r} has a * that ends no word", hint="write the beginning: truc*")
    if not parts:
        raise QueryError(f"{entry!r} holds no word to look for", hint="write letters or digits")
    for part in parts:
        if part.prefix and len(part.word) < 2:
            raise QueryError(
                f"{entry!r} would match nearly everything",
                hint="give * at least two letters before it",
            )
    return Term(entry, tuple(parts))


def leaves(node: Node, *, positive: bool = True) -> Iterator[tuple[Term | Ref, bool]]:
    """Give every term and concept of a tree, and whether finding it speaks for a match."""
    if isinstance(node, Not):
        yield from leaves(node.operand, positive=not positive)
    elif isinstance(node, (And, Or)):
        for operand in node.operands:
            yield from leaves(operand, positive=positive)
    else:
        yield node, positive


def holds(node: Node, found: Callable[[Term | Ref], bool]) -> bool:
    """Say whether a tree is true, given what was found."""
    if isinstance(node, Not):
        return not holds(node.operand, found)
    if isinstance(node, And):
        return all(holds(operand, found) for operand in node.operands)
    if isinstance(node, Or):
        return any(holds(operand, found) for operand in node.operands)
    return found(node)


def parse_query(text: str, concepts: Collection[str]) -> Query:
    """Read a query. `concepts` are the ids it may name.

    Raises `QueryError` with line and column within `text`, what was expected, the nearest name.
    """
    if len(text) > MAX_QUERY:
        raise QueryError(f"the query has {len(text)} characters", hint=f"at most {MAX_QUERY}")
    if not text.strip():
        raise QueryError("the query is empty", hint="name a concept such as $truce, or a word")
    try:
        tree = _parser().parse(text)
        if _depth(tree) > MAX_NESTING:
            raise QueryError("the query nests too deeply", hint="split it into concepts")
        root: Node = _Build(concepts).transform(tree)
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise
    if holds(root, lambda _: False):
        raise QueryError(
            "the query is true for every item that has none of its words",
            hint="begin with what to look for, then AND NOT what to leave out",
        )
    return Query(text, root)


def _depth(tree: Tree[Token]) -> int:
    """Give how deep a tree is, without recursion: it may be as deep as the query is long."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for each in level for child in each.children if isinstance(child, Tree)]
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

    def both(self, operands: list[Node]) -> Node:
        return And(tuple(operands))

    def negated(self, operands: list[Node]) -> Node:
        return Not(operands[0])

    def concept(self, leaf: list[Token]) -> Node:
        name = str(leaf[0])[1:]
        if name in self._concepts:
            return Ref(name)
        near = difflib.get_close_matches(name, self._concepts, n=1)
        hint = f"did you mean ${near[0]}?" if near else "`concepts:` in the watch can define it"
        raise self._located(leaf[0], QueryError(f"there is no concept ${name}", hint=hint))

    def phrase(self, leaf: list[Token]) -> Node:
        return self._term(leaf[0], str(leaf[0])[1:-1])

    def word(self, leaf: list[Token]) -> Node:
        return self._term(leaf[0], str(leaf[0]))

    def _term(self, token: Token, text: str) -> Node:
        if text.strip().lower() in {"and", "or", "not"} and not str(token).startswith('"'):
            hint = f"write {text.upper()} in capitals, or quote the word"
            raise self._located(token, QueryError(f"{text!r} is read as a word here", hint=hint))
        try:
            return parse_term(text)
        except QueryError as error:
            raise self._located(token, error) from None

    @staticmethod
    def _located(token: Token, error: QueryError) -> QueryError:
        return QueryError(
            error.message, line=token.line or 1, column=token.column or 1, hint=error.hint
        )


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
        hint = 'close the quotation with "' if text[stands : stands + 1] == '"' else ""
        return QueryError("this cannot be read here", line=line, column=column, hint=hint)
    found = str(getattr(error, "token", ""))
    expected = sorted(_SHOWN.get(name, name) for name in getattr(error, "accepts", None) or ())
    if found in {"and", "or", "not"}:
        hint = f"write {found.upper()} in capitals, or quote the word"
        return QueryError(f"{found!r} is read as a word here", line=line, column=column, hint=hint)
    between = found and found not in {")", "AND", "OR"} and "OR" in expected
    hint = "put AND or OR between" if between else "expected " + ", ".join(expected)
    return QueryError(f"{found!r} is not expected here", line=line, column=column, hint=hint)
