"""Work that blocks, done by a thread of its own so that nothing else waits for it.

A disk or a foreign library can stand still. What is late is waited for by its next attempt and
never begun twice; the thread does not keep the process from ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Result = TypeVar("Result")
#: Work of earlier attempts that nobody asked about again is forgotten beyond so many.
_MOST_FORGOTTEN = 100


class Hands(Generic[Result]):
    """Does one thing after another, each under a key."""

    def __init__(self, name: str) -> None:
        """Take the name that its threads bear."""
        self._name = name
        self._begun: dict[str, Future[Result]] = {}
        self._turn = asyncio.Lock()

    async def do(self, key: str, work: Callable[[], Result], deadline_s: float) -> Result:
        """Give what `work` gives. What was begun under `key` before is waited for instead.

        Raises TimeoutError after `deadline_s` seconds, and whatever `work` raises.
        """
        async with asyncio.timeout(deadline_s), self._turn:
            if key not in self._begun:
                late = [asyncio.wrap_future(one) for one in self._begun.values() if not one.done()]
                await asyncio.shield(asyncio.gather(*late, return_exceptions=True))
                self._begin(key, work)
            begun = self._begun[key]
            ended = asyncio.gather(asyncio.wrap_future(begun), return_exceptions=True)
            await asyncio.shield(ended)
        del self._begun[key]
        return begun.result()

    def _begin(self, key: str, work: Callable[[], Result]) -> None:
        while len(self._begun) >= _MOST_FORGOTTEN:
            del self._begun[next(iter(self._begun))]
        done: Future[Result] = Future()
        self._begun[key] = done
        threading.Thread(target=_work, args=(work, done), name=self._name, daemon=True).start()


def _work(work: Callable[[], Result], done: Future[Result]) -> None:
    """Work once; what happens is told by `done`."""
    try:
        result = work()
    except Exception as error:  # noqa: BLE001 - carried to the one who waits, who knows it
        done.set_exception(error)
    else:
        done.set_result(result)
