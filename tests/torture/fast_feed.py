"""How long an item takes from its publication on a feed of pace fast to the mailbox, in real time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tests.torture.clock import FastClock
from tests.torture.feeds import Writer
from tests.torture.life import Breach, Life
from tests.torture.place import Place, a_place

#: The promise, in seconds.
WITHIN_S = 65.0
FEED = ("amber",)


@dataclass(frozen=True, slots=True)
class Delay:
    """From publication to the acceptance of the mail, or why none came."""

    seconds: float | None
    failure: str = ""

    @property
    def breach(self) -> str:
        """Give what is wrong, empty where nothing is."""
        if self.seconds is None:
            return f"a fast feed: {self.failure}"
        return f"a fast feed: mail after {self.seconds} s" if self.seconds > WITHIN_S else ""

    def __str__(self) -> str:
        if self.seconds is None:
            return f"no mail: {self.failure}"
        return (
            f"plain parley run, a feed of pace fast, published right after a look: in the mailbox "
            f"after {self.seconds} s (at most {WITHIN_S:g} s are promised)"
        )


def measure(folder: Path) -> Delay:
    """Run plain `parley run` in real time, publish at the worst moment, wait for the mail."""
    with a_place(folder, FastClock(time.time(), 1.0), FEED) as place:
        life = Life.begin(1, place.folder, ["-m", "monitor", "run"])
        place.feeds.life = place.inbox.life = 1
        try:
            delay = Delay(round(_delay(place, life), 1))
            life.stop()
        except Breach as breach:
            return Delay(None, str(breach))
        finally:
            life.end_anyhow()
    return delay


def _delay(place: Place, life: Life) -> float:
    """Publish right after a look, so that the item waits for a whole interval."""
    writer = Writer(1)
    place.feeds.publish(FEED[0], writer.piece(FEED[0], place.clock.now()))
    life.until(lambda: place.feeds.reads_of(1) == 1, why="the first look")
    piece = writer.piece(FEED[0], place.clock.now())
    began = time.time()
    place.feeds.publish(FEED[0], piece)
    there: list[float] = []

    def arrived() -> bool:
        there[:] = [m.at for m in place.inbox.taken if m.mark == piece.mark and m.channel == "desk"]
        return bool(there)

    life.until(arrived, within_s=WITHIN_S + 30, why="the mail")
    return there[0] - began
