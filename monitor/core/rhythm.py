"""When a feed publishes: counts of its new items by hour of the week, in UTC, older ones fading.

Most feeds have a day and a night, many a weekend. What is kept is a line of JSON: since when it is
counted, the counts, and how many items came of late. A rate that few items stand behind leans on
the hour of the day, and that on the feed's mean.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

HOURS = 168
#: After so many weeks an item counts half.
HALF_LIFE_WEEKS = 3.0
_FADE: float = math.pow(0.5, 1.0 / HALF_LIFE_WEEKS)
#: Items of a longer interval (the daemon was off) are spread over its last hours only.
SPREAD_HOURS = 24.0
#: What a document held when it was first read is taken for the feed's past so far back, in hours.
PAST_HOURS = float(HOURS)
#: "Of late" fades by e with every hour.
RECENT_HOURS = 1.0
#: A rate leans on the wider one as if that had been seen for so many hours.
LEAN_HOURS = 6.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of a feed's rhythm. Times in hours since 1970; nothing known: the default.

    `since` is when counting began, `at` when the counts were last faded. `counts` are items by hour
    of the week (0 is Monday 00:00 UTC). `recent` is about how many items the last hour brought, as
    of `at`. `even` is the rate, in items an hour, that an even feed of the same spacing would have:
    (sum of rates / sum of their roots) squared; see `core/polling`.
    """

    since: float = 0.0
    at: float = 0.0
    counts: Mapping[int, float] = field(default_factory=dict)
    recent: float = 0.0
    even: float = 0.0

    @property
    def known(self) -> bool:
        """Whether anything has been counted."""
        return bool(self.counts)


NOTHING = Rhythm()


def read(text: str) -> Rhythm:
    """Give the rhythm that `written` wrote."""
    raw = json.loads(text)
    if not raw:
        return NOTHING
    counts = {int(hour): count for hour, count in raw["c"].items()}
    return Rhythm(raw["s"], raw["a"], counts, raw["r"], raw["e"])


def written(rhythm: Rhythm) -> str:
    """Give a rhythm as JSON; at most some 2 KB."""
    if not rhythm.known:
        return "{}"
    return json.dumps(
        {
            "s": round(rhythm.since, 2), "a": round(rhythm.at, 2), "r": round(rhythm.recent, 2),
            "e": round(rhythm.even, 4),
            "c": {hour: round(count, 2) for hour, count in sorted(rhythm.counts.items())},
        },
        separators=(",", ":"),
    )  # fmt: skip


def learned(rhythm: Rhythm, items: int, since: datetime, until: datetime) -> Rhythm:
    """Give a rhythm after `items` came between two looks, spread evenly over that time."""
    start, end = max(_hours(since), _hours(until) - SPREAD_HOURS), _hours(until)
    start = min(start, end)
    begun = rhythm.since if rhythm.known else start
    counts = _faded(rhythm, end)
    for hour, share in _shares(start, end):
        counts[hour] = counts.get(hour, 0.0) + items * share
    recent = recent_rate(rhythm, until) + items / RECENT_HOURS
    return _with_even(Rhythm(begun, end, counts, recent), end)


def learned_past(times: Sequence[datetime], now: datetime) -> Rhythm:
    """Give the rhythm that the dates of a first document tell; those of the last week alone."""
    end = _hours(now)
    past = [hour for hour in map(_hours, times) if 0.0 <= end - hour <= PAST_HOURS]
    if not past:
        return NOTHING
    counts: dict[int, float] = {}
    recent = 0.0
    for hour in past:
        counts[_of_week(hour)] = counts.get(_of_week(hour), 0.0) + 1.0
        recent += math.exp(-(end - hour) / RECENT_HOURS) / RECENT_HOURS
    return _with_even(Rhythm(min(past), end, counts, recent), end)


def rate(rhythm: Rhythm, now: datetime) -> float:
    """Give how many items an hour are to be expected in this hour of the week."""
    end = _hours(now)
    counts = rhythm.counts
    fade = math.pow(_FADE, (end - rhythm.at) / HOURS)
    hour = _of_week(end)
    seen = [_exposure(rhythm.since, end, other) for other in range(hour % 24, HOURS, 24)]
    day = sum(counts.get(other, 0.0) for other in range(hour % 24, HOURS, 24))
    around = [(hour - 1) % HOURS, hour, (hour + 1) % HOURS]
    near = sum(counts.get(other, 0.0) for other in around)
    near_seen = sum(_exposure(rhythm.since, end, other) for other in around)
    return _leaning(
        _mean(rhythm, end), day * fade, sum(seen), near * fade, near_seen
    )  # fmt: skip


def recent_rate(rhythm: Rhythm, now: datetime) -> float:
    """Give about how many items the last hour brought."""
    return rhythm.recent * math.exp(-max(0.0, _hours(now) - rhythm.at) / RECENT_HOURS)


def mean_rate(rhythm: Rhythm, now: datetime) -> float:
    """Give the mean rate over the whole week, in items an hour."""
    return _mean(rhythm, _hours(now))


def _leaning(mean: float, day: float, day_seen: float, near: float, near_seen: float) -> float:
    by_day = (day + LEAN_HOURS * mean) / (day_seen + LEAN_HOURS)
    return (near + LEAN_HOURS * by_day) / (near_seen + LEAN_HOURS)


def _mean(rhythm: Rhythm, end: float) -> float:
    """Items an hour since the beginning, older ones fading as the time does in which they came."""
    weeks = max(end - rhythm.since, 1.0) / HOURS
    hours = HOURS * (1.0 - math.pow(_FADE, weeks)) / -math.log(_FADE)
    return sum(rhythm.counts.values()) * math.pow(_FADE, (end - rhythm.at) / HOURS) / hours


def _with_even(rhythm: Rhythm, end: float) -> Rhythm:
    """Settle `even`: it is asked for at every look, and changes only when something is learned."""
    counts = [rhythm.counts.get(hour, 0.0) for hour in range(HOURS)]
    seen = [_exposure(rhythm.since, end, hour) for hour in range(HOURS)]
    day = [sum(counts[hour::24]) for hour in range(24)]
    day_seen = [sum(seen[hour::24]) for hour in range(24)]
    mean = _mean(rhythm, end)
    total = roots = 0.0
    for hour in range(HOURS):
        after = hour + 1 - HOURS  # a negative index wraps around the week
        one = _leaning(
            mean, day[hour % 24], day_seen[hour % 24],
            counts[hour - 1] + counts[hour] + counts[after],
            seen[hour - 1] + seen[hour] + seen[after],
        )  # fmt: skip
        total += one
        roots += math.sqrt(one)
    even = (total / roots) ** 2 if roots else 0.0
    return Rhythm(rhythm.since, rhythm.at, rhythm.counts, rhythm.recent, even)


def _exposure(since: float, end: float, hour: int) -> float:
    """Give for how many hours an hour of the week has been watched, older ones fading."""
    last = math.floor(end)
    back = (_of_week(last) - hour) % HOURS
    times: int = (last - back - math.floor(since)) // HOURS + 1
    if times <= 0:
        return 0.0
    seen = math.pow(_FADE, back / HOURS) * (1.0 - math.pow(_FADE, times)) / (1.0 - _FADE)
    return seen if back else seen - 1.0 + (end - last)  # the present hour is not over


def _faded(rhythm: Rhythm, end: float) -> dict[int, float]:
    fade = math.pow(_FADE, max(0.0, end - rhythm.at) / HOURS)
    # what has faded to nothing is dropped, so that a feed's line stays short
    return {hour: count * fade for hour, count in rhythm.counts.items() if count * fade > 0.01}


def _shares(start: float, end: float) -> list[tuple[int, float]]:
    """Give the hours of the week that an interval touches, with the share that each has of it."""
    if end - start < 1e-6:
        return [(_of_week(end), 1.0)]
    found = []
    place = start
    while place < end:
        edge = min(end, math.floor(place) + 1.0)
        found.append((_of_week(place), (edge - place) / (end - start)))
        place = edge
    return found


def _hours(moment: datetime) -> float:
    return moment.timestamp() / 3600.0


def _of_week(hours: float) -> int:
    """Give the hour of the week of a moment; 1 January 1970 was a Thursday."""
    return (math.floor(hours) + 72) % HOURS
