"""`parley concepts`: what there is, what one finds, what finds a word."""

from __future__ import annotations

import pytest

from monitor.app.glossary import OF_WATCH, YOURS, Definition, components, definitions
from monitor.app.lookup import Meeting, meetings
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import Concept, RuleBook, Watch
from monitor.language import SimplemmaLexicon
from tests.cli.place import Place

OWN = """\
version: 1
concepts:
  zz-stopping:
    about: to leave off
    en: [halt, cease]
    de: [einstellen, =Stopp]
    any: [stop*]
  zz-shooting:
    about: what is left off
    en: [shelling]
    de: [Beschuss]
  zz-quiet:
    about: no shot is heard
    en: ["guns fall silent"]
    query: $zz-stopping NEAR/4 $zz-shooting OR hush
"""


@pytest.fixture
def worded(place: Place) -> Place:
    place.write("concepts/own.yaml", OWN)
    place.write("watches/quiet.yaml", "title: Quiet\nquery: $zz-quiet AND NOT $zz-shooting\n")
    return place


# --- list and show ---------------------------------------------------------------------------


def test_all_concepts_are_listed_with_what_rests_on_them(worded: Place) -> None:
    done = worded.cli("concepts")
    assert done.code == 0, done.err
    rows = {line.split()[0]: line for line in done.out.splitlines() if line.startswith("$")}
    assert "yours" in rows["$zz-quiet"]
    assert "no shot is heard" in rows["$zz-quiet"]
    assert "(quiet)" in rows["$zz-stopping"]
    assert "shipped" in rows["$truce"]
    assert " bridge " in rows["$bridge"]
    listed = worded.cli("concepts", "list", "--json").data
    assert worded.cli("concepts", "--json").data == listed
    by_name = {one["concept"]: one for one in listed}
    assert by_name["zz-shooting"]["used_by"] == {
        "concepts": ["zz-quiet"], "watches": ["quiet"], "through": [],
    }  # fmt: skip
    assert by_name["zz-stopping"]["used_by"]["through"] == ["quiet"]
    assert by_name["zz-stopping"]["languages"] == {"de": 2, "en": 2, "any": 1}
    assert (by_name["bridge"]["from"], by_name["bridge"]["watch"]) == (OF_WATCH, "bridge")


def test_one_concept_is_shown_with_its_file_its_words_and_its_query(worded: Place) -> None:
    done = worded.cli("concepts", "show", "$zz-quiet")
    assert done.out.startswith("$zz-quiet: no shot is heard\n")
    assert "concepts/own.yaml:12" in done.out
    assert "1: en 1" in done.out
    assert "$zz-stopping NEAR/4 $zz-shooting OR hush" in done.out
    assert "watches on it   quiet" in done.out
    (data,) = worded.cli("concepts", "show", "zz-stopping", "--json").data
    assert data["places"] == [
        {"origin": YOURS, "file": "concepts/own.yaml", "line": 3, "extends": False}
    ]


def test_a_concept_that_adds_to_a_shipped_one_names_both_places(place: Place) -> None:
    place.write(
        "concepts/own.yaml", "version: 1\nconcepts:\n  truce: {extend: true, nl: [bestand]}\n"
    )
    done = place.cli("concepts", "show", "truce")
    assert "concepts/own.yaml:3, which adds to shipped, lexicon/truce.yaml:" in done.out
    (data,) = place.cli("concepts", "show", "truce", "--json").data
    assert [one["origin"] for one in data["places"]] == ["yours", "shipped"]
    assert data["languages"]["nl"] == 1
    assert data["languages"]["en"] > 1


def test_a_concept_of_one_watch_alone_says_so(worded: Place) -> None:
    done = worded.cli("concepts", "show", "bridge")
    assert "$bridge (of the watch bridge alone)" in done.out
    assert "watches/bridge.yaml:4" in done.out


def test_a_name_that_two_watches_use_is_shown_for_each(worded: Place) -> None:
    worded.write(
        "watches/other.yaml", "title: O\nquery: $bridge\nconcepts: {bridge: {en: [viaduct]}}\n"
    )
    data = worded.cli("concepts", "show", "bridge", "--json").data
    assert [one["watch"] for one in data] == ["bridge", "other"]
    assert [one["used_by"]["watches"] for one in data] == [["bridge"], ["other"]]


@pytest.mark.parametrize("verb", ["show", "expand"])
def test_an_unknown_name_gives_the_nearest(worded: Place, verb: str) -> None:
    done = worded.cli("concepts", verb, "zz-stoping")
    assert done.code == 2
    assert "did you mean zz-stopping?" in done.err


# --- expand ----------------------------------------------------------------------------------


def test_a_concept_is_expanded_down_to_the_words_of_its_components(worded: Place) -> None:
    done = worded.cli("concepts", "expand", "zz-quiet")
    assert done.code == 0
    assert "  en   guns fall silent" in done.out
    assert "  query  $zz-stopping NEAR/4 $zz-shooting OR hush" in done.out
    assert "$zz-stopping, which $zz-quiet names: to leave off" in done.out
    assert "  de   einstellen, =Stopp\n" in done.out
    assert "  any  stop*" in done.out
    (data,) = worded.cli("concepts", "expand", "zz-quiet", "--json").data
    assert [(one["concept"], one["named_by"]) for one in data["rests_on"]] == [
        ("zz-quiet", None), ("zz-stopping", "zz-quiet"), ("zz-shooting", "zz-quiet"),
    ]  # fmt: skip
    assert data["rests_on"][2]["words"] == {"en": ["shelling"], "de": ["Beschuss"]}


def test_of_one_language_lemmas_stems_and_forms_met_are_shown(worded: Place) -> None:
    worded.publish("Heer stellte Beschuss ein", "Nichts Neues", language="de")
    done = worded.cli("concepts", "expand", "zz-shooting", "--lang", "de-AT")
    assert done.code == 0, done.err
    assert "shelling" not in done.out
    heads, row = done.out.partition("(de):\n")[2].splitlines()[:2]
    assert (heads.split(), row.split()[0]) == (["entry", "lemma", "stem"], "beschuss")
    assert "Met in 2 stored items of de of the last 30 days:\n  Beschuss" in done.out
    (data,) = worded.cli("concepts", "expand", "zz-quiet", "--lang", "de", "--json").data
    assert {"entry": "einstellen", "lemma": "einstellen", "stem": "einstell"} in data["inflected"]
    assert list(data["rests_on"][1]["words"]) == ["de", "any"]
    none = worded.cli("concepts", "expand", "zz-shooting", "--lang", "uk")
    assert "no entry of uk" in none.out
    assert "nothing" in none.out
    assert worded.cli("concepts", "expand", "zz-shooting", "--lang", "german").code == 2


def test_concepts_that_rest_on_each_other_in_a_net_are_listed_once() -> None:
    concepts = {
        "a": Concept("a", query="$b OR $c"),
        "b": Concept("b", query="$d"),
        "c": Concept("c", query="$d OR $b"),
        "d": Concept("d", words={"en": ("word",)}),
    }
    book = RuleBook((), concepts, (), (), ())
    found = components(Definition(concepts["a"], YOURS), book)
    assert [(one.id, parent) for one, parent in found] == [
        ("a", ""), ("b", "a"), ("c", "a"), ("d", "b"),
    ]  # fmt: skip


# --- find ------------------------------------------------------------------------------------


def test_a_word_is_found_by_its_forms_and_the_form_is_named(worded: Place) -> None:
    data = worded.cli("concepts", "find", "ceased", "--lang", "en", "--json").data
    ours = [one for one in data["found"] if one["concept"].startswith("zz-")]
    assert ours == [
        {"concept": "zz-stopping", "watch": "", "language": "en", "entry": "cease",
         "key": "lemma", "by": "cease", "whole": True},
    ]  # fmt: skip
    done = worded.cli("concepts", "find", "silent", "--lang", "en")
    assert done.code == 0
    assert "silent is a part of an entry or a query of:" in done.out
    assert "guns fall silent" in done.out


def test_a_word_that_nothing_finds_is_said_and_one_without_letters_is_refused(place: Place) -> None:
    done = place.cli("concepts", "find", "xylophone", "--lang", "en")
    assert (done.code, done.out) == (0, "No concept finds xylophone.\n")
    assert place.cli("concepts", "find", "?!", "--lang", "en").code == 2


KNOWN = {
    "halting": Concept("halting", words={"de": ("einstellen", "=Stopp", "Waffenruhe"), "any": ("stop*",)}),
    "guns": Concept("guns", words={"de": ("Waffe",), "uk": ("зброя",), "en": ("gun",)}),
    "firing": Concept("firing", words={"en": ("shelling", "hold fire"), "de": ("Beschuss",)}),
    "quiet": Concept("quiet", query="$halting NEAR/3 $firing OR (hush AND NOT music)"),
}  # fmt: skip
DEFINED = tuple(Definition(concept, YOURS) for concept in KNOWN.values())


@pytest.fixture(scope="module")
def lexicon() -> SimplemmaLexicon:
    return SimplemmaLexicon(None)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Stopp", "de", [("halting", "Stopp", "surface", ""), ("halting", "stop*", "beginning", "stop*")]),
        ("eingestellt", "de", [("halting", "einstellen", "lemma", "einstellen")]),
        ("зброєю", "uk", [("guns", "зброя", "lemma", "зброя")]),
        ("guns", "en", [("guns", "gun", "lemma", "gun")]),
        ("Waffenbeschuss", "de", [("guns", "Waffe", "compound", "waffe"), ("firing", "Beschuss", "compound", "beschuss")]),
        ("stopped", "tr", [("halting", "stop*", "beginning", "stop*")]),
        ("ＧＵＮ", "en", [("guns", "gun", "surface", "")]),
        ("gun", "de", []),
        ("hold fire", "en", [("firing", "hold fire", "phrase", "")]),
        ("they hold fire", "en", [("firing", "hold fire", "phrase", "")]),
        ("heavy shelling", "en", [("firing", "shelling", "surface", "")]),
    ],
)  # fmt: skip
def test_the_key_by_which_a_word_is_found(
    lexicon: SimplemmaLexicon, text: str, language: str, expected: list[tuple[str, ...]]
) -> None:
    found = meetings(text, DEFINED, [language], lexicon)
    entries = [(one.concept, one.entry.removeprefix("="), one.key, one.by) for one in found]
    assert entries == expected
    assert all(one.whole for one in found)


def test_a_word_of_a_phrase_or_of_a_query_is_only_a_part(lexicon: SimplemmaLexicon) -> None:
    (phrase,) = meetings("holding", DEFINED, ["en"], lexicon)
    assert phrase == Meeting("firing", "", "en", "hold fire", "lemma", "hold", whole=False)
    (query,) = meetings("hush", DEFINED, ["en"], lexicon)
    assert query == Meeting("quiet", "", "query", "hush", "surface", "", whole=False)
    assert meetings("music", DEFINED, ["en"], lexicon) == ()  # it is excluded, not looked for


def test_an_official_is_found_by_every_spelling_of_the_name(
    place: Place, lexicon: SimplemmaLexicon
) -> None:
    known = [one for one in definitions(place.settings) if one.concept.id == "exchange-officials"]
    spellings = "Lubinets Lubinez Lubineca Loubinets Łubiniec Лубінець Лубінцем Лубинец Лубинцу"
    for word in spellings.split():
        assert [one.whole for one in meetings(word, known, ["fr"], lexicon)] == [True], word


@pytest.mark.parametrize("language", ["de", "en", "uk"])
@pytest.mark.parametrize(
    "word",
    "Waffen Waffenruhen eingestellt stoppt shellings guns Beschusses зброї xylophone".split(),
)
def test_what_is_said_to_find_a_word_is_what_the_index_finds(
    lexicon: SimplemmaLexicon, word: str, language: str
) -> None:
    watches = tuple(Watch(name, name, f"${name}") for name in ("halting", "guns", "firing"))
    index = Index(RuleBook(watches, KNOWN, (), (), ()), lexicon)
    hits = index.hits(index.scan(Document(word, language=language)))
    found = meetings(word, DEFINED, [language], lexicon)
    assert {one.concept for one in found if one.whole} == {hit.watch for hit in hits}
