"""I5: each item that a watch took has a decision in the store, "no alert" too, with its evidence."""

from __future__ import annotations

import json

from monitor.core.model import Document, Reason, Severity, Verdict
from tests.builders import AS_OF, book, hits_of, in_force, seed, watch
from tests.fakes import FakeNotifier
from tests.ingest.rig import Rig
from tests.invariants.days import days


def test_i5_reason_spans_rules_and_what_is_repeated_are_all_there() -> None:
    rules = in_force(
        book(
            watch("ceasefire"), watch("captives", "$captives"),
            watch("diplomacy", "vatican", delivery="digest"),
            seeds=[seed(text="Old truce of spring in Luhansk", as_of=AS_OF)], version="rules-7",
        ),
        FakeNotifier("console"),
    )  # fmt: skip
    rig = Rig(rules)
    hits = 0
    for poll in days():
        rig.ingest(poll)
    for title, summary, language, item, version in rig.rows(
        "SELECT v.title, v.summary, i.language, i.id, v.version FROM item_versions v JOIN items i ON i.id = v.item_id"
    ):
        hits_there = hits_of(rules.index, Document(title, summary, language=language))
        stored = rig.rows(
            "SELECT watch, spans, verdict, reason, outcome, severity, rules, detail, known FROM decisions"
            " WHERE item_id = ? AND version = ? ORDER BY id", item, version
        )  # fmt: skip
        assert [hit.watch for hit in hits_there] == [row[0] for row in stored]
        for hit, (_, spans, verdict, reason, outcome, severity, said_by, detail, known) in zip(
            hits_there, stored, strict=True
        ):
            hits += 1
            assert json.loads(spans) == [[s.field, s.start, s.end, s.term] for s in hit.spans]
            assert json.loads(spans)
            assert Reason(reason).text
            assert Reason(outcome).text
            assert Severity(severity)
            assert said_by == "rules-7"
            if Verdict(verdict) is Verdict.REPEAT:
                assert detail
                assert json.loads(known)
    assert hits > 8
    weather = "FROM items i LEFT JOIN decisions d ON d.item_id = i.id WHERE i.title LIKE 'Weather%'"
    assert rig.rows(f"SELECT count(i.id), count(d.id) {weather}") == [(1, 0)]  # nobody's hit
    rig.close()
