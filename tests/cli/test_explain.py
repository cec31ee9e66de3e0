"""`parley explain`: the way of an item stage by stage, and what came near where a watch took none."""

from __future__ import annotations

import json

import pytest

from monitor.app.clock import SystemClock
from monitor.cli.asking import open_desk
from monitor.cli.near_misses import resembling
from monitor.core.model import ParsedItem
from monitor.ports import Body, Parsed, Poll
from tests.cli.place import Done, Place

NEWS = "The bridge over the strait opens at dawn"
TUNNEL = """\
title: A tunnel that opens
query: {query}
concepts:
  tunnel: {{en: [tunnel, underpass, tunnelling machine], de: [Tunnel]}}
  opens: {{en: [opens, inaugurated]}}
  works: {{en: [works]}}
  opening: {{query: $opens NEAR/3 $works}}
"""


@pytest.fixture
def told(place: Place) -> Place:
    """One development told, one copy held back, one item that no watch takes."""
    place.publish(NEWS, "Rain in the hills")
    place.publish("Bridge over the strait opens at dawn, the")
    return place


def bring(place: Place, feed: str, *entries: ParsedItem) -> None:
    settings, clock = place.settings, SystemClock()
    place.database.parent.mkdir(exist_ok=True)
    with open_desk(settings, clock, place.database) as desk:
        source = next(one for one in settings.rules.feeds if one.name == feed)
        body = Body(source.url, b"", etag='"1"')
        desk.path.ingest(Poll(source, clock.now(), body, Parsed("", entries)), clock.now())


def stages(done: Done) -> dict[str, list[str]]:
    """The lines of the trace by their stage."""
    found: dict[str, list[str]] = {}
    stage = ""
    for line in done.out.split("\n\n", 1)[1].split("\n\n")[0].splitlines():
        stage = line[:9].strip() or stage
        found.setdefault(stage, []).append(line[9:].strip())
    return found


# --- the trace -------------------------------------------------------------------------------


def test_the_way_of_an_item_is_told_stage_by_stage_by_row_link_and_alert(told: Place) -> None:
    (alert,) = told.cli("alerts", "--json").data
    row = str(alert["item_id"])
    done = told.cli("explain", alert["id"])
    assert done.code == 0
    found = stages(done)
    decided, delivered = found.pop("decided"), found.pop("delivered")
    assert found == {
        "read": ["English, as its feed says"],
        "found": [
            "$bridge: \u201cbridge\u201d in the title", "strait: \u201cstrait\u201d in the title",
        ],
        "matched": ["bridge: hit: \u201cbridge\u201d, \u201cstrait\u201d"],
        "gathered": [found["gathered"][0]],
        "judged": [
            "bridge: update (high): the state of affairs has changed [planned -> begun]",
            "claim: works begun: act start, asserted",
            f"said: \u201c{NEWS}\u201d (title 0-40)",
            found["judged"][3],
        ],
    }  # fmt: skip
    assert found["gathered"][0].endswith(", which it began: 2 reports, 1 publisher")
    assert found["judged"][3].startswith(
        "held against: two-bridges (superseded, of 2025-06-01, known since "
    )
    assert found["judged"][3].endswith(
        "): Two bridges over the strait are planned [works: planned]"
    )
    assert delivered[0].startswith("bridge: #1 console (console) pending, next try ")
    assert decided[0].startswith("bridge: told at once (push), ")
    assert told.cli("explain", row).out == done.out
    assert told.cli("explain", alert["id"][:5]).out == done.out
    data = told.cli("explain", row, "--json").data
    (made,) = data["decisions"]
    assert made["spans"][0]["text"] == "bridge"
    assert (made["claim"]["state"], made["claim"]["sentence"]) == ("begun", NEWS)
    assert [fact["status"] for fact in made["facts"]] == ["superseded"]
    assert (data["story"]["founds"], data["story"]["founder"]) == (True, NEWS)
    assert told.cli("explain", made["development"][:12]).out == done.out
    assert data["read"] == "English, as its feed says"
    assert data["matched"] == [{"watch": "bridge", "hit": True, "why_not": ""}]


def test_what_a_copy_repeats_is_said_and_that_nothing_was_delivered(told: Place) -> None:
    found = stages(told.cli("explain", "3"))
    assert found["judged"][0].startswith("bridge: repeat")
    assert f"it began with \u201c{NEWS}\u201d" in found["gathered"][0]
    assert "delivered" not in found


def test_the_fact_that_a_report_repeats_is_named(told: Place) -> None:
    (fact,) = [
        one for one in told.cli("baseline", "show", "--json").data if one["state"] == "begun"
    ]
    told.publish("Cars roll at last: the strait has its bridge, which starts service today")
    found = stages(told.cli("explain", "4"))
    assert found["judged"][1].startswith("claim: works begun: act start, asserted")
    assert found["judged"][-1].startswith(f"repeats: {fact['id']} (reported, of ")
    assert found["judged"][-1].endswith(f"): {NEWS} [works: begun]")


def test_an_item_that_no_watch_took_ends_with_what_each_lacks(told: Place) -> None:
    done = told.cli("explain", "1")
    found = stages(done)
    assert found["found"] == ["no word of any watch"]
    assert found["matched"] == ["bridge: no hit: lacks $bridge; lacks any of strait, Meerenge"]
    assert set(found) == {"read", "found", "matched"}
    assert "No watch took it" in done.out


def test_words_are_shown_from_the_field_in_which_they_stand(place: Place) -> None:
    query = "(bridge OR content:strait) AND author:Ada AND category:traffic"
    (place.config / "baselines/start.yaml").unlink()
    place.write("watches/bridge.yaml", f"title: Bridges\nquery: {query}\n")
    entry = ParsedItem(
        "1", "https://example.org/1", "A bridge", "It is long.", SystemClock().now(), author="By Ada",
        categories=("Weather", "Traffic"), content="Over the strait.",
    )  # fmt: skip
    bring(place, "First Gazette", entry)
    found = stages(place.cli("explain", "1"))
    assert found["found"] == [
        "bridge: \u201cbridge\u201d in the title", "strait: \u201cstrait\u201d in the content",
        "Ada: \u201cAda\u201d in the author", "traffic: \u201cTraffic\u201d in the category",
    ]  # fmt: skip
    spans = place.cli("explain", "1", "--json").data["decisions"][0]["spans"]
    assert [(one["field"], one["text"]) for one in spans] == [
        ("title", "bridge"), ("content", "strait"), ("author", "Ada"), ("category", "Traffic"),
    ]  # fmt: skip


def test_how_the_language_was_told_is_said(place: Place) -> None:
    now = SystemClock().now()
    ukrainian = "Міст через протоку відкрито на світанку, кажуть у міській раді"
    bring(
        place, "Second Gazette",
        ParsedItem("a", "", "Die Brücke", "", now, language="de"),
        ParsedItem("b", "", ukrainian, "", now, language="uk"),
        ParsedItem("c", "", "Un pont sur le détroit", "", now, language="fr"),
    )  # fmt: skip
    said = {one["title"]: one["read"] for one in (
        place.cli("explain", row, "--json").data for row in (1, 2, 3)
    )}  # fmt: skip
    assert said["Die Brücke"] == "German, as its feed says"
    assert said[ukrainian] == "Ukrainian, told by its letters and words (its feed says German)"
    assert said["Un pont sur le détroit"] == "French, as the item itself says"


def test_rules_that_were_edited_since_are_told_apart_from_those_of_then(told: Place) -> None:
    told.edit("watches/bridge.yaml", "strait OR Meerenge", "strait OR Meerenge OR river")
    assert stages(told.cli("explain", "2"))["matched"] == [
        "bridge: hit: \u201cbridge\u201d, \u201cstrait\u201d (the rules were edited since)"
    ]
    (told.config / "baselines/start.yaml").unlink()
    told.write("watches/bridge.yaml", "title: Tunnels\nquery: tunnel\n")
    told.write("watches/hills.yaml", "title: Hills\nquery: hills\n")
    (by_then, _) = stages(told.cli("explain", "2"))["matched"]
    assert by_then.startswith(
        "bridge: a hit by the rules of then: \u201cbridge\u201d, \u201cstrait"
    )
    assert by_then.endswith("; by those of now: lacks tunnel")
    assert stages(told.cli("explain", "1"))["matched"][1] == (
        "hills: a hit by the rules of now; it was none when the item was read"
    )


# --- why not ---------------------------------------------------------------------------------


def why_not(place: Place, headline: str, query: str, **more: str) -> list[str]:
    """What is said of a watch for tunnels and an item that it does not take."""
    place.write("watches/tunnel.yaml", TUNNEL.format(query=json.dumps(query)))
    now = SystemClock().now()
    entry = ParsedItem("9", "", headline, more.get("summary", ""), now, language="en")
    bring(place, "First Gazette", entry)
    done = place.cli("explain", "1", "--why-not", "tunnel")
    assert done.code == 0, done.err
    return [line.strip() for line in done.out.split("\ntunnel: no hit: ")[1].splitlines()]


def test_what_is_there_and_what_is_missing_is_named_with_what_would_have_matched(
    place: Place,
) -> None:
    said = why_not(place, "The works begin at dawn", "$tunnel AND $works")
    assert said == [
        "lacks $tunnel", "has  $works: \u201cworks\u201d in the title",
        "but  lacks $tunnel; would be found by tunnel, underpass, tunnelling machine",
    ]  # fmt: skip


def test_words_that_nearly_match_are_named(place: Place) -> None:
    said = why_not(place, "Tunel works begin, the machine waits", "$tunnel AND $works")
    assert "\u201cTunel\u201d is nearly tunnel" in said
    assert "\u201cmachine\u201d is nearly tunnelling machine" in said


def test_near_says_how_far_apart_its_sides_are(place: Place) -> None:
    far = "He opens the day with a speech about works"
    (first, *_) = why_not(place, far, "$opens NEAR/3 $works")
    assert first == "has both sides of $opens NEAR/3 $works, but 7 words apart"
    data = place.cli("explain", "1", "--why-not", "tunnel", "--json").data["why_not"]
    assert [miss["kind"] for miss in data["misses"]] == ["apart"]


@pytest.mark.parametrize(
    ("headline", "summary", "where"),
    [("He opens it. The works end.", "", "sentences"), ("He opens it", "The works", "fields")],
)
def test_near_says_that_its_sides_stand_in_different_places(
    place: Place, headline: str, summary: str, where: str
) -> None:
    (first, *_) = why_not(place, headline, "$opens NEAR/S $works", summary=summary)
    assert first == f"has both sides of $opens NEAR/S $works, but in different {where}"


def test_a_concept_that_a_query_finds_says_what_its_query_lacks(place: Place) -> None:
    said = why_not(place, "He opens the tunnel", "$tunnel AND $opening")
    assert said[0] == "lacks $opening"
    assert "but  lacks $opening; would be found by $opens NEAR/3 $works" in said
    assert "lacks $works; would be found by works" in said


def test_filters_say_what_the_item_is_and_fields_where_the_word_stands(place: Place) -> None:
    said = why_not(
        place, "The tunnel", 'title:$opens AND $tunnel AND language:uk AND tier:1 AND source:"Second Gazette"',
        summary="It opens",
    )  # fmt: skip
    assert said[-4:] == [
        "but  lacks $opens in the title; $opens: \u201copens\u201d in the summary",
        "is not language:uk: it is language:en", "is not tier:1: it is tier:2",
        'is not source:"second gazette": it is source:First Gazette',
    ]  # fmt: skip


def test_what_is_excluded_is_named_with_its_words(place: Place) -> None:
    said = why_not(place, "The tunnel of the toy works", "$tunnel AND NOT ($works OR toy)")
    assert said[0] == "has $works, toy, which it excludes"
    assert (
        "but  has what it excludes: $works: \u201cworks\u201d in the title; toy: \u201ctoy\u201d in the title"
        in said
    )


def test_of_alternatives_the_single_words_and_the_nearest_combination_are_shown(
    place: Place,
) -> None:
    said = why_not(
        place, "It opens", "cave OR ($tunnel AND $works AND dawn) OR ($tunnel AND $opens)"
    )
    assert said == [
        "lacks cave, or one of 2 combinations", "has  $opens: \u201copens\u201d in the title",
        "but  lacks cave", "lacks $tunnel; would be found by tunnel, underpass, tunnelling machine",
    ]  # fmt: skip


def test_a_language_for_which_a_concept_has_no_words_is_named(place: Place) -> None:
    place.write("watches/tunnel.yaml", TUNNEL.format(query="$works"))
    entry = ParsedItem("9", "", "Der Tunnel", "", SystemClock().now(), language="de")
    bring(place, "Second Gazette", entry)
    done = place.cli("explain", "1", "--why-not", "tunnel")
    assert "lacks $works, which has no words in de" in done.out


def test_why_not_of_a_watch_that_takes_it_and_of_one_that_is_not_there(told: Place) -> None:
    taken = told.cli("explain", "2", "--why-not", "bridge", "--json").data
    assert taken["why_not"]["lacking"] == []
    assert taken["why_not"]["text"] == "its query, as it is now, takes this item"
    assert told.cli("explain", "nothing").code == 1
    wrong = told.cli("explain", "1", "--why-not", "brigde")
    assert wrong.code == 2
    assert "did you mean bridge?" in wrong.err


def test_a_watch_that_is_off_is_asked_as_if_it_were_on(told: Place) -> None:
    told.write("watches/hills.yaml", "title: Hills\nquery: hills AND snow\nenabled: false\n")
    done = told.cli("explain", "1", "--why-not", "hills")
    assert done.code == 0, done.err
    said = "hills: is off (enabled: false); as if it were on: no hit: lacks snow"
    assert said in done.out.splitlines()
    assert len(stages(done)["matched"]) == 1  # of the watches that are on
    assert stages(done)["found"] == ["no word of any watch"]
    told.edit("watches/hills.yaml", " AND snow", "")
    detail = told.cli("explain", "1", "--why-not", "hills", "--json").data["why_not"]
    assert detail["text"] == (
        "is off (enabled: false); as if it were on: its query, as it is now, takes this item"
    )


def test_a_watch_with_feeds_of_its_own_says_that_it_does_not_listen(told: Place) -> None:
    told.write(
        "watches/hills.yaml",
        "title: Hills\nquery: hills\nfeeds: [{name: Hill Post, url: 'http://127.0.0.1:9/h.xml'}]\n",
    )
    assert stages(told.cli("explain", "1"))["matched"][1] == (
        "hills: no hit: takes only items of its own feeds, not of First Gazette"
    )


def test_words_resemble_by_their_beginning_or_a_few_letters_and_no_others_do() -> None:
    found = resembling(
        ["Ceasfire and prisonersExchanged, truces, cast, ceas"], ["ceasefire", "prisoner swap", "case"]
    )  # fmt: skip
    assert found == (("Ceasfire", "ceasefire"), ("prisonersExchanged", "prisoner swap"),
                     ("ceas", "ceasefire"))  # fmt: skip


# --- another database ------------------------------------------------------------------------


def test_a_replay_that_was_kept_is_asked_like_any_other(place: Place) -> None:
    lines = [
        {"id": "a1", "lang": "en", "published": "2025-06-03T10:00:00Z", "source": "First Gazette",
         "title": NEWS, "summary": "", "link": "https://example.org/a1"},
        {"id": "a2", "lang": "en", "published": "2025-06-03T11:00:00Z", "source": "First Gazette",
         "title": "Rain in the hills", "summary": "", "link": "https://example.org/a2"},
    ]  # fmt: skip
    stream = place.root / "stream.jsonl"
    stream.write_text("".join(json.dumps(line) + "\n" for line in lines))
    kept = place.root / "kept.sqlite"
    assert place.cli("replay", stream, "--keep", kept).code == 0
    for reference in ("1", "https://example.org/a1", "a1"):
        found = stages(place.cli("explain", reference, "--db", kept))
        assert found["judged"][0].startswith("bridge: update (high): the state of affairs has")
    rain = place.cli("explain", "a2", "--db", kept, "--why-not", "bridge")
    assert "bridge: no hit: lacks $bridge; lacks any of strait, Meerenge" in rain.out
    assert not place.database.exists()


def test_what_is_no_database_of_parley_is_refused(place: Place) -> None:
    empty = place.root / "empty.db"
    empty.write_bytes(b"")
    done = place.cli("explain", "1", "--db", empty)
    assert done.code == 1
    assert "is no database of Parley" in done.err
    assert place.cli("explain", "1", "--db", place.root / "none.db").code == 2
