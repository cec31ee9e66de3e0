"""What crosses the door to the store: one small record a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.core.ledger import Fact
from monitor.core.model import Hit, Placement, Reason, StoredItem


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item of a story: what became of it by watch, and whether it turned the story."""

    stored: StoredItem
    outcomes: Mapping[str, Reason]
    turned: bool


@dataclass(frozen=True, slots=True)
class OpenStory:
    """A story that may still grow: its founder, and its items, oldest first.

    `elder` is the story that it turned out to be one with, "" for none.
    """

    name: str
    founder_identity: str
    items: tuple[PlacedItem, ...]
    elder: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryDraft:
    """A row for the outbox. `status` is pending, held, folded or suppressed.

    `key` is the constant idempotency key; a second draft under a key already there changes nothing.
    `body` are the rendered bytes (for a folded one: its section, as JSON).
    """

    key: str
    alert: str
    channel: str
    recipient: str
    status: str
    reason: str
    body: bytes
    thread: str
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that the courier holds: nobody else sends it until `claimed_until`."""

    id: int
    key: str
    channel: str
    recipient: str
    thread: str
    body: bytes
    attempts: int  # this one included
    first_attempt_at: datetime
    seen_at: datetime | None = None  # of the item it tells of; None for digests and ops messages
    waits: int = 0  # attempts before this one after which the other side asked for time


@dataclass(frozen=True, slots=True)
class ChannelOff:
    """A channel that nothing is sent to, since when, and `why` for people."""

    channel: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class UnacceptedAlert:
    """An alert that no channel has accepted: its report, and how each of its channels stands.

    `channels` has the status, the number of attempts and the last error of each, by name.
    """

    id: str
    subject: str
    thread: str
    created_at: datetime
    outlet: str  # "" where it tells of no item
    title: str
    link: str
    channels: Mapping[str, tuple[str, int, str]]


@dataclass(frozen=True, slots=True)
class FoldedSection:
    """A development waiting for a digest of one channel and recipient."""

    id: int
    channel: str
    recipient: str
    section: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A stored decision, with the item it is about."""

    item_id: int
    version: int
    watch: str
    via: str
    spans: tuple[tuple[str, int, int, str], ...]
    verdict: str
    reason: str
    detail: str
    known: tuple[str, ...]
    severity: str
    outcome: str
    development: str
    decided_at: datetime
    rules: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A message as `parley alerts` shows it. `deliveries` counts its rows by status."""

    id: str
    kind: str
    subject: str
    thread: str
    created_at: datetime
    item_id: int | None
    developments: tuple[str, ...]
    deliveries: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A row of the outbox as people see it (without its body)."""

    id: int
    key: str
    alert: str
    channel: str
    recipient: str
    status: str
    reason: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    settled_at: datetime | None
    error_code: str
    error: str


@dataclass(frozen=True, slots=True)
class FirstTold:
    """The report by which a development was told first, and how: pushed, folded, or learned."""

    stored: StoredItem
    hit: Hit
    placement: Placement
    outcome: Reason


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact and the ledger event that made it what it is."""

    fact: Fact
    seq: int
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DevelopmentLife:
    """A development and what became of it.

    `tracker`, `cell` and `value` are "" where no tracker tells it, `fact` where it made none;
    `status` is reported, confirmed, denied, corrected or retracted; `channels` got the first of its
    `messages`.
    """

    key: str
    watch: str
    thread: str
    verdict: str
    reason: str
    severity: str
    headline: str
    item_id: int
    opened_at: datetime
    messages: int
    tracker: str
    cell: str
    value: str
    fact: str
    status: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story as `parley stories` lists it; `aliases` are younger ones that go on under its name.

    `headline` and `outlet` are the founder's, times those of the first and the newest report.
    `told` are its developments of which somebody heard, of each tracker of a watch the newest.
    """

    name: str
    headline: str
    outlet: str
    opened_at: datetime
    last_at: datetime
    reports: int
    publishers: int
    languages: tuple[str, ...]
    watches: tuple[str, ...]
    told: tuple[DevelopmentLife, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a watch made of an item: its verdict, why, what came of it, the state that it read."""

    watch: str
    verdict: str
    reason: str
    outcome: str
    state: str


@dataclass(frozen=True, slots=True)
class StoryItem:
    """An item of a story in the wording by which it was placed.

    `similarity` is 0..1 (0 for the founder); `copy_of` the item of which it is a near copy.
    """

    stored: StoredItem
    story: str
    founds: bool
    similarity: float
    copy_of: int | None
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as it was read from one version of an item.

    `bearing` is makes, supports or denies, "" where it bears on no `fact`. `sentence` is
    [`start`, `end`) of the `field` of that version.
    """

    item_id: int
    version: int
    watch: str
    tracker: str
    fact: str
    bearing: str
    act: str
    state: str
    modality: str
    scope: Mapping[str, str]
    party: str
    claimant: str
    publisher: str
    count: str
    day: str
    field: str
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Backing:
    """Who stands behind a development: so many reports, from so many houses, quoting whom.

    `claimants` say it, `denying` say that it is not so.
    """

    reports: int
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    claimants: tuple[str, ...]
    denying: tuple[str, ...]
