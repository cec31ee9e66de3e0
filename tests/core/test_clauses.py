"""How far words of a text are apart: sentences, clauses, punctuation."""

from __future__ import annotations

import re

import pytest

from monitor.core.clauses import BREAK, COLON, COMMA, FREE_WORDS, WORD, Layout, Place
from monitor.core.text import sentences


def layout(text: str) -> Layout:
    return Layout(text, sentences(text))


def place(text: str, word: str) -> Place:
    """Give where a word stands, in words and in code points."""
    words = [(found.start(), found.end()) for found in re.finditer(r"\w+", text)]
    at = text.index(word)
    number = next(n for n, (start, end) in enumerate(words) if start <= at < end)
    return Place(number, number, at, at + len(word))


def cost(text: str, one: str, other: str) -> float:
    return layout(text).cost(place(text, one), place(text, other))


def test_side_by_side_costs_nothing_and_a_few_words_neither() -> None:
    assert cost("Moscow rejects truce", "rejects", "truce") == 0
    assert cost("Moscow rejects the new long truce", "rejects", "truce") == 0


def test_each_word_more_costs_a_little() -> None:
    text = "Moscow rejects the very new and also long truce"
    between = 6
    assert cost(text, "rejects", "truce") == pytest.approx(WORD * (between - FREE_WORDS))


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("Kremlin: truce", COLON),
        ("Kremlin, truce", COMMA),
        ("Kremlin; truce", BREAK),
        ("Kremlin - truce", BREAK),
        ("Kremlin \u2014 truce", BREAK),
        ("Kremlin (truce)", BREAK),
        ("Kremlin-truce", 0),
        ("Kremlin 10:30 truce", 0),
        ("Kremlin 1,000 truce", 0),
    ],
)
def test_punctuation_parts(text: str, price: float) -> None:
    assert cost(text, "Kremlin", "truce") == pytest.approx(price)


def test_a_colon_parts_least_and_a_break_most() -> None:
    assert 0 < COLON < COMMA < BREAK < 1


def test_it_costs_the_same_from_either_side() -> None:
    text = "No truce, but Kyiv agreed; prisoners are exchanged"
    assert cost(text, "truce", "exchanged") == cost(text, "exchanged", "truce") > 2 * COMMA


def test_a_word_may_begin_a_clause() -> None:
    text = "No truce but captives exchanged"
    laid = layout(text)
    before = laid.cost(place(text, "truce"), place(text, "captives"))
    laid.part_at([text.index("but")])
    assert laid.cost(place(text, "truce"), place(text, "captives")) == before + BREAK
    assert laid.clause_of(place(text, "truce")) == (0, text.index("but"))
    assert laid.clause_of(place(text, "exchanged"))[1] == len(text)
    assert laid.clause_of(place(text, "exchanged"))[0] == text.index("but")


def test_commas_part_no_clause() -> None:
    text = "Kyiv, which asked for it, agreed to the truce"
    assert layout(text).clause_of(place(text, "agreed")) == (0, len(text))


def test_a_clause_ends_with_its_sentence() -> None:
    text = "Moscow refused the truce. Kyiv agreed to the swap."
    laid = layout(text)
    first, second = place(text, "refused"), place(text, "agreed")
    assert (laid.sentence_of(first.start), laid.sentence_of(second.start)) == (0, 1)
    start, end = laid.clause_of(second)
    assert "Kyiv agreed to the swap" in text[start:end]
    assert "refused" not in text[start:end]


def test_a_place_before_the_first_sentence_is_of_the_first() -> None:
    assert Layout("  Truce", [(2, 7)]).sentence_of(0) == 0
