"""`parley new`: one commented file for a new topic, which always passes `parley check`."""

from __future__ import annotations

import os
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from monitor.app.gist import listed_words
from monitor.app.new import Draft, Request, draft, fault_in_name, write
from monitor.app.trials import failing_tests
from monitor.app.wiring import read_settings
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import Watch
from monitor.core.words import Lexicon, NoLexicon
from monitor.errors import CommandError
from monitor.language import SimplemmaLexicon
from monitor.settings import Settings
from tests.builders import hits_of
from tests.cli.place import Place

ARTICLE = """\
Dockers in Rotterdam strike over automation

Dockers at the container terminals of Rotterdam began a strike on Monday. Their union FNV says that
automation at the terminals will cost jobs. The strike is the largest since 2016, and Maersk has sent its
ships to Antwerp.
"""
HEADLINES = {
    "en": "Kyiv and Moscow swap 205 prisoners of war in Istanbul",
    "de": "Ebola-Ausbruch in Uganda: WHO schickt Impfstoff nach Kampala",
    "fr": "Reprise des vols à l'aéroport de Lyon après la grève des contrôleurs",
    "es": "Un terremoto sacude Santiago y deja sin luz a miles de hogares",
    "it": "Eruzione dell'Etna, chiuso l'aeroporto di Catania",
    "pl": "Powódź we Wrocławiu: ewakuacja szpitala i zalane ulice",
    "tr": "İzmir'de orman yangını: üç köy boşaltıldı",
    "uk": "Ураган у Флориді: евакуйовано лікарні, аеропорт закрито",
    "ru": "Землетрясение на Камчатке: порты закрыты, объявлена угроза цунами",
    "ar": "زلزال قوي يضرب جنوب إيران وانقطاع الكهرباء",
    "ja": "東京で大規模な停電、電車が止まる",
}


def made(place: Place, name: str) -> str:
    return (place.config / "watches" / f"{name}.yaml").read_text(encoding="utf-8")


def watch(place: Place, name: str) -> Watch:
    found = place.settings.rules.watch(name)
    assert found is not None
    return found


# --- from words, a text, a file, standard input, a name ----------------------------------------


def test_words_become_a_watch_that_takes_any_of_them(place: Place) -> None:
    done = place.cli("new", "vote", "--from", "election, recount, polling station", "--lang", "en")
    assert done.code == 0, done.err
    one = watch(place, "vote")
    assert (one.title, one.query) == ("Vote", "$own-words")
    assert one.concepts["own-words"].words == {"en": ("election", "recount", "polling station")}
    assert [test.hit for test in one.tests] == [True, False]
    assert place.cli("check").code == 0
    assert '"heat' not in made(place, "vote")
    tried = place.cli("try", "Recounts in two states", "--lang", "en", "--watch", "vote")
    assert "vote: hit" in tried.out


def test_words_may_be_concepts_exact_or_beginnings(place: Place) -> None:
    assert place.cli("new", "pause", "--from", '$truce, =POW, cease*, "prisoner swap"').code == 0
    one = watch(place, "pause")
    assert one.query == "$truce OR $own-words"
    (words,) = one.concepts["own-words"].words.values()
    assert words == ("=POW", "cease*", "prisoner swap")
    assert "a halt to the fighting of any scope" in made(place, "pause")
    wrong = place.cli("new", "other", "--from", "$truse, POW")
    assert wrong.code == 1
    assert "there is no concept $truse; did you mean $truce?" in wrong.err


def test_a_text_becomes_its_topic_and_its_names(place: Place) -> None:
    done = place.cli("new", "dockers", "--from", ARTICLE)
    assert done.code == 0, done.err
    one = watch(place, "dockers")
    assert one.title == "Dockers in Rotterdam strike over automation"
    assert one.query == "$own-words AND $own-names"
    assert {"strike", "automation", "docker"} <= set(one.concepts["own-words"].words["en"])
    assert {"Rotterdam", "FNV", "Maersk"} <= set(one.concepts["own-names"].words["any"])
    assert [test.text for test in one.tests] == [
        "Dockers in Rotterdam strike over automation",
        "Rotterdam: the museum stays open until midnight",
    ]
    text = made(place, "dockers")
    assert "NOT in capitals" in text
    assert "First Gazette" in text  # a feed of its language
    assert "Second Gazette" not in text
    assert "dockers.yaml: a watch made of a text: strike" in done.out.replace("docker, ", "")
    for step in ("edit ", "parley check", "parley try", "parley backtest dockers"):
        assert step in done.err


def test_a_text_file_and_standard_input_are_read(place: Place) -> None:
    (place.root / "article.txt").write_text(ARTICLE, encoding="utf-8")
    assert place.cli("new", "one", "--from", "article.txt").code == 0
    assert place.cli("new", "two", "--from", "-", stdin=ARTICLE).code == 0
    assert watch(place, "one").query == watch(place, "two").query == "$own-words AND $own-names"
    (place.root / "photo.txt").write_bytes(b"\xff\xd8\xff\xe0 no text")
    binary = place.cli("new", "three", "--from", "photo.txt")
    assert (binary.code, "photo.txt holds no text in UTF-8" in binary.err) == (2, True)
    for missing in ("artikle.txt", "texts/article", "./one"):
        none = place.cli("new", "three", "--from", missing)
        assert (none.code, f"there is no file {missing}" in none.err) == (2, True)
    empty = place.cli("new", "three", "--from", "-")
    assert (empty.code, "standard input holds no text" in empty.err) == (2, True)


def test_without_a_text_the_words_of_the_name_are_looked_for(place: Place) -> None:
    assert place.cli("new", "grain-exports-2026").code == 0
    one = watch(place, "grain-exports-2026")
    assert (one.title, one.query) == ("Grain exports 2026", "grain AND exports")
    assert "vote: hit" not in place.cli("try", "Grain price rises").out
    nothing = place.cli("new", "the-2026")
    assert (nothing.code, "say what with --from" in nothing.err) == (1, True)


def test_a_title_can_be_given(place: Place) -> None:
    assert place.cli("new", "vote", "--from", "ballot", "--title", 'Votes: "all" #1').code == 0
    assert watch(place, "vote").title == 'Votes: "all" #1'


@pytest.mark.parametrize("language", HEADLINES)
def test_a_headline_of_any_language_becomes_a_watch(
    language: str, place: Place, lexicon: Lexicon
) -> None:
    found = draft(Request("one", HEADLINES[language]), place.settings, lexicon)
    assert found.language == language
    assert [test.hit for test in found.watch.tests] == [True, False]
    assert found.watch.tests[0].text in HEADLINES[language]


TUNNEL = (
    "Fehmarnbelt tunnel: first element of the immersed tunnel lowered off Lolland, Femern A/S says"
    " opening in 2031 slips again"
)
F5 = """\
Sicherheitslücke in F5-Geräten: Angreifer übernehmen Lastverteiler

Das Bundesamt für Sicherheit in der Informationstechnik warnt vor einer Schwachstelle in den
BIG-IP-Geräten. Betroffen sind nach Angaben von Shodan rund 3000 Geräte in Deutschland.

Fachleute von Mandiant raten, die Verwaltungsoberfläche sofort vom Internet zu trennen.
"""
PILOTS = """\
Streik der Lotsen legt den Hafen in Hamburg lahm

Die Lotsen an der Elbe haben am Montag die Arbeit niedergelegt, teilte die Hafenverwaltung mit.

Die Gewerkschaft Verdi fordert kürzere Schichten.
"""


def hits(found: Draft, title: str, lexicon: Lexicon, settings: Settings) -> bool:
    book = replace(settings.rules, watches=(found.watch,))
    index = Index(book, lexicon)
    return bool(hits_of(index, Document(title, language=found.language)))


def test_names_and_rare_words_are_asked_for_before_general_ones(
    place: Place, lexicon: Lexicon
) -> None:
    found = draft(Request("fehmarn", TUNNEL), place.settings, lexicon)
    assert found.gist.names == ("Fehmarnbelt", "Lolland", "Femern")
    assert found.gist.topics == ("tunnel",)
    for title, hit in (
        ("Fehmarnbelt tunnel costs rise", True),
        ("Femern lowers next part of tunnel", True),
        ("Growth slips again as rates are lowered", False),
        ("Vitamin S: an element of health", False),
    ):
        assert hits(found, title, lexicon, place.settings) == hit, title


def test_short_names_are_those_in_capitals(place: Place, lexicon: Lexicon) -> None:
    text = "Fishing ministers of the EU and Li of the A/S meet about herring quotas"
    names = draft(Request("one", text), place.settings, lexicon).gist.names
    assert "EU" in names
    assert not {"S", "A", "Li"} & set(names)


def test_a_german_article_is_taken_by_its_headline(place: Place, lexicon: Lexicon) -> None:
    found = draft(Request("f5", F5, "de"), place.settings, lexicon)
    assert found.gist.names == ("F5", "Shodan", "Mandiant")
    assert found.watch.tests[0].text == F5.split("\n", 1)[0] == found.watch.title
    assert "Geräten" in found.gist.topics
    assert "Geräte" not in found.gist.topics
    assert "übernehmen" not in found.gist.topics
    assert not hits(found, "Angreifer bleibt in Leipzig", lexicon, place.settings)


def test_german_names_of_several_words_stand_together(place: Place, lexicon: Lexicon) -> None:
    text = "VW-Werk in Emden: Konzern streicht 1200 Stellen, IG Metall kündigt Widerstand an"
    found = draft(Request("vw", text, "de"), place.settings, lexicon)
    assert found.gist.names == ("VW", "IG Metall")
    assert found.watch.tests[0].text == text


def test_a_general_word_alone_opens_no_watch(place: Place) -> None:
    done = place.cli("new", "one", "--from", "Opening delayed again", "--lang", "en")
    assert (done.code, "nothing in this text says what to look for" in done.err) == (1, True)


def test_names_that_the_headline_lacks_are_joined_so_that_it_is_a_hit(
    place: Place, lexicon: Lexicon
) -> None:
    found = draft(Request("lotsen", PILOTS, "de"), place.settings, lexicon)
    assert found.gist.names == ("Gewerkschaft Verdi",)
    assert found.watch.query == ("($own-words NEAR/S $own-words) OR ($own-words AND $own-names)")
    assert found.watch.tests[0].text == PILOTS.split("\n", 1)[0]
    assert hits(found, "Gewerkschaft Verdi will Streik", lexicon, place.settings)
    assert not hits(found, "Gewerkschaft Verdi wählt Vorstand", lexicon, place.settings)


def test_concepts_that_a_watch_proves_its_hit_by_stand_for_words(
    place: Place, lexicon: Lexicon
) -> None:
    place.write("watches/quiet.yaml", "title: Quiet\nquery: $truce AND ($istanbul OR $ukraine)\n")
    text = "Ceasefire talks with Kyiv resume in Istanbul on Friday, mediators say"
    found = draft(Request("one", text), place.settings, lexicon)
    assert found.gist.taken_by == ("quiet",)
    assert "taken already by: quiet." in found.text
    assert found.watch.query.startswith("($truce OR $own-words) AND ")
    assert {"$ukraine", "$istanbul"} <= set(re.findall(r"\$[a-z-]+", found.watch.query))
    assert "(here: Kyiv)" in " ".join(found.text.replace("#", "").split())
    assert {feed.language for feed in found.feeds} == {"en", "de"}  # these concepts have both


def test_concepts_of_the_users_own_stand_for_words_too(place: Place, lexicon: Lexicon) -> None:
    place.write(
        "concepts/work.yaml", "concepts:\n  walkout: {about: work is laid down, en: [strike]}\n"
    )
    found = draft(Request("one", ARTICLE), place.settings, lexicon)
    assert found.watch.query == "($walkout OR $own-words) AND $own-names"
    assert found.gist.taken_by == ()
    assert "strike" not in found.watch.concepts["own-words"].words["en"]


# --- what is tried -----------------------------------------------------------------------------


def test_it_is_tried_on_the_stored_items(place: Place) -> None:
    place.publish(
        "Dockers in Antwerp join the strike", "Rain in the hills", "A strike of dockers ends",
        "Dockers strike in Genoa", "Second strike of dockers",
    )  # fmt: skip
    done = place.cli("new", "dockers", "--from", "dockers, longshoremen")
    assert "4 hits in 5 items of the last 30 days" in done.out
    assert done.out.count("First Gazette") == 3
    assert "$own-words: Dockers" in done.out
    assert "Rain in the hills" not in done.out


def test_programs_get_the_same(place: Place) -> None:
    place.publish("Dockers in Antwerp join the strike")
    data = place.cli("new", "dockers", "--from", "dockers", "--json").data
    assert (data["watch"], data["written"], data["hits"], data["items"]) == ("dockers", True, 1, 1)
    assert data["samples"][0]["words"] == ["$own-words: Dockers"]
    assert data["file"].endswith("watches/dockers.yaml")
    assert [test["hit"] for test in data["tests"]] == [True, False]
    again = place.cli("new", "other", "--from", "dockers", "--json", "--print").data
    assert (again["written"], again["words"]) == (False, ["dockers"])


def test_print_writes_nothing(place: Place) -> None:
    done = place.cli("new", "dockers", "--from", ARTICLE, "--print")
    assert done.code == 0
    assert "query: $own-words AND $own-names" in done.out
    assert not (place.config / "watches" / "dockers.yaml").exists()


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["https://example.org/a", "HTTP://example.org"])
def test_an_address_is_not_fetched(address: str, place: Place) -> None:
    done = place.cli("new", "one", "--from", address)
    assert done.code == 2
    assert "nothing is fetched here" in done.err
    assert "paste its text" in done.err


@pytest.mark.parametrize(
    ("name", "near"),
    [("Election 2026", "election-2026"), ("../etc", "etc"), ("_x", "x"), ("Ωμέγα", ""),
     ("a" * 65, "a" * 64)],
)  # fmt: skip
def test_a_bad_name_is_refused_with_one_that_would_do(name: str, near: str, place: Place) -> None:
    done = place.cli("new", name, "--from", "ballot")
    assert done.code == 2
    assert "is no name of a watch" in done.err
    assert not near or f"{near} would do" in " ".join(done.err.split())
    assert not near or fault_in_name(near) == ""


def test_a_file_is_never_written_over(place: Place) -> None:
    before = made(place, "bridge")
    done = place.cli("new", "bridge", "--from", "ballot")
    assert done.code == 1
    assert "bridge.yaml is there already and is left as it is" in done.err
    assert made(place, "bridge") == before
    (place.config / "watches" / "lost.yaml").symlink_to("nowhere.yaml")
    (place.config / "watches" / "lost.yaml").unlink()
    place.write("watches/tower.yaml", "watch: spire\ntitle: T\nquery: tower\nformerly: [steeple]\n")
    for name in ("spire", "steeple"):
        taken = place.cli("new", name, "--from", "ballot")
        assert (taken.code, "watches/tower.yaml holds the watch spire" in taken.err) == (1, True)


def test_a_name_of_a_watch_that_is_off_is_taken_too(place: Place) -> None:
    place.write("watches/tower.yaml", "watch: spire\ntitle: T\nquery: tower\nenabled: false\n")
    assert place.cli("new", "spire", "--from", "ballot").code == 1


def test_a_folder_that_cannot_be_written_is_told(place: Place) -> None:
    folder = place.config / "watches"
    why = "permission denied"
    if os.geteuid() == 0:  # root may write in every folder but those that the kernel makes up
        folder.rename(place.root / "aside")
        (place.config / "baselines" / "start.yaml").unlink()
        folder.symlink_to("/proc/self/fdinfo")
        why = "no such file or directory"
    else:
        folder.chmod(0o555)
    try:
        done = place.cli("new", "vote", "--from", "ballot")
    finally:
        if not folder.is_symlink():
            folder.chmod(0o755)
    assert done.code == 1
    assert f"vote.yaml cannot be written: {why}" in " ".join(done.err.split())
    assert not (folder / "vote.yaml").exists()


def test_a_place_that_is_no_folder_is_told(place: Place) -> None:
    (place.config / "watches" / "bridge.yaml").unlink()
    (place.config / "baselines" / "start.yaml").unlink()
    (place.config / "watches").rmdir()
    made_of = draft(Request("vote", "ballot"), place.settings, NoLexicon())
    (place.config / "watches").write_text("in the way")
    with pytest.raises(CommandError, match=r"vote\.yaml cannot be written: .*--print shows"):
        write(made_of)


@pytest.mark.parametrize("words", ["the, of", "a*, ballot", "Moskвa, ballot", "---, ballot"])
def test_words_that_cannot_be_looked_for_are_told(words: str, place: Place) -> None:
    done = place.cli("new", "one", "--from", words)
    assert (done.code, "cannot be looked for: " in done.err) == (1, True)


def test_a_text_that_says_nothing_is_told(place: Place) -> None:
    done = place.cli("new", "one", "--from", "And then there was nothing more to say about it.")
    assert (done.code, "nothing in this text says what to look for" in done.err) == (1, True)


def test_a_language_that_is_none_is_told(place: Place) -> None:
    done = place.cli("new", "one", "--from", "ballot", "--lang", "klingon!")
    assert (done.code, "write two letters" in done.err) == (2, True)


# --- whatever the text is ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return SimplemmaLexicon(None)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An empty configuration over a vocabulary of two concepts, so that a try takes little."""
    folder = tmp_path_factory.mktemp("bare") / "config"
    (folder / "concepts").mkdir(parents=True)
    settings = read_settings(folder, {})
    few = {key: settings.rules.concepts[key] for key in ("chess", "istanbul")}
    return replace(settings, rules=replace(settings.rules, concepts=few))


NASTY = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\"'#:{}[]&*!|>%@`$\\/()=,. -\n\tаАiİıß\u2028"),
    ),
    max_size=120,
)
WORDS = st.lists(
    st.sampled_from(
        ["Null", "true", "no", "AND", "or", "NEAR/5", "title:x", "/a/", "$chess", "chess", "Istanbul",
         "über", "Łódź", "O'Neill", "=x", "a*", "1,000", "2026", "- x", "#x", "Київ", "key: value"]
    ),
    min_size=1, max_size=12,
)  # fmt: skip
TEXTS = st.one_of(NASTY, WORDS.map(" ".join), WORDS.map(", ".join))


@limits(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, title=NASTY, language=st.sampled_from(["", "en", "de", "tr", "ar", "pt"]))
def test_what_it_writes_is_always_taken(
    text: str, title: str, language: str, bare: Settings
) -> None:
    """A draft was read by the loader and its tests pass; what cannot be one is told."""
    try:
        found = draft(Request("one", text, language, title), bare, NoLexicon())
    except CommandError:
        return
    assert [test.hit for test in found.watch.tests] == [True, False]
    book = replace(bare.rules, watches=(found.watch,))
    assert list(failing_tests(Index(book), book)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("election, ballot, recount", ("election", "ballot", "recount")),
        ("election", ("election",)),
        ("prisoner swap, truce", ("prisoner swap", "truce")),
        ("Berlin, Paris and London agree on a plan", ()),
        ("Georgia orders recount", ()),
        ("Yes, no.", ()),
    ],
)
def test_a_list_is_told_from_a_text(text: str, words: tuple[str, ...]) -> None:
    assert listed_words(text) == words
