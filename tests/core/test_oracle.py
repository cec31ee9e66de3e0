"""An oracle: trees held naively against words that are given with what ends after each of them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.grammar import read_query
from monitor.core.model import Document
from monitor.core.query import (
    DEFAULT_FIELDS,
    And,
    Near,
    Node,
    Not,
    Or,
    Term,
    Within,
    parse_term,
    written,
)
from tests.builders import hits_of, index_of

#: What stands between two words, and what it ends: nothing, a clause or a sentence.
GAPS = {" ": 0, ", ": 0, " — ": 0, " (": 0, ": ": 1, "; ": 1, ". ": 2, "! ": 2, "\n": 2, "… ": 2}
SAID = ("truce", "kyiv", "swap", "peace", "trucelike")
_Place = tuple[str, int, int]


@dataclass(frozen=True)
class Told:
    """A field as its words, each with the gap that follows it."""

    words: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "".join(word + gap for word, gap in self.words)

    def ends(self, first: int, last: int) -> int:
        """What ends between two of its words."""
        return max((GAPS[gap] for _, gap in self.words[first:last]), default=0)


def told(longest: int) -> st.SearchStrategy[Told]:
    gaps = st.sampled_from([" "] * 10 + list(GAPS))
    words = st.sampled_from([*SAID, "other", "word", "Truce", "KYIV"])
    return st.lists(st.tuples(words, gaps), max_size=longest).map(lambda row: Told(tuple(row)))


def stands(
    node: Node, fields: dict[str, Told], within: frozenset[str] = DEFAULT_FIELDS
) -> list[_Place]:
    """Every place of a tree, found by looking at every word for every part of it."""
    if isinstance(node, Within):
        return stands(node.operand, fields, node.fields)
    if isinstance(node, Or):
        return [place for each in node.operands for place in stands(each, fields, within)]
    if isinstance(node, Near):
        return [
            (one[0], min(one[1], other[1]), max(one[2], other[2]))
            for one in stands(node.left, fields, within)
            for other in stands(node.right, fields, within)
            if one[0] == other[0] and are_near(fields[one[0]], one, other, node.words)
        ]
    assert isinstance(node, Term)
    size = len(node.parts)
    return [
        (name, first, first + size - 1)
        for name, field in fields.items()
        if name in within
        for first in range(len(field.words) - size + 1)
        if field.ends(first, first + size - 1) == 0
        and all(
            word.lower() == part.word or (part.prefix and word.lower().startswith(part.word))
            for part, (word, _) in zip(node.parts, field.words[first:], strict=False)
        )
    ]


def are_near(field: Told, one: _Place, other: _Place, words: int | None) -> bool:
    first, second = sorted((one, other), key=lambda place: place[1])
    if second[1] <= first[2] or field.ends(first[2], second[1]) > 1:
        return False
    return words is None or second[1] - first[2] <= words


def holds(node: Node, fields: dict[str, Told], within: frozenset[str] = DEFAULT_FIELDS) -> bool:
    if isinstance(node, Not):
        return not holds(node.operand, fields, within)
    if isinstance(node, And):
        return all(holds(each, fields, within) for each in node.operands)
    if isinstance(node, Or):
        return any(holds(each, fields, within) for each in node.operands)
    if isinstance(node, Within):
        return holds(node.operand, fields, node.fields)
    return bool(stands(node, fields, within))


ENTRIES = st.sampled_from([*SAID, "=truce", "truce*", "kyiv truce", "truce kyiv", "swap swap", "peace truce* kyiv"])  # fmt: skip
PLACES = st.recursive(
    ENTRIES.map(parse_term),
    lambda below: st.one_of(
        st.builds(Near, below, below, st.one_of(st.none(), st.integers(1, 4))),
        st.lists(below, min_size=2, max_size=2).map(lambda each: Or(tuple(each))),
    ),
    max_leaves=4,
)
TREES = st.recursive(
    PLACES,
    lambda below: st.one_of(
        below.map(Not),
        st.builds(Within, st.sampled_from([frozenset({"title"}), frozenset({"summary"})]), below),
        st.lists(below, min_size=2, max_size=3).map(lambda each: And(tuple(each))),
        st.lists(below, min_size=2, max_size=3).map(lambda each: Or(tuple(each))),
    ),
    max_leaves=6,
)


@given(st.lists(TREES, min_size=1, max_size=4), told(16), told(10))
@example([read_query("swap NEAR/1 swap", ()).root], Told((("swap", " "),) * 3), Told(()))
def test_an_index_gives_what_the_trees_say(trees: list[Node], title: Told, summary: Told) -> None:
    made = index_of(*map(written, trees), match_all=True)
    fields = {"title": title, "summary": summary}
    scan = made.scan(Document(title.text, summary.text))
    wanted = [f"w{n}" for n, tree in enumerate(trees) if holds(tree, fields)]
    assert [hit.watch for hit in made.hits(scan)] == wanted
    for number, tree in enumerate(trees):
        assert made.holds(f"w{number}", tree, scan) is holds(tree, fields)


@given(PLACES, told(16), told(10))
def test_a_place_is_where_the_words_stand(tree: Node, title: Told, summary: Told) -> None:
    made = index_of(written(tree))
    fields = {"title": title, "summary": summary}
    scan = made.scan(Document(title.text, summary.text))
    wanted = {
        (name, " ".join(word for word, _ in fields[name].words[first : last + 1]))
        for name, first, last in stands(tree, fields)
    }
    found = {
        (span.field, " ".join(_words(fields[span.field].text[span.start : span.end])))
        for span in made.where("w0", tree, scan)
    }
    assert found == wanted
    (proven,) = [hit.spans for hit in made.hits(scan)] or [()]
    assert bool(proven) is bool(wanted)


def _words(text: str) -> list[str]:
    for gap in GAPS:
        text = text.replace(gap, " ")
    return text.split()


@given(st.lists(TREES, min_size=2, max_size=6), told(12), told(8))
def test_many_watches_in_one_index_give_what_each_gives_alone(
    trees: list[Node], title: Told, summary: Told
) -> None:
    document = Document(title.text, summary.text)
    texts = [written(tree) for tree in trees]
    together = {hit.watch: hit.spans for hit in hits_of(index_of(*texts, match_all=True), document)}
    alone = {
        f"w{number}": hit.spans
        for number, text in enumerate(texts)
        for hit in hits_of(index_of(text, match_all=True), document)
    }
    assert together == alone
