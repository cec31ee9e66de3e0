"""No common word of diplomacy or war opens by itself a concept that a watch excludes.

A stem or a lemma that catches too much silences the very report that a watch waits for: a refused
truce by the refuse collectors, a delegation that left (partita) by a football match.
`clean_words.tsv` has a line for each word: the language, a tab, and forms of it with blanks
between, or pieces of several words with `|` between.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.app.wiring import read_settings
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.language import SimplemmaLexicon

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("clean_words.tsv")
LANGUAGES = ("de", "en", "es", "fr", "it", "pl", "ru", "tr", "uk")
#: Concepts of other subjects: any of them alone can keep an item from a watch.
EXCLUDING = frozenset(
    """
    sport film chess grain-deal rescue home-politics other-tables other-meetings other-events economy
    history visits pastimes gaza iran-nuclear india-pakistan afghanistan-pakistan thailand-cambodia
    congo sudan syria armenia-azerbaijan yemen libya cyprus kurds balkans-caucasus asia-other
    africa-other latin-america trade political-prisoners other-wars another-story other-papers
    other-rounds other-swaps stars kin town-hall truce-borrowed no-truce refugees funeral honours
    training-abroad pupils old-armies
    """.split()
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The shipped watches with their dictionaries."""
    settings = read_settings(ROOT / "config", env={})
    return Index(settings.rules, SimplemmaLexicon(tmp_path_factory.mktemp("words")))


def pieces(language: str) -> Iterator[str]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{language}\t"):
            listed = line.partition("\t")[2]
            yield from listed.split("|" if "|" in listed else None)


def opened(index: Index, text: str, language: str) -> set[str]:
    names = index.concepts_of(index.scan(Document(text, language=language)))
    return {name.removeprefix("$") for name in names} & EXCLUDING


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_diplomacy_opens_an_excluding_concept(index: Index, language: str) -> None:
    listed = [*pieces(language)]
    index.prepare(Document(piece, language=language) for piece in listed)
    found = {piece: names for piece in listed if (names := opened(index, piece, language))}
    assert found == {}
    assert len(listed) > 700


def test_the_excluding_concepts_are_there_and_do_open(index: Index) -> None:
    settings = read_settings(ROOT / "config", env={})
    assert settings.rules.concepts.keys() >= EXCLUDING
    assert "sport" in opened(index, "football", "en")
    assert "town-hall" in opened(index, "refuse collectors", "en")
