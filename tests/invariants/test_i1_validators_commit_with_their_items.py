"""I1: an ETag and the items that it vouches for are in the store together or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.store import DATABASE_FILE
from tests.ingest.rig import Rig
from tests.invariants.days import days

ROOT = Path(__file__).parents[2]
#: Dies without a word at a statement: before it (a crash in mid-unit), or once COMMIT has returned.
DIES = """
import os, sys
from pathlib import Path
from tests.fakes import trace
from tests.ingest.rig import Rig
from tests.invariants.days import days
rig = Rig(path=Path(sys.argv[1]))
first, second = days()[:2]
rig.ingest(first)
def heard(sql):
    if sys.argv[2] in sql:
        os._exit(9)
if sys.argv[2] != "after":
    trace(rig.store, heard)
rig.ingest(second)
os._exit(9)
"""


@pytest.mark.parametrize("point", ["INSERT INTO items", "UPDATE feeds SET last", "COMMIT", "after"])
def test_i1_after_a_crash_the_feed_is_read_again_or_all_is_there(
    tmp_path: Path, point: str
) -> None:
    path = tmp_path / DATABASE_FILE
    died = subprocess.run([sys.executable, "-c", DIES, str(path), point], cwd=ROOT)
    assert died.returncode == 9
    rig = Rig(path=path)
    held = rig.rows("SELECT etag FROM feeds WHERE name = 'bbc'")
    items = rig.rows("SELECT count(*) FROM items")
    assert (held, items) == (([('"1"',)], [(3,)]) if point == "after" else ([('"0"',)], [(1,)]))
    got = rig.ingest(days()[1])  # the server gives it again
    assert got.new_items == (0 if point == "after" else 2)
    assert len(rig.outbox()) == 1
    rig.close()
