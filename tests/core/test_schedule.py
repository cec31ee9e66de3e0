"""When things happen next: arithmetic over rows, also where clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.schedule import (
    CONSOLE_RETRIES_S,
    GIVE_UP_OTHER_S,
    GIVE_UP_S,
    JITTER,
    MAIL_RETRIES_S,
    MAX_RETRY_AFTER_S,
    WEBHOOK_RETRIES_S,
    digest_moment,
    due_digest,
    first_check,
    next_attempt,
    percentile,
    spread,
)
from tests.builders import T0


def test_looks_are_spread_and_yet_always_the_same() -> None:
    first = {first_check(f"feed {n}", T0, 5.0) for n in range(50)}
    assert len(first) == 50
    assert all(T0 <= at < T0 + timedelta(seconds=5) for at in first)
    assert first_check("feed 1", T0, 5.0) == first_check("feed 1", T0, 5.0)
    assert all(0.0 <= spread(str(n)) < 1.0 for n in range(100))


@pytest.mark.parametrize(
    ("kind", "steps"),
    [("email", MAIL_RETRIES_S), ("webhook", WEBHOOK_RETRIES_S), ("console", CONSOLE_RETRIES_S)],
)
def test_attempts_follow_the_schedule_of_their_kind_and_end(
    kind: str, steps: tuple[float, ...]
) -> None:
    first = now = T0
    waits = []
    for attempts in range(1, 500):
        at = next_attempt(kind, "key", attempts, first, now)
        if at is None:
            break
        waits.append((at - now).total_seconds())
        now = at
    for waited, step in zip(waits, steps, strict=False):
        assert step <= waited <= step * (1 + JITTER)
    assert all(waited >= steps[-1] for waited in waits[len(steps) :])
    limit = GIVE_UP_S.get(kind, GIVE_UP_OTHER_S)
    assert limit - steps[-1] * (1 + JITTER) <= (now - first).total_seconds() <= limit


@given(st.floats(0, 1e7), st.integers(1, 12))
def test_an_attempt_honours_retry_after(retry_after_s: float, attempts: int) -> None:
    at = next_attempt("email", "key", attempts, T0, T0, retry_after_s)
    assert at is not None
    assert (at - T0).total_seconds() >= min(retry_after_s, MAX_RETRY_AFTER_S) - 1e-6


#: zone, hour, minute, day, UTC: days on which clocks change, where the hour is skipped or repeated
CHANGES = [
    ("America/New_York", 2, 30, "2025-03-09", "2025-03-09T07:30"),  # skipped: 02:30 is 03:30
    ("America/New_York", 1, 30, "2025-11-02", "2025-11-02T05:30"),  # repeated: the first
    ("America/New_York", 7, 0, "2025-03-09", "2025-03-09T11:00"),
    ("America/New_York", 7, 0, "2025-11-02", "2025-11-02T12:00"),
    ("Europe/Kyiv", 3, 30, "2025-03-30", "2025-03-30T01:30"),
    ("Europe/Kyiv", 3, 30, "2025-10-26", "2025-10-26T00:30"),
    ("Europe/Kyiv", 7, 0, "2025-03-30", "2025-03-30T04:00"),
    ("Europe/Istanbul", 3, 30, "2016-03-27", "2016-03-27T01:30"),
    ("Europe/Istanbul", 3, 30, "2015-11-08", "2015-11-08T00:30"),
    ("Europe/Istanbul", 7, 0, "2025-03-30", "2025-03-30T04:00"),  # no change since 2016
    ("Asia/Kathmandu", 0, 0, "2025-06-03", "2025-06-02T18:15"),
]


@pytest.mark.parametrize(("zone", "hour", "minute", "day", "utc"), CHANGES)
def test_a_digest_comes_once_on_the_day_a_clock_changes(
    zone: str, hour: int, minute: int, day: str, utc: str
) -> None:
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert digest_moment(date.fromisoformat(day), zone, hour, minute) == at
    told = []
    last = now = at - timedelta(hours=12)
    while now < at + timedelta(hours=13):
        now += timedelta(minutes=5)
        due = due_digest(last, now, zone, hour, minute)
        if due is not None:
            told.append((due, now))
            last = digest_moment(date.fromisoformat(due), zone, hour, minute)
    assert told == [(day, at)]


@pytest.mark.parametrize("zone", ["Europe/Istanbul", "Europe/Kyiv", "America/New_York", "UTC"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 7, 23])
def test_through_a_year_every_day_has_one_digest(zone: str, hour: int) -> None:
    last = now = datetime(2025, 1, 1, tzinfo=UTC)
    days = []
    while now < datetime(2026, 1, 1, tzinfo=UTC):
        now += timedelta(minutes=30)
        due = due_digest(last, now, zone, hour, 30)
        if due is not None:
            days.append(due)
            last = digest_moment(date.fromisoformat(due), zone, hour, 30)
    assert len(days) == len(set(days)) == 365
    assert days == sorted(days)


def test_after_days_of_silence_one_digest_tells_them_all() -> None:
    last = datetime(2025, 6, 1, 4, 0, tzinfo=UTC)
    now = datetime(2025, 6, 5, 3, 0, tzinfo=UTC)
    assert due_digest(last, now, "Europe/Istanbul", 7, 0) == "2025-06-04"


def test_a_clock_set_back_makes_no_second_digest() -> None:
    last = datetime(2025, 6, 3, 4, 0, tzinfo=UTC)
    assert due_digest(last, last - timedelta(hours=1), "Europe/Istanbul", 7, 0) is None
    assert due_digest(last, last + timedelta(hours=1), "Europe/Istanbul", 7, 0) is None


def test_percentiles() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile(list(map(float, range(100))), 0.9) == 90.0
    assert percentile([1.0], 1.0) == 1.0
