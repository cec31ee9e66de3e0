"""Stored items held against a rule, and against another one: what would be hit, gained and lost.

Nothing is stored or sent, and only queries are judged: whether a hit was news is another question.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.app.why import found_words
from monitor.core.match import Index
from monitor.core.model import Document, Span, StoredItem, document_of
from monitor.core.rules import RuleBook, Watch
from monitor.core.words import Lexicon
from monitor.store.history import HeldItem

T = TypeVar("T")
#: Items whose words are learned together, before they are read.
BATCH = 200
#: Items kept of each kind to be shown, unless the caller says how many.
SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """What made an item a hit: the wording that was read, its version, and the places in it."""

    document: Document
    version: int
    spans: tuple[Span, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What was found with the words that prove it: `$truce: Waffenruhe, truce`."""
        return found_words(self.spans, self.document)


class Rule:
    """One watch of a rule book: takes an item or not."""

    def __init__(self, index: Index, watch: Watch) -> None:
        """Judge by an index that holds the watch."""
        self.index, self.watch = index, watch

    @classmethod
    def alone(cls, book: RuleBook, watch: Watch, lexicon: Lexicon) -> Rule:
        """Compile a watch without the others of its book. Raises `QueryError`."""
        return cls(Index(replace(book, watches=(watch,)), lexicon), watch)

    def hears(self, held: HeldItem) -> bool:
        """Say whether the watch listens to the feed of an item."""
        return not self.watch.feeds or held.stored.item.feed in self.watch.feeds

    def prepare(self, documents: Iterable[Document]) -> None:
        """Learn the words of items ahead."""
        self.index.prepare(documents)

    def proof(self, held: HeldItem) -> Proof | None:
        """Say what makes an item a hit, in its newest wording; None for no hit."""
        if not self.hears(held):
            return None
        document = document_of(held.stored.item)
        for hit in self.index.hits(self.index.scan(document)):
            if hit.watch == self.watch.id:
                return Proof(document, held.stored.version, hit.spans)
        return None


class Decided:
    """What was decided about items when they came, under the rules of that time."""

    def hears(self, held: HeldItem) -> bool:
        """Say whether an item was taken; whose feeds were heard then is not known."""
        return held.past is not None

    def prepare(self, documents: Iterable[Document]) -> None:
        """Learn nothing: all is read from the store."""
        del documents

    def proof(self, held: HeldItem) -> Proof | None:
        """Give what made the item a hit, in the wording of then; None where it was none."""
        past = held.past
        return Proof(past.document, past.version, past.spans) if past else None


@dataclass(frozen=True, slots=True)
class Change:
    """An item that one of two rules takes, or both: with what each of them found in it."""

    stored: StoredItem
    old: Proof | None
    new: Proof | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many items there are of one kind, and some of them in the order of publication.

    Which ones are kept is drawn from the items' identities: evenly, and alike at every run.
    """

    count: int
    items: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """Counts of one day: items held against the rule, hits before and after, what differs."""

    items: int = 0
    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0

    def __add__(self, other: Day) -> Day:
        """Count two days together."""
        return Day(
            self.items + other.items, self.before + other.before, self.after + other.after,
            self.gained + other.gained, self.lost + other.lost,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rule and another one over the same items.

    `hits` are the items that the new one takes, `kept` those that both take. `by_day` holds the
    days of publication that have items, in order; `left_out` counts the items of feeds that neither
    rule listens to.
    """

    gained: Drawn
    lost: Drawn
    kept: Drawn
    hits: Drawn
    by_day: Mapping[date, Day]
    left_out: int

    @property
    def total(self) -> Day:
        """The counts of all days together."""
        return sum(self.by_day.values(), Day())


def compare(
    items: Iterable[HeldItem],
    old: Rule | Decided | None,
    new: Rule,
    *,
    zone: str = "UTC",
    sample: int = SAMPLE,
) -> Comparison:
    """Hold items against two rules, or against one where `old` is None: then nothing is gained.

    Days are those of `zone`; at most `sample` items of each kind are kept. Memory does not grow
    with the number of items.
    """
    gained, lost, kept, hits = (_Draw(sample) for _ in range(4))
    days: dict[date, Counter[str]] = defaultdict(Counter)
    left_out = 0
    local = ZoneInfo(zone)
    for held in _prepared(items, old, new):
        if not new.hears(held) and not (old and old.hears(held)):
            left_out += 1
            continue
        before, after = old.proof(held) if old else None, new.proof(held)
        change = Change(held.stored, before, after)
        counts = days[held.stored.item.published_at.astimezone(local).date()]
        counts["items"] += 1
        counts["before"] += before is not None
        counts["after"] += after is not None
        if after is not None:
            hits.add(change)
        if old is None or not (before or after):
            continue
        if before and after:
            kept.add(change)
        else:
            counts["gained" if after else "lost"] += 1
            (gained if after else lost).add(change)
    by_day = {day: Day(**counts) for day, counts in sorted(days.items())}
    return Comparison(gained.drawn(), lost.drawn(), kept.drawn(), hits.drawn(), by_day, left_out)


def _prepared(
    items: Iterable[HeldItem], old: Rule | Decided | None, new: Rule
) -> Iterator[HeldItem]:
    """Give items after their words were learned, so that each dictionary is asked for many."""
    for batch in batched(items):
        documents = [document_of(held.stored.item) for held in batch]
        new.prepare(documents)
        if old is not None:
            old.prepare(documents)
        yield from batch


def batched(items: Iterable[T]) -> Iterator[list[T]]:
    """Give items in lists of `BATCH`, the last one shorter."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(slots=True)
class _Draw:
    """Counts changes and keeps those with the lowest identities, which are hashes."""

    most: int
    count: int = 0
    kept: list[tuple[str, int, Change]] = field(default_factory=list)

    def add(self, change: Change) -> None:
        self.count += 1
        insort(self.kept, (change.stored.item.identity, change.stored.id, change))
        del self.kept[self.most :]

    def drawn(self) -> Drawn:
        changes = (change for _, _, change in self.kept)
        in_order = sorted(changes, key=lambda one: (one.stored.item.published_at, one.stored.id))
        return Drawn(self.count, tuple(in_order))
