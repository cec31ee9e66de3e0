"""Why a text is a hit of a watch, or none: what was found, what is missing, what is excluded.

And by which of its words a claim was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.core.claim_reader import ACT, MARK
from monitor.core.claims import Claim
from monitor.core.decide import field_text
from monitor.core.deeds import Modality
from monitor.core.match import Index, Scan
from monitor.core.model import Document, Span
from monitor.core.query import (
    And,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Ref,
    Within,
    leaves,
    operands,
    written,
)
from monitor.core.rules import RuleBook

#: Alternatives shown of which one would be enough.
ALTERNATIVES = 6
#: Two places of one sentence that are further apart than this, in words, are just far apart.
FARTHEST = 200
#: Longest part of a query that is shown as it is written, in characters.
WRITTEN = 90


#: What speaks for how a claim is said, where its sentence has it.
_SAID_BY = {
    Modality.DENIED: ("not",),
    Modality.HEDGED: ("hedge", "if", "not"),
    Modality.PLANNED: ("plan", "to"),
    Modality.HISTORICAL: ("past",),
}
_WORD = re.compile(r"\w+(?:[-'\u2019]\w+)*")


def found_words(spans: Iterable[Span], document: Document) -> tuple[str, ...]:
    """Give what spans stand for with the words that prove it: `$truce: Waffenruhe, truce`."""
    words: dict[str, dict[str, None]] = {}
    for span in spans:
        text = field_text(document, span.field)[span.start : span.end]
        words.setdefault(shown(span.term), {})[text] = None
    return tuple(f"{term}: {', '.join(found)}" for term, found in words.items())


def claim_words(index: Index, book: RuleBook, scan: Scan, claim: Claim) -> tuple[str, ...]:
    """Give the words that prove a claim: its act, then what says how it is told (`not`, `could`).

    Where a number or a denial beside the topic makes the claim, the topic stands for the act.
    """
    text = field_text(scan.document, claim.field)
    acts = [
        text[span.start : span.end]
        for span in _named(index, book, claim.watch, scan, ACT)
        if (span.field, span.start) == (claim.field, claim.at)
    ]
    word = _WORD.match(text, claim.at)
    found = [max(acts, key=len) if acts else word[0] if word else ""]
    for mark in _SAID_BY.get(claim.modality, ()):
        found += [
            text[span.start : span.end]
            for span in _named(index, book, claim.watch, scan, MARK + mark)
            if span.field == claim.field and claim.start <= span.start < claim.end
        ]
    return tuple(dict.fromkeys(filter(None, found)))


def _named(index: Index, book: RuleBook, watch: str, scan: Scan, beginning: str) -> Iterator[Span]:
    """Give the spans of a shared concept, or of all whose names begin so where it ends in `-`."""
    for name in book.concepts:
        if name == beginning or (beginning == ACT and name.startswith(ACT)):
            yield from index.where(watch, Ref(name), scan)


def shown(text: str) -> str:
    """Give a part of a query as it is written, cut where it is long."""
    return text if len(text) <= WRITTEN else text[: WRITTEN - 3].rstrip() + "..."


def why_not(index: Index, watch: str, scan: Scan) -> str:
    """Say what keeps a watch from taking what was scanned: what its query asks for, or excludes."""
    reasons = dict.fromkeys(_failing(index, watch, pushed(index.query_of(watch)), scan))
    return "; ".join(reasons) or "its query does not hold"


def pushed(node: Node, fields: frozenset[str] | None = None) -> Node:
    """Give a tree that means the same, its fields named at each leaf: `title:a AND title:b`."""
    if isinstance(node, Within):
        return pushed(node.operand, node.fields)
    if isinstance(node, (And, Or)):
        return type(node)(tuple(pushed(each, fields) for each in node.operands))
    if isinstance(node, Not):
        return Not(pushed(node.operand, fields))
    if isinstance(node, Near):
        return Near(pushed(node.left, fields), pushed(node.right, fields), node.words)
    return Within(fields, node) if fields and not isinstance(node, Filter) else node


def parts(node: Node) -> tuple[Node, ...]:
    """Give the parts of a pushed tree one level down; a leaf in a field has none."""
    return () if isinstance(node, Within) else operands(node)


def apart(index: Index, watch: str, node: Near, scan: Scan) -> int | None:
    """Give how many words apart the two sides of a NEAR stand; None: never in one sentence.

    1 is next to each other. Asked of the index itself, so that it counts as matching does.
    """

    def within(words: int | None) -> bool:
        return index.holds(watch, Near(node.left, node.right, words), scan)

    if not within(None):
        return None
    low, high = 0, FARTHEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) else (middle, high)
    return high


def too_far(index: Index, watch: str, node: Near, scan: Scan) -> str:
    """Say how far apart the two sides of a NEAR stand, both of which are there."""
    both = f"has both sides of {shown(written(node))}, but"
    distance = apart(index, watch, node, scan)
    if distance is not None:
        far = f"{distance} words apart" if distance < FARTHEST else "far apart"
        return f"{both} {far}"
    left, right = (
        {span.field for span in index.where(watch, side, scan)} for side in (node.left, node.right)
    )
    return f"{both} in different {'sentences' if left & right else 'fields'}"


def excluded(index: Index, watch: str, node: Not, scan: Scan) -> tuple[Node, ...]:
    """Give what is there of what a query excludes, as far as it speaks for the exclusion."""
    there = [
        leaf for leaf, wanted in leaves(node.operand) if wanted and index.holds(watch, leaf, scan)
    ]
    return tuple(dict.fromkeys(there))


def _failing(index: Index, watch: str, node: Node, scan: Scan) -> Iterator[str]:
    """Give the reasons why a tree is not true: one for each part that would have to change."""
    if index.holds(watch, node, scan):
        return
    if isinstance(node, And):
        for operand in node.operands:
            yield from _failing(index, watch, operand, scan)
    elif isinstance(node, Or):
        yield _none_of(index, watch, node, scan)
    elif isinstance(node, Not):
        there = ", ".join(written(leaf) for leaf in excluded(index, watch, node, scan))
        yield f"has {there}, which it excludes" if there else "has what it excludes"
    elif isinstance(node, Near):
        lacking = [*_failing(index, watch, node.left, scan)]
        lacking += _failing(index, watch, node.right, scan)
        yield from lacking or [too_far(index, watch, node, scan)]
    elif isinstance(node, Filter):
        yield f"is not {written(node)}"
    else:
        yield f"lacks {written(node)}"


def _none_of(index: Index, watch: str, node: Or, scan: Scan) -> str:
    """Give what would be enough for alternatives of which none is true."""
    names = list(dict.fromkeys(written(one) for one in node.operands if not parts(one)))
    joined = [one for one in node.operands if parts(one)]
    if not names:  # the one that is nearest to being true
        nearest = min((list(_failing(index, watch, one, scan)) for one in joined), key=len)
        return f"{'; '.join(nearest)} (the nearest of {len(joined)} alternatives)"
    listed = ("any of " if len(names) > 1 else "") + ", ".join(names[:ALTERNATIVES])
    more = f" or {len(names) - ALTERNATIVES} more" if len(names) > ALTERNATIVES else ""
    others = f", or one of {len(joined)} combinations" if joined else ""
    return f"lacks {listed}{more}{others}"
