"""A dozen deaths of the daemon, each at another point; `make torture` has more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.campaign import NO_ANSWER, PLAIN, RANDOM
from tests.torture.clock import FastClock
from tests.torture.daemon import POINTS
from tests.torture.feeds import Writer
from tests.torture.place import a_place
from tests.torture.run import FEEDS, deck, run, table
from tests.torture.sinks import Accepted
from tests.torture.verdict import Record, judge

KILLS = 15


@pytest.mark.timeout(180)
def test_a_daemon_that_is_killed_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    deaths: list[str] = []
    result = run(tmp_path, KILLS, seed=1, told=deaths.append)
    assert result.breaches == [], table(result)
    counted = result.as_json()
    assert counted["lost"] == counted["doubled"] == 0
    # the deck has each point once: all of them were reached, and three times `parley run` died
    assert {*POINTS, NO_ANSWER, RANDOM, PLAIN} <= set(deaths)
    # after these three the receivers hold what the store does not know of: it must come again
    assert sum(result.reports[0].verdict.repeats.values()) > 0
    # and the run was no idle one
    assert result.total("served") > KILLS
    assert result.total("keys") == 3 * result.total("served")  # two mailboxes and a webhook


def test_the_deck_is_fair_and_repeatable() -> None:
    assert deck(150, 7) == deck(150, 7)
    counts = [deck(120, 7).count(point) for point in (*POINTS, NO_ANSWER, RANDOM)]
    assert counts == [10] * 12


def test_the_server_keeps_a_piece_for_ten_minutes_from_its_first_serving(tmp_path: Path) -> None:
    clock = FastClock(0.0, 0.0)
    with a_place(tmp_path, clock, FEEDS) as place:
        writer = Writer(1)
        piece = writer.piece(FEEDS[0], clock.now())
        place.feeds.publish(FEEDS[0], piece)
        assert place.feeds.document(FEEDS[0])[1] == (piece.mark,)
        place.feeds.was_read(FEEDS[0], 1, (piece.mark,))
        clock.epoch = 599.0
        assert place.feeds.document(FEEDS[0])[1] == (piece.mark,)
        assert place.feeds.waiting_for({(FEEDS[0], piece.mark)}).total_seconds() == 0
        assert place.feeds.waiting_for(set()).total_seconds() == 599
        clock.epoch = 600.0
        assert place.feeds.document(FEEDS[0])[1] == ()


# --- the judge itself ------------------------------------------------------------------------

TARGETS = frozenset({("desk", "a@example.org"), ("hook", "webhook")})


def message(channel: str, key: str, mark: str = "zaaaaa", **changed: object) -> Accepted:
    recipient = dict(TARGETS)[channel]
    usual = {"body": f"bytes of {key}", "life": 1, "at": 1.0, "sound": True}
    return Accepted(channel, recipient, key, mark, **{**usual, **changed})  # type: ignore[arg-type]


def judged(
    *taken: Accepted, deaths: dict[int, str] | None = None
) -> tuple[list[str], dict[str, int]]:
    record = Record({"zaaaaa": 1, "zaaaab": 1}, frozenset({"zaaaab"}), TARGETS, taken, deaths or {})
    verdict = judge(record)
    return verdict.breaches, dict(verdict.repeats)


MAIL, HOOK = message("desk", "m1"), message("hook", "h1")


def test_a_faultless_record_passes() -> None:
    assert judged(MAIL, HOOK) == ([], {})


def test_one_repeat_after_a_crash_is_counted_and_no_breach() -> None:
    again = message("hook", "h1", life=2, at=2.0)
    assert judged(MAIL, HOOK, again, deaths={1: "after-send"}) == ([], {"after-send": 1})


@pytest.mark.parametrize(
    ("taken", "deaths", "said"),
    [
        ((MAIL,), {}, "lost: zaaaaa"),
        ((MAIL, HOOK, message("hook", "h2", at=2.0)), {}, "doubled: zaaaaa has 2 keys"),
        ((MAIL, HOOK, message("hook", "h1", life=2, at=2.0)), {}, "repeated without a crash"),
        ((MAIL, HOOK, message("hook", "h1", at=2.0)), {1: "parse"}, "repeated without a crash"),
        ((MAIL, HOOK, message("hook", "h1", life=2, at=2.0, body="x")), {1: "parse"}, "changed: h1"),
        ((MAIL, HOOK, message("desk", "h1", life=2, at=2.0)), {1: "parse"}, "mixed up: h1"),
        ((MAIL, message("hook", "h1", sound=False)), {}, "h1 is not sound"),
        ((MAIL, HOOK, message("hook", "h3", "zaaaab")), {}, "zaaaab of the first contact was told"),
        ((MAIL, HOOK, message("hook", "h4", "zaaaac")), {}, "zaaaac was never served"),
    ],
)  # fmt: skip
def test_every_breach_is_noticed(
    taken: tuple[Accepted, ...], deaths: dict[int, str], said: str
) -> None:
    breaches, _ = judged(*taken, deaths=deaths)
    assert any(said in breach for breach in breaches), breaches
