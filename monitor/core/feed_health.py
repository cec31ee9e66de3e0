"""How a feed does: a state with a named reason, from what its looks left behind.

Failures become a state after a day, not at once: most pass within the hour. Silence is held against
the feed's own rhythm. What is judged here is told once at the change and once at the recovery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.feed_signs import (
    LANGUAGE_LOOKS,
    NO_SIGNS,
    NORM_ITEMS,
    TITLE_LOOKS,
    WITHOUT_ITEMS,
    Signs,
)
from monitor.core.polling import MOVED_AFTER, host_of, span
from monitor.core.rhythm import HOURS, Rhythm, mean_rate
from monitor.core.rhythm import read as rhythm_read

#: A feed that fails for so long without a success in between is failing, in seconds.
FAILING_S = 24 * 3600.0
#: ... and for so long is dead.
DEAD_S = 14 * 86400.0
#: HTML instead of a feed is told sooner: it is no passing trouble of the network, in seconds.
HTML_S = 3600.0
#: A feed is silent where its rhythm lets so many items be expected, and none came. News comes in
#: bursts: were it even, as few as 7 would be one chance in a thousand.
SILENT_ITEMS = 20.0
#: ... but not before this, in seconds: nights and holidays.
SILENT_S = 24 * 3600.0
#: A rhythm of fewer seconds than this is no norm yet.
KNOWN_S = 7 * 86400.0
#: A feed that brings less than one item in three days is never silent.
RARE = 1.0 / 72.0


class State(StrEnum):
    """The states of a feed; of several that hold, the first in this order is told."""

    GONE = "gone"
    DEAD = "dead"
    HTML = "html"
    FAILING = "failing"
    DRIFTED = "drifted"
    PAUSED = "paused"
    SILENT = "silent"
    MOVED = "moved"
    OK = "ok"


#: What can be done about each state.
ADVICE = {
    State.PAUSED: "look at what it holds now; parley feeds resume NAME lets it alert again",
    State.GONE: "take it out, or find its new address with parley feeds doctor",
    State.DEAD: "take it out, or find its new address with parley feeds doctor",
    State.HTML: "a login, a bot wall or a page without a feed: parley feeds doctor shows which",
    State.FAILING: "parley feeds doctor shows step by step where it ends",
    State.DRIFTED: "see whether it is still the feed that you meant, and mend its line",
    State.SILENT: "see whether its page has news; it may have moved without a redirect",
    State.MOVED: "put the new address into its line; until then the redirect is followed",
    State.OK: "",
}

_FAILED = frozenset({State.FAILING, State.DEAD, State.HTML})


@dataclass(frozen=True, slots=True)
class Health:
    """A state, and why in words; `why` is "" for a feed that is well."""

    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class FeedNow:
    """What is known of a feed: its row, as far as its health depends on it.

    `rhythm` is JSON as core/rhythm wrote it, read only where silence is in question. `read` says
    that it could be read at least once. `health` is the state that was told last.
    """

    name: str
    url: str
    language: str = ""
    signs: Signs = NO_SIGNS
    rhythm: str = "{}"
    read: bool = False
    gone: bool = False
    error: str = ""
    paused: str = ""
    moved_to: str = ""
    moved_times: int = 0
    last_checked_at: datetime | None = None
    last_new_at: datetime | None = None
    health: str = State.OK


def health_of(feed: FeedNow, after: datetime | None = None) -> Health:
    """Give how a feed does as of its last look: what the daemon did not see is not judged.

    `after` is the end of the last outage of everything: failures count from there at the earliest.
    """
    return _failing(feed, after) or _odd(feed) or Health(State.OK)


def _failing(feed: FeedNow, after: datetime | None) -> Health | None:
    signs, checked = feed.signs, feed.last_checked_at
    if feed.gone:
        return Health(State.GONE, "the server says that it is gone for good (410)")
    if not signs.kind or checked is None:
        return None
    since = signs.since if after is None else max(signs.since, after.timestamp())
    for_s = checked.timestamp() - since
    said = "different failures" if signs.mixed else feed.error or signs.kind
    if for_s >= DEAD_S:
        return Health(State.DEAD, f"not read for {span(for_s)}: {said}")
    if signs.kind == "html" and not signs.mixed and for_s >= HTML_S:
        return Health(State.HTML, f"for {span(for_s)} it has been a page of HTML instead of a feed")
    if for_s >= FAILING_S and feed.health != State.DEAD:
        return Health(State.FAILING, f"not read for {span(for_s)}: {said}")
    if feed.health in _FAILED:  # what ends it is a success, no other failure and no clock set back
        return Health(State(feed.health), f"not read: {said}")
    return None


def _odd(feed: FeedNow) -> Health | None:
    """Give what is odd about a feed that can be read, or fails only since a short while."""
    drift = drift_of(feed)
    if drift:
        return Health(State.DRIFTED, drift)
    if feed.paused:
        return Health(State.PAUSED, feed.paused)
    quiet = silence_of(feed)
    if quiet:
        return Health(State.SILENT, quiet)
    if feed.moved_to and feed.moved_times >= MOVED_AFTER:
        return Health(State.MOVED, f"it has moved to {host_of(feed.moved_to)} for good")
    return None


def drift_of(feed: FeedNow) -> str:
    """Say in what a feed is no longer what it was, "" where it is."""
    signs = feed.signs
    if feed.language and signs.foreign >= LANGUAGE_LOOKS:
        return f"its items are in {signs.spoken!r}, configured is {feed.language!r}"
    if signs.renamed >= TITLE_LOOKS:
        return f"it calls itself {signs.new_title!r} now, not {signs.title!r}"
    if signs.dated >= NORM_ITEMS and signs.undated >= WITHOUT_ITEMS:
        return f"the last {signs.undated} items or more have no dates; those before had"
    if signs.linked >= NORM_ITEMS and signs.unlinked >= WITHOUT_ITEMS:
        return f"the last {signs.unlinked} items or more have no links; those before had"
    return ""


def silence_of(feed: FeedNow) -> str:
    """Say for how long a feed has brought nothing, "" where that is within its own norm."""
    last, now = feed.last_new_at, feed.last_checked_at
    if last is None or now is None or feed.signs.kind:
        return ""
    if (now - last).total_seconds() < SILENT_S:
        return ""
    known = rhythm_read(feed.rhythm)
    if not known.known or last.timestamp() - known.since * 3600.0 < KNOWN_S:
        return ""
    if mean_rate(known, last) < RARE:
        return ""
    expected = expected_items(known, last, now)
    if expected < SILENT_ITEMS:
        return ""
    quiet = span((now - last).total_seconds())
    return f"nothing new for {quiet}; by its rhythm {expected:.0f} items were to be expected"


def expected_items(known: Rhythm, last: datetime, now: datetime) -> float:
    """Give how many items the rhythm of a feed lets expect between two moments.

    The rate is that of `last`: silence itself must not become the norm. Of a part of a week the
    hours count as they did before, the more so the longer the feed is known.
    """
    a_week = mean_rate(known, last) * HOURS
    weeks, rest = divmod((now - last).total_seconds() / 3600.0, HOURS)
    start = last.weekday() * 24 + last.hour
    seen = sum(known.counts.get((start + hour) % HOURS, 0.0) for hour in range(int(rest)))
    share = seen / sum(known.counts.values())
    for_weeks = (last.timestamp() / 3600.0 - known.since) / HOURS
    trust = for_weeks / (for_weeks + 1.0)
    return a_week * (weeks + trust * share + (1.0 - trust) * rest / HOURS)
