"""Words that `try`, `explain` and `check` share: what was found in an item, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.match import Index, Scan
    from monitor.core.model import Span
    from monitor.core.query import Node, Or
    from monitor.core.rules import RuleBook

#: Alternatives shown of which one would be enough.
ALTERNATIVES = 6


def found_words(spans: Iterable[Span], title: str, summary: str) -> tuple[str, ...]:
    """Give what spans stand for with the words that prove it: `$truce: Waffenruhe, truce`."""
    words: dict[str, dict[str, None]] = {}
    for span in spans:
        text = title if span.field == "title" else summary
        words.setdefault(span.term, {})[text[span.start : span.end]] = None
    return tuple(f"{term}: {', '.join(found)}" for term, found in words.items())


def why_not(book: RuleBook, index: Index, watch: str, scan: Scan) -> str:
    """Say what keeps a watch from taking what was scanned: what its query asks for, or excludes."""
    from monitor.core.match import read_query

    rules = book.watch(watch)
    if rules is None or not index.lacking(watch, scan):
        return "its query does not hold"
    found = frozenset(index.words_of(scan))
    reasons = dict.fromkeys(_failing(read_query(rules, book.concepts).root, found))
    return "; ".join(reasons) or f"lacks {', '.join(index.lacking(watch, scan))}"


def _failing(node: Node, found: frozenset[str]) -> Iterator[str]:
    """Give the reasons why a tree is not true: one for each part that would have to change."""
    from monitor.core.query import And, Not, Or, holds, leaves

    if holds(node, lambda leaf: _name(leaf) in found):
        return
    if isinstance(node, And):
        for operand in node.operands:
            yield from _failing(operand, found)
    elif isinstance(node, Or):
        yield from _none_of(node, found)
    elif isinstance(node, Not):
        there = [_name(leaf) for leaf, wanted in leaves(node.operand) if wanted]
        excluded = ", ".join(dict.fromkeys(name for name in there if name in found))
        yield f"has {excluded}, which it excludes" if excluded else "has what it excludes"
    else:
        yield f"lacks {_name(node)}"


def _none_of(node: Or, found: frozenset[str]) -> Iterator[str]:
    """Give what would be enough for alternatives of which none is true."""
    names = list(dict.fromkeys(_name(one) for one in node.operands if _name(one)))
    joined = [one for one in node.operands if not _name(one)]
    if not names:  # the one that is nearest to being true
        nearest = min((list(_failing(one, found)) for one in joined), key=len)
        yield f"{'; '.join(nearest)} (the nearest of {len(joined)} alternatives)"
        return
    shown = ("any of " if len(names) > 1 else "") + ", ".join(names[:ALTERNATIVES])
    more = f" or {len(names) - ALTERNATIVES} more" if len(names) > ALTERNATIVES else ""
    others = f", or one of {len(joined)} combinations" if joined else ""
    yield f"lacks {shown}{more}{others}"


def _name(leaf: Node) -> str:
    """Give a leaf as a scan names it; nothing for any other part of a query."""
    from monitor.core.query import Ref, Term

    if isinstance(leaf, Ref):
        return f"${leaf.concept}"
    return leaf.text if isinstance(leaf, Term) else ""
