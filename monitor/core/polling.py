"""When a feed is looked at next, and why: from its rhythm, its document, its server's wishes.

Of all plans with the same mean delay of an item, the one with the fewest requests makes each
interval proportional to one over the root of the rate at that hour. So a feed is looked at
`nominal * sqrt(even / rate)` seconds after the last look, where `even` (see `core/rhythm`) is what
holds the mean delay at half the nominal interval: what a fixed interval would give, for fewer
requests wherever a feed has nights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from monitor.core.rhythm import NOTHING, Rhythm, mean_rate, rate, recent_rate
from monitor.core.rules import PACES_S
from monitor.core.schedule import JITTER, MAX_RETRY_AFTER_S, spread

#: The shortest and the longest interval of a pace, in seconds. `fast` knows one only, its own.
BOUNDS_S = {"normal": (120.0, 900.0), "slow": (900.0, 7200.0)}
#: What max-age, Expires, skipHours and skipDays ask for is honoured up to a day.
MAX_ASKED_S = 24 * 3600.0
#: A feed that keeps failing is looked at no less often than this.
MAX_BACKOFF_S = 6 * 3600.0
#: ... one of pace `fast` no less often than this: what it publishes after an outage must not wait.
MAX_FAST_BACKOFF_S = 300.0
#: A second 410 so long after the first says that a feed is gone: then it is asked once a day.
GONE_AGAIN_S = 3600.0
GONE_S = 24 * 3600.0
#: While nothing at all can be reached, feeds are tried so often whatever their pace.
OUTAGE_S = 120.0
#: A poll of which less than this share of the document is known nearly missed something ...
NEARLY_MISSED = 0.5
#: ... if the document holds so many items; of fewer, a single new one would be half of it.
FEW_ITEMS = 4
#: Within so long after items were missed, in seconds, a feed is looked at twice as often at least.
GAP_FOR_S = 6 * 3600.0
#: What the last hour brought counts where it is more than one over this times what was expected.
BURST = 0.5
#: Jitter shortens intervals; those that aim at a mean delay are lengthened by its mean before.
_EVENED = 1.0 / (1.0 - JITTER / 2.0)
#: A document is to turn over by no more than this share between two looks.
TURNOVER = 0.5
#: A permanent redirect is followed at once from so many looks on that led to a feed (N22).
MOVED_AFTER = 3
#: A feed that has brought nothing for so long, in seconds, is looked at as rarely as it may be.
DORMANT_S = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Advice:
    """What server and document say of the schedule, as last heard; None and () where nothing.

    `ttl_s` and `period_s` are RSS's ttl and sy:updatePeriod in seconds, `skip_hours` (0..23) and
    `skip_days` (Monday 0) are UTC, `max_age_s` is the freshness that HTTP tells. `items` counts
    those of the last document; `complete` says that a document holds all there is.
    """

    ttl_s: float | None = None
    period_s: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    max_age_s: float | None = None
    items: int = 0
    complete: bool = False


NO_ADVICE = Advice()


def advice_read(text: str) -> Advice:
    """Give the advice that `advice_written` wrote."""
    raw = json.loads(text)
    if not raw:
        return NO_ADVICE
    hours, days = tuple(raw.pop("skip_hours", ())), tuple(raw.pop("skip_days", ()))
    return Advice(skip_hours=hours, skip_days=days, **raw)


def advice_written(advice: Advice) -> str:
    """Give advice as JSON, without what is not said."""
    said = {name: getattr(advice, name) for name in advice.__slots__}
    return json.dumps({name: value for name, value in said.items() if value}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Look:
    """A look that has ended, and what is known of its feed: all that the next one depends on.

    `failures` counts consecutive ones, this one included; `outage` says that nothing at all can be
    reached. `retry_after_s` is what the server asked for. `refused` is a first 410, `gone` one that
    an earlier one confirms. `new_items` and `known_items` are those of this look's document; both 0
    where there was none. `hot` says that a story which the feed carries is moving.
    """

    feed: str
    pace: str
    started_at: datetime
    rhythm: Rhythm = NOTHING
    advice: Advice = NO_ADVICE
    failures: int = 0
    outage: bool = False
    retry_after_s: float | None = None
    refused: bool = False
    gone: bool = False
    new_items: int = 0
    known_items: int = 0
    gap_at: datetime | None = None
    hot: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """When a feed is looked at next and why, in words.

    Nothing brings the look forward beyond `not_before` (None: anything may).
    """

    at: datetime
    why: str
    not_before: datetime | None = None


def next_check(look: Look) -> Plan:
    """Plan the next look at a feed, counted from the start of the last one."""
    interval, why = _troubled(look) or _wanted(look)
    jitter = 1.0 - JITTER * spread(f"{look.feed}|{int(look.started_at.timestamp() // 60)}")
    at = look.started_at + timedelta(seconds=interval * jitter)
    floor: datetime | None = None
    for earliest, asked in _asked(look, at):
        floor = earliest if floor is None else max(floor, earliest)
        if earliest > at:
            at, why = earliest, f"{why}; {asked}"
    return Plan(at, why, floor)


def _troubled(look: Look) -> tuple[float, str] | None:
    """Give interval and reason where the look failed, None where it did not."""
    if look.gone:
        return GONE_S, "once a day, in case 410 was a mistake"
    if look.refused:
        return GONE_AGAIN_S / (1.0 - JITTER), "in an hour: a second 410 means that the feed is gone"
    if look.outage:
        interval = min(PACES_S[look.pace], OUTAGE_S)
        return interval, f"every {span(interval)} while no feed at all can be reached"
    if not look.failures:
        return None
    interval = PACES_S[look.pace]
    most = MAX_FAST_BACKOFF_S if look.pace == "fast" else max(MAX_BACKOFF_S, interval)
    waited = min(interval * 2.0 ** min(look.failures - 1, 20), most)
    times = "it failed" if look.failures == 1 else f"it failed {look.failures} times in a row"
    return (
        waited,
        f"{times}: again after {span(waited)}, twice as long each time up to {span(most)}",
    )


def _wanted(look: Look) -> tuple[float, str]:
    """Give the interval that serves a feed best, and why."""
    if look.pace == "fast":
        return PACES_S["fast"], f"every {span(PACES_S['fast'])}: pace fast, less up to a tenth"
    shortest, longest = BOUNDS_S[look.pace]
    interval, why = _by_rhythm(look)
    interval = min(max(interval, shortest), longest)
    for most, reason in _hurries(look):
        if most < interval:
            interval, why = most, f"{why}; {reason}"
    return interval, f"every {span(interval)}{why}"


def _by_rhythm(look: Look) -> tuple[float, str]:
    now, nominal = look.started_at, PACES_S[look.pace] * _EVENED
    rhythm = look.rhythm
    if not rhythm.known:
        return PACES_S[look.pace], f": pace {look.pace}, no rhythm known yet"
    if now.timestamp() - rhythm.at * 3600.0 > DORMANT_S:
        return math.inf, ": nothing new for a week"
    expected, lately = rate(rhythm, now), recent_rate(rhythm, now)
    if lately * BURST > expected:
        interval = nominal * math.sqrt(rhythm.even / (lately * BURST))
        return interval, f": {_items(lately)} in the last hour"
    if expected <= 0.0:
        return math.inf, " at this hour: nothing is expected"
    return nominal * math.sqrt(rhythm.even / expected), f" at this hour: {_hourly(expected)}"


def _hurries(look: Look) -> Iterator[tuple[float, str]]:
    """Give what shortens an interval: seconds at most, and why."""
    shortest, _ = BOUNDS_S[look.pace]
    lately = max(recent_rate(look.rhythm, look.started_at), 1e-9)
    window = look.advice.items * TURNOVER / lately * 3600.0
    if look.advice.items >= FEW_ITEMS and not look.advice.complete:
        yield max(window, shortest / 2), f"its document holds {look.advice.items} items only"
    if look.hot:
        yield shortest, "a story that it carries is moving"
    if look.gap_at and (look.started_at - look.gap_at).total_seconds() < GAP_FOR_S:
        yield shortest / 2, "it turned over between two looks not long ago"
    seen = look.new_items + look.known_items
    if seen >= FEW_ITEMS and look.known_items < NEARLY_MISSED * seen and not look.advice.complete:
        yield shortest, f"only {look.known_items} of {seen} items were known: nearly missed some"


def _asked(look: Look, at: datetime) -> Iterator[tuple[datetime, str]]:
    """Give what server and document ask for: a moment before which no look may be, and its words.

    Of pace `fast` only what answers a request counts: Retry-After.
    """
    start, advice = look.started_at, look.advice
    if look.retry_after_s is not None:
        wait = min(look.retry_after_s, MAX_RETRY_AFTER_S)
        yield start + timedelta(seconds=wait), f"the server asked for {span(wait)} (Retry-After)"
    if look.pace == "fast" or look.failures or look.gone or look.refused or look.outage:
        return
    if advice.max_age_s:
        wait = min(advice.max_age_s, MAX_ASKED_S)
        yield start + timedelta(seconds=wait), f"the server asks for {span(wait)}"
    longest = BOUNDS_S[look.pace][1]
    for said_s, name in ((advice.ttl_s, "ttl"), (advice.period_s, "sy:updatePeriod")):
        # half the web says "hourly" because its software does: what comes more often is no hour
        if said_s and mean_rate(look.rhythm, start) * said_s <= 3600.0:
            wait = min(said_s, longest)
            yield start + timedelta(seconds=wait), f"the document asks for {span(said_s)} ({name})"
    awake = _awake(advice, at)
    if awake > at:
        last = start + timedelta(seconds=MAX_ASKED_S)
        yield min(awake, last), "the document names hours to skip"


def _awake(advice: Advice, at: datetime) -> datetime:
    """Give the first moment from `at` on that a document does not ask to skip, within two days."""
    for _ in range(48):
        if at.hour not in advice.skip_hours and at.weekday() not in advice.skip_days:
            break
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def address_of(url: str, moved_to: str, moved_times: int) -> str:
    """Give the address that is asked for a feed: where it moved, once that is sure."""
    return moved_to if moved_to and moved_times >= MOVED_AFTER else url


@lru_cache(maxsize=8192)
def host_of(url: str) -> str:
    """Give whom requests for an address go to: `host`, or `host:port` where one is named."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return f"{host}:{parts.port}" if parts.port else host


def span(seconds: float) -> str:
    """Give a length of time in words: `45 s`, `4 min`, `1.5 h`, `2 days`."""
    for size, unit in ((86400.0, "day"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size * (2.0 if unit == "day" else 1.0):
            number = f"{seconds / size:.1f}".removesuffix(".0")
            if unit == "min" and seconds >= 180:  # nobody plans by fractions of a minute
                number = f"{seconds / size:.0f}"
            return f"{number} {unit}{'s' if unit == 'day' else ''}"
    return f"{seconds:.0f} s"


def _items(number: float) -> str:
    return f"about {number:.0f} items" if number >= 1.5 else "about an item"


def _hourly(expected: float) -> str:
    """Say a rate in words."""
    if expected >= 0.75:
        return f"{_items(expected)} an hour"
    return f"about an item in {span(3600.0 / expected)}"
