"""Whose turn it is to be asked: slots, a pause between requests to one host, a budget for all.

These run on the event loop's own clock, for servers count real seconds; the schedule of feeds is
another matter, and stands in rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from monitor.core.rules import FetchPolicy

#: The budget of requests a minute may be spent at once after a minute's rest, in seconds.
BUDGET_S = 60.0
#: Of all slots, this share at most is for feeds that failed last time, took their parser long or
#: were never read: feeds that hang hold up each other, and not those that answer.
DOUBTFUL = 0.5
#: Hosts remembered before those that rest are forgotten.
MANY_HOSTS = 1_000
_DEFAULT_PORTS = ("80", "443")


class _Host:
    """The slots of one host, and when the next request to it may start."""

    __slots__ = ("free", "next_at", "users")

    def __init__(self, slots: int) -> None:
        self.free = asyncio.Semaphore(slots)
        self.next_at = 0.0
        self.users = 0


class Turns:
    """Slots of all requests. Belongs to the event loop's thread."""

    def __init__(
        self,
        policy: FetchPolicy,
        time: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`time` is the loop's clock, in seconds; `sleep` waits by it."""
        self._policy, self._time, self._sleep = policy, time, sleep
        self._own = frozenset(own.strip("[]").replace("]:", ":") for own in policy.allow_private)
        self._hosts: dict[str, _Host] = {}
        self._all = asyncio.Semaphore(policy.concurrency)
        self._doubtful = asyncio.Semaphore(max(1, int(policy.concurrency * DOUBTFUL)))
        self._spent_at = 0.0

    async def take(self, host: str, *, doubtful: bool) -> None:
        """Wait for a turn with a host; `give_back` must follow, with the same arguments."""
        if len(self._hosts) > MANY_HOSTS:
            self._forget()
        place = self._hosts.get(host)
        if place is None:
            place = self._hosts[host] = _Host(self._policy.per_host)
        place.users += 1
        taken: list[asyncio.Semaphore] = []
        try:
            for slots in self._slots(place, doubtful=doubtful):
                await slots.acquire()
                taken.append(slots)
                if slots is place.free:  # rest before, not within, a slot that others wait for
                    await self.pause(host)
        except BaseException:
            _release(taken)
            place.users -= 1
            raise

    def give_back(self, host: str, *, doubtful: bool) -> None:
        """End a turn."""
        place = self._hosts[host]
        place.users -= 1
        _release(self._slots(place, doubtful=doubtful))

    async def pause(self, host: str) -> None:
        """Wait until a further request to a host may start, and the budget allows one."""
        now = self._time()
        place, start = self._hosts[host], now
        spacing_s = self._policy.host_spacing_s
        if spacing_s > 0.0 and not self._is_own(host):
            start = max(now, place.next_at)
            place.next_at = start + spacing_s
        # what was not spent is saved for a minute at most
        self._spent_at = max(self._spent_at, now - BUDGET_S)
        self._spent_at += BUDGET_S / self._policy.requests_per_minute
        start = max(start, self._spent_at)
        if start > now:
            await self._sleep(start - now)

    def _slots(self, place: _Host, *, doubtful: bool) -> tuple[asyncio.Semaphore, ...]:
        """Give what is to be held, in the order in which it is taken."""
        if doubtful:
            return place.free, self._doubtful, self._all
        return place.free, self._all

    def _is_own(self, host: str) -> bool:
        """Say whether a host is the operator's: named in `allow_private`, and not to be spared."""
        return host in self._own or any(f"{host}:{port}" in self._own for port in _DEFAULT_PORTS)

    def _forget(self) -> None:
        now = self._time()
        self._hosts = {
            name: place
            for name, place in self._hosts.items()
            if place.users or place.next_at > now
        }  # fmt: skip


def _release(slots: Iterable[asyncio.Semaphore]) -> None:
    for each in slots:
        each.release()
