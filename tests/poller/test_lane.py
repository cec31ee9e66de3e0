"""The lane: every due feed has its look, and looks without a document are written down together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.core.model import Feed
from monitor.core.rules import FetchPolicy
from monitor.ingest import DeskThread
from monitor.poller import Poller
from monitor.poller.lane import BATCH, RETURN_S
from monitor.ports import Failure, Ingested, Poll
from monitor.store import SqliteReader, SqliteStore
from tests.builders import T0, after, book, entry, feed, in_force
from tests.fakes import FakeParser, FakeSource, FrozenClock, document

PATIENCE_S = 20.0


class Desk(DeskThread):
    """The desk, which counts the units that it was given."""

    units: list[int]

    async def checked(self, polls: Sequence[Poll], now: datetime) -> tuple[Ingested, ...]:
        self.units.append(len(polls))
        return await super().checked(polls, now)


class Lane:
    """A poller over a real store and desk, and a source that is told what to answer."""

    def __init__(self, poller: Poller, desk: Desk, source: FakeSource, reader: SqliteReader,
                 clock: FrozenClock, polls: list[Poll]) -> None:  # fmt: skip
        self.poller, self.desk, self.source = poller, desk, source
        self.reader, self.clock, self.polls = reader, clock, polls

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110 - what is waited for has no event of its own
                await asyncio.sleep(0.01)

    async def round(self, minutes: float) -> list[Poll]:
        """Let everything that is due in some minutes have its look; gives the looks."""
        before = len(self.polls)
        self.clock.move(minutes * 60)
        self.poller.beat()
        await self.until(lambda: not self.poller.in_flight)
        return self.polls[before:]


@asynccontextmanager
async def lane(folder: Path, *feeds: Feed) -> AsyncIterator[Lane]:
    store, clock, polls = SqliteStore(folder / "parley.db"), FrozenClock(T0), list[Poll]()
    desk = Desk(store, in_force(book(feeds=feeds)), beat=lambda: None)
    desk.units = []
    desk.start()
    await desk.open(clock.now())
    source, reader = FakeSource(), store.reader()
    for one in feeds:
        source.answers[one.url] = [document(entry("Report", guid=one.name), etag='"1"')]

    def trouble(error: Exception) -> None:
        raise AssertionError(error)

    poller = Poller(
        source=source, parser=FakeParser(), desk=desk, reader=reader, clock=clock,
        policy=FetchPolicy(host_spacing_s=0.0), polled=lambda poll, _: polls.append(poll),
        store_trouble=trouble, moved=lambda: None,
    )  # fmt: skip
    poller.use({one.name: one for one in feeds})
    try:
        yield Lane(poller, desk, source, reader, clock, polls)
    finally:
        await poller.stop(5.0)
        await desk.stop()
        reader.close()
        store.close()


def test_feeds_without_news_are_written_down_many_at_a_time(tmp_path: Path) -> None:
    feeds = [feed(f"feed {n}") for n in range(BATCH + 100)]  # more than one beat takes up

    async def story() -> None:
        async with lane(tmp_path, *feeds) as it:
            assert len(await it.round(10)) == len(feeds)
            assert it.desk.units == []
            polls = await it.round(10)
            assert {poll.fetched.status for poll in polls} == {304}
            assert len(polls) == sum(it.desk.units) == len(feeds)
            assert len(it.desk.units) < len(feeds) / 3
            assert all(row.outcome == "unchanged" for row in it.reader.feeds())

    asyncio.run(story())


def test_feeds_that_hang_do_not_keep_the_others_out(tmp_path: Path) -> None:
    hanging = [feed(f"a hanging {n:03}") for n in range(BATCH + 10)]
    good = feed("z good")

    async def story() -> None:
        async with lane(tmp_path, *hanging, good) as it:
            await it.round(10)
            for one in hanging:
                it.source.hold(one.url)
            looks = len(it.source.asked[good.url])
            it.clock.move(3600)
            it.poller.beat()
            it.poller.beat()
            await it.until(lambda: len(it.source.asked[hanging[0].url]) > 1)
            for one in hanging:
                it.source.release(one.url)
            await it.until(lambda: len(it.source.asked[good.url]) > looks)

    asyncio.run(story())


def test_after_an_outage_everything_is_looked_at_soon_and_nobody_is_blamed(tmp_path: Path) -> None:
    feeds = [feed(f"feed {n}", pace="slow") for n in range(6)]

    async def story() -> None:
        async with lane(tmp_path, *feeds) as it:
            await it.round(10)
            answers = dict(it.source.answers)
            for one in feeds:
                it.source.answers[one.url] = [Failure("dns", "no such name")]
            for _ in range(4):
                await it.round(40)
            assert it.poller.network_down
            assert all(row.failures <= 1 for row in it.reader.feeds())
            it.source.answers.update(answers)
            back: list[Poll] = []
            while not back:  # the first that is due finds the network again
                back = await it.round(1 / 60)
            assert len(back) < len(feeds)
            named = {poll.feed.name for poll in back}
            ahead = [
                (row.next_check_at - it.clock.now()).total_seconds()
                for row in it.reader.feeds()
                if row.name not in named
            ]
            assert all(seconds <= RETURN_S for seconds in ahead)
            assert len(await it.round(1.5)) == len(ahead)
            assert not any(row.failures for row in it.reader.feeds())

    asyncio.run(story())


def test_a_host_that_asks_for_rest_is_left_alone_with_all_its_feeds(tmp_path: Path) -> None:
    feeds = [feed(f"feed {n}", url=f"https://one.example.org/{n}") for n in range(3)]

    async def story() -> None:
        async with lane(tmp_path, *feeds, feed("other")) as it:
            await it.round(10)
            was = list(it.source.answers[feeds[0].url])
            it.source.answers[feeds[0].url] = [Failure("http-429", "too many", 429, 1800.0)]
            await it.round(10)
            it.source.answers[feeds[0].url] = was
            assert [poll.feed.name for poll in await it.round(10)] == ["other"]
            assert {poll.feed.name for poll in await it.round(30)} >= {f.name for f in feeds}
            assert it.clock.now() == after(60)

    asyncio.run(story())


def test_an_edit_of_the_address_meanwhile_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    one = feed("bbc")

    async def story() -> None:
        async with lane(tmp_path, one) as it:
            await it.round(10)
            it.source.hold(one.url)
            it.clock.move(600)
            it.poller.beat()
            moved = replace(one, url="https://new.example.org/feed")
            await it.desk.swap(in_force(book(feeds=[moved])), it.clock.now())
            it.source.release(one.url)
            await it.until(lambda: not it.poller.in_flight)
            (row,) = it.reader.feeds()
            assert (row.url, row.checks) == (moved.url, 1)

    asyncio.run(story())
