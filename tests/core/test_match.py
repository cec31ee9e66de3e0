"""Matching: which watches an item hits, and the spans that prove it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import match
from monitor.core.match import Index
from monitor.core.query import Node, Ref, Term, holds, parse_term
from monitor.core.rules import Concept
from monitor.core.text import fold
from tests.builders import CONCEPTS, book, watch


def index(query: str, **concepts: dict[str, tuple[str, ...]]) -> Index:
    made = {name: Concept(name, words=words) for name, words in concepts.items()}
    return Index(book(watch("w", query), concepts={**CONCEPTS, **made}))


def hits(query: str, title: str, summary: str = "", language: str = "en") -> bool:
    return bool(index(query).read(title, summary, language).hits)


@pytest.mark.parametrize(
    ("query", "title", "hit"),
    [
        ("truce", "A truce, at last", True),
        ("truce", "Truces of other wars", False),
        ("truce*", "Truces of other wars", True),
        ("TRUCE", "a truce", True),
        ('"prisoner swap"', "Prisoner swap agreed", True),
        ('"prisoner swap"', "Prisoner-swap agreed", True),
        ('"prisoner swap"', "Swap of a prisoner", False),
        ('"prisoner swap"', "A prisoner. Swap rates rise", False),
        ('"prisoner swap"', "The prisoner, swap papers in hand", True),
        ('"prisoner swap*"', "Prisoner swapping", True),
        ('"cease fire"', "Cease-fire", True),
        ("cease-fire", "A cease fire", True),
        ('"1 000"', "1,000 freed", True),
        ("1000", "1.000 freed", True),
        ("truce AND kyiv", "Truce in Kyiv", True),
        ("truce AND kyiv", "Truce in Gaza", False),
        ("truce AND NOT gaza", "Truce in Gaza", False),
        ("truce AND NOT (gaza AND NOT kyiv)", "Truce in Gaza and Kyiv", True),
    ],
)
def test_words_phrases_and_prefixes(query: str, title: str, hit: bool) -> None:
    assert hits(query, title) is hit


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("istanbul", "İstanbul'da yeni tur"),
        ("istanbul", "ISTANBUL'DAKİ görüşme"),
        ("istanbul*", "İstanbul’daki görüşme"),
        ("échange", "L’échange a eu lieu"),
        ("échange", "L'ÉCHANGE a eu lieu"),
        ("перемир'я", "Перемир'я оголошено"),
        ("перемир'я", "Перемир’я оголошено"),
        ("перемир'я", "Перемирʼя оголошено"),
        ("перемирʼя", "ПЕРЕМИР’Я ОГОЛОШЕНО"),
    ],
)
def test_an_apostrophe_of_any_kind_hides_no_word(query: str, title: str) -> None:
    assert hits(query, title, language="")


def test_a_word_of_another_language_is_not_taken_for_ours() -> None:
    made = index("$pause", pause={"de": ("Gift",), "any": ("Waffenruhe",)})
    assert made.read("Gift im Fluss", "", "de").hits
    assert made.read("Gift im Fluss", "", "de-AT").hits
    assert not made.read("A gift for you", "", "en").hits
    assert made.read("Waffenruhe, they said", "", "de").hits


def test_packs_of_a_language_that_has_some_are_kept_apart() -> None:
    made = index("$pause", pause={"de": ("Gift",), "en": ("present",)})
    assert not made.read("A gift for you", "", "en").hits
    assert made.read("A gift for you", "", "").hits
    assert made.read("A gift for you", "", "xx").hits  # no pack knows this language: all are tried


def test_spans_prove_a_hit_in_the_words_as_they_stand() -> None:
    title, summary = "Kreml: Waffenruhe!", "Die WAFFENRUHE hält. Waffenruhe, sagt er."
    (hit,) = index("$truce").read(title, summary, "de").hits
    fields = {"title": title, "summary": summary}
    found = [(s.field, fields[s.field][s.start : s.end], s.term) for s in hit.spans]
    assert found == [
        ("title", "Waffenruhe", "$truce"),
        ("summary", "WAFFENRUHE", "$truce"),
        ("summary", "Waffenruhe", "$truce"),
    ]


WORDS = ["truce", "Cease-fire", "перемир’я", "İstanbul'da", "L’échange", "1 000", "ΣΑΣ", "Gaza"]
TERMS = ["truce", '"cease fire"', "перемир'я", "istanbul", "échange", "1000", "σασ", "gaz*"]


@given(
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=10).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=10).map(" ".join),
)
def test_every_span_lies_in_the_text_and_folds_to_its_term(title: str, summary: str) -> None:
    made = index(" OR ".join(TERMS))
    for hit in made.read(title, summary, "").hits:
        assert hit.spans
        for span in hit.spans:
            text = title if span.field == "title" else summary
            assert 0 <= span.start < span.end <= len(text)
            said = " ".join(p.word for p in parse_term(text[span.start : span.end]).parts)
            term = parse_term(span.term).parts
            last = term[-1]
            wanted = " ".join(part.word for part in term)
            assert said == wanted or (last.prefix and said.startswith(wanted)) or "'" in said
            assert last.word in fold(said)


def count_evaluations(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    counted = 0
    real = holds

    def counting(root: Node, found: Callable[[Term | Ref], bool]) -> bool:
        nonlocal counted
        counted += 1
        return real(root, found)

    monkeypatch.setattr(match, "holds", counting)
    return lambda: counted


def test_an_item_pays_for_its_words_and_not_for_the_watches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = [watch(f"w{n}", f"other{n} AND NOT truce") for n in range(2000)]
    made = Index(book(watch("ours", "truce"), *others))
    counted = count_evaluations(monkeypatch)
    hits = made.read("A truce of other13", "", "en").hits
    assert [hit.watch for hit in hits] == ["ours"]
    assert counted() == 2  # ours, and the one that looks for other13


def test_one_concept_in_many_watches_is_looked_for_once() -> None:
    made = Index(book(*(watch(f"w{n}", "$truce AND kyiv") for n in range(50))))
    scan = made.scan("Truce in Kyiv", "", "en")
    assert made.words_of(scan) == ("$truce", "kyiv")
    assert len(made.hits(scan)) == 50


def test_acts_are_read_in_titles_only() -> None:
    made = index("$truce")
    assert made.read("Kremlin rejects truce", "It accepts nothing", "en").acts == {"reject"}
    assert made.read("A truce", "Kremlin accepts it", "en").acts == frozenset()


def test_what_an_item_lacks_is_named() -> None:
    made = index("$truce AND kyiv AND NOT gaza")
    assert made.lacking("w", made.scan("Truce in Gaza", "", "en")) == ("kyiv", "NOT gaza")
    assert made.lacking("nobody", made.scan("Truce", "", "en")) == ()
