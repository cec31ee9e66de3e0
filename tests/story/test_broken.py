"""A bug of our own in what drives the lanes ends the daemon aloud, and never leaves it half alive."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.builders import book, feed, watch
from tests.fakes import FakeNotifier
from tests.story.stage import PATIENCE_S, Stage


def test_a_loop_that_breaks_ends_the_daemon_with_its_error(tmp_path: Path) -> None:
    stage = Stage(tmp_path, book(watch(), feeds=(feed("bbc"),)), FakeNotifier("console"))
    stage.publish("bbc")

    async def break_it() -> None:
        called = asyncio.Event()

        def broken() -> int:
            called.set()
            raise ZeroDivisionError("planted")

        async with asyncio.timeout(PATIENCE_S), stage.daemon() as daemon:
            daemon.poller.beat = broken  # type: ignore[method-assign] - the fault that is planted
            daemon.beat_now()
            await called.wait()

    with pytest.raises(ZeroDivisionError, match="planted"):
        asyncio.run(break_it())
