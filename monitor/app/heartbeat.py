"""A dead man's switch: an address that is called only while the whole way works.

Whoever watches that address raises the alarm when the calls stop, whatever the reason: no machine,
no daemon, a lane that stands still, feeds that cannot be reached, channels that accept nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from monitor.ports import Answer, Http
from monitor.settings.model import Heartbeat
from monitor.telemetry.health import STORE, Health

log = logging.getLogger("parley.heartbeat")
#: The part of the health page that says so where the address does not answer.
PART = "heartbeat"
#: One call may take so long, in seconds.
DEADLINE_S = 15.0
_LANES = ("beat", "poller", "desk", "courier")


@dataclass
class _Work:
    """What came of one kind of work since the last call; without any it stands as it was."""

    well: bool = True
    good: int = 0
    bad: int = 0

    def done(self, *, good: bool) -> None:
        if good:
            self.good += 1
        else:
            self.bad += 1

    def judged(self) -> bool:
        """Whether it works: some of it succeeded, or nothing failed since it last did."""
        if self.good or self.bad:
            self.well = self.good > 0
        self.good = self.bad = 0
        return self.well


class Pulse:
    """Knows whether polling, judging and delivery made progress, and calls the address if so."""

    def __init__(self, http: Http, health: Health, wanted: Callable[[], Heartbeat | None]) -> None:
        """`wanted` gives what is configured now; None: nothing is called."""
        self._http, self._health, self._wanted = http, health, wanted
        self._looks, self._sends = _Work(), _Work()
        self._failing = False

    def looked(self, *, good: bool) -> None:
        """Hear of a look at a feed, once what it brought is judged and written down."""
        self._looks.done(good=good)

    def sent(self, *, good: bool) -> None:
        """Hear of an attempt to deliver."""
        self._sends.done(good=good)

    def missing(self, within_s: float) -> str:
        """Give what made no progress within so many seconds, "" where all did. Asks once a call."""
        looks, sends = self._looks.judged(), self._sends.judged()
        ages = self._health.ages_s()
        still = [lane for lane in _LANES if ages[lane] > max(within_s, self._health.limit_s(lane))]
        if still:
            return f"the {still[0]} lane stands still"
        if not self._health.well(STORE):
            return "the database takes no writes"
        if not looks:
            return "no feed can be read"
        return "" if sends else "no channel accepts anything"

    async def run(self) -> None:
        """Call for as long as the daemon runs."""
        while True:
            wanted = self._wanted()
            await asyncio.sleep(wanted.every_s if wanted is not None else 1.0)
            if wanted is not None:
                await self.turn(wanted)

    async def turn(self, wanted: Heartbeat) -> bool:
        """Call the address once, if everything made progress; False where it did not, or failed."""
        why = self.missing(wanted.every_s)
        if why:
            log.warning("no heartbeat: %s", why)
            return False
        headers = (("content-type", "text/plain"), ("user-agent", "Parley/1 (heartbeat)"))
        address = wanted.url.get_secret_value()
        answer = await self._http.post(address, b"", headers, deadline_s=DEADLINE_S)
        fine = isinstance(answer, Answer) and 200 <= answer.status < 300
        said = f"answered {answer.status}" if isinstance(answer, Answer) else answer.code
        if fine:
            self._health.forget_state(PART)
        else:
            self._health.set_state(PART, ok=False, detail=said)
        if self._failing is fine:  # a change, said once; never with the address, which is a secret
            self._failing = not fine
            log.log(logging.INFO if fine else logging.WARNING, "the heartbeat %s",
                    "is taken again" if fine else f"is not taken: {said}")  # fmt: skip
        return fine
