"""Rows about feeds: what a look begins with, what it leaves behind, how a feed stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
