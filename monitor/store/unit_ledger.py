"""The part of a unit that writes the ledger, commands and words about the store itself.

It also finds again what was told of a fact, for the ledger may have to take it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.ledger import HELD, Fact, FactEvent, project
from monitor.core.model import Hit, Placement, Reason, Span, StoredItem
from monitor.ports import FirstTold
from monitor.store.codec import (
    AS_WORDED,
    dumps,
    event_from_row,
    fact_from_json,
    fact_to_json,
    item_from_row,
)
from monitor.store.connection import moment, stamp
from monitor.store.statements import Statements

#: Instances of series (exchanges, rounds) of a watch that a report is held against, newest first;
#: an older one is history, and no report of today is about it.
INSTANCES_AT_HAND = 200
_AT_HAND = """
SELECT fact, told_at FROM facts
 WHERE watch = ?1 AND held = 1 AND (instance = 0 OR id IN (
       SELECT id FROM facts WHERE watch = ?2 AND held = 1 AND instance = 1
        ORDER BY told_at IS NULL DESC, told_at DESC LIMIT ?3))
 ORDER BY id
"""


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None


class LedgerVerbs:
    """Ledger, commands and meta of one transaction."""

    _sql: Statements
    _facts: dict[str, tuple[Fact, ...]]

    def facts(self, watch: str) -> tuple[Fact, ...]:
        """Give what is known for a watch now, this unit's own events included."""
        if watch not in self._facts:
            rows = self._sql.rows(_AT_HAND, [watch, watch, INSTANCES_AT_HAND])
            self._facts[watch] = tuple(
                replace(fact_from_json(row["fact"]), told=_moment(row["told_at"])) for row in rows
            )
        return self._facts[watch]

    def told_again(self, watch: str, fact_id: str, at: datetime) -> None:
        """Move on when a fact was told last; what is known at hand follows."""
        self._sql.run(
            "UPDATE facts SET told_at = max(coalesce(told_at, ''), ?) WHERE id = ?",
            [stamp(at), fact_id],
        )
        self._facts[watch] = tuple(
            replace(fact, told=max(fact.told or at, at)) if fact.id == fact_id else fact
            for fact in self.facts(watch)
        )

    def append(self, events: Sequence[FactEvent], now: datetime) -> tuple[int, ...]:
        """Write ledger events and their projection; gives their numbers."""
        numbers = []
        for event in events:
            cursor = self._sql.run(
                "INSERT INTO fact_events (fact_id, op, actor, at, fact, content, undoes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    event.fact_id, event.op, event.actor, stamp(now),
                    fact_to_json(event.fact) if event.fact else None, event.content, event.undoes,
                ],
            )  # fmt: skip
            numbers.append(int(cursor.lastrowid or 0))
        for fact_id in dict.fromkeys(event.fact_id for event in events):
            self._project(fact_id)
        return tuple(numbers)

    def _project(self, fact_id: str) -> None:
        events = self.fact_events(fact_id)
        fact = project(events).get(fact_id)
        if fact is None:  # every event of it was undone
            self._sql.run("DELETE FROM facts WHERE id = ?", [fact_id])
            self._facts.clear()
            return
        self._sql.run(
            "INSERT INTO facts (id, watch, fact, seq, held, instance, told_at)"
            " VALUES (?, ?, ?, ?, ?, ?, (SELECT max(published_at) FROM claims"
            "  WHERE fact = ? AND bearing IN ('makes', 'supports')))"
            " ON CONFLICT (id) DO UPDATE SET watch = excluded.watch, fact = excluded.fact,"
            " seq = excluded.seq, held = excluded.held, instance = excluded.instance,"
            " told_at = excluded.told_at",
            [
                fact_id, fact.watch, fact_to_json(fact), events[-1].seq, int(fact.status in HELD),
                int(bool(fact.instance)), fact_id,
            ],
        )  # fmt: skip
        row = self._sql.one("SELECT told_at FROM facts WHERE id = ?", [fact_id])
        fact = replace(fact, told=_moment(row["told_at"]) if row else None)
        if fact.watch in self._facts:  # a busy watch holds hundreds: they are not all read again
            others = [each for each in self._facts[fact.watch] if each.id != fact_id]
            held = [fact] if fact.status in HELD else []
            self._facts[fact.watch] = tuple(sorted([*others, *held], key=lambda each: each.id))

    def fact_events(self, fact_id: str | None = None) -> tuple[FactEvent, ...]:
        """Give the events of one fact, or of all, oldest first."""
        where = "WHERE fact_id = ?" if fact_id is not None else ""
        rows = self._sql.rows(
            f"SELECT * FROM fact_events {where} ORDER BY seq",  # noqa: S608 - no value in it
            [fact_id] if fact_id is not None else [],
        )
        return tuple(event_from_row(row) for row in rows)

    def first_told(self, development: str) -> FirstTold | None:
        """Give the report by which a development was told first, None where it is unknown."""
        row = self._sql.one(
            f"SELECT i.*, {AS_WORDED}, v.content,"  # noqa: S608 - our own names
            " d.version AS judged, d.watch, d.via, d.spans, d.outcome,"
            " coalesce(si.story, '') AS story, coalesce(s.founder, '') AS founder"
            " FROM decisions d JOIN items i ON i.id = d.item_id"
            " JOIN item_versions v ON v.item_id = d.item_id AND v.version = d.version"
            " LEFT JOIN story_items si ON si.item_id = d.item_id AND si.version = d.version"
            " LEFT JOIN stories s ON s.name = si.story"
            " WHERE d.development = ? AND d.outcome <> ? ORDER BY d.id LIMIT 1",
            [development, Reason.ALREADY_TOLD],
        )
        if row is None:
            return None
        spans = tuple(Span(*span) for span in json.loads(row["spans"]))
        reports, publishers = self._reach(row["story"])
        return FirstTold(
            StoredItem(row["id"], item_from_row(row), row["judged"]),
            Hit(row["watch"], spans, row["via"]),
            Placement(
                row["story"], founds=False, founder_identity=row["founder"],
                reports=reports, publishers=publishers,
            ),
            Reason(row["outcome"]),
        )  # fmt: skip

    def _reach(self, story: str) -> tuple[int, int]:
        """Count the reports of a story and their publishers; one of each where it has no story."""
        row = self._sql.one(
            "SELECT count(DISTINCT si.item_id) AS reports, count(DISTINCT i.publisher) AS houses"
            " FROM story_items si JOIN items i ON i.id = si.item_id WHERE si.story = ?",
            [story],
        )
        return (max(row["reports"], 1), max(row["houses"], 1)) if row else (1, 1)

    def set_meta(self, key: str, value: str) -> None:
        """Remember a word about the store itself."""
        self._sql.run(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )

    def meta(self, key: str) -> str | None:
        """Give a word about the store itself."""
        row = self._sql.one("SELECT value FROM meta WHERE key = ?", [key])
        return str(row["value"]) if row else None

    def take_commands(self) -> tuple[tuple[int, str, Mapping[str, object]], ...]:
        """Give commands that people filed and nobody has done yet, oldest first."""
        rows = self._sql.rows(
            "SELECT id, verb, args FROM commands WHERE status = 'asked' ORDER BY id"
        )
        return tuple((row["id"], row["verb"], json.loads(row["args"])) for row in rows)

    def finish_command(
        self, command_id: int, status: str, result: Mapping[str, object], now: datetime
    ) -> None:
        """Write the answer to a command."""
        self._sql.run(
            "UPDATE commands SET status = ?, result = ?, done_at = ? WHERE id = ?",
            [status, dumps(result), stamp(now), command_id],
        )
