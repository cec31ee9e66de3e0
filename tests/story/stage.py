"""The daemon within the test's own process: real lanes, desk and store; fakes behind its doors."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from monitor.app.clock import SteppedClock
from monitor.app.daemon import Daemon
from monitor.app.doors import Doors
from monitor.core.model import ParsedItem
from monitor.core.rules import FetchPolicy, RuleBook
from monitor.ports import Clock, Notifier
from monitor.settings import Settings
from monitor.store import SqliteReader, SqliteStore
from tests.builders import T0
from tests.fakes import FakeParser, FakeSource, document

#: Nothing here takes this long; what does has failed.
PATIENCE_S = 15.0


class Stage:
    """A daemon over a data folder that outlives it; news time is moved by hand."""

    def __init__(
        self, folder: Path, rules: RuleBook, *channels: Notifier, at: datetime = T0
    ) -> None:
        self.folder, self.rules, self.channels = folder, rules, channels
        self.source, self.parser = FakeSource(), FakeParser()
        self.clock: Clock = SteppedClock(at)
        self.said: list[str] = []
        #: What a reload reads: an edit of the settings of the start, or an error of the files.
        self.edit: Callable[[Settings], Settings] = lambda settings: settings

    def publish(self, name: str, *entries: ParsedItem) -> None:
        """Let a feed hold these entries from now on."""
        url = next(feed.url for feed in self.rules.feeds if feed.name == name)
        self.source.answers[url] = [document(*entries)]

    def looks(self, name: str) -> int:
        return len(self.source.asked[next(f.url for f in self.rules.feeds if f.name == name)])

    @asynccontextmanager
    async def daemon(self, *, beat_s: float = 0.05) -> AsyncIterator[Daemon]:
        """Run it until the block ends, then see it end in good order."""
        settings = Settings(
            config_dir=self.folder / "config", data=self.folder / "data", listen=("127.0.0.1", 0),
            fetch=FetchPolicy(pace="fast", concurrency=50, host_spacing_s=0.0), channels=(),
            rules=self.rules, files=(), warnings=(),
        )  # fmt: skip
        doors = Doors(
            client=lambda policy, clock: self.source,
            parser=lambda policy: self.parser,
            store=SqliteStore,
            channels=lambda settings, http, clock, stream: {
                channel.name: channel for channel in self.channels
            },
        )
        self.now = Daemon(
            settings, say=self.said.append, read=lambda: self.edit(settings), clock=self.clock, doors=doors,
            stream=io.StringIO(), beat_s=beat_s,
        )  # fmt: skip
        running = asyncio.ensure_future(self.now.run())
        ready = asyncio.ensure_future(self.now.ready.wait())
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        try:
            if running.done():
                running.result()
            yield self.now
        finally:
            self.now.stop()
            await asyncio.wait_for(running, PATIENCE_S)

    async def move(self, seconds: float = 0.0, to: datetime | None = None) -> None:
        """Move news time, and let the beat come."""
        clock = self.clock
        assert isinstance(clock, SteppedClock)
        clock.step_to(to or datetime.fromtimestamp(clock.now().timestamp() + seconds, T0.tzinfo))
        self.now.beat_now()

    async def until(self, holds: Callable[[], bool], why: str = "") -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110 - it looks at what the daemon does, from outside
                await asyncio.sleep(0.005)

    async def round(self, *names: str, times: int = 1) -> None:
        """Let every named feed (all, where none is) be looked at again, and all of it be settled."""
        for _ in range(times):
            listed = names or tuple(feed.name for feed in self.rules.feeds)
            before: Mapping[str, int] = {name: self.looks(name) for name in listed}
            await self.move(61)
            await self.until(lambda: all(self.looks(name) > before[name] for name in listed))  # noqa: B023
            await self.idle()

    async def idle(self) -> None:
        """Wait until no look is under way and nothing that is due waits in the outbox."""
        reader = self.reader()
        try:
            await self.until(lambda: self.now.poller.in_flight == 0)
            await self.until(
                lambda: self.now.courier.in_flight == 0
                and not [
                    row for row in reader.deliveries("pending")
                    if row.next_attempt_at and row.next_attempt_at <= self.clock.now()
                ]
            )  # fmt: skip
        finally:
            reader.close()

    def reader(self) -> SqliteReader:
        from monitor.store.connection import open_reader  # noqa: PLC0415 - beside the daemon's own

        return SqliteReader(open_reader(self.folder / "data" / "parley.db"))

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[dict[str, object]]:
        reader = self.reader()
        try:
            return reader._rows(sql, values)
        finally:
            reader.close()
