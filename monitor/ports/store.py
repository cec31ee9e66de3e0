"""The door to the store: the verbs of the path for the one writer, questions for everybody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitor.core.claims import Claim
from monitor.core.floods import Kind
from monitor.core.ledger import Fact, FactEvent
from monitor.core.model import (
    Decision,
    Development,
    Earlier,
    Feed,
    Item,
    Placement,
    StoredItem,
    ToldDevelopment,
    Voice,
)
from monitor.core.promotion import Unread
from monitor.core.standing import Support
from monitor.ports.feed_records import FeedCheck, FeedRow
from monitor.ports.reader import Reader
from monitor.ports.records import (
    ChannelOff,
    ClaimedDelivery,
    DeliveryDraft,
    FirstTold,
    FoldedSection,
    UnacceptedAlert,
)


class Unit(Protocol):
    """One IMMEDIATE transaction. After an operational error, or its end, it refuses everything.

    Raises `StoreBusy`, `StoreFull`, `StoreDamaged` or `StoreError`, after which nothing of the unit
    holds, and `UnitOver` for any statement that follows.
    """

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the rows of feeds agree with the configuration; known ones keep their schedule."""
        ...

    def add_new(self, items: Iterable[Item], shared: Collection[str] = ()) -> Iterator[StoredItem]:
        """Store unseen and materially changed items one by one, and give exactly those.

        `shared` are the canonical links that several entries of the document have: they name none.
        """
        ...

    def kinds(self, items: Sequence[Item], shared: Collection[str] = ()) -> tuple[Kind, ...]:
        """Say of each entry of a document what `add_new` would find it to be; writes nothing."""
        ...

    def paused(self, feed: str) -> tuple[str, datetime] | None:
        """Give why a feed is paused and when it last flooded; None where it is not, or unknown."""
        ...

    def pause_feed(self, feed: str, why: str, now: datetime) -> None:
        """Let no item of a feed be told at once from now on."""
        ...

    def resume_feed(self, feed: str) -> bool:
        """Let a feed speak again; False where it was not paused, or there is none of that name."""
        ...

    def facts(self, watch: str) -> tuple[Fact, ...]:
        """Give what is known for a watch now, this unit's own events included."""
        ...

    def append(self, events: Sequence[FactEvent], now: datetime) -> tuple[int, ...]:
        """Write ledger events and their projection; gives their numbers."""
        ...

    def fact_events(self, fact_id: str | None = None) -> tuple[FactEvent, ...]:
        """Give the events of one fact, or of all, oldest first."""
        ...

    def place(self, item: StoredItem, placement: Placement) -> None:
        """Write down whose story an item is; a founder opens the story."""
        ...

    def claimed(
        self, item: StoredItem, claims: Sequence[tuple[Claim, str, str]], now: datetime
    ) -> None:
        """Write down what an item says: each claim, the id of its fact, and how it bears on it."""
        ...

    def support(self, fact: str) -> Support:
        """Give who has told a fact so far, and when last."""
        ...

    def voices(self, fact: str) -> tuple[Voice, ...]:
        """Give who says what of a fact, the first first."""
        ...

    def unread(self, watch: str, story: str, since: datetime, spent_since: datetime) -> Unread:
        """Give the reports of a story since a moment that a watch did not understand.

        With it comes how many stories the watch has promoted since `spent_since`.
        """
        ...

    def times_reached(self, watch: str, tracker: str, cell: str, value: str) -> int:
        """Give how often a value was a development of a cell before."""
        ...

    def development_of(self, fact: str) -> ToldDevelopment | None:
        """Give the development that made a fact, None where none did."""
        ...

    def first_told(self, development: str) -> FirstTold | None:
        """Give the report by which a development was told first, None where it is unknown."""
        ...

    def messages_of(self, development: str) -> int:
        """Give how many messages a development has had; 0 where it is unknown."""
        ...

    def told_before(self, development: Development, most: int) -> tuple[Earlier, ...]:
        """Give developments of its watch that were told before it, at most so many.

        Those of its thread come first, the newest first.
        """
        ...

    def record(self, item: StoredItem, decision: Decision, rules: str, now: datetime) -> None:
        """Write a decision, and its development where there is one."""
        ...

    def add_alert(
        self,
        alert: str,
        kind: str,
        subject: str,
        thread: str,
        developments: Sequence[str],
        item_id: int | None,
        now: datetime,
    ) -> None:
        """Write a message; one that is there already stays as it is."""
        ...

    def enqueue(self, drafts: Sequence[DeliveryDraft], now: datetime) -> int:
        """Add rows to the outbox; gives how many were not there before."""
        ...

    def quarantine(self, item: StoredItem, error: str, now: datetime, *, quiet: bool) -> None:
        """Set an item aside that our own code could not judge, with the error."""
        ...

    def feed_checked(self, check: FeedCheck) -> None:
        """Write down one look at a feed: validators, schedule, outcome."""
        ...

    def feeds_now(self) -> tuple[FeedRow, ...]:
        """Give every feed of the configuration in force, without the rests of hosts."""
        ...

    def look_now(self, feed: str, now: datetime) -> bool:
        """Let a feed be looked at now, because a person asks; False where its server forbids it."""
        ...

    def set_health(self, feed: str, state: str, now: datetime) -> None:
        """Write down the state of a feed that is told now."""
        ...

    def rest_host(self, host: str, until: datetime, why: str) -> None:
        """Let nothing be asked of a host before a moment; a longer rest that it has stays."""
        ...

    def bring_forward(self, feeds: Sequence[str], now: datetime, within_s: float) -> int:
        """Look at feeds soon, spread over some seconds; gives how many were to wait longer.

        What a server or a document asked for is not undercut.
        """
        ...

    def hot_feeds(self, told_since: datetime, decisions: int) -> frozenset[str]:
        """Give the feeds that brought a hit of a watch of which something was told lately.

        Only the newest `decisions` are looked through.
        """
        ...

    def claim_deliveries(
        self, now: datetime, limit: int, claim_s: Mapping[str, float]
    ) -> tuple[ClaimedDelivery, ...]:
        """Claim due deliveries of the channels in `claim_s` (channel: seconds that a claim holds).

        Keeps the order within a channel and thread: a later message waits until the earlier one is
        sent, dead or dropped.
        """
        ...

    def settle_delivery(
        self,
        delivery_id: int,
        status: str,
        now: datetime,
        *,
        next_attempt_at: datetime | None = None,
        error_code: str = "",
        error: str = "",
        asked: bool = False,
    ) -> None:
        """Write what became of a claimed delivery: sent, pending (again at a time) or dead.

        `asked` says that the other side named the time of the next attempt.
        """
        ...

    def switch_off(self, channel: str, why: str, now: datetime) -> bool:
        """Hand out nothing more for a channel; False where that is so already."""
        ...

    def switch_on(self, channel: str, now: datetime) -> tuple[ChannelOff, int] | None:
        """Use a channel again, what waits for it at once; None where it is not off.

        Gives how it stood, and how many deliveries wait.
        """
        ...

    def give_up_off(self, before: datetime, now: datetime) -> int:
        """Give up what has waited since before a moment for channels off; gives how many."""
        ...

    def unaccepted(
        self, since: datetime, before: datetime, *, tried: bool, passive: Sequence[str] = ()
    ) -> tuple[UnacceptedAlert, ...]:
        """Give the alerts made in [since, before) that no channel has accepted.

        Only those of which an attempt has failed, or that were given up, where `tried`. Alerts of
        which a person dropped every delivery are not among them.
        What `passive` channels take counts as nothing.
        """
        ...

    def release_claims(self, now: datetime) -> int:
        """Void every claim: at start they are all of a process that is gone."""
        ...

    def folded(self, before: datetime) -> tuple[FoldedSection, ...]:
        """Give what was folded before a moment and is in no digest yet, oldest first."""
        ...

    def mark_digested(self, ids: Sequence[int], digest: str, now: datetime) -> None:
        """Tie folded rows to the digest that tells them."""
        ...

    def set_aside(self, delivery_id: int, error_code: str, error: str, now: datetime) -> None:
        """Give a part of a digest up that cannot be rendered: dead, with its error."""
        ...

    def fold_again(self, delivery_id: int) -> str | None:
        """Put a part of a digest that was given up back into the next digest.

        Gives the status it had, None for any other delivery.
        """
        ...

    def drop_channel(self, channel: str, reason: str, now: datetime) -> Mapping[int, str]:
        """Give up all that waits for a channel; gives the status that each delivery had."""
        ...

    def set_delivery(self, delivery_id: int, status: str, reason: str, now: datetime) -> str:
        """Change a delivery by hand; gives the status it had. Raises `CommandError`."""
        ...

    def clamp_schedule(self, now: datetime, max_ahead_s: float) -> int:
        """Pull every `next_*` time that lies further ahead back to `now` plus the bound."""
        ...

    def set_meta(self, key: str, value: str) -> None:
        """Remember a word about the store itself."""
        ...

    def meta(self, key: str) -> str | None:
        """Give a word about the store itself."""
        ...

    def take_commands(self) -> tuple[tuple[int, str, Mapping[str, object]], ...]:
        """Give commands that people filed and nobody has done yet, oldest first."""
        ...

    def finish_command(
        self, command_id: int, status: str, result: Mapping[str, object], now: datetime
    ) -> None:
        """Write the answer to a command."""
        ...

    def release_quarantined(
        self, ids: Sequence[int], now: datetime
    ) -> tuple[tuple[StoredItem, bool], ...]:
        """Take items out of quarantine (all where `ids` is empty), and say which are quiet."""
        ...


class Store(Protocol):
    """The database of one data folder."""

    def unit(self) -> AbstractContextManager[Unit]:
        """Begin one IMMEDIATE transaction; commit at a clean exit, roll back at an error."""
        ...

    def reader(self) -> Reader:
        """Open a read-only view for the calling thread."""
        ...

    def backup(self, target: Path) -> None:
        """Write a consistent copy while in use. Raises `StoreError`."""
        ...

    def close(self) -> None:
        """Close the writing connection."""
        ...
