"""I2: who is told has a row for each route, and a row stands for a decision to tell."""

from __future__ import annotations

from collections import Counter

from monitor.core.model import Reason
from monitor.store.connection import stamp
from tests.builders import in_force
from tests.fakes import FakeNotifier
from tests.ingest.rig import RULES, Rig
from tests.invariants.days import days

STATUS = {Reason.PUSH: "pending", Reason.FOLDED: "folded"}


def test_i2_every_route_taken_leaves_a_row_and_nothing_else_does() -> None:
    desk = FakeNotifier("desk", recipients=("ann@example.org", "bob@example.org"))
    rig = Rig(in_force(RULES, desk, FakeNotifier("console")))
    seen: Counter[str] = Counter()
    for poll in days():
        before = len(rig.rows("SELECT 1 FROM deliveries"))
        rig.ingest(poll)
        decisions = rig.rows(
            "SELECT outcome, development, decided_at FROM decisions WHERE decided_at = ?",
            stamp(poll.started_at),
        )
        told = [Reason(outcome) for outcome, _, _ in decisions if Reason(outcome) in STATUS]
        new = rig.rows(
            "SELECT d.status, d.reason, a.developments FROM deliveries d JOIN alerts a ON a.id = d.alert"
            " ORDER BY d.id LIMIT -1 OFFSET ?", before
        )  # fmt: skip
        assert len(new) == len(told) * len(desk.recipients)
        assert {status for status, _, _ in new} == {STATUS[reason] for reason in told}
        for outcome, development, _ in decisions:
            assert any(development in row[2] for row in new) is (Reason(outcome) in STATUS)
            seen[outcome] += 1
    assert {*STATUS, Reason.FIRST_CONTACT, Reason.COPY_OF_ITEM, Reason.OLD_NEWS} <= set(seen)
    rig.close()


def test_i2_a_digest_and_the_rows_that_it_tells_commit_together() -> None:
    rig = Rig()
    polls = days()
    rig.tick(polls[0].started_at)
    for poll in polls:
        rig.ingest(poll)
    assert rig.rows("SELECT count(*) FROM deliveries WHERE status = 'folded'") == [(1,)]
    rig.tick(polls[-1].started_at.replace(day=4))
    assert rig.rows("SELECT count(*) FROM deliveries WHERE status = 'folded'") == [(0,)]
    ((digest,),) = rig.rows("SELECT digest FROM deliveries WHERE status = 'digested'")
    assert rig.rows("SELECT kind FROM alerts WHERE id = ?", digest) == [("digest",)]
    assert rig.rows("SELECT status FROM deliveries WHERE alert = ?", digest) == [("pending",)]
    rig.close()
