"""The shape of `parley.yaml`, apart from the others: every start reads it, and it alone."""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.core.rules import FetchPolicy
from monitor.settings.fields import (
    ClockTime,
    Filled,
    Flag,
    Folder,
    Id,
    Language,
    Line,
    Listen,
    Names,
    Number,
    Pace,
    Privates,
    SeverityWord,
    Timezone,
    Url,
)

_POLICY = FetchPolicy()
_MIB = 1024 * 1024


class Shape(BaseModel):
    """Base of all shapes: no unknown keys, no guessing of types. Built at the first file of it."""

    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True
    )


class Open(BaseModel):
    """Base of shapes whose further keys have a meaning of their own."""

    model_config = ConfigDict(
        extra="allow", strict=True, hide_input_in_errors=True, defer_build=True
    )


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
    flood_share: Annotated[float, Number] = Field(
        _POLICY.flood_share, gt=0, le=1,
        description="share of a document's entries that are known, under new names: a flood",
    )  # fmt: skip
    flood_items: Annotated[int, Number] = Field(
        _POLICY.flood_items, ge=1, le=100_000,
        description="new items of one look that concern a watch; more are a flood",
    )  # fmt: skip
    per_host: Annotated[int, Number] = Field(_POLICY.per_host, ge=1, le=20)
    host_spacing_s: Annotated[float, Number] = Field(_POLICY.host_spacing_s, ge=0, le=60)
    concurrency: Annotated[int, Number] = Field(_POLICY.concurrency, ge=1, le=500)
    requests_per_minute: Annotated[int, Number] = Field(
        _POLICY.requests_per_minute, ge=1, le=1_000_000
    )
    parse_s: Annotated[float, Number] = Field(_POLICY.parse_s, gt=0, le=300)
    parse_memory_bytes: Annotated[int, Number] = Field(
        _POLICY.parse_memory_bytes, ge=64 * _MIB, le=16 * 1024 * _MIB
    )


class DigestFile(Shape):
    """`digest:` - when the daily digest goes out, in the zone of `timezone`."""

    at: ClockTime = "07:00"


def _parse_workers() -> int:
    """Give the default of processes, at most one for each core of the machine."""
    return min(_POLICY.parse_workers, os.cpu_count() or 1)


class WorkersFile(Shape):
    """`workers:` - processes. A change needs a restart."""

    parse: Annotated[int, Number] = Field(default_factory=_parse_workers, ge=1, le=32)


class ChannelFile(Open):
    """A channel: its kind, whether it is on, and the options of its kind."""

    kind: Filled
    enabled: Annotated[bool, Flag] = True


class RouteFile(Shape):
    """Alerts of these watches (all, where none is named), from this severity on, to channels."""

    watch: Names = Field(default_factory=list)
    severity: SeverityWord | None = None
    to: Names = Field(min_length=1)


class EscalateFile(Shape):
    """`escalate:` - where an alert goes that no channel accepted for so many minutes."""

    after_min: Annotated[float, Number] = Field(30, ge=1, le=1440, description="minutes")
    to: Names = Field(min_length=1, description="channels")


class HeartbeatFile(Shape):
    """`heartbeat:` - an address that is called while polling, judging and delivery all work."""

    url: Url = Field(description="https address of a dead man's switch; may hold a secret")
    every_s: Annotated[float, Number] = Field(60, ge=10, le=3600, description="seconds")


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
    escalate: EscalateFile | None = Field(None, description="not given: nothing is escalated")
    heartbeat: HeartbeatFile | None = Field(None, description="not given: nothing is called")
