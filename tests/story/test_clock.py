"""A wall clock that is stepped: schedules go on at their pace, neither silent nor in a burst."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import cast

import pytest

from monitor.app import clock as clocks
from monitor.app import daemon as daemons
from monitor.app.clock import STEP_S, StepWatch, SystemClock
from monitor.core.rules import PACES_S
from tests.builders import T0, book, feed
from tests.fakes import FakeNotifier, FakeWall
from tests.story.stage import Stage

apscheduler_base = pytest.importorskip("apscheduler.schedulers.base")
HOUR = 3600.0


# --- the clocks themselves ---------------------------------------------------------------------------


def test_news_time_goes_on_when_the_wall_is_set_back_and_follows_it_forward() -> None:
    wall = FakeWall(T0)
    clock = SystemClock(wall.read_wall, wall.read_mono)
    wall.run(10)
    wall.step(-HOUR)
    assert clock.now() == T0 + timedelta(seconds=10)
    wall.run(60)
    assert clock.now() == T0 + timedelta(seconds=70)
    assert clock.wire() == T0 + timedelta(seconds=70 - HOUR)
    wall.step(2 * HOUR)
    assert clock.now() == T0 + timedelta(seconds=70 + HOUR)
    wall.step(-HOUR)
    wall.run(5)
    assert clock.now() == T0 + timedelta(seconds=75 + HOUR)


@pytest.mark.parametrize("step_s", [HOUR, -HOUR, STEP_S + 1, -STEP_S - 1, -55 * 365 * 86400.0])
def test_a_step_is_noticed_once(step_s: float) -> None:
    wall = FakeWall(T0)
    watch = StepWatch(wall.read_wall, wall.read_mono)
    wall.run(HOUR)
    assert watch.stepped_s() == 0.0
    wall.run(1)
    wall.step(step_s)
    assert watch.stepped_s() == pytest.approx(step_s)
    wall.run(1)
    assert watch.stepped_s() == 0.0


def test_a_clock_that_is_disciplined_gently_is_no_step() -> None:
    wall = FakeWall(T0)
    watch = StepWatch(wall.read_wall, wall.read_mono)
    for _ in range(1000):
        wall.run(1)
        wall.step(0.01)
        assert watch.stepped_s() == 0.0


# --- the daemon under a stepped wall -------------------------------------------------------------------


class Wall:
    """The real time plus an offset, for every module that asks for it."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def patched(self) -> type[datetime]:
        wall = self

        class Stepped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + wall.offset

        return Stepped


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    made = Wall()
    stepped = made.patched()
    for module in (clocks, daemons, apscheduler_base):
        monkeypatch.setattr(module, "datetime", stepped)
    monkeypatch.setattr(daemons, "BEAT_S", 0.1)  # of the guard; the beat's own is an argument
    monkeypatch.setitem(cast("dict[str, float]", PACES_S), "fast", INTERVAL_S)
    return made


#: A feed's interval here; a minute would take the tests an hour.
INTERVAL_S = 0.3
#: Between two looks there may be an interval, a beat, the guard's second look, and a busy machine.
SILENCE_S = 2.0


class Timed:
    """Notes when a feed was asked, by the clock that nobody can set."""

    def __init__(self, looks: Callable[[], int]) -> None:
        self._looks, self.at = looks, [time.monotonic()]

    async def watch(self, seconds: float) -> None:
        end, seen = time.monotonic() + seconds, self._looks()
        while time.monotonic() < end:
            await asyncio.sleep(0.01)
            if self._looks() > seen:
                seen = self._looks()
                self.at.append(time.monotonic())

    def longest_silence_s(self) -> float:
        return max(b - a for a, b in zip(self.at, [*self.at[1:], time.monotonic()], strict=True))


@pytest.mark.parametrize(
    "steps", [(-HOUR,), (HOUR,), (-HOUR, HOUR, -HOUR)], ids=["back", "forth", "to and fro"]
)
def test_polling_goes_on_whatever_the_wall_does(
    tmp_path: Path, wall: Wall, steps: tuple[float, ...]
) -> None:
    stage = Stage(tmp_path, book(feeds=[feed("bbc")]), FakeNotifier("console"))
    stage.clock = SystemClock()
    assert stage.clock.now().tzinfo is UTC

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon(beat_s=0.05):
            await stage.until(lambda: stage.looks("bbc") > 1)
            timed, last = Timed(lambda: stage.looks("bbc")), stage.clock.now()
            for step in steps:
                before = stage.looks("bbc")
                wall.offset += timedelta(seconds=step)
                await timed.watch(1.5)
                made = stage.looks("bbc") - before
                assert 1 <= made <= 1.5 / (INTERVAL_S * 0.9) + 2  # no burst to catch up
                assert stage.clock.now() >= last
                last = stage.clock.now()
            assert timed.longest_silence_s() < SILENCE_S

    asyncio.run(story())


def test_a_start_on_an_earlier_clock_waits_no_longer_than_an_interval(
    tmp_path: Path, wall: Wall
) -> None:
    """The wall was an hour ahead when the last look was planned; it is right again at the next start."""
    stage = Stage(tmp_path, book(feeds=[feed("bbc")]), FakeNotifier("console"))

    async def story() -> None:
        stage.publish("bbc")
        wall.offset = timedelta(hours=1)
        stage.clock = SystemClock()
        async with stage.daemon():
            await stage.until(lambda: stage.looks("bbc") > 1)
        wall.offset = timedelta(0)
        stage.clock = SystemClock()
        before = stage.looks("bbc")
        async with stage.daemon():
            started = time.monotonic()
            await stage.until(lambda: stage.looks("bbc") > before)
            assert time.monotonic() - started < SILENCE_S

    asyncio.run(story())
