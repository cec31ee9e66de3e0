"""Judgements and decisions as tables: each named reason is reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.claims import Account, Claim
from monitor.core.decide import (
    LAST_RESORT,
    decide,
    development_of,
    follow_up,
    group_by_channel,
    route,
    telling_sentence,
    why_lines,
)
from monitor.core.deeds import Modality
from monitor.core.fact_words import related
from monitor.core.judge import HISTORY_AFTER, Case, Ruling, judge
from monitor.core.ledger import Fact, Status
from monitor.core.model import (
    Decision,
    Development,
    Judgement,
    Reason,
    Severity,
    Span,
    ToldDevelopment,
    Verdict,
)
from monitor.core.rules import Route, Tracker, TrackerState
from tests.builders import (
    AS_OF,
    T0,
    TRUCE_TRACKER,
    after,
    book,
    fact,
    hit,
    item,
    placement,
    watch,
)

REFUSED = "Russia refused an unconditional truce of thirty days in the second round"
NEWS = item()
FOUNDS = placement(founds=True)
ROUNDS = Tracker(
    "rounds", "series", "Which rounds?", "$talks",
    states=(TrackerState("scheduled", ("schedule",)), TrackerState("held", ("hold",))),
)  # fmt: skip
#: A watch that alerts on whatever is new, one with a state, one with a series.
PLAIN, STATE, SERIES = watch(), watch(trackers=(TRUCE_TRACKER,)), watch(trackers=(ROUNDS,))


def claim(state: str = "agreed", tracker: str = "truce", **more: object) -> Claim:
    act = {"agreed": "agree", "rejected": "reject", "scheduled": "schedule", "held": "hold"}[state]
    modality = more.pop("modality", Modality.ASSERTED)
    return Claim("ceasefire", tracker, act, state, modality, **more)  # type: ignore[arg-type]


def says(*claims: Claim, **more: object) -> Account:
    return Account(claims, titled=frozenset({"ceasefire"}), **more)  # type: ignore[arg-type]


def known(state: str = "rejected", tracker: str = "truce", **more: object) -> Fact:
    day = str(more.pop("date", T0.date().isoformat()))
    more = {"as_of": after(-60), **more}
    return fact(id=f"{tracker}-{state}", tracker=tracker, state=state, date=day, **more)  # type: ignore[arg-type]


def case(rule: object = STATE, **more: object) -> Case:
    given = {"item": NEWS, "hit": hit(), "placement": FOUNDS, "watch": rule, "as_of": AS_OF, **more}
    return Case(**given)  # type: ignore[arg-type]


#: reason -> a case that ends in it, with its verdict
JUDGED: dict[Reason, list[tuple[Case, Verdict]]] = {
    Reason.OLDER_THAN_BASELINE: [
        (case(item=item(published=AS_OF - timedelta(minutes=1))), Verdict.BACKGROUND),
        (case(PLAIN, item=item(published=AS_OF - timedelta(minutes=1))), Verdict.BACKGROUND),
    ],
    Reason.OLD_NEWS: [
        (case(item=item(seen=T0 + HISTORY_AFTER + timedelta(minutes=1))), Verdict.BACKGROUND),
    ],
    Reason.COPY_OF_ITEM: [
        (case(PLAIN, placement=placement(copy_of=7)), Verdict.REPEAT),
        (case(placement=placement(copy_of=7)), Verdict.REPEAT),
    ],
    Reason.SAYS_KNOWN_FACT: [
        (case(PLAIN, item=item("Russia refused truce of thirty days"), facts=(fact(),)),
         Verdict.REPEAT),
        (case(PLAIN, item=item("Second round: Russia refused truce"), placement=placement(),
              facts=(fact(),), edit=True), Verdict.REPEAT),
        (case(item=item("Russia refused truce of thirty days"), facts=(fact(),)), Verdict.REPEAT),
        (case(account=says(claim("rejected")), facts=(known("rejected"),)), Verdict.REPEAT),
    ],
    Reason.FOUNDS_STORY: [
        (case(PLAIN), Verdict.NEW),
        (case(PLAIN, as_of=None, item=item(published=AS_OF - timedelta(minutes=1))), Verdict.NEW),
        (case(PLAIN, placement=placement(watches=["other"])), Verdict.NEW),
        (case(PLAIN, placement=placement(watches=["other"], copy_of=7)), Verdict.NEW),
        # a fact that resembles a title and does not say it
        (case(PLAIN, item=item("Russia accepted truce of thirty days"), facts=(fact(),)),
         Verdict.NEW),
        (case(PLAIN, item=item("Russia refused"), facts=(fact(),)), Verdict.NEW),
        (case(PLAIN, item=item("Russia refused truce of thirty days"),
              facts=(fact(status=Status.RETRACTED),)), Verdict.NEW),
    ],
    Reason.NUMBER_CHANGED: [
        (case(PLAIN, placement=placement(numbers=("1200",))), Verdict.UPDATE),
        (case(PLAIN, placement=placement(numbers=("1200",), copy_of=7)), Verdict.UPDATE),
        (case(account=says(claim("agreed", count="1200")),
              facts=(known("agreed", values={"number": "1000"}),)), Verdict.UPDATE),
    ],
    Reason.SAME_STORY: [
        (case(PLAIN, placement=placement()), Verdict.REPEAT),
        (case(PLAIN, placement=placement(copy_of=7), edit=True), Verdict.REPEAT),
        (case(placement=placement()), Verdict.REPEAT),
    ],
    Reason.NEW_STATE: [(case(account=says(claim("agreed"))), Verdict.NEW)],
    Reason.STATE_CHANGED: [
        (case(account=says(claim("agreed")), facts=(known("rejected"),)), Verdict.UPDATE),
    ],
    Reason.DENIES_FACT: [
        (case(account=says(claim("rejected", modality=Modality.DENIED, denied="agree")),
              facts=(known("agreed"),)), Verdict.CONTRADICTS),
    ],
    Reason.DATE_CHANGED: [
        (case(watch(trackers=(replace(ROUNDS, kind="state"),)),
              account=says(claim("scheduled", "rounds", day="2025-07-09")),
              facts=(known("scheduled", "rounds", values={"date": "2025-07-05"}),)),
         Verdict.UPDATE),
    ],
    Reason.OTHER_SIDE: [
        (case(account=says(replace(claim("agreed", party="ukraine"), act="accept")),
              facts=(known("agreed", values={"parties": ["russia"]}),)), Verdict.UPDATE),
    ],
    Reason.STAGE: [
        (case(SERIES, item=item(published=after(days=1)), account=says(
            claim("held", "rounds", count="303")), facts=(
            known("scheduled", "rounds", values={"number": "1000"}, date="2025-06-02"),
            known("held", "rounds", values={"number": "390"}))), Verdict.UPDATE),
    ],
    Reason.SAID_AGAIN: [
        (case(item=item(published=after(days=9)), account=says(claim("rejected")),
              facts=(known("rejected"),)), Verdict.UPDATE),
    ],
    Reason.ANOTHER_INSTANCE: [
        (case(SERIES, item=item(published=after(days=9)), account=says(claim("held", "rounds")),
              facts=(known("held", "rounds"),)), Verdict.NEW),
    ],
    Reason.HEDGED: [
        (case(account=says(claim("agreed", modality=Modality.HEDGED))), Verdict.POSSIBLE),
    ],
    Reason.NOT_UNDERSTOOD: [(case(account=Account()), Verdict.POSSIBLE)],
    Reason.LATE_REPORT: [
        (case(account=says(claim("agreed")), as_of=None,
              facts=(known("rejected", as_of=after(days=2), date="2025-06-05"),)),
         Verdict.BACKGROUND),
    ],
    Reason.LOOKS_BACK: [
        (case(account=says(claim("agreed"), looks_back=True)), Verdict.BACKGROUND),
        (case(account=says(claim("agreed", modality=Modality.HISTORICAL))), Verdict.BACKGROUND),
    ],
    Reason.REVIEW: [
        (case(account=says(claim("agreed"), reviews=True)), Verdict.BACKGROUND),
        (case(PLAIN, account=says(reviews=True)), Verdict.BACKGROUND),
    ],
    Reason.IN_PASSING: [
        (case(account=Account((claim("agreed", field="summary", start=60),))), Verdict.BACKGROUND),
    ],
}  # fmt: skip
#: outcome -> reason of the judgement, delivery of the watch, messages so far, first contact
DECIDED: dict[Reason, list[tuple[Reason, str, int, bool]]] = {
    Reason.PUSH: [
        (Reason.FOUNDS_STORY, "push", 0, False), (Reason.NEW_STATE, "push", 0, False),
        (Reason.STATE_CHANGED, "push", 0, False), (Reason.DENIES_FACT, "push", 0, False),
    ],
    Reason.FOLDED: [(Reason.FOUNDS_STORY, "digest", 0, False)],
    Reason.FIRST_CONTACT: [
        (Reason.FOUNDS_STORY, "push", 0, True), (Reason.NUMBER_CHANGED, "digest", 0, True),
    ],
    Reason.ALREADY_TOLD: [
        (Reason.FOUNDS_STORY, "push", 1, False), (Reason.STATE_CHANGED, "push", 2, True),
    ],
    Reason.SAME_STORY: [(Reason.SAME_STORY, "push", 0, False), (Reason.SAME_STORY, "push", 0, True)],
    Reason.COPY_OF_ITEM: [(Reason.COPY_OF_ITEM, "push", 0, False)],
    Reason.SAYS_KNOWN_FACT: [(Reason.SAYS_KNOWN_FACT, "digest", 0, False)],
    Reason.OLD_NEWS: [(Reason.OLD_NEWS, "push", 0, False)],
    Reason.OLDER_THAN_BASELINE: [(Reason.OLDER_THAN_BASELINE, "push", 0, False)],
    Reason.HEDGED: [(Reason.HEDGED, "push", 0, False)],
    Reason.IN_PASSING: [(Reason.IN_PASSING, "push", 0, False)],
}  # fmt: skip
#: Why there is a further message about what was told.
FOLLOWED = {Reason.CONFIRMED, Reason.DISPUTED, Reason.CORRECTED}


@pytest.mark.parametrize(
    ("reason", "judged"), [(reason, each) for reason, cases in JUDGED.items() for each in cases]
)
def test_judged(reason: Reason, judged: tuple[Case, Verdict]) -> None:
    given, verdict = judged
    found = judge(given).judgement
    assert (found.reason, found.verdict) == (reason, verdict)
    assert found.reason.text


@pytest.mark.parametrize(
    ("outcome", "given"), [(outcome, case) for outcome, cases in DECIDED.items() for case in cases]
)
def test_decided(outcome: Reason, given: tuple[Reason, str, int, bool]) -> None:
    reason, delivery, told, first_contact = given
    judged, _ = JUDGED[reason][0]
    rule = replace(judged.watch, delivery=delivery)
    ruling = judge(replace(judged, watch=rule))
    development = development_of(judged.item, rule, ruling, judged.placement, 0)
    decision = decide(
        hit(), ruling.judgement, development, rule, ["desk"], told=told, first_contact=first_contact
    )
    assert decision.outcome is outcome
    assert (decision.channels == ("desk",)) is (outcome in {Reason.PUSH, Reason.FOLDED})


@pytest.mark.parametrize("reason", sorted(FOLLOWED))
def test_what_was_told_is_followed_up_in_its_thread_to_those_who_were_told(reason: Reason) -> None:
    made = told(case(account=says(claim("agreed"))))
    before = ToldDevelopment(
        made.key, made.thread, made.severity, made.headline, 1, "reported", ("desk", "hook")
    )
    repeat = Decision("ceasefire", hit(), Judgement(Verdict.REPEAT, reason), reason)
    decision = follow_up(repeat, before, reason)
    assert decision.outcome is Reason.PUSH
    assert decision.channels == ("desk", "hook")
    assert decision.development is not None
    assert (decision.development.key, decision.development.number) == (made.key, 2)
    assert (decision.development.thread, decision.development.reason) == (made.thread, reason)


#: What depends on who stands behind a development: told in tests/ingest/test_lives.py.
LIVED = {Reason.UNCONFIRMED, Reason.PROMOTED, Reason.LISTED}


def test_every_reason_there_is_stands_in_a_table() -> None:
    assert {*JUDGED, *DECIDED, *FOLLOWED, *LIVED} == set(Reason)


def test_what_repeats_names_what_it_repeats() -> None:
    copied = judge(case(PLAIN, placement=placement("s9", copy_of=7))).judgement
    assert (copied.detail, copied.known) == ("item 7", ("s9",))
    title = item("Russia refused truce of thirty days")
    told_before = judge(case(PLAIN, item=title, facts=(fact(),))).judgement
    assert (told_before.detail, told_before.known) == (REFUSED, ("refused",))


def test_a_change_is_as_severe_as_the_state_it_brings_about_and_names_both() -> None:
    agreed = judge(case(account=says(claim("agreed")), facts=(known("rejected"),))).judgement
    assert (agreed.severity, agreed.detail) == (Severity.CRITICAL, "rejected -> agreed")
    assert (agreed.known, agreed.state, agreed.value) == (("truce-rejected",), "agreed", "agreed")
    refused = judge(case(account=says(claim("rejected")))).judgement
    assert (refused.severity, refused.detail) == (Severity.HIGH, "rejected")


def told(given: Case, times: int = 0) -> Development:
    ruling: Ruling = judge(given)
    return development_of(given.item, given.watch, ruling, given.placement, times)


def test_each_number_is_a_development_of_its_own_in_the_thread_of_its_story() -> None:
    numbers = [placement(numbers=(number,)) for number in ("1200", "1300")]
    made = [told(case(PLAIN, placement=each)) for each in (FOUNDS, *numbers)]
    assert len({development.key for development in made}) == 3
    assert len({development.thread for development in made}) == 1


def test_a_state_that_is_reached_again_is_another_development() -> None:
    given = case(account=says(claim("agreed")), facts=(known("rejected"),))
    assert told(given).key == told(given).key
    assert told(given, 1).key != told(given).key


ALL = ("console", "desk", "hook")


@pytest.mark.parametrize(
    ("notify", "routes", "severity", "enabled", "channels"),
    [
        (None, [], Severity.LOW, ALL, ["console", "desk", "hook"]),
        (("desk",), [], Severity.LOW, ALL, ["desk"]),
        ((), [], Severity.LOW, ALL, [LAST_RESORT]),
        (("desk",), [], Severity.LOW, ("console", "hook"), [LAST_RESORT]),
        (("desk", "hook"), [], Severity.LOW, ("hook",), ["hook"]),
        (None, [Route(("hook",))], Severity.LOW, ALL, ["hook"]),
        (("desk",), [Route(("hook", "desk"))], Severity.LOW, ALL, ["desk", "hook"]),
        # a route for what is severe does not spread what is less so
        (None, [Route(("hook",), severity=Severity.HIGH)], Severity.MEDIUM, ALL, [LAST_RESORT]),
        (None, [Route(("desk", "hook"), watches=("ceasefire",), severity=Severity.HIGH)],
         Severity.MEDIUM, ALL, [LAST_RESORT]),
        (None, [Route(("desk", "hook"), watches=("ceasefire",), severity=Severity.HIGH)],
         Severity.HIGH, ALL, ["desk", "hook"]),
        (("desk",), [Route(("hook",), severity=Severity.HIGH)], Severity.MEDIUM, ALL, ["desk"]),
        (None, [Route(("hook",), watches=("ceasefire",), severity=Severity.HIGH),
                Route(("desk",))], Severity.LOW, ALL, ["desk"]),
        (None, [Route(("hook",), severity=Severity.HIGH)], Severity.CRITICAL, ALL, ["hook"]),
        (None, [Route(("hook",), watches=("pow",))], Severity.LOW, ALL,
         ["console", "desk", "hook"]),
        (None, [Route(("hook",), watches=("ceasefire",)), Route(("desk",))], Severity.LOW, ALL,
         ["hook", "desk"]),
    ],
)  # fmt: skip
def test_routes(
    notify: tuple[str, ...] | None, routes: list[Route], severity: Severity,
    enabled: tuple[str, ...], channels: list[str],
) -> None:  # fmt: skip
    rule = watch(notify=notify)
    assert route(book(rule, routes=routes), rule, severity, enabled) == channels


def test_only_what_is_told_at_once_is_grouped_by_channel() -> None:
    judged = judge(case(PLAIN)).judgement
    folded = Decision("ceasefire", hit(), judged, Reason.FOLDED, told(case(PLAIN)), ("desk",))
    assert group_by_channel([folded], {}) == {}


def test_the_sentence_that_proves_is_the_one_that_says_most() -> None:
    summary = "Talks ended. Moscow rejects the truce of Kyiv. A truce is far."
    spans = [
        Span("summary", 29, 34, "$truce"), Span("summary", 13, 19, "$russia"),
        Span("summary", 48, 53, "$truce"),
    ]  # fmt: skip
    piece = item("Title", summary)
    assert telling_sentence(piece, hit(spans=spans)) == "Moscow rejects the truce of Kyiv."
    assert telling_sentence(piece, hit(spans=[Span("title", 0, 5, "$truce")])) == "Title"
    assert why_lines(piece, hit(spans=spans))[1] == "$russia: Moscow"


def test_what_was_known_is_what_shares_most_with_the_news() -> None:
    near = fact("Russia refused the 30-day truce", id="near")
    far = fact("Bodies of soldiers were returned", id="far")
    gone = fact("Russia refused the 30-day truce", id="gone", status=Status.RETRACTED)
    news = item("Russia refused a truce again")
    assert [shown.id for shown in related(news, (far, gone, near))] == ["near"]
