"""`parley check`: everything that is wrong, with its place, and what the ledger says otherwise."""

from __future__ import annotations

import pytest
import trustme

from monitor.cli.spoken import MOST_ROWS, spoken, table, warnings
from monitor.notify.email import EmailNotifier
from tests.builders import book, feed, watch
from tests.cli.place import ROOT, Place

FAILS = "config/watches/bridge.yaml:{}: a test of bridge fails: "
MISSED = FAILS.format(14) + "no hit for \u201c{}\u201d (en) (lacks any of strait, Meerenge)"
MISTAKEN = (
    FAILS.format(17)
    + "a hit that should be none for \u201c{}\u201d (en) (has $bridge: bridge; strait: strait)"
)
DESK = """\
  desk: {{kind: email, host: localhost, from: a@example.org, to: b@example.org{more}}}
"""


def test_a_right_configuration_is_summed_up_in_a_line(place: Place) -> None:
    done = place.cli("check")
    assert done.code == 0
    assert done.out.splitlines()[-1] == "1 watch, 2 feeds, 2 facts, 3 tests: all pass"
    assert place.cli("check", "--json").data["states"] == 1


def test_a_test_that_fails_refuses_its_watch_with_its_line_and_what_it_lacks(place: Place) -> None:
    place.edit("watches/bridge.yaml", "The bridge over the strait opens,", "The bridge opens,")
    place.edit(
        "watches/bridge.yaml",
        "hit: false",
        "hit: false}\n  - {text: A bridge over the strait, hit: false",
    )
    done = place.cli("check")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        MISSED.format("The bridge opens"),
        MISTAKEN.format("A bridge over the strait"),
    ]
    data = place.cli("check", "--json").data
    assert [one["line"] for one in data["errors"]] == [14, 17]
    assert data["ok"] is False


def test_a_test_that_fails_ends_whatever_would_judge_by_its_watch(place: Place) -> None:
    place.edit("watches/bridge.yaml", "hit: false", "hit: true")
    for command in (["run"], ["once"], ["baseline", "set", "old-ferry", "--text", "It has sunk"]):
        done = place.cli(*command)
        assert (done.code, done.out) == (2, "")
        assert "config/watches/bridge.yaml:16: a test of bridge fails" in done.err
        assert "has toy, which it excludes" in done.err
    assert not place.database.exists()
    assert place.cli("try", "A toy bridge over a toy strait").code == 0  # the way to mend it


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "Work on the bridge over the strait is postponed",
            "read as halted: act postpone at \u201cpostponed\u201d",
        ),
        (
            "Works on the bridge over the strait could start this year",
            "read as planned, which changes nothing: act announce, hedged at \u201cstart\u201d, \u201ccould\u201d",
        ),
        ("A walk on the bridge over the strait", "no act that bears on it was read"),
    ],
)
def test_a_state_that_is_not_read_from_the_text_of_a_test_refuses_its_watch(
    text: str, hint: str, place: Place
) -> None:
    place.edit("watches/bridge.yaml", "text: The bridge over the strait opens,", f"text: {text},")
    done = place.cli("check")
    assert (done.code, done.out) == (2, "")
    said = f"works is not read as begun in \u201c{text}\u201d (en) ({hint})"
    assert done.err.splitlines() == [FAILS.format(14) + said]
    assert place.cli("run").code == 2


def test_states_in_the_tests_of_the_shipped_watches_are_read(place: Place) -> None:
    done = place.cli("check", "--config", ROOT / "config", "--json")
    assert done.code == 0, done.err
    assert done.data["states"] >= 9


# --- watch x language ------------------------------------------------------------------------


def languages(place: Place) -> dict[tuple[str, str], tuple[str, list[str]]]:
    found = place.cli("check", "--json").data["languages"]
    return {(one["watch"], one["language"]): (one["words"], one["lacking"]) for one in found}


def test_a_table_says_which_languages_feeds_speak_and_watches_know(place: Place) -> None:
    place.edit("feeds.yaml", "language: de", "language: tr")
    place.write("watches/rain.yaml", "title: Rain\nquery: rain OR Regen\n")
    done = place.cli("check")
    assert done.code == 0
    assert done.out.splitlines()[:5] == [
        "language  en     tr", "feeds     1      1", "bridge    yes    NO", "rain      names  names", "",
    ]  # fmt: skip
    assert (
        "warning: bridge has no words for tr, which 1 feed speaks: $bridge" in done.err.splitlines()
    )
    assert languages(place) == {
        ("bridge", "en"): ("own", []),
        ("bridge", "tr"): ("none", ["$bridge"]),
        ("rain", "en"): ("shared", []),
        ("rain", "tr"): ("shared", []),
    }
    assert place.cli("check", "--quick").err == ""


@pytest.mark.parametrize(
    ("query", "words", "lacking"),
    [
        ("$bridge AND $crossing", "none", ["$crossing"]),
        ("$bridge OR $crossing", "own", []),
        ("$bridge AND NOT $crossing", "own", []),
        ("$bridge NEAR/4 $crossing", "none", ["$crossing"]),
        ("$crossing OR ($bridge AND title:($crossing AND $ferry))", "none", ["$crossing"]),
        ("$ferry AND (strait OR Meerenge)", "shared", []),
        ("$opening", "none", ["$opening", "$crossing"]),
        ("$opening OR $closing", "own", []),
        ("$bridge AND language:en", "none", ["language:en"]),
        ("$bridge AND NOT language:de", "none", []),
        ("$bridge AND tier:1", "none", ["tier:1"]),
        ('$bridge AND source:"Second Gazette"', "own", []),
    ],
)
def test_it_is_asked_whether_the_query_could_hold_and_not_how_many_words_there_are(
    place: Place, query: str, words: str, lacking: list[str]
) -> None:
    place.write(
        "watches/other.yaml",
        f"title: Other\nquery: >-\n  {query}\nconcepts:\n"
        "  bridge: {en: [bridge], de: [Brücke]}\n"
        "  crossing: {en: [crossing]}\n"
        "  ferry: {any: [Fährlinie 7]}\n"
        "  opening: {query: $bridge NEAR/3 $crossing}\n"
        "  closing: {query: $bridge NEAR/3 (closed OR gesperrt)}\n",
    )
    assert languages(place)["other", "de"] == (words, lacking)


def test_a_language_that_no_concept_has_words_of_is_read_by_those_of_others_and_warned_of(
    place: Place,
) -> None:
    place.edit("feeds.yaml", "language: de", "language: sw")
    assert languages(place)["bridge", "sw"] == ("borrowed", ["$bridge"])
    (line,) = place.cli("check").err.splitlines()
    assert line.endswith("$bridge (words of other languages count there as they are written)")


def test_of_many_watches_those_are_shown_that_lack_words() -> None:
    watches = [watch(f"w{number:02}", "$truce" if number % 2 else "word") for number in range(90)]
    found = spoken(book(*watches, feeds=[feed("fr", language="fr"), feed("en"), feed("en2")]))
    lines = list(table(found))
    assert lines[:3] == ["language  en   fr", "feeds     2    1", "w01       yes  NO"]
    assert len(lines) == 2 + MOST_ROWS
    said = list(warnings(found))
    assert len(said) == MOST_ROWS + 1
    assert said[-1] == "and 5 more watches and languages without words: --json"


def test_feeds_of_a_watch_of_its_own_are_those_that_count_for_it(place: Place) -> None:
    place.write(
        "watches/own.yaml",
        "title: Own\nquery: $bridge\nconcepts: {bridge: {tr: [köprü]}}\nfeeds:\n"
        '  - {name: Gazete, url: "http://127.0.0.1:9/tr.xml", language: tr-TR}\n',
    )
    assert {key: one[0] for key, one in languages(place).items()} == {
        ("bridge", "de"): "own", ("bridge", "en"): "own", ("bridge", "tr"): "none",
        ("own", "tr"): "own",
    }  # fmt: skip


def test_every_mistake_is_told_with_file_line_and_column(place: Place) -> None:
    place.edit("watches/bridge.yaml", "query:", "qeury:")
    place.edit("feeds.yaml", "pace: fast", "pace: quick")
    done = place.cli("check")
    assert (done.code, done.out) == (2, "")
    assert "config/feeds.yaml:3:" in done.err
    assert (
        "config/watches/bridge.yaml:2:1: there is no key 'qeury' here (did you mean 'query'?)"
        in done.err
    )
    refused = place.cli("check", "--json")
    assert refused.code == 2
    assert {error["file"] for error in refused.data["errors"]} >= {"config/feeds.yaml"}


def test_warnings_go_to_stderr_and_change_nothing(place: Place) -> None:
    (place.config / "watch.yaml").write_text("title: lost\n")
    done = place.cli("check")
    assert done.code == 0
    assert "warning: config/watch.yaml: is not read" in done.err


def test_quick_runs_no_test(place: Place) -> None:
    place.edit("watches/bridge.yaml", "hit: false", "hit: true")
    assert place.cli("check").code == 2
    done = place.cli("check", "--quick")
    assert (done.code, done.out) == (0, "1 watch, 2 feeds, 2 facts, 3 tests: not run\n")


def test_where_ledger_and_files_differ_is_said_by_id(place: Place) -> None:
    place.publish("Rain")
    assert place.cli("check", "--json").data["ledger_differs"] == []
    place.cli("baseline", "set", "two-bridges", "--text", "Three bridges are planned")
    place.edit("baselines/start.yaml", "id: old-ferry", "id: new-ferry")
    found = {
        one["fact"]: one["what"] for one in place.cli("check", "--json").data["ledger_differs"]
    }
    assert set(found) == {"two-bridges", "new-ferry", "old-ferry"}
    assert "changed by ada in the ledger" in found["two-bridges"]
    assert "parley baseline set two-bridges --from-file" in found["two-bridges"]
    assert "not in the ledger yet" in found["new-ferry"]
    assert "no file holds it any more" in found["old-ferry"]
    assert place.cli("check").code == 0
    place.cli("baseline", "set", "two-bridges", "--from-file")
    again = [one["fact"] for one in place.cli("check", "--json").data["ledger_differs"]]
    assert again == []  # the commands between brought the ledger in line, as a start does


def test_a_changed_line_that_nobody_else_touched_is_taken_with_the_next_start(place: Place) -> None:
    place.publish("Rain")
    place.edit("baselines/start.yaml", "since 1950", "since 1951")
    (one,) = place.cli("check", "--json").data["ledger_differs"]
    assert one["fact"] == "old-ferry"
    assert "the file's line changed" in one["what"]


@pytest.mark.parametrize(
    "content", ["", "this is no certificate\n", "-----BEGIN CERTIFICATE-----\n"]
)
def test_an_authority_without_a_certificate_is_refused_with_its_place(
    place: Place, content: str
) -> None:
    place.write("bad.pem", content)
    place.edit("parley.yaml", "{kind: console}\n", "{kind: console}\n" + DESK.format(
        more=", ca_file: config/bad.pem"
    ))  # fmt: skip
    done = place.cli("check")
    assert done.code == 2
    assert "config/parley.yaml:6:" in done.err
    assert "holds no certificate in PEM form" in done.err


def test_an_authority_that_is_one_is_taken(place: Place) -> None:
    trustme.CA().cert_pem.write_to_path(str(place.root / "good.pem"))
    place.edit("parley.yaml", "{kind: console}\n", "{kind: console}\n" + DESK.format(
        more=", ca_file: good.pem"
    ))  # fmt: skip
    assert place.cli("check").code == 0


def test_a_channel_that_its_kind_cannot_make_is_found_before_the_daemon_does(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.edit("parley.yaml", "{kind: console}\n", "{kind: console}\n" + DESK.format(more=""))
    assert place.cli("check").code == 0

    def broken(self: object, *args: object) -> None:
        raise OSError("planted")

    monkeypatch.setattr(EmailNotifier, "__init__", broken)
    done = place.cli("check")
    assert done.code == 2
    assert "the channel desk cannot be made: OSError: planted" in done.err
    assert place.cli("check", "--json").data["ok"] is False
