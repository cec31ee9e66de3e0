"""The two clocks: news time, which dates and schedules, and wire time, which is always real."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: A wall clock that runs off the monotonic one by more than this has been stepped, in seconds.
STEP_S = 5.0


def _wall() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """News time that follows the wall clock forward and never goes back within a process.

    It runs on the monotonic clock from an anchor. A wall clock stepped forward (or a machine that
    slept) moves the anchor; one stepped back does not: schedules go on at their pace, and the next
    start is back on the wall's time.
    """

    def __init__(
        self, wall: Callable[[], datetime] = _wall, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Anchor at the present."""
        self._wall, self._monotonic = wall, monotonic
        self._anchor, self._at = wall(), monotonic()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Give news time, aware UTC."""
        with self._lock:
            running = self._anchor + timedelta(seconds=self._monotonic() - self._at)
            wall = self._wall()
            if wall > running:
                self._anchor, self._at = wall, self._monotonic()
                return wall
            return running

    def wire(self) -> datetime:
        """Give real time."""
        return self._wall()


class StepWatch:
    """Notices a wall clock that was stepped, by comparing it with the monotonic one."""

    def __init__(
        self, wall: Callable[[], datetime] = _wall, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Note where both clocks stand."""
        self._wall, self._monotonic = wall, monotonic
        self._last = (wall(), monotonic())

    def stepped_s(self) -> float:
        """Give by how many seconds the wall clock jumped since the last call; 0 for no step."""
        wall, monotonic = self._wall(), self._monotonic()
        off = (wall - self._last[0]).total_seconds() - (monotonic - self._last[1])
        self._last = (wall, monotonic)
        return off if abs(off) > STEP_S else 0.0


class SteppedClock:
    """News time that a replay or a demo moves by hand; wire time stays real."""

    def __init__(self, start: datetime) -> None:
        """Begin at a moment."""
        self._now = start

    def now(self) -> datetime:
        """Give the moment that was set last."""
        return self._now

    def wire(self) -> datetime:
        """Give real time."""
        return _wall()

    def step_to(self, moment: datetime) -> None:
        """Move forward; a moment that has passed changes nothing."""
        self._now = max(self._now, moment)
