"""The poller's stamp: it moves with the looks, and stands still where they hang."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.app.daemon import limits_s
from monitor.core.rules import FetchPolicy
from tests.builders import book, entry, feed, watch
from tests.fakes import FakeNotifier
from tests.story.stage import PATIENCE_S, Stage


def test_looks_that_hang_show_although_the_beat_goes_on(tmp_path: Path) -> None:
    held = feed("held")
    stage = Stage(tmp_path, book(watch(), feeds=[held]), FakeNotifier("console"))

    async def story() -> None:
        stage.publish("held", entry("Weather"))
        stage.source.hold(held.url)
        async with asyncio.timeout(2 * PATIENCE_S), stage.daemon(beat_s=0.02) as daemon:
            health = daemon.health
            assert health.limit_s("poller") == 45.0
            await stage.move(10)
            await stage.until(lambda: daemon.poller.in_flight == 1)
            await stage.until(lambda: health.ages_s()["poller"] > 0.5, "it stands still")
            assert health.ages_s()["beat"] < 0.4
            stage.source.release(held.url)
            await stage.until(lambda: daemon.poller.in_flight == 0)
            await stage.until(lambda: health.ages_s()["poller"] < 0.1, "it moves again")

    asyncio.run(story())


def test_looks_that_get_on_move_the_stamp_while_others_wait(tmp_path: Path) -> None:
    held, quick = feed("held"), feed("quick")
    stage = Stage(tmp_path, book(watch(), feeds=[held, quick]), FakeNotifier("console"))

    async def story() -> None:
        stage.publish("quick", entry("Weather"))
        stage.source.hold(held.url)
        async with asyncio.timeout(2 * PATIENCE_S), stage.daemon(beat_s=0.02) as daemon:
            ages = daemon.health.ages_s
            await stage.move(10)
            await stage.until(lambda: stage.looks("quick") == 1 and daemon.poller.in_flight == 1)
            await stage.until(lambda: ages()["poller"] > 0.3)
            await stage.move(61)
            await stage.until(lambda: stage.looks("quick") == 2)
            await stage.until(lambda: ages()["poller"] < 0.3)
            assert daemon.poller.in_flight >= 1

    asyncio.run(story())


def test_the_poller_may_stand_still_as_long_as_one_fetch_or_parse_may_take() -> None:
    assert limits_s(FetchPolicy())["poller"] == 45.0
    assert limits_s(FetchPolicy(total_s=120.0))["poller"] == 135.0
    assert limits_s(FetchPolicy(parse_s=300.0))["poller"] == 315.0
    assert limits_s(FetchPolicy(total_s=600.0))["desk"] == 45.0
