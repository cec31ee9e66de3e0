"""What one poll changed, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitor.core.model import Decision, Item, Reason, Verdict
from monitor.ports import Ingested

#: Outcomes of which somebody hears, now or in a digest.
TOLD = frozenset({Reason.PUSH, Reason.FOLDED})


class Tally:
    """Counts of one poll, kept apart per unit so that only what committed is told."""

    def __init__(self, feed: str) -> None:
        """Begin at nothing."""
        self.feed = feed
        self.new = self.hits = self.developments = self.quiet = self.deliveries = (
            self.quarantined
        ) = 0
        self.held: Counter[Reason] = Counter()
        self.verdicts: Counter[tuple[str, Verdict]] = Counter()
        self.delays_s: list[float] = []
        self.gap = self.cut = 0
        self.paused = ""

    def count(self, item: Item, decisions: Sequence[Decision]) -> None:
        """Count the decisions about one item; an item that several watches hit counts once."""
        self.verdicts.update((d.watch, d.judgement.verdict) for d in decisions)
        self.delays_s.append((item.seen_at - item.published_at).total_seconds())
        outcomes = [decision.outcome for decision in decisions]
        self.hits += 1
        if any(outcome in TOLD for outcome in outcomes):
            self.developments += 1
        elif Reason.FIRST_CONTACT in outcomes:
            self.quiet += 1
        self.held.update(o for o in outcomes if o not in TOLD)

    def add(self, other: Tally) -> None:
        """Take over the counts of a unit that has committed."""
        for name in ("new", "hits", "developments", "quiet", "deliveries", "quarantined"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.gap = self.gap or other.gap
        self.held.update(other.held)
        self.verdicts.update(other.verdicts)
        self.delays_s.extend(other.delays_s)

    def result(self) -> Ingested:
        """Give the counts as the lanes hand them on."""
        return Ingested(
            self.feed, self.new, self.hits, self.developments, self.quiet, self.deliveries,
            self.quarantined, dict(self.held), dict(self.verdicts), tuple(self.delays_s),
            self.gap, self.cut, self.paused,
        )  # fmt: skip
