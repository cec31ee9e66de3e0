"""The daemon tells how feeds do: at the change, at the recovery, and nothing between."""

from __future__ import annotations

import asyncio
import urllib.request
from dataclasses import replace
from pathlib import Path

from monitor.core.feed_health import FAILING_S
from monitor.core.rules import RuleBook
from monitor.ports import Failure, Fetched
from tests.builders import book, entry, feed
from tests.fakes import FakeNotifier, document
from tests.story.stage import Stage

NOT_THERE = Failure("http-404", "the server knows no such page (404)", 404)
DOWN = Failure("timeout", "no whole answer within 30 s")


def rules(*names: str) -> RuleBook:
    return replace(book(feeds=[feed(name) for name in names]), ops=("desk",))


def answer(stage: Stage, what: Fetched, *names: str) -> None:
    for name in names:
        url = next(feed.url for feed in stage.rules.feeds if feed.name == name)
        stage.source.answers[url] = [what]


def told(desk: FakeNotifier) -> list[str]:
    return [body.decode().split("|")[1] for _, _, body in desk.sent]


async def watched(stage: Stage) -> None:
    """Let every feed be looked at, all of them be judged, and what is told be sent."""
    before = {feed.name: stage.looks(feed.name) for feed in stage.rules.feeds}
    await stage.move(400)  # longer than a fast feed that fails waits
    await stage.until(lambda: all(stage.looks(name) > times for name, times in before.items()))
    await stage.idle()
    await stage.move(61)
    await stage.idle()
    await stage.now.tick()
    await stage.idle()


def test_a_change_and_a_recovery_are_told_once_over_restarts(tmp_path: Path) -> None:
    async def story() -> None:
        desk = FakeNotifier("desk")
        stage = Stage(tmp_path, rules("bbc", "dw"), desk)
        for name in ("bbc", "dw"):
            stage.publish(name, entry(f"An item of {name}"))
        async with stage.daemon():
            await watched(stage)
            answer(stage, NOT_THERE, "bbc")
            await watched(stage)
            await stage.move(FAILING_S)
            await watched(stage)
            assert told(desk) == ["Parley: bbc fails"]
            url = f"http://{stage.now.address[0]}:{stage.now.address[1]}/metrics"
            figures = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read().decode())
            assert 'parley_feeds{state="failing"} 1.0' in figures
            assert 'parley_feeds{state="ok"} 1.0' in figures
        async with stage.daemon():
            await watched(stage)
            assert told(desk) == ["Parley: bbc fails"]
            stage.publish("bbc", entry("It is back"))
            await stage.move(6 * 3600)
            await watched(stage)
            await watched(stage)
            assert told(desk) == ["Parley: bbc fails", "Parley: bbc is well again"]
        async with stage.daemon():
            await watched(stage)
            assert len(told(desk)) == 2

    asyncio.run(story())


def test_an_outage_of_everything_is_one_message_and_its_end_another(tmp_path: Path) -> None:
    async def story() -> None:
        desk = FakeNotifier("desk")
        names = [f"house{number}" for number in range(6)]
        stage = Stage(tmp_path, rules(*names), desk)
        for name in names:
            stage.publish(name, entry(f"An item of {name}"))
        async with stage.daemon():
            await watched(stage)
            answer(stage, DOWN, *names)
            for _ in range(4):
                await stage.move(200)
                await watched(stage)
            assert told(desk) == ["Parley: nothing can be reached"]
        async with stage.daemon():
            await stage.move(FAILING_S)
            await watched(stage)
            await stage.move(FAILING_S)
            await watched(stage)
            assert told(desk) == ["Parley: nothing can be reached"]
            answer(stage, document(entry("It is back")), *names)
            for _ in range(3):
                await stage.move(200)
                await watched(stage)
            assert told(desk)[1:] == ["Parley: feeds can be reached again"]

    asyncio.run(story())
