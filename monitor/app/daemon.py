"""The daemon: wiring in straight-line code, shutdown in reverse order.

Three lanes run on the event loop or beside it: the poller and the courier as tasks, the desk in its
own thread. APScheduler's jobs only set events; what is due stands in rows.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TextIO

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.app.clock import StepWatch, SystemClock
from monitor.app.doors import Doors
from monitor.app.heartbeat import Pulse
from monitor.app.opening import FirstRound, StoreNow, opening_lines
from monitor.app.reload import Reloader
from monitor.app.watching import Watching
from monitor.app.wiring import DOTENV, in_force, paced, secrets_of
from monitor.core.rules import FetchPolicy
from monitor.courier import Courier
from monitor.errors import LaneStopped, StoreError
from monitor.ingest import DeskThread
from monitor.poller import Poller
from monitor.ports import ClaimedDelivery, Clock, Failure, Ingested, Outcome, Poll, Receipt
from monitor.settings import Settings
from monitor.settings.watcher import ConfigWatcher, watched_paths
from monitor.store import DATABASE_FILE, FolderLock, SqliteReader
from monitor.telemetry.health import LANE_LIMITS_S, STORE, Health
from monitor.telemetry.logs import add_secrets
from monitor.telemetry.metrics import Metrics
from monitor.telemetry.server import HealthServer
from monitor.telemetry.systemd import Systemd

log = logging.getLogger("parley")
#: Seconds between beats: a feed of pace fast is looked at within a second of its time.
BEAT_S = 1.0
#: Seconds between looks at the configuration's files.
WATCH_S = 0.5
#: At a stop, looks and sends on their way may take so long to end, in seconds.
DRAIN_S = 4.0
#: The poller may stand still for so long beyond the longest fetch or parse, in seconds.
POLLER_MARGIN_S = 15.0
#: Feeds that are due within so many seconds of the start make up the first round.
FIRST_ROUND_S = 60.0
#: Figures that need a question to the store are renewed this often, in seconds.
FIGURES_S = 10.0


class Daemon:
    """One running Parley. `run` returns after `stop` was called and everything has ended."""

    def __init__(
        self,
        settings: Settings,
        *,
        say: Callable[[str], None],
        read: Callable[[], Settings],
        clock: Clock | None = None,
        doors: Doors | None = None,
        stream: TextIO | None = None,
        beat_s: float = BEAT_S,
    ) -> None:
        """`say` prints a line for people, `read` reads the configuration anew at a reload."""
        self.settings = self.booted = settings
        self.clock = clock or SystemClock()
        self.health = Health(limits_s(settings.fetch))
        self.metrics = Metrics()
        self._say, self._read = say, read
        self._doors = doors or Doors()
        self._stream = stream or sys.stdout
        self._beat_s = beat_s
        self._systemd = Systemd()
        self._stopping = asyncio.Event()
        self._events = {name: asyncio.Event() for name in ("beat", "calendar", "files")}
        self._tasks: list[asyncio.Task[None]] = []
        self.ready = asyncio.Event()

    def stop(self) -> None:
        """Ask for the end."""
        self._stopping.set()

    def reload(self) -> None:
        """Ask for the configuration to be read anew, changed or not."""
        self._reloader.ask()
        self._events["files"].set()

    def beat_now(self) -> None:
        """Let the beat come at once: for a demo whose news time has just been moved."""
        self._events["beat"].set()
        self._events["calendar"].set()

    async def run(self) -> None:
        """Come up, work until `stop`, go down. Raises what keeps it from coming up."""
        async with AsyncExitStack() as stack:
            await self._come_up(stack)
            self.ready.set()
            self._systemd.ready(self._in_a_line)
            broken = await self._until_stopped()
            self._systemd.stopping("shutting down")
            log.info("shutting down")
        for task in broken:  # a bug of ours: end aloud, so that a supervisor starts anew
            task.result()

    async def _until_stopped(self) -> list[asyncio.Task[None]]:
        """Wait for `stop`, or for a loop that ended by an error; gives the broken ones."""
        stopped = asyncio.create_task(self._stopping.wait(), name="stop")
        await asyncio.wait([stopped, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        return [task for task in self._tasks if task.done() and task.exception() is not None]

    async def _come_up(self, stack: AsyncExitStack) -> None:
        """Wire everything, each part's end pushed as it begins: the end runs in reverse."""
        settings, clock = self.settings, self.clock
        add_secrets(secrets_of(settings))
        watcher = ConfigWatcher(lambda: watched_paths(settings.config_dir, DOTENV))

        lock = FolderLock(settings.data)
        lock.acquire(clock.wire())
        stack.callback(lock.release)

        rules = in_force(settings, {})  # before what has to be closed: a test may fail here
        store = self._doors.store(settings.data / DATABASE_FILE)
        stack.callback(store.close)
        self.health.set_state(STORE, ok=True)

        client = self._doors.client(settings.fetch, clock)
        stack.push_async_callback(client.close)
        parser = self._doors.parser(settings.fetch)
        stack.push_async_callback(parser.close)

        channels = self._doors.channels(settings, client, clock, self._stream)
        rules = replace(rules, channels=channels)
        desk = DeskThread(store, rules, beat=lambda: self.health.beat("desk"))
        desk.start()
        stack.push_async_callback(desk.stop)
        stories, notices = await desk.open(clock.now())
        log.debug("%d stories are open", stories)
        for notice in notices:
            log.warning("%s; to take it: %s", notice.message, notice.command)

        reader = store.reader()
        stack.callback(reader.close)
        self.watching = Watching(
            health=self.health, metrics=self.metrics, desk=desk, reader=reader, clock=clock,
            ops=lambda: self.settings.rules.ops,
        )  # fmt: skip
        self.watching.say_stranded()
        server = HealthServer(*settings.listen, self.health, self.metrics, self._status)
        server.start()
        stack.callback(server.stop)
        self.address = server.address

        self._pulse = Pulse(client, self.health, lambda: self.settings.heartbeat)
        self.courier = Courier(
            desk=desk, clock=clock, delivered=self._delivered,
            trouble=self.watching.channel_trouble, store_trouble=self.watching.store_trouble,
            beat=lambda: self.health.beat("courier"),
        )  # fmt: skip
        self.courier.use(channels)
        self.poller = Poller(
            source=client, parser=parser, desk=desk, reader=reader, clock=clock,
            policy=settings.fetch, polled=self._polled,
            store_trouble=self.watching.store_trouble, moved=lambda: self.health.beat("poller"),
        )  # fmt: skip
        self.poller.use(paced(settings))
        self.watching.use(self.poller, self.courier, FirstRound(self._due_soon(reader)), self._say)
        self._reloader = Reloader(
            daemon=self, desk=desk, watcher=watcher, client=client, doors=self._doors,
            stream=self._stream, channels=channels, read=self._read,
        )  # fmt: skip
        stack.push_async_callback(self._reloader.close)
        self.metrics.config_loaded()
        self.health.set_state("config", ok=True)
        state = StoreNow(reader.facts(), [feed.name for feed in reader.feeds() if feed.failures])
        for line in opening_lines(settings, channels, state, clock.now(), self.address):
            self._say(line)
        self._desk = desk
        self._start(stack)

    def _polled(self, poll: Poll, ingested: Ingested) -> None:
        self._pulse.looked(good=not isinstance(poll.fetched, Failure))
        self.watching.polled(poll, ingested)

    def _delivered(self, delivery: ClaimedDelivery, receipt: Receipt, at: datetime) -> None:
        self._pulse.sent(good=receipt.outcome is Outcome.SENT)
        self.watching.delivered(delivery, receipt, at)

    def _due_soon(self, reader: SqliteReader) -> list[str]:
        """Give the feeds that will be looked at within a minute: those of the first round."""
        soon = self.clock.now() + timedelta(seconds=FIRST_ROUND_S)
        return [due.name for due in reader.due_feeds(soon, len(self.settings.rules.feeds))]

    def _start(self, stack: AsyncExitStack) -> None:
        """Start the lanes and what drives them."""
        loops: Sequence[tuple[str, Callable[[], object]]] = (
            ("beat", self._on_beat), ("calendar", self.tick), ("files", self._on_files),
        )  # fmt: skip
        for name, what in loops:
            self._tasks.append(asyncio.create_task(self._loop(name, what), name=name))
        self._tasks.append(asyncio.create_task(self.courier.run(), name="courier"))
        self._tasks.append(asyncio.create_task(self._pulse.run(), name="heartbeat"))
        scheduler = _scheduler(self._beat_s, self._events)
        self._tasks.append(asyncio.create_task(self._guard(scheduler), name="clock guard"))
        stack.push_async_callback(self._end_tasks)
        stack.push_async_callback(self._drain)
        scheduler.start()
        stack.callback(scheduler.shutdown, wait=False)
        for event in self._events.values():
            event.set()

    async def _drain(self) -> None:
        """Let both lanes end what is on its way, at the same time: a stop is to take under 10 s."""
        await asyncio.gather(self.poller.stop(DRAIN_S), self.courier.stop(DRAIN_S))

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loop(self, name: str, what: Callable[[], object]) -> None:
        """Do something at each event, for as long as the daemon runs."""
        event = self._events[name]
        while True:
            await event.wait()
            event.clear()
            try:
                done = what()
                if asyncio.iscoroutine(done):
                    await done
            except LaneStopped:
                return
            except StoreError as error:
                self.watching.store_trouble(error)

    def _on_beat(self) -> None:
        self.health.beat("beat")
        self.poller.beat()

    async def tick(self) -> None:
        """Do what time causes, tell systemd that all lanes live, renew the figures.

        A tick that has nothing to do writes nothing, and proves nothing of a store that refused: an
        empty commit succeeds on a full disk.
        """
        made = await self._desk.tick(self.clock.now())
        if self.watching.store_refuses:
            await self._desk.probe(self.clock.now())
            self.watching.store_works()
        if made:
            self.courier.wake()
        await self.watching.watch_feeds(self.clock.now())
        self.watching.renew_figures(self._desk.waiting, FIGURES_S)
        if not self.health.stalled():
            self._systemd.watchdog()

    async def _on_files(self) -> None:
        if not self._reloader.wanted(time.monotonic()):
            return
        self._systemd.reloading("reading the configuration")
        try:
            await self._reloader.reload()
        finally:
            self._systemd.ready(self._in_a_line)

    async def _guard(self, scheduler: AsyncIOScheduler) -> None:
        """After a step of the wall clock, plan the jobs anew and clamp what lies too far ahead.

        The loop's own sleep runs on the monotonic clock, so the guard outlives any step.
        """
        watch = StepWatch()
        while True:
            await asyncio.sleep(BEAT_S)
            stepped = watch.stepped_s()
            if not stepped:
                continue
            log.warning("the clock of this machine was set by %+.0f s; schedules go on", stepped)
            for job in scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
            try:
                await self._desk.clamp(self.clock.now())
            except StoreError as error:
                self.watching.store_trouble(error)

    def took(self, settings: Settings) -> None:
        """Remember settings that a reload has put in force."""
        self.settings = settings

    @property
    def _in_a_line(self) -> str:
        """What it does, for `systemctl status`."""
        return f"watching {len(self.settings.rules.feeds)} feeds"

    def _status(self) -> Mapping[str, object]:
        """Give the lines of the index page; asked on a thread of the health server's."""
        return {"watches": len(self.settings.rules.watches), **self.watching.counts}


def limits_s(policy: FetchPolicy) -> dict[str, float]:
    """Give how long each lane may stand still: the poller as long as one fetch or parse may take.

    With the bounds by default (30 s, 10 s) that is the limit that it has anyway.
    """
    longest_s = max(policy.total_s, policy.parse_s)
    poller_s = max(LANE_LIMITS_S["poller"], longest_s + POLLER_MARGIN_S)
    return {**LANE_LIMITS_S, "poller": poller_s}


def _scheduler(beat_s: float, events: dict[str, asyncio.Event]) -> AsyncIOScheduler:
    """Give the scheduler of the beat and the calendar. A late run is never dropped."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    periods = {"beat": beat_s, "calendar": beat_s, "files": WATCH_S}
    for name, period in periods.items():
        scheduler.add_job(events[name].set, IntervalTrigger(seconds=period), id=name)
    return scheduler
