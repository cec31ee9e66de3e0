"""What became of the news, read from the store as any `parley status` would read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.model import Reason
from monitor.demo.folder import HOOK, MAIL
from monitor.demo.stream import Piece
from monitor.ports import DecisionRow
from monitor.store import SqliteReader

#: More rows than a demo can make.
ALL = 100_000
#: Deliveries in these states are, or were, to be sent; others were folded, suppressed or dropped.
_OWED = frozenset({"pending", "sending", "sent", "dead", "held"})
_TOLD = frozenset({Reason.PUSH, Reason.FOLDED})


@dataclass(frozen=True, slots=True)
class Held:
    """Why an item told nobody anything, and the words that it repeats (empty: none)."""

    reason: Reason
    repeats: str


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one item. Without watches and without `held` it concerns nobody."""

    piece: Piece
    told: tuple[str, ...]  # watches that told it at once
    folded: tuple[str, ...]  # watches that keep it for the digest
    held: Held | None


class Account:
    """Reads what the daemon decided, item by item and in the end as a whole."""

    def __init__(self, reader: SqliteReader) -> None:
        """Read through a reader of the calling thread."""
        self._reader = reader
        self._stories: dict[str, str] = {}

    def report(self, piece: Piece) -> Report | None:
        """Say what became of an item; None where the daemon has not read it."""
        stored = self._reader.find_item(piece.link)
        if stored is None:
            return None
        decisions = self._reader.decisions(stored.id)
        placed = self._reader.story_of(stored.id)
        # asked before the item's own title is noted: a story repeats the report that founded it
        held = next((self._held(one) for one in decisions if one.outcome not in _TOLD), None)
        if placed is not None:
            self._stories.setdefault(placed[0], piece.title)
        told = tuple(one.watch for one in decisions if one.outcome == Reason.PUSH)
        folded = tuple(one.watch for one in decisions if one.outcome == Reason.FOLDED)
        return Report(piece, told, folded, None if told or folded else held)

    def _held(self, decision: DecisionRow) -> Held:
        reason = Reason(decision.outcome)
        repeats = ""
        if reason is Reason.SAYS_KNOWN_FACT:
            repeats = decision.detail
        elif reason is Reason.COPY_OF_ITEM:
            copied = self._reader.find_item(decision.detail.rpartition(" ")[2])
            repeats = copied.item.title if copied else ""
        elif decision.known:
            repeats = self._stories.get(decision.known[0], "")
        return Held(reason, repeats)

    def digests(self) -> list[tuple[str, str]]:
        """Give id and subject of every digest that was made for the mailbox, oldest first."""
        rows = self._reader.alerts(ALL)
        mailed = {row.alert for row in self._reader.deliveries(limit=ALL) if row.channel == MAIL}
        return [(r.id, r.subject) for r in reversed(rows) if r.kind == "digest" and r.id in mailed]

    def totals(self) -> Totals:
        """Count everything that the store holds about this demo."""
        rows = self._reader.alerts(ALL)
        owed = [row for row in self._reader.deliveries(limit=ALL) if row.status in _OWED]
        counts = self._reader.summary()
        outcomes = counts["outcomes"]
        if not isinstance(outcomes, Mapping):
            raise TypeError("the outcomes of a summary are counts by reason")
        return Totals(
            items=int(str(counts["items"])),
            hits=int(str(counts["hits"])),
            alerts=sum(row.kind == "alert" for row in rows),
            developments=sum(len(row.developments) for row in rows if row.kind == "alert"),
            digests=len(self.digests()),
            held={Reason(k): int(n) for k, n in outcomes.items() if k not in _TOLD},
            mails=Counter(row.key for row in owed if row.channel == MAIL),
            events=Counter(row.key for row in owed if row.channel == HOOK),
            quarantined=int(str(counts["quarantine"])),
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of a demo's store; `mails` and `events` hold the keys of all that was to be sent."""

    items: int
    hits: int
    alerts: int
    developments: int
    digests: int
    held: Mapping[Reason, int]
    mails: Counter[str]
    events: Counter[str]
    quarantined: int
