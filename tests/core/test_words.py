"""The forms of a word, the parts of a compound, the language of a text."""

from __future__ import annotations

import time

import pytest

from monitor.core.text import clean_text, fold, tokens
from monitor.core.words import (
    LONGEST_WORD,
    NoLexicon,
    compound,
    inflects,
    language_of,
    script_of,
    surfaces,
)
from tests.builders import Dictionary


def forms(text: str) -> set[str]:
    (token,) = tokens(fold(text))
    return set(surfaces(token))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        # R07: case and the four letters i
        ("İSTANBUL", "istanbul"),
        ("ISTANBUL", "istanbul"),
        ("Istanbul'da", "istanbul"),
        ("ıstanbul", "istanbul"),
        ("DİYARBAKIR", "diyarbakir"),
        ("ΣΑΣ", "σασ"),
        ("Straße", "straße"),
        # apostrophes
        ("l’échange", "échange"),
        ("перемирʼя", "перемир'я"),
        ("O`Brien", "brien"),
        # stress, vowel signs, and letters that are written in two ways
        ("переми\u0301р'я", "перемир'я"),
        ("ещё", "еще"),
        ("أحمد", "احمد"),
        ("غزة", "غزه"),
        ("مُحَمَّد", "محمد"),
        ("ســلام", "سلام"),
        # full width
        ("Ｔｒｕｃｅ", "truce"),
        ("１２３", "123"),
        # letters that look alike, C24 and R07
        ("сeasefire", "ceasefire"),  # a Cyrillic с
        ("ceasefіre", "ceasefire"),  # a Cyrillic і
        ("РOWs", "pows"),  # a Cyrillic Р
        ("Kиїв", "київ"),  # a Latin K
        ("вoйна", "война"),  # a Latin o
        ("пepeмиp'я", "перемир'я"),  # Latin e, p
        ("ATEŞKЕS", "ateşkes"),  # a Cyrillic Е
    ],
)
def test_a_word_is_found_by_what_a_reader_sees(text: str, form: str) -> None:
    assert form in forms(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("мир", "mip"),  # a word of one alphabet is not read in another
        ("cop", "сор"),
        ("şair", "sair"),  # what a mark tells apart
        ("échange", "echange"),
        ("їхати", "іхати"),
        ("й", "и"),
        ("zażalenie", "zazalenie"),
    ],
)
def test_what_carries_meaning_is_not_folded(text: str, form: str) -> None:
    assert form not in forms(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cease\u200bfire", ["ceasefire"]),
        ("tru\u00adce", ["truce"]),
        ("\u202etruce\u202c \u2067truce\u2069", ["truce", "truce"]),
        ("tr\u2060u\ufeffce", ["truce"]),
        ("c\u0327ag\u0306r\u0131", ["çağri"]),
        ("и\u0306", ["й"]),
        ("می\u200cرود", ["میرود"]),
        ("1\u00a0000 1\u202f000 1,000 1.000 1 000", ["1000"] * 5),
    ],
)
def test_items_reach_words_without_what_shows_nothing(text: str, words: list[str]) -> None:
    assert [token.word for token in tokens(fold(clean_text(text, 100)))] == words


LISTED = ("gefangene", "gefangenen", "austausch", "waffe", "ruhe", "frieden", "gespräche")


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("gefangenenaustausch", ("gefangenen", "austausch")),
        ("gefangeneaustausch", ("gefangene", "austausch")),
        ("waffenruhe", ("waffe", "ruhe")),
        ("friedensgespräche", ("frieden", "gespräche")),
        ("friedensruhe", ("frieden", "ruhe")),
        ("gefangenenaustauschgespräche", ("gefangenen", "austausch", "gespräche")),
        ("austausch", ()),
        ("austauschprogramm", ()),
        ("waffenstillstand", ()),
        ("ruheaus", ()),
        ("", ()),
    ],
)
def test_a_compound_is_made_of_listed_parts_alone(word: str, parts: tuple[str, ...]) -> None:
    assert compound(word, LISTED) == parts


def test_no_word_takes_longer_than_its_letters() -> None:
    """Sixty-four thousand letters once took two seconds to take apart."""
    started = time.process_time()
    for word in ("ruhe" * 16_000, "a" * 65_536, "ruhe" * (LONGEST_WORD // 4), "waffen" * 10_000):
        compound(word, {"ruhe", "aaaa", "waffe"})
        assert not inflects("a" * 65_536)
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize(
    ("word", "can"),
    [("uk", False), ("war", True), ("1000", False), ("2nd", False), ("a" * (LONGEST_WORD + 1), False)],
)  # fmt: skip
def test_only_words_inflect(word: str, can: bool) -> None:
    assert inflects(word) is can


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Truce in Kyiv", "LATIN"),
        ("Перемир'я", "CYRILLIC"),
        ("Kyiv перемир'я оголошено", "CYRILLIC"),
        ("هدنة", "ARABIC"),
        ("ανακωχή", "GREEK"),
        ("停战", "CJK"),
        ("1,000 — !", ""),
        ("", ""),
        ("abc где", ""),
    ],
)
def test_a_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("tag", "text", "detected", "language"),
    [
        ("en", "A truce", "fr", "en"),  # the feed is believed
        ("de-AT", "Waffenruhe", "", "de"),
        ("PT_br", "Trégua", "", "pt"),
        ("en", "Перемирие объявлено", "", "ru"),  # unless its script tells otherwise
        ("en", "Перемир'я оголошено в Києві", "", "uk"),
        ("ru", "Перемир'я оголошено в Києві", "", "uk"),
        ("uk", "Объявлено перемирие", "", "ru"),
        ("ru", "Мир", "uk", "ru"),  # nothing tells them apart: the feed is believed
        ("uk", "Ім'я Бырлэ", "", "uk"),  # letters of both
        ("ru", "Truce in Kyiv", "en", "en"),
        ("ru", "Truce in Kyiv", "ru", ""),  # neither can be
        ("", "Truce in Kyiv", "en", "en"),
        ("", "Truce in Kyiv", "", ""),
        ("", "ανακωχή", "", "el"),
        ("", "هدنة", "", ""),
        ("sr", "Primirje", "", "sr"),
        ("sr", "Примирје", "", "sr"),
        ("de", "1,000", "", "de"),
        ("", "", "", ""),
    ],
)
def test_the_language_is_what_the_feed_says_unless_the_letters_deny_it(
    tag: str, text: str, detected: str, language: str
) -> None:
    assert language_of(tag, text, Dictionary(language=detected)) == language


def test_a_lexicon_without_words_knows_none() -> None:
    none = NoLexicon()
    assert none.stems("en", ["a", "b"]) == ["", ""]
    assert none.lemmas("en", ["a"]) == {}
    assert none.detect("A truce") == ""
