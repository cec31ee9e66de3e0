"""When a feed is looked at next, and the words that say why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import rhythm as rhythms
from monitor.core.polling import (
    BOUNDS_S,
    GONE_AGAIN_S,
    GONE_S,
    MAX_ASKED_S,
    MAX_BACKOFF_S,
    MAX_FAST_BACKOFF_S,
    OUTAGE_S,
    Advice,
    Look,
    address_of,
    advice_read,
    advice_written,
    host_of,
    next_check,
    span,
)
from monitor.core.rhythm import NOTHING, Rhythm, learned, learned_past, mean_rate, rate
from monitor.core.rules import PACES_S
from monitor.core.schedule import JITTER, MAX_RETRY_AFTER_S
from tests.builders import T0

PACES = st.sampled_from(sorted(PACES_S))
TIMES = st.integers(1_704_067_200, 1_798_761_600).map(lambda s: datetime.fromtimestamp(s, UTC))
MONDAY = datetime(2025, 6, 2, tzinfo=UTC)


def wait_s(name: str, pace: str, at: datetime, **more: object) -> float:
    return (next_check(Look(name, pace, at, **more)).at - at).total_seconds()  # type: ignore[arg-type]


def office(until: datetime, an_hour: int = 6) -> Rhythm:
    """A feed that brings some items in each hour from 8 to 16 UTC, Monday to Friday."""
    known, hour = NOTHING, MONDAY
    while hour < until:
        if hour.weekday() < 5 and 8 <= hour.hour < 16:
            known = learned(known, an_hour, hour, hour + timedelta(minutes=59))
        hour += timedelta(hours=1)
    return known


# --- failures ----------------------------------------------------------------------------------


@given(st.text(), PACES, TIMES, st.integers(0, 60))
def test_more_failures_never_bring_the_next_look_forward(
    name: str, pace: str, at: datetime, failures: int
) -> None:
    waits = [wait_s(name, pace, at, failures=n) for n in (failures, failures + 1)]
    assert waits[0] <= waits[1] <= max(MAX_BACKOFF_S, PACES_S[pace])


@given(st.text(), TIMES, st.integers(0, 60))
def test_a_fast_feed_that_fails_is_looked_at_every_five_minutes_at_least(
    name: str, at: datetime, failures: int
) -> None:
    most = 60.0 if failures <= 1 else MAX_FAST_BACKOFF_S
    assert 60 * (1 - JITTER) <= wait_s(name, "fast", at, failures=failures) <= most
    assert wait_s(name, "fast", at, failures=failures, retry_after_s=600.0) == 600.0


@given(PACES, TIMES, st.integers(0, 60), st.floats(0, 1e9))
def test_retry_after_is_never_undercut_up_to_a_day(
    pace: str, at: datetime, failures: int, retry_after_s: float
) -> None:
    waited = wait_s("bbc", pace, at, failures=failures, retry_after_s=retry_after_s)
    assert waited >= min(retry_after_s, MAX_RETRY_AFTER_S) - 1e-6
    assert waited <= max(MAX_RETRY_AFTER_S, MAX_BACKOFF_S)


@given(PACES, TIMES)
def test_a_feed_that_is_gone_is_asked_once_a_day_and_a_refused_one_after_an_hour(
    pace: str, at: datetime
) -> None:
    assert GONE_S * (1 - JITTER) <= wait_s("bbc", pace, at, gone=True) <= GONE_S
    assert GONE_AGAIN_S <= wait_s("bbc", pace, at, refused=True) <= GONE_AGAIN_S / (1 - JITTER)


@given(PACES, TIMES, st.integers(0, 60))
def test_while_nothing_can_be_reached_every_feed_is_tried_often(
    pace: str, at: datetime, failures: int
) -> None:
    assert wait_s("bbc", pace, at, failures=failures, outage=True) <= OUTAGE_S


# --- rhythm ------------------------------------------------------------------------------------


def test_a_feed_with_office_hours_is_looked_at_more_often_within_them() -> None:
    noon, night = MONDAY + timedelta(days=28, hours=11), MONDAY + timedelta(days=28, hours=2)
    plan = next_check(Look("office", "normal", noon, rhythm=office(noon)))
    at_noon = (plan.at - noon).total_seconds()
    assert at_noon < PACES_S["normal"] * 0.9
    assert "items an hour" in plan.why
    for quiet in (night, MONDAY + timedelta(days=27, hours=11)):
        plan = next_check(Look("office", "normal", quiet, rhythm=office(quiet)))
        assert (plan.at - quiet).total_seconds() > 1.5 * at_noon
    plan = next_check(Look("office", "normal", night, rhythm=office(night)))
    assert "about an item in" in plan.why


def test_a_rhythm_gives_the_rates_that_it_was_taught() -> None:
    now = MONDAY + timedelta(days=42, hours=12)
    known = office(now)
    assert rate(known, now) == pytest.approx(6.0, rel=0.25)
    assert mean_rate(known, now) == pytest.approx(6 * 40 / 168, rel=0.15)
    assert rate(known, now - timedelta(hours=10)) < 1.0


def test_an_even_feed_is_looked_at_at_its_nominal_interval() -> None:
    known = NOTHING
    for hour in range(2 * 168):
        since = MONDAY + timedelta(hours=hour)
        known = learned(known, 2, since, since + timedelta(hours=1))
    now = MONDAY + timedelta(days=14)
    waits = [wait_s(f"even {n}", "normal", now, rhythm=known) for n in range(50)]
    assert sum(waits) / len(waits) == pytest.approx(300.0, rel=0.05)


def test_a_burst_shortens_the_interval_and_fades() -> None:
    night = MONDAY + timedelta(days=28, hours=2)
    known = office(night, an_hour=1)
    burst = learned(known, 12, night - timedelta(minutes=15), night)
    quiet = wait_s("office", "normal", night, rhythm=known)
    plan = next_check(Look("office", "normal", night, rhythm=burst))
    assert (plan.at - night).total_seconds() < quiet / 2
    assert "in the last hour" in plan.why
    assert (
        "in the last hour"
        not in next_check(Look("office", "normal", night + timedelta(hours=6), rhythm=burst)).why
    )


def test_the_dates_of_a_first_document_are_a_first_rhythm() -> None:
    now = MONDAY + timedelta(days=3, hours=12)
    past = [now - timedelta(hours=n / 2) for n in range(1, 40)]
    assert rate(learned_past(past, now), now) == pytest.approx(2.0, rel=0.3)
    assert learned_past([now - timedelta(days=30)], now) == NOTHING
    assert learned_past([now + timedelta(days=30)], now) == NOTHING
    assert learned_past([], now) == NOTHING


def test_a_feed_that_is_silent_for_a_week_is_looked_at_rarely() -> None:
    at = MONDAY + timedelta(days=40)
    plan = next_check(Look("office", "normal", at, rhythm=office(MONDAY + timedelta(days=28))))
    assert plan.why == "every 15 min: nothing new for a week"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 90_000)), max_size=30))
def test_a_rhythm_survives_being_written_down_and_stays_within_bounds(
    steps: list[tuple[int, int]],
) -> None:
    known, now = NOTHING, MONDAY
    for items, seconds in steps:
        since, now = now, now + timedelta(seconds=seconds)
        known = rhythms.read(rhythms.written(learned(known, items, since, now)))
        shortest, longest = BOUNDS_S["normal"]
        waited = wait_s("any", "normal", now, rhythm=known)
        assert shortest * (1 - JITTER) <= waited <= longest
    assert len(rhythms.written(known)) < 2500


# --- what server and document ask for ----------------------------------------------------------


@given(st.floats(1, 1e9), TIMES)
def test_max_age_slows_normal_and_slow_feeds_down_to_a_day_and_no_fast_one(
    max_age_s: float, at: datetime
) -> None:
    advice = Advice(max_age_s=max_age_s, ttl_s=86400.0, period_s=86400.0,
                    skip_hours=tuple(range(24)))  # fmt: skip
    assert wait_s("bbc", "fast", at, advice=advice) <= 60.0
    for pace in ("normal", "slow"):
        waited = wait_s("bbc", pace, at, advice=advice)
        assert min(max_age_s, MAX_ASKED_S) - 1e-6 <= waited <= MAX_ASKED_S
        plan = next_check(Look("bbc", pace, at, advice=Advice(max_age_s=max_age_s)))
        assert plan.not_before == at + timedelta(seconds=min(max_age_s, MAX_ASKED_S))


def test_why_tells_what_the_server_asks_for() -> None:
    plan = next_check(Look("bbc", "normal", T0, advice=Advice(max_age_s=1200.0)))
    assert plan.why == ("every 5 min: pace normal, no rhythm known yet; the server asks for 20 min")


def test_a_ttl_is_honoured_up_to_the_longest_interval_unless_the_feed_belies_it() -> None:
    advice = Advice(ttl_s=3600.0)
    assert wait_s("bbc", "normal", T0, advice=advice) == BOUNDS_S["normal"][1]
    noon = MONDAY + timedelta(days=28, hours=11)
    assert wait_s("bbc", "normal", noon, advice=advice, rhythm=office(noon)) < 400.0


def test_hours_and_days_to_skip_are_skipped_to_their_end() -> None:
    at = MONDAY + timedelta(hours=3, minutes=58)
    advice = Advice(skip_hours=(4, 5))
    assert next_check(Look("bbc", "normal", at, advice=advice)).at == MONDAY + timedelta(hours=6)
    late = MONDAY + timedelta(hours=23, minutes=58)
    plan = next_check(Look("bbc", "normal", late, advice=Advice(skip_days=(1,))))
    assert plan.at == late + timedelta(days=1)
    assert "hours to skip" in plan.why


def test_advice_survives_being_written_down() -> None:
    advice = Advice(60.0, 3600.0, (0, 1), (6,), 300.0, 20, complete=True)
    assert advice_read(advice_written(advice)) == advice
    assert advice_written(Advice()) == "{}"
    assert advice_read("{}") == Advice()


# --- what is nearly missed, what is hot --------------------------------------------------------


def test_a_poll_that_nearly_missed_something_shortens_the_interval() -> None:
    nearly = Look("bbc", "normal", T0, new_items=15, known_items=5)
    assert next_check(nearly).at < T0 + timedelta(seconds=121)
    assert "only 5 of 20 items were known" in next_check(nearly).why
    assert wait_s("bbc", "normal", T0, new_items=5, known_items=15) > 200
    assert wait_s("bbc", "normal", T0, new_items=2, known_items=1) > 200


def test_after_a_gap_a_feed_is_looked_at_every_minute_for_hours() -> None:
    assert wait_s("bbc", "normal", T0, gap_at=T0) <= 60.0
    assert wait_s("bbc", "normal", T0 + timedelta(hours=7), gap_at=T0) > 200


def test_a_short_document_is_read_before_it_turns_over() -> None:
    now = MONDAY + timedelta(days=1)
    busy = learned(NOTHING, 60, now - timedelta(hours=1), now)
    plan = next_check(Look("bbc", "slow", now, rhythm=busy, advice=Advice(items=20)))
    assert (plan.at - now).total_seconds() <= 600.0
    assert "20 items only" in plan.why


def test_a_hot_story_brings_its_feeds_to_the_shortest_interval() -> None:
    for pace in ("normal", "slow"):
        assert wait_s("bbc", pace, T0, hot=True) <= BOUNDS_S[pace][0]
    assert wait_s("bbc", "normal", T0, hot=True, advice=Advice(max_age_s=600.0)) == 600.0


# --- words -------------------------------------------------------------------------------------


def test_spans_in_words() -> None:
    given = [5, 59, 60, 90, 300, 900, 3600, 5400, 86400, 2 * 86400]
    told = ["5 s", "59 s", "1 min", "1.5 min", "5 min", "15 min", "1 h", "1.5 h", "24 h", "2 days"]
    assert [span(seconds) for seconds in given] == told
    assert all(len(span(a)) < 9 and len(span(b)) < 9 for a, b in pairwise(range(1, 200_000, 777)))


def test_hosts_and_addresses() -> None:
    assert host_of("https://User:word@Example.ORG:8443/a") == "example.org:8443"
    assert host_of("http://example.org/feed") == "example.org"
    assert address_of("a", "b", 2) == "a"
    assert address_of("a", "b", 3) == "b"
    assert address_of("a", "", 3) == "a"
