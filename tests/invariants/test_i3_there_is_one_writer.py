"""I3: every statement that writes runs on the desk's thread."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from monitor.ingest import DeskThread
from monitor.ports import Settlement
from monitor.store import DATABASE_FILE, SqliteStore
from tests.builders import T0, after, in_force
from tests.fakes import SENT, FakeNotifier, trace
from tests.ingest.rig import RULES
from tests.invariants.days import days

WRITES = ("BEGIN IMMEDIATE", "COMMIT", "INSERT", "UPDATE", "DELETE")


def test_i3_all_that_lanes_and_people_ask_is_written_by_the_desk(tmp_path: Path) -> None:
    written: list[tuple[int, str]] = []
    store = SqliteStore(tmp_path / DATABASE_FILE)
    trace(store, lambda sql: written.append((threading.get_ident(), sql.split("(")[0])))
    rules = in_force(RULES, FakeNotifier("desk"), FakeNotifier("console"))
    desk = DeskThread(store, rules, lambda: None)

    async def run() -> int:
        desk.start()
        await desk.open(T0)
        for poll in days():
            await desk.ingest(poll, poll.started_at)
        await desk.tick(after(hours=20))
        await desk.do("baseline.set", {"id": "x", "watch": "ceasefire", "text": "t"}, T0)
        for delivery in await desk.claim(after(hours=20), 9, ["desk"]):
            await desk.settle(Settlement(delivery, SENT, after(hours=20)))
        await desk.swap(rules, T0)
        await desk.clamp(T0)
        ident = desk._thread.ident or 0
        await desk.stop()
        return ident

    desk_thread = asyncio.run(run())
    writes = [(thread, sql) for thread, sql in written if sql.lstrip().startswith(WRITES)]
    assert len(writes) > 100
    assert {thread for thread, _ in writes} == {desk_thread}
    assert desk_thread != threading.get_ident()
    store.close()
