"""Names and numbers are the same in every language: consonants in one alphabet, digits."""

from __future__ import annotations

import pytest

from monitor.core.skeletons import names_and_numbers, skeleton
from monitor.core.text import fold


@pytest.mark.parametrize(
    "spellings",
    [
        "Zelensky Selenskyj Zełenski Zelenskiy Зеленський Зеленский",
        "Medinsky Medinski Medinskij Мединский Мединський",
        "Lavrov Lawrow Lavrow Лавров",
        "Chernihiv Tschernihiw Tchernihiv Czernihów",
        "Kharkiv Charkiw Charków Харків",
        "Yermak Jermak Ermak Єрмак Ермак",
        "Umerov Umerow Умєров Умеров",
        "Budanov Budanow Буданов",
        "Dolmabahçe Dolmabahce Dolmabahche",
    ],
)
def test_one_name_has_one_skeleton_in_all_spellings(spellings: str) -> None:
    assert len({skeleton(fold(word)) for word in spellings.split()}) == 1


def test_two_names_are_two() -> None:
    names = "Zelensky Putin Medinsky Lavrov Witkoff Umerov Erdogan Fidan Kellogg Budanov"
    assert len({skeleton(fold(word)) for word in names.split()}) == len(names.split())


@pytest.mark.parametrize("word", ["", "aeiou", "Ana", "日本", "12", "ы"])
def test_what_has_too_few_consonants_has_none(word: str) -> None:
    assert skeleton(fold(word)) == ""


def test_names_are_what_is_written_with_a_capital() -> None:
    assert names_and_numbers("talks with Medinsky in Çırağan palace") == {"mdnsk", "krgn"}


@pytest.mark.parametrize(
    ("text", "name"), [("İstanbul'da görüştüler", "İstanbul"), ("près de l'Élysée", "Élysée")]
)
def test_what_hangs_on_a_name_by_an_apostrophe_is_no_part_of_it(text: str, name: str) -> None:
    assert names_and_numbers(text) == {skeleton(fold(name))}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a thousand prisoners"),
        ("en", "1,000 prisoners"),
        ("de", "tausend gefangene"),
        ("de", "1.000 gefangene"),
        ("fr", "mille prisonniers"),
        ("fr", "1\u202f000 prisonniers"),
        ("es", "mil prisioneros"),
        ("it", "mille prigionieri"),
        ("tr", "bin esir"),
        ("pl", "tysiąc jeńców"),
        ("ru", "тысяча пленных"),
        ("uk", "тисяча полонених"),
    ],
)
def test_a_number_is_its_digits_in_words_too(language: str, text: str) -> None:
    assert names_and_numbers(text, language) == {"1000"}


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("en", "twelve hundred men, 30 days", {"1200", "30"}),
        ("ru", "6 тысяч тел и тысяча двести человек", {"6000", "1200"}),
        ("tr", "1 bin 200 esir", {"1200"}),
        ("tr", "bin iki yüz esir", {"1200"}),
        ("pl", "dwadzieścia pięć osób", {"25"}),
        ("uk", "дев'яносто", set()),
        ("en", "two sides, one table", set()),
        ("en", "3 of 5, 303 and 390", {"3", "5", "303", "390"}),
        ("en", "since 2022 and by 1 June 2025", {"1"}),
        ("ar", "تبادل ٣٩٠ أسيرا", {"390"}),
        ("", "9" * 5000, set()),
    ],
)
def test_numbers_are_put_together_and_told_apart(
    language: str, text: str, numbers: set[str]
) -> None:
    found = names_and_numbers(text, language)
    assert {each for each in found if each.isdigit()} == numbers


def test_a_number_word_counts_in_its_own_language_only() -> None:
    assert names_and_numbers("ich bin hier", "de") == frozenset()
    assert names_and_numbers("bin esir", "tr") == {"1000"}
