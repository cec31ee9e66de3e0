"""A watch with `enabled: false` is read and checked like any other, and looks for nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.settings.home import Home

OFF = """\
enabled: false
title: Rain
query: rain AND $wet
concepts:
  wet: {en: [wet]}
feeds:
  - {name: Weather, url: "https://example.org/${RAIN_KEY}.xml", headers: {Authorization: "${RAIN_KEY}"}}
baseline:
  as_of: 2025-06-02T20:00:00Z
  facts:
    - {id: it-rained, note: true, text: It rained on Monday}
tests:
  - {text: Wet rain, hit: true}
"""


def test_it_is_kept_apart_from_the_rules(home: Home) -> None:
    before = home.load()
    home.write("watches/rain.yaml", OFF)
    settings = home.load()
    (off,) = settings.off
    assert (off.id, off.title, len(off.tests)) == ("rain", "Rain", 1)
    assert before.off == ()
    assert settings.rules.watches == before.rules.watches


def test_its_feeds_are_not_read_and_their_secrets_not_looked_up(home: Home) -> None:
    home.write("watches/rain.yaml", OFF)
    settings = home.load()  # RAIN_KEY is not set
    assert "Weather" not in {feed.name for feed in settings.rules.feeds}
    assert settings.warnings == ()


def test_its_facts_stay_known(home: Home) -> None:
    home.write("watches/rain.yaml", OFF)
    (fact,) = [seed for seed in home.load().rules.seeds if seed.watch == "rain"]
    assert (fact.id, fact.as_of) == ("it-rained", datetime(2025, 6, 2, 20, tzinfo=UTC))


def test_a_route_may_name_it(home: Home) -> None:
    home.write("watches/rain.yaml", OFF)
    home.edit("parley.yaml", "watch: [ceasefire", "watch: [rain, ceasefire")
    assert home.load().rules.routes[0].watches[:2] == ("rain", "ceasefire")


def test_what_is_wrong_with_it_is_said(home: Home) -> None:
    home.write("watches/rain.yaml", OFF.replace("$wet", "$wett"))
    assert "there is no concept $wett (did you mean $wet?)" in home.only()


def test_switched_on_it_is_one_of_the_rules(home: Home) -> None:
    home.write("watches/rain.yaml", OFF.replace("enabled: false", "enabled: true"))
    settings = home.load({"RAIN_KEY": "k"})
    assert settings.off == ()
    assert settings.rules.watch("rain") is not None
    assert "Weather" in {feed.name for feed in settings.rules.feeds}


def test_its_feeds_are_known_as_its_own(home: Home) -> None:
    home.write("watches/rain.yaml", OFF)
    settings = home.load()
    assert [feed.name for feed in settings.off_feeds] == ["Weather"]
    assert settings.off[0].feeds == ("Weather",)
    assert "RAIN_KEY" not in repr(settings.off_feeds)
    home.edit("watches/rain.yaml", "{name: Weather", "{enabled: false, name: Weather")
    assert home.load().off_feeds == ()
