"""Whose turn it is: slots of a host and of all, the pause between requests, the budget."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from monitor.core.rules import FetchPolicy
from monitor.poller.outage import OUTAGE_HOSTS, Outage
from monitor.poller.turns import Turns
from monitor.ports import Failure, Fetched, Poll, Unchanged
from tests.builders import T0, feed


class Time:
    """A clock that runs only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def turns(time: Time, **policy: object) -> Turns:
    return Turns(FetchPolicy(**policy), time.time, time.sleep)  # type: ignore[arg-type]


async def waits(pending: Awaitable[None]) -> bool:
    """Whether something is still waiting after everything else has run."""
    task = asyncio.ensure_future(pending)
    for _ in range(5):
        await asyncio.sleep(0)
    done = task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return not done


def test_requests_to_one_host_start_a_second_apart_and_those_to_others_at_once() -> None:
    async def story() -> None:
        time = Time()
        made = turns(time)
        for _ in range(3):
            await made.take("a.example.org", doubtful=False)
            made.give_back("a.example.org", doubtful=False)
        assert time.slept == [1.0, 1.0]
        await made.take("b.example.org", doubtful=False)
        assert time.slept == [1.0, 1.0]

    asyncio.run(story())


@pytest.mark.parametrize("host", ["127.0.0.1:8089", "feeds.lan", "::1:8089"])
def test_a_host_of_ones_own_is_not_spared(host: str) -> None:
    async def story() -> None:
        time = Time()
        made = turns(time, allow_private=("127.0.0.1:8089", "feeds.lan:80", "[::1]:8089"))
        for _ in range(3):
            await made.take(host, doubtful=False)
            made.give_back(host, doubtful=False)
        assert time.slept == []

    asyncio.run(story())


def test_a_host_has_two_slots_and_gives_them_back() -> None:
    async def story() -> None:
        made = turns(Time())
        await made.take("a", doubtful=False)
        await made.take("a", doubtful=False)
        assert await waits(made.take("a", doubtful=False))
        assert not await waits(made.take("b", doubtful=False))
        made.give_back("a", doubtful=False)
        assert not await waits(made.take("a", doubtful=False))

    asyncio.run(story())


def test_feeds_that_failed_hold_up_each_other_and_not_those_that_answer() -> None:
    async def story() -> None:
        made = turns(Time(), concurrency=4)
        for n in range(2):
            await made.take(f"hangs {n}", doubtful=True)
        assert await waits(made.take("hangs too", doubtful=True))
        for n in range(2):
            await made.take(f"good {n}", doubtful=False)
        assert await waits(made.take("one more", doubtful=False))
        made.give_back("hangs 0", doubtful=True)
        assert not await waits(made.take("one more", doubtful=False))

    asyncio.run(story())


def test_the_budget_of_a_minute_can_be_spent_at_once_and_then_bit_by_bit() -> None:
    async def story() -> None:
        time = Time()
        made = turns(time, requests_per_minute=30)
        for n in range(32):
            await made.take(f"host {n}", doubtful=False)
            made.give_back(f"host {n}", doubtful=False)
        assert time.slept == [2.0, 2.0]
        time.now += 600.0
        for n in range(31):
            await made.take(f"later {n}", doubtful=False)
            made.give_back(f"later {n}", doubtful=False)
        assert time.slept == [2.0, 2.0, 2.0]

    asyncio.run(story())


# --- outages -----------------------------------------------------------------------------------


def look(name: str, fetched: Fetched, failures: int = 0, *, first: bool = False) -> Poll:
    return Poll(feed(name), T0, fetched, failures=failures, first_contact=first)


def down(outage: Outage) -> bool:
    return outage.on


LOST = Failure("dns", "the host's name could not be resolved")


def test_when_all_hosts_fail_the_network_is_down_until_one_answers() -> None:
    outage = Outage()
    for n in range(OUTAGE_HOSTS):
        assert not down(outage)
        assert outage.saw(look(f"feed {n}", LOST)) == ()
    assert down(outage)
    assert outage.saw(look("feed 0", LOST, failures=1)) == ()
    assert outage.saw(look("back", Unchanged())) == ("feed 0", "feed 1", "feed 2")
    assert not down(outage)
    assert outage.saw(look("back", Unchanged())) == ()


def test_feeds_that_never_worked_or_one_host_alone_are_no_outage() -> None:
    outage = Outage()
    for n in range(9):
        outage.saw(look(f"new {n}", LOST, first=True))
        outage.saw(look(f"dead {n}", LOST, failures=7))
        outage.saw(look("one", LOST))
    assert not down(outage)


@pytest.mark.parametrize(
    "answer", [Unchanged(), Failure("http-500", "broken", 500), Failure("http-404", "none", 404)]
)
def test_any_answer_says_that_the_network_works(answer: Fetched) -> None:
    outage = Outage()
    for n in range(OUTAGE_HOSTS - 1):
        outage.saw(look(f"feed {n}", LOST))
    outage.saw(look("other", answer))
    outage.saw(look("feed 9", LOST))
    assert not down(outage)
