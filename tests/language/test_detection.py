"""The language of a headline, where its feed does not say it."""

from __future__ import annotations

import socket
import threading

import pytest

from monitor.language import SimplemmaLexicon
from monitor.language.detection import FEWEST_LETTERS

HEADLINES = {
    "en": [
        "Wounded soldiers come home after months of talks",
        "Mediators expect an answer on the truce by Friday",
        "WHAT WE KNOW ABOUT THE LATEST EXCHANGE OF CAPTIVES",
    ],
    "de": [
        "Verwundete Soldaten kehren nach Monaten heim",
        "Vermittler erwarten bis Freitag eine Antwort",
        "Streit um die Waffenruhe überschattet das Treffen",
    ],
    "fr": [
        "Les soldats blessés rentrent après des mois de pourparlers",
        "Les médiateurs attendent une réponse d'ici vendredi",
    ],
    "es": [
        "Los soldados heridos vuelven tras meses de negociaciones",
        "Los mediadores esperan una respuesta antes del viernes",
    ],
    "it": [
        "I soldati feriti tornano dopo mesi di colloqui",
        "I mediatori si aspettano una risposta entro venerdì",
    ],
    "pl": [
        "Ranni żołnierze wracają po miesiącach rozmów",
        "Mediatorzy oczekują odpowiedzi do piątku",
    ],
    "tr": [
        "Yaralı askerler aylar süren görüşmelerin ardından döndü",
        "Arabulucular cumaya kadar yanıt bekliyor",
        "TARAFLAR İSTANBUL'DA BİR ARAYA GELDİ",
    ],
    "ru": [
        "Раненые солдаты вернулись после месяцев переговоров",
        "Посредники ждут ответа до пятницы",
    ],
    "uk": [
        "Поранені бійці повернулися після місяців переговорів",
        "Посередники чекають на відповідь до п’ятниці",
    ],
    "ar": ["عودة الجنود الجرحى بعد أشهر من المفاوضات"],
}


@pytest.mark.parametrize(
    ("language", "headline"),
    [(language, headline) for language, lines in HEADLINES.items() for headline in lines],
)
def test_a_headline_has_its_language(
    lexicon: SimplemmaLexicon, language: str, headline: str
) -> None:
    assert lexicon.detect(headline) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "Istanbul",
        "Zelensky, Putin",
        "12.06.2025 14:30 — 1000:1000",
        "🕊️🕊️🕊️🕊️🕊️🕊️🕊️🕊️🕊️🕊️🕊️🕊️🕊️",
        "a" * (FEWEST_LETTERS - 1),
    ],
)
def test_too_little_tells_no_language(lexicon: SimplemmaLexicon, text: str) -> None:
    assert lexicon.detect(text) == ""


def test_what_fits_several_languages_is_left_open(lexicon: SimplemmaLexicon) -> None:
    assert lexicon.detect("Spotkanie w Stambule") == ""
    assert lexicon.detect("Liberati tre marinai") == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Посол прибув до столиці: Київ готує відповідь", "uk"),
        ("Посол прибыл в столицу: Киев готовит ответ", "ru"),
    ],
)
def test_letters_settle_between_neighbours(
    lexicon: SimplemmaLexicon, text: str, language: str
) -> None:
    assert lexicon.detect(text) == language


def test_a_language_of_three_letters_is_none_that_feeds_use(lexicon: SimplemmaLexicon) -> None:
    cebuano = "Ang mga sundalo mipauli na sa ilang mga balay human sa daghang bulan"
    assert len(lexicon.detect(cebuano)) in {0, 2}


def test_lines_and_length_do_not_matter(lexicon: SimplemmaLexicon) -> None:
    assert lexicon.detect("Mediators expect\nan answer\r\nby Friday " * 5000) == "en"


def test_detection_asks_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("FTLANG_CACHE", "/nonexistent")
    assert SimplemmaLexicon(None).detect(HEADLINES["en"][0]) == "en"


def test_threads_share_the_model() -> None:
    fresh = SimplemmaLexicon(None)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(fresh.detect(HEADLINES["tr"][0])))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["tr"] * 4
