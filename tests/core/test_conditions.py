"""What watches share of one item: pairs of places, whatever their distance and their number."""

from __future__ import annotations

import time

import pytest

from monitor.core.model import Document
from monitor.core.nearness import MAX_PAIRS
from tests.builders import found_in, hits_of, index_of

#: As large as a summary can be.
LARGEST = 64 * 1024


def test_a_thousand_nears_of_the_same_words_share_the_work() -> None:
    """Each distance once took its own look at all places: two seconds of one such item."""
    made = index_of(*(f"(truce NEAR/{n % 50 + 1} kyiv) AND NOT other{n}" for n in range(1_000)))
    text = "truce w w w kyiv. "
    document = Document("", text * (LARGEST // len(text)))
    started = time.process_time()
    hits = hits_of(made, document)
    assert time.process_time() - started < 1
    assert len(hits) == 940  # all but the distances 1, 2 and 3


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("truce NEAR/1 kyiv", True),
        ("kyiv NEAR/1 truce", True),
        ("truce NEAR/S kyiv NEAR/1 swap", True),
        ("swap NEAR/1 (kyiv NEAR/S truce)", True),
        ("(truce NEAR/S truce) NEAR/1 kyiv", True),
        ("truce NEAR/50 truce NEAR/2 swap", True),
        ("truce NEAR/S kyiv NEAR/1 gaza", False),
        ("$both NEAR/1 swap", True),
        ("$both NEAR/1 gaza", False),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_word_said_over_and_over_hides_no_match(query: str, *, hit: bool, swapped: bool) -> None:
    words = [*["truce"] * 5_000, "kyiv", "swap"]
    made = index_of(query, both="truce NEAR/S kyiv")
    text = " ".join(reversed(words) if swapped else words)
    started = time.process_time()
    assert bool(hits_of(made, Document(f"Gaza. {text}"))) is hit
    assert time.process_time() - started < 0.5


def test_of_very_many_pairs_the_closest_are_shown() -> None:
    some = "kyiv w truce " * 60
    document = Document(some + "kyiv truce")
    assert MAX_PAIRS < 60**2
    assert "title: kyiv truce" in found_in(index_of("kyiv NEAR/S truce"), document)


@pytest.mark.parametrize("mark", "。！？．")
def test_a_full_width_mark_ends_a_sentence_without_a_blank(mark: str) -> None:
    made = index_of("kyiv NEAR/S truce")
    assert not hits_of(made, Document(f"Kyiv{mark}Truce"))
    assert not hits_of(made, Document(f"Kyiv{mark} truce"))
    assert hits_of(made, Document(f"x{mark}Kyiv truce"))


def test_a_full_width_stop_between_digits_is_a_decimal_point() -> None:
    assert hits_of(index_of("kyiv NEAR/S truce"), Document("Kyiv 3．5 truce"))
