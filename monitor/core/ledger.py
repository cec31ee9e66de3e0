"""The ledger: an append-only list of events, and facts as their projection.

Bitemporal: a fact says when it was so (`date`, `until`), its events say since when we know (`at`).
Replaying the events up to a moment gives what was known then; undoing one is a further event.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from monitor.core.rules import SeedFact


class Status(StrEnum):
    """How firmly a fact is held."""

    SEED = "seed"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


class Op(StrEnum):
    """What an event does to a fact."""

    SEED = "seed"  # first seen in a baseline file
    EDIT = "edit"  # the file's line changed
    SET = "set"  # a person set it
    REPORT = "report"  # an item told it
    SUPERSEDE = "supersede"  # another fact took its place
    CONFIRM = "confirm"  # what the tracker asks for stands behind it
    DISPUTE = "dispute"  # another side denies it
    RETRACT = "retract"  # it no longer holds
    UNDO = "undo"  # the event `undoes` never counted


#: What a fact may be called: as in a baseline file.
_FACT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: What says what a fact is; the other events only say how firmly it is held.
MAKING = frozenset({Op.SEED, Op.EDIT, Op.SET, Op.REPORT})
#: Statuses of facts that count as known.
HELD = frozenset({Status.SEED, Status.REPORTED, Status.CONFIRMED, Status.DISPUTED})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something held as known in a watch. `id` is unique over all watches.

    `tracker` None marks a note. `known_since` is when Parley learned it; `as_of` the moment of the
    baseline it came with, else when it was set. `evidence` holds ids of items it stands on,
    `because` the words of whoever retracted it. `told` is when a report told it last, as the store
    knows it; it is no part of what the ledger says.
    """

    id: str
    watch: str
    text: str
    status: Status
    known_since: datetime
    as_of: datetime
    tracker: str | None = None
    scope: Mapping[str, object] = field(default_factory=dict)
    instance: Mapping[str, object] = field(default_factory=dict)
    state: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    said_by: tuple[str, ...] = ()
    date: str = ""
    until: str = ""
    source: str = ""
    ref: str = ""
    evidence: tuple[int, ...] = ()
    because: str = ""
    told: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FactEvent:
    """One entry of the ledger. `fact` is the whole fact after the event, None for undo.

    `actor` says who: `file:NAME`, `user:NAME` or `item:ID`. `content` is the hash of a seed's
    content, by which seeding is idempotent. `seq` is 0 until the store has numbered it.
    """

    fact_id: str
    op: Op
    actor: str
    at: datetime
    fact: Fact | None = None
    content: str = ""
    undoes: int | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class SeedNotice:
    """A line of a baseline file that the ledger did not take, and the command that would."""

    fact_id: str
    file: str
    message: str
    command: str


def is_fact_id(text: str) -> bool:
    """Say whether a baseline file would take this as the id of a fact."""
    return bool(_FACT_ID.fullmatch(text))


def seed_content(seed: SeedFact) -> str:
    """Give a hash of everything a baseline line says, independent of the order of its keys."""
    said = [
        seed.watch, seed.text, seed.tracker, seed.state, seed.date, seed.until, seed.source,
        seed.ref, list(seed.said_by), dict(seed.scope), dict(seed.instance), dict(seed.values),
        seed.as_of.isoformat(),
    ]  # fmt: skip
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def seeded(seed: SeedFact, now: datetime) -> Fact:
    """Give the fact that a baseline line states, known since `now`."""
    return Fact(
        id=seed.id, watch=seed.watch, text=seed.text, status=Status.SEED, known_since=now,
        as_of=seed.as_of, tracker=seed.tracker, scope=seed.scope, instance=seed.instance,
        state=seed.state, values=seed.values, said_by=seed.said_by, date=seed.date,
        until=seed.until, source=seed.source, ref=seed.ref,
    )  # fmt: skip


def project(events: Iterable[FactEvent]) -> dict[str, Fact]:
    """Replay events in order and give every fact by id, retracted ones included.

    What only changes how firmly a fact is held leaves its words alone, so that an older event can
    be undone beneath it; of a fact whose making was undone it leaves nothing.
    """
    facts: dict[str, Fact] = {}
    for event in in_force(events):
        first = facts.get(event.fact_id)
        if event.fact is None or (first is None and event.op not in MAKING):
            continue
        if first is None:
            facts[event.fact_id] = replace(event.fact, known_since=event.at)
        elif event.op in MAKING:
            facts[event.fact_id] = replace(event.fact, known_since=first.known_since)
        else:
            facts[event.fact_id] = replace(
                first, status=event.fact.status, said_by=event.fact.said_by,
                because=event.fact.because,
            )  # fmt: skip
    return facts


def in_force(events: Iterable[FactEvent]) -> list[FactEvent]:
    """Give the events that count, in order: none that was undone, and no undoing."""
    listed = list(events)
    undone = {event.undoes for event in listed if event.op is Op.UNDO}
    return [event for event in listed if event.op is not Op.UNDO and event.seq not in undone]


def plan_seeding(
    seeds: Sequence[SeedFact], history: Mapping[str, Sequence[FactEvent]], now: datetime
) -> tuple[list[FactEvent], list[SeedNotice]]:
    """Give the events that bring the ledger in line with the files, and what is refused.

    A line unseen so far is seeded; a changed line is an edit where nothing but files touched the
    fact; a line that went away retracts its own untouched seed. Nothing is ever seeded back over a
    later event by a person or an item.
    """
    events: list[FactEvent] = []
    notices: list[SeedNotice] = []
    for seed in seeds:
        past = history.get(seed.id, ())
        content = seed_content(seed)
        actor = f"file:{seed.file}"
        if not past:
            events.append(FactEvent(seed.id, Op.SEED, actor, now, seeded(seed, now), content))
            continue
        from_files = [event for event in past if event.actor.startswith("file:")]
        if from_files and from_files[-1].content == content and from_files[-1].op is not Op.RETRACT:
            continue
        if len(from_files) == len(past):
            events.append(FactEvent(seed.id, Op.EDIT, actor, now, seeded(seed, now), content))
        elif not _refused_before(past, content):
            notices.append(_refusal(seed))
    listed = {seed.id for seed in seeds}
    for fact_id, past in history.items():
        last = past[-1] if past else None
        untouched = all(event.actor.startswith("file:") for event in past)
        if last and fact_id not in listed and untouched and last.op is not Op.RETRACT and last.fact:
            gone = replace(last.fact, status=Status.RETRACTED)
            events.append(FactEvent(fact_id, Op.RETRACT, last.actor, now, gone, last.content))
    return events, notices


def _refused_before(past: Sequence[FactEvent], content: str) -> bool:
    """Whether the line said the same when a person or item overruled it: then there is no news."""
    return any(event.content == content for event in past)


def _refusal(seed: SeedFact) -> SeedNotice:
    return SeedNotice(
        seed.id,
        seed.file,
        f"{seed.id} was changed since it was seeded, so the new line in {seed.file} is not taken",
        f"parley baseline set {seed.id} --from-file",
    )
