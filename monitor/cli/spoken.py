"""Which languages feeds speak, and whether a watch could take a text in each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.model import Feed
    from monitor.core.query import Filter, Node
    from monitor.core.rules import Concept, RuleBook, Watch

#: What a watch has for a language: words of it, only words that no language claims (of `any:`, or
#: written in the query itself), only what other languages' words happen to find, or no way to hold.
OWN, SHARED, BORROWED, NONE = "own", "shared", "borrowed", "none"
#: Concepts named where a language has too few words.
NAMED = 6
#: Watches, and warnings, that are shown; programs get all of them.
MOST_ROWS = 40
_MARKS = {OWN: "yes", SHARED: "names", BORROWED: "NO", NONE: "NO"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A watch and a language that `feeds` of its feeds speak.

    `words` is OWN, SHARED, BORROWED or NONE; `lacking` names what would need words of it.
    """

    watch: str
    language: str
    feeds: int
    words: str
    lacking: tuple[str, ...] = ()

    @property
    def kept_out(self) -> bool:
        """Whether its filters take no text of these feeds, whatever words it has."""
        asks = any(not name.startswith("$") for name in self.lacking)
        return self.words in {BORROWED, NONE} and (asks or not self.lacking)

    @property
    def warning(self) -> str:
        """A sentence where the watch has no words for what its feeds speak, else nothing."""
        if self.words in {OWN, SHARED} or self.kept_out:
            return ""
        speak = "1 feed speaks" if self.feeds == 1 else f"{self.feeds} feeds speak"
        said = f"{self.watch} has no words for {self.language}, which {speak}"
        if self.lacking:
            more = " ..." if len(self.lacking) > NAMED else ""
            said += f": {', '.join(self.lacking[:NAMED])}{more}"
        if self.words == BORROWED:
            said += " (words of other languages count there as they are written)"
        return said


def spoken(book: RuleBook) -> tuple[Spoken, ...]:
    """Say for each watch and each language of its feeds what words it has."""
    return tuple(_each(book))


def table(found: Sequence[Spoken]) -> Iterator[str]:
    """Give the lines of a table: a watch a row, a language a column, headed by its feeds.

    Of many watches only those are shown that lack words. Plain text: `check` starts without rich.
    """
    feeds: dict[str, int] = {}
    cells: dict[str, dict[str, str]] = {}
    for one in found:
        feeds[one.language] = max(one.feeds, feeds.get(one.language, 0))
        mark = "-" if one.kept_out else _MARKS[one.words]
        cells.setdefault(one.watch, {})[one.language] = mark
    shown = list(cells)
    if len(shown) > MOST_ROWS:
        lacking = {one.watch for one in found if one.warning}
        shown = [watch for watch in shown if watch in lacking][:MOST_ROWS]
    languages = sorted(feeds, key=lambda language: (-feeds[language], language))
    rows = [
        ["language", *languages],
        ["feeds", *(str(feeds[language]) for language in languages)],
        *([watch, *(cells[watch].get(one, "-") for one in languages)] for watch in shown),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def warnings(found: Sequence[Spoken]) -> Iterator[str]:
    """Give a sentence for each watch and language without words, and how many are left out."""
    said = [one.warning for one in found if one.warning]
    yield from said[:MOST_ROWS]
    if len(said) > MOST_ROWS:
        yield f"and {len(said) - MOST_ROWS:,} more watches and languages without words: --json"


def _each(book: RuleBook) -> Iterator[Spoken]:
    from monitor.core.grammar import parse_query

    known = {
        language for one in _all_concepts(book) for language in one.words if one.words[language]
    }
    for watch in book.watches:
        concepts = {**book.concepts, **watch.concepts}
        root = parse_query(watch.query, concepts, match_all=watch.match_all).root
        by_language = _feeds_of(watch, book)
        for language, feeds in sorted(by_language.items()):
            words = _Words(concepts, language, feeds)
            if words.can(root):
                yield Spoken(watch.id, language, len(feeds), OWN if words.own(root) else SHARED)
                continue
            # where no concept has words of it, an item is read by those of all languages
            kind = NONE if language in known else BORROWED
            lacking = tuple(dict.fromkeys(words.lacking(root)))
            yield Spoken(watch.id, language, len(feeds), kind, lacking)


def _all_concepts(book: RuleBook) -> Iterator[Concept]:
    yield from book.concepts.values()
    for watch in book.watches:
        yield from watch.concepts.values()


def _feeds_of(watch: Watch, book: RuleBook) -> Mapping[str, list[Feed]]:
    """Give the feeds that a watch listens to, by language; one that names none is left out."""
    found: dict[str, list[Feed]] = defaultdict(list)
    for feed in book.feeds:
        language = feed.language.lower().replace("_", "-").partition("-")[0]
        if language and (not watch.feeds or feed.name in watch.feeds):
            found[language].append(feed)
    return found


class _Words:
    """What a query could find in texts of one language, whatever they say."""

    def __init__(
        self, concepts: Mapping[str, Concept], language: str, feeds: Sequence[Feed]
    ) -> None:
        self._concepts, self._language, self._feeds = concepts, language, feeds
        self._could: dict[str, bool] = {}
        self._own: dict[str, bool] = {}

    def can(self, node: Node, *, wanted: bool = True) -> bool:
        """Say whether a tree can be true (not `wanted`: false) of some text of the language."""
        from monitor.core.query import Filter, Not, Or, Ref, Within, operands

        if isinstance(node, Not):
            return self.can(node.operand, wanted=not wanted)
        if isinstance(node, Within):
            return self.can(node.operand, wanted=wanted)
        if isinstance(node, Filter):
            return any(self._meets(node, feed) is wanted for feed in self._feeds)
        beneath = operands(node)
        if not beneath:
            return not wanted or not isinstance(node, Ref) or self._found(node.concept)
        every = wanted is not isinstance(node, Or)
        return (all if every else any)(self.can(each, wanted=wanted) for each in beneath)

    def own(self, node: Node) -> bool:
        """Say whether words of the language itself can take part in making a tree true."""
        from monitor.core.query import Filter, Not, Ref, operands

        if isinstance(node, (Not, Filter)):
            return False
        if isinstance(node, Ref):
            return self._has_own(node.concept)
        return any(self.can(each) and self.own(each) for each in operands(node))

    def lacking(self, node: Node) -> Iterator[str]:
        """Name what would have to have words of the language; of alternatives, the fewest."""
        from monitor.core.query import And, Filter, Near, Or, Ref, Within, operands, written

        if self.can(node):
            return
        if isinstance(node, Ref):
            yield written(node)
            if self._concepts[node.concept].query:
                yield from self.lacking(self._query(node.concept))
        elif isinstance(node, Filter):
            yield written(node)
        elif isinstance(node, (And, Near, Within)):
            for each in operands(node):
                yield from self.lacking(each)
        elif isinstance(node, Or):
            ways = [list(self.lacking(each)) for each in node.operands]
            # words can be added for a language; a filter is meant to keep it out
            yield from min(ways, key=lambda way: (any(name[0] != "$" for name in way), len(way)))

    def _found(self, name: str) -> bool:
        """Say whether a concept can be found: by words of the language or of all, or its query."""
        if name not in self._could:
            concept = self._concepts[name]
            self._could[name] = bool(
                concept.words.get(self._language) or concept.words.get("any")
            ) or bool(concept.query and self.can(self._query(name)))
        return self._could[name]

    def _has_own(self, name: str) -> bool:
        if name not in self._own:
            concept = self._concepts[name]
            self._own[name] = bool(concept.words.get(self._language)) or bool(
                concept.query and self.can(self._query(name)) and self.own(self._query(name))
            )
        return self._own[name]

    def _query(self, name: str) -> Node:
        from monitor.core.grammar import parse_concept_query

        return parse_concept_query(self._concepts[name].query, self._concepts).root

    def _meets(self, node: Filter, feed: Feed) -> bool:
        from monitor.core.text import fold

        if node.kind == "language":
            return self._language in node.values
        if node.kind == "tier":
            return str(feed.tier) in node.values
        named = feed.name if node.kind == "source" else feed.publisher or feed.name
        return fold(named) in node.values
