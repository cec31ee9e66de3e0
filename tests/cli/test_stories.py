"""`parley stories`: which there are, and how each report came to one."""

from __future__ import annotations

import sqlite3

import pytest

from monitor.app.clock import SystemClock
from tests.cli.place import Place
from tests.cli.told import AGREED, FIRST, WORDINGS, news, with_truce

RAIN = "Rain floods the cellars of the old town"


@pytest.fixture
def truce(place: Place) -> Place:
    place.write("watches/rain.yaml", "title: Rain\nquery: rain\n")
    return with_truce(place)


def test_stories_are_listed_with_who_tells_them_and_what_readers_were_told(truce: Place) -> None:
    news(truce, [*(("First", *one) for one in WORDINGS), ("Weather", "en", RAIN)])
    rain, story = truce.cli("stories", "--since", "2025-06-01", "--json").data
    assert (story["headline"], story["outlet"]) == (AGREED, "First")
    assert (story["reports"], story["publishers"]) == (5, 1)
    assert story["languages"] == ["de", "en", "fr", "uk"]
    assert (story["watches"], rain["watches"]) == (["truce"], ["rain"])
    (told,) = story["told"]
    assert (told["tracker"], told["value"], told["status"]) == ("truce", "agreed", "reported")
    assert (story["open"], story["aliases"]) == (False, [])
    heads, first, second = truce.cli("stories", "--since", "2025-06-01").out.splitlines()
    assert heads.split() == [
        "last", "story", "headline", "reports", "languages", "watches", "told", "last",
    ]  # fmt: skip
    assert RAIN in first
    assert "5 reports of 1 publisher  de, en, fr, uk  truce" in second
    assert second.endswith("truce: truce agreed, reported")


def test_only_recent_ones_and_those_of_a_watch_are_listed(truce: Place) -> None:
    news(truce, [("First", "en", AGREED), ("Weather", "en", RAIN)], SystemClock().now())
    assert [one["headline"] for one in truce.cli("stories", "--json").data] == [RAIN, AGREED]
    of_truce = truce.cli("stories", "--watch", "truce", "--json").data
    assert [(one["headline"], one["open"]) for one in of_truce] == [(AGREED, True)]
    wrong = truce.cli("stories", "--watch", "rian")
    assert (wrong.code, "did you mean rain?" in wrong.err) == (2, True)
    assert truce.cli("stories", "--since", "soon").code == 2


def test_old_stories_are_not_listed(truce: Place) -> None:
    news(truce, [("First", "en", AGREED)], FIRST)
    assert truce.cli("stories", "--json").data == []
    assert truce.cli("stories").out.startswith("No story since ")


def test_the_reports_of_one_story_are_shown_in_the_order_in_which_they_came(truce: Place) -> None:
    news(truce, [("First", "en", AGREED), ("Copy", "en", AGREED), ("Dritte", *WORDINGS[2])])
    (story,) = truce.cli("stories", "--since", "2025-06-01", "--json").data
    done = truce.cli("stories", story["name"][:6])
    lines = done.out.splitlines()
    assert lines[0] == f"{AGREED} (First)"
    assert lines[1] == f"story {story['name']}: 3 reports of 3 publishers, in de, en"
    assert lines[2].endswith(", closed")
    assert lines[3].startswith("told: truce: truce agreed, reported, parley alerts show ")
    assert lines[5:8] == [
        f"#1  {AGREED}",
        "    First, en, 2025-06-10 11:00:00 +03, begins it",
        "    truce: update, agreed: the state of affairs has changed; told at once",
    ]
    assert "    Copy, en, 2025-06-10 11:05:00 +03, alike 1.00, a copy of #1" in lines
    assert "    truce: repeat, agreed: a copy of an item already read" in lines
    items = truce.cli("stories", story["name"], "--json").data["items"]
    assert [(one["feed"], one["copy_of"], one["founds"]) for one in items] == [
        ("First", None, True), ("Copy", 1, False), ("Dritte", None, False),
    ]  # fmt: skip
    assert 0 < items[2]["similarity"] < 1
    assert items[2]["judged"][0]["verdict"] == "repeat"


def test_a_younger_story_that_proved_to_be_the_same_is_shown_under_the_elder(truce: Place) -> None:
    again = "Moscow and Kyiv have agreed to stop all fire, the Kremlin confirms a ceasefire"
    news(truce, [("First", "en", AGREED), ("Weather", "en", RAIN), ("Second", "en", again)])
    listed = truce.cli("stories", "--since", "2025-06-01", "--json").data
    elder = next(one for one in listed if one["headline"] == AGREED)
    younger = next(one for one in listed if one["headline"] == RAIN)
    store = sqlite3.connect(truce.database)
    with store:  # as an item does that is close to both
        store.execute(
            "UPDATE stories SET elder = ? WHERE name = ?", [elder["name"], younger["name"]]
        )
    store.close()
    (story,) = truce.cli("stories", "--since", "2025-06-01", "--json").data
    assert (story["name"], story["aliases"]) == (elder["name"], [younger["name"]])
    assert story["reports"] == elder["reports"] + younger["reports"]
    assert story["watches"] == ["rain", "truce"]
    assert f"(also {younger['name']})" in truce.cli("stories", "--since", "2025-06-01").out
    done = truce.cli("stories", younger["name"])
    assert done.out.splitlines()[0] == f"{AGREED} (First)"
    assert f"begins {younger['name']}, which goes on as this one" in done.out
    explained = truce.cli("explain", "2")
    assert f"it goes on as {elder['name']}: " in explained.out


def test_a_name_that_is_none_is_refused_with_the_way_to_find_one(truce: Place) -> None:
    assert truce.cli("stories", "s1").code == 1
    assert truce.cli("stories", "--json").data == []
    news(truce, [("First", "en", AGREED)])
    done = truce.cli("stories", "nothing")
    assert (done.code, done.out) == (1, "")
    assert "there is no story nothing; see: parley stories" in done.err
    assert truce.cli("stories", "").code == 1
