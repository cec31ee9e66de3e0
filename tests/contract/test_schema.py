"""A database of the schema before: read as it is, copied as it is, brought up to date when opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.core.model import Document, Item
from monitor.errors import StoreError
from monitor.store import DATABASE_FILE, SqliteReader, SqliteStore, schema
from monitor.store.backup import back_up, put_back
from monitor.store.connection import open_reader, schema_number, stamp
from monitor.store.excerpt import excerpt_in_memory
from monitor.store.history import SqliteHistory
from tests.builders import T0, after, feed, item

OLD = replace(item("One", "as it was", identity="a"), author="Ann", categories=("war", "peace"))
EDIT = replace(OLD, title="One, edited", summary="as it became", seen_at=after(5))
PLAIN = item("Two", identity="b")


def insert(db: Database, table: str, row: dict[str, object]) -> None:
    """Insert as the program of that schema did: by SQL, with the columns that it knew."""
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def insert_version(db: Database, row: int, version: int, of: Item) -> None:
    insert(
        db, "item_versions",
        {
            "item_id": row, "version": version, "title": of.title, "summary": of.summary,
            "link": of.link, "print": f"print {of.title}", "published_at": stamp(of.published_at),
            "seen_at": stamp(of.seen_at),
        },
    )  # fmt: skip


def insert_item(db: Database, row: int, categories: str, *versions: Item) -> None:
    last = versions[-1]
    insert(
        db, "items",
        {
            "id": row, "identity": last.identity, "feed": last.feed, "publisher": last.publisher,
            "speaks_for": "", "tier": 2, "language": "en", "title": last.title,
            "summary": last.summary, "link": "", "link_key": "", "print": f"print {last.title}",
            "author": last.author, "categories": categories,
            "published_at": stamp(versions[0].published_at),
            "seen_at": stamp(versions[0].seen_at), "version": len(versions),
        },
    )  # fmt: skip
    for number, version in enumerate(versions, start=1):
        insert_version(db, row, number, version)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database as the first schema left it: an item of two versions, placed, and one set aside."""
    made = tmp_path / "data" / DATABASE_FILE
    made.parent.mkdir()
    with closing(sqlite3.connect(made, isolation_level=None)) as connection:
        db = Database(connection, execute_plugins=False, strict=True)
        schema.migrations.apply(db, stop_before="m002_content")
        insert_item(db, 1, '["war","peace"]', OLD, EDIT)
        insert_item(db, 2, "[]", PLAIN)
        insert(db, "stories", {"name": "s", "founder": "a", "opened_at": stamp(T0),
                               "last_at": stamp(T0)})  # fmt: skip
        insert(db, "story_items", {"item_id": 1, "version": 1, "story": "s", "similarity": 0.0,
                                   "copy_of": None, "turned": 1})  # fmt: skip
        insert(db, "decisions", {
            "item_id": 1, "version": 1, "watch": "truce", "via": "query", "spans": "[]",
            "verdict": "update", "reason": "turn-of-events", "detail": "", "known": "[]",
            "severity": "high", "outcome": "folded-into-digest", "development": "d", "rules": "r",
            "decided_at": stamp(T0),
        })  # fmt: skip
        insert(db, "alerts", {"id": "a", "kind": "folded", "subject": "s", "thread": "t",
                              "developments": "[]", "created_at": stamp(T0)})  # fmt: skip
        insert(db, "deliveries", {
            "key": "k", "alert": "a", "channel": "desk", "recipient": "r", "thread": "t",
            "status": "folded", "reason": "folded-into-digest", "created_at": stamp(T0),
            "body": b'{"development": {"reason": "turn-of-events"}}',
        })  # fmt: skip
        insert(db, "quarantine", {"item_id": 1, "version": 1, "quiet": 0, "error": "KeyError: x",
                                  "at": stamp(T0)})  # fmt: skip
        assert schema_number(db) == 1
    return made


def answers(reader: SqliteReader) -> object:
    return reader.find_item("1"), reader.find_item("2"), reader.open_stories(T0), reader.summary()


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(item_versions)")}


def test_opening_a_database_of_the_schema_before_keeps_all_it_holds(path: Path) -> None:
    store = SqliteStore(path)
    reader = store.reader()
    assert reader.summary()["schema"] == schema.newest()
    first, second = reader.find_item("1"), reader.find_item("2")
    assert first is not None
    assert second is not None
    assert (first.version, first.item) == (2, replace(EDIT, seen_at=T0))
    assert second.item == PLAIN
    (story,) = reader.open_stories(T0)
    assert story.items[0].stored.item == OLD
    with store.unit() as unit:
        ((aside, quiet),) = unit.release_quarantined([], after(9))
        (added,) = unit.add_new([replace(item("Three"), content="The whole text")])
    assert (aside.item, aside.version, quiet) == (OLD, 1, False)
    assert reader.find_item(str(added.id)) == added
    assert store.database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    strict = "SELECT strict FROM pragma_table_list WHERE name = 'item_versions'"
    assert store.database.execute(strict).fetchone()[0] == 1
    reader.close()
    store.close()
    assert {"author", "categories", "content"} <= columns(path)


def test_a_turn_of_the_first_form_is_a_change_of_state_from_the_third_schema_on(path: Path) -> None:
    store = SqliteStore(path)
    reasons = store.database.execute("SELECT reason, state FROM decisions").fetchall()
    assert [tuple(row) for row in reasons] == [("state-changed", "")]
    (body,) = store.database.execute("SELECT body FROM deliveries").fetchone()
    assert body == b'{"development": {"reason": "state-changed"}}'
    store.close()


def test_a_reader_understands_the_schema_before_and_changes_nothing(path: Path) -> None:
    reader = SqliteHistory(open_reader(path))
    before = answers(reader)
    assert reader.document(1, 1) == Document(
        OLD.title, OLD.summary, "en", author="Ann", categories=("war", "peace"), feed="bbc",
        publisher="bbc", tier=2,
    )  # fmt: skip
    assert reader.document(1, 3) is None
    assert "content" not in columns(path)
    store = SqliteStore(path)  # migrated beneath the reader
    with store.unit() as unit:
        (added,) = unit.add_new([replace(item("Three"), content="The whole text")])
    assert reader.find_item(str(added.id)) == added
    fresh = store.reader()
    found = fresh.find_item("1"), fresh.find_item("2"), fresh.open_stories(T0)
    assert isinstance(before, tuple)
    assert found == before[:3]
    fresh.close()
    store.close()
    reader.close()


def test_feeds_of_the_schema_before_are_read_and_go_on_with_nothing_known(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        row: dict[str, object] = {"name": "bbc", "url": "https://bbc.example.org/feed",
                                  "next_check_at": stamp(T0), "etag": '"1"'}  # fmt: skip
        insert(Database(connection, execute_plugins=False), "feeds", row)
    reader = SqliteReader(open_reader(path))
    shown, due = reader.feeds(), reader.due_feeds(after(1), 9)
    reader.close()
    assert [(row.name, row.why, row.gaps, row.health, row.rest) for row in shown] == [
        ("bbc", "", 0, "ok", None)
    ]
    store = SqliteStore(path)
    reader = store.reader()
    assert (reader.feeds(), reader.due_feeds(after(1), 9)) == (shown, due)
    with store.unit() as unit:
        unit.sync_feeds([feed("bbc", url="https://bbc.example.org/feed")], after(1))
    assert reader.feeds()[0].host == "bbc.example.org"
    assert reader.due_feeds(after(1), 9) == due
    reader.close()
    store.close()


def test_copies_of_the_schema_before_are_taken_and_put_back(path: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.db"
    contents = back_up(path, saved)
    assert (contents.schema, contents.items) == (1, 2)
    store = excerpt_in_memory(path, T0)
    assert store.reader().summary()["schema"] == schema.newest()
    store.close()
    assert "content" not in columns(path)
    SqliteStore(path).close()
    assert put_back(saved, path, T0) is not None
    store = SqliteStore(path)
    reader = store.reader()
    assert reader.find_item("1") is not None
    assert reader.summary()["schema"] == schema.newest()
    reader.close()
    store.close()


def test_a_migration_that_fails_leaves_the_schema_before(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(schema, "_SECOND", f"{schema._SECOND}; SELECT nothing_of_that_name()")
        with pytest.raises(StoreError, match="nothing_of_that_name"):
            SqliteStore(path)
    assert "content" not in columns(path)
    store = SqliteStore(path)
    assert schema_number(store.database) == schema.newest()
    store.close()
