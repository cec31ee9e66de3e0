"""Listed words in an index: how a text is cut, inflected forms, and what is remembered of pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import vocabulary
from monitor.core.model import Document
from monitor.core.query import parse_term
from monitor.core.regex import parse_regex
from monitor.core.terms import Terms, find
from monitor.core.text import clean_text
from monitor.core.vocabulary import Pack
from monitor.core.words import NoLexicon
from tests.builders import Dictionary, found_in, hits_of, index_of


def pack(*terms: str, language: str = "", lexicon: Dictionary | None = None) -> Pack:
    made = Terms()
    for slot, term in enumerate(terms):
        made.add(slot, language, parse_term(term))
    return Pack(made, language, lexicon or NoLexicon())


def places(made: Pack, text: str) -> list[str]:
    """The words as a row has them, by where they stand."""
    row = made.row(text, whole=True)
    found = made.places(text, row)
    return [text[start:end] for start, end in (found[n] for n in range(len(row)))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A truce, at last!", ["A", "truce", "at", "last"]),
        ("Cease-fire – (now)", ["Cease", "fire", "now"]),
        (
            "1 000 or 1,000 or 2\u00a0000\u202f000.",
            ["1 000", "or", "1,000", "or", "2\u00a0000\u202f000", ""],
        ),
        ("x1 000, 1 0000", ["x", "1 000", "1", "0000", ""]),
        ("in 2025 146 men", ["in", "2025", "146", "men", ""]),
        ("U.S. (Mr.) 2. Juni", ["U", "S", "Mr", "2", "Juni"]),
        ("L’échange d'İzmir'de", ["L’échange", "d'İzmir'de"]),
        ("один\nдва", ["один", "", "два", ""]),  # the end of a line is a place too
        ("", []),
        ("— …", ["…"]),
    ],
)
def test_a_text_is_a_row_of_words(text: str, words: list[str]) -> None:
    assert places(pack("truce"), text) == words


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["truce", "Truce.", "prisoner swap", "prisoner-swap", "1 000", "1,000", "2\u00a0000", "…",
             ".", "—", ":", "\n", "U.S.", "İstanbul'da", "перемир’я", "a.b", "!x", "'", "\u3000"]
        ),
        st.text(max_size=5),
    ),
    max_size=12,
).map(" ".join)  # fmt: skip


@given(TEXTS, st.booleans())
def test_places_follow_each_other_in_the_text_and_do_not_depend_on_who_asks(
    text: str, clean: bool
) -> None:
    made = pack("truce", "prisoner swap", "1000", "istanbul", "перемир'я")
    text = clean_text(text, 500) if clean else text
    row = made.row(text, whole=True)
    every = made.places(text, row)
    assert set(range(len(row))) <= set(every)
    flat = [every[n] for n in range(len(row))]
    assert all(0 <= start <= end <= len(text) for start, end in flat)
    assert all(first[1] <= second[0] for first, second in pairwise(flat))
    for n in range(len(row)):
        assert made.places(text, row, {n})[n] == every[n]
    assert made.row(text) in (row, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("in 2 000 Kyiv", ["Kyiv"]),
        ("— so far-off Kyiv", ["Kyiv"]),
        ("— Kyiv far-off", ["Kyiv"]),
        ("— truce truce-truce Kyiv", ["Kyiv"]),
        ("Kyiv\u00a0far — Kyiv", ["Kyiv", "Kyiv"]),
        ("  Kyiv  (Kyiv)", ["Kyiv", "Kyiv"]),
    ],
)
def test_words_that_no_rule_lists_are_found_where_they_stand(text: str, words: list[str]) -> None:
    made = index_of("/kyi[v]/ OR truce-truce")
    spans = [
        (s.start, s.end) for s in made.where("w0", parse_regex("kyi[v]"), made.scan(Document(text)))
    ]
    assert [text[start:end] for start, end in spans] == words


@given(TEXTS)
def test_a_row_that_is_left_out_holds_nothing(text: str) -> None:
    made = pack("truce", "prisoner swap", "1000")
    found: list[dict[int, list[tuple[int, int, int]]]] = []
    for whole in (False, True):
        found.append({slot: [] for slot in range(3)})
        find(made.row(text, whole=whole), 0, found[-1])
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("terms", "text", "found"),
    [
        (["truce"], "Truce TRUCE truces", [(0, 0, 0), (0, 1, 1)]),
        (["truce*"], "Truce TRUCES struce", [(0, 0, 0), (0, 1, 1)]),
        (["prisoner swap"], "A prisoner swap", [(0, 1, 2)]),
        (["swap of prisoners"], "swap of prisoners", [(0, 0, 2)]),
        (["the big swap"], "the big swap the big the swap", [(0, 0, 2)]),
        (["swap swap"], "swap swap swap", [(0, 0, 1), (0, 1, 2)]),
        (["halt* to the =fighting"], "Halting to the fighting", [(0, 0, 3)]),
        (["big swap"], "swap big", []),
        (["big swap"], "big", []),
        (["big swap"], "swap", []),
        (["a b c"], "a b", []),
    ],
)
def test_terms_stand_where_their_words_follow_each_other(
    terms: list[str], text: str, found: list[tuple[int, int, int]]
) -> None:
    into: dict[int, list[tuple[int, int, int]]] = {0: []}
    find(pack(*terms).row(text), 0, into)
    assert into[0] == found


LEMMAS = {
    "uk": {"миру": "мир", "миром": "мир", "полонених": "полонений", "полонені": "полонений"},
    "en": {"prisoners": "prisoner", "met": "meet", "meeting": "meet", "swaps": "swap"},
    "de": {"gefangenen": "gefangene", "trafen": "treffen"},
}
ENDINGS = {"en": ("ing", "s"), "de": ("en", "e")}


@pytest.mark.parametrize(
    ("entry", "language", "text", "hit"),
    [
        ("мир", "uk", "До миру далеко", True),
        ("миром", "uk", "До миру далеко", True),  # both have one lemma
        ("=мир", "uk", "До миру далеко", False),
        ("=мир", "uk", "Мир", True),
        ("мир*", "uk", "До миру далеко", True),
        ("обмін полоненими", "uk", "Обмін полонених", False),
        ("обмін полонених", "uk", "Обмін полонені", True),
        ("met", "en", "They meet", True),
        ("meet", "en", "A meeting", True),
        ("prisoner swap", "en", "Prisoners swaps", True),
        ("prisoner =swap", "en", "Prisoners swap", True),
        ("prisoner =swap", "en", "Prisoners swaps", False),
        ("talk", "en", "Talks, talking", True),  # by the stem
        ("talking", "en", "Talks", True),
        ("=talk", "en", "Talks", False),
        ("talk", "uk", "Talks", False),  # Ukrainian has no stems
        ("Gefangenen Austausch", "de", "Gefangene Austausch", True),
    ],
)
def test_inflected_forms_meet_by_lemma_and_stem(
    entry: str, language: str, text: str, hit: bool
) -> None:
    lexicon = Dictionary(LEMMAS, ENDINGS)
    document = Document(text, language=language)
    own = index_of("$it", lexicon=lexicon, it={language: (entry,)})
    assert bool(hits_of(own, document)) is hit
    said = index_of(f'"{entry}" OR $other', lexicon=lexicon, other={language: ("zzz",)})
    assert bool(hits_of(said, document)) is hit  # a word of a query is of every language


def test_another_languages_forms_are_none_of_ours() -> None:
    made = index_of("$it", lexicon=Dictionary(LEMMAS), it={"uk": ("мир",), "en": ("zzz",)})
    assert not hits_of(made, Document("миру", language="en"))
    assert not hits_of(made, Document("миру", language="xx"))
    assert hits_of(made, Document("мир", language="xx"))


def test_letters_written_in_two_ways_meet_in_rules_and_texts() -> None:
    for entry, text in (
        ("ещё", "Еще раз"),
        ("еще", "Ещё раз"),
        ("ещё*", "Ещёнышев, еще"),
        ("ещё*", "Еще"),
        ("еще*", "Ещё"),
        ("أحم*", "احمد"),
        ("احمد", "أحمد"),
        ("ceasefire", "сeasefire"),  # Cyrillic с in the text
        ("сeasefire", "ceasefire"),  # and in the rule
        ("сease*", "ceasefire"),
        ("київ", "Kиїв"),  # a Latin K
        ("istanbul", "ISTANBUL’DA"),
        ("İstanbul", "ıstanbul"),
        ("ｔｒｕｃｅ", "TRUCE"),
        ("échange", "L’échange"),
    ):
        assert hits_of(index_of(f"{entry} OR zzz"), Document(text)), (entry, text)


def test_decomposed_and_hidden_characters_hide_no_word() -> None:
    for source in ("C\u0327ag\u0306r\u0131", "Çağ\u200brı", "Ça\u00adğrı", "\u202eÇağrı\u202c", "Çağrı\ufeff"):  # fmt: skip
        document = Document(clean_text(f"<p>{source}</p> yapıldı", 100))
        assert found_in(index_of("çağrı"), document) == ["title: Çağrı"]
        assert hits_of(index_of(f'"{source}"'), document)


def test_a_dictionary_is_asked_once_for_the_words_of_many_items() -> None:
    lexicon = Dictionary(LEMMAS)
    made = index_of("$it", lexicon=lexicon, it={"uk": ("мир", "обмін полонених")})
    documents = [Document(f"До миру {n}", f"Полонені {n}", language="uk") for n in range(5)]
    made.prepare(documents)
    asked = [words for language, words in lexicon.asked if language == "uk"]
    assert len(asked) == 2  # for the listed words, then for the items
    assert asked[1] >= {"миру", "полонені"}


@given(st.lists(TEXTS, max_size=4), st.sampled_from(["uk", "en", "de", "", "xx"]))
def test_preparing_never_changes_an_answer(texts: list[str], language: str) -> None:
    prepared, fresh = (
        index_of("$it OR truce OR prisoner", lexicon=lexicon, it={"uk": ("мир",), "en": ("swap",)})
        for lexicon in (Dictionary(LEMMAS, ENDINGS), Dictionary(LEMMAS, ENDINGS))
    )
    documents = [Document(f"миру {text}", f"swaps {text}", language=language) for text in texts]
    prepared.prepare(documents)
    prepared.prepare(documents)
    for document in documents:
        assert hits_of(prepared, document) == hits_of(fresh, document)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MAX_PIECES", 10)
    made = pack("truce")
    for n in range(100):
        row = made.row(f"truce word{'x' * n} {'x' * vocabulary.MAX_PIECE}x")
        assert len(row) == 3
    assert len(made._pieces) <= 10
    assert max(map(len, made._pieces)) <= vocabulary.MAX_PIECE


def test_pieces_of_any_length_cost_their_length_and_are_not_kept() -> None:
    made = pack("truce", language="de")
    for piece in (
        "a" * 65_536,
        "a'b" * 20_000,
        "a!" * 30_000,
        "1" * 65_000,
        "." * 60_000,
        "Aa1" * 20_000,
    ):
        made.row(f"truce {piece} truce")
    assert set(made._pieces) == {"truce"}
