"""The shapes of the files in a configuration folder. They are final; keys may be added."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.core.rules import AGAIN_AFTER_S, APART_S, FetchPolicy
from monitor.settings.fields import (
    ClockTime,
    Day,
    FactId,
    Filled,
    Flag,
    Folder,
    HeaderName,
    HeaderValue,
    Id,
    Language,
    Line,
    Listen,
    Moment,
    Names,
    Number,
    Pace,
    Privates,
    SeverityWord,
    Text,
    Timezone,
    Url,
)

_POLICY = FetchPolicy()
_MIB = 1024 * 1024


class Shape(BaseModel):
    """Base of all shapes: no unknown keys, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Open(BaseModel):
    """Base of shapes whose further keys have a meaning of their own."""

    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True)


class FetchFile(Shape):
    """`fetch:` - how feeds are read, and the bounds of it (times in seconds)."""

    pace: Pace = Field("normal", description="fast: every minute, normal: 5 minutes, slow: 30")
    contact: Line = Field("", description="an address for the people who run the feeds")
    allow_private: Privates = Field(
        default_factory=list, description="host:port that may be read although it is private"
    )
    connect_s: Annotated[float, Number] = Field(_POLICY.connect_s, gt=0, le=120)
    total_s: Annotated[float, Number] = Field(_POLICY.total_s, gt=0, le=600)
    max_redirects: Annotated[int, Number] = Field(_POLICY.max_redirects, ge=0, le=20)
    max_header_bytes: Annotated[int, Number] = Field(_POLICY.max_header_bytes, ge=1024, le=_MIB)
    max_wire_bytes: Annotated[int, Number] = Field(_POLICY.max_wire_bytes, ge=1024, le=200 * _MIB)
    max_body_bytes: Annotated[int, Number] = Field(_POLICY.max_body_bytes, ge=1024, le=400 * _MIB)
    max_items: Annotated[int, Number] = Field(_POLICY.max_items, ge=1, le=100_000)
    per_host: Annotated[int, Number] = Field(_POLICY.per_host, ge=1, le=20)
    concurrency: Annotated[int, Number] = Field(_POLICY.concurrency, ge=1, le=500)
    parse_s: Annotated[float, Number] = Field(_POLICY.parse_s, gt=0, le=300)
    parse_memory_bytes: Annotated[int, Number] = Field(
        _POLICY.parse_memory_bytes, ge=64 * _MIB, le=16 * 1024 * _MIB
    )


class DigestFile(Shape):
    """`digest:` - when the daily digest goes out, in the zone of `timezone`."""

    at: ClockTime = "07:00"


class WorkersFile(Shape):
    """`workers:` - processes. A change needs a restart."""

    parse: Annotated[int, Number] = Field(_POLICY.parse_workers, ge=1, le=32)


class ChannelFile(Open):
    """A channel: its kind, whether it is on, and the options of its kind."""

    kind: Filled
    enabled: Annotated[bool, Flag] = True


class RouteFile(Shape):
    """Alerts of these watches (all, where none is named), from this severity on, to channels."""

    watch: Names = Field(default_factory=list)
    severity: SeverityWord | None = None
    to: Names = Field(min_length=1)


class ParleyFile(Shape):
    """`parley.yaml`: the machine."""

    version: Literal[1] = 1
    data: Folder = Field("./data", description="folder of the database, from where Parley runs")
    listen: Listen = Field("127.0.0.1:8420", description="health and metrics; read-only")
    timezone: Timezone = Field("UTC", description="of times shown to people")
    language: Language = Field("en", description="of headlines")
    fetch: FetchFile = Field(default_factory=FetchFile)
    digest: DigestFile = Field(default_factory=DigestFile)
    workers: WorkersFile = Field(default_factory=WorkersFile)
    channels: dict[Id, ChannelFile] = Field(default_factory=dict)
    ops: Names = Field(default_factory=lambda: ["console"])
    editors: Names = Field(default_factory=lambda: ["console"])
    routes: list[RouteFile] = Field(default_factory=list)


class FeedFile(Shape):
    """One feed."""

    name: Annotated[Filled, Field(max_length=120)]
    url: Url
    language: Language | None = None
    publisher: Line = Field("", description="the house behind it; copies of one house count once")
    speaks_for: Line = Field("", description="the party whose official voice it is")
    tier: int = Field(
        2, ge=1, le=5, description="1: reads first hand, 2: outlet, 3: repeats others"
    )
    pace: Pace | None = None
    tags: Names = Field(default_factory=list)
    note: str = ""
    enabled: bool = True
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)


class FeedsFile(Shape):
    """`feeds.yaml`."""

    version: Literal[1] = 1
    feeds: list[FeedFile] = Field(default_factory=list)


Words = Annotated[
    list[Filled],
    BeforeValidator(
        lambda value: [value] if isinstance(value, str) else value,
        json_schema_input_type=str | list[str],
    ),
]


#: A query, or several of which any one is enough.
Queries = Annotated[
    list[Text],
    BeforeValidator(
        lambda value: value if isinstance(value, list) else [value],
        json_schema_input_type=str | list[str],
    ),
    Field(min_length=1),
]


class ConceptFile(Open):
    """One idea: for each language, or `any`, its words; `*` at an end takes any ending."""

    __pydantic_extra__: dict[str, Words] = Field(init=False)
    about: str = ""
    query: Queries = Field(
        default_factory=list, description="finds it too: any of these, over concepts and words"
    )
    extend: bool = Field(False, description="add to the concept of this name that is shipped")
    side: str = Field("", description="the party that these names stand for, such as russia")
    recurs: bool = Field(False, description="of an act: it can happen again and is news each time")


class ConceptsFile(Shape):
    """`concepts/NAME.yaml`: concepts that watches share."""

    version: Literal[1] = 1
    concepts: dict[Id, ConceptFile] = Field(default_factory=dict)


class StateFile(Shape):
    """A value of a tracker: the act that brings it about, and how much that matters."""

    act: Annotated[Names, Field(description="the act that brings it about, or several")]
    severity: SeverityWord = "medium"
    sensitive: bool = Field(False, description="always say: planned, by one side, or by both")
    joint: bool = Field(False, description="of all parties together, not the stance of one")


class TrackerFile(Shape):
    """A question that a watch follows."""

    kind: Literal["state", "series"]
    topic: Annotated[Text, Field(description="a query: what the question is about")]
    question: Line = ""
    scope: Names = Field(default_factory=list)
    confirm: Literal["both_parties", "own_word", "two_claimants"] | None = None
    parties: Names = Field(default_factory=list, description="whose word both_parties asks for")
    states: dict[Id, StateFile] = Field(default_factory=dict)
    slots: dict[Id, Names] = Field(default_factory=dict)
    values: dict[Id, dict[Id, str]] = Field(
        default_factory=dict, description="of a scope or slot: its values, each with a query"
    )
    again_after_h: float = Field(
        AGAIN_AFTER_S / 3600, ge=0, le=24 * 366,
        description="hours after which it is news that the same is said again",
    )  # fmt: skip
    apart_h: float = Field(
        APART_S / 3600, gt=0, le=24 * 366,
        description="of a series: hours between two reports that are two instances",
    )  # fmt: skip


class TestFile(Open):
    """A line that the watch is tested with; further keys are its trackers and their states."""

    __pydantic_extra__: dict[str, Filled] = Field(init=False)
    text: Text
    lang: Language = "en"
    hit: bool = True


class FactFile(Shape):
    """One known fact. It belongs to a tracker, or says `note: true`."""

    id: FactId
    watch: Id | None = None
    text: Text
    tracker: Id | None = None
    note: bool = False
    ref: Line = ""
    scope: dict[str, Any] = Field(default_factory=dict)
    instance: dict[str, Any] = Field(default_factory=dict)
    state: Id | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    said_by: Names = Field(default_factory=list)
    date: Day = ""
    until: Day = ""
    source: str = ""


class OwnBaseline(Shape):
    """`baseline:` within a watch: what is known, as of a moment with its zone."""

    as_of: Moment
    facts: list[FactFile] = Field(default_factory=list)


class BaselineFile(OwnBaseline):
    """`baselines/NAME.yaml`: what is known, for several watches."""

    version: Literal[1] = 1


class WatchFile(Shape):
    """`watches/NAME.yaml`: what to look for and how to judge it. `title` and `query` are enough."""

    version: Literal[1] = 1
    watch: Id | None = Field(None, description="its id; the name of the file by default")
    title: Filled
    query: Queries = Field(description="what to look for; of several texts any one is enough")
    match_all: bool = Field(
        False, description="take what the query allows, be it nearly everything"
    )
    about: str = ""
    enabled: bool = Field(True, description="false: read and checked, but nothing is looked for")
    alerts: Literal["fast", "careful", "complete"] = "fast"
    delivery: Literal["push", "digest"] = "push"
    notify: Names | None = None
    trackers: dict[Id, TrackerFile] = Field(default_factory=dict)
    concepts: dict[Id, ConceptFile] = Field(default_factory=dict)
    feeds: list[FeedFile] = Field(default_factory=list)
    baseline: OwnBaseline | None = None
    tests: list[TestFile] = Field(default_factory=list)
    formerly: Names = Field(default_factory=list)
