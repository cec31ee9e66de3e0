"""What the files of a folder say beside `parley.yaml`, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.core.model import Feed
from monitor.core.rules import Asked, Concept, SeedFact, Watch
from monitor.errors import Problem

if TYPE_CHECKING:
    from monitor.core.query import Query


@dataclass(frozen=True, slots=True)
class Written:
    """Concepts, feeds, watches and baselines: read, and right.

    `concepts` are the user's over the shipped ones; `own` names those of the user's files. `off`
    names the watches that are switched off, `off_feeds` are theirs. `prints` are hashes of what
    concepts find, by id; `used` the environment variables that the files ask for. `queries` are
    trees that were read on the way, for who compiles the rules.
    """

    concepts: Mapping[str, Concept]
    own: tuple[str, ...]
    watches: Mapping[str, Watch]
    off: frozenset[str]
    feeds: tuple[Feed, ...] = field(repr=False)
    off_feeds: tuple[Feed, ...] = field(repr=False)
    seeds: tuple[SeedFact, ...]
    prints: Mapping[str, str]
    used: frozenset[str]
    warnings: tuple[Problem, ...]
    queries: Mapping[Asked, Query] = field(default_factory=dict, repr=False)
