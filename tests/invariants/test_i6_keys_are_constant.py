"""I6: the same news makes the same keys and bodies, in a fresh store and from a restored backup."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.ingest import InForce
from monitor.store import DATABASE_FILE
from tests.builders import entry, feed, poll
from tests.ingest.rig import Rig, tracked
from tests.invariants.days import days

Rules = Callable[[], "InForce | None"]


@pytest.fixture(params=[lambda: None, tracked], ids=["by story", "by state"])
def rules(request: pytest.FixtureRequest) -> Rules:
    """How news is judged, for each rig anew."""
    made: Rules = request.param
    return made


def told(rig: Rig) -> set[tuple[str, str, str, bytes]]:
    return set(rig.rows("SELECT key, channel, recipient, body FROM deliveries"))


def test_i6_a_fresh_store_makes_the_same_keys_and_bodies(rules: Rules) -> None:
    one, other = Rig(rules()), Rig(rules())
    for each in days():
        one.ingest(each)
        other.ingest(each)
    assert len(told(one)) >= 4
    assert told(one) == told(other)
    one.close()
    other.close()


def test_i6_keys_do_not_depend_on_row_ids(rules: Rules) -> None:
    one, other = Rig(rules()), Rig(rules())
    other.ingest(
        poll(*(entry(f"Noise of day {n}", guid=str(n)) for n in range(7)), feed=feed("noise"))
    )
    for each in days():
        one.ingest(each)
        other.ingest(each)
    keys = [{key for key, *_ in told(rig)} for rig in (one, other)]
    assert keys[0] == keys[1]
    assert one.rows("SELECT max(id) FROM items") != other.rows("SELECT max(id) FROM items")
    one.close()
    other.close()


def test_i6_keys_do_not_depend_on_when_it_was_seen(rules: Rules) -> None:
    one, later = Rig(rules()), Rig(rules())
    for each in days():
        one.ingest(each)
        later.ingest(each, each.started_at + timedelta(minutes=3))
    keys = [{key for key, *_ in told(rig)} for rig in (one, later)]
    assert keys[0] == keys[1]
    one.close()
    later.close()


def test_i6_a_restored_backup_repeats_what_it_has_forgotten_under_the_same_keys(
    tmp_path: Path, rules: Rules
) -> None:
    polls = days()
    rig = Rig(rules(), path=tmp_path / "one" / DATABASE_FILE)
    for each in polls[:3]:
        rig.ingest(each)
    backup = tmp_path / "backup.db"
    rig.store.backup(backup)
    for each in polls[3:]:
        rig.ingest(each)
    before = told(rig)
    rig.close()
    (tmp_path / "two").mkdir()
    shutil.copy(backup, tmp_path / "two" / DATABASE_FILE)
    restored = Rig(rules(), path=tmp_path / "two" / DATABASE_FILE)
    assert len(told(restored)) < len(before)
    for each in polls[3:]:
        restored.ingest(each)
    assert told(restored) == before
    restored.close()
