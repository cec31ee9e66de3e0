"""Trees of queries as plain values, to be kept as JSON, and back."""

from __future__ import annotations

from typing import Any

from monitor.core.query import (
    FIELDS,
    FILTERS,
    And,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Part,
    Ref,
    Term,
    Within,
)
from monitor.core.regex import Regex

#: How a part of a term is asked for: as a beginning, and as this very word.
_PREFIX, _EXACT = 1, 2


def packed(node: Node) -> list[Any]:
    """Give a tree as lists, each with the name of its kind first."""
    if isinstance(node, Ref):
        return ["ref", node.concept]
    if isinstance(node, Term):
        parts = [[one.word, one.prefix * _PREFIX + one.exact * _EXACT] for one in node.parts]
        return ["term", node.text, parts]
    if isinstance(node, Regex):
        return ["regex", node.pattern, node.begins, node.ends]
    if isinstance(node, Filter):
        return ["filter", node.kind, list(node.values)]
    if isinstance(node, Within):
        return ["within", sorted(node.fields), packed(node.operand)]
    if isinstance(node, Near):
        return ["near", packed(node.left), packed(node.right), node.words]
    if isinstance(node, Not):
        return ["not", packed(node.operand)]
    return ["and" if isinstance(node, And) else "or", *map(packed, node.operands)]


def unpacked(value: Any) -> Node:
    """Give the tree of what `packed` gave. Raises `TypeError` or `ValueError` for anything else."""
    kind, *rest = value
    if kind == "ref":
        return Ref(_text(*rest))
    if kind == "term":
        text, parts = rest
        return Term(_text(text), tuple(_part(*one) for one in parts))
    if kind == "regex":
        pattern, begins, ends = rest
        return Regex(_text(pattern), begins is True, ends is True)
    if kind == "filter":
        name, values = rest
        if name not in FILTERS:
            raise ValueError("no filter")
        return Filter(name, tuple(map(_text, values)))
    if kind == "within":
        fields, operand = rest
        return Within(_fields(fields), unpacked(operand))
    if kind == "near":
        left, right, words = rest
        if words is not None and type(words) is not int:
            raise TypeError("no distance")
        return Near(unpacked(left), unpacked(right), words)
    if kind == "not":
        (operand,) = rest
        return Not(unpacked(operand))
    if kind not in {"and", "or"}:
        raise ValueError("no tree")
    operands = tuple(map(unpacked, rest))
    return And(operands) if kind == "and" else Or(operands)


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError("no text")
    return value


def _part(word: object, how: int) -> Part:
    return Part(_text(word), prefix=bool(how & _PREFIX), exact=bool(how & _EXACT))


def _fields(values: object) -> frozenset[str]:
    if not isinstance(values, list) or not set(values) <= set(FIELDS):
        raise ValueError("no fields")
    return frozenset(values)
