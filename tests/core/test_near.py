"""NEAR: how far apart words may stand, what ends a sentence, and no text that makes it slow."""

from __future__ import annotations

import time

import pytest

from monitor.core.conditions import MAX_PLACES
from monitor.core.grammar import MAX_NEAR
from monitor.core.model import MAX_CONTENT, Document
from tests.builders import found_in, hits_of, index_of


def hits(query: str, title: str, summary: str = "", language: str = "en") -> bool:
    return bool(hits_of(index_of(query), Document(title, summary, language=language)))


@pytest.mark.parametrize(
    ("query", "title", "hit"),
    [
        # either order, and the distance exact at the border
        ("kyiv NEAR/1 truce", "Kyiv truce", True),
        ("kyiv NEAR/1 truce", "Truce Kyiv", True),
        ("kyiv NEAR/1 truce", "Kyiv wants truce", False),
        ("kyiv NEAR/2 truce", "Kyiv wants truce", True),
        ("kyiv NEAR/3 truce", "Kyiv w w truce", True),
        ("kyiv NEAR/3 truce", "Kyiv w w w truce", False),
        ("truce NEAR/3 kyiv", "Kyiv w w truce", True),
        ("truce NEAR/3 kyiv", "Kyiv w w w truce", False),
        (f"kyiv NEAR/{MAX_NEAR} truce", "Kyiv " + "w " * (MAX_NEAR - 1) + "truce", True),
        (f"kyiv NEAR/{MAX_NEAR} truce", "Kyiv " + "w " * MAX_NEAR + "truce", False),
        # distance counts words as tokens are: a hyphen parts two, a number is one, a dash is none
        ("kyiv NEAR/3 truce", "Kyiv far-off truce", True),
        ("kyiv NEAR/2 truce", "Kyiv far-off truce", False),
        ("kyiv NEAR/2 truce", "Kyiv 1 000 000 truce", True),
        ("kyiv NEAR/1 truce", "Kyiv — truce", True),
        # between phrases, from the last word of one to the first of the other
        ('"prisoner swap" NEAR/2 "full truce"', "A prisoner swap and full truce", True),
        ('"prisoner swap" NEAR/1 "full truce"', "A prisoner swap and full truce", False),
        ('"prisoner swap" NEAR/1 swap', "prisoner swap", False),
        ('"prisoner swap" NEAR/1 swap', "prisoner swap swap", True),
        # the second of two is as good as the first
        ("kyiv NEAR/1 truce", "Kyiv and Kyiv w w Kyiv truce", True),
        ("kyiv NEAR/1 truce", "truce w w truce w w truce Kyiv", True),
        # a word is not near itself, two of them are
        ("truce NEAR/5 truce", "A truce", False),
        ("truce NEAR/5 truce", "A truce, a truce", True),
        ("truce NEAR/5 tru*", "A truce", False),
    ],
)
def test_near_counts_words(query: str, title: str, hit: bool) -> None:
    assert hits(query, title) is hit


@pytest.mark.parametrize(
    ("title", "one"),
    [
        ("Kyiv is calm. A truce holds", False),
        ("Kyiv is calm! A truce holds", False),
        ("Kyiv is calm? A truce holds", False),
        ("Kyiv is calm… A truce holds", False),
        ("Kyiv is calm... A truce holds", False),
        ("“Kyiv is calm.” A truce holds", False),
        ("Kyiv is calm (for now.) A truce holds", False),
        ("Kyiv!A truce holds", False),
        ("Kyiv . Truce", False),
        ("Kyiv ...truce", False),
        ("Kyiv is calm\nA truce holds", False),
        ("Kyiv\n\nTruce", False),
        ("Київ kyiv。 truce", False),
        # no end of a sentence
        ("Kyiv: a truce holds", True),
        ("Kyiv : a truce holds", True),
        ("Kyiv is calm; a truce holds", True),
        ("Kyiv, a truce", True),
        ("Kyiv – a truce", True),
        ("Kyiv (a truce)", True),
        ("Kyiv met Mr. Putin on a truce", True),
        ("Kyiv met Dr. Kim and Gen. Lee on a truce", True),
        ("Kyiv and the U.S. discuss a truce", True),
        ("Kyiv (U.S.) wants a truce", True),
        ("Kyiv: am 2. Juni gilt truce", True),
        ("Kyiv: am 12. Juni gilt truce", True),
        ("Kyiv vs. Moscow: truce", True),
        ("Kyiv on kremlin.ru truce", True),
        ("Kyiv at 10.30 truce", True),
        ("Kyiv at 10:30 truce", True),
        # more than a day of the month, or a mark that doubts it
        ("In Kyiv since 2024. Truce", False),
        ("Kyiv met Mr.? Truce", False),
    ],
)
def test_near_s_stays_in_its_sentence(title: str, one: bool) -> None:
    assert hits("kyiv NEAR/S truce", title) is one
    assert hits("truce NEAR/S kyiv", title) is one
    assert hits("kyiv NEAR/50 truce", title) is one


def test_a_colon_that_stands_alone_counts_as_no_word() -> None:
    assert hits("kyiv NEAR/1 truce", "Kyiv : truce")
    assert hits("kyiv NEAR/1 truce", "Kyiv: truce")


@pytest.mark.parametrize(
    "text",
    [
        "Prisoner: swap agreed",
        "prisoner; swap",
        "prisoner : swap",
        "prisoner. Swap",
        "prisoner\nswap",
    ],
)
def test_a_phrase_goes_on_over_no_mark_that_ends_a_clause(text: str) -> None:
    assert not hits('"prisoner swap"', text)
    assert hits('"prisoner swap"', text.replace("\n", " ").translate(str.maketrans("", "", ".:;")))


def test_no_field_is_near_another() -> None:
    assert not hits("kyiv NEAR/S truce", "Kyiv", "truce")
    assert hits("kyiv NEAR/S truce", "Kyiv", "truce in Kyiv")


@pytest.mark.parametrize(
    ("query", "title", "hit"),
    [
        ("(kyiv, moscow) NEAR/2 (truce, peace)", "peace for Moscow", True),
        ("(kyiv, moscow) NEAR/2 (truce, peace)", "peace for us and Moscow", False),
        ("kyiv NEAR/2 truce NEAR/2 swap", "Kyiv w truce w swap", True),
        ("kyiv NEAR/2 truce NEAR/2 swap", "truce w Kyiv w swap", True),  # near the pair
        ("kyiv NEAR/2 truce NEAR/2 swap", "Kyiv w truce w w swap", False),
        ("kyiv NEAR/2 (truce NEAR/2 swap)", "Kyiv w truce w swap", True),
        ("kyiv NEAR/2 (truce NEAR/2 swap)", "swap w truce w w Kyiv", False),
        ("$truce NEAR/3 kyiv", "Cease-fire for all Kyiv", True),
        ("$truce NEAR/3 kyiv", "Cease-fire for all of Kyiv", False),
        ("$truce NEAR/S kyiv AND NOT gaza", "Ceasefire in Kyiv, Gaza", False),
        ("gaza OR NOT (kyiv NEAR/1 truce) AND swap", "Kyiv truce swap", False),
        ("gaza OR NOT (kyiv NEAR/1 truce) AND swap", "Kyiv w truce swap", True),
    ],
)
def test_groups_and_nears_are_near_too(query: str, title: str, hit: bool) -> None:
    made = index_of(query, match_all=True)
    assert bool(hits_of(made, Document(title, language="en"))) is hit


def test_two_ideas_may_stand_in_one_compound() -> None:
    made = index_of(
        "$captives NEAR/3 $swapping",
        captives={"de": ("Gefangene",)},
        swapping={"de": ("Austausch",)},
    )
    for title in ("Gefangenenaustausch", "Gefangene im Austausch", "Austausch der Gefangene"):
        assert hits_of(made, Document(title, language="de")), title
    for title in ("Gefangene", "Austausch", "Gefangene. Austausch"):
        assert not hits_of(made, Document(title, language="de")), title
    assert not hits_of(made, Document("Gefangenenaustausch", language="en"))


def test_what_is_near_proves_it_from_the_first_word_to_the_last() -> None:
    made = index_of("kyiv NEAR/3 $truce")
    document = Document(
        "Truce? Kyiv wants a truce; no truce", "Kyiv. Ceasefire for Kyiv", language="en"
    )
    assert found_in(made, document) == ["summary: Ceasefire for Kyiv", "title: Kyiv wants a truce"]


def most(words: str) -> str:
    """As many of some words as a content can hold."""
    return (words + " ") * (MAX_CONTENT // (len(words) + 1))


@pytest.mark.parametrize(
    "content",
    [
        most("truce"),
        most("truce kyiv"),
        most("kyiv. truce."),
        "truce " * 300 + "w " * 8_000 + "kyiv " * 300,
        "truce " * 300 + "w " * 8_000 + ". " + "kyiv " * 300,
        most("truce w w w w w w kyiv w w w w w w"),
        most("."),
        "truce" * (MAX_CONTENT // 5),
        most("truce-kyiv'"),
        most("1 000"),
    ],
)
@pytest.mark.parametrize(
    "query",
    [
        "content:(truce NEAR/5 kyiv)",
        "content:(truce NEAR/S kyiv)",
        "content:(truce NEAR/S truce)",
        "content:(truce NEAR/50 kyiv NEAR/50 (truce, kyiv))",
        r"content:(/truce.*kyiv/ NEAR/S (truce, kyiv, /\bw\b/))",
    ],
)
def test_no_text_makes_near_slow(query: str, content: str) -> None:
    """Comparing every place with every other once took 17 s of one such item."""
    made = index_of(query)
    started = time.process_time()
    hits = hits_of(made, Document("A truce", content=content))
    assert time.process_time() - started < 0.5
    assert all(len(hit.spans) <= MAX_PLACES for hit in hits)


def test_watches_that_ask_for_the_same_share_the_work() -> None:
    """A thousand watches once took six minutes of this item."""
    made = index_of(*(f"(truce NEAR/S kyiv) AND NOT other{n}" for n in range(1_000)))
    document = Document("truce " * 300 + ". " + "kyiv " * 300)
    started = time.process_time()
    assert hits_of(made, document) == ()
    assert time.process_time() - started < 0.5


def test_the_last_of_very_many_is_found_near() -> None:
    made = index_of("truce NEAR/1 kyiv")
    assert hits_of(made, Document("truce w " * 5_000 + "truce kyiv"))
    assert hits_of(made, Document("kyiv truce" + " w truce" * 5_000))
