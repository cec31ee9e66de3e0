"""A watch query as a tree: what its parts are, and what can be asked of it without an item.

`grammar` reads it from text, `match` holds it against items.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.core.regex import Regex
from monitor.core.text import fold, tokens
from monitor.errors import QueryError

#: The fields that a query can name. What names none is looked for in the first two.
FIELDS = ("title", "summary", "content", "author", "category", "link", "feed")
#: Where a word without a field is looked for.
DEFAULT_FIELDS = frozenset({"title", "summary"})
#: What a filter can ask of an item; the last two say who publishes it, and so can open a watch.
FILTERS = ("language", "tier", "source", "publisher")
NAMING_FILTERS = frozenset({"source", "publisher"})
#: Longest phrase, in words: longer ones quote a whole text, and are compared in vain.
MAX_PHRASE = 50
#: What can be written without quotation marks: a word that is no operator, field or expression.
_BARE = re.compile(r'(?!(?:and|or|not|near)(?:/|\Z)|[^\W\d_]+:|/)[^\s()"$,]+', re.IGNORECASE)
#: An entry that is nothing but Latin or Cyrillic words, or beginnings of some, as nearly all are:
#: what it is made of needs no closer look. Of so many characters at most, so of `MAX_PHRASE` words.
_LETTER = "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0400-\u0481\u048a-\u04ff]"
_WORDS = rf"{_LETTER}+(?:-{_LETTER}+)*(?:(?<={_LETTER}{_LETTER})\*)?"
_PLAIN = re.compile(f"{_WORDS}(?: {_WORDS})*")
MAX_PLAIN = 2 * MAX_PHRASE - 1
_BARE_VALUE = re.compile(r'[^\s()",]+')


@dataclass(frozen=True, slots=True)
class Part:
    """One folded word of a term. `prefix` lets it end in anything, `exact` takes no inflection."""

    word: str
    prefix: bool = False
    exact: bool = False


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
class Filter:
    """What an item must be: `kind` is one of `FILTERS`, `values` are folded alternatives."""

    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """True where its operand is found in one of some fields."""

    fields: frozenset[str]
    operand: Node


@dataclass(frozen=True, slots=True)
class Near:
    """True where both operands stand in one sentence of one field.

    `words` is how far apart they may be, in words (1: next to each other); None: anywhere in it.
    """

    left: Node
    right: Node
    words: int | None


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


Leaf = Term | Regex | Ref
Node = Leaf | Filter | Within | Near | Not | And | Or


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
    """Read one entry of a concept or query: words in order.

    A `*` ends a beginning, a `=` stands before an exact word. Raises
    `QueryError` where nothing is left to look for.
    """
    if len(entry) <= MAX_PLAIN and _PLAIN.fullmatch(entry):
        words = fold(entry).replace("-", " ").split(" ")
        return Term(entry, tuple(Part(word.rstrip("*"), word.endswith("*")) for word in words))
    folded = fold(_as_items_are(entry))
    parts: list[Part] = []
    end, exact = 0, False
    for token in tokens(folded):
        between = folded[end : token.start]  # the = of =cease-fire is for both of its parts
        exact = between.endswith("=") or (exact and not any(map(str.isspace, between)))
        end = token.end
        parts.append(Part(token.word, prefix=folded.startswith("*", end), exact=exact))
    if not parts:
        raise QueryError(f"{entry!r} holds no word to look for", hint="write letters or digits")
    if len(parts) > MAX_PHRASE:
        raise QueryError(f"a phrase has {len(parts)} words", hint=f"at most {MAX_PHRASE}")
    misplaced = folded.count("*") - sum(part.prefix for part in parts)
    if misplaced or re.search(r"\*[^\W_]", folded):
        raise QueryError(f"{entry!r} has a * that ends no word", hint="write the beginning: truc*")
    if re.search(r"=(?!\w)", folded):
        raise QueryError(f"{entry!r} has a = before no word", hint="write =word, without a blank")
    for part in parts:
        if part.prefix and len(part.word) < 2:
            raise QueryError(
                f"{entry!r} would match nearly everything",
                hint="give * at least two letters before it",
            )
        if part.prefix and part.exact:
            raise QueryError(
                f"{entry!r} is both exact and a beginning",
                hint="= takes the word as it stands, * any ending: use one of them",
            )
    return Term(entry, tuple(parts))


def _as_items_are(entry: str) -> str:
    """Compose letters and drop what shows nothing: rules are pasted from anywhere."""
    if entry.isascii():
        return entry
    composed = unicodedata.normalize("NFC", entry)
    return "".join(char for char in composed if unicodedata.category(char) != "Cf")


def leaves(node: Node, *, positive: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """Give every leaf of a tree that is looked for, and whether finding it speaks for a match."""
    if isinstance(node, Not):
        yield from leaves(node.operand, positive=not positive)
    elif isinstance(node, Within):
        yield from leaves(node.operand, positive=positive)
    elif isinstance(node, (And, Or, Near)):
        for operand in operands(node):
            yield from leaves(operand, positive=positive)
    elif not isinstance(node, Filter):
        yield node, positive


def operands(node: Node) -> tuple[Node, ...]:
    """Give the parts of a tree one level down."""
    if isinstance(node, (And, Or)):
        return node.operands
    if isinstance(node, Near):
        return (node.left, node.right)
    return (node.operand,) if isinstance(node, (Not, Within)) else ()


def could_hold(node: Node, *, wanted: bool, opens: Callable[[Node], bool]) -> bool:
    """Say whether a tree can be true (not `wanted`: false) for an item that has none of its words.

    `opens` says which leaves count as found nevertheless.
    """
    if isinstance(node, Not):
        return could_hold(node.operand, wanted=not wanted, opens=opens)
    if isinstance(node, Filter):
        return not wanted or node.kind not in NAMING_FILTERS
    beneath = operands(node)
    if not beneath:
        return not wanted or opens(node)
    every = wanted is not isinstance(node, Or)
    return (all if every else any)(could_hold(each, wanted=wanted, opens=opens) for each in beneath)


def is_place(node: Node) -> bool:
    """Say whether a tree stands for places in a text, so that something can be near them."""
    if isinstance(node, (And, Not, Filter)):
        return False
    return all(is_place(each) for each in operands(node))


def written(node: Node) -> str:
    """Give a tree as a person would write it: read again, it is the same tree."""
    if isinstance(node, Ref):
        return f"${node.concept}"
    if isinstance(node, Term):
        return node.text if _BARE.fullmatch(node.text) else f'"{node.text}"'
    if isinstance(node, Regex):
        return "/" + node.pattern.replace("/", r"\/") + "/"
    if isinstance(node, Filter):
        values = (v if _BARE_VALUE.fullmatch(v) else f'"{v}"' for v in node.values)
        return f"{node.kind}:{','.join(values)}"
    if isinstance(node, Within):
        text = _grouped(node.operand)
        return f"{'|'.join(sorted(node.fields))}:" + (
            f"({text})" if isinstance(node.operand, Not) else text
        )
    if isinstance(node, Near):
        distance = "S" if node.words is None else node.words
        return f"{_grouped(node.left)} NEAR/{distance} {_grouped(node.right)}"
    if isinstance(node, Not):
        return f"NOT {_grouped(node.operand)}"
    joint = " AND " if isinstance(node, And) else " OR "
    return joint.join(map(_grouped, node.operands))


def _grouped(node: Node) -> str:
    text = written(node)
    return f"({text})" if isinstance(node, (And, Or, Near)) else text
