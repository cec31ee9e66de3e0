"""`parley try`: the trace of a headline, and the alert that would go out."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest

from monitor.app.clock import SystemClock
from monitor.store.excerpt import excerpt_in_memory
from tests.cli.place import Place
from tests.cli.told import with_truce

HEADLINE = "The bridge over the strait opens at dawn"


def test_a_headline_that_is_news_shows_its_words_its_verdict_and_the_alert(place: Place) -> None:
    done = place.cli("try", HEADLINE, "--lang", "en")
    assert done.code == 0
    assert "Language English" in " ".join(done.out.split())
    assert "$bridge: bridge" in done.out
    assert (
        "bridge: hit; update (high): the state of affairs has changed [planned -> begun];"
        " told at once: console" in done.out
    )
    assert "Subject: Works: planned -> begun - " in done.out
    assert "Known before (baseline of 2 June 2025, 23:00)" in done.out
    assert "To: console (console)" in done.out


def test_nothing_is_stored_or_sent(place: Place) -> None:
    place.cli("try", HEADLINE)
    assert not place.database.exists()
    place.publish("Rain in the hills")
    before = place.cli("status", "--json").data["store"]
    place.cli("try", HEADLINE)
    assert place.cli("status", "--json").data["store"] == before


def test_garbage_is_collected_again_once_it_is_done(place: Place) -> None:
    assert place.cli("try", HEADLINE).code == 0
    assert gc.isenabled()
    assert place.cli("try", "").code == 2
    assert gc.isenabled()


def test_a_headline_that_no_watch_takes_says_what_it_lacks(place: Place) -> None:
    done = place.cli("try", "A bridge over the river", "--lang", "en")
    assert "bridge: no hit: lacks any of strait, Meerenge" in done.out
    assert "none would go out" in done.out
    (watch,) = place.cli("try", "A bridge over the river", "--json").data["watches"]
    assert watch["lacking"] == ["strait", "Meerenge"]


def test_the_summary_is_read_too(place: Place) -> None:
    data = place.cli(
        "try", "It opens at last", "--summary", "The bridge over the strait.", "--json"
    ).data
    assert data["watches"][0]["hit"] is True


def test_it_is_held_against_open_stories_of_the_database(place: Place) -> None:
    place.publish(HEADLINE)
    done = place.cli("try", HEADLINE)
    assert "repeat" in done.out
    assert "a copy of an item already read" in done.out
    assert f"which began with \u201c{HEADLINE}\u201d" in done.out
    assert "none would go out" in done.out
    other = place.cli("try", "Protesters delay bridge, strait ferries overflow with commuters")
    assert "the state of affairs has changed [begun -> halted]" in other.out
    gulls = "Gulls circle bridge, strait shines, commuters watch from deck"
    lost = place.cli("try", gulls, "--lang", "en")
    assert "(medium): on the subject, in words that tell no act that is known" in lost.out


def test_it_is_held_against_facts_that_were_set_by_hand(place: Place) -> None:
    place.cli(
        "baseline", "set", "dawn", "--watch", "bridge", "--text",
        "It has been in use since Monday", "--tracker", "works", "--state", "begun",
    )  # fmt: skip
    (watch,) = place.cli("try", HEADLINE, "--json").data["watches"]
    assert (watch["reason"], watch["known"]) == ("says-known-fact", ["dawn"])


def test_it_is_judged_by_the_rules_on_disk(place: Place) -> None:
    place.publish("Rain in the hills")
    place.edit("watches/bridge.yaml", "NOT toy", "NOT dawn")
    done = place.cli("try", HEADLINE)
    assert "has dawn, which it excludes" in done.out


def test_one_watch_alone_can_be_asked_and_a_wrong_name_is_a_usage_error(place: Place) -> None:
    place.write("watches/rain.yaml", "title: Rain\nquery: rain\n")
    every = place.cli("try", "Rain on the bridge", "--json").data["watches"]
    assert [one["watch"] for one in every] == ["bridge", "rain"]
    one = place.cli("try", "Rain on the bridge", "--watch", "rain", "--json").data["watches"]
    assert [each["watch"] for each in one] == ["rain"]
    wrong = place.cli("try", "Rain", "--watch", "brigde")
    assert wrong.code == 2
    assert "did you mean bridge?" in wrong.err


def test_hostile_text_from_the_keyboard_is_cleaned(place: Place) -> None:
    data = place.cli("try", "The bridge\x1b[31m over \udcff the strait\r\nBcc: x", "--json").data
    assert data["watches"][0]["hit"] is True
    assert data["headline"].isprintable()


def test_an_empty_headline_is_a_usage_error(place: Place) -> None:
    for nothing in ("", "  ", "\x1b\r\n"):
        done = place.cli("try", nothing)
        assert done.code == 2
        assert "the headline is empty" in done.err


def test_a_watch_that_is_off_is_held_as_if_it_were_on_and_never_alerts(place: Place) -> None:
    place.edit("watches/bridge.yaml", "title:", "enabled: false\ntitle:")
    assert place.cli("try", HEADLINE, "--json").data["watches"] == []
    done = place.cli("try", HEADLINE, "--watch", "bridge")
    assert done.code == 0, done.err
    assert "bridge: is off (enabled: false); as if it were on: hit; update (high)" in done.out
    assert "none would go out" in done.out
    assert "Subject" not in done.out
    data = place.cli("try", HEADLINE, "--watch", "bridge", "--json").data
    assert (data["watches"][0]["off"], data["alert"], data["channels"]) == (True, None, {})
    none = place.cli("try", "Rain", "--watch", "bridge").out
    assert "bridge: is off (enabled: false); as if it were on: no hit: lacks $bridge" in none
    assert "did you mean bridge?" in place.cli("try", "Rain", "--watch", "brigde").err


def test_a_watch_that_is_off_is_held_against_stored_items_too(place: Place) -> None:
    place.publish(HEADLINE, "Rain in the hills")
    place.write("watches/rain.yaml", "title: Rain\nquery: rain\nenabled: false\n")
    done = place.cli("backtest", "rain")
    assert done.code == 0, done.err
    assert "after:  watches/rain.yaml as it is; rain is off (enabled: false)" in done.out
    assert "1 hit," in done.out
    (place.root / "new.yaml").write_text("title: Rain\nquery: dawn\nenabled: false\n")
    data = place.cli("backtest", "rain", "--rules", "new.yaml", "--json").data
    assert data["compared"] == {
        "before": "watches/rain.yaml as it is; rain is off (enabled: false)",
        "after": "new.yaml, which is off (enabled: false)",
    }
    assert (data["gained"], data["lost"]) == (1, 1)
    place.write("concepts/own.yaml", "version: 1\nconcepts: {wet: {en: [rain]}}\n")
    place.write("watches/rain.yaml", "title: Rain\nquery: $wet\nenabled: false\n")
    (place.root / "mine.yaml").write_text("version: 1\nconcepts: {wet: {en: [dawn]}}\n")
    data = place.cli("backtest", "rain", "--rules", "mine.yaml", "--json").data
    assert (data["before"], data["after"]) == (1, 1)
    assert (data["gained"], data["lost"]) == (1, 1)
    assert "did you mean rain?" in place.cli("backtest", "rian").err


def test_found_shows_what_the_watch_that_was_asked_for_names(place: Place) -> None:
    other = "title: Dawn\nquery: $bridge AND dawn\nconcepts: {bridge: {en: [strait]}}\n"
    place.write("watches/dawn.yaml", other)
    found = place.cli("try", HEADLINE, "--lang", "en", "--watch", "bridge", "--json").data["found"]
    assert found == ["$bridge: bridge", "strait: strait"]
    found = place.cli("try", HEADLINE, "--lang", "en", "--watch", "dawn", "--json").data["found"]
    assert found == ["$bridge: strait", "dawn: dawn"]
    alert = place.cli("try", HEADLINE, "--watch", "dawn").out
    assert f"Subject: {HEADLINE} [dawn]" in alert


# --- claims, facts, stories ------------------------------------------------------------------


def section(out: str, heading: str) -> list[str]:
    """The lines beside a heading of the trace and below it."""
    found, inside = [], False
    for line in out.splitlines():
        if line[:1].strip() or not line:
            inside = line.startswith(f"{heading}  ")
        if inside:
            found.append(line.removeprefix(heading).strip())
    return found


def test_claims_are_shown_with_the_words_that_prove_them_and_the_fact_they_meet(
    place: Place,
) -> None:
    out = place.cli("try", HEADLINE).out
    assert section(out, "Claims") == [
        "bridge: works begun: act start, asserted; at \u201copens\u201d in the title; it decided"
    ]
    (against,) = section(out, "Held against")
    assert against.startswith("bridge: two-bridges (seed, of 2025-06-01, known since ")
    assert against.endswith("): Two bridges over the strait are planned [works: planned]")
    assert section(out, "Story") == ["begins a new one"]
    (watch,) = place.cli("try", HEADLINE, "--json").data["watches"]
    (claim,) = watch["claims"]
    assert (claim["tracker"], claim["act"], claim["state"]) == ("works", "start", "begun")
    assert (claim["words"], claim["sentence"], claim["decided"]) == (["opens"], HEADLINE, True)
    assert (watch["state"], watch["value"]) == ("begun", "begun")
    assert [fact["id"] for fact in watch["facts"]] == ["two-bridges"]


def test_how_a_claim_is_said_and_by_whom_is_shown(place: Place) -> None:
    with_truce(place)
    text = "Ukraine could agree to a ceasefire of 30 days, Zelensky says"
    (line,) = section(place.cli("try", text, "--lang", "en").out, "Claims")
    assert line.startswith("truce: truce proposed: act propose, hedged, of ukraine")
    assert "; ukraine says so; at \u201cagree to\u201d, \u201ccould\u201d in the title" in line
    denied = place.cli("try", "Ceasefire not agreed, Kremlin says", "--lang", "en", "--json").data
    claim = denied["watches"][0]["claims"][0]
    assert (claim["state"], claim["modality"], claim["claimant"]) == (
        "rejected",
        "denied",
        "russia",
    )
    assert claim["words"][:2] == ["agreed", "not"]


def test_without_a_hit_nothing_is_claimed(place: Place) -> None:
    out = place.cli("try", "The ferry opens").out
    assert (section(out, "Claims"), section(out, "Held against")) == ([], [])
    assert section(out, "Alert") == ["none would go out"]


def test_a_repeat_names_the_fact_and_the_story_that_it_repeats(place: Place) -> None:
    place.publish(HEADLINE)
    out = place.cli("try", "Cars roll: the strait has its bridge, which starts service today").out
    assert any("says what the baseline already holds" in line for line in section(out, "Watches"))
    (against,) = section(out, "Held against")
    assert against.endswith(f"): {HEADLINE} [works: begun]")
    story = place.cli("try", HEADLINE, "--json").data["story"]
    assert (story["founder"], story["copy_of"], story["founds"]) == (HEADLINE, 1, False)


# --- language, feed, fields ------------------------------------------------------------------


def test_without_a_language_it_is_told_from_the_text_and_that_is_said(place: Place) -> None:
    done = place.cli("try", "Brücke über die Meerenge ist seit heute Morgen gesperrt")
    assert "Language  German, told by its letters and words" in done.out
    assert "bridge: hit" in done.out
    told = place.cli("try", "Brücke über die Meerenge", "--lang", "de", "--json").data
    assert (told["language"], told["language_told"]) == ("de", "German")
    unsure = place.cli("try", "Brücke")
    assert "language not known: words of every language count" in unsure.out


@pytest.mark.parametrize(
    ("code", "hint"),
    [("german", "did you mean de?"), ("Ukranian", "did you mean uk?"), ("xx", "two letters")],
)
def test_what_is_no_code_of_a_language_is_a_usage_error(place: Place, code: str, hint: str) -> None:
    done = place.cli("try", HEADLINE, "--lang", code)
    assert done.code == 2
    assert f"--lang '{code}' is not the code of a language" in done.err
    assert hint in done.err


def test_codes_may_have_a_region_or_capitals(place: Place) -> None:
    for code in ("DE", "de-AT", "de_CH"):
        data = place.cli("try", "Br\u00fccke", "--lang", code, "--json").data
        assert (data["language"], data["language_told"]) == ("de", "German")


def test_letters_that_cannot_be_of_the_language_are_read_as_what_they_are(place: Place) -> None:
    text = "The bridge over the strait opens at dawn, the city council said"
    data = place.cli("try", text, "--lang", "uk", "--json").data
    assert data["language"] == "en"
    assert data["language_told"] == (
        "English, told by its letters and words (its letters cannot be Ukrainian, as --lang says)"
    )
    assert data["watches"][0]["hit"] is True


def test_who_brings_it_can_be_said_where_a_filter_asks_for_that(place: Place) -> None:
    place.write("watches/by.yaml", "title: By\nquery: bridge AND publisher:first\n")
    done = place.cli("try", HEADLINE, "--watch", "by")
    assert "by: no hit: is not publisher:first (--feed NAME says who brings it)" in done.out
    other = place.cli("try", HEADLINE, "--watch", "by", "--feed", "Second Gazette").out
    assert "by: no hit: is not publisher:first" in other
    assert "--feed NAME" not in other
    assert "by: hit" in place.cli("try", HEADLINE, "--watch", "by", "--feed", "First Gazette").out


def test_a_feed_can_be_said_to_bring_it(place: Place) -> None:
    place.write("watches/second.yaml", 'title: Second\nquery: bridge AND source:"Second Gazette"\n')
    data = place.cli("try", HEADLINE, "--feed", "Second Gazette", "--json").data
    assert data["feed"] == "Second Gazette"
    assert [one["hit"] for one in data["watches"]] == [False, True]
    assert data["language_told"] == "German, as its feed says"  # the letters do not say otherwise
    done = place.cli("try", "Brücke", "--feed", "Second Gazette")
    assert "Language  German, as its feed says" in done.out
    wrong = place.cli("try", HEADLINE, "--feed", "Second Gazete")
    assert wrong.code == 2
    assert "did you mean Second Gazette?" in wrong.err


def test_a_watch_with_feeds_of_its_own_takes_what_one_of_them_brings(place: Place) -> None:
    place.write(
        "watches/own.yaml",
        "title: Own\nquery: dawn\nfeeds:\n"
        "  - {name: Dawn Post, url: 'http://127.0.0.1:9/d.xml', language: en}\n",
    )
    done = place.cli("try", HEADLINE)
    assert "own: no hit: takes only items of its own feeds (Dawn Post, with --feed)" in done.out
    assert "own: hit" in place.cli("try", HEADLINE, "--feed", "Dawn Post").out


def test_the_content_is_read_where_a_watch_asks_for_it(place: Place) -> None:
    place.write("watches/deep.yaml", "title: Deep\nquery: content:tunnel\n")
    text = "They say that a tunnel would be cheaper."
    done = place.cli("try", "Beneath the water", "--content", text, "--watch", "deep")
    assert "Found     tunnel: tunnel" in done.out
    assert "deep: hit" in done.out
    assert "It found: tunnel." in done.out


# --- the query part by part ------------------------------------------------------------------


def test_the_query_of_a_watch_is_shown_part_by_part(place: Place) -> None:
    out = place.cli("try", "A toy bridge over the river", "--watch", "bridge").out
    first, *tree = out.split("Query     ")[1].split("Alert")[0].splitlines()
    assert first == "no  all of"
    assert [line[10:] for line in tree] == [
        "  yes $bridge: \u201cbridge\u201d",
        "  no  any of",
        "    no  strait, Meerenge",
        "  no  NOT toy: \u201ctoy\u201d",
    ]
    (watch,) = place.cli("try", "A bridge", "--watch", "bridge", "--json").data["watches"]
    assert [(part["depth"], part["holds"], part["text"]) for part in watch["query"]] == [
        (0, False, "all of"), (1, True, "$bridge"), (1, False, "any of"),
        (2, False, "strait, Meerenge"), (1, True, "NOT toy"),
    ]  # fmt: skip


def test_near_is_shown_with_both_sides_and_how_far_apart_they_are(place: Place) -> None:
    place.write("watches/near.yaml", "title: Near\nquery: bridge NEAR/2 dawn\n")
    out = place.cli("try", "A bridge that opens before dawn", "--watch", "near").out
    assert (
        "no  both within 2 words (has both sides of bridge NEAR/2 dawn, but 4 words apart)" in out
    )
    assert "  yes dawn: \u201cdawn\u201d" in out
    near = place.cli("try", "The bridge, at dawn", "--watch", "near").out
    assert "yes both within 2 words: \u201cbridge, at dawn\u201d" in near
    assert "It found: bridge at dawn." in near  # what a mail says is words, not the query


# --- the store it reads ----------------------------------------------------------------------


def test_only_facts_and_open_stories_are_taken_into_memory(place: Place) -> None:
    place.publish(HEADLINE, "Rain in the hills")
    now = SystemClock().now()
    for since, items in ((now - timedelta(days=7), [HEADLINE]), (now + timedelta(hours=1), [])):
        store = excerpt_in_memory(place.database, since)
        reader = store.reader()
        titles = [one.stored.item.title for story in reader.open_stories(since)
                  for one in story.items]  # fmt: skip
        assert titles == items
        assert reader.summary()["items"] == len(items)
        known = {row.fact.id.rpartition("-")[0] for row in reader.facts()}
        assert known == {"two", "old", "works-begun"}
        assert len(reader.feeds()) == 2
        reader.close()
        store.close()
