"""A store with the path over it, and ways to look at what both hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.core.stories import OPEN_FOR
from monitor.ingest import DeskThread, InForce, ItemPath
from monitor.ports import Ingested, Poll
from monitor.store import SqliteStore
from tests.builders import T0, TRUCE_TRACKER, book, feed, in_force, watch
from tests.fakes import FakeNotifier

#: Rules of most tests: one watch that tells at once, one that folds.
RULES = book(
    watch("ceasefire", "$truce AND NOT vatican", notify=("desk",)),
    watch("diplomacy", "vatican OR envoy", delivery="digest", notify=("desk",)),
    feeds=[feed("bbc"), feed("dw"), feed("ard")],
)
#: The same with the question whether there is a truce: what changes the answer is told.
TRACKED = replace(
    RULES, watches=(replace(RULES.watches[0], trackers=(TRUCE_TRACKER,)), RULES.watches[1])
)


def tracked() -> InForce:
    """Rules that follow the state of the truce, with their channels."""
    return in_force(TRACKED, FakeNotifier("desk"), FakeNotifier("console"))


class Rig:
    """Works on the calling thread, as a command line that holds the lock does."""

    def __init__(self, rules: InForce | None = None, path: Path | None = None) -> None:
        self.rules = rules or in_force(RULES, FakeNotifier("desk"), FakeNotifier("console"))
        self.store = SqliteStore(path)
        self.desk = DeskThread(self.store, self.rules, beat=lambda: None)
        self.desk.open_now(T0 - timedelta(hours=1))

    @property
    def path(self) -> ItemPath:
        return self.desk.path

    def ingest(self, poll: Poll, now: datetime | None = None) -> Ingested:
        return self.path.ingest(poll, now or poll.started_at)

    def tick(self, now: datetime) -> int:
        return self.desk._tick(now)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.store.database.execute(sql, list(values)).fetchall()

    def outbox(self, kind: str = "alert") -> list[tuple[str, str, bytes]]:
        """Status, key and body of each delivery of a kind of message, in order."""
        return self.rows(
            "SELECT d.status, d.key, d.body FROM deliveries d JOIN alerts a ON a.id = d.alert"
            " WHERE a.kind = ? ORDER BY d.id",
            kind,
        )

    def outcomes(self) -> list[tuple[str, str]]:
        """Reason and outcome of each decision, in order."""
        return self.rows("SELECT reason, outcome FROM decisions ORDER BY id")

    def memory(self) -> dict[str, Any]:
        return memory_of(self.path)

    def memory_anew(self, now: datetime) -> dict[str, Any]:
        """What a process that starts now would remember of the store."""
        path = ItemPath(self.store, self.rules)
        reader = self.store.reader()
        path.remember(reader, now - OPEN_FOR, now)
        reader.close()
        return memory_of(path)

    def truth(self) -> list[list[tuple[Any, ...]]]:
        """Everything that must be the same however often a poll was begun."""
        return [
            self.rows("SELECT identity, title, version FROM items ORDER BY identity"),
            self.rows("SELECT key, channel, recipient, status, body FROM deliveries ORDER BY key"),
            self.rows("SELECT key, messages, reason, status, fact FROM developments ORDER BY key"),
            self.rows("SELECT fact_id, op, actor, at, fact FROM fact_events ORDER BY seq"),
            self.rows(
                "SELECT i.identity, c.version, number, tracker, act, state, bearing, c.fact"
                " FROM claims c JOIN items i ON i.id = c.item_id ORDER BY 1, 2, 3"
            ),
            self.rows(
                "SELECT i.identity, d.version, watch, verdict, reason, outcome, development, spans"
                " FROM decisions d JOIN items i ON i.id = d.item_id ORDER BY 1, 2, 3"
            ),
            self.rows(
                "SELECT name, etag, last_modified, body_hash, next_check_at, checks FROM feeds"
            ),
            self.rows(
                "SELECT i.identity, s.version, s.story FROM story_items s"
                " JOIN items i ON i.id = s.item_id ORDER BY 1, 2"
            ),
        ]

    def close(self) -> None:
        self.store.close()


def memory_of(path: ItemPath) -> dict[str, Any]:
    shelf = path._stories._shelf
    return {
        "stories": dict(shelf.stories),
        "by_word": {key: set(names) for key, names in shelf.by_word.items() if names},
        "by_print": dict(shelf.by_print),
        "elder": dict(shelf.elder),
    }
