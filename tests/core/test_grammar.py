r"""The watch language: what binds how, what is refused, and how that is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.app.wiring import channel_kinds
from monitor.core.grammar import (
    MAX_NEAR,
    MAX_NESTING,
    MAX_QUERY,
    parse_concept_query,
    parse_query,
    read_query,
)
from monitor.core.query import And, Filter, Near, Node, Not, Or, Query, Ref, Term, Within, written
from monitor.core.regex import Regex
from monitor.core.slips import meant
from monitor.errors import QueryError
from monitor.settings import load

NAMES = ("truce", "ukraine", "russia", "gaza")
SHIPPED = Path(__file__).parents[2] / "config"
#: Pieces of which queries are made, so that random ones come near to real ones.
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["AND", "OR", "NOT", "NEAR/5", "NEAR/S", "NEAR", "NEAR/0", "(", ")", ",", "$truce", "$gaza",
             "$", "truce", "cea*", "=cea", "*", '"', '"a b"', "title:", "content:(", "titel:",
             "language:uk", "tier:1-2", "tier:²", "tier:2-1", 'source:"BBC, World"', "publisher:bbc",
             "language:", "/re/", r"/\bPOWs?\b/", "/(/", "/\ud800/", "/", "\n", " ", "and", "near/5",
             "-", "'", "\ud800", "\x00", "a*b", "NOT NOT", ":", "=", "|"]
        ),
        st.text(max_size=6),
    ),
    max_size=25,
).map(" ".join)  # fmt: skip


def shape(node: Node) -> str:
    """Write a tree with every group in parentheses, in signs of its own."""
    match node:
        case Ref():
            return f"${node.concept}"
        case Term():
            return node.text
        case Regex():
            return f"/{node.pattern}/"
        case Filter():
            return f"{node.kind}={'+'.join(node.values)}"
        case Within():
            return f"{'+'.join(node.fields)}[{shape(node.operand)}]"
        case Near():
            return f"<{shape(node.left)} {node.words or 'S'} {shape(node.right)}>"
        case Not():
            return f"!{shape(node.operand)}"
        case And():
            return "(" + " & ".join(map(shape, node.operands)) + ")"
        case Or():
            return "(" + " | ".join(map(shape, node.operands)) + ")"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("truce", "truce"),
        ("kyiv OR gaza AND swap", "(kyiv | (gaza & swap))"),
        ("(kyiv OR gaza) AND swap", "((kyiv | gaza) & swap)"),
        ("kyiv AND NOT gaza AND swap", "(kyiv & !gaza & swap)"),
        ("kyiv AND NOT (gaza OR swap)", "(kyiv & !(gaza | swap))"),
        ("NOT NOT kyiv", "!!kyiv"),
        ("kyiv OR gaza OR swap", "(kyiv | gaza | swap)"),
        ("$truce AND ($ukraine OR $russia) AND NOT ($gaza AND NOT $ukraine)",
         "($truce & ($ukraine | $russia) & !($gaza & !$ukraine))"),
        ('"prisoner swap" OR cease*', "(prisoner swap | cease*)"),
        ("kyiv\n  AND gaza", "(kyiv & gaza)"),
        ("ANDREA OR ORLY OR NOTARY OR NEARBY", "(ANDREA | ORLY | NOTARY | NEARBY)"),
        ("перемир'я OR ateşkes", "(перемир'я | ateşkes)"),
        ("kyiv AND(gaza)OR$truce", "((kyiv & gaza) | $truce)"),
        # NEAR is the closest, and goes from left to right
        ("kyiv NEAR/5 gaza", "<kyiv 5 gaza>"),
        ("kyiv NEAR/5 gaza NEAR/S swap", "<<kyiv 5 gaza> S swap>"),
        ("kyiv NEAR/5 (gaza NEAR/s swap)", "<kyiv 5 <gaza S swap>>"),
        ("NOT kyiv NEAR/5 gaza", "!<kyiv 5 gaza>"),
        ("swap AND NOT kyiv NEAR/5 gaza", "(swap & !<kyiv 5 gaza>)"),
        ("swap OR kyiv NEAR/50 gaza AND $truce", "(swap | (<kyiv 50 gaza> & $truce))"),
        ("(kyiv OR gaza) NEAR/1 $truce", "<(kyiv | gaza) 1 $truce>"),
        # a field takes what follows it at once
        ("title:kyiv AND gaza", "(title[kyiv] & gaza)"),
        ("title:(kyiv OR gaza)", "title[(kyiv | gaza)]"),
        ("title:(kyiv AND NOT gaza)", "title[(kyiv & !gaza)]"),
        ("title: kyiv", "title[kyiv]"),
        ("TITLE:kyiv", "title[kyiv]"),
        ("NOT title:kyiv OR gaza", "(!title[kyiv] | gaza)"),
        ("title:kyiv NEAR/3 title:gaza", "<title[kyiv] 3 title[gaza]>"),
        ("title:(kyiv NEAR/3 gaza)", "title[<kyiv 3 gaza>]"),
        ("content:$truce OR author:kim OR link:gov OR feed:bbc OR category:war OR summary:x1",
         "(content[$truce] | author[kim] | link[gov] | feed[bbc] | category[war] | summary[x1])"),
        # filters
        ("kyiv AND language:uk,RU,pt_BR,zh-Hant", "(kyiv & language=uk+ru+pt+zh)"),
        ('kyiv AND source:"BBC World","A, B",CNN', "(kyiv & source=bbc world+a, b+cnn)"),
        ("kyiv AND tier:1-3,7", "(kyiv & tier=1+2+3+7)"),
        ("kyiv AND tier:1", "(kyiv & tier=1)"),
        ("kyiv AND Publisher:BBC", "(kyiv & publisher=bbc)"),
        # regular expressions
        (r"/\bPOWs?\b/ AND kyiv", r"(/\bPOWs?\b/ & kyiv)"),
        (r"/war\/peace/", "/war/peace/"),
        (r'/a "quoted" (b|c), d/', '/a "quoted" (b|c), d/'),
        ("title:/kyi.v/", "title[/kyi.v/]"),
        # words
        ("=kyiv OR 10:30 OR kyiv/odesa OR state-of-the-art", "(=kyiv | 10:30 | kyiv/odesa | state-of-the-art)"),
        ('"title:kyiv" OR "kyiv AND gaza"', "(title:kyiv | kyiv AND gaza)"),
    ],
)  # fmt: skip
def test_near_binds_closest_then_not_and_or(text: str, tree: str) -> None:
    assert shape(parse_query(text, NAMES, match_all=True).root) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("kyiv gaza", "(kyiv | gaza)"),
        ("kyiv, gaza", "(kyiv | gaza)"),
        ("kyiv,gaza", "(kyiv | gaza)"),
        ("kyiv , gaza\nswap", "(kyiv | gaza | swap)"),
        ('$truce "prisoner swap", cease* =kyiv /odes+a/', "($truce | prisoner swap | cease* | =kyiv | /odes+a/)"),
        ("(kyiv gaza) AND (swap, $truce)", "((kyiv | gaza) & (swap | $truce))"),
        ("NOT (kyiv, gaza) AND swap", "(!(kyiv | gaza) & swap)"),
        ("title:(kyiv gaza)", "title[(kyiv | gaza)]"),
        ("(kyiv gaza) NEAR/3 (swap, $truce)", "<(kyiv | gaza) 3 (swap | $truce)>"),
        ('"kyiv"gaza', "(kyiv | gaza)"),
    ],
)  # fmt: skip
def test_a_list_is_any_of_its_words(text: str, tree: str) -> None:
    assert shape(parse_query(text, NAMES).root) == tree


@pytest.mark.parametrize(
    ("text", "line", "column", "said", "hint"),
    [
        # names
        ("$truec", 1, 1, "no concept $truec", "did you mean $truce?"),
        ("$zzz", 1, 1, "no concept $zzz", "`concepts:`"),
        ("$", 1, 1, "no concept $", "`concepts:`"),
        ("kyiv AND\n  $truec", 2, 3, "no concept $truec", "$truce"),
        ("kyiv OR titel:gaza", 1, 9, "no field titel:", "did you mean title:?"),
        ("kyiv AND langage:uk", 1, 10, "no field langage:", "did you mean language:?"),
        ("zzz:kyiv", 1, 1, "no field zzz:", "title, summary, content, author"),
        ("kyiv:gaza", 1, 1, "no field kyiv:", "quote a word with a colon"),
        # operators
        ("kyiv and gaza", 1, 6, "'and' is read as a word", "write AND in capitals"),
        ("kyiv AND and", 1, 10, "read as a word", "AND in capitals"),
        ("kyiv Or gaza", 1, 6, "'Or' is read as a word", "write OR in capitals"),
        ("kyiv AND\n not gaza", 2, 2, "read as a word", "NOT in capitals"),
        ("kyiv AND not gaza", 1, 10, "read as a word", "NOT in capitals"),
        ("kyiv near/5 gaza", 1, 6, "'near/5' is read as a word", "write NEAR/5 in capitals"),
        ("kyiv NEAR gaza", 1, 6, "does not say how near", "NEAR/5"),
        ("kyiv NEAR/0 gaza", 1, 6, "does not say how near", "NEAR/S"),
        (f"kyiv NEAR/{MAX_NEAR + 1} gaza", 1, 6, "is too far", f"at most NEAR/{MAX_NEAR}"),
        ("kyiv NEAR/00050000 gaza", 1, 6, "is too far", "NEAR/S"),
        ("kyiv NEAR/٣ gaza", 1, 6, "does not say how near", "NEAR/5"),
        ("kyiv NEAR/x gaza", 1, 6, "does not say how near", "NEAR/5"),
        ("kyiv NEAR/5 (gaza AND swap)", 1, 6, "NEAR joins words", "with AND, outside"),
        ("kyiv NEAR/5 (NOT gaza)", 1, 6, "NEAR joins words", "with AND, outside"),
        ("language:uk NEAR/5 gaza", 1, 13, "NEAR joins words", "with AND, outside"),
        ("content:kyiv NEAR/5 gaza", 1, 14, "different fields", "content:(a NEAR/5 b)"),
        ("title:kyiv NEAR/5 summary:gaza", 1, 12, "different fields", "before both"),
        ("kyiv NOT gaza", 1, 6, "'NOT' is not expected", "AND NOT"),
        ("kyiv gaza AND swap", 1, 11, "a list of words stands before AND", "group it: (a, b)"),
        ("kyiv, gaza NEAR/5 swap", 1, 12, "a list of words stands before NEAR/5", "group it"),
        ("kyiv title:gaza", 1, 6, "'title:' is not expected", "put AND or OR between"),
        ("(kyiv) gaza", 1, 8, "'gaza' is not expected", "put AND or OR between"),
        ("kyiv,, gaza", 1, 6, "',' is not expected", "a word"),
        ("OR kyiv", 1, 1, "'OR' is not expected", "a field such as title:"),
        ("(kyiv OR gaza", 1, 14, "ends too early", "parenthesis"),
        ("kyiv AND", 1, 9, "ends too early", "operand"),
        ("kyiv AND\n\n", 1, 9, "ends too early", "operand"),
        ("kyiv OR\ntitle:", 2, 7, "ends too early", "operand"),
        ("kyiv) AND gaza", 1, 5, "')' is not expected", "no parenthesis is open"),
        ('kyiv AND "x1 (" OR gaza)', 1, 24, "')' is not expected", "no parenthesis is open"),
        ("kyiv AND ()", 1, 11, "')' is not expected", "expected"),
        # what is never closed
        ('kyiv AND "gaza swap', 1, 10, "cannot be read", "close the quotation"),
        ("kyiv AND /gaza", 1, 10, "cannot be read", "close the expression"),
        ("kyiv AND //", 1, 10, "cannot be read", "close the expression"),
        ('kyiv AND source:"BBC', 1, 17, "cannot be read", "close the quotation"),
        # words
        ('"..." OR kyiv', 1, 1, "no word to look for", "letters or digits"),
        ("kyiv OR b*", 1, 9, "nearly everything", "two letters"),
        ("kyiv OR *fire", 1, 9, "ends no word", "beginning"),
        ("tr*ce", 1, 1, "ends no word", "beginning"),
        ("=kyiv*", 1, 1, "both exact and a beginning", "one of them"),
        ('"= kyiv"', 1, 1, "a = before no word", "=word"),
        ('"' + "kyiv " * 51 + '"', 1, 1, "51 words", "at most 50"),
        # filters
        ("kyiv AND language: uk", 1, 10, "wants its value at once", "no blank"),
        ('kyiv AND source:"BBC",""', 1, 10, "empty value", "source:value"),
        ("kyiv AND language:ukrainian", 1, 10, "'ukrainian' is no language", "two letters"),
        ("kyiv AND tier:top", 1, 10, "'top' is no tier", "tier:1-2"),
        ("kyiv AND tier:2-1", 1, 10, "'2-1' is no tier", "tier:1-2"),
        ("kyiv AND tier:1-", 1, 10, "'1-' is no tier", "tier:1-2"),
        ("kyiv AND tier:²", 1, 10, "'²' is no tier", "tier:1-2"),
        ("kyiv AND tier:1,999", 1, 10, "'999' is no tier", "tier:1-2"),
        # expressions, at their place
        ("kyiv OR\n /(/", 2, 2, "cannot be read", "full stop"),
        # sizes
        ("", 1, 1, "empty", "name a concept"),
        (" \n ", 1, 1, "empty", "name a concept"),
        ("kyiv OR " * MAX_QUERY, 1, 1, "characters", "at most"),
        ("kyiv AND " + "NOT " * 4000 + "gaza", 1, 1, "nests too deeply", "concepts"),
        (" NEAR/5 ".join(["kyiv"] * 1500), 1, 1, "nests too deeply", "concepts"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place_and_a_hint(
    text: str, line: int, column: int, said: str, hint: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(text, NAMES)
    error = refused.value
    assert (error.line, error.column) == (line, column)
    assert said in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NOT kyiv", "none of its words"),
        ("kyiv OR NOT gaza", "none of its words"),
        ("NOT (kyiv AND NOT gaza)", "none of its words"),
        ("language:uk", "takes every item that passes its filters"),
        ("tier:1-2 AND language:uk,ru", "takes every item that passes its filters"),
        ("kyiv OR tier:1", "takes every item that passes its filters"),
        ("language:uk AND NOT kyiv", "none of its words"),
        ("NOT source:bbc", "none of its words"),
        ("the", "commonest words"),
        ("the, a, of", "commonest words"),
        ('"to the"', "commonest words"),
        ("=der OR die OR das", "commonest words"),
        ("и OR в", "commonest words"),
        ("THE AND language:en", "commonest words"),
        ("the NEAR/5 of", "commonest words"),
        ("title:the", "commonest words"),
        ("kyiv OR the", "commonest words"),
        ("the AND NOT kyiv", "commonest words"),
    ],
)
def test_what_would_take_nearly_every_item_is_refused(text: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        parse_query(text, NAMES)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("kyiv OR NOT gaza", 1, 9),
        ("kyiv OR\n NOT(gaza)", 2, 2),
        ('"OR NOT" OR NOT gaza', 1, 13),
        ("((kyiv OR NOT gaza) AND swap) OR NOT gaza", 1, 34),
        ("NOT kyiv", 1, 1),
    ],
)
def test_an_alternative_that_is_a_not_is_pointed_at(text: str, line: int, column: int) -> None:
    with pytest.raises(QueryError, match="none of its words") as refused:
        parse_query(text, NAMES)
    assert (refused.value.line, refused.value.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("“prisoner swap” AND kyiv", "(prisoner swap & kyiv)"),
        ("„prisoner swap“ AND kyiv", "(prisoner swap & kyiv)"),
        ("„prisoner swap” AND kyiv", "(prisoner swap & kyiv)"),
        ("”prisoner swap” AND kyiv", "(prisoner swap & kyiv)"),
        ("«prisoner swap» AND kyiv", "(prisoner swap & kyiv)"),
        ("»prisoner swap« AND kyiv", "(prisoner swap & kyiv)"),
        ("»prisoner swap» AND kyiv", "(prisoner swap & kyiv)"),
        ("‹prisoner swap› AND kyiv", "(prisoner swap & kyiv)"),
        ('"prisoner swap” AND kyiv', "(prisoner swap & kyiv)"),
        ('“prisoner swap" AND kyiv', "(prisoner swap & kyiv)"),
        ('“prisoner "swap" now” AND kyiv', "(prisoner  swap  now & kyiv)"),
        ("“a1 b1”, “c1 d1” «e1 f1»", "(a1 b1 | c1 d1 | e1 f1)"),
        ("kyiv AND source:“BBC World”,„A, B“", "(kyiv & source=bbc world+a, b)"),
        ("title:«prisoner swap»", "title[prisoner swap]"),
        ("“kyiv AND -gaza”", "kyiv AND -gaza"),
        ('"say “swap” now"', "say “swap” now"),
        ("/“kyiv”/ AND gaza", "(/“kyiv”/ & gaza)"),
    ],
)
def test_typographic_quotation_marks_quote(text: str, tree: str) -> None:
    query = parse_query(text, NAMES)
    assert query.text == text
    assert shape(query.root) == tree


@pytest.mark.parametrize(
    ("text", "column"),
    [("kyiv AND “gaza", 10), ("kyiv AND «gaza AND “swap”", 10), ("kyiv”", 5), ('"a1 b1" “c1', 9)],
)
def test_a_typographic_quotation_that_has_no_end_is_refused_as_any_other(
    text: str, column: int
) -> None:
    with pytest.raises(QueryError, match="cannot be read") as refused:
        parse_query(text, NAMES)
    assert (refused.value.column, refused.value.hint) == (column, 'close the quotation with "')


@pytest.mark.parametrize(
    ("text", "column", "said", "hint"),
    [
        ("tunnel -delay", 8, "'-' before a word", "write AND NOT delay"),
        ("tunnel −delay", 8, "before a word", "write AND NOT delay"),
        ("tunnel AND title:-delay", 18, "'-' before a word", "write AND NOT delay"),
        ('tunnel -"long delay"', 8, "'-' before a word", 'write AND NOT "long delay"'),
        ("tunnel -$truce", 8, "'-' before a word", "write AND NOT $truce"),
        ("tunnel -language:uk", 8, "'-' before a word", "write AND NOT language:uk"),
        ("tunnel -(delay OR late)", 8, "'-' before a word", "write AND NOT (...)"),
        ("+tunnel +delay", 1, "'+' before a word", "write AND tunnel"),
        ("tunnel AND !delay", 12, "'!' before a word", "write AND NOT delay"),
        ("tunnel~2", 7, "'~2' after a word", "write NEAR/2"),
        ("tunnel~ AND delay", 7, "'~' after a word", "write NEAR/5"),
        ('"tunnel delay"~4', 15, "'~4' after a word", "write NEAR/4"),
        ("tunnel && delay", 8, "'&&' is no operator", "write AND"),
        ("tunnel & delay", 8, "'&' is no operator", "write AND"),
        ("tunnel || delay", 8, "'||' is no operator", "write OR"),
        ("tunnel|delay", 7, "'|' is no operator", "write OR"),
        ("title :delay", 1, "a blank stands before the colon", "write title:delay"),
        ('tunnel AND source : "BBC"', 12, "a blank stands before the colon", 'write source:"BBC"'),
        ("tunnel UND delay", 8, "'UND' is read as a word", "write AND"),
        ("(tunnel) ET $truce", 10, "'ET' is read as a word", "write AND"),
        ("túnel Y retraso", 7, "'Y' is read as a word", "write AND"),
        ("tunnel ODER delay", 8, "'ODER' is read as a word", "write OR"),
        ("тунель ТА затримка", 8, "'ТА' is read as a word", "write AND"),
        ("tunnel NICHT delay", 8, "'NICHT' is read as a word", "write AND NOT"),
        ("source:BBC World AND kyiv", 12, "'World'", 'quote the name: source:"BBC World"'),
        ("kyiv AND source:BBC World News", 21, "'World'", 'source:"BBC World News"'),
        ("(kyiv AND publisher:le monde)", 24, "'monde'", 'publisher:"le monde"'),
        ("language:uk kyiv", 13, "'kyiv' is not expected", "put AND or OR between"),
    ],
)
def test_signs_of_other_searches_are_refused_with_what_to_write_here(
    text: str, column: int, said: str, hint: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(text, NAMES)
    assert refused.value.column == column
    assert said in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "cease-fire OR state-of-the-art", "AT&T OR R&D", "example.org/~user", "Yahoo! OR wow",
        '"-delay" AND "a|b"', '"tunnel && delay"', "/kyiv|gaza -swap/", "UND, ODER", "film ET", "ET OR film",
        "film AND ET AND alien", "publisher:+972 AND kyiv", 'source:"a | b"', "10:30", "C++ OR F-16",
    ],
)  # fmt: skip
def test_words_that_only_look_like_such_signs_are_words(text: str) -> None:
    root = read_query(meant(text), NAMES).root
    assert read_query(meant(written(root)), NAMES).root == root


@pytest.mark.parametrize("text", ["NOT kyiv", "language:uk", "the", "kyiv OR NOT gaza", "tier:1"])
def test_who_means_every_item_says_so(text: str) -> None:
    assert parse_query(text, NAMES, match_all=True).text == text


@pytest.mark.parametrize(
    "text",
    ["source:bbc", "publisher:bbc AND language:uk", "kyiv AND the", '"the hague"', "th*", "NOT NOT kyiv"],
)  # fmt: skip
def test_what_names_a_word_or_a_publisher_is_a_query(text: str) -> None:
    assert parse_query(text, NAMES).text == text


@pytest.mark.parametrize("text", ["kyiv AND language:uk", "source:bbc", "kyiv NEAR/3 gaza OR tier:1 AND kyiv"])  # fmt: skip
def test_a_concept_asks_for_words_alone(text: str) -> None:
    with pytest.raises(QueryError, match="a concept cannot ask"):
        parse_concept_query(text, NAMES)


def test_a_concept_may_ask_for_all_else() -> None:
    query = parse_concept_query("$truce NEAR/4 (kyiv, $gaza) AND NOT title:swap", NAMES)
    assert query.concepts == {"truce", "gaza"}


@given(st.one_of(PIECES, st.text(st.characters(exclude_categories=()), max_size=60)))
@example("kyiv AND (" + "gaza OR (" * 1500 + "swap" + ")" * 1501)
@example("(" * 9000 + "kyiv" + ")" * 9000)
@example("NOT " * 90 + "kyiv")
@example("(" + " NEAR/5 ".join(["kyiv"] * 90) + ") NEAR/S (" + " NEAR/5 ".join(["kyiv"] * 90) + ")")
@example("title:" * 3000 + "kyiv")
@example("$" + "t" * 15_000)
@example("/" + "(" * 900 + ")" * 900 + "/")
def test_any_text_is_a_query_that_is_written_as_it_was_read_or_a_refusal(text: str) -> None:
    read: Query | QueryError
    try:
        read = parse_query(text, NAMES, match_all=True)
    except QueryError as error:
        read = error
    if isinstance(read, Query):
        again = parse_query(written(read.root), NAMES, match_all=True)
        assert again.root == read.root
    else:
        assert read.line >= 1
        assert read.column >= 1
        assert read.message


def test_a_rule_as_long_as_one_may_be_is_read() -> None:
    words = [f"word{n}" for n in range(1_500)]
    listed, joined = ", ".join(words), " OR ".join(words)
    assert len(joined) <= MAX_QUERY
    assert parse_query(listed, ()).root == parse_query(joined, ()).root
    nested = "(" * 5_000 + "kyiv" + ")" * 5_000
    assert parse_query(nested, ()).root == parse_query("kyiv", ()).root
    deep = "NOT " * (MAX_NESTING - 2) + "kyiv"
    assert parse_query(deep, (), match_all=True).text == deep


def test_every_watch_that_is_shipped_can_be_read() -> None:
    rules = load(SHIPPED, channel_kinds=channel_kinds(), env={}).rules
    assert len(rules.watches) >= 4
    for watch in rules.watches:
        names = {**rules.concepts, **watch.concepts}
        query = parse_query(watch.query, names, match_all=watch.match_all)
        assert query.concepts
        assert parse_query(written(query.root), names, match_all=True).root == query.root


@pytest.mark.parametrize("text", ["+kyiv", "kyiv && gaza", "kyiv~3", "title : kyiv", "kyiv UND gaza"])  # fmt: skip
def test_a_sign_of_another_language_is_refused_however_much_is_meant(text: str) -> None:
    with pytest.raises(QueryError, match=r"no operator|colon|read as a word"):
        parse_query(text, NAMES, match_all=True)


def test_typographic_quotes_are_read_as_meant_however_much_is_meant() -> None:
    assert (
        parse_query("“prisoner swap”", NAMES, match_all=True).root
        == parse_query('"prisoner swap"', NAMES).root
    )
