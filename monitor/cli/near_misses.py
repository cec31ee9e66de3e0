"""What keeps a watch from an item, in detail: each part that is missing, and what came close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from monitor.app.why import ALTERNATIVES, excluded, parts, pushed, shown, too_far, why_not
from monitor.cli.wording import found_lines
from monitor.core.decide import field_text
from monitor.core.grammar import parse_concept_query
from monitor.core.query import (
    DEFAULT_FIELDS,
    FIELDS,
    And,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Ref,
    Within,
    leaves,
    written,
)
from monitor.core.terms import ANY
from monitor.core.text import fold, tokens

if TYPE_CHECKING:
    from monitor.core.match import Index, Scan
    from monitor.core.model import Document, Span
    from monitor.core.rules import Concept, RuleBook

#: Words of a missing concept that are named, and words of the item that resemble one of its words.
WORDS = 6
#: Letters that two words must share at their beginning to resemble each other, or how alike they
#: must be (difflib's ratio, 0..1) where their first letter is the same.
BEGINNING, ALIKE = 4, 0.85
#: Different words of an item that are compared, each with the listed words of its first letter.
COMPARED = 500
#: How deep the queries of concepts are followed.
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Miss:
    """One part of a query that would have to change.

    `kind` is missing, field (it stands in another one), apart, filter or excluded. `would` are
    words that would have been found, in the item's language; `nearly` are pairs of a word of the
    item and the listed word that it resembles.
    """

    kind: str
    part: str
    text: str
    would: tuple[str, ...] = ()
    nearly: tuple[tuple[str, str], ...] = ()

    def lines(self) -> Iterator[str]:
        """Give it for people: what it is, and what would have matched."""
        would = f"; would be found by {', '.join(self.would)}" if self.would else ""
        yield self.text + would
        for word, listed in self.nearly:
            yield f"  \u201c{word}\u201d is nearly {listed}"


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What keeps a watch from an item: a sentence, what of its query is there, what is not."""

    watch: str
    text: str
    lacking: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    misses: tuple[Miss, ...] = ()

    def rows(self) -> Iterator[tuple[str, str]]:
        """Give the details for people."""
        for number, line in enumerate(self.has):
            yield "" if number else "  has", line
        for number, line in enumerate(line for miss in self.misses for line in miss.lines()):
            yield "" if number else "  but", line


def why_not_in_detail(index: Index, book: RuleBook, watch: str, scan: Scan) -> WhyNot:
    """Say what keeps a watch, as its file is now, from taking an item, and what came near."""
    if any(hit.watch == watch for hit in index.hits(scan)):
        return WhyNot(watch, "its query, as it is now, takes this item")
    return WhyNot(
        watch, f"no hit: {why_not(index, watch, scan)}", index.lacking(watch, scan),
        there(index, watch, scan), near_misses(index, book, watch, scan),
    )  # fmt: skip


def near_misses(index: Index, book: RuleBook, watch: str, scan: Scan) -> tuple[Miss, ...]:
    """Give what keeps a watch from what was scanned; nothing where its query holds."""
    own = book.watch(watch)
    concepts = {**book.concepts, **(own.concepts if own else {})}
    search = _Search(index, watch, concepts, scan)
    return tuple(dict.fromkeys(search.misses(pushed(index.query_of(watch)))))


def there(index: Index, watch: str, scan: Scan) -> tuple[str, ...]:
    """Give the parts that a query asks for and that are there, with their words."""
    spans: list[Span] = []
    for leaf, wanted in leaves(index.query_of(watch)):
        if wanted:
            spans += index.where(watch, leaf, scan)
    return tuple(found_lines(list(dict.fromkeys(spans)), scan.document))


class _Search:
    def __init__(
        self, index: Index, watch: str, concepts: Mapping[str, Concept], scan: Scan
    ) -> None:
        self._index, self._watch, self._concepts, self._scan = index, watch, concepts, scan

    def misses(self, node: Node, depth: int = 0) -> Iterator[Miss]:
        """Give what would have to change for a tree to be true, of alternatives the nearest."""
        if self._holds(node):
            return
        if isinstance(node, And):
            for each in node.operands:
                yield from self.misses(each, depth)
        elif isinstance(node, Or):
            yield from self._alternatives(node, depth)
        elif isinstance(node, Not):
            yield self._excluded(node)
        elif isinstance(node, Near):
            sides = [*self.misses(node.left, depth), *self.misses(node.right, depth)]
            far = too_far(self._index, self._watch, node, self._scan) if not sides else ""
            yield from sides or [Miss("apart", written(node), far)]
        elif isinstance(node, Filter):
            said = f"is not {written(node)}: it is {_is(node, self._scan.document)}"
            yield Miss("filter", written(node), said)
        else:
            yield from self._missing(node, depth)

    def _holds(self, node: Node) -> bool:
        return self._index.holds(self._watch, node, self._scan)

    def _alternatives(self, node: Or, depth: int) -> Iterator[Miss]:
        """Give the single words and concepts that would do, and the nearest combination."""
        single = [one for one in node.operands if not parts(one)]
        for one in single[:ALTERNATIVES]:
            yield from self.misses(one, depth)
        joined = [list(self.misses(one, depth)) for one in node.operands if parts(one)]
        if joined:
            yield from min(joined, key=len)

    def _excluded(self, node: Not) -> Miss:
        found = excluded(self._index, self._watch, node, self._scan)
        spans = [span for leaf in found for span in self._index.where(
            self._watch, leaf, self._scan
        )]  # fmt: skip
        words = "; ".join(found_lines(spans, self._scan.document)) or shown(written(node.operand))
        return Miss("excluded", written(node), f"has what it excludes: {words}")

    def _missing(self, node: Node, depth: int) -> Iterator[Miss]:
        fields = node.fields if isinstance(node, Within) else DEFAULT_FIELDS
        leaf = node.operand if isinstance(node, Within) else node
        if isinstance(node, Within) and self._holds(leaf):
            spans = self._index.where(self._watch, leaf, self._scan)
            elsewhere = "; ".join(found_lines(spans, self._scan.document))
            only = " or ".join(one for one in FIELDS if one in fields)
            yield Miss("field", written(node), f"lacks {written(leaf)} in the {only}; {elsewhere}")
            return
        if not isinstance(leaf, Ref):
            entries: tuple[str, ...] = () if "/" in written(leaf)[:1] else (written(leaf),)
            nearly = resembling(self._texts(fields), entries)
            yield Miss("missing", written(node), f"lacks {written(node)}", (), nearly)
            return
        concept = self._concepts[leaf.concept]
        entries, said = self._entries(concept), f"lacks {written(node)}"
        nearly = resembling(self._texts(fields), entries)
        if not entries and not concept.query:
            said += f", which has no words in {self._scan.document.language or 'any language'}"
        would = entries[:WORDS]
        if concept.query:
            would += (shown(concept.query),)
        yield Miss("missing", written(node), said, would, nearly)
        if concept.query and depth < DEEPEST:
            yield from self._by_its_query(concept, depth)

    def _by_its_query(self, concept: Concept, depth: int) -> Iterator[Miss]:
        """Give what the query of a concept lacks, where some of it is there."""
        root = pushed(parse_concept_query(concept.query, self._concepts).root)
        if any(self._holds(leaf) for leaf, wanted in leaves(root) if wanted):
            yield from self.misses(root, depth + 1)

    def _entries(self, concept: Concept) -> tuple[str, ...]:
        """Give a concept's words that count for the item: of its language and of all."""
        words, pack = concept.words, self._scan.pack
        own = words.get(pack, ()) if pack else tuple(
            entry for language, listed in words.items() if language != ANY for entry in listed
        )  # fmt: skip
        return (*own, *words.get(ANY, ()))

    def _texts(self, fields: Iterable[str]) -> list[str]:
        return [field_text(self._scan.document, field) for field in FIELDS if field in fields]


def resembling(texts: Sequence[str], entries: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Give words of texts that nearly are words of entries: the same beginning, or few letters off.

    A word that stands in a longer entry, of which the rest is missing, is one too.
    """
    by_letter: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        for token in tokens(fold(entry)):
            by_letter.setdefault(token.word[:1], []).append((token.word, entry))
    words = dict.fromkeys(
        (token.word, text[token.start : token.end])
        for text in texts
        for token in tokens(fold(text))
        if len(token.word) >= BEGINNING and not token.is_number
    )
    found: dict[str, tuple[float, str, str]] = {}
    for word, said in list(words)[:COMPARED]:
        for listed, entry in by_letter.get(word[:1], ()):
            score = _alike(word, listed)
            if score and score > found.get(said, (0.0, "", ""))[0]:
                found[said] = (score, said, entry)
    best = sorted(found.values(), key=lambda one: -one[0])[:WORDS]
    return tuple((said, entry) for _, said, entry in best)


def _alike(word: str, listed: str) -> float:
    """Give how alike two words of one first letter are, 0 where they are not nearly the same."""
    if len(listed) < BEGINNING:
        return 0.0
    matcher = SequenceMatcher(None, word, listed, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE and word[:BEGINNING] != listed[:BEGINNING]:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= ALIKE or word[:BEGINNING] == listed[:BEGINNING] else 0.0


def _is(node: Filter, document: Document) -> str:
    """Say what an item is of what a filter asks for."""
    if node.kind == "language":
        return f"language:{document.language}" if document.language else "of no known language"
    if node.kind == "tier":
        return f"tier:{document.tier}" if document.tier else "of no tier"
    named = document.feed if node.kind == "source" else document.publisher
    return f"{node.kind}:{named}" if named else f"of no {node.kind}"
