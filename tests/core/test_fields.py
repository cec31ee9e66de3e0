"""Fields and filters: where a word is looked for, and of whose items."""

from __future__ import annotations

import pytest

from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import Concept
from monitor.errors import QueryError
from tests.builders import book, found_in, hits_of, index_of, watch

FULL = Document(
    title="Truce in the title",
    summary="Swap in the summary",
    language="uk",
    content="Convoys in the content. A truce holds near Sumy",
    author="Marta O'Brien",
    categories=("World news", "Conflict; peace"),
    link="https://example.org/world/odesa-2025?id=17",
    feed="BBC World, Europe",
    publisher="bbc",
    tier=2,
)


@pytest.mark.parametrize(
    ("query", "proof"),
    [
        ("title:truce", ["title: Truce"]),
        ("title:swap", None),
        ("summary:swap", ["summary: Swap"]),
        ("summary:truce", None),
        ("content:convoys", ["content: Convoys"]),
        ("content:swap", None),
        ("author:brien", ["author: O'Brien"]),
        ('author:"marta o\'brien"', ["author: Marta O'Brien"]),
        ("category:conflict", ["category: Conflict"]),
        ('category:"world news"', ["category: World news"]),
        ('category:"news conflict"', None),  # of two categories
        ("category:(world NEAR/S conflict)", None),
        ("category:(conflict NEAR/S peace)", ["category: Conflict; peace"]),
        ("link:odesa", ["link: odesa"]),
        ("link:example", ["link: example"]),
        ("feed:europe", ["feed: Europe"]),
        ("feed:bbc AND NOT feed:asia", ["feed: BBC"]),
        # without a field: title and summary, nothing else
        ("convoys OR brien OR peace OR odesa OR europe", None),
        ("truce", ["title: Truce"]),
        ("truce AND swap", ["summary: Swap", "title: Truce"]),
        ("truce AND NOT convoys", ["title: Truce"]),
        # groups, and what binds in them
        ("title:(truce AND NOT swap)", ["title: Truce"]),
        ("title:(truce AND swap)", None),
        ("title:(swap, truce)", ["title: Truce"]),
        ("content:(truce NEAR/2 convoys)", None),
        ("content:(truce NEAR/3 sumy)", ["content: truce holds near Sumy"]),
        ("title:truce NEAR/3 title:title", ["title: Truce in the title"]),
        ("title:(truce NEAR/3 title)", ["title: Truce in the title"]),
        ("title:truce NEAR/3 title", ["title: Truce in the title"]),  # the other one beside it
        ("title:truce AND content:truce", ["content: truce", "title: Truce"]),
        ("title:truce OR content:nothing", ["title: Truce"]),
        ("title:nothing OR content:convoys", ["content: Convoys"]),
        ("truce AND NOT content:convoys", None),
        ("content:=truce", ["content: truce"]),
        ("content:conv*", ["content: Convoys"]),
        (r"content:/conv\w+/", ["content: Convoys"]),
        (r"link:/id=\d+/", ["link: id=17"]),
    ],
)  # fmt: skip
def test_a_field_is_where_a_word_is_looked_for(query: str, proof: list[str] | None) -> None:
    made = index_of(query)
    assert bool(hits_of(made, FULL)) is (proof is not None)
    assert [one.replace("id: ", "") for one in found_in(made, FULL)] == (proof or [])


def test_concepts_are_looked_for_in_the_field_that_is_asked() -> None:
    pack = {"uk": ("convoys",)}
    assert found_in(index_of("content:$convoy", convoy=pack), FULL) == ["content: Convoys"]
    assert not hits_of(index_of("$convoy", convoy=pack), FULL)


def test_what_no_watch_asks_for_is_not_read() -> None:
    made = index_of("truce")
    scan = made.scan(FULL)
    assert set(scan.view.rows) == {0, 1}
    assert scan.view.beside == {}


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("truce AND language:uk", True),
        ("truce AND language:UK", True),
        ("truce AND language:uk_UA", True),
        ("truce AND language:ru", False),
        ("truce AND language:ru,uk", True),
        ("truce AND NOT language:uk", False),
        ("truce AND tier:2", True),
        ("truce AND tier:1-2", True),
        ("truce AND tier:0,2", True),
        ("truce AND tier:1", False),
        ("truce AND tier:3-99", False),
        ("truce AND NOT tier:2", False),
        ('truce AND source:"BBC World, Europe"', True),
        ('truce AND source:"bbc world, europe"', True),
        ('truce AND source:CNN,"BBC World, Europe"', True),
        ("truce AND source:BBC", False),  # the whole name, not a word of it
        ("truce AND publisher:BBC", True),
        ("truce AND publisher:bb", False),
        ("source:cnn OR publisher:bbc", True),
        ("publisher:bbc", True),
        ("publisher:cnn", False),
        ("publisher:bbc AND NOT truce", False),
        ("publisher:bbc AND language:uk AND tier:1-3", True),
        ("(publisher:cnn OR truce) AND language:uk", True),
    ],
)
def test_a_filter_asks_whose_item_it_is(query: str, hit: bool) -> None:
    assert bool(hits_of(index_of(query), FULL)) is hit


@pytest.mark.parametrize("language", ["de", "de-AT", "DE", "de_CH"])
def test_a_region_is_left_out_of_a_language(language: str) -> None:
    made = index_of("truce AND language:de", "truce AND language:DE-at")
    assert len(hits_of(made, Document("A truce", language=language))) == 2
    assert not hits_of(made, Document("A truce", language="den"))


@pytest.mark.parametrize(
    ("feed", "written"),
    [
        ("İstanbul Haber", '"ISTANBUL HABER"'),
        ("L’Express", '"l\'express"'),
        ("Kyiv—Post", "kyiv-post"),
        ("Ｎｅｗｓ", "news"),
        ("Le Monde", '" le monde "'),
    ],
)
def test_the_name_of_a_source_is_folded_as_words_are(feed: str, written: str) -> None:
    assert hits_of(index_of(f"source:{written}"), Document("Any", feed=feed))


def test_every_item_may_be_meant() -> None:
    made = index_of("language:uk", "NOT gaza", "the", match_all=True)
    assert [hit.watch for hit in hits_of(made, FULL)] == ["w0", "w1", "w2"]
    assert [hit.watch for hit in hits_of(made, Document("", ""))] == ["w1"]
    assert [hit.watch for hit in hits_of(made, Document("Gaza", language="uk"))] == ["w0"]


# --- concepts that a query finds


def test_a_concept_may_be_found_by_a_query() -> None:
    made = index_of("$halt", halt="(stop, end) NEAR/3 (fighting, shelling)")
    document = Document("They stop all the shelling. Fighting", "An end to fighting")
    assert found_in(made, document) == ["summary: end to fighting", "title: stop all the shelling"]
    assert {span.term for span in made.spans(made.scan(document))} == {"$halt"}
    assert not hits_of(made, Document("They stop. Shelling goes on"))


def test_a_concept_may_rest_on_another_and_be_near_a_third() -> None:
    made = index_of(
        "$halt NEAR/3 $kyiv AND NOT $truce NEAR/1 gaza",
        halt="$stopping NEAR/3 $fighting",
        stopping={"en": ("stop", "end")},
        fighting="shelling OR $strikes",
        strikes={"en": ("air strikes",)},
        kyiv={"any": ("Kyiv",)},
    )
    assert hits_of(made, Document("Stop to the air strikes on all Kyiv", language="en"))
    assert not hits_of(made, Document("Stop to the air strikes on all of Kyiv", language="en"))
    assert not hits_of(made, Document("Stop the shelling of Kyiv: truce, Gaza", language="en"))
    assert not hits_of(made, Document("Stop to the air strikes on Kyiv", language="de"))


def test_a_concept_has_its_words_beside_its_query() -> None:
    made = index_of("$kyiv", kyiv="capital NEAR/2 ukraine")
    assert hits_of(made, Document("Capital of Ukraine"))
    assert not hits_of(made, Document("Capital"))


def test_a_concept_found_by_a_query_stands_in_the_field_that_is_asked() -> None:
    made = index_of("content:$halt", "title:$halt", halt="stop NEAR/2 shelling")
    scan = made.scan(Document("Stop", content="Shelling? They stop shelling"))
    assert [hit.watch for hit in made.hits(scan)] == ["w0"]
    assert found_in(made, scan.document) == ["content: stop shelling"]
    assert [hit.watch for hit in hits_of(made, Document("Stop shelling", content="x"))] == ["w1"]


def test_a_concept_may_ask_for_a_field_of_its_own() -> None:
    made = index_of("$live AND kyiv", live="category:live OR title:live")
    assert hits_of(made, Document("Kyiv", categories=("Live",)))
    assert hits_of(made, Document("Kyiv live"))
    assert not hits_of(made, Document("Kyiv", "live"))


@pytest.mark.parametrize(
    "concepts",
    [
        {"one": "$one OR kyiv"},
        {"one": "$two NEAR/3 kyiv", "two": "$one OR gaza"},
        {"one": "$two", "two": "kyiv AND NOT $three", "three": "title:$one"},
    ],
)
def test_concepts_that_rest_on_themselves_are_refused_by_name(concepts: dict[str, str]) -> None:
    made = {name: Concept(name, query=query) for name, query in concepts.items()}
    with pytest.raises(QueryError) as refused:
        Index(book(watch("w", "kyiv OR $one"), concepts=made))
    assert "$one" in refused.value.message
    circle = " -> ".join(f"${name}" for name in (*concepts, "one"))
    assert circle in refused.value.message


def test_concepts_that_rest_on_one_thing_twice_do_not_rest_on_themselves() -> None:
    made = index_of("$one", one="$two AND $three", two="$four", three="$four", four="kyiv")
    assert hits_of(made, Document("Kyiv"))
