"""Who is parsed next: quick documents before heavy ones, and heavy ones never everywhere."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: Where every place has been held for so long, a quick document is let in beside them; in seconds.
SPARE_AFTER_S = 0.5
#: After so many quick documents in a row a heavy one that waits is next.
MOST_PASSED = 8


class Places:
    """Places for `count` documents at once. Belongs to one event loop.

    Heavy ones leave one place free, where there are two or more. One quick document may be let in
    over the count: those that hold the places did not look heavy, but turned out so.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._most_heavy = max(1, count - 1)
        self._held: dict[object, tuple[float, bool]] = {}  # since when, and whether heavy
        self._lines: dict[bool, OrderedDict[object, asyncio.Future[None]]]
        self._lines = {False: OrderedDict(), True: OrderedDict()}
        self._passed = 0
        self._timer: asyncio.TimerHandle | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def place(self, *, heavy: bool) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        ticket = object()
        waiting = self._lines[heavy][ticket] = asyncio.get_running_loop().create_future()
        self._call()
        try:
            await waiting
            yield
        finally:
            self._lines[heavy].pop(ticket, None)
            self._held.pop(ticket, None)
            if not self._held:
                self._empty.set()
            self._call()

    async def empty(self) -> None:
        """Wait until nobody holds a place."""
        await self._empty.wait()

    def _call(self) -> None:
        """Let in whoever may come in."""
        while (heavy := self._next()) is not None:
            ticket, waiting = self._lines[heavy].popitem(last=False)
            self._held[ticket] = asyncio.get_running_loop().time(), heavy
            self._passed = 0 if heavy or not self._lines[True] else self._passed + 1
            self._empty.clear()
            if not waiting.done():  # else it was cancelled just now, and leaves as it came
                waiting.set_result(None)
        if self._lines[False] and len(self._held) == self._count and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._spare_in_s(), self._later)

    def _later(self) -> None:
        self._timer = None
        self._call()

    def _next(self) -> bool | None:
        """Say from which line the next one comes: the heavy one (True), the other, or none."""
        quick, heavy = bool(self._lines[False]), bool(self._lines[True])
        if len(self._held) >= self._count:
            spare = quick and len(self._held) == self._count and self._spare_in_s() <= 0.0
            return False if spare else None
        heavy = heavy and sum(one for _, one in self._held.values()) < self._most_heavy
        if heavy and (not quick or self._passed >= MOST_PASSED):
            return True
        return False if quick else None

    def _spare_in_s(self) -> float:
        """Give in how many seconds a quick document may be let in over the count."""
        latest = max(since for since, _ in self._held.values())
        return latest + SPARE_AFTER_S - asyncio.get_running_loop().time()
