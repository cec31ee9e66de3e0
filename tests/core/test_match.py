"""Matching: which watches an item hits, and the spans that prove it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.compile import CompiledWatch
from monitor.core.conditions import View
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.query import And, parse_term, written
from monitor.core.rules import Concept, Watch
from monitor.core.text import fold
from monitor.errors import QueryError
from tests.builders import CONCEPTS, book, found_in, hits_of, index_of, watch


def hits(query: str, title: str, summary: str = "", language: str = "en") -> bool:
    return bool(hits_of(index_of(query), Document(title, summary, language=language)))


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
        ("truce, kyiv", "Kyiv", True),
        ("truce kyiv", "Nothing", False),
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
    made = index_of("$pause", pause={"de": ("Gift",), "any": ("Waffenruhe",)})
    assert hits_of(made, Document("Gift im Fluss", language="de"))
    assert hits_of(made, Document("Gift im Fluss", language="de-AT"))
    assert not hits_of(made, Document("A gift for you", language="en"))
    assert hits_of(made, Document("Waffenruhe, they said", language="de"))


def test_packs_of_a_language_that_has_some_are_kept_apart() -> None:
    made = index_of("$pause", pause={"de": ("Gift",), "en": ("present",)})
    assert not hits_of(made, Document("A gift for you", language="en"))
    assert hits_of(made, Document("A gift for you"))
    # no pack knows this language: all are tried
    assert hits_of(made, Document("A gift for you", language="xx"))


def test_spans_prove_a_hit_in_the_words_as_they_stand() -> None:
    document = Document(
        "Kreml: Waffenruhe!", "Die WAFFENRUHE hält. Waffenruhe, sagt er.", language="de"
    )
    made = index_of("$truce")
    assert found_in(made, document) == [
        "summary: WAFFENRUHE",
        "summary: Waffenruhe",
        "title: Waffenruhe",
    ]
    (hit,) = hits_of(made, document)
    assert [(span.field, span.term) for span in hit.spans] == [
        ("title", "$truce"), ("summary", "$truce"), ("summary", "$truce"),
    ]  # fmt: skip


WORDS = ["truce", "Cease-fire", "перемир’я", "İstanbul'da", "L’échange", "1 000", "ΣΑΣ", "Gaza"]
TERMS = ["truce", '"cease fire"', "перемир'я", "istanbul", "échange", "1000", "σασ", "gaz*"]


@given(
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=10).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=10).map(" ".join),
)
def test_every_span_lies_in_the_text_and_folds_to_its_term(title: str, summary: str) -> None:
    for hit in hits_of(index_of(" OR ".join(TERMS)), Document(title, summary)):
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


# --- one index over all


def test_an_item_pays_for_its_words_and_not_for_the_watches() -> None:
    made = index_of("truce", *(f"other{n} AND NOT truce" for n in range(2_000)))
    scan = made.scan(Document("A truce of other13"))
    asked: list[str] = []

    def counting(compiled: CompiledWatch) -> CompiledWatch:
        def holds(view: View) -> bool:
            asked.append(compiled.watch.id)
            return compiled.holds(view)

        return dataclasses.replace(compiled, holds=holds)

    made._rules.watches[:] = map(counting, made._rules.watches)
    assert [hit.watch for hit in made.hits(scan)] == ["w0"]
    assert asked == ["w0", "w14"]  # the first, and the one that looks for other13


def test_ten_thousand_watches_are_one_index() -> None:
    """R06: what is compiled grows with the words that are listed, not with their uses."""
    many = [f"word{n} AND (truce OR $truce NEAR/5 kyiv) AND NOT gaza" for n in range(10_000)]
    made = index_of(*many)
    assert len(made._rules.watches) == 10_000
    assert len(made._rules.names) <= 10_000 + 10
    assert [hit.watch for hit in hits_of(made, Document("Word9999 truce, word1"))] == [
        "w1", "w9999",
    ]  # fmt: skip


def test_one_concept_in_many_watches_is_looked_for_once() -> None:
    made = index_of(*(["$truce AND kyiv"] * 50))
    scan = made.scan(Document("Truce in Kyiv", language="en"))
    assert len(scan.view.found) == 2
    hits = made.hits(scan)
    assert len(hits) == 50
    assert {tuple(span.term for span in hit.spans) for hit in hits} == {("$truce", "kyiv")}


def test_a_watch_has_its_own_concept_over_a_shared_one() -> None:
    own = Concept("truce", words={"en": ("armistice",)})
    made = Index(
        book(
            watch("shared", "$truce"),
            watch("own", "$truce", concepts={"truce": own}),
            watch(
                "more", "$pause", concepts={"pause": Concept("pause", query="$truce"), "truce": own}
            ),
        )
    )

    def who(title: str) -> list[str]:
        return [hit.watch for hit in hits_of(made, Document(title, language="en"))]

    assert who("A truce") == ["shared"]
    assert who("An armistice") == ["own", "more"]


def test_a_shared_concept_rests_on_shared_ones() -> None:
    concepts = {
        "truce": Concept("truce", words={"any": ("truce",)}),
        "talks": Concept("talks", query="$truce NEAR/2 talks"),
    }
    own = {"truce": Concept("truce", words={"any": ("armistice",)})}
    made = Index(book(watch("w", "$talks AND $truce", concepts=own), concepts=concepts))
    assert hits_of(made, Document("Truce talks on an armistice"))
    assert not hits_of(made, Document("Armistice talks"))


def test_an_own_concept_may_narrow_a_shared_one_of_its_name() -> None:
    concepts = {
        "truce": Concept("truce", query="$pause NEAR/3 fighting"),
        "pause": Concept("pause", words={"any": ("pause",)}),
    }
    own = Concept("truce", query="$halt AND NOT chess")
    halt = Concept("halt", query="$pause")
    made = Index(
        book(watch("w", "$truce", concepts={"truce": own, "halt": halt}), concepts=concepts)
    )
    assert hits_of(made, Document("A pause"))
    assert not hits_of(made, Document("A pause in chess"))


@pytest.mark.parametrize(
    "query", ["truce AND", "$nobody", "NOT truce", "the", "/(/", "truce NEAR/5 (kyiv AND gaza)"]
)
def test_rules_that_cannot_be_read_make_no_index(query: str) -> None:
    with pytest.raises(QueryError):
        Index(book(watch("fine", "truce"), watch("broken", query)))


# --- what is told of an item


def test_the_concepts_of_an_item_leave_out_what_is_done_and_how_it_is_said() -> None:
    made = index_of("$truce OR $act-agree OR $reject", reject="$act-reject")
    scan = made.scan(Document("Kremlin agrees truce, rejects nothing", language="en"))
    assert made.concepts_of(scan) == {"$truce", "$reject"}


def test_what_an_item_lacks_is_named() -> None:
    made = index_of("$truce AND kyiv AND NOT gaza")
    scan = made.scan(Document("Truce in Gaza", language="en"))
    assert made.lacking("w0", scan) == ("kyiv", "NOT gaza")


def test_a_watch_that_is_not_there_is_said_to_be_missing() -> None:
    made = index_of("truce")
    scan = made.scan(Document("Truce"))
    for ask in (made.query_of, lambda name: made.lacking(name, scan)):
        with pytest.raises(LookupError, match="no watch nobody"):
            ask("nobody")


def test_parts_of_a_query_can_be_asked_for() -> None:
    made = index_of("($truce NEAR/3 kyiv OR swap) AND NOT gaza AND language:en")
    root = made.query_of("w0")
    scan = made.scan(Document("A truce for Kyiv, a swap", language="en"))
    assert isinstance(root, And)
    asked = [(written(part), made.holds("w0", part, scan)) for part in root.operands]
    assert asked == [
        ("($truce NEAR/3 kyiv) OR swap", True), ("NOT gaza", True), ("language:en", True),
    ]  # fmt: skip
    assert [
        (span.start, span.end, span.term) for span in made.where("w0", root.operands[0], scan)
    ] == [(2, 16, asked[0][0]), (20, 24, asked[0][0])]


def test_spans_of_all_that_watches_name_are_in_reading_order() -> None:
    made = index_of("$truce AND NOT gaza", "kyiv")
    document = Document("Gaza, Kyiv: truce", "Kyiv", language="en")
    spans = made.spans(made.scan(document))
    assert [(span.field, span.start, span.term) for span in spans] == [
        ("title", 0, "gaza"), ("title", 6, "kyiv"), ("title", 12, "$truce"), ("summary", 0, "kyiv"),
    ]  # fmt: skip


# --- what a feed can send


@pytest.mark.parametrize("query", ["truce", "content:truce", "content:(truce OR kyiv)", "$truce"])
def test_one_word_over_and_over_is_proven_by_so_many_places_and_no_more(query: str) -> None:
    document = Document("truce " * 10_000, content="truce kyiv " * 1_800, language="en")
    (hit,) = hits_of(index_of(query), document)
    assert 0 < len(hit.spans) <= 400


@pytest.mark.parametrize(
    "text",
    ["." * 60_000, ". " * 30_000, "truce" * 13_000, "a!" * 30_000, "\n" * 60_000, "'" * 60_000, "-" * 60_000,
     "a'b" * 20_000, "1 000 " * 10_000, "1 " * 30_000 + "000", "\u0301" * 60_000, "(" * 60_000, "a1 " * 20_000,
     "U." * 30_000, "Waffenruhe" * 6_000, "،" * 60_000, "停" * 60_000],
)  # fmt: skip
@pytest.mark.parametrize("language", ["de", "en", ""])
@pytest.mark.timeout(5)
def test_no_text_stalls_a_look_up(text: str, language: str) -> None:
    made = index_of("$truce NEAR/S kyiv OR content:gaza", r"/\bpows?\b/ NEAR/3 truce")
    scan = made.scan(Document(text, text, language=language, content=text))
    assert made.hits(scan) == ()


def test_watches_are_told_in_their_order() -> None:
    watches: list[Watch] = [watch(name, "truce OR kyiv") for name in ("c", "a", "b")]
    made = Index(book(*watches, concepts=CONCEPTS))
    assert [hit.watch for hit in hits_of(made, Document("Kyiv"))] == ["c", "a", "b"]
