"""What crosses the door to the store: one small record a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.core.ledger import Fact
from monitor.core.model import Hit, Placement, Reason, StoredItem


@dataclass(frozen=True, slots=True)
class DueFeed:
    """What the poller needs to look at a feed, and what its next schedule is made from.

    `pieces` are the prints of its last document. `moved_to` is where permanent redirects led
    `moved_times` looks in a row. `paused` says why it is held, "" where it is not. `hints`,
    `rhythm` and `signs` are JSON as core wrote it. `status` is the last HTTP status. `whole_at` is
    when it was last asked without validators (None: not yet), `gap_at` when items were last missed.
    """

    name: str
    etag: str
    last_modified: str
    body_hash: str
    failures: int
    first_contact: bool
    pieces: bytes = b""
    moved_to: str = ""
    moved_times: int = 0
    paused: str = ""
    hints: str = "{}"
    rhythm: str = "{}"
    known_items: int = 0
    status: int | None = None
    last_checked_at: datetime | None = None
    whole_at: datetime | None = None
    gap_at: datetime | None = None
    health: str = "ok"
    gone: bool = False
    signs: str = "{}"


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """What one poll leaves behind on its feed. What is None stays as it was.

    `why` says for people what the next look is planned by. `known_items` counts the items of the
    document that were known. `gap` is 0, or how many items at least this look found while nothing
    of the document before was left. `whole` says that it was asked without validators and answered
    with a document. `host` is where requests go to. Nothing brings the next look forward beyond
    `not_before`, which server or document asked for.
    """

    feed: str
    at: datetime
    next_check_at: datetime
    outcome: str  # body | unchanged | failure
    status: int | None = None
    error_code: str = ""
    error: str = ""
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    new_items: int = 0
    gone: bool = False
    pieces: bytes | None = None
    why: str = ""
    hints: str | None = None
    rhythm: str | None = None
    moved_to: str | None = None
    moved_times: int | None = None
    known_items: int | None = None
    gap: int = 0
    whole: bool = False
    health: str | None = None
    paused: str | None = None
    host: str | None = None
    not_before: datetime | None = None
    signs: str | None = None


@dataclass(frozen=True, slots=True)
class HostRest:
    """A host that asked for no requests before `until`, and `why` for people."""

    host: str
    until: datetime
    why: str


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
class FeedRow:
    """A feed as `parley feeds` shows it.

    `why` says what its next look was planned by; `moved_to` is where permanent redirects led
    `moved_times` times. `last_new_at` is when it last brought anything (None: not since it is
    kept), `gap_at` when items were last missed, `gaps` how often. `paused` says why it is held.
    `rest` is the rest that its host asked for, if it has not passed.
    """

    name: str
    url: str
    last_checked_at: datetime | None
    next_check_at: datetime
    outcome: str
    status: int | None
    error_code: str
    error: str
    failures: int
    first_contact_at: datetime | None
    items: int
    checks: int
    gone: bool
    why: str = ""
    moved_to: str = ""
    moved_times: int = 0
    hints: str = "{}"
    rhythm: str = "{}"
    known_items: int = 0
    last_new_at: datetime | None = None
    gap_at: datetime | None = None
    gaps: int = 0
    health: str = "ok"
    health_since: datetime | None = None
    paused: str = ""
    paused_at: datetime | None = None
    host: str = ""
    rest: HostRest | None = None
    signs: str = "{}"


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
