"""News time that runs faster than the wall, the same in every process of one run."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

#: Where the daemon of a run finds its clock: seconds since 1970, and news seconds a wire second.
EPOCH, FACTOR = "TORTURE_EPOCH", "TORTURE_FACTOR"


@dataclass
class FastClock:
    """Implements `ports.Clock`: news time runs `factor` times as fast, from `epoch` on.

    It is a function of the wall clock alone, so that a daemon that was killed comes back to the
    news time that the feed server has reached meanwhile. Wire time stays real: signatures,
    deadlines of connections, the scheduler's beat.
    """

    epoch: float
    factor: float
    _last: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def from_environment(cls) -> FastClock:
        return cls(float(os.environ[EPOCH]), float(os.environ[FACTOR]))

    def environment(self) -> dict[str, str]:
        return {EPOCH: repr(self.epoch), FACTOR: repr(self.factor)}

    def now(self) -> datetime:
        with self._lock:
            self._last = max(self._last, self.epoch + self.factor * (time.time() - self.epoch))
            return datetime.fromtimestamp(self._last, UTC)

    def wire(self) -> datetime:
        return datetime.now(UTC)
