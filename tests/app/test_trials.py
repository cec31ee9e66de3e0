"""Tests inside watches: a hit that must or must not be, and the state that a text tells."""

from __future__ import annotations

from monitor.app.trials import failing_tests
from monitor.core.match import Index
from monitor.core.rules import Concept, Tracker, TrackerState, WatchTest
from tests.builders import CONCEPTS, book, watch

MARKS = {
    "mark-not": Concept("mark-not", words={"en": ("not", "no")}),
    "mark-hedge": Concept("mark-hedge", words={"en": ("could", "may")}),
}
TRACKER = Tracker(
    "truce", "state", "Is there a truce?", "$truce",
    states=(
        TrackerState("proposed", ("propose",)), TrackerState("agreed", ("agree",)),
        TrackerState("rejected", ("reject", "fail")),
    ),
)  # fmt: skip


def problems(*tests: WatchTest) -> list[str]:
    """What is said of the tests that fail."""
    made = watch(trackers=(TRACKER,), tests=tests, file="watches/truce.yaml")
    rules = book(made, concepts={**CONCEPTS, **MARKS})
    return [f"{p.line}: {p.message}: {p.hint}" for p in failing_tests(Index(rules), rules)]


def trial(text: str, state: str = "", *, hit: bool = True) -> WatchTest:
    return WatchTest(text, "en", hit, {"truce": state} if state else {}, 7)


def test_a_state_that_is_read_from_the_text_passes() -> None:
    assert problems(
        trial("Both sides agreed on a ceasefire", "agreed"),
        trial("Moscow rejects a ceasefire", "rejected"),
        trial("A ceasefire was not agreed", "rejected"),
    ) == []  # fmt: skip


def test_another_state_is_told_with_the_act_and_the_words_that_were_read() -> None:
    (said,) = problems(trial("Moscow rejects a ceasefire", "agreed"))
    assert said == (
        "7: a test of ceasefire fails: truce is not read as agreed in"
        " \u201cMoscow rejects a ceasefire\u201d (en):"
        " read as rejected: act reject at \u201crejects\u201d"
    )


def test_what_is_only_possible_is_no_state() -> None:
    for state in ("agreed", "proposed"):
        (said,) = problems(trial("Moscow may agree on a ceasefire", state))
        assert said.endswith(
            "read as proposed, which changes nothing: act propose, hedged at"
            " \u201cagree\u201d, \u201cmay\u201d"
        )


def test_a_text_without_an_act_is_told_so() -> None:
    (said,) = problems(trial("The ceasefire, day by day", "agreed"))
    assert said.endswith(": no act that bears on it was read")


def test_a_text_that_misses_both_hit_and_state_is_told_twice() -> None:
    both = problems(trial("Moscow rejects it", "agreed"))
    assert [("no hit for" in said, "not read as" in said) for said in both] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert problems(trial("Moscow rejects it", hit=False)) == []
