"""The part of a database that judging an item asks for, in memory: facts, and stories still open.

A copy of all of it would take seconds and as much memory as the file has bytes.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.store.connection import open_reader, our_errors, stamp
from monitor.store.sqlite import SqliteStore

_OPEN = "(SELECT name FROM stories WHERE last_at >= :since)"
_ITEMS = f"(SELECT item_id FROM story_items WHERE story IN {_OPEN})"  # noqa: S608 - the line above
#: Tables with the rows that are taken, each after those that it refers to.
_PARTS = {
    "feeds": "1",
    "fact_events": "1",
    "facts": "1",
    "items": "id IN " + _ITEMS,
    "item_versions": "item_id IN " + _ITEMS,
    "stories": "last_at >= :since",
    "story_items": "story IN " + _OPEN,
    "decisions": "item_id IN " + _ITEMS,
    "developments": "1",
    "claims": "fact <> '' OR item_id IN " + _ITEMS,
}
#: Open stories are told by titles and summaries; full texts would be most of what is copied.
_LEFT_EMPTY = {("item_versions", "content")}


def excerpt_in_memory(path: Path, since: datetime) -> SqliteStore:
    """Give a store in memory with the facts, and the stories that had an item at or after `since`.

    The database at `path`, of any known schema, is only read, and may be in use. Raises
    `StoreError`.
    """
    store = SqliteStore(None)
    copied = False
    try:
        source = open_reader(path)
        try:
            with our_errors():
                source.execute("BEGIN")  # one view of it, whatever a daemon commits meanwhile
                # developments and claims of facts outlast the items that are left behind
                store.database.execute("PRAGMA foreign_keys = OFF")
                store.database.execute("BEGIN")
                for table, where in _PARTS.items():
                    _copy(source, store.database, table, where, {"since": stamp(since)})
                store.database.execute("COMMIT")
                store.database.execute("PRAGMA foreign_keys = ON")
        finally:
            source.conn.close()
        copied = True
    finally:
        if not copied:
            store.close()
    return store


def _copy(
    source: Database, target: Database, table: str, where: str, values: dict[str, str]
) -> None:
    columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})").fetchall()]
    read = ["''" if (table, name) in _LEFT_EMPTY else name for name in columns]
    rows = source.execute(
        f"SELECT {', '.join(read)} FROM {table} WHERE {where}",  # noqa: S608 - our own names
        values,
    )
    marks = ", ".join("?" * len(columns))
    target.conn.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - our own names
        rows,
    )
