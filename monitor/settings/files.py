"""The shapes of the files in a configuration folder. They are final; keys may be added.

That of `parley.yaml` is in `machine`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from monitor.core.rules import AGAIN_AFTER_S, APART_S, PROMOTE_A_DAY
from monitor.settings.fields import (
    Day,
    FactId,
    Filled,
    HeaderName,
    HeaderValue,
    Id,
    Language,
    Line,
    LoginName,
    Moment,
    Names,
    Pace,
    Phrase,
    ProxyUrl,
    Secret,
    SeverityWord,
    Text,
    Url,
)
from monitor.settings.machine import Open, Shape


class AuthFile(Shape):
    """`auth:` of a feed - the login of its server (HTTP Basic). One of the two passwords."""

    user: LoginName
    password: Secret | None = None
    password_file: Filled | None = Field(
        None, description="a file with the password, from the folder of this one"
    )


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
    user_agent: HeaderValue = Field("", description="sent instead of Parley's own name")
    auth: AuthFile | None = None
    proxy: ProxyUrl | None = Field(None, description="http(s)://host:port that it is read through")
    verify: bool = Field(True, description="false: any certificate will do; warned of")


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
    lasts_h: float = Field(0.0, ge=0, le=8760, description="hours after which it passes by itself")
    then: str = Field("", description="the state that it becomes when it has passed")
    when: str = Field("", description="a query: titles of which it is true tell the state")
    say: dict[Language, Phrase] = Field(
        default_factory=dict, description="how a headline says it, by language"
    )


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
    headline: Literal["composed", "report"] = Field(
        "composed", description="composed: of what changed; report: the report's own"
    )
    name: dict[Language, Phrase] = Field(
        default_factory=dict, description="how a headline calls it, with its article, by language"
    )
    say: dict[Id, dict[Language, Phrase]] = Field(
        default_factory=dict,
        description="how a headline says a party, or a value of a scope or category, by language",
    )


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
    promote_a_day: int = Field(
        PROMOTE_A_DAY, ge=0, le=1000,
        description="stories in words not understood that are told in 24 hours",
    )  # fmt: skip
    trackers: dict[Id, TrackerFile] = Field(default_factory=dict)
    concepts: dict[Id, ConceptFile] = Field(default_factory=dict)
    feeds: list[FeedFile] = Field(default_factory=list)
    baseline: OwnBaseline | None = None
    tests: list[TestFile] = Field(default_factory=list)
    formerly: Names = Field(default_factory=list)
