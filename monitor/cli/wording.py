"""What `try` and `explain` print alike: the language, what was found, claims, a query by parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from monitor.core.claims import Claim
    from monitor.core.match import Index, Scan
    from monitor.core.model import Document, Span
    from monitor.core.query import Node
    from monitor.core.rules import Watch
    from monitor.ports import ClaimRow

T = TypeVar("T", "Claim", "ClaimRow")

#: Characters of a summary that are looked at, behind the title, to tell a language: as at a feed.
LOOKED_AT = 200
#: Parts without a find that are listed on one line of a query that is shown part by part.
LISTED = 12


def text_for_language(title: str, summary: str) -> str:
    """Give the text by which the language of an item is told."""
    return f"{title}\n{summary[:LOOKED_AT]}"


def how_told(index: Index, document: Document, tag: str) -> str:
    """Say what the language of an item is and how that was told; `tag` is what its feed says."""
    from monitor.notify.wording import language_name

    language = document.language
    if not language:
        return "language not known: words of every language count as they are written"
    name = language_name(language) or language
    base = tag.lower().replace("_", "-").partition("-")[0]
    if base and base == language:
        return f"{name}, as its feed says"
    told = index.language_of(tag, text_for_language(document.title, document.summary))
    if told != language:
        return f"{name}, as the item itself says"
    but = f" (its feed says {language_name(tag) or tag})" if base else ""
    return f"{name}, told by its letters and words{but}"


def all_found(index: Index, watches: Iterable[Watch], scan: Scan) -> tuple[Span, ...]:
    """Give the spans of all that watches name, in every field that one of them reads."""
    from monitor.app.why import pushed
    from monitor.core.query import DEFAULT_FIELDS, FIELDS, Within, written

    spans = dict.fromkeys(index.spans(scan))
    for watch in watches:
        for part in _leaves(pushed(index.query_of(watch.id))):
            if isinstance(part, Within) and part.fields - DEFAULT_FIELDS:
                name = written(part.operand)
                for span in index.where(watch.id, part, scan):
                    spans[span._replace(term=name)] = None
    return tuple(sorted(spans, key=lambda one: (FIELDS.index(one.field), one.start, one.end)))


def found_lines(spans: Sequence[Span], document: Document) -> Iterator[str]:
    """Give a line for each idea that was found: `$truce: “ceasefire” in the title`."""
    from monitor.app.why import shown
    from monitor.core.decide import field_text

    places: dict[str, dict[str, dict[str, None]]] = {}
    for span in spans:
        text = " ".join(field_text(document, span.field)[span.start : span.end].split())
        places.setdefault(span.term, {}).setdefault(span.field, {})[f"\u201c{text}\u201d"] = None
    for term, fields in places.items():
        said = "; ".join(f"{', '.join(texts)} in the {field}" for field, texts in fields.items())
        yield f"{shown(term)}: {said}"


def deciding(claims: Sequence[tuple[T, str]], state: str) -> T | None:
    """Give the claim that decided: the one that bears on a fact, else the best one of that state.

    `claims` are those of one text about one watch, best first, each with its bearing ("" for none).
    """
    bearing = [claim for claim, bears in claims if bears]
    same = [claim for claim, _ in claims if state and claim.state == state]
    return next(iter(bearing or same), None)


def claim_text(claim: Claim | ClaimRow) -> str:
    """Give a claim in words: `truce rejected: act reject, asserted, of russia; russia says so`."""
    said = f"{claim.tracker} {claim.state or '-'}: act {claim.act}, {claim.modality}"
    scope = dict(claim.scope)
    party = scope.pop("party", "") or claim.party
    said += "".join(f", {name} {value}" for name, value in scope.items() if value)
    said += f", of {party}" if party else ""
    said += f", {claim.count} counted" if claim.count else ""
    said += f", on {claim.day}" if claim.day else ""
    return f"{said}; {claim.claimant} says so" if claim.claimant else said


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query held against an item: how deep it stands, whether it is true, its words."""

    depth: int
    holds: bool
    text: str
    found: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give the line for people."""
        words = f": {', '.join(self.found)}" if self.found else ""
        return f"{'  ' * self.depth}{'yes' if self.holds else 'no '} {self.text}{words}"


def query_parts(index: Index, watch: str, scan: Scan) -> tuple[Part, ...]:
    """Give the query of a watch part by part, each with yes or no."""
    from monitor.app.why import pushed

    return tuple(_parts(index, watch, pushed(index.query_of(watch)), scan, 0))


def _parts(index: Index, watch: str, node: Node, scan: Scan, depth: int) -> Iterator[Part]:
    from monitor.app.why import parts, shown, too_far
    from monitor.core.query import And, Near, Not, written

    holds = index.holds(watch, node, scan)
    beneath = parts(node)
    if not beneath:
        yield Part(depth, holds, written(node), _words(index, watch, node, scan))
        return
    if isinstance(node, Not):
        if not parts(node.operand):
            words = _words(index, watch, node.operand, scan)
            yield Part(depth, holds, written(node), words)
            return
        yield Part(depth, holds, "not")
    elif isinstance(node, Near):
        sides = all(index.holds(watch, side, scan) for side in beneath)
        far = f" ({too_far(index, watch, node, scan)})" if sides and not holds else ""
        distance = "in one sentence" if node.words is None else f"within {node.words} words"
        yield Part(depth, holds, f"both {distance}{far}", _words(index, watch, node, scan))
    else:
        yield Part(depth, holds, "all of" if isinstance(node, And) else "any of")
    missing = [one for one in beneath if not parts(one) and not index.holds(watch, one, scan)]
    for one in beneath:
        if one not in missing:
            yield from _parts(index, watch, one, scan, depth + 1)
    for at in range(0, len(missing), LISTED):
        names = ", ".join(shown(written(one)) for one in missing[at : at + LISTED])
        yield Part(depth + 1, holds=False, text=names)


def _words(index: Index, watch: str, node: Node, scan: Scan) -> tuple[str, ...]:
    """Give the words of an item that a part of a query found, each once."""
    from monitor.core.decide import field_text

    texts = (
        " ".join(field_text(scan.document, one.field)[one.start : one.end].split())
        for one in index.where(watch, node, scan)
    )
    return tuple(dict.fromkeys(f"\u201c{text}\u201d" for text in texts))


def _leaves(node: Node) -> Iterator[Node]:
    from monitor.app.why import parts

    beneath = parts(node)
    if not beneath:
        yield node
    for each in beneath:
        yield from _leaves(each)
