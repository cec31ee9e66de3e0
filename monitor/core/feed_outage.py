"""Whether everything fails at once: then the network is to blame, or a login page before it.

Hosts are counted, not feeds, and only those that worked before. Feeds are looked at minutes or
hours apart, so the shortest span of time is taken in which enough hosts were asked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.feed_health import FeedNow, State
from monitor.core.polling import host_of

#: More than this share of hosts failing at once is an outage of everything ...
DOWN = 0.8
#: ... and less than this share of those asked since ends it.
UP = 0.5
#: Fewer hosts than this tell nothing of the network.
FEWEST_HOSTS = 3
#: The hosts asked within a span must be this share of all at least.
ASKED = 0.25
#: The spans, in seconds.
SPANS_S = (300.0, 900.0, 2 * 3600.0)
#: Failures of a network that is down, or has something else answer in the place of every host.
NETWORK = frozenset(
    {
        "dns", "timeout", "refused", "unreachable", "tls", "connection-lost", "protocol", "proxy",
        "blocked-address", "bad-redirect", "too-many-redirects", "http-511", "html",
    }
)  # fmt: skip
#: Feeds in these states are told of already.
_LEFT_OUT = frozenset({State.GONE, State.DEAD, State.HTML, State.FAILING})


@dataclass(frozen=True, slots=True)
class Outage:
    """The outage that was told last: since when, and until when; None for not (yet)."""

    since: datetime | None = None
    ended: datetime | None = None

    @property
    def on(self) -> bool:
        """Whether it lasts."""
        return self.since is not None and self.ended is None


@dataclass(frozen=True, slots=True)
class Count:
    """Hosts asked within a span, how many of them were down, and the kinds of their failures."""

    asked: int
    down: int
    kinds: Mapping[str, int]


def outage_read(text: str | None) -> Outage:
    """Give the outage that `outage_written` wrote."""
    raw = json.loads(text or "{}")
    times = (datetime.fromisoformat(raw[key]) if key in raw else None for key in ("since", "ended"))
    return Outage(*times)


def outage_written(outage: Outage) -> str:
    """Give an outage as JSON."""
    times = {"since": outage.since, "ended": outage.ended}
    return json.dumps({key: at.isoformat() for key, at in times.items() if at is not None})


def outage_after(
    told: Outage, feeds: Sequence[FeedNow], now: datetime
) -> tuple[Outage, Count | None]:
    """Give the outage as it is now, the same where nothing changed; with it, what was counted."""
    judged = [feed for feed in feeds if feed.read and feed.health not in _LEFT_OUT]
    hosts = len({host_of(feed.url) for feed in judged})
    if told.on and told.since is not None:
        fewest = min(FEWEST_HOSTS, hosts)
        count = _first(judged, now, max(fewest, ASKED * hosts), told.since)
        ended = not hosts or (count is not None and count.down < UP * count.asked)
        return (Outage(told.since, now) if ended else told), count
    count = _first(judged, now, max(FEWEST_HOSTS, ASKED * hosts), None)
    if count is not None and count.down > DOWN * count.asked:
        return Outage(now), count
    return told, count


def _first(
    feeds: Sequence[FeedNow], now: datetime, fewest: float, began: datetime | None
) -> Count | None:
    """Count within the shortest span in which enough hosts were asked; None where none has."""
    for span_s in SPANS_S:
        start = now - timedelta(seconds=span_s)
        count = _counted(feeds, start if began is None else max(start, began), began)
        if count.asked >= fewest:
            return count
    return None


def _counted(feeds: Sequence[FeedNow], start: datetime, began: datetime | None) -> Count:
    """Count hosts asked since `start`; before an outage those alone that began to fail since."""
    hosts: dict[str, bool] = {}
    kinds: Counter[str] = Counter()
    for feed in feeds:
        if feed.last_checked_at is None or feed.last_checked_at < start:
            continue
        kind, host = feed.signs.kind, host_of(feed.url)
        down = kind in NETWORK
        if down and began is None and feed.signs.since < start.timestamp():
            continue
        hosts[host] = hosts.get(host, True) and down
        if down:
            kinds[kind] += 1
    return Count(len(hosts), sum(hosts.values()), kinds)
