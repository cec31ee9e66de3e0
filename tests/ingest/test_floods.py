"""Floods: what a feed may not tell at once, who hears of it, and how it speaks again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from monitor.core.floods import FloodLimits, Kind, mass_change
from monitor.core.model import (
    Decision,
    Development,
    Judgement,
    ParsedItem,
    Reason,
    Severity,
    Verdict,
)
from monitor.core.rules import Tracker
from monitor.errors import CommandError, StoreFull
from monitor.ingest import InForce
from monitor.ingest.floods import Valve
from monitor.ports import Ingested, Parsed
from tests.builders import TRUCE_TRACKER, after, book, entry, feed, hit, in_force, poll, watch
from tests.fakes import FakeNotifier, Fault, plant
from tests.ingest.rig import Rig

DAY = 24 * 60


def rules(*trackers: Tracker, **limits: float) -> InForce:
    """A watch that tells `desk`; the machine's own news goes to `ops`."""
    one = watch(notify=("desk",), trackers=trackers)
    made = replace(book(one, feeds=[feed("bbc"), feed("dw")]), ops=("ops",))
    channels = FakeNotifier("desk"), FakeNotifier("ops"), FakeNotifier("console")
    return replace(in_force(made, *channels), flood=FloodLimits(**limits))  # type: ignore[arg-type]


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(rules())
    made.ingest(poll(entry("Weather stays fine", guid="w"), first_contact=True))
    yield made
    made.close()


def told_now(severity: Severity) -> Decision:
    judged = Judgement(Verdict.NEW, Reason.NEW_STATE, severity=severity)
    made = Development("k", "ceasefire", "t", 1, Verdict.NEW, Reason.NEW_STATE, severity, "Truce")
    return Decision("ceasefire", hit(), judged, Reason.PUSH, made, ("desk",))


def word(number: int) -> str:
    return "".join(chr(97 + number // 26**power % 26) for power in range(4))


def stories(count: int, begin: int = 0, days: float = 0.0) -> list[ParsedItem]:
    """Stories that have nothing in common but the truce."""
    return [
        entry(
            f"{word(n * 7)} {word(n * 11 + 3)} truce {word(n * 13 + 5)} {word(n * 17 + 1)}",
            guid=f"g{n}", link=f"https://e.org/{n}", published=after(days=days),
        )
        for n in range(begin, begin + count)
    ]  # fmt: skip


def look(rig: Rig, minutes: float, entries: Sequence[ParsedItem]) -> Ingested:
    return rig.ingest(poll(*entries, at=after(minutes)))


def sent(rig: Rig, channel: str = "desk") -> int:
    sql = "SELECT count(*) FROM deliveries WHERE channel = ? AND status = 'pending'"
    return int(rig.rows(sql, channel)[0][0])


def paused(rig: Rig) -> str:
    return str(rig.rows("SELECT paused FROM feeds WHERE name = 'bbc'")[0][0])


# --- at the first contact -------------------------------------------------------------------------


def test_five_hundred_old_items_at_subscription_are_no_alert_and_no_flood() -> None:
    rig = Rig(rules())
    done = rig.ingest(poll(*stories(500, days=-0.2), first_contact=True))
    assert (done.new_items, done.developments, done.deliveries, done.paused) == (500, 0, 0, "")
    assert done.quiet_developments > 400  # what the summary of the first round tells
    assert (sent(rig), sent(rig, "ops")) == (0, 0)
    assert look(rig, 5, stories(1, begin=600)).developments == 1
    rig.close()


# --- too many -------------------------------------------------------------------------------------


def test_three_hundred_matches_a_look_are_one_digest_and_one_notice(rig: Rig) -> None:
    for n in range(4):
        done = look(rig, n, stories(300, begin=300 * n))
        assert done.new_items == 300
        assert done.paused == "one look brought more than 50 new items for a watch"
    assert rig.rows("SELECT count(*) FROM items") == [(1201,)]
    assert (sent(rig), sent(rig, "ops")) == (0, 1)
    ((_, _, body),) = rig.outbox("ops")
    assert b"bbc" in body
    folded = rig.rows("SELECT count(*) FROM deliveries WHERE status = 'folded'")[0][0]
    assert folded > 1000
    rig.tick(after(10))
    rig.tick(after(DAY))
    assert sent(rig) == 1
    assert len(rig.outbox("digest")) == 1


def test_fifty_matches_a_look_are_a_busy_morning(rig: Rig) -> None:
    done = look(rig, 0, stories(50))
    assert done.paused == ""
    assert sent(rig) == done.developments > 40


def test_of_a_flood_that_concerns_no_watch_nothing_is_held(rig: Rig) -> None:
    dull = [replace(one, title=one.title.replace("truce", "game")) for one in stories(300)]
    assert look(rig, 0, [*dull, *stories(1, begin=900)]).paused == ""
    assert sent(rig) == 1


def test_a_critical_development_of_a_paused_feed_goes_out_at_once() -> None:
    rig = Rig(rules(TRUCE_TRACKER))
    look(rig, 0, stories(60))
    assert (sent(rig), bool(paused(rig))) == (0, True)
    look(rig, 1, [entry("Kremlin rejects the truce", guid="no", published=after(1))])  # high
    assert sent(rig) == 0
    look(rig, 2, [entry("Kremlin accepts the truce", guid="yes", published=after(2))])  # critical
    assert sent(rig) == 1
    rig.close()


@pytest.mark.parametrize(("severity", "at_once"), [(Severity.CRITICAL, 3), (Severity.HIGH, 0)])
def test_of_one_look_no_more_than_three_critical_ones_go_out(
    severity: Severity, at_once: int
) -> None:
    valve = Valve("a flood")
    decision = told_now(severity)
    outcomes = [each.outcome for each in valve.let([decision] * 5)]
    assert outcomes == [Reason.PUSH] * at_once + [Reason.FOLDED] * (5 - at_once)
    assert Valve().let([decision] * 5) == (decision,) * 5


def test_other_feeds_alert_while_one_is_paused(rig: Rig) -> None:
    look(rig, 0, stories(60))
    rig.ingest(poll(*stories(1, begin=900), feed=feed("dw"), at=after(1)))
    assert sent(rig) == 1


# --- all of it under new names --------------------------------------------------------------------


def test_old_entries_under_new_guids_links_and_dates_pause_the_feed(rig: Rig) -> None:
    before = stories(20)
    look(rig, 0, before)
    told = sent(rig)
    anew = [
        replace(one, guid=f"new {one.guid}", link=f"{one.link}/new", published=after(days=3))
        for one in before
    ]
    done = look(rig, 3 * DAY, anew)
    assert done.paused == "20 of 20 entries came as new with words that are known"
    assert (sent(rig), sent(rig, "ops")) == (told, 1)
    assert look(rig, 3 * DAY + 5, anew).new_items == 0


def test_a_template_that_changes_all_titles_pauses_the_feed(rig: Rig) -> None:
    before = stories(20)
    look(rig, 0, before)
    told = sent(rig)
    done = look(rig, 5, [replace(one, title=f"Gazette: {one.title}") for one in before])
    assert done.paused == "20 of 20 entries were given other titles at once"
    assert sent(rig) == told


def test_what_was_not_looked_at_as_it_is_unchanged_counts_for_the_document() -> None:
    kinds = [Kind.AGAIN] * 6
    assert mass_change(kinds, 11, FloodLimits())
    assert not mass_change(kinds, 12, FloodLimits())
    assert not mass_change([Kind.AGAIN] * 9, 9, FloodLimits())
    assert mass_change(kinds, 12, FloodLimits(share=0.4))


# --- speaking again -------------------------------------------------------------------------------


def test_a_paused_feed_alerts_again_when_it_is_told_to(rig: Rig) -> None:
    look(rig, 0, stories(60))
    look(rig, 1, stories(1, begin=100))
    assert sent(rig) == 0
    said = rig.desk.do_now("feeds.resume", {"feed": "BB", "by": "ann"}, after(2))
    assert said == {"feed": "bbc", "was": "one look brought more than 50 new items for a watch"}
    look(rig, 3, stories(1, begin=200))
    assert sent(rig) == 1
    for name, why in (("bbc", "not paused"), ("zdf", "there is no feed 'zdf'")):
        with pytest.raises(CommandError, match=why):
            rig.desk.do_now("feeds.resume", {"feed": name, "by": "ann"}, after(4))


def test_a_paused_feed_alerts_again_by_itself_after_a_calm_hour(rig: Rig) -> None:
    look(rig, 0, stories(60))
    look(rig, 30, stories(60, begin=100))  # the hour begins anew, nobody hears of it twice
    look(rig, 80, stories(1, begin=200))
    assert (sent(rig), sent(rig, "ops")) == (0, 1)
    look(rig, 91, stories(1, begin=300))
    assert (sent(rig), sent(rig, "ops")) == (1, 2)
    assert paused(rig) == ""


# --- in whole units -------------------------------------------------------------------------------


def test_a_flood_that_a_full_disk_cuts_short_is_a_flood_all_the_same() -> None:
    flood = poll(*stories(120), at=after(1))
    sound = Rig(rules())
    sound.ingest(flood)
    counted = Fault(-1)
    probe = Rig(rules())
    plant(probe.store, counted)
    probe.ingest(flood)
    begins = [n for n, sql in enumerate(counted.statements) if sql == "BEGIN IMMEDIATE"]
    assert len(begins) == 3
    for at in (begins[0] + 3, begins[1] - 1, begins[1] + 9, begins[2] + 9):
        rig = Rig(rules())
        heal = plant(rig.store, Fault(at))
        with pytest.raises(StoreFull):
            rig.ingest(flood)
        heal()
        rig.ingest(flood)
        assert rig.truth() == sound.truth()
        assert paused(rig) == paused(sound) != ""
        rig.close()
    probe.close()
    sound.close()


def test_each_statement_of_a_pause_and_of_its_end_may_fail_once() -> None:
    def begun() -> Rig:
        rig = Rig(rules(items=2))
        rig.ingest(poll(*stories(3), at=after(0)))
        return rig

    last = poll(*stories(1, begin=50), at=after(90))
    sound = begun()
    sound.ingest(last)
    assert sent(sound) == 1
    for number in itertools.count():
        rig = begun()
        heal = plant(rig.store, Fault(number))
        try:
            rig.ingest(last)
        except StoreFull:
            heal()
            rig.ingest(last)
            assert rig.truth() == sound.truth()
        else:
            heal()
            rig.close()
            break
        rig.close()
    assert number > 20
    sound.close()


def test_a_document_over_the_cap_says_how_much_was_left_out(rig: Rig) -> None:
    long = poll(*stories(2), at=after(1))
    assert long.parsed is not None
    cut = replace(long, parsed=Parsed("News", long.parsed.items, cut=4_000))
    assert rig.ingest(cut).cut == 4_000
