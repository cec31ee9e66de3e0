"""Queries in files: alternatives, concepts found by queries, letters, and where errors point."""

from __future__ import annotations

import pytest

from monitor.core.match import Index
from monitor.core.model import Document
from tests.builders import hits_of
from tests.settings.home import Home, sure

WATCH = "watches/quakes.yaml"


def watch(home: Home, body: str) -> None:
    home.write(WATCH, "title: Earthquakes\n" + body)


def query(home: Home) -> str:
    return sure(home.load().rules.watch("quakes")).query


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("quake OR tremor", "quake OR tremor"),
        ("[quake OR tremor]", "quake OR tremor"),
        ("[quake AND peru, tremor]", "(quake AND peru) OR (tremor)"),
        ("\n  - quake, tremor\n  - $truce\n", "(quake, tremor) OR ($truce)"),
        ("ｑｕａｋｅ ＡＮＤ ＄ｔｒｕｃｅ", "quake AND $truce"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_a_query_is_one_text_or_alternatives(home: Home, written: str, read: str) -> None:
    watch(home, f"query: {written}\n")
    assert query(home) == read


@pytest.mark.parametrize(
    ("written", "where", "says", "excerpt"),
    [
        ("query: $truce AND $gazza", "2:19", "there is no concept $gazza",
         "query: $truce AND $gazza\n                  ^^^^^^"),
        ("query:\n  - quake\n  - $truce AND $gazza", "4:16", "there is no concept $gazza",
         "$truce AND $gazza\n           ^^^^^^"),
        ("query: [quake, 'tremor', '$gazza AND quake']", "2:27", "there is no concept $gazza",
         "'$gazza AND quake'\n ^^^^^^"),
        ("query: [quake, ')', tremor]", "2:17", "')' is not expected here", "')'\n ^"),
        ("query: >-\n  quake AND\n  (tremor OR\n  $gazza)", "5:3", "there is no concept $gazza",
         "$gazza)\n^^^^^^"),
        ("query: 'it''s AND $gazza'", "2:19", "there is no concept $gazza",
         "query: 'it''s AND $gazza'\n                  ^^^^^^"),
        ("query: ['''s AND /\\d+/ AND $gazza']", "2:28", "there is no concept $gazza",
         "'''s AND /\\d+/ AND $gazza'\n                   ^^^^^^"),
        ('query: "\\x61bc AND $gazza"', "2:8", "there is no concept $gazza, at 1:9 of the text",
         "abc AND $gazza\n        ^^^^^^"),
        ("query: $truce AND (", "2:20", "the query ends too early",
         "query: $truce AND (\n                   ^"),
        ("query: quake AND\n  kremlin AND Путiн", "3:18",
         "the word 'Путiн' mixes alphabets: i is Latin, the rest is Cyrillic",
         "kremlin AND Путiн\n               ^^"),
        ("query: []", "2:8", "must not be empty", ""),
        ("query: [quake, 7]", "2:16", "must be text, not a number", ""),
        ("query: 7", "2:8", "must be text, not a number", ""),
        ("query: [quake, ' ']", "2:16", "must not be empty", ""),
        ("query: the of and", "2:15", "'and' is read as a word here",
         "query: the of and\n              ^^^"),
        ("query: [quake, the]", "2:16", "the query is true for any item with one of the commonest",
         "the\n^^^"),
        ("query: kyiv AND “$gazza” OR $gazza", "2:29", "there is no concept $gazza",
         "query: kyiv AND “$gazza” OR $gazza\n                            ^^^^^^"),
        ("query: quake -peru", "2:14", "'-' before a word is no operator (write AND NOT peru",
         "query: quake -peru\n             ^^^^^"),
        ("query: language:uk", "2:8", "the query takes every item that passes its filters",
         "query: language:uk\n       ^^^^^^^^^^^"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_shown_where_it_stands(
    home: Home, written: str, where: str, says: str, excerpt: str
) -> None:
    watch(home, written + "\n")
    [problem] = home.problems()
    assert str(problem).startswith(f"{WATCH}:{where}: {says}")
    if excerpt:
        assert problem.excerpt == excerpt
        assert problem.told.splitlines()[1:] == [f"    {row}" for row in excerpt.split("\n")]
    assert "\n" not in str(problem)


def test_an_alternative_is_refused_that_closes_what_it_did_not_open(home: Home) -> None:
    watch(home, "query: ['quake) OR (tremor']\n")
    assert home.only().startswith(f"{WATCH}:2:15: ')' is not expected here")


def test_an_excerpt_shows_nothing_beside_the_query(home: Home) -> None:
    home.write(
        WATCH,
        '{title: x, feeds: [{name: A, url: "https://a.example.org/", headers: {Authorization: '
        '"Bearer hunter22"}}], query: $gazza, about: private}\n',
    )
    [problem] = home.problems()
    assert problem.excerpt == "query: $gazza\n       ^^^^^^"


def test_an_excerpt_that_holds_a_secret_is_left_out(home: Home) -> None:
    home.write(
        WATCH,
        "title: x\n"
        'feeds: [{name: A, url: "https://a.example.org/", headers: {Authorization: hunter22}}]\n'
        "query: hunter22 AND $gazza\n",
    )
    [problem] = home.problems()
    assert (problem.line, problem.excerpt) == (3, "")


def test_a_watch_may_say_that_it_takes_everything(home: Home) -> None:
    watch(home, "query: language:uk\nmatch_all: true\n")
    read = sure(home.load().rules.watch("quakes"))
    assert (read.query, read.match_all) == ("language:uk", True)
    watch(home, "query: language:uk\nmatch_all: 1\n")
    assert home.only().startswith(f"{WATCH}:3:12: must be true or false, not a number")


def test_a_regular_expression_may_mix_alphabets(home: Home) -> None:
    watch(home, "query: quake OR /П[уy]т[иi]н/\n")
    assert query(home) == "quake OR /П[уy]т[иi]н/"


def test_decomposed_and_wide_rules_find_composed_and_plain_text(empty: Home) -> None:
    home = empty
    home.write(
        "concepts/more.yaml",
        "concepts: {roast: {fr: [cafe\u0301 torre\u0301fie\u0301, ｌａｔｔｅ]}}\n",
    )
    watch(
        home,
        "query: $roast OR ｅｘｐｒｅｓｓ OR the\u0301\n",
    )
    rules = home.load().rules
    assert rules.concepts["roast"].words == {"fr": ("caf\u00e9 torr\u00e9fi\u00e9", "latte")}
    index = Index(rules)
    titles = ["un caf\u00e9 torr\u00e9fi\u00e9", "un latte", "un express", "un th\u00e9", "un tee"]
    found = [bool(hits_of(index, Document(title, language="fr"))) for title in titles]
    assert found == [True, True, True, True, False]


def test_a_concept_may_be_found_by_a_query(home: Home) -> None:
    home.write(
        "concepts/more.yaml",
        """\
        concepts:
          stopping: {en: [stop, halt]}
          fighting: {en: [fighting, shelling]}
          calm: {query: $stopping NEAR/4 $fighting}
          quiet: {en: [quiet], query: [$calm, lull NEAR/S $fighting]}
        """,
    )
    concepts = home.load().rules.concepts
    assert (concepts["calm"].words, concepts["calm"].query) == ({}, "$stopping NEAR/4 $fighting")
    assert concepts["quiet"].query == "($calm) OR (lull NEAR/S $fighting)"


def test_a_concept_that_extends_keeps_the_query_beneath_unless_it_has_its_own(home: Home) -> None:
    home.lexicon.joinpath("base.yaml").write_text(
        "concepts:\n"
        "  calm: {en: [calm], query: still NEAR/2 front}\n"
        "  lull: {en: [lull], query: still NEAR/2 front}\n"
        "  rest: {en: [rest], query: still NEAR/2 front}\n"
    )
    home.write(
        "concepts/more.yaml",
        "concepts:\n"
        "  calm: {extend: true, de: [Ruhe]}\n"
        "  lull: {extend: true, query: calm NEAR/2 front}\n"
        "  rest: {de: [Rast]}\n",
    )
    concepts = home.load().rules.concepts
    assert concepts["calm"].query == "still NEAR/2 front"
    assert concepts["calm"].words == {"en": ("calm",), "de": ("Ruhe",)}
    assert (concepts["lull"].query, concepts["lull"].words) == (
        "calm NEAR/2 front",
        {"en": ("lull",)},
    )
    assert concepts["rest"].query == ""


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{a: {query: $a}}", "1:23: concepts are found by one another: $a -> $a (break the circle)"),
        ("{a: {query: $b}, b: {query: x1 OR $c}, c: {query: '$a NEAR/2 y1'}}",
         "1:23: concepts are found by one another: $a -> $b -> $c -> $a (break the circle)"),
        ("{a: {query: $b}, b: {query: $b}}", "1:23: concepts are found by one another: $b -> $b"),
        ("{a: {query: $truse}}", "1:23: there is no concept $truse (did you mean $truce?)"),
        ("{a: {query: 'x1 AND language:uk'}}", "1:24: a concept cannot ask who published"),
        ("{a: {query: NOT x1}}", "1:23: the query is true for every item"),
        ("{a: {query: ''}}", "1:23: must not be empty"),
        ("{a: {query: []}}", "1:23: must not be empty"),
        ("{a: {query: [x1, 'y1 AND (']}}", "1:37: the query ends too early"),
        ("{a: {about: nothing}}", "1:12: the concept 'a' has no words"),
        ("{a: {ru: [Путiн]}}", "1:24: the word 'Путiн' mixes alphabets: i is Latin"),
        ("{a: {en: peace in Κyiv}}", "1:29: the word 'Κyiv' mixes alphabets: Κ is Greek"),
    ],
)  # fmt: skip
def test_a_concept_with_a_wrong_query_is_refused(home: Home, written: str, says: str) -> None:
    home.write("concepts/more.yaml", f"concepts: {written}\n")
    assert home.only().startswith(f"concepts/more.yaml:{says}")


def test_a_watch_closes_no_circle_with_a_concept_of_its_own(home: Home) -> None:
    home.write("concepts/more.yaml", "concepts: {calm: {query: $lull}, lull: {en: [lull]}}\n")
    watch(home, "query: $calm\nconcepts:\n  lull: {query: '$calm'}\n")
    assert home.only().startswith(
        f"{WATCH}:4:17: concepts are found by one another: $lull -> $calm -> $lull"
    )


def test_concepts_stand_only_so_deep_behind_one_another(home: Home) -> None:
    rows = ["  c0: {en: [word]}"] + [f"  c{n}: {{query: $c{n - 1}}}" for n in range(1, 2000)]
    home.write("concepts/more.yaml", "concepts:\n" + "\n".join(rows) + "\n")
    first = home.problems()[0]
    assert (first.line, first.message) == (18, "this stands on 17 concepts one behind the other")


def test_queries_of_concepts_are_not_judged_while_some_concepts_are_unread(home: Home) -> None:
    home.write("concepts/broken.yaml", "concepts: {calm: [")
    home.write("concepts/more.yaml", "concepts: {a: {query: $calm}}\n")
    assert {problem.file for problem in home.problems()} == {"concepts/broken.yaml"}


def test_the_version_of_a_watch_follows_what_its_concepts_are_found_by(home: Home) -> None:
    home.write("concepts/more.yaml", "concepts: {calm: {query: $lull}, lull: {en: [lull]}}\n")
    watch(home, "query: $calm\n")
    before = home.load().rules
    home.edit("concepts/more.yaml", "[lull]", "[lull, pause]")
    after = home.load().rules
    assert sure(after.watch("quakes")).version != sure(before.watch("quakes")).version
    home.edit("concepts/more.yaml", "query: $lull", "query: still NEAR/3 $lull")
    assert home.load().rules.version != after.version


@pytest.mark.parametrize(
    ("written", "where", "says"),
    [
        ("quake AND language:ua", "2:18", "'ua' is not the code of a language (did you mean 'uk'?)"),
        ("quake AND language:en,qq", "2:18", "'qq' is not the code of a language (two letters"),
        ("quake AND language:eng", "2:18", "'eng' is not the code of a language (did you mean 'en'?)"),
        ('source:"BBC Wrold"', "2:8", "no feed that is on is named 'bbc wrold' (did you mean 'BBC World'?)"),
        ("source:“BBC Wrold”", "2:8", "no feed that is on is named 'bbc wrold' (did you mean 'BBC World'?)"),
        ("quake AND publisher:bbc,zzz", "2:18",
         "no feed that is on has the publisher 'zzz' (publishers: bbc, president-gov-ua)"),
        ("quake AND tier:1-2,3", "2:18", "no feed that is on has the tier 3 (tiers: 1, 2)"),
        ("[quake, 'tremor AND tier:4-7']", "2:28", "no feed that is on has the tier 4-7 (tiers: 1, 2)"),
    ],
)  # fmt: skip
def test_a_filter_that_no_feed_meets_is_warned_of_where_it_stands(
    home: Home, written: str, where: str, says: str
) -> None:
    watch(home, f"query: {written}\n")
    [warning] = home.load().warnings
    assert f"/{WATCH}:{where}: {says}" in str(warning)
    assert warning.excerpt
    watch(home, f"query: {written}\nenabled: false\n")
    assert home.load().warnings == ()


@pytest.mark.parametrize(
    "written",
    [
        'source:"bbc world"', "publisher:BBC", "quake AND tier:1-9", "quake AND language:uk,pt-BR,crh",
        "'\"source:zzz\" OR /tier:9/'", "quake AND source:Own",
    ],
)  # fmt: skip
def test_a_filter_that_a_feed_meets_or_could_meet_is_not_warned_of(
    home: Home, written: str
) -> None:
    own = '{name: Own, url: "https://own.example.org/feed"}'
    watch(home, f"query: {written}\nfeeds: [{own}]\n")
    assert home.load().warnings == ()


def test_a_topic_with_a_filter_that_no_feed_meets_is_warned_of(home: Home) -> None:
    home.edit("watches/ceasefire.yaml", "topic: $truce", "topic: $truce AND publisher:bcb")
    [warning] = home.load().warnings
    assert warning.message == "no feed that is on has the publisher 'bcb'"
    assert (warning.line, warning.column) == (10, 23)


def test_where_there_are_no_feeds_no_name_of_one_is_missed(empty: Home) -> None:
    watch(empty, "query: quake AND source:zzz AND tier:7 AND language:ua\n")
    said = [warning.message for warning in empty.load().warnings]
    assert said == ["no feed is configured", "'ua' is not the code of a language"]


def test_names_in_typographic_quotation_marks_are_words(home: Home) -> None:
    watch(home, "query: “costs $nothing” OR quake\n")
    assert query(home) == '"costs $nothing" OR quake'
    watch(home, "query: “costs nothing” OR tier:1\nmatch_all: true\n")
    assert query(home) == '"costs nothing" OR tier:1'
    watch(home, "query: quake || tier:1\nmatch_all: true\n")
    assert "'||' is no operator" in home.only()


def test_a_wrong_key_does_not_hide_what_is_wrong_with_the_query(home: Home) -> None:
    watch(home, "query: quake AND $truze\nalert: fast\n")
    said = [(one.line, one.column, one.message) for one in map(home.local, home.problems())]
    assert said == [
        (2, 18, "there is no concept $truze"),
        (3, 1, "there is no key 'alert' here"),
    ]
    own = "concepts: {shaking: {en: [tremor], about: 7}}\n"
    watch(home, f"query: quake OR $shaking\n{own}")
    assert home.only().startswith(f"{WATCH}:3:")
    watch(home, "query: [quake, 7]\nalerts: never\n")
    assert [one.line for one in home.problems()] == [2, 3]


def test_alternatives_that_nest_too_deeply_together_are_refused_when_they_are_read(
    home: Home,
) -> None:
    deep = "NOT " * 98 + "gaza"
    watch(home, f"query: quake AND {deep}\n")
    home.load()
    watch(home, f"query:\n  - tremor\n  - quake AND {deep}\n")
    assert "the query nests too deeply" in home.only()


def test_alternatives_stand_alone_though_they_could_be_read_together(home: Home) -> None:
    watch(home, "query: ['quake) OR (tremor', '\"a b', 'c d\"', 'e (/q', 'r/) s']\n")
    assert len(home.problems()) == 5


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("topic: $truce", "topic: $truce && $gaza", "'&&' is no operator"),
        ("scope: [extent, party]", "scope: [extent, party]\n    values: {extent: {sea: +harbour}}",
         "'+' before a word is no operator"),
        ("scope: [extent, party]", "scope: [extent, party]\n    values: {extent: {sea: $seas}}",
         "there is no concept $seas"),
    ],
)  # fmt: skip
def test_topics_and_values_of_trackers_are_checked_as_queries_are(
    home: Home, old: str, new: str, line: str
) -> None:
    home.edit("watches/ceasefire.yaml", old, new)
    assert line in home.only()
