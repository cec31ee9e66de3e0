"""Many polls in a row: what grows, and how long a document waits until it is judged and stored.

    python bench/endurance.py [--polls 50000] [--feeds 200] [--changed 2] [--json]

A farm on loopback, the real client, parser processes, desk and store on disk, the shipped watches;
only news time is stepped, a minute a round, so that a round is all feeds of pace `fast`. Each round
some feeds have new items. Told at ten marks: resident memory of this process and of its parsers,
file descriptors, the write-ahead log, the database. The slope is that of the second half, by least
squares. `delay` is wall time from the moment at which a changed document had been received until
what it brought was judged and stored; there is no channel, so no message is queued. A round asks
all feeds at once, which is harder than a minute of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from farming import Farm, farm, tree_mb, write_config

from monitor.app.doors import http_client, parser_pool
from monitor.app.replay import Nobody
from monitor.app.wiring import in_force, paced, read_settings
from monitor.core.rules import FetchPolicy
from monitor.errors import StoreError
from monitor.ingest import DeskThread
from monitor.poller import Poller
from monitor.ports import Body, Fetched, Ingested, Poll, Request
from monitor.sources.http import HttpClient
from monitor.store import SqliteStore

ROUND_S = 60.0
MARKS = 10
#: Rounds while everything is made ready: the cold one, and those in which memory settles.
BEFORE = 1


class Stepped:
    """News time that is moved by hand; wire time is real."""

    def __init__(self) -> None:
        self._now = datetime(2025, 6, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """Give news time."""
        return self._now

    def wire(self) -> datetime:
        """Give real time."""
        return datetime.now(UTC)

    def step(self) -> None:
        """Let a round's time pass."""
        self._now += timedelta(seconds=ROUND_S)


class Watched:
    """The real client; notes when a document had been received."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self.received: dict[str, float] = {}

    async def fetch(self, request: Request) -> Fetched:
        """Fetch."""
        fetched = await self._client.fetch(request)
        if isinstance(fetched, Body):
            self.received[request.url] = time.monotonic()
        return fetched


@dataclass(frozen=True, slots=True)
class Mark:
    """How things stand after so many polls; megabytes."""

    polls: int
    own_mb: float
    all_mb: float
    descriptors: int
    wal_mb: float
    store_mb: float


class Endurance:
    """The lanes without the daemon around them, driven round by round."""

    def __init__(self, folder: Path, served: Farm, feeds: int) -> None:
        config = write_config(folder, served.urls(feeds), pace="fast")
        settings = read_settings(config, env={})
        # the budget counts real seconds, and simulated minutes pass in less than one
        policy = replace(settings.fetch, requests_per_minute=1_000_000)
        self._path = folder / "data" / "parley.db"
        self._path.parent.mkdir(exist_ok=True)
        self.clock, self.polls, self.new, self.failed = Stepped(), 0, 0, 0
        self.delays_s: list[float] = []
        self._trouble: list[StoreError] = []
        self._store = SqliteStore(self._path)
        rules = in_force(settings, {"console": Nobody("console")})
        self._desk = DeskThread(self._store, rules, beat=lambda: None)
        self._feeds, self._served = paced(settings), served
        self._made(policy)

    def _made(self, policy: FetchPolicy) -> None:
        self._client = http_client(policy, self.clock)
        self._source = Watched(self._client)
        self._parser = parser_pool(policy)
        self._poller = Poller(
            source=self._source, parser=self._parser, desk=self._desk, reader=self._store.reader(),
            clock=self.clock, policy=policy, polled=self._polled,
            store_trouble=self._trouble.append, moved=lambda: None,
        )  # fmt: skip
        self._poller.use(self._feeds)

    async def open(self) -> None:
        """Let the desk begin."""
        self._desk.start()
        await self._desk.open(self.clock.now())

    async def round(self) -> None:
        """Let a minute pass, and look at every feed."""
        self.clock.step()
        await self._desk.tick(self.clock.now())
        while self._poller.beat() or self._poller.in_flight:
            while self._poller.in_flight:  # noqa: ASYNC110 - as `once` waits
                await asyncio.sleep(0.002)
        if self._trouble:
            raise self._trouble[0]

    async def close(self) -> None:
        """End all of it."""
        await self._poller.stop(5.0)
        await self._desk.stop()
        await self._parser.close()
        await self._client.close()
        self._store.close()

    def mark(self) -> Mark:
        """Tell how things stand."""
        wal, own = self._path.with_name(f"{self._path.name}-wal"), os.getpid()
        everything = tree_mb(own) - tree_mb(self._served.pid)
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        parsers = sum(tree_mb(int(child)) for child in children if int(child) != self._served.pid)
        return Mark(
            self.polls, everything - parsers, everything,
            sum(1 for _ in Path("/proc/self/fd").iterdir()), _mb(wal), _mb(self._path),
        )  # fmt: skip

    def _polled(self, poll: Poll, ingested: Ingested) -> None:
        self.polls += 1
        self.new += ingested.new_items
        self.failed += poll.fetched.status is None
        if poll.parsed is not None and not poll.first_contact:
            self.delays_s.append(time.monotonic() - self._source.received[poll.feed.url])


def _mb(path: Path) -> float:
    return path.stat().st_size / 2**20 if path.exists() else 0.0


def slope(marks: Sequence[Mark]) -> float:
    """Give the growth of this process in the second half, in megabytes for 10,000 polls."""
    half = marks[len(marks) // 2 :]
    mean_x = statistics.mean(m.polls for m in half)
    mean_y = statistics.mean(m.own_mb for m in half)
    spread = sum((m.polls - mean_x) ** 2 for m in half)
    return sum((m.polls - mean_x) * (m.own_mb - mean_y) for m in half) / spread * 10_000


async def run(served: Farm, feeds: int, polls: int, changed: float) -> tuple[Endurance, list[Mark]]:
    """Run so many polls after the first round; gives the end, and the marks on the way."""
    with tempfile.TemporaryDirectory() as folder:
        driven = Endurance(Path(folder), served, feeds)
        await driven.open()
        for _ in range(BEFORE):
            await driven.round()
        first, marks = driven.polls, [driven.mark()]
        while driven.polls - first < polls:
            await asyncio.to_thread(served.ask, f"change {changed}")
            await driven.round()
            if driven.polls - first >= polls * len(marks) / MARKS:
                marks.append(driven.mark())
        await driven.close()
        return driven, marks


def main() -> None:
    about = argparse.ArgumentParser(description="Many polls in a row.")
    about.add_argument("--polls", type=int, default=50_000)
    about.add_argument("--feeds", type=int, default=200)
    about.add_argument("--changed", type=float, default=2)
    about.add_argument("--seed", type=int, default=1)
    about.add_argument("--json", action="store_true", dest="as_json")
    told = about.parse_args()
    with farm(told.feeds, told.seed) as served:
        driven, marks = asyncio.run(run(served, told.feeds, told.polls, told.changed))
    delays = statistics.quantiles(driven.delays_s, n=100)
    said = {
        "polls": driven.polls, "new_items": driven.new, "failed": driven.failed,
        "slope_mb_per_10000_polls": slope(marks),
        "delay_s": {"median": delays[49], "p95": delays[94], "p99": delays[98],
                    "documents": len(driven.delays_s)},
        "marks": [asdict(mark) for mark in marks],
    }  # fmt: skip
    if told.as_json:
        print(json.dumps(said))
        return
    print("  polls  own MB  all MB  descriptors  WAL MB  store MB")
    for m in marks:
        print(
            f"{m.polls:7,} {m.own_mb:7.1f} {m.all_mb:7.1f} {m.descriptors:12}"
            f" {m.wal_mb:7.2f} {m.store_mb:9.1f}"
        )
    print(
        f"{driven.new:,} new items, {driven.failed} looks without an answer; memory grows by"
        f" {slope(marks):.2f} MB in 10,000 polls. Until judged and stored: median"
        f" {delays[49] * 1e3:.0f} ms, p95 {delays[94] * 1e3:.0f}, p99 {delays[98] * 1e3:.0f}"
        f" ({len(driven.delays_s):,} documents)"
    )


if __name__ == "__main__":
    main()
