"""How a watch tells what it finds: at once, once it is confirmed, or all of it in its digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.ledger import Status
from monitor.core.model import Note, Severity
from monitor.core.rules import Concept, Tracker, TrackerState
from monitor.ingest import InForce
from monitor.notify.message import render
from tests.builders import CONCEPTS, after, book, entry, feed, in_force, poll, watch
from tests.fakes import FakeNotifier
from tests.ingest.rig import Rig

TRUCE = Tracker(
    "truce", "state", "Is there a truce?", "$truce", confirm="both_parties",
    parties=("ukraine", "russia"),
    states=(
        TrackerState("agreed", ("agree",), Severity.CRITICAL, joint=True),
        TrackerState("rejected", ("reject",), Severity.HIGH),
    ),
)  # fmt: skip
AGREED = "Both delegations agreed to a truce on all fronts"
THEIRS = "Kremlin spokesman: truce agreed, the guns fall silent at midnight"
KREMLIN = Concept("kremlin", words={"en": ("Kremlin",)}, side="russia")
DENY = Concept("act-deny", words={"en": ("denies",)})
MAP = Concept("act-map", words={"en": ("map",)})
DENIED = "Kremlin denies that a truce was agreed"
#: Feeds, and the side that each speaks for.
SIDES = {"bbc": "", "dw": "", "kyiv": "ukraine", "kremlin": "russia"}


class Desk(FakeNotifier):
    """A channel whose messages are the plain text that people read."""

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        del recipient, key
        return render(note).text.encode()


def rules(tracker: Tracker = TRUCE, **more: object) -> InForce:
    made = watch("ceasefire", "$truce", trackers=(tracker,), notify=("desk",), **more)
    feeds = [feed(name, speaks_for=side) for name, side in SIDES.items()]
    made_of = {**CONCEPTS, KREMLIN.id: KREMLIN, DENY.id: DENY, MAP.id: MAP}
    return in_force(
        book(made, concepts=made_of, feeds=feeds), Desk("desk"), FakeNotifier("console")
    )


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(rules(alerts="careful"))
    yield made
    made.close()


def tell(rig: Rig, title: str, minutes: float, name: str = "bbc", *, first: bool = False) -> None:
    """Bring a report, published as it is seen."""
    at, by = after(minutes), feed(name, speaks_for=SIDES[name])
    rig.ingest(poll(entry(title, guid=title, published=at), at=at, feed=by, first_contact=first))


def last(rig: Rig) -> tuple[str, str, str]:
    """Verdict, reason and outcome of the newest decision."""
    return rig.rows("SELECT verdict, reason, outcome FROM decisions ORDER BY id DESC LIMIT 1")[0]  # type: ignore[return-value]


def status(rig: Rig) -> list[Status]:
    return [row.fact.status for row in rig.store.reader().facts()]


def bodies(rig: Rig, kind: str = "alert") -> list[str]:
    return [body.decode() for _, _, body in rig.outbox(kind)]


# --- careful -----------------------------------------------------------------------------------


def test_a_careful_watch_holds_what_one_side_says_until_the_other_says_so_too(rig: Rig) -> None:
    tell(rig, AGREED, 0, "kyiv")
    assert last(rig) == ("possible", "unconfirmed", "unconfirmed")
    assert (bodies(rig), status(rig)) == ([], [Status.REPORTED])
    tell(rig, "Delegations agreed to a truce, says Reuters", 10, "bbc")
    assert bodies(rig) == []
    tell(rig, THEIRS, 20, "kremlin")
    (said,) = bodies(rig)
    assert status(rig) == [Status.CONFIRMED]
    assert rig.rows("SELECT messages, channels, status FROM developments") == [
        (1, '["desk"]', "confirmed")
    ]
    assert "Who says so:" in said
    for line in ("Ukraine: agreed (kyiv, ", "Nobody is quoted: agreed (bbc, ", "Russia: agreed ("):
        assert line in said  # all sources
    assert "confirmed now" in said
    tell(rig, "Truce agreed on all fronts, the delegations say", 30, "kremlin")
    assert len(bodies(rig)) == 1  # once


def test_a_careful_watch_tells_at_once_what_is_confirmed_at_once() -> None:
    own_word = replace(TRUCE, confirm="own_word", parties=(), scope=("party",))
    own = Rig(rules(own_word, alerts="careful"))
    tell(own, "Kremlin rejects the truce", 0, "kremlin")
    assert (len(bodies(own)), status(own)) == (1, [Status.CONFIRMED])
    own.close()


def test_what_a_careful_watch_does_not_understand_is_only_possible(rig: Rig) -> None:
    tell(rig, "Truce turns to dust along the front", 0)
    assert last(rig) == ("possible", "wording-not-understood", "listed-in-digest")
    assert rig.rows("SELECT key FROM developments") == []


def test_what_was_learned_quietly_is_not_told_when_it_is_confirmed(rig: Rig) -> None:
    tell(rig, AGREED, 0, "kyiv", first=True)
    tell(rig, THEIRS, 20, "kremlin")
    assert (bodies(rig), status(rig)) == ([], [Status.CONFIRMED])


def test_a_careful_watch_with_a_digest_folds_what_is_confirmed() -> None:
    rig = Rig(rules(alerts="careful", delivery="digest"))
    rig.tick(after(-60))
    tell(rig, AGREED, 0, "kyiv")
    tell(rig, THEIRS, 20, "kremlin")
    assert (bodies(rig), len(rig.outbox("folded"))) == ([], 1)
    rig.tick(after(days=1))
    (digest,) = bodies(rig, "digest")
    assert "kyiv" in digest
    rig.close()


def test_a_fast_watch_tells_the_first_report_and_its_confirmation() -> None:
    rig = Rig(rules())
    tell(rig, AGREED, 0, "kyiv")
    tell(rig, THEIRS, 20, "kremlin")
    first, second = bodies(rig)
    assert "CONFIRMED" in second
    assert "CONFIRMED" not in first
    rig.close()


# --- complete ----------------------------------------------------------------------------------


def test_a_complete_watch_lists_everything_but_copies_in_its_digest() -> None:
    rig = Rig(rules(alerts="complete"))
    rig.tick(after(-60))
    tell(rig, AGREED, 0)
    tell(rig, "Truce agreed on every front, delegations say", 10, "dw")
    assert last(rig)[2] == "listed-in-digest"
    tell(rig, AGREED, 20, "kyiv")  # a copy
    assert last(rig)[1:] == ("copy-of-item", "copy-of-item")
    assert len(bodies(rig)) == 1
    assert rig.rows("SELECT count(*) FROM developments") == [(1,)]
    rig.tick(after(days=1))
    (digest,) = bodies(rig, "digest")
    assert "Truce agreed on every front" in digest
    assert "0 developments, 1 further report" in digest
    rig.close()


def test_what_a_feed_held_when_it_was_first_read_is_not_listed() -> None:
    rig = Rig(rules(alerts="complete"))
    tell(rig, AGREED, 0)
    tell(rig, "Truce agreed on every front, delegations say", 10, "dw", first=True)
    assert rig.outbox("folded") == []
    rig.tick(after(days=2) + timedelta(hours=1))
    rig.close()


# --- disputed ----------------------------------------------------------------------------------


def test_a_denial_by_another_side_is_told_once_and_the_fact_is_disputed() -> None:
    rig = Rig(rules())
    tell(rig, AGREED, 0, "kyiv")
    tell(rig, DENIED, 60, "dw")
    assert last(rig) == ("contradicts", "disputed", "push")
    said = bodies(rig)[-1]
    assert status(rig) == [Status.DISPUTED]  # and no fact of its own
    assert "Who says what:" in said
    assert "Ukraine: agreed (kyiv, " in said
    assert "Russia: denies it (dw, " in said
    assert rig.rows("SELECT fact <> '', status FROM developments ORDER BY rowid") == [
        (1, "denied"), (0, "reported"),
    ]  # fmt: skip
    tell(rig, "Moscow spokesman says: Kremlin denies the truce was ever agreed", 90, "bbc")
    tell(rig, "Truce agreed on all fronts, Kyiv repeats to reporters", 120, "kyiv")
    assert len(bodies(rig)) == 2  # silence until a column changes
    reader = rig.store.reader()
    for life in reader.lives(key for (key,) in rig.rows("SELECT key FROM developments")):
        assert reader.backing(life).denying == ("russia",)
        assert "ukraine" in reader.backing(life).claimants
    rig.close()


def test_who_denied_and_says_so_himself_confirms() -> None:
    rig = Rig(rules())
    tell(rig, AGREED, 0, "kyiv")
    tell(rig, DENIED, 60, "dw")
    tell(rig, THEIRS, 300, "kremlin")
    assert status(rig) == [Status.CONFIRMED]
    assert "CONFIRMED" in bodies(rig)[-1]
    rig.close()


def test_undoing_a_denial_leaves_the_fact_as_it_was_and_says_so() -> None:
    rig = Rig(rules())
    tell(rig, AGREED, 0, "kyiv")
    tell(rig, DENIED, 60, "dw")
    (row,) = rig.store.reader().facts()
    rig.desk.do_now("baseline.undo", {"by": "ann", "id": row.fact.id}, after(100))
    assert status(rig) == [Status.REPORTED]
    (said,) = bodies(rig, "correction")
    assert "NOT DISPUTED" in said
    rig.close()


def test_a_careful_watch_hears_of_no_dispute_about_what_it_was_not_told(rig: Rig) -> None:
    tell(rig, AGREED, 0, "kyiv")
    tell(rig, DENIED, 60, "dw")
    assert last(rig)[1:] == ("unconfirmed", "unconfirmed")
    assert (bodies(rig), status(rig)) == ([], [Status.DISPUTED])


# --- sensitive ---------------------------------------------------------------------------------

SENSITIVE = replace(TRUCE, states=(replace(TRUCE.states[0], sensitive=True), TRUCE.states[1]))


def test_a_sensitive_state_says_who_says_so() -> None:
    rig = Rig(rules(SENSITIVE))
    tell(rig, AGREED, 0, "kyiv")
    tell(rig, THEIRS, 30, "kremlin")
    one, both = bodies(rig)
    assert "One side says that it is agreed: Ukraine." in one
    assert "Both sides say that it is agreed: Russia and Ukraine." in both
    rig.close()


def test_a_sensitive_state_that_nobody_is_quoted_for_says_so() -> None:
    rig = Rig(rules(SENSITIVE))
    tell(rig, AGREED, 0, "bbc")
    (said,) = bodies(rig)
    assert "Neither side says itself that it is agreed so far, and nobody is quoted." in said
    rig.close()


# --- promoted ----------------------------------------------------------------------------------

VAGUE = ["Could the truce turn to dust along the Kupiansk front?",
         "Will the truce along the Kupiansk front turn to dust?",
         "Turned to dust? The truce along the Kupiansk front in doubt"]  # fmt: skip


@pytest.mark.parametrize(("budget", "outcome"), [(2, "push"), (0, "folded-into-digest")])
def test_two_houses_that_tell_what_is_not_understood_are_worth_a_look(
    budget: int, outcome: str
) -> None:
    rig = Rig(rules(promote_a_day=budget))
    tell(rig, VAGUE[0], 0, "bbc")
    assert last(rig)[:2] == ("possible", "wording-not-understood")
    tell(rig, VAGUE[1], 25, "dw")
    assert last(rig) == ("possible", "promoted", outcome)
    if budget:
        (said,) = bodies(rig)
        assert "Wording not understood: 2 reports on Watch ceasefire in 25 min - please" in said
    else:
        assert (bodies(rig), len(rig.outbox("folded"))) == ([], 2)  # and the one that was listed
    tell(rig, VAGUE[2], 40, "kyiv")
    assert last(rig)[2] == "same-story"  # once
    told = {"told": int(bool(budget)), "folded": int(not budget), "borne_out": 0}
    assert rig.store.reader().summary()["promoted"] == told
    rig.close()


def test_one_house_alone_is_not_promoted() -> None:
    rig = Rig(rules())
    tell(rig, VAGUE[0], 0, "bbc")
    tell(rig, VAGUE[1], 25, "bbc")
    assert bodies(rig) == []
    rig.close()


def test_what_came_of_a_promotion_is_counted() -> None:
    rig = Rig(rules())
    tell(rig, VAGUE[0], 0, "bbc")
    tell(rig, VAGUE[1], 25, "dw")
    tell(rig, "The truce along the Kupiansk front agreed, dust settles", 300, "kyiv")
    assert status(rig) == [Status.REPORTED]
    assert rig.store.reader().summary()["promoted"] == {"told": 1, "folded": 0, "borne_out": 1}
    rig.close()


# --- acts of one's own -------------------------------------------------------------------------


def test_a_tracker_can_ask_for_an_act_of_ones_own() -> None:
    state = TrackerState("mapped", ("map",))
    own = replace(TRUCE, confirm="", parties=(), states=(*TRUCE.states, state))
    rig = Rig(rules(own))
    tell(rig, "Generals map the truce line by line", 0)
    assert rig.rows("SELECT value FROM developments") == [("mapped",)]
    rig.close()


# --- told before -------------------------------------------------------------------------------


def test_a_message_names_what_was_told_before_in_its_watch() -> None:
    rig = Rig(rules())
    tell(rig, "Kremlin rejects the truce", 0)
    tell(rig, AGREED, 60 * 30, "dw")
    first, second = bodies(rig)
    assert "Told before:" not in first
    assert "Told before:\n- 3 June 2025, " in second
    assert ": Truce: rejected" in second.partition("Told before:")[2]
    assert "What changed: rejected -> agreed." in second
    rig.close()
