"""Texts are cut to what a service takes, at a letter; what a service would act on is defused."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notify import chat, limits
from monitor.notify.chat import Block, Piece, Role
from tests.notes import HOSTILE, alert, digest, hostile_notes, section

MEASURES: list[Callable[[str], int]] = [
    len, limits.utf8, limits.utf16, lambda text: len(escape(text)),
]  # fmt: skip


@given(text=st.text(max_size=200), limit=st.integers(0, 80), measure=st.sampled_from(MEASURES))
def test_what_is_cut_fits_and_is_a_beginning(
    text: str, limit: int, measure: Callable[[str], int]
) -> None:
    cut = limits.fit(text, limit, measure)
    assert measure(cut) <= limit
    if measure(text) <= limit:
        assert cut == text
    elif cut:
        assert cut.endswith(limits.MARK)
        assert text.startswith(cut[:-1].rstrip())


@pytest.mark.parametrize(
    ("text", "limit", "measure", "cut"),
    [
        ("a" * 10, 5, len, "aaaa\u2026"),
        ("abc", 3, len, "abc"),
        ("\U0001f600" * 4, 5, limits.utf16, "\U0001f600\U0001f600\u2026"),  # two units each
        ("\u044f" * 10, 8, limits.utf8, "\u044f\u044f\u2026"),  # two bytes each, the mark three
        ("cafe\u0301s here", 5, len, "caf\u2026"),  # an accent stays with its letter
        ("a \U0001f468\u200d\U0001f469\u200d\U0001f467 b", 6, len, "a\u2026"),  # one sign
        ("&" * 10, 12, lambda text: len(escape(text)), "&&\u2026"),  # five signs each
        ("abc", 0, len, ""),
        ("abc", 2, limits.utf8, ""),
    ],
)  # fmt: skip
def test_where_it_is_cut(text: str, limit: int, measure: Callable[[str], int], cut: str) -> None:
    assert limits.fit(text, limit, measure) == cut


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("@everyone", "@\u2060everyone"),
        ("mail me@example.org", "mail me@\u2060example.org"),
        ("@\u200beveryone", "@\u2060everyone"),
        ("<!channel> <@U1> <#C1>", "<\u2060!channel> <\u2060@\u2060U1> <\u2060#\u2060C1>"),
        ("/stop now", "/\u2060stop now"),
        ("and/or 24/7 https://e.org/a/b", "and/or 24/7 https://e.org/a/b"),
        ("#tag $TSLA", "#\u2060tag $\u2060TSLA"),
        ("tg://resolve", "tg:\u2060//resolve"),
        ("HTTPS://e.org", "HTTPS://e.org"),
        ("a @ b / c # d", "a @ b / c # d"),
        ("\u202eabc\u2066 d\u00adef\u2060g", "abc defg"),
        ("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("a" + "\u0301" * 50 + "b", "a" + "\u0301" * 4 + "b"),
        ("one\r\ntwo", "one two"),
    ],
)  # fmt: skip
def test_what_a_service_would_act_on(text: str, seen: str) -> None:
    assert limits.clean(text, 100) == seen


@given(text=HOSTILE, limit=st.integers(1, 300))
def test_a_clean_text_is_one_line_within_its_limit(text: str, limit: int) -> None:
    cleaned = limits.clean(text, limit)
    assert len(cleaned) <= limit
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", cleaned)
    cleaned.encode("utf-8")


def size(block: Block) -> int:
    return len(chat.plain(block))


ROOM = chat.Room(block=900, part=1000, most=3, size=size, between=2)


@given(note=hostile_notes())
def test_no_message_is_larger_than_its_room(note: object) -> None:
    for part in chat.parts(note, ROOM):  # type: ignore[arg-type]
        assert 1 <= len(part) <= ROOM.most
        assert sum(map(size, part)) + 2 * (len(part) - 1) <= ROOM.part


def test_the_least_important_goes_first() -> None:
    roomy = chat.Room(block=3000, part=3000, most=9, size=size)
    tight = chat.Room(block=420, part=500, most=9, size=size)
    (all_of_it,), (less,) = chat.parts(alert(), roomy)[0], chat.parts(alert(), tight)[0]
    assert any("Known before" in piece.text for piece in all_of_it)
    assert not any("Known before" in piece.text for piece in less)
    kept = {Role.HEAD, Role.QUOTE, Role.SOURCE, Role.SMALL}
    assert {piece.role for piece in less} >= kept


def test_a_message_holds_no_more_blocks_than_a_service_takes() -> None:
    roomy = chat.Room(block=9000, part=9000, most=2, size=size)
    assert [len(part) for part in chat.parts(digest(), roomy)] == [2, 2]


@pytest.mark.parametrize("block", range(150, 400, 7))
def test_the_word_about_what_is_left_out_fits_in_too(block: int) -> None:
    tight = chat.Room(block=block, part=block + 20, most=3, size=size, between=2)
    told = [section(f"Number {n}", key=f"k{n}") for n in range(40)]
    packed = chat.parts(alert(*told), tight)
    assert len(packed) == chat.MAX_PARTS
    for part in packed:
        assert sum(map(size, part)) + 2 * (len(part) - 1) <= tight.part
    shown = sum(piece.role is Role.HEAD for part in packed for one in part for piece in one)
    assert f"and {40 - shown} further developments" in chat.plain(packed[-1][-1])


def test_parts_are_numbered_and_hold_every_development_once() -> None:
    packed = chat.parts(digest(), ROOM)
    assert len(packed) > 1
    for number, part in enumerate(packed, start=1):
        assert part[-1][-1] == Piece(Role.SMALL, f"({number}/{len(packed)})")
    heads = [piece.text for part in packed for block in part for piece in block
             if piece.role is Role.HEAD]  # fmt: skip
    assert len(heads) == len(set(heads)) == 3


def test_an_empty_word_becomes_a_hash_and_a_plain_one_stays() -> None:
    assert limits.token("a-B_9", 10) == "a-B_9"
    for odd in ("", "a b", "x" * 11, "\ud800"):
        made = limits.token(odd, 10)
        assert len(made) == 10
        assert made.isalnum()
