"""Much, large, empty: read within bounds, or refused with the reason."""

from __future__ import annotations

import time

import pytest

from monitor.settings import reading
from tests.settings.home import Home, sure

WATCH = "watches/quakes.yaml"


def refused(home: Home, query: str) -> str:
    home.write(WATCH, f"title: x\nquery: {query}\n")
    return home.only()


def test_thousands_of_watches_are_read_in_a_time_that_grows_with_their_number(home: Home) -> None:
    for number in range(2_000):
        home.write(
            f"watches/w{number}.yaml",
            f"title: Watch {number}\nquery: $truce AND (word{number} OR wor*) AND NOT $gaza\n",
        )
    before = time.process_time()
    watches = home.load().rules.watches
    assert time.process_time() - before < 20  # ten times what it takes
    assert len(watches) == 2_002
    assert len({watch.version for watch in watches}) == 2_002


def test_too_many_files_in_a_folder_are_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_FILES", 3)
    for number in range(2):
        home.write(f"watches/w{number}.yaml", "title: x\nquery: quake\n")
    assert [problem.message for problem in home.problems() if problem.file == "watches"] == [
        "there are 4 files in it, more than 3"
    ]


def test_files_that_are_too_large_together_are_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_FOLDER", 2 * 1024**2)
    for number in range(3):
        home.write(f"watches/w{number}.yaml", f"title: x\nquery: quake\n#{'x' * 900_000}\n")
    assert [problem.message for problem in home.problems()] == [
        "the files up to w2.yaml are larger than 2 MiB together"
    ]


def test_a_query_of_twenty_thousand_characters_is_read(home: Home) -> None:
    words = " OR ".join(f"word{number:05}" for number in range(1_538))
    assert 19_900 < len(words) <= 20_000
    home.write(WATCH, f"title: x\nquery: {words}\n")
    assert sure(home.load().rules.watch("quakes")).query == words


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("word " * 4_100, ":2:8: has more than 20,000 characters"),
        (f"[{'word ' * 3_000}, {'word ' * 3_000}]", ":2:8: the query is longer than 20,000"),
        (f"[{', '.join(['word'] * 3_000)}]", ":2:8: the query is longer than 20,000"),
        (f"{'NOT (' * 200}quake{')' * 200}", ":2:8: the query nests too deeply"),
        ("quake NEAR/3 " + " NEAR/3 ".join(["word"] * 1_500), ":2:8: the query nests too deeply"),
        ("''", ":2:8: must not be empty"),
        ("' '", ":2:8: must not be empty"),
        ("'()'", ":2:10: ')' is not expected here"),
        ("'\"\"'", ":2:9: '' holds no word to look for"),
        ("the, of, und", ":2:8: the query is true for any item with one of the commonest words"),
        ("'\"to be\" OR quake'", ":2:9: the query is true for any item with one of the common"),
        ("'*'", ":2:9: '*' holds no word to look for"),
        ("t*", ":2:8: 't*' would match nearly everything"),
        ("'/.*/'", ":2:9: the expression /.*/ is found in"),
        ("'/(a{500}){500}/'", ":2:9: the expression /(a{500}){500}/ cannot be read"),
        (r"'/(a+)+\1/'", ":2:9: the expression"),
    ],
    ids=range(16),
)
def test_a_query_without_end_or_sense_is_refused(home: Home, query: str, says: str) -> None:
    said = refused(home, query)
    assert said.startswith(WATCH + says), said[:200]
    assert len(said) < 1_000


def test_a_bait_for_backtracking_is_read_and_runs_in_linear_time(home: Home) -> None:
    home.write(WATCH, "title: x\nquery: quake OR /(a+)+c$/\n")
    assert sure(home.load().rules.watch("quakes")).query == "quake OR /(a+)+c$/"
