"""Whether the daemon works, told from one monotonic stamp a lane and a word from each part.

A lane proves that it lives by calling `beat` from its own loop. Liveness asks only that: feeds or a
mail server that are down are no reason to restart the daemon, and show as degraded instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: Seconds after which a lane that does not move counts as stalled. The scheduler beats once a
#: second; the others pause at most for one unit of work, whose own time-outs end sooner.
LANE_LIMITS_S: Mapping[str, float] = {
    "beat": 15.0,
    "poller": 45.0,
    "desk": 45.0,
    "courier": 45.0,
}

#: Parts that must be well for the daemon to be ready at all.
STORE = "store"
#: A part that must have been well once: a refused edit leaves the rules before it in force.
CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the daemon says of itself. `since_s` counts from the clock of `Health`."""

    name: str
    ok: bool
    detail: str
    since_s: float


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the daemon can do its work, and what of it does not work, in words."""

    ready: bool
    missing: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()


class Health:
    """The stamps and states of one daemon. Every method may be called from any thread."""

    def __init__(
        self,
        limits_s: Mapping[str, float] = LANE_LIMITS_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start all lanes as of now, so that one that never comes up stalls too."""
        self._clock = clock
        self._lock = threading.Lock()
        self._limits_s = dict(limits_s)
        now = clock()
        self._stamps = dict.fromkeys(self._limits_s, now)
        self._parts: dict[str, Part] = {}
        self._config_seen = False

    def beat(self, lane: str) -> None:
        """Say that a lane moved. Raises KeyError for a lane without a limit."""
        now = self._clock()
        with self._lock:
            if lane not in self._limits_s:
                raise KeyError(lane)
            self._stamps[lane] = now

    def ages_s(self) -> dict[str, float]:
        """Give the seconds since each lane last moved."""
        now = self._clock()
        with self._lock:
            return {lane: max(0.0, now - stamp) for lane, stamp in self._stamps.items()}

    def limit_s(self, lane: str) -> float:
        """Give the seconds that a lane may stand still."""
        return self._limits_s[lane]

    def stalled(self, now: float | None = None) -> list[tuple[str, float]]:
        """Give the lanes over their limit with the seconds they stand still, the longest first.

        `now` is a reading of the same clock; None reads it.
        """
        moment = self._clock() if now is None else now
        with self._lock:
            ages = [(lane, moment - stamp) for lane, stamp in self._stamps.items()]
        over = [(lane, age_s) for lane, age_s in ages if age_s > self._limits_s[lane]]
        return sorted(over, key=lambda entry: -entry[1])

    def set_state(self, key: str, ok: bool, detail: str = "") -> None:  # noqa: FBT001 - a state
        """Say how a part is: `store`, `config`, or any name such as `channel desk`."""
        now = self._clock()
        with self._lock:
            before = self._parts.get(key)
            since_s = before.since_s if before is not None and before.ok == ok else now
            self._parts[key] = Part(key, ok, detail, since_s)
            if key == CONFIG and ok:
                self._config_seen = True

    def well(self, key: str) -> bool:
        """Whether a part says that it is well; one that has said nothing is."""
        with self._lock:
            part = self._parts.get(key)
        return part is None or part.ok

    def forget_state(self, key: str) -> None:
        """Drop a part that is no longer there, such as a channel that was taken out."""
        with self._lock:
            self._parts.pop(key, None)

    def readiness(self) -> Readiness:
        """Say whether the store is writable and a configuration in force, and what is degraded."""
        now = self._clock()
        with self._lock:
            parts, config_seen = dict(self._parts), self._config_seen
        missing = []
        store = parts.get(STORE)
        if store is None:
            missing.append("the store is not open yet")
        elif not store.ok:
            missing.append(_in_words("the store cannot be written", store, now))
        if not config_seen:
            config = parts.get(CONFIG)
            detail = f": {config.detail}" if config is not None and config.detail else ""
            missing.append(f"no configuration is in force yet{detail}")
        degraded = [
            _in_words(part.name, part, now)
            for part in parts.values()
            if not part.ok and part.name != STORE and (part.name != CONFIG or config_seen)
        ]
        degraded += [
            f"the {lane} lane has not moved for {age_s:.0f} s" for lane, age_s in self.stalled(now)
        ]
        return Readiness(not missing, tuple(missing), tuple(degraded))


def _in_words(what: str, part: Part, now: float) -> str:
    """Give `what: detail (for 12 s)`."""
    detail = f": {part.detail}" if part.detail else ""
    return f"{what}{detail} (for {max(0.0, now - part.since_s):.0f} s)"
