"""One round, or several, of the whole daemon: look at feeds, deliver what is due, end.

The daemon is the same one; only what counts as due is another, and when it is over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from monitor.app.daemon import Daemon
from monitor.app.doors import Doors
from monitor.app.opening import FirstRound
from monitor.errors import LaneStopped
from monitor.ports import DueFeed, Failure, Ingested, Poll
from monitor.settings import Settings
from monitor.store import DATABASE_FILE, SqliteReader, SqliteStore
from monitor.store.connection import open_reader

log = logging.getLogger("parley")
#: First looks of new feeds are spread over some seconds; a round does not wait for them.
SOON = timedelta(seconds=10)
#: "Whatever its schedule": further ahead than any.
EVER = timedelta(days=3650)
#: Feeds asked for at once.
EVERY_FEED = 1_000_000
#: A channel that takes nothing for so long, in seconds, keeps what waits for the next round.
GIVE_UP_S = 3.0
#: How often a round looks whether it is over, in seconds.
LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did. Times in seconds; `cpu_s` is of this process, without its parsers."""

    feeds: int
    failed: Mapping[str, int]
    items: int
    hits: int
    developments: int
    quiet: int
    sent: int
    waiting: int
    wall_s: float
    cpu_s: float

    @property
    def read(self) -> int:
        """How many feeds could be read."""
        return self.feeds - sum(self.failed.values())


class Looks(FirstRound):
    """Counts the looks of one round; stands where the daemon sums up its first one."""

    def __init__(self) -> None:
        """Begin at nothing, and wait for no feed."""
        super().__init__(())
        self.feeds = self.items = self.hits = self.developments = self.quiet = 0
        self.failed: Counter[str] = Counter()

    @property
    def over(self) -> bool:
        """Never: feeds that fail are summed up at the end of a round, not told one by one."""
        return False

    def polled(self, poll: Poll, ingested: Ingested) -> bool:
        """Count one look; no look ends a round that sums itself up."""
        self.feeds += 1
        if isinstance(poll.fetched, Failure):
            self.failed[poll.fetched.code] += 1
        self.items += ingested.new_items
        self.hits += ingested.hits
        self.developments += ingested.developments
        self.quiet += ingested.quiet_developments
        return False


@dataclass
class _Turn:
    """Which feeds are still to be looked at in this round; None before the round has asked.

    Between rounds, and while the daemon comes up, no feed is due.
    """

    ahead: timedelta
    left: list[DueFeed] | None = None
    open: bool = False

    @property
    def over(self) -> bool:
        """Whether every feed of the round has been handed out."""
        return self.left is not None and not self.left

    def begin(self) -> None:
        """Let the next question settle which feeds the round looks at."""
        self.left, self.open = None, True

    def take(self, limit: int, ask: Callable[[timedelta], Sequence[DueFeed]]) -> Sequence[DueFeed]:
        """Give feeds that have not had their look, each once; the store is asked once a round."""
        if not self.open:
            return ()
        if self.left is None:
            self.left = list(ask(self.ahead))
        taken, self.left = self.left[:limit], self.left[limit:]
        return taken


class _Reader(SqliteReader):
    """Says which feeds a round looks at."""

    turn: _Turn

    def due_feeds(self, now: datetime, limit: int) -> tuple[DueFeed, ...]:
        """Give the feeds of the round that are still to be looked at."""
        known = super().due_feeds
        return tuple(self.turn.take(limit, lambda ahead: known(now + ahead, EVERY_FEED)))


@dataclass
class _Stores:
    """Makes the daemon's store, whose readers follow the round's turn."""

    turn: _Turn
    made: list[SqliteStore] = field(default_factory=list)

    def __call__(self, path: Path) -> SqliteStore:
        turn = self.turn

        class Store(SqliteStore):
            """The daemon's store for rounds."""

            def reader(self) -> SqliteReader:
                """Open a view that knows the round."""
                reader = _Reader(open_reader(path))
                reader.turn = turn
                return reader

        return Store(path)


async def rounds(
    settings: Settings,
    count: int,
    *,
    every_feed: bool,
    stream: TextIO,
    started: Callable[[Daemon], None] = lambda _: None,
    doors: Doors | None = None,
) -> AsyncIterator[Round]:
    """Run `count` rounds and give each as it ends; `every_feed` ignores the schedule.

    `started` is handed the daemon before it runs, to stop it early. Raises what keeps it from
    coming up: `StoreInUse` where a daemon runs, `StoreError`, `CommandError`.
    """
    turn = _Turn(EVER if every_feed else SOON)
    doors = replace(doors or Doors(), store=_Stores(turn))
    # nobody asks a round for its health, and a port may be another daemon's: take any free one
    quiet = replace(settings, listen=("127.0.0.1", 0))
    daemon = Daemon(quiet, say=log.debug, read=lambda: quiet, doors=doors, stream=stream)
    path = settings.data / DATABASE_FILE
    sent = _sent_so_far(path)  # the courier begins with the daemon, before the first round
    started(daemon)
    running = asyncio.create_task(daemon.run(), name="daemon")
    try:
        await _until(daemon.ready.is_set, running)
        reader = SqliteReader(open_reader(path))
        try:
            for _ in range(count):
                if running.done():
                    break
                try:
                    done = await _round(daemon, running, turn, reader)
                except LaneStopped:  # it was asked to end while a round was on its way
                    break
                yield replace(done, sent=_sent(reader) - sent)
                sent = _sent(reader)
        finally:
            reader.close()
    finally:
        daemon.stop()
        await running


async def _round(
    daemon: Daemon, running: asyncio.Task[None], turn: _Turn, reader: SqliteReader
) -> Round:
    """Look at the feeds of one round, and send what is due. Leaves `sent` at 0."""
    looks = daemon.watching.first_round = Looks()
    began, cpu = time.monotonic(), time.process_time()
    turn.begin()
    await daemon.tick()
    daemon.beat_now()
    await _until(lambda: turn.over and not daemon.poller.in_flight, running)
    turn.open = False
    daemon.courier.wake()
    quiet_since = time.monotonic()

    def delivered() -> bool:
        nonlocal quiet_since
        if daemon.courier.in_flight:
            quiet_since = time.monotonic()
            return False
        return not _due(reader, daemon.clock.now()) or time.monotonic() - quiet_since > GIVE_UP_S

    await _until(delivered, running)
    return Round(
        looks.feeds, dict(looks.failed), looks.items, looks.hits, looks.developments, looks.quiet,
        0, reader.outbox_age()[0], time.monotonic() - began,
        time.process_time() - cpu,
    )  # fmt: skip


async def _until(over: Callable[[], bool], running: asyncio.Task[None]) -> None:
    """Wait until something is over, or the daemon has ended. Raises what ended it."""
    while not over():
        if running.done():
            await running
            return
        await asyncio.sleep(LOOK_S)


def _due(reader: SqliteReader, now: datetime) -> bool:
    """Whether a delivery is on its way, or could be."""
    if reader.deliveries("sending", 1):
        return True
    waiting = reader.deliveries("pending", EVERY_FEED)
    return any(row.next_attempt_at is not None and row.next_attempt_at <= now for row in waiting)


def _sent_so_far(path: Path) -> int:
    """Count what was accepted before; a first start has no database yet."""
    if not path.exists():
        return 0
    reader = SqliteReader(open_reader(path))
    try:
        return _sent(reader)
    finally:
        reader.close()


def _sent(reader: SqliteReader) -> int:
    counts = reader.summary()["deliveries"]
    return counts.get("sent", 0) if isinstance(counts, Mapping) else 0
