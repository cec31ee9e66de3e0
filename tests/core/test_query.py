"""The watch language: what binds how, what is refused and how that is said."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.app.wiring import channel_kinds
from monitor.core.match import read_query
from monitor.core.query import (
    MAX_QUERY,
    And,
    Node,
    Not,
    Or,
    Part,
    Query,
    Ref,
    Term,
    holds,
    parse_query,
    parse_term,
)
from monitor.errors import QueryError
from monitor.settings import load

NAMES = ("truce", "ukraine", "russia", "gaza")
SHIPPED = Path(__file__).parents[2] / "config"
#: Pieces of which queries are made, so that random ones come near to real ones.
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["AND", "OR", "NOT", "(", ")", "$truce", "$gaza", "$", "truce", "cea*", "*", '"', '"a b"',
             "\n", " ", "and", "-", "'", "\ud800", "\x00", "a*b", "NOT NOT"]
        ),
        st.text(max_size=6),
    ),
    max_size=25,
).map(" ".join)  # fmt: skip


def shape(node: Node) -> str:
    """Write a tree with every group in parentheses."""
    if isinstance(node, Not):
        return f"!{shape(node.operand)}"
    if isinstance(node, And):
        return "(" + " & ".join(map(shape, node.operands)) + ")"
    if isinstance(node, Or):
        return "(" + " | ".join(map(shape, node.operands)) + ")"
    return node.concept if isinstance(node, Ref) else node.text


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("truce", "truce"),
        ("a OR b AND c", "(a | (b & c))"),
        ("(a OR b) AND c", "((a | b) & c)"),
        ("a AND NOT b AND c", "(a & !b & c)"),
        ("a AND NOT (b OR c)", "(a & !(b | c))"),
        ("NOT NOT a", "!!a"),
        ("a OR b OR c", "(a | b | c)"),
        ("$truce AND ($ukraine OR $russia) AND NOT ($gaza AND NOT $ukraine)",
         "(truce & (ukraine | russia) & !(gaza & !ukraine))"),
        ('"prisoner swap" OR cease*', "(prisoner swap | cease*)"),
        ("a\n  AND b", "(a & b)"),
        ("ANDREA OR ORLY", "(ANDREA | ORLY)"),
        ("перемир'я OR ateşkes", "(перемир'я | ateşkes)"),
    ],
)  # fmt: skip
def test_not_binds_closer_than_and_and_than_or(text: str, tree: str) -> None:
    assert shape(parse_query(text, NAMES).root) == tree


@pytest.mark.parametrize(
    ("text", "line", "column", "said", "hint"),
    [
        ("$truec", 1, 1, "no concept $truec", "did you mean $truce?"),
        ("$zzz", 1, 1, "no concept $zzz", "`concepts:`"),
        ("a AND\n  $truec", 2, 3, "no concept $truec", "$truce"),
        ("a b", 1, 3, "'b' is not expected", "put AND or OR between"),
        ("a and b", 1, 3, "'and' is read as a word", "write AND in capitals"),
        ("a AND and", 1, 7, "read as a word", "AND in capitals"),
        ("(a OR b", 1, 8, "ends too early", "parenthesis"),
        ("a AND", 1, 6, "ends too early", "operand"),
        ("a) AND b", 1, 2, "')' is not expected", "expected"),
        ("OR a", 1, 1, "'OR' is not expected", "expected"),
        ('a AND "b c', 1, 7, "cannot be read", "close the quotation"),
        ('"..." OR a', 1, 1, "no word to look for", "letters or digits"),
        ("a OR b*", 1, 6, "nearly everything", "two letters"),
        ("a OR *fire", 1, 6, "ends no word", "beginning"),
        ("tr*ce", 1, 1, "ends no word", "beginning"),
        ("NOT a", 1, 1, "true for every item", "AND NOT"),
        ("a OR NOT b", 1, 1, "true for every item", "AND NOT"),
        ("", 1, 1, "empty", "name a concept"),
        (" \n ", 1, 1, "empty", "name a concept"),
        ("a OR " * MAX_QUERY, 1, 1, "characters", "at most"),
        ("a AND " + "NOT " * 4000 + "b", 1, 1, "nests too deeply", "concepts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_a_hint(
    text: str, line: int, column: int, said: str, hint: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(text, NAMES)
    error = refused.value
    assert (error.line, error.column) == (line, column)
    assert said in error.message
    assert hint in error.hint


@given(st.one_of(PIECES, st.text(st.characters(exclude_categories=()), max_size=60)))
@example("a AND (" + "b OR (" * 1500 + "c" + ")" * 1501)
@example("(" * 9000 + "a" + ")" * 9000)
@example("NOT " * 90 + "a")
def test_any_text_is_a_query_or_a_refusal(text: str) -> None:
    read: Query | QueryError
    try:
        read = parse_query(text, NAMES)
    except QueryError as error:
        read = error
    if isinstance(read, Query):
        assert holds(read.root, lambda _: False) is False
    else:
        assert read.line >= 1
        assert read.column >= 1
        assert read.message


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ("Ceasefire", [("ceasefire", False)]),
        ("cease-fire", [("cease", False), ("fire", False)]),
        ("cease-fire*", [("cease", False), ("fire", True)]),
        ("zamrożon* aktyw*", [("zamrożon", True), ("aktyw", True)]),
        ("1 000 prisoners", [("1000", False), ("prisoners", False)]),
        ("1,000", [("1000", False)]),
        ("un secretary-general", [("un", False), ("secretary", False), ("general", False)]),
        ("перемир’я", [("перемир'я", False)]),
        (unicodedata.normalize("NFD", "Zolltarif für Çırağan"),
         [("zolltarif", False), ("für", False), ("çirağan", False)]),
    ],
)  # fmt: skip
def test_a_term_is_read_as_items_are(entry: str, parts: list[tuple[str, bool]]) -> None:
    assert parse_term(entry) == Term(entry, tuple(Part(*part) for part in parts))


def test_every_watch_that_is_shipped_can_be_read() -> None:
    settings = load(SHIPPED, channel_kinds=channel_kinds(), env={})
    rules = settings.rules
    assert len(rules.watches) >= 4
    for watch in rules.watches:
        query = read_query(watch, rules.concepts)
        assert query.concepts
        assert query.text == watch.query
