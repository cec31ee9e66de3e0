"""`parley try`: the trace of a headline, and the alert that would go out."""

from __future__ import annotations

from tests.cli.place import Place

HEADLINE = "The bridge over the strait opens at dawn"


def test_a_headline_that_is_news_shows_its_words_its_verdict_and_the_alert(place: Place) -> None:
    done = place.cli("try", HEADLINE, "--lang", "en")
    assert done.code == 0
    assert "Language  English" in done.out
    assert "$bridge: bridge" in done.out
    assert (
        "bridge: hit; new (medium): the first report of this story; told at once: console"
        in done.out
    )
    assert f"Subject: {HEADLINE} [bridge]" in done.out
    assert "Known before (baseline of 2 June 2025, 23:00)" in done.out
    assert "To: console (console)" in done.out


def test_nothing_is_stored_or_sent(place: Place) -> None:
    place.cli("try", HEADLINE)
    assert not place.database.parent.exists()
    place.publish("Rain in the hills")
    before = place.cli("status", "--json").data["store"]
    place.cli("try", HEADLINE)
    assert place.cli("status", "--json").data["store"] == before


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
    other = place.cli("try", "Protesters block bridge, strait ferries overflow with commuters")
    assert "the first report of this story" in other.out


def test_it_is_held_against_facts_that_were_set_by_hand(place: Place) -> None:
    place.cli(
        "baseline", "set", "dawn", "--watch", "bridge", "--text",
        "The bridge over the strait opens at dawn on Monday",
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
