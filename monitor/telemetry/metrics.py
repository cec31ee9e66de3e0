"""Metrics in the Prometheus text format, in a registry of their own.

Methods are named after what happened. Labels are ids of the configuration (watches, channels) and
fixed words; never a URL or a feed, whose number is not bounded by what a person wrote down.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from monitor import __version__

#: Bounds in seconds. The promise of a fast feed is 65 s from publication to acceptance; a daily
#: digest or a mail server that was down all night still falls into a bucket.
DELIVERY_BUCKETS_S = (0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 21600, 86400)
PUBLICATION_BUCKETS_S = (5, 15, 30, 65, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)


class Metrics:
    """The figures of one daemon. Every method may be called from any thread."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._events()
        self._delays()
        self._states()
        ProcessCollector(namespace="parley", registry=self.registry)

    def _events(self) -> None:
        self._polls = self._counter("polls", "Feeds looked at, by outcome", "outcome")
        self._items = self._counter("items", "Items that were new or materially changed")
        self._hits = self._counter("hits", "Items that a watch matched", "watch")
        self._developments = self._counter(
            "developments", "Hits by how they stand to what is known", "watch", "verdict"
        )
        self._held = self._counter("held", "Hits about which nobody was told at once", "reason")
        self._deliveries = self._counter(
            "deliveries", "Attempts to deliver, by channel and outcome", "channel", "outcome"
        )
        self._reloads = self._counter("config_reloads", "Edits of the configuration", "result")

    def _delays(self) -> None:
        self._delivery_delay = Histogram(
            "parley_delivery_delay_seconds",
            "From the moment an item was seen until a channel accepted its alert",
            buckets=DELIVERY_BUCKETS_S,
            registry=self.registry,
        )
        self._publication_delay = Histogram(
            "parley_publication_delay_seconds",
            "From the publication that a feed states until the item was seen",
            buckets=PUBLICATION_BUCKETS_S,
            registry=self.registry,
        )

    def _states(self) -> None:
        self._queue = self._gauge("queue_depth", "Work that waits for the desk")
        self._pending = self._gauge("outbox_pending", "Deliveries not yet accepted or given up")
        self._oldest = self._gauge("outbox_oldest_seconds", "Age of the oldest pending delivery")
        self._quarantine = self._gauge("quarantine_items", "Items set aside with an error")
        self._failing = self._gauge("feeds_failing", "Feeds whose last poll failed")
        self._feeds = self._gauge("feeds", "Feeds by how they do", "state")
        self._config = self._gauge("config_ok", "1 if the files on disk are those in force")
        self._beats = self._gauge("lane_beat_seconds", "Since a lane last moved", "lane")
        build = self._gauge(
            "build_info", "Always 1; what runs is in the labels", "version", "python"
        )
        build.labels(version=__version__, python=platform.python_version()).set(1)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"parley_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"parley_{name}", about, labels, registry=self.registry)

    def poll_done(self, outcome: str, new_items: int = 0) -> None:
        """Count one look at a feed. `outcome`: body, unchanged or failure."""
        self._polls.labels(outcome=outcome).inc()
        if new_items:
            self._items.inc(new_items)

    def seen(self, publication_delay_s: float) -> None:
        """Note how long after its stated publication an item was seen, in seconds."""
        self._publication_delay.observe(max(0.0, publication_delay_s))

    def hit(self, watch: str, count: int = 1) -> None:
        """Count items that a watch matched."""
        self._hits.labels(watch=watch).inc(count)

    def judged(self, watch: str, verdict: str, count: int = 1) -> None:
        """Count verdicts about hits of a watch."""
        self._developments.labels(watch=watch, verdict=verdict).inc(count)

    def held(self, reason: str, count: int = 1) -> None:
        """Count hits about which nobody was told at once, by the code of the reason."""
        self._held.labels(reason=reason).inc(count)

    def delivered(self, channel: str, outcome: str, delay_s: float | None = None) -> None:
        """Count one attempt: sent, later, refused or gone.

        `delay_s` is the time from seeing the item to acceptance, where it was accepted.
        """
        self._deliveries.labels(channel=channel, outcome=outcome).inc()
        if delay_s is not None:
            self._delivery_delay.observe(max(0.0, delay_s))

    def queue_is(self, depth: int) -> None:
        """Note how much work waits for the desk."""
        self._queue.set(depth)

    def outbox_is(self, pending: int, oldest_s: float = 0.0) -> None:
        """Note how many deliveries wait, and the age of the oldest in seconds."""
        self._pending.set(pending)
        self._oldest.set(max(0.0, oldest_s))

    def quarantine_is(self, items: int) -> None:
        """Note how many items are set aside."""
        self._quarantine.set(items)

    def feeds_failing_is(self, feeds: int) -> None:
        """Note how many feeds failed at their last poll."""
        self._failing.set(feeds)

    def feeds_are(self, states: Mapping[str, int]) -> None:
        """Note how many feeds are in each state of health."""
        for state, feeds in states.items():
            self._feeds.labels(state=state).set(feeds)

    def config_loaded(self) -> None:
        """Note the configuration that the daemon starts with."""
        self._config.set(1)

    def config_edited(self, *, taken: bool) -> None:
        """Count an edit that was taken or refused; a refused one leaves the old rules in force."""
        self._reloads.labels(result="taken" if taken else "refused").inc()
        self._config.set(1 if taken else 0)

    def config_waits(self) -> None:
        """Note that a good edit could not be taken yet: the database refused it."""
        self._config.set(0)

    def lanes_are(self, ages_s: Mapping[str, float]) -> None:
        """Note how long ago each lane last moved, in seconds."""
        for lane, age_s in ages_s.items():
            self._beats.labels(lane=lane).set(age_s)

    def render(self) -> bytes:
        """Give every figure in the Prometheus text format, UTF-8."""
        return generate_latest(self.registry)
