"""`parley backtest`: what a watch would have taken, and what another rule would change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.app.clock import SystemClock
from monitor.cli.asking import open_desk
from monitor.cli.backtest import since_of
from monitor.core.model import ParsedItem
from monitor.ports import Body, Parsed, Poll
from tests.cli.place import WATCH, Place, environment

OPENS = "The bridge over the strait opens at dawn"
CLOSED = "Brücke über die Meerenge gesperrt"
TOY = "A toy bridge over a toy strait"
FERRY = "The ferry over the strait stops at noon"
RAIN = "Rain in the hills"
#: Days ago, feed, language, title.
STREAM = (
    (40, "First Gazette", "en", "An old bridge over the strait is painted"),
    (9, "First Gazette", "en", OPENS),
    (9, "First Gazette", "en", RAIN),
    (7, "First Gazette", "en", FERRY),
    (7, "Second Gazette", "de", CLOSED),
    (2, "First Gazette", "en", TOY),
)


def bring(place: Place, feed: str, *entries: ParsedItem) -> None:
    """Bring items of a feed to the desk, as a poll would."""
    settings, clock = place.settings, SystemClock()
    place.database.parent.mkdir(exist_ok=True)
    with open_desk(settings, clock, place.database) as desk:
        one = next(each for each in settings.rules.feeds if each.name == feed)
        body, now = Body(one.url, b"", etag='"1"'), clock.now()
        desk.path.ingest(Poll(one, now, body, Parsed("", entries), first_contact=False), now)


def entry(days: float, title: str, language: str, **more: str) -> ParsedItem:
    published = datetime.now(UTC) - timedelta(days=days)
    return ParsedItem(f"guid {title}", f"https://example.org/{len(title)}", title,
                      more.get("summary", ""), published, language=language)  # fmt: skip


@pytest.fixture
def stored(place: Place) -> Place:
    """Six items of six weeks, judged by the watch as it is."""
    for days, feed, language, title in STREAM:
        bring(place, feed, entry(days, title, language))
    return place


def titles(items: list[dict]) -> list[str]:
    return [one["title"] for one in items]


# --- the rule in force and what was decided --------------------------------------------------


def test_the_hits_of_each_day_are_counted_and_shown(stored: Place) -> None:
    done = stored.cli("backtest", "bridge")
    assert done.code == 0, done.err
    assert "bridge: A bridge over the strait" in done.out
    assert "before: what was decided when the items came" in done.out
    assert "after:  watches/bridge.yaml as it is" in done.out
    assert "5 items since" in done.out  # the old one is older than thirty days
    assert "2 hits" in done.out
    assert "before 2: 0 gained, 0 lost" in done.out
    days = [line.split() for line in done.out.splitlines() if line.startswith("20")]
    assert [row[1:4] for row in days if row[1] != "0"] == [
        ["2", "1", "1"], ["2", "1", "1"], ["1", "0", "0"],
    ]  # fmt: skip
    assert len(days) == 8  # days without items have their row too
    assert "\u2587" in done.out
    assert OPENS in done.out
    assert "$bridge: bridge" in done.out
    assert TOY not in done.out


def test_programs_get_the_same(stored: Place) -> None:
    data = stored.cli("backtest", "bridge", "--json").data
    assert (data["items"], data["before"], data["after"]) == (5, 2, 2)
    assert (data["gained"], data["lost"], data["kept"], data["left_out"]) == (0, 0, 2, 0)
    assert titles(data["kept_items"]) == [OPENS, CLOSED]
    assert data["kept_items"][1]["words"] == ["$bridge: Brücke", "Meerenge: Meerenge"]
    assert [day["items"] for day in data["days"]] == [2, 2, 1]


def test_since_reaches_as_far_back_as_is_said(stored: Place) -> None:
    assert stored.cli("backtest", "bridge", "--since", "8w", "--json").data["items"] == 6
    assert stored.cli("backtest", "bridge", "--since", "8d", "--json").data["items"] == 3
    here = ZoneInfo("Europe/Istanbul")  # a day is one of the zone that is set
    week_ago = (datetime.now(here) - timedelta(days=8)).date().isoformat()
    assert stored.cli("backtest", "bridge", "--since", week_ago, "--json").data["items"] == 3
    wrong = stored.cli("backtest", "bridge", "--since", "soon")
    assert wrong.code == 2
    assert "write 12h, 30d, 2w" in wrong.err


def test_a_rule_that_was_edited_is_held_against_what_was_decided(stored: Place) -> None:
    stored.edit("watches/bridge.yaml", "$bridge AND", "($bridge OR ferry) AND NOT gesperrt AND")
    done = stored.cli("backtest", "bridge")
    assert "before 2: 1 gained, 1 lost" in done.out
    data = stored.cli("backtest", "bridge", "--json").data
    (gained,), (lost,) = data["gained_items"], data["lost_items"]
    assert (gained["title"], gained["words_before"]) == (FERRY, None)
    assert gained["words"] == ["ferry: ferry", "strait: strait"]
    assert (lost["title"], lost["words"]) == (CLOSED, None)
    assert lost["words_before"] == ["$bridge: Brücke", "Meerenge: Meerenge"]
    assert lost["why_not"] == "has gesperrt, which it excludes"
    assert "had $bridge: Brücke" in done.out
    assert "now: has gesperrt, which it excludes" in done.out


def test_nothing_is_written_and_no_message_is_made(stored: Place) -> None:
    before = stored.cli("status", "--json").data["store"], stored.database.read_bytes()
    stored.edit("watches/bridge.yaml", "NOT toy", "NOT plastic")
    assert stored.cli("backtest", "bridge", "--json").data["gained"] == 1
    assert (stored.cli("status", "--json").data["store"], stored.database.read_bytes()) == before


def test_an_edited_item_counts_in_its_newest_wording(place: Place) -> None:
    bring(place, "First Gazette", entry(1, OPENS, "en"))
    later = entry(1, OPENS, "en")
    corrected = ParsedItem(later.guid, later.link, "Tunnel beneath the hills opens at dawn", "",
                           later.published, language="en")  # fmt: skip
    bring(place, "First Gazette", corrected)
    data = place.cli("backtest", "bridge", "--json").data
    assert (data["items"], data["before"], data["after"], data["lost"]) == (1, 1, 0, 1)
    assert data["lost_items"][0]["words_before"] == ["$bridge: bridge", "strait: strait"]
    assert "had $bridge: bridge (in its wording 1)" in place.cli("backtest", "bridge").out


def test_hits_under_a_former_name_of_the_watch_count(stored: Place) -> None:
    old = stored.config / "watches" / "bridge.yaml"
    stored.write("watches/crossing.yaml", WATCH + "formerly: [bridge]\n")
    old.unlink()
    (stored.config / "baselines" / "start.yaml").unlink()
    data = stored.cli("backtest", "crossing", "--json").data
    assert (data["before"], data["after"]) == (2, 2)


# --- another rule ----------------------------------------------------------------------------


def test_a_watch_file_is_compared_with_the_one_in_force(stored: Place) -> None:
    text = WATCH.replace("AND NOT toy", "").replace("de: [Brücke]", "de: [Tunnel]")
    (stored.root / "new.yaml").write_text(text, encoding="utf-8")
    done = stored.cli("backtest", "bridge", "--rules", "new.yaml")
    assert done.code == 0, done.err
    assert "before: watches/bridge.yaml as it is" in done.out
    assert "after:  new.yaml" in done.out
    assert "+ gained: 1 item" in done.out
    assert "before: has toy, which it excludes" in done.out
    assert "- lost: 1 item" in done.out
    assert "now: lacks $bridge" in done.out
    data = stored.cli("backtest", "bridge", "--rules", "new.yaml", "--json").data
    assert data["compared"] == {"before": "watches/bridge.yaml as it is", "after": "new.yaml"}
    assert titles(data["gained_items"]) == [TOY]
    assert data["gained_items"][0]["why_not_before"] == "has toy, which it excludes"
    assert titles(data["lost_items"]) == [CLOSED]


def test_a_file_of_concepts_is_compared_with_those_in_force(stored: Place) -> None:
    stored.write(
        "concepts/own.yaml",
        "version: 1\nconcepts:\n  crossing: {en: [bridge]}\n  unused: {en: [harbour]}\n",
    )
    stored.write("watches/bridge.yaml", "title: A crossing\nquery: $crossing\n")
    (stored.config / "baselines" / "start.yaml").unlink()
    (stored.root / "mine.yaml").write_text(
        "version: 1\nconcepts:\n  crossing: {en: [ferry], de: [Brücke]}\n  unused: {en: [port]}\n",
        encoding="utf-8",
    )
    done = stored.cli("backtest", "bridge", "--rules", "mine.yaml", "--json")
    data = done.data
    assert data["compared"]["after"] == "the same query with $crossing from mine.yaml"
    assert "does not rest on $unused" in done.err
    assert titles(data["gained_items"]) == [FERRY, CLOSED]
    assert titles(data["lost_items"]) == [OPENS, TOY]


def test_concepts_that_a_watch_extends_are_read_anew(stored: Place) -> None:
    stored.write("concepts/own.yaml", "version: 1\nconcepts:\n  crossing: {en: [bridge]}\n")
    stored.write(
        "watches/bridge.yaml",
        "title: A crossing\nquery: $crossing\nconcepts: {crossing: {extend: true, de: [Brücke]}}\n",
    )
    (stored.config / "baselines" / "start.yaml").unlink()
    (stored.root / "mine.yaml").write_text(
        "version: 1\nconcepts:\n  crossing: {en: [ferry]}\n", encoding="utf-8"
    )
    done = stored.cli("backtest", "bridge", "--rules", "mine.yaml", "--json")
    assert "does not rest" not in done.err
    assert titles(done.data["hit_items"]) == [FERRY, CLOSED]
    assert titles(done.data["kept_items"]) == [CLOSED]


def test_a_watch_that_is_not_in_force_yet_is_tried_alone(stored: Place) -> None:
    (stored.root / "ferries.yaml").write_text("title: Ferries\nquery: ferry\n", encoding="utf-8")
    done = stored.cli("backtest", "ferries", "--rules", "ferries.yaml")
    assert done.code == 0, done.err
    assert "not in force: there is nothing to compare it with" in done.out
    assert "1 hit" in done.out
    assert FERRY in done.out
    assert stored.cli("backtest", "ferries", "--rules", "ferries.yaml", "--json").data[
        "compared"
    ] is None  # fmt: skip
    assert stored.cli("backtest", "ferrys", "--rules", "ferries.yaml").code == 1


def test_a_rule_that_is_wrong_is_refused_with_its_place(stored: Place) -> None:
    (stored.root / "new.yaml").write_text("title: T\nquery: $bridgee AND\n", encoding="utf-8")
    done = stored.cli("backtest", "bridge", "--rules", "new.yaml")
    assert done.code == 2
    assert "new.yaml:2:" in done.err
    (stored.root / "none.yaml").write_text("feeds: []\n", encoding="utf-8")
    done = stored.cli("backtest", "bridge", "--rules", "none.yaml")
    assert done.code == 2
    assert "neither a watch nor a file of concepts" in done.err


def test_items_of_feeds_that_the_watch_does_not_listen_to_are_left_out(stored: Place) -> None:
    (stored.root / "new.yaml").write_text(
        WATCH + 'feeds:\n  - {name: Second Gazette, url: "http://127.0.0.1:9/second.xml"}\n',
        encoding="utf-8",
    )
    lost = stored.cli("backtest", "bridge", "--rules", "new.yaml", "--json").data
    assert titles(lost["lost_items"]) == [OPENS]
    assert lost["lost_items"][0]["why_not"] == "does not listen to First Gazette"
    stored.edit("feeds.yaml", '  - {name: Second Gazette, url: "http://127.0.0.1:9/second.xml", language: de}\n', "")  # fmt: skip
    stored.write("watches/bridge.yaml", (stored.root / "new.yaml").read_text(encoding="utf-8"))
    alone = stored.cli("backtest", "bridge", "--rules", "new.yaml", "--json").data
    assert (alone["items"], alone["left_out"]) == (1, 4)


# --- what it says when there is nothing, and how much it shows -------------------------------


def test_nothing_stored_and_an_unknown_watch_exit_one(place: Place) -> None:
    done = place.cli("backtest", "bridge")
    assert done.code == 1
    assert "there is no database" in done.err
    bring(place, "First Gazette", entry(3, OPENS, "en"))
    done = place.cli("backtest", "bridge", "--since", "12h")
    assert done.code == 1
    assert "nothing is stored since" in done.err
    done = place.cli("backtest", "brigde")
    assert done.code == 1
    assert "did you mean bridge?" in done.err


def test_a_sample_is_drawn_alike_at_every_run_and_the_counts_are_whole(place: Place) -> None:
    entries = [entry(n / 10, f"Bridge {n} over the strait of {n}", "en") for n in range(250)]
    bring(place, "First Gazette", *entries)
    first = place.cli("backtest", "bridge", "--sample", "5", "--json").data
    assert (first["items"], first["after"], len(first["kept_items"])) == (250, 250, 5)
    again = place.cli("backtest", "bridge", "--sample", "5", "--json").data
    assert titles(again["kept_items"]) == titles(first["kept_items"])
    done = place.cli("backtest", "bridge", "--sample", "5")
    assert "= kept: 250 items, 5 of them" in done.out


def test_it_works_beside_a_daemon(place: Place) -> None:
    bring(place, "First Gazette", entry(1, OPENS, "en"))
    with place.daemon():
        done = place.run("backtest", "bridge", "--json")
    assert done.code == 0, done.err
    assert done.data["after"] == 1
    assert done.err == ""  # no bar where standard error is no terminal


def test_a_terminal_sees_a_bar_and_data_stay_clean(place: Place) -> None:
    bring(place, "First Gazette", entry(1, OPENS, "en"))
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb", closefd=True) as screen:
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "backtest", "bridge", "--json"], cwd=place.root,
            env={**environment(), "TERM": "xterm"}, stdout=subprocess.PIPE, stderr=theirs,
            timeout=60,
        )  # fmt: skip
        os.close(theirs)
        drawn = os.read(screen.fileno(), 65_536).decode()
    assert done.returncode == 0
    assert json.loads(done.stdout)["after"] == 1
    assert "Reading" in drawn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12h", "2025-06-02T00:00:00Z"),
        ("2w", "2025-05-19T12:00:00Z"),
        ("30 d", "2025-05-03T12:00:00Z"),
        ("2025-06-01", "2025-05-31T21:00:00Z"),
        ("2025-06-01T08:00", "2025-06-01T05:00:00Z"),
        ("2025-06-01T08:00Z", "2025-06-01T08:00:00Z"),
    ],
)
def test_times_are_local_and_a_day_means_its_beginning(text: str, expected: str) -> None:
    now = datetime(2025, 6, 2, 12, tzinfo=UTC)
    assert since_of(text, "Europe/Istanbul", now) == datetime.fromisoformat(expected)
