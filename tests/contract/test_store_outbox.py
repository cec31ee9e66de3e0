"""What holds for every implementation of the store: outbox, ledger, commands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.ledger import FactEvent, Op, Status
from monitor.errors import CommandError
from monitor.store import SqliteStore
from tests.builders import T0, after, fact
from tests.contract.outbox import claim, draft, enqueue, statuses

# --- the outbox ----------------------------------------------------------------------------------


def test_a_key_is_in_the_outbox_once(store: SqliteStore) -> None:
    assert enqueue(store, draft("k"), draft("k2")) == 2
    assert enqueue(store, draft("k"), draft("k3")) == 1
    (alert,) = store.reader().alerts()
    assert alert.deliveries == {"pending": 3}
    assert alert.developments == ("d1",)
    assert store.reader().alerts(alert="nope") == ()
    assert [a.id for a in store.reader().alerts(alert="al")] == ["alert"]


def test_a_claim_gives_the_stored_bytes_and_counts(store: SqliteStore) -> None:
    enqueue(store, draft("k"))
    with store.unit() as unit:
        (got,) = unit.claim_deliveries(T0, 5, {"desk": 60.0})
        assert unit.claim_deliveries(T0, 5, {"desk": 60.0}) == ()
        assert unit.claim_deliveries(T0, 5, {}) == ()
    assert (got.body, got.attempts, got.first_attempt_at) == (b"\x00\xffk", 1, T0)
    assert store.reader().delivery_body(got.id) == got.body
    assert store.reader().delivery_body(99) is None
    with store.unit() as unit:  # the claim runs out
        assert unit.claim_deliveries(after(0.9), 5, {"desk": 60.0}) == ()
        (again,) = unit.claim_deliveries(after(1.1), 5, {"desk": 60.0})
    assert (again.attempts, again.first_attempt_at) == (2, T0)


def test_order_is_kept_within_a_channel_and_thread(store: SqliteStore) -> None:
    enqueue(
        store, draft("a1", thread="a"), draft("a2", thread="a"), draft("b1", thread="b"),
        draft("h1", thread="a", channel="hook"),
    )  # fmt: skip
    assert claim(store, desk=60.0, hook=60.0) == ["a1", "b1", "h1"]
    with store.unit() as unit:
        unit.settle_delivery(1, "pending", T0, next_attempt_at=after(5), error_code="x", error="y")
    assert claim(store, after(0.5)) == []  # a2 waits for a1
    with store.unit() as unit:
        assert unit.set_delivery(1, "dropped", "by hand", T0) == "pending"
    assert claim(store, after(0.5)) == ["a2"]


@pytest.mark.parametrize("end", ["sent", "dead"])
def test_a_first_message_that_ended_frees_the_next(store: SqliteStore, end: str) -> None:
    enqueue(store, draft("a1"), draft("a2"))
    assert claim(store) == ["a1"]
    with store.unit() as unit:
        unit.settle_delivery(1, end, T0, error_code="x", error="y")
    assert claim(store) == ["a2"]


def test_at_start_every_claim_is_void(store: SqliteStore) -> None:
    enqueue(store, draft("k"))
    claim(store)
    with store.unit() as unit:
        assert unit.release_claims(after(1)) == 1
        assert unit.release_claims(after(1)) == 0
    assert claim(store, after(1)) == ["k"]


@pytest.mark.parametrize("change", ["pending", "dropped"])
def test_a_delivery_on_its_way_is_not_changed_by_hand_and_goes_out_once(
    store: SqliteStore, change: str
) -> None:
    enqueue(store, draft("k"))
    assert claim(store, desk=60.0) == ["k"]
    with store.unit() as unit, pytest.raises(CommandError, match=r"being sent .* within 30 s"):
        unit.set_delivery(1, change, "by hand", after(0.5))
    with store.unit() as unit:
        unit.settle_delivery(1, "sent", after(0.6))
    assert statuses(store) == {"k": "sent"}
    assert claim(store, after(5)) == []


@pytest.mark.parametrize(
    ("change", "receipt", "left"),
    [
        ("pending", "sent", "sent"), ("dropped", "sent", "sent"),
        ("dropped", "pending", "dropped"), ("dropped", "dead", "dropped"),
    ],
)  # fmt: skip
def test_after_its_claim_a_hand_has_the_say_unless_it_was_sent(
    store: SqliteStore, change: str, receipt: str, left: str
) -> None:
    """A receipt can come late: the store refused it, or the clock was set ahead."""
    enqueue(store, draft("k"))
    claim(store, desk=60.0)
    with store.unit() as unit:
        assert unit.set_delivery(1, change, "by hand", after(1)) == "sending"
        unit.settle_delivery(1, receipt, after(1), next_attempt_at=None)
    assert statuses(store) == {"k": left}
    assert claim(store, after(5)) == []


def test_a_delivery_is_changed_by_hand_only_while_that_can_help(store: SqliteStore) -> None:
    enqueue(store, draft("k"), draft("f", status="folded"))
    claim(store)
    with store.unit() as unit:
        unit.settle_delivery(1, "dead", T0, error_code="550", error="no such user")
        assert unit.set_delivery(1, "pending", "retried by hand", after(1)) == "dead"
    assert claim(store, after(1)) == ["k"]
    with store.unit() as unit:
        unit.settle_delivery(1, "sent", after(1))
    for number, said in ((1, "is sent"), (2, "is folded"), (9, "no delivery 9")):
        with store.unit() as unit, pytest.raises(CommandError, match=said):
            unit.set_delivery(number, "pending", "again", after(2))


def test_what_was_folded_goes_into_one_digest(store: SqliteStore) -> None:
    enqueue(store, draft("f1", status="folded"), draft("f2", status="folded", channel="hook"))
    with store.unit() as unit:
        assert unit.folded(T0) == ()
        rows = unit.folded(after(1))
        assert [(r.channel, r.section) for r in rows] == [
            ("desk", b"\x00\xfff1"),
            ("hook", b"\x00\xfff2"),
        ]
        unit.mark_digested([rows[0].id], "digest", after(1))
        assert [r.channel for r in unit.folded(after(1))] == ["hook"]
    assert statuses(store) == {"f1": "digested", "f2": "folded"}


# --- ledger, commands, words -----------------------------------------------------------------------


def test_facts_are_what_the_events_leave_within_the_unit_and_after(store: SqliteStore) -> None:
    first, second = fact("Refused"), fact("Accepted", status=Status.CONFIRMED)
    with store.unit() as unit:
        assert unit.facts("ceasefire") == ()
        assert unit.append([FactEvent("refused", Op.SEED, "file:a", T0, first)], T0) == (1,)
        assert unit.facts("ceasefire") == (replace(first, known_since=T0),)
    with store.unit() as unit:
        unit.append([FactEvent("refused", Op.SET, "user:ann", after(1), second)], after(1))
        (held,) = unit.facts("ceasefire")
    assert (held.text, held.known_since) == ("Accepted", T0)
    reader = store.reader()
    assert [row.fact.text for row in reader.facts("ceasefire", as_of=T0)] == ["Refused"]
    ((row),) = reader.facts()
    assert (row.fact.text, row.seq, row.actor) == ("Accepted", 2, "user:ann")
    with store.unit() as unit:
        unit.append(
            [FactEvent("refused", Op.UNDO, "user:ann", after(2), undoes=n) for n in (1, 2)],
            after(2),
        )
        assert unit.facts("ceasefire") == ()
        assert [e.op for e in unit.fact_events("refused")] == ["seed", "set", "undo", "undo"]


def test_facts_of_a_unit_that_failed_are_not_remembered(store: SqliteStore) -> None:
    def fails() -> None:
        with store.unit() as unit:
            unit.append([FactEvent("refused", Op.SEED, "file:a", T0, fact())], T0)
            assert len(unit.facts("ceasefire")) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.unit() as unit:
        assert unit.facts("ceasefire") == ()


def test_commands_are_taken_in_order_and_answered(store: SqliteStore) -> None:
    store.database.execute(
        "INSERT INTO commands (verb, args, asked_at) VALUES ('a', '{\"n\": 1}', 't'), ('b', '{}', 't')"
    )
    reader = store.reader()
    assert reader.commands_asked() == 2
    with store.unit() as unit:
        assert unit.take_commands() == ((1, "a", {"n": 1}), (2, "b", {}))
        unit.finish_command(1, "done", {"ok": True}, T0)
    assert reader.command_result(1) == ("done", {"ok": True})
    assert reader.command_result(2) is None
    assert reader.commands_asked() == 1
