"""What is refused, where the message points, and what it suggests."""

from __future__ import annotations

import pytest

from tests.settings.home import Home, sure

# (file, what stands there, what is written instead, where the problem points: at `at` within the
# changed line or `line:column`, what it says)
SLIPS = [
    ("parley.yaml", "timezone:", "timezon:", "timezon", "there is no key 'timezon' here (did you mean 'timezone'?)"),
    ("parley.yaml", "Europe/Istanbul", "Europe/Istambul", "Europe/Istambul", "'Europe/Istambul' is not a known time zone (did you mean 'Europe/Istanbul'?)"),
    ("parley.yaml", "Europe/Istanbul", "istanbul", "istanbul", "'istanbul' is not a known time zone (did you mean 'Asia/Istanbul'?)"),
    ("parley.yaml", "127.0.0.1:8420", "8420", "8420", "must be text, not a number (put it in quotes)"),
    ("parley.yaml", "127.0.0.1:8420", "127.0.0.1:84200", "127.0.0.1:84200", "'127.0.0.1:84200' is not a host and a port (write host:port, for example 127.0.0.1:8420; IPv6 in brackets)"),
    ("parley.yaml", "127.0.0.1:8420", "localhost", "localhost", "'localhost' is not a host and a port"),
    ("parley.yaml", "127.0.0.1:8420", "::1:8420", "::1:8420", "'::1:8420' is not a host and a port"),
    ("parley.yaml", "language: en", "language: english", "english", "'english' is not the code of a language (two letters (ISO 639-1) such as en, uk, tr)"),
    ("parley.yaml", "language: en", "language: en_US", "en_US", "'en_US' is not the code of a language (did you mean 'en'?)"),
    ("parley.yaml", "language: en", "language: xx", "xx", "'xx' is not the code of a language"),
    ("parley.yaml", "pace: normal", "pace: norml", "norml", "'norml' is not one of fast, normal, slow (did you mean 'normal'?)"),
    ("parley.yaml", "allow_private: []", "allow_private: [127.0.0.1]", "127.0.0.1]", "'127.0.0.1' is not a host and a port"),
    ("parley.yaml", "allow_private: []", 'allow_private: ["127.0.0.1:0"]', '"127.0.0.1:0"', "'127.0.0.1:0' has no port"),
    ("parley.yaml", "allow_private: []", "total_s: fast", "fast", "must be a number, not text"),
    ("parley.yaml", "allow_private: []", "total_s: 0", "0}", "must be more than 0"),
    ("parley.yaml", "allow_private: []", "per_host: 2.5", "2.5", "must be a whole number, not a number"),
    ("parley.yaml", "you@example.org", '"you\\r\\nX-Evil: 1"', '"you', "line breaks and control characters are not allowed here"),
    ("parley.yaml", '"07:30"', "25:00", "25:00", "'25:00' is not a time of day (write it as 07:00, at most 23:59)"),
    ("parley.yaml", '"07:30"', "730", "730", "must be text, not a number (put it in quotes)"),
    ("parley.yaml", "{parse: 2}", "{parse: 0}", "0", "must be at least 1"),
    ("parley.yaml", "{parse: 2}", "77", "77", "must be a mapping of `key: value`, not a number"),
    ("parley.yaml", "version: 1", "version: 2", "2", "must be 1"),
    ("parley.yaml", "kind: console", "kind: consol", "consol}", "there is no kind of channel 'consol' (did you mean 'console'?)"),
    ("parley.yaml", "kind: console}", "kind: console, colour: true}", "colour", "there is no key 'colour' here"),
    ("parley.yaml", "tls: starttls", "tsl: starttls", "tsl", "there is no key 'tsl' here (did you mean 'tls'?)"),
    ("parley.yaml", "port: 587", "port: 70000", "70000", "must be at most 65535"),
    ("parley.yaml", "from: parley@example.org, ", "", "desk: {kind", "'from' is missing"),
    ("parley.yaml", "ops: [console]", "ops: [consle]", "consle", "there is no channel 'consle' (did you mean 'console'?)"),
    ("parley.yaml", "editors: [console]", "editors: [desc]", "desc", "there is no channel 'desc' (did you mean 'desk'?)"),
    ("parley.yaml", "to: [console, desk, hook]", "to: [console, desk, hok]", "hok", "there is no channel 'hok' (did you mean 'hook'?)"),
    ("parley.yaml", "to: [console, desk, hook]", "to: []", "[]}", "must not be empty"),
    ("parley.yaml", "watch: [ceasefire,", "watch: [ceasfire,", "ceasfire", "there is no watch 'ceasfire' (did you mean 'ceasefire'?)"),
    ("parley.yaml", "severity: high", "severity: hihg", "hihg", "'hihg' is not one of low, medium, high, critical (did you mean 'high'?)"),
    ("parley.yaml", "ops: [console]", "data: ./other", "data: ./other", "the key 'data' is there twice (first on line 2)"),
    ("feeds.yaml", "https://feeds.example.org/world.xml", "ftp://feeds.example.org/", '"ftp', "the address must begin with http:// or https://"),
    ("feeds.yaml", "https://feeds.example.org/world.xml", "https:///world.xml", '"https', "the address names no host"),
    ("feeds.yaml", "https://feeds.example.org/world.xml", "https://feeds.example.org/a b", '"https', "the address holds blanks or characters that no URL has"),
    ("feeds.yaml", "https://feeds.example.org/world.xml", "https://feeds.example.org:99999/", '"https', "the address cannot be read"),
    ("feeds.yaml", "pace: fast", "pace: faster", "faster", "'faster' is not one of fast, normal, slow (did you mean 'fast'?)"),
    ("feeds.yaml", "tier: 1", 'tier: "1"', '"1"', "must be a whole number, not text"),
    ("feeds.yaml", "tier: 1", "tier: true", "true", "must be a whole number, not true or false"),
    ("feeds.yaml", "name: Office of the President of Ukraine", "name: bbc world", "bbc world", "a feed named 'bbc world' is there already"),
    ("feeds.yaml", "name: Office of the President of Ukraine", "nam: x", "nam: x", "there is no key 'nam' here (did you mean 'name'?)"),
    ("feeds.yaml", "note: found on the site", 'headers: {"X Y": a}', '"X Y"', "'X Y' is not the name of a header"),
    ("feeds.yaml", "note: found on the site", 'headers: {X-Key: "a\\r\\nEvil: 1"}', '"a', "line breaks and control characters are not allowed here"),
    ("feeds.yaml", "note: found on the site", "headers: {X-Key: ключ}", "ключ", "the value of a header must be plain ASCII"),
    ("concepts/shared.yaml", "about:", "abuot:", "abuot", "'abuot' is neither a language nor a key of a concept (did you mean 'about'?)"),
    ("concepts/shared.yaml", "{en: [gaza]}", "{}", "gaza", "the concept 'gaza' has no words"),
    ("concepts/shared.yaml", "{en: [gaza]}", "{en: [2025]}", "2025", "must be text, not a number (put it in quotes)"),
    ("concepts/shared.yaml", "{en: [gaza]}", "{en: ['--']}", "'--'", "'--' holds no word to look for"),
    ("concepts/shared.yaml", "{en: [gaza]}", "{extend: true, en: [gaza]}", "extend", "there is no concept 'gaza' to extend"),
    ("concepts/shared.yaml", "captives:", "Captives!:", "Captives!", "'Captives!' is no name: letters a-z, digits, - and _ only (for example captives)"),
    ("watches/ceasefire.yaml", "title: A ceasefire in the war against Ukraine\n", "", "1:1", "'title' is missing"),
    ("watches/ceasefire.yaml", "title: A ceasefire in the war against Ukraine", "title:", "4:1", "'title' is empty"),
    ("watches/ceasefire.yaml", "alerts: fast", "alerts: fats", "fats", "'fats' is not one of fast, careful, complete (did you mean 'fast'?)"),
    ("watches/ceasefire.yaml", "notify: [console", "notify: [consol", "consol", "there is no channel 'consol' (did you mean 'console'?)"),
    ("watches/ceasefire.yaml", "query: $truce", "query: $truse", "$truse", "there is no concept $truse (did you mean $truce?)"),
    ("watches/ceasefire.yaml", "($gaza", "($gazza", "$gazza", "there is no concept $gazza (did you mean $gaza?)"),
    ("watches/ceasefire.yaml", "topic: $truce", "topic: $truc", "$truc", "there is no concept $truc (did you mean $truce?)"),
    ("watches/ceasefire.yaml", "query: $truce AND ($ukraine OR $russia) AND NOT ($gaza AND NOT $ukraine)", "query: ' '", "' '", "must not be empty"),
    ("watches/ceasefire.yaml", "kind: state", "kind: stat", "stat\n", "'stat' is not one of state, series (did you mean 'state'?)"),
    ("watches/ceasefire.yaml", "confirm: both_parties", "confirm: both", "both\n", "'both' is not one of both_parties, own_word, two_claimants (did you mean 'both_parties'?)"),
    ("watches/ceasefire.yaml", "severity: critical", "severity: critcal", "critcal", "'critcal' is not one of low, medium, high, critical (did you mean 'critical'?)"),
    ("watches/ceasefire.yaml", "act: agree, ", "", "agreed:   {", "'act' is missing"),
    ("watches/ceasefire.yaml", "truce: agreed}", "truce: agred}", "agred", "the tracker 'truce' has no state 'agred' (did you mean 'agreed'?)"),
    ("watches/ceasefire.yaml", "truce: agreed}", "truse: agreed}", "truse", "'truse' is neither a key of a test nor a tracker of this watch (did you mean 'truce'?)"),
    ("watches/ceasefire.yaml", "lang: de", "lang: deutsch", "deutsch", "'deutsch' is not the code of a language"),
    ("baselines/2025-06-02.yaml", "2025-06-02T20:00:00Z", "2025-06-02T20:00:00", "2025-06-02T20:00:00\n", "'2025-06-02T20:00:00' does not say its zone (end it with Z or +03:00)"),
    ("baselines/2025-06-02.yaml", "2025-06-02T20:00:00Z", "yesterday", "yesterday", "'yesterday' is not a date and time"),
    ("baselines/2025-06-02.yaml", "2025-06-02T20:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01", "'0001-01-01T00:00:00+14:00' is not a date and time"),
    ("baselines/2025-06-02.yaml", "date: 2025-06-02,", "date: 2025-06-31,", "2025-06-31", "'2025-06-31' is not a date"),
    ("baselines/2025-06-02.yaml", "tracker: truce", "tracker: truse", "truse", "the watch 'ceasefire' has no tracker 'truse' (did you mean 'truce'?)"),
    ("baselines/2025-06-02.yaml", "state: rejected", "state: rejectd", "rejectd", "the tracker 'truce' has no state 'rejectd' (did you mean 'rejected'?)"),
    ("baselines/2025-06-02.yaml", "extent: full", "extend: full", "extend", "the tracker 'truce' has no scope 'extend' (did you mean 'extent'?)"),
    ("baselines/2025-06-02.yaml", "scope: {extent: full, party: russia}", "instance: {round: 2}", "{round: 2}", "the tracker 'truce' is no series, so it has no instances"),
    ("baselines/2025-06-02.yaml", "id: hosts, watch: ceasefire", "id: hosts, watch: ceasefyre", "ceasefyre", "there is no watch 'ceasefyre' (did you mean 'ceasefire'?)"),
    ("baselines/2025-06-02.yaml", "id: hosts, watch: ceasefire, ", "id: hosts, ", "{id: hosts", "'watch' is missing (a fact names the watch that knows it)"),
    ("baselines/2025-06-02.yaml", "note: true, ", "", "{id: hosts", "a fact is a tracker's or a note (name its `tracker`, or write `note: true`)"),
    ("baselines/2025-06-02.yaml", "note: true", "note: true, tracker: truce", "{id: hosts", "a fact is a tracker's or a note, not both"),
    ("baselines/2025-06-02.yaml", "note: true", "note: true, state: agreed", "agreed", "a note has no state"),
    ("baselines/2025-06-02.yaml", "id: hosts", "id: second-round", "second-round, watch", "the id 'second-round' is there twice"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "at", "says"), SLIPS)
def test_a_slip_is_refused_where_it_stands_with_a_hint(
    home: Home, file: str, old: str, new: str, at: str, says: str
) -> None:
    home.edit(file, old, new)
    text = (home.root / file).read_text(encoding="utf-8")
    told = [str(problem) for problem in home.problems()]
    where = f"{file}:{at}:"
    if not at[0].isdigit() or at not in {"1:1", "4:1"}:
        start = text.index(new) if new else 0
        offset = (
            text.index(at, max(0, start - 1)) if at in text[max(0, start - 1) :] else text.index(at)
        )
        line = text.count("\n", 0, offset) + 1
        where = f"{file}:{line}:{offset - text.rfind(chr(10), 0, offset)}:"
    assert any(one.startswith(f"{where} {says}") for one in told), (where, told)


def test_every_problem_is_told_at_once_in_order(home: Home) -> None:
    home.edit("parley.yaml", "pace: normal", "pace: nope")
    home.edit("parley.yaml", "language: en", "language: xx")
    home.edit("feeds.yaml", "tier: 1", "tier: 9")
    home.edit("watches/ceasefire.yaml", "alerts: fast", "alert: fast")
    home.write("watches/broken.yaml", "title: [")
    home.edit("baselines/2025-06-02.yaml", "note: true", "not: true")
    told = [(problem.file, problem.line) for problem in home.problems()]
    assert told == [
        ("baselines/2025-06-02.yaml", 15),
        ("feeds.yaml", 3),
        ("parley.yaml", 5),
        ("parley.yaml", 6),
        ("watches/broken.yaml", 1),
        ("watches/ceasefire.yaml", 5),
    ]


def test_options_of_channels_are_judged_although_the_rest_is_wrong(home: Home) -> None:
    home.edit("parley.yaml", "language: en", "language: xx")
    home.edit("parley.yaml", "port: 587", "port: 70000")
    assert [problem.line for problem in home.problems()] == [5, 11]


def test_what_names_a_broken_file_is_no_second_problem(home: Home) -> None:
    home.write("watches/ceasefire.yaml", "watch: ceasefire\ntitle: [")
    assert [problem.file for problem in home.problems()] == ["watches/ceasefire.yaml"]
    home.write("concepts/shared.yaml", "concepts: {truce: [")
    assert {problem.file for problem in home.problems()} == {
        "watches/ceasefire.yaml",
        "concepts/shared.yaml",
    }


@pytest.mark.parametrize(
    ("written", "where", "says"),
    [
        ("$captives AND (", "2:23", "the query ends too early"),
        ("'$captives AND $captivs'", "2:23", "there is no concept $captivs"),
        ('"$captives AND $captivs"', "2:23", "there is no concept $captivs"),
        ("|\n  $captives\n  AND $captivs\n", "4:7", "there is no concept $captivs"),
        (">-\n  $captives\n  AND $captivs\n", "4:7", "there is no concept $captivs"),
        ("$captives\n  AND $captivs\n", "3:7", "there is no concept $captivs"),
        ("'$captives AND\n  $captivs'\n", "3:3", "there is no concept $captivs"),
        ("'it''s AND $captivs'", "2:19", "there is no concept $captivs"),
        ('"\\x61bc AND $captivs"', "2:8", "there is no concept $captivs, at 1:9 of the text"),
        ("NOT $captives", "2:8", "the query is true for every item"),
        ("$captives and $truce", "2:18", "'and' is read as a word here"),
        ("(" * 5000, "2:", ""),
    ],
)
def test_an_error_in_a_query_points_into_the_file(
    home: Home, written: str, where: str, says: str
) -> None:
    home.write("watches/pow-exchange.yaml", f"title: x\nquery: {written}\n")
    home.edit("baselines/2025-06-02.yaml", "tracker: exchange", "note: true")
    first = str(home.problems()[0])
    told = [str(problem) for problem in home.problems() if "pow-exchange" in problem.file]
    assert first
    assert told[0].startswith(f"watches/pow-exchange.yaml:{where}")
    assert says in told[0]


def test_a_watch_is_defined_once(home: Home) -> None:
    home.write("watches/z.yaml", "watch: ceasefire\ntitle: x\nquery: $truce\n")
    assert home.only() == (
        "watches/z.yaml:1:8: the watch 'ceasefire' is there already (first in watches/ceasefire.yaml)"
    )


def test_a_former_name_belongs_to_one_watch(home: Home) -> None:
    home.edit("watches/ceasefire.yaml", "alerts: fast", "formerly: pow-exchange")
    assert home.only().startswith(
        "watches/ceasefire.yaml:5:11: 'pow-exchange' is the name of another watch"
    )


def test_a_file_whose_name_is_no_id_needs_a_line(empty: Home) -> None:
    empty.write("watches/Big News.yaml", "title: x\nquery: y1\n")
    assert empty.only().startswith(
        "watches/Big News.yaml:1:1: the name of the file, 'Big News', is no id"
    )
    empty.write("watches/Big News.yaml", "watch: big\ntitle: x\nquery: y1\n")
    assert sure(empty.load().rules.watch("big")).file == "watches/Big News.yaml"


def test_an_act_without_words_is_refused_and_one_with_words_of_ones_own_is_fine(home: Home) -> None:
    home.edit("watches/ceasefire.yaml", "act: agree,", "act: agre,")
    assert home.only().endswith(
        "the act 'agre' has no words"
        " (did you mean 'agree'? - or give it words as act-agre in config/concepts)"
    )
    home.write("concepts/own.yaml", "concepts:\n  act-agre: {en: [agrees at last]}\n")
    assert home.warnings() == []


def test_a_careful_watch_that_could_tell_nothing_is_refused(home: Home) -> None:
    home.edit("watches/ceasefire.yaml", "alerts: fast", "alerts: careful")
    home.edit("watches/ceasefire.yaml", "confirm: both_parties", "confirm: null")
    assert (
        "nothing confirms what 'truce' tells: a careful watch needs its `confirm:`" in home.only()
    )


def test_a_concept_is_defined_once(home: Home) -> None:
    home.write("concepts/zz.yaml", "concepts:\n  gaza: {en: [gaza]}\n")
    assert home.only() == (
        "concepts/zz.yaml:2:3: the concept 'gaza' is there twice (first in concepts/shared.yaml:6)"
    )
