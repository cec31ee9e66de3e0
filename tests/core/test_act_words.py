"""acts.tsv: a headline of our own invention, and an act that its words must tell, or must not.

A line is a language, an act (after `!` where it must not be found) and the headline, read with the
shipped vocabulary and the real lexicon.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import monitor
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import Concept, RuleBook, Watch
from monitor.core.text import clean_line
from monitor.language import SimplemmaLexicon
from monitor.settings.reading import Reading
from monitor.settings.vocabulary import read_vocabulary

TABLE = Path(__file__).with_name("acts.tsv")
ROWS = [
    tuple(line.split("\t"))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
NINE = ("en", "de", "fr", "es", "it", "pl", "tr", "uk", "ru")
SAID = {
    "propose", "announce", "schedule", "start", "end", "hold", "agree", "accept", "reject", "fail",
    "postpone", "cancel", "carry-out", "take-effect", "violate", "extend", "expire", "deny",
}  # fmt: skip
RECUR = {"start", "end", "hold", "carry-out"}


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, Concept]:
    reading = Reading({})
    folder = Path(monitor.__file__).with_name("lexicon")
    concepts, whole = read_vocabulary(folder, reading, None)
    assert whole
    assert not [*reading.findings.errors, *reading.findings.warnings]
    return concepts


@pytest.fixture(scope="module")
def index(vocabulary: dict[str, Concept]) -> Index:
    """A watch for each act, over the shipped words, with the real dictionaries."""
    watches = tuple(Watch(act, act, f"$act-{act}") for act in sorted(SAID))
    return Index(RuleBook(watches, vocabulary, (), (), ()), SimplemmaLexicon(None))


@pytest.mark.parametrize(("language", "act", "headline"), ROWS)
def test_an_act_is_told_by_its_words(index: Index, language: str, act: str, headline: str) -> None:
    scan = index.scan(Document(clean_line(headline, 300), language=language))
    told = {hit.watch for hit in index.hits(scan)}
    assert (act.removeprefix("!") in told) is not act.startswith("!")


def test_every_act_has_words_of_every_language(vocabulary: dict[str, Concept]) -> None:
    for act in SAID - {"hold"}:  # found by the words of $sat-together
        assert set(NINE) <= set(vocabulary[f"act-{act}"].words)
    assert set(NINE) <= set(vocabulary["sat-together"].words)
    assert {act for act in SAID if vocabulary[f"act-{act}"].recurs} == RECUR


def test_the_table_is_broad() -> None:
    found = Counter((language, act) for language, act, _ in ROWS)
    traps = Counter(language for language, act, _ in ROWS if act.startswith("!"))
    acts = Counter(act for _, act, _ in ROWS)
    assert {act.removeprefix("!") for _, act, _ in ROWS} == SAID
    assert min(acts[act] for act in SAID) >= 9
    assert all(found[language, act] for language in NINE for act in SAID - {"deny"})
    assert min(traps[language] for language in NINE) >= 6
    assert len(ROWS) == len(set(ROWS)) >= 400
