"""What a look leaves behind on its feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.core.polling import GONE_AGAIN_S, MOVED_AFTER, advice_read
from monitor.ingest.checks import HOT_FOR_S, check_of
from monitor.ports import Body, DueFeed, Failure, FeedCheck, Hints, Parsed, Poll, Unchanged
from tests.builders import T0, after, entry, feed
from tests.ingest.rig import Rig

ENTRIES = tuple(entry(f"Report {n}", guid=str(n)) for n in range(6))


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


def due(**more: object) -> DueFeed:
    return DueFeed("bbc", "", "", "", **{"failures": 0, "first_contact": False, **more})  # type: ignore[arg-type]


def look(fetched: Body | Unchanged | Failure, was: DueFeed, at: float = 0, **more: object) -> Poll:
    return Poll(feed(pace="normal"), after(at), fetched, due=was, **more)  # type: ignore[arg-type]


def body(moved_to: str = "", max_age_s: float | None = None) -> Body:
    return Body("https://bbc.example.org/feed", b"x", moved_to=moved_to, max_age_s=max_age_s)


def after_look(was: DueFeed, check: FeedCheck) -> DueFeed:
    """The row as it is after a look, as far as these tests ask."""
    moved_to = was.moved_to if check.moved_to is None else check.moved_to
    times = was.moved_times if check.moved_times is None else check.moved_times
    return due(moved_to=moved_to, moved_times=times, failures=check.failures, status=check.status,
               last_checked_at=check.at, gone=check.gone)  # fmt: skip


# --- moved, gone -------------------------------------------------------------------------------


def test_a_permanent_redirect_counts_look_by_look_and_a_plain_answer_ends_the_count() -> None:
    was = due()
    for times in range(1, MOVED_AFTER + 1):
        was = after_look(was, check_of(look(body("https://new.example.org/"), was), 0))
        assert (was.moved_to, was.moved_times) == ("https://new.example.org/", times)
    was = due(moved_to="https://new.example.org/", moved_times=MOVED_AFTER - 1)
    other = check_of(look(body("https://other.example.org/"), was), 0)
    assert (other.moved_to, other.moved_times) == ("https://other.example.org/", 1)
    plain = check_of(look(body(), was), 0)
    assert (plain.moved_to, plain.moved_times) == ("", 0)
    failed = check_of(look(Failure("not-a-feed", "HTML"), was), 0)
    assert (failed.moved_to, failed.moved_times) == (None, None)


def test_the_new_address_is_given_up_when_it_fails_twice() -> None:
    was = due(moved_to="https://new.example.org/", moved_times=MOVED_AFTER)
    assert check_of(look(body(), was), 0).moved_to is None
    once = check_of(look(Failure("http-404", "not there", 404), was), 0)
    assert once.moved_to is None
    was = due(moved_to=was.moved_to, moved_times=MOVED_AFTER, failures=1)
    twice = check_of(look(Failure("http-404", "not there", 404), was), 0)
    assert (twice.moved_to, twice.moved_times) == ("", 0)


def test_a_feed_is_gone_after_a_second_410_an_hour_after_the_first() -> None:
    refused = Failure("http-410", "gone for good", 410, gone=True)
    first = check_of(look(refused, due()), 0)
    assert not first.gone
    assert first.next_check_at >= T0 + timedelta(seconds=GONE_AGAIN_S)
    was = after_look(due(), first)
    assert not check_of(look(refused, was, at=5), 0).gone
    second = check_of(look(refused, was, at=61), 0)
    assert second.gone
    assert second.next_check_at > after(61) + timedelta(hours=21)
    assert check_of(look(refused, after_look(was, second), at=62), 0).gone
    assert not check_of(look(body(), after_look(was, second), at=62), 0).gone


# --- advice, rhythm, gaps ------------------------------------------------------------------------


def test_advice_is_kept_and_follows_the_last_word() -> None:
    hints = Hints(ttl_s=3600.0, skip_hours=(1, 2))
    first = check_of(look(body(max_age_s=600.4), due(), parsed=Parsed("", ENTRIES, hints=hints)), 6)
    assert first.hints is not None
    advice = advice_read(first.hints)
    assert (advice.ttl_s, advice.skip_hours, advice.max_age_s, advice.items) == (
        3600.0, (1, 2), 600.0, 6,
    )  # fmt: skip
    was = due(hints=first.hints)
    assert check_of(look(Unchanged(), was), 0).hints is None
    assert check_of(look(Unchanged(max_age_s=600.0), was), 0).hints is None
    fresher = check_of(look(Unchanged(max_age_s=60.0), was), 0)
    assert fresher.hints is not None
    assert advice_read(fresher.hints).max_age_s == 60.0
    assert check_of(look(Failure("dns", "no such host"), was), 0).hints is None


def test_a_look_without_news_leaves_the_rhythm_alone() -> None:
    assert check_of(look(Unchanged(), due()), 0).rhythm is None
    assert check_of(look(body(), due(), parsed=Parsed("", ENTRIES)), 0).rhythm is None
    assert check_of(look(body(), due(), parsed=Parsed("", ENTRIES)), 2).rhythm is not None


def gap(
    items: int, new: int, *, known: int = 0, older: int = 0, before: int = 20,
    complete: bool = False, first_contact: bool = False,
) -> int:  # fmt: skip
    entries = tuple(entry(str(n), guid=str(n)) for n in range(items + older))
    parsed = Parsed("", entries, known=known, hints=Hints(complete=complete))
    was = due(hints=f'{{"items":{before}}}')
    return check_of(
        look(body(), was, parsed=parsed, older=older, first_contact=first_contact), new
    ).gap


def test_a_document_without_anything_known_is_a_gap() -> None:
    assert gap(20, 20) == 20
    assert gap(20, 19) == 0
    assert gap(15, 15, known=5) == 0
    assert gap(20, 20, first_contact=True) == 0
    assert gap(2, 2) == 0  # too short to say
    assert gap(20, 20, before=1) == 0
    assert gap(20, 20, complete=True) == 0
    assert gap(20, 25, older=10) == 0  # an older page led to what is known
    assert gap(20, 30, older=10) == 30


def test_a_gap_is_written_down_told_and_shortens_the_interval(rig: Rig) -> None:
    def read(*numbers: int, at: float) -> int:
        (was,) = [d for d in rig.store.reader().due_feeds(after(days=1), 9) if d.name == "bbc"]
        entries = tuple(entry(f"Report {n}", guid=str(n)) for n in numbers)
        made = look(body(), was, at, parsed=Parsed("", entries), first_contact=was.first_contact)
        return rig.ingest(made).gap

    assert read(1, 2, 3, 4, 5, at=0) == 0
    assert read(3, 4, 5, 6, 7, at=10) == 0
    assert read(20, 21, 22, 23, 24, at=20) == 5
    (row,) = [r for r in rig.store.reader().feeds() if r.name == "bbc"]
    assert (row.gaps, row.gap_at, row.known_items) == (1, after(20), 0)
    assert row.next_check_at <= after(21)
    assert "turned over" in row.why


# --- hosts, outages, hot stories -------------------------------------------------------------------


def test_a_host_that_asks_for_rest_rests_with_all_its_feeds(rig: Rig) -> None:
    with rig.store.unit() as unit:
        unit.sync_feeds([feed("one", url="https://h.example.org/1"),
                         feed("two", url="https://h.example.org/2"), feed("bbc")], T0)  # fmt: skip
    one = feed("one", url="https://h.example.org/1")
    busy = Failure("http-503", "busy", 503, retry_after_s=600.0)
    rig.path.checked([Poll(one, T0, busy)])
    reader = rig.store.reader()
    assert [d.name for d in reader.due_feeds(after(9), 9)] == ["bbc"]
    assert {d.name for d in reader.due_feeds(after(11), 9)} == {"bbc", "one", "two"}
    rig.path.checked([Poll(one, after(11), Failure("http-429", "too many", 429))])
    assert [d.name for d in reader.due_feeds(after(11.5), 9)] == ["bbc"]
    rig.path.checked([Poll(one, after(20), Failure("http-500", "broken", 500, 600.0))])
    assert "two" in {d.name for d in reader.due_feeds(after(21), 9)}


def test_while_nothing_can_be_reached_no_feed_is_to_blame() -> None:
    lost = Failure("dns", "the host's name could not be resolved")
    alone, together = (
        check_of(look(lost, due(failures=1), outage=outage), 0) for outage in (False, True)
    )
    assert (alone.failures, together.failures) == (2, 1)
    assert "no feed at all" in together.why


def test_looks_without_a_document_are_written_down_together(rig: Rig) -> None:
    polls = [Poll(feed(name), T0, Unchanged()) for name in ("bbc", "dw", "ard")]
    assert [done.feed for done in rig.path.checked(polls)] == ["bbc", "dw", "ard"]
    assert rig.rows("SELECT count(*) FROM feeds WHERE outcome = 'unchanged'") == [(3,)]


def test_a_story_that_moves_brings_its_feeds_to_their_shortest_interval(rig: Rig) -> None:
    rig.tick(T0)
    slow = Poll(feed("dw", pace="slow"), T0, Unchanged())
    rig.path.checked([slow])
    was = {row.name: row.next_check_at for row in rig.store.reader().feeds()}
    told = Poll(feed("dw", pace="slow"), after(1), body(),
                parsed=Parsed("", (entry("Truce agreed", guid="1"),)))  # fmt: skip
    assert rig.ingest(told).developments == 1
    rig.tick(after(2.5))
    assert "dw" in rig.path.hot
    assert "bbc" not in rig.path.hot
    now = {row.name: row.next_check_at for row in rig.store.reader().feeds()}
    assert now["dw"] <= after(3.5) < was["dw"]
    rig.tick(after(3) + timedelta(seconds=HOT_FOR_S))
    assert "dw" not in rig.path.hot
