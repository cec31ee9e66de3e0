r"""Regular expressions of watches: Unicode words, edges, what is refused, and no text that stalls."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import compile as compiling
from monitor.core.model import Document
from monitor.core.regex import (
    MAX_PATTERN,
    MAX_PLACES,
    Regex,
    RegexSet,
    parse_regex,
    places,
    size_of,
)
from monitor.errors import QueryError
from tests.builders import hits_of, index_of


def found(source: str, text: str) -> list[str]:
    return [text[start:end] for start, end in places(parse_regex(source), text)]


@pytest.mark.parametrize(
    ("source", "text", "matches"),
    [
        (r"kyi.v?", "Kyiv, KYIV", ["Kyiv", "KYIV"]),
        # edges are those of words in any alphabet, and of the text
        (r"\bPOWs?\b", "POWs", ["POWs"]),
        (r"\bPOWs?\b", "POWER, EMPOW, pow!", ["pow"]),
        (r"\bPOWs?\b", "POW POW-POWs POW", ["POW", "POW", "POWs", "POW"]),
        (r"\bвойн\w*", "Война и война, повойнa", ["Война", "война"]),
        (r"мир\b", "мир, миру, перемир'я", ["мир", "мир"]),
        (r"\bмир\b", "«мир» мира", ["мир"]),
        (r"\bçağrı\b", "çağrı, çağrısı", ["çağrı"]),
        (r"\bété\b", "étés d'été", ["été"]),
        (r"\bwar_", "war_room war", ["war_"]),
        (r"a\\b", "a\\b ab", ["a\\b"]),
        # classes
        (r"x\wz", "xёz x-z x_z x9z", ["xёz", "x_z", "x9z"]),
        (r"x\Wz", "xёz x-z", ["x-z"]),
        (r"x[\w-]z", "xёz x-z x z", ["xёz", "x-z"]),
        (r"x[^\w]z", "xёz x-z", ["x-z"]),
        (r"x\dz", "x5z x٥z xvz", ["x5z", "x٥z"]),
        (r"x\Dz", "x5z xvz", ["xvz"]),
        (r"x\sz", "x z x\u00a0z x\u202fz x-z", ["x z", "x\u00a0z", "x\u202fz"]),
        (r"x\Sz", "x\u00a0z x-z", ["x-z"]),
        (r"x[]\d]z", "x]z x٥z xdz", ["x]z", "x٥z"]),
        (r"x[[:digit:]\w]z", "x5z xёz x:z", ["x5z", "xёz"]),
        (r"x[[\d]z\w", "x[zё x٥zё xdzё", ["x[zё", "x٥zё"]),
        (r"x[\w-z]q", "xёq x-q x`q", ["xёq", "x-q"]),
        (r"x\p{Greek}z", "xσz xsz", ["xσz"]),
        # what looks like a refusal and is none
        (r"\\1", "a\\1", ["\\1"]),
        (r"what\(?=", "what= what(=", ["what=", "what(="]),
        (r"x[(?=]z", "x?z", ["x?z"]),
        (r"(?-i)UN-led", "un-led UN-led", ["UN-led"]),
        # the whole stands between the edges
        (r"\btruce|kyiv\b", "truce kyivan trucey kyiv", ["truce", "kyiv"]),
    ],
)
def test_where_an_expression_is_found(source: str, text: str, matches: list[str]) -> None:
    assert found(source, text) == matches


def test_an_expression_is_composed_as_items_are() -> None:
    assert found(unicodedata.normalize("NFD", r"\bÇırağan"), "Çırağan") == ["Çırağan"]


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        (r"(?=kyiv)gaza", "looks ahead or behind", "AND, NOT or NEAR"),
        (r"(?!kyiv)gaza", "looks ahead or behind", "AND, NOT or NEAR"),
        (r"(?<=kyiv)gaza", "looks ahead or behind", "AND, NOT or NEAR"),
        (r"(?<!kyiv)gaza", "looks ahead or behind", "AND, NOT or NEAR"),
        (r"(kyiv)\1", "refers back", "spelt out"),
        (r"(?P<x>kyiv)(?P=x)", "refers back", "spelt out"),
        (r"Ky\Cv", "takes letters apart", "full stop"),
        (r"\Q[\w]\E kyiv", "quotes a text", "phrase"),
        (r"ky\biv", r"has \b in its middle", "begin and end"),
        (r"\bkyiv\b|\bgaza\b", r"has \b in its middle", "begin and end"),
        (r"\Bkyiv", r"has \B in its middle", "begin and end"),
        (r"ky[\W]iv", r"has \W between brackets", r"[^\w]"),
        (r"ky[\S]iv", r"has \S between brackets", r"[^\s]"),
        (r"(kyiv", "cannot be read: missing )", r"\."),
        (r"kyiv)|(gaza", "cannot be read: unexpected )", r"\."),
        (r"\bkyiv)|(gaza\b", "cannot be read: unexpected )", r"\."),
        (r"*kyiv", "cannot be read", r"\."),
        (r"[kyiv", "cannot be read", r"\."),
        (r"kyiv\p{Nonsense}", "cannot be read", r"\."),
        ("(k{1000}){1000}", "cannot be read", r"\."),
        (r"\pL{1000}\pN{1000}", "too large", r"\."),
        ("k" * (MAX_PATTERN + 1), f"{MAX_PATTERN + 1} characters", f"at most {MAX_PATTERN}"),
        ("kyiv\ud800", "half of a character", "anew"),
        # R02: what matches everything
        ("", "found in nearly any text", "more than one letter"),
        (".", "found in nearly any text", "more than one letter"),
        (".*", "found in nearly any text", "more than one letter"),
        ("^", "found in nearly any text", "more than one letter"),
        ("$", "found in nearly any text", "more than one letter"),
        (r"\b", "found in nearly any text", "more than one letter"),
        (r"\b\b", "found in nearly any text", "more than one letter"),
        (r"\w+", "found in nearly any text", "more than one letter"),
        (r"\s", "found in nearly any text", "more than one letter"),
        ("kyiv|", "found in nearly any text", "more than one letter"),
        ("kyiv|e", "found in nearly any text", "more than one letter"),
        ("[а-я]", "found in nearly any text", "more than one letter"),
        ("(a+)+$", "found in nearly any text", "more than one letter"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_reason(
    source: str, said: str, hint: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse_regex(source)
    assert said in refused.value.message
    assert hint in refused.value.hint


@given(st.one_of(st.text(max_size=20), st.text(r"\bwWdDsSQC()[]{}|^$.*+?:=!<>P1aё-", max_size=20)))
def test_any_text_is_an_expression_or_a_refusal(source: str) -> None:
    read: Regex | QueryError
    try:
        read = parse_regex(source)
    except QueryError as refused:
        read = refused
    if isinstance(read, QueryError):
        assert read.hint
    else:
        for start, end in places(read, "A truce at 10:30, война (POWs)"):
            assert 0 <= start < end <= 30


@given(st.text("ab é.-", max_size=30))
def test_many_expressions_are_found_as_each_alone(text: str) -> None:
    regexes = [parse_regex(source) for source in (r"\bab+\b", "aé", r"b\Wa", r"a\.\w", "a{2}b")]
    together = dict(RegexSet(regexes).found(text))
    alone = {n: list(places(regex, text)) for n, regex in enumerate(regexes)}
    assert together == {n: spans for n, spans in alone.items() if spans}


@given(st.text("abёя1٥_'.- \u0301€", max_size=30))
def test_what_stands_for_a_word_in_the_set_finds_all_that_the_expression_finds(text: str) -> None:
    written = (r"a\w+b", r"\b\w\W\w\b", r"a[\w']b", r"\bb[^\w]a", r"\d\D\w\b", r"ё[^\w'€]+\w")
    regexes = [parse_regex(source) for source in written]
    together = dict(RegexSet(regexes).found(text))
    alone = {n: list(places(regex, text)) for n, regex in enumerate(regexes)}
    assert together == {n: spans for n, spans in alone.items() if spans}


def test_edges_and_words_take_no_room_in_the_set() -> None:
    assert size_of(parse_regex(r"\bkyiv\b")) == size_of(parse_regex("kyiv"))
    assert size_of(parse_regex(r"\bkyiv \w+ \w+\b")) < 100


def test_an_expression_that_cannot_be_made_is_refused_though_its_sieve_can() -> None:
    with pytest.raises(QueryError, match="too large"):
        parse_regex(r"kyiv \w{1000}")
    assert found(r"kyiv \w{50}", "kyiv " + "ё" * 50) == ["kyiv " + "ё" * 50]


def test_the_refusal_of_too_many_expressions_names_the_watch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiling, "MAX_SET_SIZE", size_of(parse_regex("k{90}yiv")) + 10)
    index_of("/k{90}yiv/", "/k{90}yiv/ AND gaza")  # the same one takes room once
    with pytest.raises(QueryError) as refused:
        index_of("/k{90}yiv/", "/g{90}aza/")
    assert refused.value.message.startswith("the watch w1: with it 2 regular expressions are too")
    assert "NEAR" in refused.value.hint


def test_an_expression_that_is_found_everywhere_is_told_so_often_and_no_more() -> None:
    assert len(found("aa", "aa" * 30_000)) == MAX_PLACES


@pytest.mark.parametrize(
    "source",
    [r"(a+)+\$", r"(a|aa)+\$", r"(.*a){12}\$", r"\bx?(a|aa)+b\b", "[ab]*a[ab]{12}c", r"(\w+\s?)+\$\$",
     r"a{3}(\s*a*)*!!"],
)  # fmt: skip
@pytest.mark.parametrize("bait", ["a", "ab", "a ", "aé "])
def test_no_bait_stalls_an_expression(source: str, bait: str) -> None:
    """R01, C27: each of these takes a backtracking engine longer than the universe has."""
    made = index_of(f"/{source}/ AND kyiv")
    text = bait * (60_000 // len(bait))
    started = time.process_time()
    assert hits_of(made, Document(f"Kyiv {text} !", content=text)) == ()
    assert time.process_time() - started < 0.5


def test_an_expression_of_many_states_is_run_within_bounds() -> None:
    made = index_of("/[ab]*a[ab]{14}c/ AND kyiv")
    text = "".join(random.Random(3).choices("ab", k=60_000))
    started = time.process_time()
    assert hits_of(made, Document("Kyiv", text)) == ()
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("\u0301", []),
        ("Kyiv \u0301 x", []),
        (" \u0301 \u0301\n\u0301", []),
        ("Kyiv x\u0301\u0302", [(5, 8)]),
        ("\u0301 x\u0301", [(2, 4)]),
    ],
)
def test_marks_are_found_with_the_letter_that_they_stand_on(
    text: str, spans: list[tuple[int, int]]
) -> None:
    hits = hits_of(index_of(r"/[\x{300}-\x{36f}]+/"), Document(text))
    assert [(s.start, s.end) for hit in hits for s in hit.spans] == spans


@pytest.mark.parametrize(
    ("query", "title", "proof"),
    [
        (r"/\bPOWs?\b/", "The POWs, and a POW", ["title: POWs", "title: POW"]),
        (r"/prisoner (of|de) \w+/", "A prisoner of war!", ["title: prisoner of war"]),
        (r"/кабм/ AND kyiv", "Кабмін: Kyiv", ["title: Кабмін", "title: Kyiv"]),
        (r"/\bPOW\b/ NEAR/1 kyiv", "POW POW Kyiv", ["title: POW Kyiv"]),
        (r"/\bPOW\b/ NEAR/1 kyiv", "POW. Kyiv", []),
        (r"/5 €/", "costs 5 € a day", ["title: 5"]),
        (r"/€/", "Kyiv pays 5 €", ["title: 5"]),
        (r"/€/ NEAR/2 kyiv", "Kyiv pays €", ["title: Kyiv pays"]),
        (r"/€/ NEAR/2 /€|\$/", "€", []),
        (r"/€/", "€", ["title: €"]),
        (r"title:/sw.p/", "Swap", ["title: Swap"]),
        (r"NOT /sw.p/ AND kyiv", "Kyiv swap", []),
    ],
)
def test_an_expression_joins_in_as_a_word_does(query: str, title: str, proof: list[str]) -> None:
    made = index_of(query)
    spans = {(s.start, s.end) for h in hits_of(made, Document(title)) for s in h.spans}
    assert [f"title: {title[start:end]}" for start, end in sorted(spans)] == proof
