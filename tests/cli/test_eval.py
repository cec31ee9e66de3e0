"""`parley eval`: precision and recall of the queries on a labelled file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.place import Place

LINES = (
    {"id": "a", "lang": "en", "title": "The bridge over the strait opens", "labels": {"bridge": 1}},
    {"id": "b", "lang": "en", "title": "A toy bridge over a toy strait", "labels": {"bridge": 0}},
    {"id": "c", "lang": "en", "title": "Bridge loans dry up on both sides of the strait", "labels": {"bridge": 0}},
    {"id": "d", "lang": "de", "title": "Brücke über die Meerenge gesperrt", "labels": {"bridge": 1}},
    {"id": "e", "lang": "de", "title": "Die Querung", "summary": "Sie ist gesperrt.", "labels": {"bridge": 1}},
    {"id": "f", "lang": "de", "title": "Eine Brücke, eine Meerenge, ein Film", "labels": {"bridge": 0}, "borderline": ["bridge"]},
)  # fmt: skip


def labelled(place: Place, *lines: Mapping[str, object] | str) -> Path:
    path = place.root / "labelled.jsonl"
    texts = (
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    )
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_figures_are_given_for_each_watch_and_language(place: Place) -> None:
    done = place.cli("eval", labelled(place, *LINES))
    assert done.code == 0, done.err
    rows = [line.split() for line in done.out.splitlines()]
    assert ["bridge", "all", "5", "2", "1", "1", "0.667", "0.667", "0.667"] in rows
    assert ["en", "3", "1", "1", "0", "0.500", "1.000", "0.667"] in rows
    assert ["de", "2", "1", "0", "1", "1.000", "0.500", "0.667"] in rows
    assert "6 labelled items, 1 arguable pair left out" in done.out
    assert "macro F1 over 1 watch: 0.667" in done.out


def test_programs_get_the_same_and_several_watches_have_a_mean(place: Place) -> None:
    place.write("watches/rain.yaml", "title: Rain\nquery: rain\n")
    more = (
        {"lang": "en", "title": "Rain at last", "labels": {"bridge": 0, "rain": 1}},
        {"lang": "en", "title": "A dry day", "labels": {"rain": 0}},
    )
    data = place.cli("eval", labelled(place, *LINES, *more), "--json").data
    assert data["watches"]["rain"]["f1"] == 1.0
    assert data["watches"]["rain"]["items"] == 2
    assert data["watches"]["bridge"]["languages"]["de"] == {
        "items": 2, "right": 1, "wrong": 0, "missed": 1, "precision": 1.0, "recall": 0.5,
        "f1": pytest.approx(2 / 3),
    }  # fmt: skip
    assert data["macro_f1"] == pytest.approx((1 + 2 / 3) / 2)
    one = place.cli("eval", place.root / "labelled.jsonl", "--watch", "rain", "--json").data
    assert (list(one["watches"]), one["macro_f1"]) == (["rain"], 1.0)


def test_missed_and_wrong_items_are_shown_with_their_words(place: Place) -> None:
    path = labelled(place, *LINES)
    done = place.cli("eval", path, "--misses", "5")
    assert "bridge: missed: line 5 e (de)\n  Die Querung\n  Sie ist gesperrt." in done.out
    assert "lacks $bridge" in done.out
    assert "bridge: wrong: line 3 c (en)" in done.out
    assert "$bridge: Bridge" in done.out
    missed, wrong = place.cli("eval", path, "--misses", "5", "--json").data["misses"]
    assert (missed["id"], missed["kind"], wrong["id"], wrong["kind"]) == (
        "e",
        "missed",
        "c",
        "wrong",
    )
    assert "misses" not in place.cli("eval", path, "--json").data


def test_so_many_misses_of_each_kind_as_were_asked_for(place: Place) -> None:
    lines = [
        {"lang": "en", "title": f"Nothing of note, part {n}", "labels": {"bridge": 1}}
        for n in range(4)
    ]
    shown = place.cli("eval", labelled(place, *lines), "--misses", "2", "--json").data["misses"]
    assert [one["line"] for one in shown] == [1, 2]


def test_below_the_floor_it_exits_one(place: Place) -> None:
    path = labelled(place, *LINES)
    assert place.cli("eval", path, "--floor", "0.6").code == 0
    below = place.cli("eval", path, "--floor", "0.85", "--json")
    assert below.code == 1
    assert "macro F1 is 0.667, below the floor of 0.85" in below.err
    assert (below.data["floor"], below.data["ok"]) == (0.85, False)
    assert place.cli("eval", path, "--floor", "1.2").code == 2


def test_watches_that_the_configuration_lacks_are_said(place: Place) -> None:
    stranger = {"lang": "en", "title": "Rain", "labels": {"rain": 1, "bridge": 0}}
    done = place.cli("eval", labelled(place, *LINES, stranger), "--json")
    assert done.code == 0
    assert "rain is labelled" in done.err
    assert done.data["unknown_watches"] == ["rain"]
    only = place.cli("eval", labelled(place, {"title": "Rain", "labels": {"rain": 1}}))
    assert only.code == 1
    assert "labels nothing for any watch that is configured" in only.err
    wrong = place.cli("eval", place.root / "labelled.jsonl", "--watch", "brigde")
    assert wrong.code == 2
    assert "did you mean bridge?" in wrong.err


def test_figures_that_cannot_be_said_are_left_open(place: Place) -> None:
    data = place.cli(
        "eval", labelled(place, {"lang": "en", "title": "Rain", "labels": {"bridge": 0}}),
        "--floor", "0", "--json",
    )  # fmt: skip
    assert (data.data["macro_f1"], data.code) == (None, 1)
    watch = data.data["watches"]["bridge"]
    assert (watch["precision"], watch["recall"], watch["f1"]) == (None, None, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{oops", "no JSON"),
        ("[1]", "a line is an object"),
        ('{"title": "T"}', "it needs labels"),
        ('{"title": "T", "labels": {"bridge": 2}}', "the label of bridge is 2"),
        ('{"title": "T", "labels": {"bridge": "1"}}', "neither 0 nor 1"),
        ('{"title": " ", "labels": {"bridge": 1}}', "it needs a title"),
        ('{"title": 7, "labels": {"bridge": 1}}', "title is no text"),
        ('{"title": "T", "labels": {"bridge": 1}, "borderline": "bridge"}', "borderline is a list"),
        (
            '{"title": "T", "labels": {"bridge": 1}, "borderline": ["brigde"]}',
            "borderline names brigde",
        ),
        ('{"title": "T", "labels": {"bridge": 1}, "categories": "x"}', "categories is a list"),
        ("[" * 100_000, "line 3"),
    ],
)
def test_a_line_that_is_not_as_it_should_be_is_named(place: Place, line: str, said: str) -> None:
    done = place.cli("eval", labelled(place, LINES[0], "", line))
    assert done.code == 1
    assert "line 3" in done.err
    assert said in done.err
    assert done.out == ""


def test_a_file_that_is_no_text_is_named_too(place: Place) -> None:
    path = place.root / "labelled.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"title": "T", "labels": {"bridge": 0}}\n{"title": "\xff"}\n')
    done = place.cli("eval", path)
    assert done.code == 1
    assert "line 2 is no labelled item: it is not UTF-8" in done.err


def test_fields_and_filters_of_a_query_are_read(place: Place) -> None:
    place.write("watches/tag.yaml", "title: T\nquery: category:harbour AND source:Gazette\n")
    lines = (
        {"title": "A", "lang": "en", "source": "Gazette", "categories": ["The harbour"], "labels": {"tag": 1}},
        {"title": "A", "lang": "en", "source": "Other", "categories": ["The harbour"], "labels": {"tag": 0}},
    )  # fmt: skip
    data = place.cli("eval", labelled(place, *lines), "--json").data
    assert data["watches"]["tag"]["f1"] == 1.0


def test_lines_may_come_from_standard_input(place: Place) -> None:
    text = labelled(place, *LINES).read_text(encoding="utf-8")
    assert place.cli("eval", "-", "--json", stdin=text).data["lines"] == 6
