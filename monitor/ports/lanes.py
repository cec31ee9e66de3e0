"""Doors between the lanes: the desk as the poller and the courier see it, and the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor.core.model import Feed, Reason, Verdict
from monitor.ports.delivery import Receipt
from monitor.ports.feed_records import DueFeed
from monitor.ports.records import ClaimedDelivery
from monitor.ports.wire import Body, Failure, Parsed, Unchanged


class Clock(Protocol):
    """Two clocks. News time dates items, facts, schedules; wire time is always real."""

    def now(self) -> datetime:
        """Give news time: aware UTC, never backwards within a process."""
        ...

    def wire(self) -> datetime:
        """Give real time, for signatures, Date headers, logs."""
        ...


@dataclass(frozen=True, slots=True)
class Poll:
    """One finished look at a feed: what was fetched and, where there was a body, what it held.

    `due` is the feed's row as it was before the look. `older` counts the items of `parsed` that are
    of archives and further pages, fetched because nothing of the last document was left; `whole`
    says that it was asked without validators. While `outage` nothing at all can be reached, and
    that is no fault of the feed's. `spoken` is the language that the titles of `parsed` are in,
    "" where it cannot be told.
    """

    feed: Feed
    started_at: datetime
    fetched: Body | Unchanged | Failure
    parsed: Parsed | None = None
    body_hash: str = ""
    first_contact: bool = False
    failures: int = 0  # consecutive ones before this poll
    due: DueFeed | None = None
    older: int = 0
    whole: bool = False
    outage: bool = False
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one poll changed: counts for logs, metrics and the summary of the first round.

    `gap` is 0, or how many items at least came since the last look while nothing of the document
    before was left: older ones may have been missed. `cut` counts entries over the cap of a
    document, which were not read. `paused` says why the feed may not alert, "" where it may.
    """

    feed: str
    new_items: int = 0
    hits: int = 0
    developments: int = 0  # told or folded
    quiet_developments: int = 0  # would have been told but for first contact
    deliveries: int = 0
    quarantined: int = 0
    held: Mapping[Reason, int] = field(default_factory=dict)
    verdicts: Mapping[tuple[str, Verdict], int] = field(default_factory=dict)  # by watch
    delays_s: tuple[float, ...] = ()  # published -> seen, of items that hit
    gap: int = 0
    cut: int = 0
    paused: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """The receipt of one attempt at one delivery, to be written down."""

    delivery: ClaimedDelivery
    receipt: Receipt
    at: datetime


class Desk(Protocol):
    """The only writer. Every call is queued and answered by the desk's own thread.

    Raises `LaneStopped` once the desk is shutting down, and the `StoreError` that ended the unit.
    """

    async def ingest(self, poll: Poll, now: datetime) -> Ingested:
        """Judge what a poll brought, and write down everything about it in whole units.

        Other work may be done between two units of a long document.
        """
        ...

    async def checked(self, polls: Sequence[Poll], now: datetime) -> tuple[Ingested, ...]:
        """Write down looks that brought no document, all in one unit; an answer for each."""
        ...

    async def bring_forward(self, feeds: Sequence[str], now: datetime, within_s: float) -> int:
        """Look at feeds soon, spread over some seconds; gives how many were to wait longer."""
        ...

    async def tick(self, now: datetime) -> int:
        """Do what time alone causes (digests, expiries). Gives how many deliveries it made."""
        ...

    async def do(
        self, verb: str, args: Mapping[str, object], now: datetime
    ) -> Mapping[str, object]:
        """Carry out a command that a person asked for. Raises `CommandError`."""
        ...

    async def claim(
        self, now: datetime, limit: int, channels: Sequence[str]
    ) -> tuple[ClaimedDelivery, ...]:
        """Take due deliveries of some channels; committed before they are handed out."""
        ...

    async def settle(self, settlement: Settlement) -> None:
        """Write down what became of an attempt."""
        ...
