"""Text: cleaned once, folded without moving an offset, cut into words and sentences."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import (
    clean_line,
    clean_text,
    fold,
    numbers_of,
    sentences,
    tokens,
)

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


def test_folding_keeps_the_length_of_every_character_there_is() -> None:
    moved = [code for code in range(sys.maxunicode + 1) if len(fold(chr(code))) != 1]
    assert moved == []


@given(ANYTHING, ANYTHING)
def test_folding_is_the_same_wherever_a_text_stands(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)
    assert len(fold(left)) == len(left)
    assert fold(fold(left)) == fold(left)


@pytest.mark.parametrize(
    "spellings",
    [
        ("İSTANBUL", "Istanbul", "ıstanbul", "istanbul"),
        ("перемир'я", "ПЕРЕМИР’Я", "перемирʼя"),
        ("l'échange", "L’ÉCHANGE", "l`échange"),
        ("cease-fire", "Cease–Fire", "cease‑fire"),
        ("ΣΑΣ", "σας", "σασ"),
        ("Ｔｒｕｃｅ", "truce"),
    ],
)
def test_what_a_reader_takes_for_one_word_folds_alike(spellings: tuple[str, ...]) -> None:
    assert len({fold(spelling) for spelling in spellings}) == 1


@given(ANYTHING)
def test_tokens_lie_in_the_text_in_order_and_never_overlap(text: str) -> None:
    folded = fold(text)
    end = 0
    for token in tokens(folded):
        assert end <= token.start < token.end <= len(text)
        assert all(token.keys)
        if not token.is_number:
            assert token.word == folded[token.start : token.end]
        end = token.end


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Kremlin's 30-day truce", ["the", "kremlin's", "30", "day", "truce"]),
        ("Перемир'я на 30 днів", ["перемир'я", "на", "30", "днів"]),
        ("Перемирие: подъём, объявлено", ["перемирие", "подъём", "объявлено"]),
        ("Zawieszenie broni, Łódź", ["zawieszenie", "broni", "łódź"]),
        ("İstanbul'da ateşkes görüşmesi", ["istanbul'da", "ateşkes", "görüşmesi"]),
        ("Größte Waffenruhe für Kyjiw", ["größte", "waffenruhe", "für", "kyjiw"]),
        ("L’échange d'hier", ["l'échange", "d'hier"]),
        ("¿Alto el fuego? ¡Señor!", ["alto", "el", "fuego", "señor"]),
        ("Il cessate-il-fuoco è lì", ["il", "cessate", "il", "fuoco", "è", "lì"]),
        ("युद्धविराम की घोषणा", ["युद्धविराम", "की", "घोषणा"]),
        ("وقف إطلاق النار", ["وقف", "إطلاق", "النار"]),
    ],
)
def test_words_of_many_languages(text: str, words: list[str]) -> None:
    said = unicodedata.normalize("NFC", text)
    assert [token.word for token in tokens(fold(said))] == words


@pytest.mark.parametrize(
    ("word", "also"),
    [
        ("İstanbul'da", ("istanbul'da", "istanbul", "da")),
        ("l'échange", ("l'échange", "échange")),  # one letter is no word
        ("перемир'я", ("перемир'я",)),
    ],
)
def test_an_apostrophe_parts_a_latin_word_and_no_cyrillic_one(
    word: str, also: tuple[str, ...]
) -> None:
    (token,) = tokens(fold(word))
    assert token.keys == also


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,000 for 1,000", {"1000"}),
        ("1.200 Gefangene", {"1200"}),
        ("1 200 prisonniers, 1 200 полонених", {"1200"}),
        ("in 2022 and 1991, 3 talks", {"3"}),
        ("2,000 prisoners in 2025", {"2000"}),
        ("6000 bodies", {"6000"}),
    ],
)
def test_numbers_without_years(text: str, numbers: set[str]) -> None:
    assert numbers_of(text) == numbers


def test_words_are_the_same_for_every_way_of_writing_them() -> None:
    written = [[t.word for t in tokens(fold(s))] for s in ("Truce – ‘agreed’", "TRUCE: agreed")]
    assert written[0] == written[1] == ["truce", "agreed"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Putin met Dr. Medvedev. They spoke.", ["Mr. Putin met Dr. Medvedev.", "They spoke."]),
        ("V. Putin sagte nein. Kiew: ja.", ["V. Putin sagte nein.", "Kiew: ja."]),
        ("«Так.» Ні.", ["«Так.»", "Ні."]),
        ("«Да», — сказал он. Потом ушёл…", ["«Да», — сказал он.", "Потом ушёл…"]),
        ("¿Alto el fuego? ¡No! Nunca.", ["¿Alto el fuego?", "¡No!", "Nunca."]),
        ("First line\nsecond line", ["First line", "second line"]),
        ("3.5 million. 20 percent.", ["3.5 million.", "20 percent."]),
        (
            "停戦合意。東京は歓迎！次は？未定．続報",
            ["停戦合意。", "東京は歓迎！", "次は？", "未定．", "続報"],
        ),
        ("「停戦だ。」彼は言った。 終わり", ["「停戦だ。」", "彼は言った。", "終わり"]),
        ("３．５億円．終わり", ["３．５億円．", "終わり"]),
        ("Really？！ yes", ["Really？！", "yes"]),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == parts


@given(ANYTHING)
def test_sentences_hold_every_letter_once(text: str) -> None:
    clean = clean_text(text, 500)
    joined = "".join(clean[start:end] for start, end in sentences(clean))
    assert "".join(joined.split()) == "".join(clean.split())


@given(ANYTHING, st.integers(1, 80))
def test_cleaned_text_is_short_valid_and_shows_what_it_holds(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert not [c for c in line if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    line.encode()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\nTwo & three"),
        ("a<br/>b", "a\nb"),
        ("<script>alert(1)</script>Truce", "Truce"),
        ("<STYLE>p{}</STYLE >Truce<svg><text>no</text></svg>", "Truce"),
        ('<img alt="a > b" src=x>Truce', "Truce"),
        ("<a href='x'>Truce</a> agreed", "Truce agreed"),
        ("5 < 7 and 7 > 5", "5 < 7 and 7 > 5"),
        ("a <b", "a <b"),
        ("<![CDATA[Truce & more]]>", "Truce & more"),
        ("<![foo[ truce", "<![foo[ truce"),
        ("<!-- no --> yes <!-- unclosed", "yes unclosed"),
        ("&lt;b&gt;bold&lt;/b&gt; &amp;amp;", "<b>bold</b> &"),  # escaped twice: it is text
        ("&#x41;&#8217;&nbsp;&#1114112;&#" + "9" * 5000 + ";", "A’ \ufffd\ufffd"),
        ("Truce\r\nBcc: evil@example.org\u2028next\x00", "Truce\nBcc: evil@example.org\nnext"),
        ("tru\u200bce \u202eabc\u202c \ud800", "truce abc"),
        ("e\u0301change", "\u00e9change"),
    ],
)
def test_what_a_reader_would_see(source: str, text: str) -> None:
    assert clean_text(source, 1000) == text


@pytest.mark.parametrize(
    "piece",
    [".", "<", "<a ", "<!--", "<![", "<?", "</", "<a b='", '<a b="', "&", "&#", "<script>", "<svg>",
     "<a>", "'a", "1 000", ". (", "\n ", ". A"],
)  # fmt: skip
def test_no_text_takes_longer_than_it_is_long(piece: str) -> None:
    """64 Ki characters in well under a second; the slowest of these once took 46 s."""
    text = piece * (65_536 // len(piece))
    started = time.process_time()
    clean = clean_text(text, 65_536)
    sentences(text)
    sentences(clean)
    tokens(fold(clean))
    assert time.process_time() - started < 2.0
