"""Judgements and decisions as tables: each named reason is reached."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.decide import (
    LAST_RESORT,
    decide,
    development_of,
    group_by_channel,
    route,
    telling_sentence,
    why_lines,
)
from monitor.core.judge import HISTORY_AFTER, judge, related, severity_of
from monitor.core.ledger import Fact, Status
from monitor.core.model import Decision, Item, Placement, Reason, Severity, Span, Verdict
from monitor.core.rules import Route
from tests.builders import AS_OF, T0, TRUCE_TRACKER, book, fact, hit, item, placement, watch

REFUSED = "Russia refused an unconditional truce of thirty days in the second round"
NEWS = item()
LATE = item(published=T0, seen=T0 + HISTORY_AFTER + timedelta(minutes=1))
OLD = item(published=AS_OF - timedelta(minutes=1))
FOUNDS = placement(founds=True)
#: reason -> item, placement, facts, edit, verdict
JUDGED: dict[Reason, list[tuple[Item, Placement, tuple[Fact, ...], bool, Verdict]]] = {
    Reason.OLDER_THAN_BASELINE: [(OLD, FOUNDS, (), False, Verdict.BACKGROUND)],
    Reason.OLD_NEWS: [(LATE, FOUNDS, (), False, Verdict.BACKGROUND)],
    Reason.COPY_OF_ITEM: [(NEWS, placement(copy_of=7), (), False, Verdict.REPEAT)],
    Reason.SAYS_KNOWN_FACT: [
        (item("Russia refused truce of thirty days"), FOUNDS, (fact(),), False, Verdict.REPEAT),
        (item("Second round: Russia refused truce"), placement(), (fact(),), True, Verdict.REPEAT),
    ],
    Reason.FOUNDS_STORY: [
        (NEWS, FOUNDS, (), False, Verdict.NEW),
        (NEWS, placement(watches=["other"]), (), False, Verdict.NEW),
        (NEWS, placement(watches=["other"], copy_of=7), (), False, Verdict.NEW),
        # a fact that resembles a title and does not say it
        (item("Russia accepted truce of thirty days"), FOUNDS, (fact(),), False, Verdict.NEW),
        (item("Russia refused"), FOUNDS, (fact(),), False, Verdict.NEW),
        (item("Russia refused truce of thirty days"), FOUNDS,
         (fact(status=Status.RETRACTED),), False, Verdict.NEW),
    ],
    Reason.TURN: [
        (NEWS, placement(acts=("agree",)), (), False, Verdict.UPDATE),
        (NEWS, placement(acts=("agree",), copy_of=7), (), False, Verdict.UPDATE),
        (NEWS, placement(acts=("agree",), numbers=("30",)), (), False, Verdict.UPDATE),
    ],
    Reason.NUMBER_CHANGED: [
        (NEWS, placement(numbers=("1200",)), (), False, Verdict.UPDATE),
        (NEWS, placement(numbers=("1200",), copy_of=7), (), False, Verdict.UPDATE),
    ],
    Reason.SAME_STORY: [
        (NEWS, placement(), (), False, Verdict.REPEAT),
        (NEWS, placement(copy_of=7), (), True, Verdict.REPEAT),
    ],
}  # fmt: skip
#: outcome -> reason of the judgement, delivery of the watch, messages so far, first contact
DECIDED: dict[Reason, list[tuple[Reason, str, int, bool]]] = {
    Reason.PUSH: [(Reason.FOUNDS_STORY, "push", 0, False), (Reason.TURN, "push", 0, False)],
    Reason.FOLDED: [(Reason.FOUNDS_STORY, "digest", 0, False)],
    Reason.FIRST_CONTACT: [
        (Reason.FOUNDS_STORY, "push", 0, True), (Reason.NUMBER_CHANGED, "digest", 0, True),
    ],
    Reason.ALREADY_TOLD: [(Reason.FOUNDS_STORY, "push", 1, False), (Reason.TURN, "push", 2, True)],
    Reason.SAME_STORY: [(Reason.SAME_STORY, "push", 0, False), (Reason.SAME_STORY, "push", 0, True)],
    Reason.COPY_OF_ITEM: [(Reason.COPY_OF_ITEM, "push", 0, False)],
    Reason.SAYS_KNOWN_FACT: [(Reason.SAYS_KNOWN_FACT, "digest", 0, False)],
    Reason.OLD_NEWS: [(Reason.OLD_NEWS, "push", 0, False)],
    Reason.OLDER_THAN_BASELINE: [(Reason.OLDER_THAN_BASELINE, "push", 0, False)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "case"), [(reason, case) for reason, cases in JUDGED.items() for case in cases]
)
def test_judged(
    reason: Reason, case: tuple[Item, Placement, tuple[Fact, ...], bool, Verdict]
) -> None:
    told, placed, facts, edit, verdict = case
    judged = judge(told, hit(), placed, facts, watch(), as_of=AS_OF, edit=edit)
    assert (judged.reason, judged.verdict) == (reason, verdict)
    assert judged.reason.text


@pytest.mark.parametrize(
    ("outcome", "case"), [(outcome, case) for outcome, cases in DECIDED.items() for case in cases]
)
def test_decided(outcome: Reason, case: tuple[Reason, str, int, bool]) -> None:
    reason, delivery, told, first_contact = case
    news, placed, facts, edit, _ = JUDGED[reason][0]
    rule = watch(delivery=delivery)
    judged = judge(news, hit(), placed, facts, rule, as_of=AS_OF, edit=edit)
    development = development_of(news, rule, judged, placed)
    decision = decide(
        hit(), judged, development, rule, ["desk"], told=told, first_contact=first_contact
    )
    assert decision.outcome is outcome
    assert (decision.channels == ("desk",)) is (outcome in {Reason.PUSH, Reason.FOLDED})


def test_every_reason_there_is_stands_in_a_table() -> None:
    assert {*JUDGED, *DECIDED} == set(Reason)


def test_without_a_baseline_nothing_is_older_than_it() -> None:
    judged = judge(OLD, hit(), FOUNDS, (), watch(), as_of=None)
    assert judged.reason is Reason.FOUNDS_STORY


def test_what_repeats_names_what_it_repeats() -> None:
    copied = judge(NEWS, hit(), placement("s9", copy_of=7), (), watch(), as_of=None)
    assert (copied.detail, copied.known) == ("item 7", ("s9",))
    known = judge(
        item("Russia refused truce of thirty days"), hit(), FOUNDS, (fact(),), watch(), as_of=None
    )
    assert (known.detail, known.known) == (REFUSED, ("refused",))


def test_a_turn_is_as_severe_as_the_state_it_brings_about() -> None:
    rule = watch(trackers=(TRUCE_TRACKER,))
    assert severity_of(rule, ["agree", "reject"]) is Severity.CRITICAL
    assert severity_of(rule, ["reject"]) is Severity.HIGH
    assert severity_of(rule, []) is Severity.MEDIUM
    turn = judge(NEWS, hit(), placement(acts=("agree",)), (), rule, as_of=None)
    assert turn.severity is Severity.CRITICAL


def test_each_turn_and_each_number_is_a_development_of_its_own() -> None:
    rule = watch()
    keys = []
    for placed in (
        FOUNDS,
        placement(acts=("agree",)),
        placement(acts=("reject",)),
        placement(numbers=("1200",)),
        placement(numbers=("1300",)),
    ):
        judged = judge(NEWS, hit(), placed, (), rule, as_of=None)
        keys.append(development_of(NEWS, rule, judged, placed))
    assert len({development.key for development in keys}) == 5
    assert (
        len({development.thread for development in keys}) == 1
    )  # mails of one story hang together


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
    judged = judge(NEWS, hit(), FOUNDS, (), watch(), as_of=None)
    development = development_of(NEWS, watch(), judged, FOUNDS)
    folded = Decision("ceasefire", hit(), judged, Reason.FOLDED, development, ("desk",))
    assert group_by_channel([folded], {}) == {}


def test_the_sentence_that_proves_is_the_one_that_says_most() -> None:
    summary = "Talks ended. Moscow rejects the truce of Kyiv. A truce is far."
    spans = [
        Span("summary", 29, 34, "$truce"), Span("summary", 13, 19, "$russia"),
        Span("summary", 48, 53, "$truce"),
    ]  # fmt: skip
    told = item("Title", summary)
    assert telling_sentence(told, hit(spans=spans)) == "Moscow rejects the truce of Kyiv."
    assert telling_sentence(told, hit(spans=[Span("title", 0, 5, "$truce")])) == "Title"
    assert why_lines(told, hit(spans=spans))[1] == "$russia: Moscow"


def test_what_was_known_is_what_shares_most_with_the_news() -> None:
    near = fact("Russia refused the 30-day truce", id="near")
    far = fact("Bodies of soldiers were returned", id="far")
    gone = fact("Russia refused the 30-day truce", id="gone", status=Status.RETRACTED)
    told = item("Russia refused a truce again")
    assert [known.id for known in related(told, (far, gone, near))] == ["near"]
