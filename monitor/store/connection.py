"""One connection to SQLite: pragmas, times, and its errors in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreTooNew
from monitor.store.as_newest import read_as_newest
from monitor.store.schema import SET, migrations, newest

#: A writer waits so long for another process before it gives up, in milliseconds.
BUSY_MS = 5_000
#: The write-ahead log is folded into the database at every so many pages (4 KiB each).
CHECKPOINT_PAGES = 1_000


def stamp(moment: datetime) -> str:
    """Give a moment as the text that the tables hold. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return (
        utc.isoformat(timespec="microseconds") + "Z"
    )  # strftime writes the year 99 with two digits


def moment(text: str) -> datetime:
    """Give the moment that a text of the tables stands for."""
    return datetime.fromisoformat(text)


def maybe(text: str | None) -> datetime | None:
    """Give the moment of a text that may be null."""
    return datetime.fromisoformat(text) if text else None


def translated(error: sqlite3.Error) -> StoreError:
    """Give one of our errors for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreBusy("another process keeps the database locked")
    if code == sqlite3.SQLITE_FULL:
        return StoreFull("no room left for the database (disk, quota or page limit)")
    if code == sqlite3.SQLITE_IOERR:
        return StoreFull(f"the database cannot be written ({error}): disk full, or a failing disk")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreDamaged(f"the database is damaged ({error})")
    return StoreError(f"the database refused: {error}")


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn SQLite's errors into ours; text that is no text is damage too."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error) from error
    except UnicodeDecodeError as error:
        raise StoreDamaged(f"the database is damaged ({error})") from error


def open_writer(path: Path | None) -> Database:
    """Open the writing connection (None: in memory), check the file, bring the schema up to date.

    Raises `StoreDamaged`, `StoreTooNew`, `StoreBusy`, `StoreError`.
    """
    with our_errors():
        connection = sqlite3.connect(
            path or ":memory:",
            isolation_level=None,
            timeout=BUSY_MS / 1000,
            check_same_thread=False,
        )
        opened = False
        try:
            db = Database(connection, execute_plugins=False, strict=True)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            _check(db, path)
            if path is not None:
                db.execute("PRAGMA journal_mode = WAL").fetchall()
                db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}").fetchall()
            # FULL: a commit is on the disk when it returns; NORMAL may lose the last at power loss
            db.execute("PRAGMA synchronous = FULL")
            _migrate(db)
            opened = True
        finally:
            if not opened:
                connection.close()
    return db


def open_reader(path: Path) -> Database:
    """Open a read-only connection for the calling thread, to a database of any known schema.

    Raises `StoreError`.
    """
    with our_errors():
        uri = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
        readable = False
        try:
            db = Database(connection, execute_plugins=False)
            schema = _schema_of(db)
            if schema > newest():
                raise StoreTooNew(_too_new(schema))
            read_as_newest(db, schema)
            readable = True
        finally:
            if not readable:
                connection.close()
    return db


def schema_number(db: Database) -> int:
    """Give the number of migrations applied."""
    return _schema_of(db)


def _check(db: Database, path: Path | None) -> None:
    if path is None or not path.exists() or path.stat().st_size == 0:
        return
    found = [row[0] for row in db.execute("PRAGMA quick_check(3)").fetchall()]
    if found != ["ok"]:
        raise StoreDamaged(
            f"{path.name} fails its integrity check: {'; '.join(found)}. "
            "Put a backup in its place with: parley restore FILE"
        )


def _migrate(db: Database) -> None:
    schema = _schema_of(db)
    if schema > newest():
        raise StoreTooNew(_too_new(schema))
    if schema < newest():
        migrations.apply(db)


def _too_new(schema: int) -> str:
    return (
        f"the database has schema {schema}, this Parley knows {newest()} at most: "
        "run the newer Parley, or restore a backup made before the upgrade"
    )


def _schema_of(db: Database) -> int:
    table = db.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlite_migrations'"
    ).fetchone()
    if not table[0]:
        return 0
    query = "SELECT count(*) FROM _sqlite_migrations WHERE migration_set = ?"
    return int(db.execute(query, [SET]).fetchone()[0])
