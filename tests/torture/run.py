"""A torture run: two campaigns beside each other, and the table of what came of them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.torture.campaign import NO_ANSWER, PLAIN, RANDOM, Campaign, Report
from tests.torture.clock import FastClock
from tests.torture.daemon import POINTS
from tests.torture.fast_feed import Delay, measure
from tests.torture.place import a_place

#: News seconds a second: a feed of pace fast is due each second and a half, and ten minutes, which
#: a feed keeps an item, are fifteen seconds: room for several deaths, also on a slow machine.
FACTOR = 40.0
#: Of so many kills one is of plain `parley run`.
PLAIN_SHARE = 5
#: From so many kills on a run lasts longer than a look at a fast feed may take.
TIMED_FROM = 60
FEEDS = (
    *("amber", "birch", "cedar", "dune", "ember", "fern"),
    *("grove", "heath", "inlet", "juniper", "kelp", "larch"),
)
ABOUT = {
    **POINTS,
    NO_ANSWER: "the receiver has taken the message and not answered (killed from outside)",
    RANDOM: "any moment from the start of the process on (killed from outside)",
    PLAIN: "the same, of plain `parley run` in real time",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    point: str
    kills: int
    missed: int
    repeats: int
    lost: int
    doubled: int


@dataclass(frozen=True, slots=True)
class Result:
    """What both campaigns found."""

    reports: Sequence[Report]
    seed: int
    seconds: float
    delay: Delay | None = None

    @property
    def breaches(self) -> list[str]:
        found = [breach for report in self.reports for breach in report.verdict.breaches]
        return found + ([self.delay.breach] if self.delay and self.delay.breach else [])

    def rows(self) -> list[Row]:
        """Give the points of the path in order; deaths of no point of its own belong to none."""
        return [
            Row(
                point,
                sum(r.kills[point] for r in self.reports),
                sum(r.missed[point] for r in self.reports),
                sum(r.verdict.repeats[point] for r in self.reports),
                sum(r.verdict.lost[point] for r in self.reports),
                sum(r.verdict.doubled[point] for r in self.reports),
            )
            for point in ("", *ABOUT)
        ]

    def total(self, name: str) -> int:
        return sum(getattr(report, name) for report in self.reports)

    def as_json(self) -> dict[str, object]:
        rows = [r for r in self.rows() if r.point]
        return {
            "kills": sum(row.kills for row in rows),
            "seconds": round(self.seconds, 1),
            "seed": self.seed,
            **{name: self.total(name) for name in ("served", "taken", "keys", "unchanged", "peaceful")},
            "repeats": sum(row.repeats for row in rows),
            "lost": sum(row.lost for row in self.rows()),
            "doubled": sum(row.doubled for row in self.rows()),
            "points": {
                row.point: {
                    "kills": row.kills, "missed": row.missed, "repeats": row.repeats,
                    "lost": row.lost, "doubled": row.doubled,
                }
                for row in rows
            },
            "fast_feed_s": self.delay.seconds if self.delay else None,
            "breaches": self.breaches,
        }  # fmt: skip


def run(folder: Path, kills: int, seed: int, told: Callable[[str], None]) -> Result:
    """Kill so many times; `told` hears of each. Bounded: a life that stands still is a breach.

    A run that takes longer than the delay of a feed of pace fast measures that too, beside it.
    """
    began = time.monotonic()
    plain = kills // PLAIN_SHARE
    decks = (deck(kills - plain, seed), [PLAIN] * plain)
    enough = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        running = [
            pool.submit(_campaign, folder / name, cards, seed + number, told, enough)
            for number, (name, cards) in enumerate(zip(("aimed", "plain"), decks, strict=True))
            if cards
        ]
        timed = pool.submit(measure, folder / "timed") if kills >= TIMED_FROM else None
        try:
            reports = [each.result() for each in running]
        finally:
            enough.set()  # after Ctrl-C: nothing is left running when this returns
        delay = timed.result() if timed else None
    return Result(reports, seed, time.monotonic() - began, delay)


def deck(cards: int, seed: int) -> list[str]:
    """Give points in a random order in which each comes as often as any other."""
    chance, points = random.Random(seed), [*POINTS, NO_ANSWER, RANDOM]
    dealt: list[str] = []
    while len(dealt) < cards:
        dealt += chance.sample(points, len(points))
    return dealt[:cards]


def _campaign(
    folder: Path, cards: list[str], seed: int, told: Callable[[str], None], enough: threading.Event
) -> Report:
    plain = PLAIN in cards
    clock = FastClock(time.time(), 1.0 if plain else FACTOR)
    with a_place(folder, clock, FEEDS) as place:
        return Campaign(place, seed, plain=plain, told=told, enough=enough).run(cards)


def table(result: Result) -> str:
    """Give the figures for people."""
    head = f"{'killed at':<15}{'kills':>6}{'missed':>8}{'repeats':>9}{'lost':>6}{'doubled':>9}  what has happened by then"
    lines = [head, "-" * len(head)]
    for row in result.rows():
        if row.point or row.lost or row.doubled:
            name = row.point or "(no kill)"
            lines.append(
                f"{name:<15}{row.kills:>6}{row.missed:>8}{row.repeats:>9}{row.lost:>6}{row.doubled:>9}"
                f"  {ABOUT.get(row.point, '')}"
            )
    rows = result.rows()
    sums = [
        sum(getattr(row, name) for row in rows)
        for name in ("kills", "missed", "repeats", "lost", "doubled")
    ]
    lines.append(f"{'in all':<15}{sums[0]:>6}{sums[1]:>8}{sums[2]:>9}{sums[3]:>6}{sums[4]:>9}")
    lines.append("")
    lines.append(
        f"{result.total('served')} developments served, {result.total('taken')} messages accepted under "
        f"{result.total('keys')} keys, {result.total('unchanged')} answers 304, "
        f"{result.total('peaceful')} lives left in peace, {result.seconds:.0f} s, seed {result.seed}"
    )
    if result.delay:
        lines.append(str(result.delay))
    lines += [f"BREACH {breach}" for breach in result.breaches[:40]]
    lines.append(
        "nothing lost, nothing doubled, no process left" if not result.breaches else "FAILED"
    )
    return "\n".join(lines)
