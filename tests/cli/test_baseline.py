"""What is known, by hand: set with all its parts, compared, written to a file, read from a text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.ledger import Fact, Status, is_fact_id
from monitor.settings.baselines import written
from monitor.settings.document import Document, read
from tests.cli.place import ROOT, Place

TRACKED = (
    "      begun: {act: [agree, start], severity: high}\n",
    (
        "      begun: {act: [agree, start], severity: high}\n    scope: [side, party]\n"
        "    values: {side: {asia: '', europe: Europe}}\n    parties: [city, ministry]\n"
        "    slots: {lanes: number}\n"
    ),
)


def known(place: Place, *args: str) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in place.cli("baseline", "show", "--json", *args).data}


# --- set ---------------------------------------------------------------------------------------


def test_a_fact_is_set_with_all_its_parts_and_parts_of_it_are_changed(place: Place) -> None:
    place.edit("watches/bridge.yaml", *TRACKED)
    done = place.cli(
        "baseline", "set", "third", "--watch", "bridge", "--text", "A third bridge is begun",
        "--tracker", "works", "--scope", "side=asia", "--scope", "party=city", "--state", "begun",
        "--value", "lanes=6", "--date", "2025-07-01", "--source", "the ministry",
        "--said-by", "city", "--said-by", "ministry",
    )  # fmt: skip
    assert done.code == 0, done.err
    fact = known(place)["third"]
    assert fact["scope"] == {"side": "asia", "party": "city"}
    assert (fact["values"], fact["said_by"]) == ({"lanes": 6}, ["city", "ministry"])
    place.cli("baseline", "set", "third", "--scope", "party=", "--value", "number=1,200")
    fact = known(place)["third"]
    assert fact["scope"] == {"side": "asia"}
    assert fact["values"] == {"lanes": 6, "number": "1,200"}
    assert "third" in place.cli("baseline", "show").out.splitlines()[1]  # the newest first


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--scope", "sied=asia"), 1, "did you mean side?"),
        (("--scope", "side=asai"), 1, "did you mean asia?"),
        (("--scope", "party=minstry"), 1, "did you mean ministry?"),
        (("--said-by", "cty"), 1, "did you mean city?"),
        (("--value", "lane=2"), 1, "did you mean lanes?"),
        (("--instance", "round=2"), 1, "works is no series"),
        (("--tracker", "work"), 1, "did you mean works?"),
        (("--state", "begnu"), 1, "did you mean begun?"),
        (("--scope", "asia"), 2, "write NAME=VALUE"),
    ],
)
def test_a_slip_is_refused_with_what_was_meant(
    place: Place, args: tuple[str, ...], code: int, said: str
) -> None:
    place.edit("watches/bridge.yaml", *TRACKED)
    done = place.cli("baseline", "set", "two-bridges", *args)
    assert done.code == code
    assert said in done.err
    assert known(place)["two-bridges"]["status"] == "seed"


def test_another_answer_is_set_beside_or_in_the_place_of_what_is_held(place: Place) -> None:
    new = ("set", "third", "--watch", "bridge", "--text", "Begun", "--tracker", "works",
           "--state", "begun")  # fmt: skip
    beside = place.cli("baseline", *new)
    assert "two-bridges answers the same question and still holds" in beside.err
    assert place.cli("baseline", "undo", "third").code == 0
    assert "takes the place of: two-bridges" in place.cli("baseline", *new, "--replace").out
    assert set(known(place)) == {"old-ferry", "third"}
    back = place.cli("baseline", "undo", "third")
    assert "is again: Two bridges over the strait are planned" in back.out
    assert "nothing is known any more as third" in back.out
    again = place.cli("baseline", "undo", "third")
    assert again.code == 1
    assert "is undone already" in again.err


# --- show, as-of, diff -------------------------------------------------------------------------


def test_who_stands_behind_a_fact_is_shown_and_who_took_it_back(place: Place) -> None:
    place.publish("The city agreed on a bridge over the strait")
    (fact,) = [row for row in known(place).values() if str(row["actor"]).startswith("item:")]
    assert (fact["reports"], fact["publishers"]) == (1, ["first"])
    assert "1 report of 1 publisher" in place.cli("baseline", "show").out
    done = place.cli("baseline", "retract", fact["id"], "--because", "it was a toy")
    assert "told: CORRECTED: no longer held: works begun, " in done.out
    assert "1 message on the way to those who had been told" in done.out
    shown = place.cli("baseline", "show", "--all").out
    assert "retracted (it was a toy)" in shown
    assert "superseded" in shown
    assert fact["id"] not in known(place)
    undone = place.cli("baseline", "undo", fact["id"])
    assert "told: HOLDS AGAIN: " in undone.out


def test_two_moments_are_compared(place: Place) -> None:
    place.publish("Rain")
    start = datetime.now(UTC).isoformat()
    place.cli("baseline", "set", "two-bridges", "--text", "Three are planned", "--state", "begun")
    place.cli("baseline", "set", "fog", "--watch", "bridge", "--text", "Fog is common")
    place.cli("baseline", "retract", "old-ferry")
    place.cli("baseline", "set", "gone", "--watch", "bridge", "--text", "Gone soon")
    middle = datetime.now(UTC).isoformat()
    place.cli("baseline", "undo", "gone")
    out = place.cli("baseline", "diff", "--from", start).out.splitlines()
    assert "+ bridge fog: Fog is common" in out
    assert "- bridge old-ferry: A ferry has crossed since 1950 (retracted)" in out
    assert "~ bridge two-bridges: Two bridges over the strait are planned" in out
    assert "    state: planned -> begun" in out
    assert place.cli("baseline", "diff", "--from", middle).out == (
        "- bridge gone: Gone soon (undone)\n"
    )
    kinds = {row["kind"] for row in place.cli("baseline", "diff", "--json").data}
    assert kinds == {"added"}  # a day ago nothing was known
    assert "Nothing changed" in place.cli("baseline", "diff", "--to", "2001-01-01").out
    assert place.cli("baseline", "diff", "--from", "2030-01-01").code == 2


# --- export ------------------------------------------------------------------------------------

KEPT = (
    "watch", "tracker", "scope", "instance", "state", "values", "said_by", "date", "until", "text",
    "source", "ref",
)  # fmt: skip


def test_what_is_exported_makes_the_same_facts_known_elsewhere(
    place: Place, tmp_path: Path
) -> None:
    place.edit("watches/bridge.yaml", *TRACKED)
    place.edit("watches/bridge.yaml", "kind: state", "kind: series")
    place.publish("The city agreed on a bridge over the strait")
    place.cli(
        "baseline", "set", "no", "--watch", "bridge", "--tracker", "works", "--instance", "n=2",
        "--text", 'He said: "no", #1 - [yes]', "--value", "number=1200", "--scope", "side=asia",
    )  # fmt: skip
    place.cli("baseline", "set", "no", "--value", "date=2025-06-02")
    place.cli("baseline", "retract", "old-ferry")
    before = known(place)
    assert any(
        is_item(row) and is_fact_id(name) and row["instance"] for name, row in before.items()
    )
    text = place.cli("baseline", "export").out
    other = tmp_path / "other"
    other.mkdir()
    fresh = Place(other)
    fresh.write("watches/bridge.yaml", (place.config / "watches/bridge.yaml").read_text())
    fresh.write("baselines/start.yaml", text)
    assert fresh.cli("check", "--config", fresh.config).code == 0
    after = known(fresh, "--config", str(fresh.config))
    assert {name: [row[key] for key in KEPT] for name, row in after.items()} == {
        name: [row[key] for key in KEPT] for name, row in before.items()
    }
    again = fresh.cli("baseline", "export", "--config", fresh.config).out
    assert sorted(again.splitlines()) == sorted(text.splitlines())


def is_item(row: dict[str, object]) -> bool:
    return str(row["actor"]).startswith("item:")


def test_what_fits_no_watch_any_more_stays_out_and_is_named(place: Place) -> None:
    place.publish("Rain")
    place.edit("watches/bridge.yaml", "      planned: {act: propose}\n", "")
    place.edit("baselines/start.yaml", "state: planned, ", "")
    done = place.cli("baseline", "export", "--watch", "bridge")
    assert "old-ferry" in done.out
    place.write("watches/bridge.yaml", "title: No tracker\nquery: bridge\n")
    place.edit("baselines/start.yaml", "tracker: works", "note: true")
    place.cli("baseline", "set", "fog", "--watch", "bridge", "--text", "Fog")
    assert "note: true" in place.cli("baseline", "export").out


def lines(document: Document) -> list[dict[str, Any]]:
    """The facts of a baseline file, as it was written."""
    facts = document.data["facts"]
    assert isinstance(facts, list)
    return facts


ODD = st.text(min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool)
VALUES = st.dictionaries(
    ODD, st.one_of(ODD, st.integers(-10**9, 10**9), st.booleans(), st.lists(ODD, max_size=2)),
    max_size=3,
)  # fmt: skip


@given(ODD, VALUES, ODD)
def test_whatever_a_fact_says_is_read_back_as_it_was(
    text: str, values: dict[str, object], remark: str
) -> None:
    now = datetime(2025, 6, 2, tzinfo=UTC)
    fact = Fact("on", "w", text, Status.SEED, now, now, tracker="t", values=values)
    document = read("x.yaml", written([replace(fact, date="2025")], now, {"on": remark}).encode())
    assert document.problems == ()
    (line,) = lines(document)
    assert (line["id"], line["text"], line["date"]) == ("on", text, "2025")
    assert line.get("values", {}) == values


# --- seed --------------------------------------------------------------------------------------

ENGLISH = """\
The second round of talks between Ukraine and Russia in Istanbul ended on Monday after little more
than an hour. Moscow rejected an unconditional ceasefire of thirty days once more. Both delegations
agreed to exchange all seriously wounded prisoners of war and all soldiers under 25. Could a truce
follow in June? Moscow rejected an unconditional ceasefire of thirty days, its envoy said again.
"""
GERMAN = """\
Die zweite Verhandlungsrunde zwischen der Ukraine und Russland in Istanbul ist am Montag nach gut
einer Stunde zu Ende gegangen. Russland lehnte eine bedingungslose Waffenruhe von dreißig Tagen
erneut ab. Beide Seiten einigten sich auf den Austausch aller schwer verwundeten Kriegsgefangenen
und aller Soldaten unter 25 Jahren.
"""


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, ""), (GERMAN, "de")])
def test_a_summary_of_the_second_round_gives_its_facts(
    place: Place, text: str, language: str
) -> None:
    (place.root / "june.txt").write_text(" ".join(text.split()), encoding="utf-8")
    config, lang = ROOT / "config", ("--lang", language) if language else ()
    done = place.cli(
        "baseline", "seed", "june.txt", *lang, "--as-of", "2025-06-02", "--config", config,
        "--write", "out.yaml",
    )  # fmt: skip
    assert done.code == 0, done.err
    written_to = (place.root / "out.yaml").read_bytes()
    facts = lines(read("out.yaml", written_to))
    told = [(f["watch"], f["tracker"], f["state"]) for f in facts]
    for wanted in (
        ("istanbul-talks", "rounds", "concluded"),
        ("ceasefire", "truce", "rejected"),
        ("pow-exchange", "exchange", "agreed"),
    ):
        assert told.count(wanted) == 1, done.err
    assert b"follow in June" not in written_to
    assert b"# sure: the act stands beside its subject" in written_to
    assert not place.database.exists()
    over = place.cli("baseline", "seed", "june.txt", "--config", config, "--write", "out.yaml")
    assert over.code == 2
    assert "is there already" in over.err
    assert (place.root / "out.yaml").read_bytes() == written_to


def test_a_text_is_read_from_standard_input_for_one_watch_and_fits_the_configuration(
    place: Place,
) -> None:
    said = "The city agreed on a bridge over the strait. Cats sleep."
    done = place.cli("baseline", "seed", "-", "--watch", "bridge", "--lang", "en", stdin=said)
    assert "id: works-begun" in done.out
    assert "Cats" not in done.out
    assert "1 fact proposed; nothing is stored" in done.err
    place.write("baselines/new.yaml", done.out)
    assert place.cli("check").code == 0
    assert set(known(place)) == {"two-bridges", "old-ferry", "works-begun"}
    again = place.cli("baseline", "seed", "-", "--lang", "en", stdin=said)
    assert "known already as works-begun" in again.out
    assert "id: works-begun-2" in again.out
    nothing = place.cli("baseline", "seed", "-", stdin="Cats sleep.")
    assert "facts: []" in nothing.out
    assert place.cli("baseline", "seed", "-", "--watch", "brigde", stdin="x").code == 2
