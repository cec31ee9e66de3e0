"""One daemon's many lives: published to, killed, started again; and left in peace in between."""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.torture.daemon import AIM, POINTS
from tests.torture.feeds import MARK, Writer
from tests.torture.life import Breach, Life, ask, count
from tests.torture.place import KEEP, RECIPIENTS, Place
from tests.torture.verdict import Record, Verdict, judge

#: A death from outside, by the receiver that has taken a message and not answered yet.
NO_ANSWER = "no-answer"
#: A death from outside at any moment of a life, start included.
RANDOM = "any moment"
#: The same, of plain `parley run` in real time.
PLAIN = "parley run"
#: A cycle, from the start of the process to the last mail about what waits, in seconds.
CYCLE_S = 2.4
#: An aimed point is reached within so many seconds, or the life does not count.
REACHED_S = 15.0
#: Once what was served waits for its commit through this share of the time that its feed keeps it,
#: a life is left in peace: the promise needs one life that is not killed before the commit.
PATIENCE = 0.3
#: So many feeds publish at a time, and for so many deaths.
SHIFT_FEEDS, SHIFT_DEATHS = 3, 4
#: So often a point may be missed in a row.
MISSES = 4
#: Items of a burst: more than one transaction takes.
BURST = 60


@dataclass
class Report:
    """What a campaign did and found."""

    kills: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)
    served: int = 0
    taken: int = 0
    keys: int = 0
    unchanged: int = 0
    peaceful: int = 0


class Campaign:
    """Runs lives in a place, one after the other. `plain`: `parley run` as it is, in real time."""

    def __init__(
        self,
        place: Place,
        seed: int,
        *,
        plain: bool,
        told: Callable[[str], None],
        enough: threading.Event,
    ) -> None:
        """`told` hears of each death; no further one comes once `enough` is set."""
        self._place, self._plain, self._told, self._enough = place, plain, told, enough
        self._random, self._writer = random.Random(seed), Writer(seed)
        self._deaths: dict[int, str] = {}
        self._last: Life | None = None
        self._number = 0
        self.report = Report()

    def run(self, deck: list[str]) -> Report:
        """Die at each point of a deck; then let everything arrive, and judge."""
        verdict = Verdict()
        try:
            quiet = self._first_contact()
            for number, point in enumerate(deck):
                if number == len(deck) // 2 and len(deck) >= BURST:
                    self._publish(BURST, on=1)
                self._die(point)
            self._aftermath()
            verdict = self._judged(quiet)
        except Breach as breach:
            verdict.breaches.append(str(breach))
        finally:
            if self._last is not None:
                self._last.end_anyhow()
        report = self.report
        verdict.breaches[:0] = report.verdict.breaches
        report.verdict = verdict
        return report

    # --- lives ---------------------------------------------------------------------------------

    def _begin(self, aim: str = "") -> Life:
        self._number += 1
        place = self._place
        place.feeds.life = place.inbox.life = self._number
        if self._plain:
            place.write_feeds(self._number)  # another address: the feeds are due at the next start
            arguments, env = ["-m", "monitor", "run"], {}
        else:
            arguments = ["-m", "tests.torture.daemon", "config"]
            env = {**place.clock.environment(), **({AIM: aim} if aim else {})}
        return Life.begin(self._number, place.folder, arguments, env)

    def _over(self, life: Life) -> None:
        """Look whether the life before this one left a process behind; receivers fall silent."""
        if not self._place.inbox.quiet(5):
            raise Breach("a receiver still talks to a daemon that is gone")
        before, self._last = self._last, life
        if before is not None:
            self._no_orphans(before)

    def _no_orphans(self, life: Life) -> None:
        left = life.orphans()
        life.end_anyhow()
        if left:
            self.report.verdict.breaches.append(f"life {life.number} left processes behind: {left}")

    def _die(self, point: str) -> None:
        for _ in range(MISSES):
            if self._enough.is_set():
                raise Breach("interrupted")
            if not self._plain and self._waiting() > KEEP * PATIENCE:
                self._peace(looks=1)  # nobody is denied the ten minutes
            died = self._one_death(point)
            self.report.kills[died] += 1
            if died == point:
                return
            self.report.missed[point] += 1
        raise Breach(f"the point {point} was not reached in {MISSES} lives")

    def _one_death(self, point: str) -> str:
        """Give where it died: at the point, or at any moment where that was not reached."""
        chance, inbox = self._random, self._place.inbox
        self._publish(3)
        nth = 1 if point == "opening" else chance.randint(1, 3)
        life = self._begin(f"{point}:{nth}" if point in POINTS else "")
        try:
            if point == NO_ANSWER:
                inbox.kill_at(life.pid, nth)
            outside = point in {RANDOM, PLAIN}
            last = chance.uniform(0.05, CYCLE_S) if outside else REACHED_S
            first = min(last, chance.uniform(0.3, 1.5))
            status = life.wait(first)
            if status is None and last > first:
                self._publish(1)
                status = life.wait(last - first)
            if status is None:
                life.kill()
                point = point if outside else RANDOM
            elif status != -signal.SIGKILL:
                raise Breach(f"life {life.number} ended with {status}: {life.said()[-2000:]}")
        finally:
            life.end_daemon()
        self._deaths[life.number] = point
        self._over(life)
        self._told(point)
        return point

    def _peace(self, looks: int) -> None:
        """Let one life work until all that was served is committed and sent, and end as asked."""
        before = self._checks()
        life = self._begin()
        self.report.peaceful += 1

        def settled() -> bool:
            checks = self._checks()
            if any(
                checks.get(name, 0) - before.get(name, 0) < looks
                for name in self._place.feeds.feeds
            ):
                return False
            waiting = "SELECT count(*) FROM deliveries WHERE status IN ('pending', 'sending')"
            return count(self._place.database, waiting) == 0

        try:
            life.until(settled, why="every feed read, nothing in the outbox", every_s=0.1)
            life.stop()
        finally:
            life.end_daemon()
        self._over(life)

    def _waiting(self) -> timedelta:
        """Give for how long the eldest piece that was served has waited for its commit."""
        rows = ask(self._place.database, "SELECT feed, title FROM items")
        stored = {(str(feed), mark) for feed, title in rows for mark in MARK.findall(str(title))}
        return self._place.feeds.waiting_for(stored)

    def _checks(self) -> dict[str, int]:
        """Give how often each feed was looked at, as committed."""
        rows = ask(self._place.database, "SELECT name, checks FROM feeds")
        return {str(name): int(str(checks)) for name, checks in rows}

    # --- what is published ---------------------------------------------------------------------

    def _publish(self, pieces: int, on: int = 0) -> None:
        """Publish each on a feed of its own (`on`: all on so many); of three one is copied."""
        feeds, chance = self._place.feeds, self._random
        shift = self._shift()
        names = chance.sample(shift, on or min(pieces, len(shift)))
        for number in range(pieces):
            name = names[number % len(names)]
            piece = self._writer.piece(name, self._place.clock.now())
            feeds.publish(name, piece)
            if chance.random() < 0.33:
                feeds.copy(chance.choice([n for n in shift if n != name]), piece)

    def _shift(self) -> tuple[str, ...]:
        """Give the feeds that publish now; the others rest, longer than they keep what they had.

        A feed that soon has something new would forgive validators that were kept without the items
        that they vouch for: the next document holds those items as well. One that rests does not.
        """
        feeds = self._place.feeds.feeds
        if not self._deaths:
            return feeds
        begin = len(self._deaths) // SHIFT_DEATHS * SHIFT_FEEDS % len(feeds)
        return feeds[begin : begin + SHIFT_FEEDS]

    # --- before and after ----------------------------------------------------------------------

    def _first_contact(self) -> frozenset[str]:
        """Let every feed be read for the first time, quietly; gives what it held."""
        self._publish(2 * len(self._place.feeds.feeds))
        self._peace(looks=1 if self._plain else 2)
        return frozenset(self._place.feeds.served)

    def _aftermath(self) -> None:
        """Let what waits arrive; then start once more, with nothing new to tell."""
        looks = 1 if self._plain else 2
        self._peace(looks)
        taken = len(self._place.inbox.taken)
        self._peace(looks)
        if len(self._place.inbox.taken) != taken:
            self.report.verdict.breaches.append("a start with nothing new to tell told something")
        if self._last is not None:
            self._no_orphans(self._last)
        found = ask(self._place.database, "PRAGMA integrity_check")
        if found != [("ok",)]:
            self.report.verdict.breaches.append(f"integrity_check: {found}")
        dead = count(self._place.database, "SELECT count(*) FROM deliveries WHERE status <> 'sent'")
        aside = count(self._place.database, "SELECT count(*) FROM quarantine")
        if dead or aside:
            self.report.verdict.breaches.append(
                f"{dead} deliveries not sent, {aside} items set aside"
            )

    def _judged(self, quiet: frozenset[str]) -> Verdict:
        place = self._place
        targets = frozenset({("hook", "webhook"), *(("desk", to) for to in RECIPIENTS)})
        record = Record(
            dict(place.feeds.served), quiet, targets, list(place.inbox.taken), self._deaths
        )
        report = self.report
        report.served = len(record.served) - len(quiet)
        report.taken, report.keys = len(record.taken), len({m.key for m in record.taken})
        report.unchanged = place.feeds.unchanged
        return judge(record)
