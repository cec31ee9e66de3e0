"""Trees of the watch language: how a term is read, what can be asked of a tree without an item."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.grammar import parse_query, read_query
from monitor.core.query import (
    FIELDS,
    And,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Part,
    Ref,
    Term,
    Within,
    is_place,
    leaves,
    parse_term,
    written,
)
from monitor.core.regex import parse_regex
from monitor.errors import QueryError

NAMES = ("truce", "gaza")


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ("Ceasefire", ["ceasefire"]),
        ("cease-fire", ["cease", "fire"]),
        ("cease-fire*", ["cease", "fire*"]),
        ("zamrożon* aktyw*", ["zamrożon*", "aktyw*"]),
        ("halt* to the =fighting", ["halt*", "to", "the", "=fighting"]),
        ("=Ceasefire", ["=ceasefire"]),
        ("=cease-fire", ["=cease", "=fire"]),
        ("=cease fire", ["=cease", "fire"]),
        ("“=U.S. troops”", ["=u", "=s", "troops"]),
        ("E=mc2", ["e", "=mc", "=2"]),
        ("1 000 prisoners", ["1000", "prisoners"]),
        ("1,000", ["1000"]),
        ("20*", ["20*"]),
        ("un secretary-general", ["un", "secretary", "general"]),
        ("перемир’я", ["перемир'я"]),
        ("ＴＲＵＣＥ", ["truce"]),
        ("ISTANBUL", ["istanbul"]),
        ("İstanbul", ["istanbul"]),
        ("ıstanbul", ["istanbul"]),
        (unicodedata.normalize("NFD", "Zolltarif für Çırağan"), ["zolltarif", "für", "çirağan"]),
        ("tru\u200bce", ["truce"]),
        ("cease\u00adfire", ["ceasefire"]),
        ("\u202eтруце\u202c", ["труце"]),
    ],
)
def test_a_term_is_read_as_items_are(entry: str, parts: list[str]) -> None:
    read = parse_term(entry)
    assert read.text == entry
    assert read.parts == tuple(
        Part(said.strip("=*"), prefix=said.endswith("*"), exact=said.startswith("="))
        for said in parts
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("", "no word"),
        ("—", "no word"),
        ("=", "no word"),
        ("*", "no word"),
        ("*fire", "ends no word"),
        ("cease *", "ends no word"),
        ("cea*se", "ends no word"),
        ("cease**", "ends no word"),
        ("l'*", "ends no word"),
        ("c*", "nearly everything"),
        ("=cease-fire*", "both exact and a beginning"),
        ("cease = fire", "a = before no word"),
        ("cease fire=", "a = before no word"),
        ("fire " * 51, "51 words"),
    ],
)
def test_a_term_that_says_nothing_clear_is_refused(entry: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        parse_term(entry)


def test_a_term_of_any_length_is_read_in_step_with_it() -> None:
    for piece in ("=", "*", "a=", "=a ", "a* ", "-", "'", "\u0301", "1 000 "):
        with pytest.raises(QueryError):
            parse_term(piece * (60_000 // len(piece)))


def leaf() -> st.SearchStrategy[Node]:
    words = st.one_of(
        st.sampled_from(
            ["truce", "=truce", "cea*", "prisoner swap", "AND", "near/5", "title:x", "a,b", "(a)", "/x",
             "$5", "10:30", "and/or", "x y*", "перемир'я"]
        ),
        st.text(st.characters(exclude_characters='"'), min_size=1, max_size=6),
    )  # fmt: skip
    return st.one_of(
        words.filter(_is_term).map(parse_term),
        st.sampled_from(NAMES).map(Ref),
        st.sampled_from([r"\bPOWs?\b", "war/peace", "a(b|c)d", r"\\/x", "x[/]y"]).map(parse_regex),
    )


def _is_term(text: str) -> bool:
    try:
        parse_term(text)
    except QueryError:
        return False
    return True


#: Trees that stand for places and lie in no field of their own: what NEAR may join.
PLACES = st.recursive(
    leaf(),
    lambda below: st.one_of(
        st.lists(below, min_size=2, max_size=3).map(lambda each: Or(tuple(each))),
        st.builds(Near, below, below, st.one_of(st.none(), st.integers(1, 50))),
    ),
    max_leaves=4,
)
FILTERED = st.sampled_from(
    [Filter("language", ("uk", "ru")), Filter("tier", ("1", "2")), Filter("source", ("a, b", "bbc world"))]
)  # fmt: skip
TREES = st.recursive(
    st.one_of(PLACES, FILTERED),
    lambda below: st.one_of(
        below.map(Not),
        st.builds(Within, st.sampled_from(FIELDS).map(lambda name: frozenset({name})), below),
        st.lists(below, min_size=2, max_size=3).map(lambda each: And(tuple(each))),
        st.lists(below, min_size=2, max_size=3).map(lambda each: Or(tuple(each))),
    ),
    max_leaves=8,
)


@given(TREES)
def test_a_tree_is_read_again_as_it_is_written(tree: Node) -> None:
    assert read_query(written(tree), NAMES).root == tree


def test_leaves_say_which_speak_for_a_match() -> None:
    text = (
        "$truce AND title:(kyiv OR /odes+a/) AND NOT (gaza NEAR/5 hamas AND NOT $gaza) AND tier:1"
    )
    told = [(written(leaf), speaks) for leaf, speaks in leaves(parse_query(text, NAMES).root)]
    assert told == [
        ("$truce", True),
        ("kyiv", True),
        ("/odes+a/", True),
        ("gaza", False),
        ("hamas", False),
        ("$gaza", True),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kyiv", True),
        ("(kyiv, $truce)", True),
        ("kyiv NEAR/2 gaza", True),
        ("title:(kyiv OR gaza)", True),
        ("kyiv AND gaza", False),
        ("kyiv OR gaza AND swap", False),
        ("title:(kyiv AND gaza)", False),
        ("kyiv OR NOT gaza", False),
        ("kyiv OR tier:1", False),
    ],
)
def test_only_what_stands_somewhere_is_a_place(text: str, place: bool) -> None:
    assert is_place(parse_query(text, NAMES, match_all=True).root) is place


def test_concepts_of_a_query_are_told_wherever_they_stand() -> None:
    assert parse_query("kyiv AND NOT title:($truce NEAR/S $gaza)", NAMES).concepts == {*NAMES}


def test_a_term_keeps_what_was_written() -> None:
    assert Term("Kyiv", (Part("kyiv"),)) == parse_term("Kyiv")
