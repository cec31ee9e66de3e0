"""The desk: one thread, the only writer, one bounded queue.

In the queue settlements go before commands, commands before known feeds, known feeds before feeds
that are read for the first time: a mail that was accepted is marked at once, and a start with a
hundred new feeds holds up nobody's alert. A long document is taken a unit at a time (see `units`):
its rest goes back behind what waits, so that it holds up nobody's either.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, IntEnum
from typing import Any, TypeVar

from monitor import __version__
from monitor.core.ledger import FactEvent, SeedNotice, plan_seeding
from monitor.core.rules import RuleBook
from monitor.core.stories import OPEN_FOR
from monitor.errors import CommandError, LaneStopped, StoreError
from monitor.ingest import calendar, commands
from monitor.ingest.feed_watch import Watched, watch_feeds
from monitor.ingest.force import InForce
from monitor.ingest.intake import Intake, begun
from monitor.ingest.language import prepared
from monitor.ingest.path import ItemPath
from monitor.ingest.settling import OPENED, settle
from monitor.ports import ClaimedDelivery, Ingested, Poll, Settlement, Store, Unit

T = TypeVar("T")
#: Documents that wait for the desk; the poller holds further ones back until there is room.
MAX_WAITING = 64
#: A claim outlives a channel's deadline by this factor and this many seconds.
CLAIM_FACTOR, CLAIM_MARGIN_S = 1.5, 30.0
#: No schedule lies further ahead than this after a step of the clock: the longest retry of all.
MAX_AHEAD_S = 24 * 3600.0
#: Word about the store: the version of the program that opened it last.
PROGRAM = "program"
#: Word about the store: when it was last probed, after it had refused a write.
PROBED = "probed"
#: The desk says that it lives at least this often while it has nothing to do.
IDLE_BEAT_S = 0.5


class Turn(IntEnum):
    """The order in which the desk takes its work."""

    SETTLEMENT = 0
    COMMAND = 1
    KNOWN_FEED = 2
    FIRST_CONTACT = 3
    STOP = 9


class Left(Enum):
    """What a piece of work gives that is not done yet, in place of its answer."""

    MORE = "more"


@dataclass(order=True)
class _Work:
    turn: Turn
    number: int
    run: Callable[[], Any] | None = field(compare=False)
    answer: Future[Any] = field(compare=False, default_factory=Future)


class DeskThread:
    """Implements `ports.Desk`. Start it, await its verbs from the event loop, stop it.

    `beat` is called from the desk's thread whenever it makes progress or is idle.
    """

    def __init__(self, store: Store, rules: InForce, beat: Callable[[], None]) -> None:
        """Name the parts; nothing runs before `start`."""
        self._store = store
        self._path = ItemPath(store, rules)
        self._beat = beat
        self._queue: queue.PriorityQueue[_Work] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._room = asyncio.Semaphore(MAX_WAITING)
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
        self._closing = False
        self._addresses_of: RuleBook | None = None
        self._addresses: dict[str, str] = {}

    @property
    def rules(self) -> InForce:
        """The rules in force."""
        return self._path.rules

    @property
    def waiting(self) -> int:
        """How much work waits."""
        return self._queue.qsize()

    def start(self) -> None:
        """Let the thread begin."""
        self._thread.start()

    async def stop(self) -> None:
        """Finish what is queued, refuse what comes, end the thread."""
        self._closing = True
        if self._thread.is_alive():
            self._queue.put(_Work(Turn.STOP, next(self._numbers), None))
            await asyncio.to_thread(self._thread.join)

    async def open(self, now: datetime) -> tuple[int, Sequence[SeedNotice]]:
        """Make ready: void old claims, clamp schedules, sync feeds, seed facts, load stories.

        Gives the number of open stories and the baseline lines that were refused.
        """
        return await self._ask(Turn.COMMAND, lambda: self._open(now))

    async def swap(self, rules: InForce, now: datetime) -> Sequence[SeedNotice]:
        """Put a new rule book in force, whole: feeds, facts, index, channels."""
        return await self._ask(Turn.COMMAND, lambda: self._swap(rules, now))

    async def ingest(self, poll: Poll, now: datetime) -> Ingested:
        """Judge what a poll brought, a unit at a time (see `ItemPath.go_on`).

        What is left of a long document after a unit waits its turn anew, behind what waits already;
        its own order holds. A look at an address that an edit has replaced meanwhile leaves nothing
        further behind: the new address is due at once, and the old one's validators vouch for
        nothing there.
        """
        turn = Turn.FIRST_CONTACT if poll.first_contact else Turn.KNOWN_FEED
        if poll.parsed is None:
            intake = begun(poll, now)
        else:
            intake = await asyncio.to_thread(self._begun, poll, now)
        async with self._room:
            return await self._ask(turn, lambda: self._ingest(intake))

    async def checked(self, polls: Sequence[Poll], now: datetime) -> tuple[Ingested, ...]:
        """Write down looks that brought no document, all in one unit; an answer for each.

        Of an address that an edit has replaced meanwhile nothing is written, as in `ingest`.
        """
        del now  # each look says when it began
        async with self._room:
            return await self._ask(Turn.KNOWN_FEED, lambda: self._checked(polls))

    async def bring_forward(self, feeds: Sequence[str], now: datetime, within_s: float) -> int:
        """Look at feeds soon, spread over some seconds; gives how many were to wait longer."""
        return await self._ask(Turn.COMMAND, lambda: self._forward(feeds, now, within_s))

    async def probe(self, now: datetime) -> None:
        """Write a word, to see whether the store takes writes again. Raises the `StoreError`."""
        await self._ask(Turn.COMMAND, lambda: self._probe(now))

    async def tick(self, now: datetime) -> int:
        """Do what time causes, and the commands that people filed."""
        return await self._ask(Turn.COMMAND, lambda: self._tick(now))

    async def watch_feeds(self, now: datetime) -> Watched:
        """Judge how all feeds do, write down and tell what changed."""
        return await self._ask(Turn.COMMAND, lambda: self.watch_feeds_now(now))

    async def do(
        self, verb: str, args: Mapping[str, object], now: datetime
    ) -> Mapping[str, object]:
        """Carry out a command. Raises `CommandError`."""
        return await self._ask(Turn.COMMAND, lambda: self.do_now(verb, args, now))

    async def claim(
        self, now: datetime, limit: int, channels: Sequence[str]
    ) -> tuple[ClaimedDelivery, ...]:
        """Claim due deliveries of some channels; committed before they are handed out."""
        return await self._ask(Turn.SETTLEMENT, lambda: self._claim(now, limit, channels))

    async def settle(self, settlement: Settlement) -> None:
        """Write down what became of an attempt."""
        await self._ask(Turn.SETTLEMENT, lambda: self._settle(settlement))

    async def clamp(self, now: datetime) -> int:
        """Pull schedules back that a step of the clock left far ahead."""
        return await self._ask(Turn.COMMAND, lambda: self._clamp(now))

    def do_now(self, verb: str, args: Mapping[str, object], now: datetime) -> Mapping[str, object]:
        """Carry out a command on the calling thread: a command line may hold the lock itself."""
        done = False
        try:
            with self._store.unit() as unit:
                result = commands.do(verb, unit, self._path, args, now)
            done = True
        finally:
            if not done:
                self._path.rolled_back()
        self._path.committed(now)
        return result

    def watch_feeds_now(self, now: datetime) -> Watched:
        """Judge how all feeds do on the calling thread (see `watch_feeds`)."""
        with self._store.unit() as unit:
            return watch_feeds(unit, self.rules, now)

    def open_now(self, now: datetime) -> tuple[int, Sequence[SeedNotice]]:
        """Make ready on the calling thread (see `open`)."""
        return self._open(now)

    @property
    def path(self) -> ItemPath:
        """The path itself, for a replay that has no thread."""
        return self._path

    async def _ask(self, turn: Turn, run: Callable[[], T | Left]) -> T:
        """Queue work for the desk's thread and await its answer.

        Work that gives `Left.MORE` is queued again, behind what waits, until it gives its answer.
        """
        if self._closing:
            raise LaneStopped("the desk is shutting down")
        answer: Future[T] = Future()
        self._queue.put(_Work(turn, next(self._numbers), run, answer))
        return await asyncio.wrap_future(answer)

    def _work(self) -> None:
        """The thread: take work in order, answer each, until told to stop."""
        while True:
            self._beat()
            try:
                work = self._queue.get(timeout=IDLE_BEAT_S)
            except queue.Empty:
                continue
            if work.run is None:
                return
            if not (work.answer.running() or work.answer.set_running_or_notify_cancel()):
                continue
            try:
                given = work.run()
            except Exception as error:  # noqa: BLE001 - it is handed to whoever asked
                work.answer.set_exception(error)
                continue
            if given is Left.MORE:
                self._queue.put(replace(work, number=next(self._numbers)))
            else:
                work.answer.set_result(given)

    def _open(self, now: datetime) -> tuple[int, Sequence[SeedNotice]]:
        with self._store.unit() as unit:
            unit.release_claims(now)
            unit.clamp_schedule(now, MAX_AHEAD_S)
            unit.set_meta(OPENED, now.isoformat())
            notices = self._take_over(unit, self.rules, now)
        reader = self._store.reader()
        try:
            stories = self._path.remember(reader, now - OPEN_FOR, now)
        finally:
            reader.close()
        self._after_upgrade(now)
        return stories, notices

    def _after_upgrade(self, now: datetime) -> None:
        """Judge what was set aside again, where another version of the program set it aside."""
        with self._store.unit() as unit:
            before = unit.meta(PROGRAM)
            if before == __version__:
                return
            unit.set_meta(PROGRAM, __version__)
            if before is not None:
                commands.do("quarantine.retry", unit, self._path, {"ids": []}, now)
        self._path.committed(now)

    def _swap(self, rules: InForce, now: datetime) -> Sequence[SeedNotice]:
        with self._store.unit() as unit:
            notices = self._take_over(unit, rules, now)
        self._path.rules = rules
        return notices

    @staticmethod
    def _take_over(unit: Unit, rules: InForce, now: datetime) -> Sequence[SeedNotice]:
        """Bring feeds and facts of the store in line with a rule book."""
        unit.sync_feeds(rules.book.feeds, now)
        history: dict[str, list[FactEvent]] = {}
        for event in unit.fact_events():
            history.setdefault(event.fact_id, []).append(event)
        events, notices = plan_seeding(rules.book.seeds, history, now)
        unit.append(events, now)
        return notices

    def _begun(self, poll: Poll, now: datetime) -> Intake:
        return begun(prepared(poll, self.rules.index), now)

    def _ingest(self, intake: Intake) -> Ingested | Left:
        """Judge one unit; the answer comes with the last, or where the address was replaced."""
        if not self._replaced(intake.poll):
            self._path.go_on(intake, self._beat)
            if intake.units:
                return Left.MORE
        return intake.tally.result()

    def _checked(self, polls: Sequence[Poll]) -> tuple[Ingested, ...]:
        told = {done.feed: done for done in self._path.checked(
            [poll for poll in polls if not self._replaced(poll)]
        )}  # fmt: skip
        return tuple(told.get(poll.feed.name, Ingested(poll.feed.name)) for poll in polls)

    def _replaced(self, poll: Poll) -> bool:
        """Say whether an edit has given the feed of a look another address meanwhile."""
        book = self.rules.book
        if self._addresses_of is not book:
            self._addresses_of, self._addresses = book, {f.name: f.url for f in book.feeds}
        return self._addresses.get(poll.feed.name, poll.feed.url) != poll.feed.url

    def _forward(self, feeds: Sequence[str], now: datetime, within_s: float) -> int:
        with self._store.unit() as unit:
            return unit.bring_forward(feeds, now, within_s)

    def _probe(self, now: datetime) -> None:
        with self._store.unit() as unit:
            unit.set_meta(PROBED, now.isoformat())

    def _tick(self, now: datetime) -> int:
        with self._store.unit() as unit:
            made = calendar.tick(unit, self.rules, now)
            hot = self._path.hot.ask(unit, now) if self._path.hot.due(now) else None
            asked = unit.take_commands()
        if hot is not None:
            self._path.hot.adopt(hot, now)
        for number, verb, args in asked:
            self._answer(number, verb, args, now)
        return made

    def _answer(self, number: int, verb: str, args: Mapping[str, object], now: datetime) -> None:
        """Do one filed command; what it did and its answer commit together."""
        try:
            with self._store.unit() as unit:
                result = commands.do(verb, unit, self._path, args, now)
                unit.finish_command(number, "done", result, now)
            self._path.committed(now)
        except StoreError:
            self._path.rolled_back()
            raise
        except Exception as error:  # noqa: BLE001 - what we trip over must not come again for ever
            self._path.rolled_back()
            said = (
                str(error)
                if isinstance(error, CommandError)
                else f"{type(error).__name__}: {error}"
            )
            with self._store.unit() as unit:
                unit.finish_command(number, "refused", {"error": said}, now)

    def _claim(
        self, now: datetime, limit: int, channels: Sequence[str]
    ) -> tuple[ClaimedDelivery, ...]:
        holds = {
            name: self.rules.channels[name].deadline_s * CLAIM_FACTOR + CLAIM_MARGIN_S
            for name in channels
            if name in self.rules.channels
        }
        with self._store.unit() as unit:
            return unit.claim_deliveries(now, limit, holds)

    def _settle(self, settlement: Settlement) -> None:
        with self._store.unit() as unit:
            settle(unit, self.rules, settlement)

    def _clamp(self, now: datetime) -> int:
        with self._store.unit() as unit:
            return unit.clamp_schedule(now, MAX_AHEAD_S)
