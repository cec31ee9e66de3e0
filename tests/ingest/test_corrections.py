"""Whoever was told of a development hears once more when it is taken back, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from monitor.core.ledger import FactEvent, Op, Status
from monitor.core.model import Severity
from monitor.core.rules import Tracker, TrackerState, Watch
from monitor.errors import CommandError
from monitor.ingest import InForce
from tests.builders import after, book, entry, feed, in_force, poll, watch
from tests.fakes import FakeNotifier
from tests.ingest.rig import Rig

TRUCE = Tracker(
    "truce", "state", "Is there a truce?", "$truce",
    states=(
        TrackerState("agreed", ("agree",), Severity.CRITICAL),
        TrackerState("rejected", ("reject",), Severity.HIGH),
    ),
)  # fmt: skip
REJECTED = "Kremlin rejects 30-day truce"
AGREED = "Both delegations agreed to a truce on all fronts"


def rules(*channels: str, **more: object) -> InForce:
    made: Watch = watch("ceasefire", "$truce", trackers=(TRUCE,), notify=("desk", "hook"), **more)
    voices = [FakeNotifier(name) for name in channels or ("desk", "hook", "other", "console")]
    return in_force(book(made, feeds=[feed("bbc"), feed("dw")]), *voices)


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(rules())
    yield made
    made.close()


def tell(rig: Rig, title: str, minutes: float, name: str = "bbc") -> None:
    """Bring a report, published as it is seen."""
    at = after(minutes)
    rig.ingest(poll(entry(title, guid=title, published=at), at=at, feed=feed(name)))


def facts(rig: Rig) -> dict[str, Status]:
    """Status of each fact by the words it came with."""
    return {row.fact.text: row.fact.status for row in rig.store.reader().facts()}


def fact_id(rig: Rig, text: str) -> str:
    return next(row.fact.id for row in rig.store.reader().facts() if row.fact.text == text)


def do(rig: Rig, verb: str, minutes: float = 100, **args: object) -> Mapping[str, Any]:
    return rig.desk.do_now(f"baseline.{verb}", {"by": "ann", **args}, after(minutes))


def corrections(rig: Rig) -> list[tuple[str, str, str]]:
    """Channel, thread and body of each correction in the outbox."""
    return rig.rows(
        "SELECT d.channel, d.thread, CAST(d.body AS TEXT) FROM deliveries d"
        " JOIN alerts a ON a.id = d.alert WHERE a.kind = 'correction' ORDER BY d.id"
    )


def development(rig: Rig, text: str) -> tuple[Any, ...]:
    """Status, messages, thread and key of the development that made the fact with these words."""
    (row,) = rig.rows(
        "SELECT d.status, d.messages, d.thread, d.key FROM developments d"
        " JOIN items i ON i.id = d.item_id WHERE i.title = ?",
        text,
    )
    return row


def test_an_undone_report_is_corrected_in_its_thread_and_the_earlier_holds_again(rig: Rig) -> None:
    tell(rig, REJECTED, 1)
    tell(rig, AGREED, 60 * 30, "dw")
    assert facts(rig) == {REJECTED: Status.SUPERSEDED, AGREED: Status.REPORTED}
    thread = development(rig, AGREED)[2]
    result = do(rig, "undo", 60 * 31, id=fact_id(rig, AGREED))
    assert facts(rig) == {REJECTED: Status.REPORTED}
    assert development(rig, AGREED)[:2] == ("corrected", 2)
    assert development(rig, REJECTED)[:2] == ("reported", 1)
    sent = corrections(rig)
    assert [(channel, of) for channel, of, _ in sent] == [("desk", thread), ("hook", thread)]
    said = "CORRECTED: no longer held: truce agreed, 4 June"
    assert all(said in body for *_, body in sent)
    assert result["corrected"] == [said]
    assert result["deliveries"] == 2
    assert len(result["undone"]) == 2


def test_the_text_says_what_was_said_that_it_was_taken_back_and_what_holds_now() -> None:
    desk = FakeNotifier("desk")
    kept = []
    render = desk.render
    desk.render = lambda note, recipient, key: (kept.append(note), render(note, recipient, key))[1]  # type: ignore[method-assign, func-returns-value]
    made = watch("ceasefire", "$truce", trackers=(TRUCE,), notify=("desk",))
    rig = Rig(in_force(book(made, feeds=[feed("bbc"), feed("dw")]), desk))
    tell(rig, REJECTED, 1)
    tell(rig, AGREED, 60 * 30, "dw")
    do(rig, "retract", 60 * 31, id=fact_id(rig, AGREED), because="a hoax")
    assert kept[-1].text.splitlines() == [
        f"Said on 2025-06-04: {AGREED}",
        "It was taken back by ann: a hoax.",
        "Nothing else is held of this question now.",
    ]
    assert facts(rig) == {REJECTED: Status.SUPERSEDED, AGREED: Status.RETRACTED}
    (row,) = [r for r in rig.store.reader().facts() if r.fact.status is Status.RETRACTED]
    assert row.fact.because == "a hoax"
    do(rig, "undo", 60 * 32, id=row.fact.id)
    assert kept[-1].subject.startswith("HOLDS AGAIN: ")
    do(rig, "undo", 60 * 33, seq=next(
        seq for seq, op in rig.rows("SELECT seq, op FROM fact_events") if op == "supersede"
    ))  # fmt: skip
    assert kept[-1].text.splitlines()[2] == f"What holds now: {REJECTED} (rejected)"
    assert development(rig, AGREED)[:2] == ("corrected", 4)
    rig.close()


def test_the_same_undo_twice_says_so_and_sends_nothing(rig: Rig) -> None:
    tell(rig, REJECTED, 1)
    name = fact_id(rig, REJECTED)
    do(rig, "undo", id=name)
    before = rig.truth()
    for args in ({"id": name}, {"seq": 1}):
        with pytest.raises(CommandError, match="undone already"):
            do(rig, "undo", 101, **args)
    with pytest.raises(CommandError, match="there is no fact"):
        do(rig, "retract", 101, id=name)
    assert rig.truth() == before
    assert len(corrections(rig)) == 2


def test_keys_are_constant_a_restored_backup_repeats_them() -> None:
    keys: list[list[tuple[Any, ...]]] = []
    for _ in range(2):
        rig = Rig(rules())
        tell(rig, REJECTED, 1)
        do(rig, "retract", 5 + len(keys), id=fact_id(rig, REJECTED))
        keys.append(rig.rows("SELECT key, alert FROM deliveries ORDER BY key"))
        rig.close()
    assert keys[0] == keys[1]
    assert len({key for key, _ in keys[0]}) == 4


def test_nobody_hears_of_a_fact_that_was_learned_quietly(rig: Rig) -> None:
    at = after(1)
    rig.ingest(poll(entry(REJECTED, guid="1", published=after(-300)), at=at, first_contact=True))
    result = do(rig, "retract", id=fact_id(rig, REJECTED))
    assert "corrected" not in result
    assert rig.rows("SELECT count(*) FROM deliveries") == [(0,)]
    assert development(rig, REJECTED)[:2] == ("corrected", 0)


def test_a_channel_that_is_configured_no_more_is_named(rig: Rig) -> None:
    tell(rig, REJECTED, 1)
    rig.desk._swap(rules("desk", "console"), after(2))
    result = do(rig, "retract", id=fact_id(rig, REJECTED))
    assert [channel for channel, *_ in corrections(rig)] == ["desk"]
    assert result["unreachable"] == ["hook"]


def test_what_a_digest_told_is_corrected_in_the_digest() -> None:
    rig = Rig(rules(delivery="digest"))
    tell(rig, REJECTED, 1)
    do(rig, "retract", id=fact_id(rig, REJECTED))
    status = rig.rows("SELECT status, count(*) FROM deliveries GROUP BY status")
    assert status == [("folded", 4)]
    last = rig.rows("SELECT CAST(body AS TEXT) FROM deliveries ORDER BY id DESC LIMIT 1")[0][0]
    assert "CORRECTED: no longer held: truce rejected, 3 June" in last
    rig.close()


def test_an_undone_confirmation_is_told_where_it_was_told(rig: Rig) -> None:
    tell(rig, REJECTED, 1)
    name = fact_id(rig, REJECTED)
    with rig.store.unit() as unit:
        (fact,) = unit.facts("ceasefire")
        unit.append([FactEvent(name, Op.CONFIRM, "item:9", after(5), fact)], after(5))
    do(rig, "undo", 6, id=name)
    assert corrections(rig) == []  # it was confirmed, and nobody had heard
    with rig.store.unit() as unit:
        unit.append([FactEvent(name, Op.CONFIRM, "item:9", after(7), fact)], after(7))
    rig.rows("UPDATE developments SET status = 'confirmed'")
    seq = rig.rows("SELECT max(seq) FROM fact_events")[0][0]
    do(rig, "undo", 8, seq=seq)
    assert ["CORRECTED, NOT CONFIRMED: Truce: rejected" in body for *_, body in corrections(rig)] == [
        True, True,
    ]  # fmt: skip


def test_a_fact_set_by_hand_replaces_only_where_that_is_asked(rig: Rig) -> None:
    tell(rig, REJECTED, 1)
    new = {
        "id": "signed", "watch": "ceasefire", "text": "A truce is signed", "tracker": "truce",
        "state": "agreed",
    }  # fmt: skip
    beside = do(rig, "set", 5, **new)
    assert beside["beside"] == [fact_id(rig, REJECTED)]
    do(rig, "undo", 6, id="signed")
    done = do(rig, "set", 7, **new, replace=True)
    assert facts(rig) == {REJECTED: Status.SUPERSEDED, "A truce is signed": Status.CONFIRMED}
    do(rig, "undo", 8, seq=done["seq"])
    assert facts(rig) == {REJECTED: Status.REPORTED}
    assert corrections(rig) == []
