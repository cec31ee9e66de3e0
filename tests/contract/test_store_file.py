"""The store as a file: how it is opened, what happens to it from outside, whose it is."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from monitor.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreInUse,
    StoreTooNew,
    UnitOver,
)
from monitor.store import DATABASE_FILE, FolderLock, SqliteStore
from monitor.store import connection as connecting
from monitor.store.connection import translated
from monitor.store.schema import SET, newest
from tests.builders import T0, item

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / DATABASE_FILE


def fill(path: Path, count: int = 60) -> None:
    store = SqliteStore(path)
    with store.unit() as unit:
        added = list(
            unit.add_new(item(f"Truce number {n} is agreed", "text " * 60) for n in range(count))
        )
    assert len(added) == count
    store.close()


def ask(store: SqliteStore, sql: str) -> object:
    return store.database.execute(sql).fetchone()[0]


# --- how it is opened ----------------------------------------------------------------------------


def test_the_real_connection_waits_for_the_disk_and_minds_references(path: Path) -> None:
    store = SqliteStore(path)
    assert ask(store, "PRAGMA synchronous") == 2  # FULL
    assert ask(store, "PRAGMA journal_mode") == "wal"
    assert ask(store, "PRAGMA foreign_keys") == 1
    assert ask(store, "PRAGMA busy_timeout") == connecting.BUSY_MS
    with pytest.raises(sqlite3.IntegrityError):
        store.database.execute(
            "INSERT INTO story_items (item_id, version, story, similarity) VALUES (1, 1, 'none', 0)"
        )
    store.close()


@pytest.mark.parametrize("where", ["file", "memory"])
def test_every_table_is_strict(path: Path, where: str) -> None:
    store = SqliteStore(path if where == "file" else None)
    tables = dict(
        store.database.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            " AND name NOT GLOB 'sqlite_*'"
        ).fetchall()
    )
    assert len(tables) > 10
    assert [name for name, strict in tables.items() if not strict] == []
    store.close()


def test_a_reader_can_write_nothing(path: Path) -> None:
    store = SqliteStore(path)
    reader = store.reader()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._db.execute("INSERT INTO meta VALUES ('a', 'b')")
    reader.close()
    store.close()


def test_opening_again_changes_nothing(path: Path) -> None:
    fill(path, 3)
    store = SqliteStore(path)
    assert ask(store, "SELECT count(*) FROM items") == 3
    assert ask(store, "SELECT count(*) FROM _sqlite_migrations") == newest()
    store.close()


def test_a_newer_schema_is_refused_with_both_numbers(path: Path) -> None:
    fill(path, 1)
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, 'm999', 't')",
        [SET],
    )
    connection.commit()
    connection.close()
    with pytest.raises(StoreTooNew, match=f"schema {newest() + 1}, this Parley knows {newest()}"):
        SqliteStore(path)
    with pytest.raises(StoreTooNew):
        connecting.open_reader(path)


def test_a_folder_that_cannot_be_made_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="data"):
        SqliteStore(tmp_path / "data" / DATABASE_FILE)
    with pytest.raises(StoreError, match="cannot be used"):
        FolderLock(tmp_path / "data").acquire(T0)


# --- damage ------------------------------------------------------------------------------------------


def test_damage_is_said_or_harmless_and_never_an_empty_store(path: Path) -> None:
    """Flip eight bytes at sixty places: the file is refused, or all sixty items are there.

    A key within an index is not looked at when a file is opened, which would take as long as to read
    it all; what the index is of is whole then, and the index can be made anew.
    """
    fill(path)
    sound = path.read_bytes()
    refused = 0
    for offset in sorted({*range(0, 100, 7), *range(100, len(sound) - 8, len(sound) // 45)}):
        broken = bytearray(sound)
        for at in range(offset, offset + 8):
            broken[at] ^= 0xFF
        path.write_bytes(broken)
        for tail in ("-wal", "-shm"):
            Path(f"{path}{tail}").unlink(missing_ok=True)
        try:
            store = SqliteStore(path)
        except StoreError:
            refused += 1
            continue
        assert ask(store, "SELECT count(*) FROM items") == 60, offset
        if "missing from index" in str(ask(store, "PRAGMA integrity_check")):
            store.database.execute("REINDEX")
        assert ask(store, "PRAGMA integrity_check") == "ok", offset
        store.close()
    assert refused > 10


@pytest.mark.parametrize("share", [0.001, 0.3, 0.7, 0.99])
def test_a_file_that_was_cut_is_damaged(path: Path, share: float) -> None:
    fill(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(StoreDamaged):
        SqliteStore(path)


def test_a_file_of_something_else_is_damaged(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this was never a database" * 100)
    with pytest.raises(StoreDamaged):
        SqliteStore(path)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusy), (sqlite3.SQLITE_LOCKED, StoreBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusy), (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFull), (sqlite3.SQLITE_CORRUPT, StoreDamaged),
        (sqlite3.SQLITE_NOTADB, StoreDamaged), (sqlite3.SQLITE_READONLY, StoreError),
    ],
)  # fmt: skip
def test_each_error_of_sqlite_has_a_name_of_ours(code: int, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("said")
    error.sqlite_errorcode = code
    assert type(translated(error)) is kind
    assert type(translated(sqlite3.OperationalError("without a code"))) is StoreError


# --- others ------------------------------------------------------------------------------------------


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_of_another_process_is_waited_for_then_said_and_then_over(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_MS", 80)
    store = SqliteStore(path)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy), store.unit():
            pytest.fail("the unit began although another process writes")
        assert StoreBusy.retryable
        reader = store.reader()  # reading goes on
        assert reader.summary()["items"] == 0
        reader.close()
        other.communicate()
    with store.unit() as unit:
        assert len(list(unit.add_new([item()]))) == 1
    store.close()


def test_a_full_disk_ends_the_unit_and_the_next_one_works(path: Path) -> None:
    store = SqliteStore(path)
    pages = ask(store, "PRAGMA page_count")
    store.database.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    def fill_up() -> None:
        with store.unit() as unit:
            try:
                list(unit.add_new(item(f"Truce {n}", "text " * 2000) for n in range(50)))
            except StoreFull:
                with pytest.raises(UnitOver):
                    unit.set_meta("a", "b")
                raise

    with pytest.raises(StoreFull):
        fill_up()
    store.database.execute("PRAGMA max_page_count = 1000000").fetchall()
    with store.unit() as unit:
        assert len(list(unit.add_new([item()]))) == 1
    assert ask(store, "SELECT count(*) FROM items") == 1
    assert ask(store, "PRAGMA integrity_check") == "ok"
    store.close()


LIMITED = """
import resource, signal, sys
from pathlib import Path
from monitor.errors import StoreFull, UnitOver
from monitor.store import SqliteStore
from tests.builders import item
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = SqliteStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with store.unit() as unit:
        list(unit.add_new(item(f"Truce {n}", "text " * 2000) for n in range(200)))
    print("held")
except StoreFull as error:
    print("full")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.unit() as unit:
    print(len(list(unit.add_new([item("After")]))))
print(store.database.execute("SELECT count(*) FROM items").fetchone()[0])
print(store.database.execute("PRAGMA integrity_check").fetchone()[0])
"""


@pytest.mark.parametrize("limit", [150_000, 400_000])
def test_a_file_that_may_not_grow_ends_the_unit_and_nothing_else(path: Path, limit: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(limit)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["full", "1", "1", "ok"], done.stderr


# --- whose folder it is ------------------------------------------------------------------------------

HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.store import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire(datetime(2025, 6, 3, 9, 0, tzinfo=UTC))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_folder_in_use_names_its_holder_and_is_free_when_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreInUse) as refused:
            FolderLock(tmp_path).acquire(T0)
        assert f"in use by pid {holder.pid} since 2025-06-03 09:00:00 UTC" in str(refused.value)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(10)
        lock = FolderLock(tmp_path)
        lock.acquire(T0)
    with pytest.raises(StoreInUse, match=f"pid {os.getpid()}"):
        FolderLock(tmp_path).acquire(T0)
    lock.release()
    lock.release()
    again = FolderLock(tmp_path)
    again.acquire(T0)
    again.release()


def test_a_backup_is_whole_and_can_be_made_while_the_store_is_written(
    path: Path, tmp_path: Path
) -> None:
    fill(path, 20)
    store = SqliteStore(path)

    def write() -> None:
        other = SqliteStore(path)
        for n in range(30):
            with other.unit() as unit:
                list(unit.add_new([item(f"Meanwhile {n}")]))
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    for n in range(5):
        store.backup(tmp_path / f"copy{n}.db")
    writer.join()
    assert ask(store, "SELECT count(*) FROM items") == 50
    for n in range(5):
        copy = SqliteStore(tmp_path / f"copy{n}.db")
        assert ask(copy, "PRAGMA integrity_check") == "ok"
        assert int(str(ask(copy, "SELECT count(*) FROM items"))) >= 20
        copy.close()
    with pytest.raises(StoreError):
        store.backup(tmp_path / "no" / "such" / "folder.db")
    store.close()
    assert not list(tmp_path.glob("*.part"))


def test_a_migration_that_was_killed_is_taken_up_again(path: Path) -> None:
    """A file as it is when the process dies before the first commit: nothing, or a bare header."""
    path.parent.mkdir()
    path.touch()
    store = SqliteStore(path)
    assert ask(store, "SELECT count(*) FROM items") == 0
    store.close()
    shutil.copy(path, path.with_name("copy.db"))
    again = SqliteStore(path.with_name("copy.db"))
    assert ask(again, "SELECT count(*) FROM _sqlite_migrations") == newest()
    again.close()
