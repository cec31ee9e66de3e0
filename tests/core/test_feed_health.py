"""How a feed does: the signs of each look, the state that follows, what is an outage of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.core.feed_health import (
    DEAD_S,
    FAILING_S,
    HTML_S,
    SILENT_S,
    FeedNow,
    Health,
    State,
    expected_items,
    health_of,
)
from monitor.core.feed_outage import Outage, outage_after, outage_read, outage_written
from monitor.core.feed_signs import (
    NO_SIGNS,
    TITLE_KEPT_S,
    Seen,
    Signs,
    answered,
    failed,
    kind_of,
    same_language,
    signs_read,
    signs_written,
)
from monitor.core.polling import MOVED_AFTER
from monitor.core.rhythm import NOTHING, Rhythm, learned, written
from tests.builders import T0

AT = T0.timestamp()


def later(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def feed(**more: object) -> FeedNow:
    """A feed that was read, its last look now."""
    base = FeedNow("BBC", "https://bbc.example.org/feed", "en", read=True, last_checked_at=T0)
    return replace(base, **more)  # type: ignore[arg-type]


def failing(for_s: float, *kinds: str, error: str = "") -> Health:
    signs = NO_SIGNS
    for kind in kinds:
        signs = failed(signs, kind, AT)
    return health_of(feed(signs=signs, last_checked_at=later(for_s), error=error))


# --- failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("for_s", "kinds", "state"),
    [
        (60, ["http-404"], State.OK),
        (FAILING_S - 1, ["http-404"], State.OK),
        (FAILING_S, ["http-404"], State.FAILING),
        (FAILING_S, ["timeout", "http-503"], State.FAILING),
        (DEAD_S - 1, ["tls"], State.FAILING),
        (DEAD_S, ["tls"], State.DEAD),
        (HTML_S - 1, ["html"], State.OK),
        (HTML_S, ["html"], State.HTML),
        (HTML_S, ["html", "timeout", "html"], State.OK),
        (DEAD_S, ["html"], State.DEAD),
    ],
)
def test_failures_become_a_state_by_how_long_they_last(
    for_s: float, kinds: Sequence[str], state: State
) -> None:
    assert failing(for_s, *kinds).state is state


def test_a_state_says_for_how_long_and_why() -> None:
    said = failing(2 * 86400, "http-403", error="the server refuses access (403)")
    assert said == Health(State.FAILING, "not read for 2 days: the server refuses access (403)")
    mixed = failing(86400, "timeout", "http-503", error="the server failed (503)")
    assert mixed.why == "not read for 24 h: different failures"


def test_a_success_between_ends_what_failed() -> None:
    signs = failed(NO_SIGNS, "timeout", AT)
    assert answered(signs, None, "en", AT + 9) == NO_SIGNS
    assert failed(answered(signs, None, "en", AT + 9), "timeout", AT + 20).since == round(AT + 20)


def test_what_the_daemon_did_not_see_is_not_held_against_a_feed() -> None:
    """The daemon was off for a month after one failure, or after the last item."""
    assert health_of(feed(signs=failed(NO_SIGNS, "dns", AT))).state is State.OK


def test_after_an_outage_failures_count_from_its_end() -> None:
    down = feed(signs=failed(NO_SIGNS, "dns", AT), last_checked_at=later(2 * FAILING_S))
    assert health_of(down).state is State.FAILING
    assert health_of(down, later(1.5 * FAILING_S)).state is State.OK
    assert health_of(down, later(FAILING_S)).state is State.FAILING


def test_html_is_a_kind_of_its_own() -> None:
    assert kind_of("not-a-feed", "HTML instead of a feed") == "html"
    assert kind_of("not-a-feed", "empty document") == "not-a-feed"
    assert kind_of("http-404", "HTML?") == "http-404"


def test_gone_paused_and_moved_are_states_too() -> None:
    assert health_of(feed(gone=True)).state is State.GONE
    assert health_of(feed(gone=True, paused="all ids changed")).state is State.GONE
    assert health_of(feed(paused="all ids changed")) == Health(State.PAUSED, "all ids changed")
    moved = feed(moved_to="https://new.example.org/f?key=secret", moved_times=MOVED_AFTER - 1)
    assert health_of(moved).state is State.OK
    told = health_of(replace(moved, moved_times=MOVED_AFTER))
    assert told == Health(State.MOVED, "it has moved to new.example.org for good")


# --- silence -------------------------------------------------------------------------------------


def steady(items_a_day: int, days: int = 21) -> Rhythm:
    """The rhythm of a feed that publishes by day, seven days a week, up to T0."""
    known, last = NOTHING, T0 - timedelta(days=days)
    for day in range(days):
        for hour in range(8, 20):
            at = T0 - timedelta(days=days - day, hours=T0.hour - hour)
            if last < at <= T0:
                known = learned(known, items_a_day // 12, last, at)
                last = at
    return known


def quiet_for(seconds: float, known: Rhythm) -> State:
    return health_of(
        feed(rhythm=written(known), last_new_at=T0, last_checked_at=later(seconds))
    ).state


def test_a_feed_is_silent_against_its_own_norm_only() -> None:
    busy, calm = steady(48), steady(12)
    assert quiet_for(SILENT_S - 60, busy) is State.OK
    assert quiet_for(SILENT_S + 60, busy) is State.SILENT
    assert quiet_for(SILENT_S + 60, calm) is State.OK
    assert quiet_for(3 * 86400, calm) is State.SILENT


def test_silence_says_what_was_to_be_expected() -> None:
    quiet = feed(rhythm=written(steady(48)), last_new_at=T0, last_checked_at=later(3 * 86400))
    said = health_of(quiet).why
    assert said.startswith("nothing new for 3 days; by its rhythm 1")
    assert said.endswith("items were to be expected")


def test_a_rare_feed_is_never_silent_nor_is_one_that_is_new_or_fails() -> None:
    rare = NOTHING
    for week in range(8, 0, -1):
        end = T0 - timedelta(weeks=week - 1)
        rare = learned(rare, 1, end - timedelta(weeks=1), end)
    assert quiet_for(400 * 86400, rare) is State.OK
    assert quiet_for(3 * 86400, steady(48, days=5)) is State.OK
    assert quiet_for(3 * 86400, NOTHING) is State.OK
    down = feed(
        rhythm=written(steady(48)), last_new_at=T0, last_checked_at=later(2 * 86400),
        signs=failed(NO_SIGNS, "timeout", AT + 2 * 86400 - 60),
    )  # fmt: skip
    assert health_of(down).state is State.OK


def test_a_night_is_expected_to_be_quiet() -> None:
    known = steady(48)
    evening = T0.replace(hour=20)
    night = expected_items(known, evening, evening + timedelta(hours=10))
    day = expected_items(known, evening, evening + timedelta(hours=24))
    assert night < day / 2


# --- drift ---------------------------------------------------------------------------------------


def looks(signs: Signs, *seen: Seen, language: str = "en", every_s: float = 60) -> Signs:
    for number, one in enumerate(seen):
        signs = answered(signs, one, language, AT + number * every_s)
    return signs


def test_a_feed_in_another_language_than_configured_has_drifted() -> None:
    signs = looks(NO_SIGNS, *[Seen("BBC", spoken="de")] * 2)
    assert health_of(feed(signs=signs)).state is State.OK
    signs = looks(signs, Seen("BBC", spoken=""), Seen("BBC", spoken="de"))
    assert health_of(feed(signs=signs)) == Health(
        State.DRIFTED, "its items are in 'de', configured is 'en'"
    )
    assert health_of(feed(signs=signs, language="")).state is State.OK
    assert looks(signs, Seen("BBC", spoken="en")).foreign == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("de", "de-AT", True), ("pt_BR", "pt", True), ("no", "da", True), ("hr", "sr", True),
        ("en", "de", False), ("uk", "ru", False), ("uk", "be", True),
    ],
)  # fmt: skip
def test_languages_that_are_mistaken_for_each_other_are_no_drift(
    one: str, other: str, same: bool
) -> None:
    assert same_language(one, other) is same
    assert same_language(other, one) is same


def test_a_title_without_a_word_of_the_old_one_is_a_drift_until_it_is_the_norm() -> None:
    signs = looks(NO_SIGNS, Seen("BBC News"), Seen("BBC World"), *[Seen("Casino Royal 777")] * 2)
    assert health_of(feed(signs=signs)).state is State.OK
    signs = looks(signs, Seen("Casino Royal 777"))
    assert health_of(feed(signs=signs)).why == (
        "it calls itself 'Casino Royal 777' now, not 'BBC News'"
    )
    assert looks(signs, Seen("BBC News")).renamed == 0
    kept = looks(signs, Seen("Casino Royal 777"), Seen("Casino Royal"), every_s=2 * TITLE_KEPT_S)
    assert (kept.title, kept.renamed) == ("Casino Royal", 0)


def test_items_that_lose_their_dates_or_links_are_a_drift() -> None:
    good = Seen("T", ((True, True),) * 10)
    undated = looks(NO_SIGNS, good, Seen("T", ((False, True),) * 9))
    assert health_of(feed(signs=undated)).state is State.OK
    undated = looks(undated, Seen("T", ((False, True),)))
    assert "have no dates" in health_of(feed(signs=undated)).why
    unlinked = looks(NO_SIGNS, good, Seen("T", ((True, False),) * 30))
    assert "have no links" in health_of(feed(signs=unlinked)).why
    never = looks(NO_SIGNS, Seen("T", ((False, False),) * 30))
    assert health_of(feed(signs=never)).state is State.OK


def test_signs_come_back_as_they_were_written() -> None:
    signs = failed(looks(NO_SIGNS, Seen("Ünited", ((True, False),), "de")), "tls", AT)
    assert signs_read(signs_written(signs)) == signs
    assert signs_written(NO_SIGNS) == "{}"
    assert signs_read("{}") == NO_SIGNS


# --- an outage of everything ---------------------------------------------------------------------


def host(number: int, kind: str = "", checked_s: float = 0, **more: object) -> FeedNow:
    signs = failed(NO_SIGNS, kind, AT + checked_s) if kind else NO_SIGNS
    return feed(
        name=str(number), url=f"https://h{number}.example.org/feed", signs=signs,
        last_checked_at=later(checked_s), **more,
    )  # fmt: skip


def test_all_hosts_failing_at_once_is_an_outage() -> None:
    down = [host(n, "timeout" if n % 2 else "html") for n in range(10)]
    told, count = outage_after(Outage(), down, later(30))
    assert told == Outage(since=later(30))
    assert count is not None
    assert (count.asked, count.down, count.kinds) == (10, 10, {"timeout": 5, "html": 5})
    assert outage_after(told, down, later(90))[0] == told
    assert outage_read(outage_written(told)) == told


def test_four_of_five_hosts_are_none_nor_are_two_of_two() -> None:
    four = [*(host(n, "dns") for n in range(4)), host(4)]
    assert outage_after(Outage(), four, later(30))[0] == Outage()
    assert outage_after(Outage(), [host(1, "dns"), host(2, "dns")], later(30))[0] == Outage()


def test_one_server_with_many_feeds_is_no_outage() -> None:
    same = [feed(name=str(n), signs=failed(NO_SIGNS, "dns", AT)) for n in range(30)]
    assert outage_after(Outage(), same, later(30))[0] == Outage()


def test_what_failed_long_before_was_never_read_or_answers_is_no_outage() -> None:
    old = [host(n, "dns", -9000) for n in range(9)]
    old = [replace(one, last_checked_at=T0) for one in old]
    assert outage_after(Outage(), old, later(30))[0] == Outage()
    new = [host(n, "dns", read=False) for n in range(9)]
    assert outage_after(Outage(), new, later(30))[0] == Outage()
    refused = [host(n, "http-403") for n in range(9)]
    assert outage_after(Outage(), refused, later(30))[0] == Outage()


def test_slow_feeds_tell_an_outage_too() -> None:
    down = [host(n, "dns", checked_s=-600 * n) for n in range(8)]
    assert outage_after(Outage(), down, later(30))[0].on


def test_an_outage_ends_when_half_of_the_hosts_asked_since_answer() -> None:
    told = Outage(since=T0)
    still = [host(n, "dns", 400) for n in range(10)]
    assert outage_after(told, still, later(420))[0].on
    stale = [host(n, checked_s=-60) for n in range(10)]  # looked at before it began
    assert outage_after(told, stale, later(420))[0].on
    some = [
        *(host(n, checked_s=410) for n in range(6)),
        *(host(n, "dns", 400) for n in range(6, 10)),
    ]
    assert outage_after(told, some, later(420))[0] == Outage(T0, later(420))


def test_an_outage_does_not_outlast_the_feeds_that_were_in_it() -> None:
    assert outage_after(Outage(since=T0), [], later(420))[0] == Outage(T0, later(420))
    assert outage_after(Outage(since=T0), [host(1, checked_s=400)], later(420))[0].ended
