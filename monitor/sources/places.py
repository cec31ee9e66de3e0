"""Who is parsed next: what is known before what is new, and heavy documents behind both."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum

#: Where every place has been held for so long, one document is let in beside them, unless it is
#: heavy; in seconds.
SPARE_AFTER_S = 0.5
#: After so many documents that went before others, one of the last line is next.
MOST_PASSED = 8


class Line(IntEnum):
    """Where a document queues; lower ones go first."""

    KNOWN = 0  # its feed was read before, in good order
    NEW = 1
    HEAVY = 2


class Places:
    """Places for `count` documents at once. Belongs to one event loop.

    Heavy ones leave one place free, where there are two or more. One that is not may be let in over
    the count: those that hold the places did not look heavy, but turned out so.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._most_heavy = max(1, count - 1)
        self._held: dict[object, tuple[float, Line]] = {}  # since when, and from which line
        self._lines: dict[Line, OrderedDict[object, asyncio.Future[None]]]
        self._lines = {line: OrderedDict() for line in Line}
        self._passed = 0
        self._timer: asyncio.TimerHandle | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def place(self, line: Line) -> AsyncIterator[None]:
        """Hold a place while the block runs."""
        ticket = object()
        waiting = self._lines[line][ticket] = asyncio.get_running_loop().create_future()
        self._call()
        try:
            await waiting
            yield
        finally:
            self._lines[line].pop(ticket, None)
            self._held.pop(ticket, None)
            if not self._held:
                self._empty.set()
            self._call()

    async def empty(self) -> None:
        """Wait until nobody holds a place."""
        await self._empty.wait()

    def _call(self) -> None:
        """Let in whoever may come in."""
        while (line := self._next()) is not None:
            ticket, waiting = self._lines[line].popitem(last=False)
            self._held[ticket] = asyncio.get_running_loop().time(), line
            passing = any(self._lines[behind] for behind in Line if behind > line)
            self._passed = self._passed + 1 if passing else 0
            self._empty.clear()
            if not waiting.done():  # else it was cancelled just now, and leaves as it came
                waiting.set_result(None)
        hurried = self._lines[Line.KNOWN] or self._lines[Line.NEW]
        if hurried and len(self._held) == self._count and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._spare_in_s(), self._later)

    def _later(self) -> None:
        self._timer = None
        self._call()

    def _next(self) -> Line | None:
        """Say from which line the next one comes, if anybody may come in."""
        waiting = [line for line in Line if self._lines[line]]
        room, held = self._count - len(self._held), self._held.values()
        spare = room == 0 and self._spare_in_s() <= 0.0
        if spare or sum(line is Line.HEAVY for _, line in held) >= self._most_heavy:
            waiting = [line for line in waiting if line is not Line.HEAVY]
        if not waiting or (room <= 0 and not spare):
            return None
        return waiting[-1 if self._passed >= MOST_PASSED else 0]

    def _spare_in_s(self) -> float:
        """Give in how many seconds one may be let in over the count."""
        latest = max(since for since, _ in self._held.values())
        return latest + SPARE_AFTER_S - asyncio.get_running_loop().time()
