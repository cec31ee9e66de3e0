"""How late items are seen, and for how many requests: our schedule beside fixed polling.

Weeks of seven kinds of feeds are generated from a seed (steady ones, offices that close, bursts,
rare ones, short documents); the same weeks are polled by each plan. The first week is for learning
and is not counted.

    python bench/schedule.py [--weeks 4] [--feeds 4] [--seed 1] [--json]
"""

from __future__ import annotations

import argparse
import bisect
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core import rhythm as rhythms
from monitor.core.polling import FEW_ITEMS, Advice, Look, next_check
from monitor.core.rhythm import NOTHING, Rhythm
from monitor.core.schedule import percentile

START = datetime(2025, 6, 2, tzinfo=UTC)  # a Monday
HOUR_S = 3600.0
WEEK_S = 7 * 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of feed: its rate in items an hour by hour of the week, and its document's length.

    `bursts` a week bring some ten items within half an hour each.
    """

    name: str
    rate: Callable[[int, int], float]
    items: int = 30
    bursts: float = 0.0


def _office(rate: float, hours: range, days: range = range(5)) -> Callable[[int, int], float]:
    return lambda day, hour: rate if day in days and hour in hours else rate / 50


KINDS = (
    Kind("agency, day and night", lambda _, hour: 12.0 if 5 <= hour < 21 else 6.0),
    Kind("broadcaster", lambda day, hour: (4.0 if 5 <= hour < 20 else 0.4) * (1 - 0.4 * (day > 4))),
    Kind("ministry, office hours", _office(1.5, range(6, 16))),
    Kind("president's office", _office(0.7, range(6, 20), range(7)), bursts=1.0),
    Kind("local paper, mornings", _office(5.0, range(4, 8), range(6)), bursts=1.0),
    Kind("blog, rarely", lambda _, hour: 0.06 if 8 <= hour < 22 else 0.0),
    Kind("live ticker, short document", lambda _, hour: 10.0 if 6 <= hour < 22 else 1.0, 15, 3.0),
)


def published(kind: Kind, weeks: int, chance: random.Random) -> list[float]:
    """Give when items come out, in seconds from the start."""
    times = []
    for hour in range(weeks * 168):
        rate, at = kind.rate(hour // 24 % 7, hour % 24), 0.0
        while rate and (at := at + chance.expovariate(rate)) < 1.0:
            times.append((hour + at) * HOUR_S)
    for _ in range(round(kind.bursts * weeks)):
        begins = chance.uniform(0, weeks * WEEK_S - HOUR_S)
        times += [begins + chance.uniform(0, HOUR_S / 2) for _ in range(chance.randint(6, 14))]
    return sorted(times)


@dataclass
class Seen:
    """What a plan came to: requests, the delay of each item in seconds, items never seen."""

    requests: int = 0
    missed: int = 0
    delays: list[float] | None = None


def polled(
    times: Sequence[float], kind: Kind, weeks: int, plan: Callable[[float, int, int], float]
) -> Seen:
    """Poll a feed; `plan(now, new, known)` gives the interval after a look, in seconds."""
    seen, now, before = Seen(delays=[]), 0.0, 0
    while now < weeks * WEEK_S:
        out = bisect.bisect_right(times, now)
        oldest = max(0, out - kind.items)
        if now >= WEEK_S:
            seen.requests += 1
            assert seen.delays is not None
            seen.missed += max(0, oldest - before)
            seen.delays += [now - at for at in times[max(before, oldest) : out] if at >= WEEK_S]
        known = max(0, before - oldest)
        now += plan(now, out - max(before, oldest), known)
        before = out
    return seen


class Learning:
    """Our schedule, as the desk carries it out."""

    def __init__(self, name: str, pace: str, items: int) -> None:
        """Begin with nothing known of the feed."""
        self._name, self._pace = name, pace
        self._rhythm: Rhythm = NOTHING
        self._advice = Advice(items=items)
        self._last = self._gap = START

    def __call__(self, now: float, new: int, known: int) -> float:
        """Give the interval after a look."""
        at = START + timedelta(seconds=now)
        first = now == 0.0
        if new and not first:
            self._rhythm = rhythms.learned(self._rhythm, new, self._last, at)
            self._rhythm = rhythms.read(rhythms.written(self._rhythm))
        gap = new if new >= FEW_ITEMS and not known and not first else 0
        self._gap = at if gap else self._gap
        look = Look(
            self._name, self._pace, at, self._rhythm, self._advice, new_items=0 if first else new,
            known_items=known, gap_at=self._gap if self._gap > START else None,
        )  # fmt: skip
        self._last = at
        return (next_check(look).at - at).total_seconds()


def figures(many: Sequence[Seen], feeds: int, weeks: int) -> dict[str, float]:
    """Give requests a feed and day, and delays in seconds."""
    delays = [delay for seen in many for delay in seen.delays or ()]
    days = feeds * (weeks - 1) * 7
    return {
        "requests": sum(seen.requests for seen in many) / days,
        "mean_s": sum(delays) / max(1, len(delays)),
        "p95_s": percentile(delays, 0.95) or 0.0,
        "missed": sum(seen.missed for seen in many),
        "items": len(delays),
    }


def run(weeks: int, feeds: int, seed: int) -> list[dict[str, object]]:
    """Give the figures of every kind and plan, and of all kinds together."""
    plans: dict[str, Callable[[Kind, int], Callable[[float, int, int], float]]] = {
        "every 5 min": lambda kind, n: lambda now, new, known: 300.0,
        "every 10 min": lambda kind, n: lambda now, new, known: 600.0,
        "normal": lambda kind, n: Learning(f"{kind.name} {n}", "normal", kind.items),
        "every 30 min": lambda kind, n: lambda now, new, known: 1800.0,
        "slow": lambda kind, n: Learning(f"{kind.name} {n}", "slow", kind.items),
    }
    rows: list[dict[str, object]] = []
    total: dict[str, list[Seen]] = {name: [] for name in plans}
    for kind in KINDS:
        chance = random.Random(f"{seed} {kind.name}")
        histories = [published(kind, weeks, chance) for _ in range(feeds)]
        for name, plan in plans.items():
            many = [
                polled(times, kind, weeks, plan(kind, n)) for n, times in enumerate(histories)
            ]  # fmt: skip
            total[name] += many
            rows.append({"kind": kind.name, "plan": name, **figures(many, feeds, weeks)})
    for name, many in total.items():
        rows.append({"kind": "all", "plan": name, **figures(many, feeds * len(KINDS), weeks)})
    return rows


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--feeds", type=int, default=4, help="feeds of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = run(given.weeks, given.feeds, given.seed)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'kind':30}{'plan':14}{'requests/day':>13}{'mean s':>8}{'p95 s':>8}{'missed':>8}")
    for row in rows:
        print(
            f"{row['kind']:30}{row['plan']:14}{row['requests']:13.0f}{row['mean_s']:8.0f}"
            f"{row['p95_s']:8.0f}{row['missed']:8}"
        )


if __name__ == "__main__":
    main()
