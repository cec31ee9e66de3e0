"""Copies of the database: taken while it is in use, checked, put back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import CommandError, StoreDamaged, StoreError
from monitor.store.connection import maybe, open_reader, our_errors, schema_number
from monitor.store.sqlite import copy_to

#: Files that SQLite keeps beside a database while it is in use; they belong to that file alone.
COMPANIONS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database file holds. `newest` is when its last item was seen; None: it has none."""

    schema: int
    items: int
    facts: int
    alerts: int
    newest: datetime | None
    size_bytes: int


def back_up(path: Path, target: Path) -> Contents:
    """Write a checked copy of the database at `path` to `target`, while it may be in use.

    The copy stands under its name only once it has been checked and is on the disk. Raises
    `CommandError` where `target` is there already, `StoreError` where it cannot be written.
    """
    if os.path.lexists(target):
        raise CommandError(f"{target} exists, and a backup replaces nothing: name another file")
    made = target.with_name(target.name + ".unchecked")
    with _disk(f"{target} cannot be written"):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _open(path) as source:
                copy_to(source.conn, made)
            contents = _checked(made, "quick_check")
            made.replace(target)
            _sync(target.parent)
        finally:
            made.unlink(missing_ok=True)
    return contents


def look_into(file: Path) -> Contents:
    """Say what a backup holds.

    Raises `CommandError` for what is no database of Parley, `StoreTooNew`, `StoreDamaged`.
    """
    if not file.is_file():
        raise CommandError(f"there is no file {file}")
    with _open(file) as db:
        return _contents(db, file)


def put_back(file: Path, path: Path, now: datetime) -> Path | None:
    """Put a checked copy of `file` in the place of the database at `path`; nothing is deleted.

    Gives where the database lies that was there before, None where there was none. The caller holds
    the lock of the data folder. Raises as `look_into` does, and `StoreError` where the folder
    cannot be written; then the database is the one that was there before.
    """
    made = path.with_name(path.name + ".restoring")
    with _disk(f"{path.parent} cannot be written"):
        try:
            with _open(file) as source:
                _contents(source, file)
                copy_to(source.conn, made)
            _checked(made, "integrity_check")
            aside = _set_aside(path, now)
            made.replace(path)
            _sync(path.parent)
        finally:
            made.unlink(missing_ok=True)
    return aside


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Keep the present database under another name, with what belongs to it.

    The database keeps its own name too until another takes it, so that whatever happens in between
    no daemon finds an empty place and begins anew. What stands beside it goes first: SQLite would
    play an old log into the new file.
    """
    stamp = f"{now:%Y%m%d-%H%M%S}"
    aside = path.with_name(f"{path.name}.before-restore-{stamp}")
    number = 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.before-restore-{stamp}-{number}")
    if path.exists():
        os.link(path, aside)
    for ending in COMPANIONS:
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + ending))
    return aside if aside.exists() else None


def _checked(file: Path, check: str) -> Contents:
    """Make a copy one self-contained file, check it, and see it onto the disk."""
    with our_errors():
        db = Database(sqlite3.connect(file, isolation_level=None), execute_plugins=False)
        try:
            # a copy of a database with a write-ahead log would begin one of its own when opened
            db.execute("PRAGMA journal_mode = DELETE").fetchall()
            found = [row[0] for row in db.execute(f"PRAGMA {check}(3)").fetchall()]
            if found != ["ok"]:
                raise StoreDamaged(f"the copy fails its integrity check: {'; '.join(found)}")
            contents = _contents(db, file)
        finally:
            db.conn.close()
    _sync(file)
    return contents


def _contents(db: Database, file: Path) -> Contents:
    schema = schema_number(db)
    if schema == 0:
        raise CommandError(f"{file} is no database of Parley")
    row = db.execute(
        "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM facts),"
        " (SELECT count(*) FROM alerts), (SELECT max(seen_at) FROM items)"
    ).fetchone()
    return Contents(schema, row[0], row[1], row[2], maybe(row[3]), file.stat().st_size)


@contextmanager
def _open(file: Path) -> Iterator[Database]:
    db = open_reader(file)
    try:
        with our_errors():
            yield db
    finally:
        db.conn.close()


@contextmanager
def _disk(what: str) -> Iterator[None]:
    """Turn the disk's errors into ours."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what}: {error.strerror or type(error).__name__}") from error


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
