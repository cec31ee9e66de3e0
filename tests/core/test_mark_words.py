"""marks.tsv: which marks of the shipped vocabulary a headline bears, by the real lexicon.

A line is a language, a mark without its `mark-`, and a headline; `!` before the headline says that
the mark must not be found in it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import monitor
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import RuleBook, Watch
from monitor.core.text import clean_line
from monitor.language import SimplemmaLexicon
from monitor.settings.reading import Reading
from monitor.settings.vocabulary import read_vocabulary

TABLE = Path(__file__).with_name("marks.tsv")
ROWS = [
    tuple(line.split("\t"))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
NINE = ("en", "de", "fr", "es", "it", "pl", "tr", "uk", "ru")
MARKS = (
    "not", "not-pseudo", "hedge", "if", "plan", "before", "ask", "past", "review", "live", "said", "clause",
    "and", "despite", "again", "both", "one-sided", "about", "each",
)  # fmt: skip


@pytest.fixture(scope="module")
def index() -> Index:
    """Every mark as a watch of its own, so that the hits of a headline are its marks."""
    folder = Path(monitor.__file__).parent / "lexicon"
    concepts, whole = read_vocabulary(folder, Reading({}), None)
    assert whole
    watches = tuple(Watch(mark, mark, f"$mark-{mark}") for mark in MARKS)
    return Index(RuleBook(watches, concepts, (), (), ()), SimplemmaLexicon(None))


@pytest.mark.parametrize(("language", "mark", "headline"), ROWS)
def test_a_mark_is_found_where_it_stands(
    index: Index, language: str, mark: str, headline: str
) -> None:
    trap = headline.startswith("!")
    document = Document(clean_line(headline.removeprefix("!"), 300), language=language)
    found = {hit.watch for hit in index.hits(index.scan(document))}
    assert (mark in found) != trap


def test_the_table_is_broad() -> None:
    traps = Counter(row[0] for row in ROWS if row[2].startswith("!"))
    found = {(row[0], row[1]) for row in ROWS if not row[2].startswith("!")}
    assert {len(row) for row in ROWS} == {3}
    assert {row[1] for row in ROWS} == set(MARKS)
    # Turkish has no word before what is ahead: "görüşmeler öncesi" follows it, and is a plan
    assert found == {(lang, mark) for lang in NINE for mark in MARKS} - {("tr", "before")}
    assert min(traps[language] for language in NINE) >= 5
    assert len(ROWS) == len(set(ROWS)) >= 220


@pytest.mark.parametrize(
    ("mark", "language", "stranger", "headline"),
    [
        ("clause", "it", "en", "Ma la tregua regge"),
        ("plan", "de", "pl", "Will soll sollen"),
        ("if", "fr", "it", "Si Moscou signe"),
        ("not", "es", "pl", "Sin canje"),
        ("and", "pl", "de", "Ciała i jeńcy"),
    ],
)
def test_marks_never_mix_languages(
    index: Index, mark: str, language: str, stranger: str, headline: str
) -> None:
    """The small words of one language mean nothing in a headline of another."""
    for code, wanted in ((language, True), (stranger, False)):
        hits = index.hits(index.scan(Document(headline, language=code)))
        assert (mark in {hit.watch for hit in hits}) == wanted
