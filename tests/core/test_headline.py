"""Headlines composed from the ledger: whole lines, as a reader has them in the list of mails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.headline import MAX_HEADLINE, Change, Value, compose, compose_all, not_understood
from monitor.core.headline_words import LANGUAGES, bare, days_in, none_of, number_in, when, words_of
from monitor.core.model import Reason
from monitor.core.rules import Tracker, TrackerState, Watch

GOLDEN = Path(__file__).parent / "headlines.txt"

EXCHANGE = Tracker(
    "exchange", "series", "Which exchanges?", "$captives", parties=("ukraine", "russia"),
    name={"en": "an exchange", "de": "einen Gefangenenaustausch"},
    say={"wounded": {"en": "of the wounded", "de": "von Verwundeten"}},
    states=(
        TrackerState(
            "agreed", ("agree",),
            say={"en": "[{number} a side] agreed", "de": "[{number} je Seite] vereinbart"},
        ),
        TrackerState("carried-out", ("carry-out",), sensitive=True, say={"de": "vollzogen"}),
        TrackerState("postponed", ("postpone",), say={"de": "verschoben"}),
    ),
)  # fmt: skip
TRUCE = Tracker(
    "truce", "state", "Is there a truce?", "$truce", scope=("extent", "party"),
    parties=("ukraine", "russia"), name={"en": "a truce", "de": "eine Waffenruhe"},
    say={"energy": {"en": "on energy sites", "de": "f\u00fcr Energieanlagen"}},
    states=(
        TrackerState("rejected", ("reject",), say={"en": "refused", "de": "abgelehnt"}),
        TrackerState("agreed", ("agree",), joint=True, say={"de": "vereinbart"}),
        TrackerState("violated", ("violate",), joint=True, say={"de": "gebrochen"}),
    ),
)  # fmt: skip
PLAIN = Tracker(
    "mayor-race", "state", "Who leads?", "$race", states=(TrackerState("in-front", ("lead",)),)
)
BASE = Change("pow-exchange", EXCHANGE, Reason.NEW_STATE, Value("agreed"), year=2025)
OF_TRUCE = Change("ceasefire", TRUCE, Reason.NEW_STATE, Value("agreed"), year=2025)

#: Each change by what it shows; what comes of it stands in `headlines.txt`, in both languages.
CHANGES = {
    "number": replace(
        BASE, reason=Reason.NUMBER_CHANGED, was=Value("agreed", "1000"),
        now=Value("agreed", "1200"), said_by=("russia", "ukraine"),
    ),
    "plan": replace(
        BASE, now=Value("agreed", "500", "2025-06-07/2025-06-08"), planned="carried-out",
        said_by=("zelensky",),
    ),
    "blame": replace(
        BASE, reason=Reason.DISPUTED, now=Value("postponed", "", "2025-06-07"),
        said_by=("russia",), denied_by=("ukraine",),
    ),
    "taken back": replace(
        BASE, reason=Reason.CORRECTED, now=Value("carried-out", "390", "2025-06-07"),
        because="Kyiv and Moscow blame each other",
    ),
    "taken back, no day": replace(
        BASE, reason=Reason.CORRECTED, now=Value("agreed", "390"),
    ),
    "denied by both": replace(
        BASE, reason=Reason.DISPUTED, now=Value("carried-out", "390", "2025-06-07"),
        denied_by=("russia", "ukraine"),
    ),
    "denied by one": replace(
        BASE, reason=Reason.DISPUTED, now=Value("carried-out", "390"), said_by=("ukraine",),
        denied_by=("russia",),
    ),
    "two counts": replace(
        BASE, reason=Reason.DISPUTED, now=Value("carried-out", "390"), said_by=("ukraine",),
        denied_by=(), counts=(("ukraine", "390"), ("russia", "400")),
    ),
    "confirmed": replace(
        BASE, reason=Reason.CONFIRMED, now=Value("carried-out", "1390"), scope=("wounded",),
        said_by=("russia", "ukraine", "turkey"),
    ),
    "state": replace(
        BASE, reason=Reason.STATE_CHANGED, was=Value("agreed", "1000"),
        now=Value("carried-out", "205", "2025-05-24"), outlet="BBC World",
    ),
    "called off": replace(
        BASE, reason=Reason.STATE_CHANGED, was=Value("agreed", "1000"),
        now=Value("postponed", by="ukraine"), said_by=("russia",),
    ),
    "stage": replace(
        BASE, reason=Reason.STAGE, now=Value("carried-out", "390"), total="1000",
        said_by=("ukraine",),
    ),
    "day": replace(
        BASE, reason=Reason.DATE_CHANGED, was=Value("agreed", "", "2025-06-02"),
        now=Value("agreed", "", "2026-01-05"), said_by=("turkey",),
    ),
    "stance": replace(
        OF_TRUCE, now=Value("rejected"), whose="russia", scope=("energy",), said_by=("russia",),
    ),
    "stance of another": replace(
        OF_TRUCE, reason=Reason.STATE_CHANGED, whose="russia", was=Value("rejected", by="russia"),
        now=Value("agreed", "30 days"), said_by=("ukraine", "turkey"),
    ),
    "the other side": replace(
        OF_TRUCE, reason=Reason.OTHER_SIDE, was=Value("agreed", by="russia"),
        now=Value("agreed", by="ukraine"), joined=True, said_by=("ukraine",),
    ),
    "again": replace(OF_TRUCE, now=Value("rejected"), silent_days=12, outlet="Ukrinform"),
    "violated": replace(
        OF_TRUCE, reason=Reason.DISPUTED, now=Value("violated"), said_by=("ukraine",),
        denied_by=("russia",),
    ),
    "no phrases": Change("town", PLAIN, Reason.NEW_STATE, Value("in-front"), year=2025),
}  # fmt: skip


def test_headlines_read_as_they_should() -> None:
    watch = Watch("ceasefire", "A ceasefire in the war", "$truce", trackers=(TRUCE,))
    plain = Watch("town", "The town hall", "$town", trackers=(PLAIN,))
    lines = []
    for name, change in CHANGES.items():
        lines += [name, *(f"  {made.text}" for made in compose_all(change))]
    for name, made in (("not understood", not_understood(watch, 2, 9)),
                       ("not understood, no name", not_understood(plain, 1, 0))):  # fmt: skip
        lines += [name, *(f"  {each.text}" for each in made)]
    assert "\n".join(lines) + "\n" == GOLDEN.read_text("utf-8")


def test_both_sides_of_the_change_are_given_apart() -> None:
    made = compose(CHANGES["number"])
    assert (made.was, made.now) == ("1,000 a side agreed", "1,200")
    assert compose(CHANGES["plan"]).was == ""


def test_a_language_without_words_is_told_in_english() -> None:
    made = compose(CHANGES["number"], "tr")
    assert made == compose(CHANGES["number"], "en")
    assert compose(CHANGES["number"], "de-AT") == compose(CHANGES["number"], "de")


def test_a_phrase_of_the_watch_names_a_party() -> None:
    said = replace(EXCHANGE, say={"russia": {"en": "the Kremlin"}})
    made = compose(replace(CHANGES["called off"], tracker=said))
    assert "said by the Kremlin [" in made.text


def test_which_outlet_has_it_gives_way_where_room_is_short() -> None:
    long = replace(EXCHANGE, name={"en": "an " + "exchange of captives " * 5})
    made = compose(replace(CHANGES["state"], tracker=long, outlet="An outlet with a name"))
    assert "reported" not in made.text
    assert made.text.endswith(" [pow-exchange]")


TEXTS = st.text(st.characters(codec="utf-8"), max_size=200)


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(sorted(CHANGES)), st.sampled_from(sorted(LANGUAGES)))
def test_no_headline_is_longer_than_it_may_be(
    name: str, who: str, because: str, change: str, language: str
) -> None:
    told = replace(
        CHANGES[change], tracker=replace(CHANGES[change].tracker, name={"en": name}),
        said_by=(who,), outlet=who, because=because, scope=(name,),
    )  # fmt: skip
    assert len(compose(told, language).text) <= MAX_HEADLINE
    assert all(len(made.text) <= MAX_HEADLINE for made in not_understood(
        Watch("w", name, "", trackers=(replace(PLAIN, name={"de": name}),)), 3, 10**6))  # fmt: skip


@pytest.mark.parametrize(
    ("told", "english", "german"),
    [
        ("2025-06-07", "7 June", "7. Juni"),
        ("2024-12-31", "31 December 2024", "31. Dezember 2024"),
        ("2025-06-07/2025-06-08", "7-8 June", "7.-8. Juni"),
        ("2025-06-30/2025-07-01", "30 June - 1 July", "30. Juni - 1. Juli"),
        ("in June", "in June", "in June"),
    ],
)
def test_days_in_the_form_of_the_language(told: str, english: str, german: str) -> None:
    assert days_in(told, 2025, words_of("en")) == english
    assert days_in(told, 2025, words_of("de")) == german


def test_only_a_saturday_and_sunday_are_a_weekend() -> None:
    assert when("2025-06-07/2025-06-08", 2025, words_of("en")) == "at the weekend 7-8 June"
    assert when("2025-06-08/2025-06-09", 2025, words_of("en")) == "8-9 June"
    assert when("2025-06-07", 2025, words_of("de")) == "am 7. Juni"


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [("390", "390", "390"), ("1200", "1,200", "1.200"), ("1000000", "1,000,000", "1.000.000"),
     ("30 days", "30 days", "30 Tage"), ("1 days", "1 day", "1 Tag"), ("12 moons", "12 moons", "12 moons")],
)  # fmt: skip
def test_numbers_in_the_form_of_the_language(number: str, english: str, german: str) -> None:
    assert number_in(number, words_of("en")) == english
    assert number_in(number, words_of("de")) == german


def test_a_name_goes_without_its_article_and_with_a_no() -> None:
    assert bare("an exchange") == "exchange"
    assert bare("pressure") == "pressure"
    assert none_of("a truce", words_of("en")) == "no truce"
    assert none_of("eine Waffenruhe", words_of("de")) == "keine Waffenruhe"
    assert none_of("einen Austausch", words_of("de")) == "kein Austausch"
