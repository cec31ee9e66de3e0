from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from monitor.sources import places as module
from monitor.sources.places import Line, Places


class Guests:
    """Documents that hold a place until they are told to go; who has come in, in order."""

    def __init__(self, count: int) -> None:
        self.places = Places(count)
        self.came: list[str] = []
        self._gates: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str) -> None:
        """Those whose name begins with H are heavy, with k known."""
        for name in names:
            self._gates[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._stay(name))
        await settle()

    async def _stay(self, name: str) -> None:
        line = {"H": Line.HEAVY, "k": Line.KNOWN}.get(name[0], Line.NEW)
        async with self.places.place(line):
            self.came.append(name)
            await self._gates[name].wait()

    async def go(self, *names: str) -> None:
        for name in names:
            self._gates[name].set()
            await asyncio.wait_for(self.tasks[name], 5.0)
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def played(count: int, play: Callable[[Guests], Awaitable[None]]) -> list[str]:
    async def run() -> list[str]:
        guests = Guests(count)
        await play(guests)
        await guests.go(*guests.tasks)
        await asyncio.wait_for(guests.places.empty(), 5.0)
        return guests.came

    return asyncio.run(run())


def test_heavy_ones_leave_a_place_to_quick_ones() -> None:
    async def play(guests: Guests) -> None:
        await guests.come("H1", "H2", "a")
        assert guests.came == ["H1", "a"]
        await guests.go("a")
        assert guests.came == ["H1", "a"]
        await guests.go("H1")
        assert guests.came == ["H1", "a", "H2"]

    played(2, play)


def test_what_is_known_goes_before_what_is_new() -> None:
    async def play(guests: Guests) -> None:
        await guests.come("a", "b", "H1", "k1", "k2")
        await guests.go("a", "k1", "k2")

    assert played(1, play) == ["a", "k1", "k2", "b", "H1"]


def test_one_place_is_for_all() -> None:
    async def play(guests: Guests) -> None:
        await guests.come("H1", "a")
        assert guests.came == ["H1"]

    assert played(1, play) == ["H1", "a"]


def test_quick_ones_pass_heavy_ones_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(guests: Guests) -> None:
        await guests.come("first", "H1", *(f"q{n}" for n in range(10)))
        await guests.go("first", *(f"q{n}" for n in range(8)), "H1", "q8", "q9")

    monkeypatch.setattr(module, "MOST_PASSED", 8)
    assert played(1, play) == ["first", *(f"q{n}" for n in range(8)), "H1", "q8", "q9"]


def test_a_quick_one_is_let_in_beside_those_that_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPARE_AFTER_S", 0.05)

    async def play(guests: Guests) -> None:
        await guests.come("a", "b", "c", "d", "H1")
        assert guests.came == ["a", "b"]
        await asyncio.sleep(0.3)
        assert guests.came == ["a", "b", "c"]  # one, and no other beside it
        await guests.go("a")
        assert guests.came == ["a", "b", "c", "d"]

    assert played(2, play) == ["a", "b", "c", "d", "H1"]


def test_who_is_cancelled_takes_no_place() -> None:
    async def run() -> list[str]:
        guests = Guests(1)
        await guests.come("a", "b", "c")
        guests.tasks["b"].cancel()
        await settle()
        await guests.go("a")
        guests.tasks["c"].cancel()
        await settle()
        await guests.come("d")
        await guests.go("d")
        await asyncio.wait_for(guests.places.empty(), 5.0)
        return guests.came

    assert asyncio.run(run()) == ["a", "c", "d"]


def test_who_is_cancelled_as_its_place_comes_free_gives_it_on() -> None:
    async def run() -> list[str]:
        guests = Guests(1)
        await guests.come("a", "b", "c")
        guests._gates["a"].set()
        await asyncio.sleep(0)  # "a" goes, and "b" is called but has not come in
        guests.tasks["b"].cancel()
        await settle()
        await guests.go("c")
        return guests.came

    assert asyncio.run(run())[-1] == "c"
