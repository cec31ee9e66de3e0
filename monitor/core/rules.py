"""What people configure, as the core sees it: concepts, watches, trackers, routes.

Made by settings, frozen, swapped as a whole at a reload. Everything here has been validated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.model import Feed, Severity

if TYPE_CHECKING:
    from monitor.core.query import Query

#: A state that nobody has told for so long is news when it is told again, in seconds: three days.
AGAIN_AFTER_S = 72 * 3600.0
#: Stories in words that are not understood of which a watch tells in 24 hours.
PROMOTE_A_DAY = 2
#: How a headline comes about that is made of what changed; any other is the report's own title.
COMPOSED = "composed"
#: Two reports of the same state of a series that lie so far apart are two instances, in seconds.
APART_S = 20 * 3600.0


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea in many languages. `words` maps a language code, or `any`, to its entries.

    An entry is a word or several words in order; a word that ends in `*` takes any ending. `query`,
    if any, is a text of the watch language over other concepts and words: what it finds is found of
    the concept too. `side` is the party that a concept's names stand for; `recurs` marks an act
    that can happen again.
    """

    id: str
    about: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    side: str = ""
    recurs: bool = False
    query: str = ""


@dataclass(frozen=True, slots=True)
class TrackerState:
    """One value a tracker can have: the acts that bring it about and how much that matters.

    A `sensitive` one is always told with who says so: planned, by one side, or by both. A `joint`
    one is of all parties together, whoever reports it; any other is the stance of one. `when` is a
    query: a title of which it is true tells the state where it has no act of the tracker. One that
    passes by itself becomes `then` once it is `lasts_s` old, in seconds (0: it stays). `say` is how
    a headline says it, by language; without, its name.
    """

    name: str
    acts: tuple[str, ...]
    severity: Severity = Severity.MEDIUM
    sensitive: bool = False
    joint: bool = False
    when: str = ""
    lasts_s: float = 0.0
    then: str = ""
    say: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tracker:
    """One question that a watch follows. `kind` is `state` or `series`.

    `parties` are those whose word counts where both parties have to confirm.

    `values` gives the words by which a value of a scope or slot is told, as queries; the value
    whose query is empty is the one that goes without saying. `again_after_s` is how long a state
    has to go unsaid before it is news that it is said again, `apart_s` how far two reports of the
    same state of a series lie apart that speak of two instances.
    """

    id: str
    kind: str
    question: str
    topic: str
    scope: tuple[str, ...] = ()
    confirm: str = ""
    parties: tuple[str, ...] = ()
    states: tuple[TrackerState, ...] = ()
    slots: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    again_after_s: float = AGAIN_AFTER_S
    apart_s: float = APART_S
    headline: str = COMPOSED
    name: Mapping[str, str] = field(default_factory=dict)
    say: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def acts(self) -> frozenset[str]:
        """The acts by which its states are brought about."""
        return frozenset(act for state in self.states for act in state.acts)


@dataclass(frozen=True, slots=True)
class WatchTest:
    """A line that a watch carries to test itself: the text, its language, hit or not, states."""

    text: str
    language: str
    hit: bool
    states: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """What to look for and how to judge it. `version` is a hash of its file's content.

    `match_all` says that its query may be true of items with none of its words; `promote_a_day`
    how many stories that are not understood are told in 24 hours, the rest in the digest.
    """

    id: str
    title: str
    query: str
    alerts: str = "fast"
    delivery: str = "push"  # push | digest
    notify: tuple[str, ...] | None = None  # None: all enabled, unless routed
    trackers: tuple[Tracker, ...] = ()
    concepts: Mapping[str, Concept] = field(default_factory=dict)
    feeds: tuple[str, ...] = ()  # feeds declared inside the watch; empty: all feeds
    tests: tuple[WatchTest, ...] = ()
    formerly: tuple[str, ...] = ()
    version: str = ""
    file: str = ""
    match_all: bool = False
    promote_a_day: int = PROMOTE_A_DAY


@dataclass(frozen=True, slots=True)
class Route:
    """Sends alerts of some watches, from some severity on, to channels."""

    channels: tuple[str, ...]
    watches: tuple[str, ...] = ()  # empty: every watch
    severity: Severity | None = None  # this severity and above; None: all


@dataclass(frozen=True, slots=True)
class SeedFact:
    """One fact of a baseline file. `file` and `id` identify it; `text` is what people read."""

    id: str
    watch: str
    text: str
    file: str
    as_of: datetime
    tracker: str | None = None  # None: a note, which no tracker owns
    scope: Mapping[str, object] = field(default_factory=dict)
    instance: Mapping[str, object] = field(default_factory=dict)
    state: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    said_by: tuple[str, ...] = ()
    date: str = ""
    until: str = ""
    source: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """When the daily digest goes out: local wall time `hour`:`minute` in `timezone`."""

    hour: int = 7
    minute: int = 0


@dataclass(frozen=True, slots=True)
class Escalation:
    """An alert that no channel has accepted after so many seconds goes to these, once."""

    after_s: float
    channels: tuple[str, ...]


#: Seconds between looks at a feed of each pace.
PACES_S: Mapping[str, float] = {"fast": 60.0, "normal": 300.0, "slow": 1800.0}


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Bounds of everything that is fetched. Sizes in bytes, times in seconds."""

    pace: str = "normal"
    contact: str = ""
    allow_private: tuple[str, ...] = ()  # "host:port" allowed although its address is private
    connect_s: float = 10.0
    total_s: float = 30.0  # one deadline over all redirects
    max_redirects: int = 5
    max_header_bytes: int = 64 * 1024
    max_wire_bytes: int = 10 * 1024 * 1024
    max_body_bytes: int = 20 * 1024 * 1024
    max_items: int = 1000  # newest entries kept of one document
    flood_share: float = 0.5  # of a document that comes as new though it is known: a flood
    flood_items: int = 50  # new items of one look that concern a watch; more are a flood
    per_host: int = 2  # requests at once to one host
    host_spacing_s: float = 1.0  # between the starts of two requests to one host
    concurrency: int = 40  # requests at once in all
    requests_per_minute: int = 10_000  # of all feeds together
    parse_workers: int = 2
    parse_s: float = 10.0  # CPU and wall time of one document
    parse_memory_bytes: int = 512 * 1024 * 1024


class Asked(NamedTuple):
    """A query as it is to be read: its text, the concepts of those it names that there are, how.

    What is read of it depends on nothing else.
    """

    text: str
    known: frozenset[str]
    match_all: bool = False
    of_concept: bool = False


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules in force at one time. `version` changes when any of them does.

    `queries` are those that were read already, if any; they spare reading them once more.
    """

    watches: tuple[Watch, ...]
    concepts: Mapping[str, Concept]
    seeds: tuple[SeedFact, ...]
    routes: tuple[Route, ...]
    feeds: tuple[Feed, ...]
    timezone: str = "UTC"
    language: str = "en"
    digest: Digest = field(default_factory=Digest)
    ops: tuple[str, ...] = ("console",)
    editors: tuple[str, ...] = ("console",)
    escalate: Escalation | None = None  # None: nothing is escalated
    version: str = ""
    queries: Mapping[Asked, Query] = field(default_factory=dict, repr=False, compare=False)
    _by_id: Mapping[str, Watch] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """File the watches by their ids; the first of two counts."""
        by_id = {watch.id: watch for watch in reversed(self.watches)}
        object.__setattr__(self, "_by_id", by_id)

    def watch(self, name: str) -> Watch | None:
        """Give the watch of that id, or None."""
        return self._by_id.get(name)

    def as_of(self, watch: str) -> datetime | None:
        """Give the newest date of the baseline that holds facts for a watch, or None."""
        return max((seed.as_of for seed in self.seeds if seed.watch == watch), default=None)
