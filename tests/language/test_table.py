"""words.tsv: what is listed, a text, and whether it must be found there, by the real lexicon.

A line is the language of the entries (with `/` before that of the text, where it is another), the
entries of one concept, the text, and `yes` or `no`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import Concept, RuleBook, Watch
from monitor.core.text import clean_line
from monitor.language import SimplemmaLexicon

TABLE = Path(__file__).with_name("words.tsv")
ROWS = [
    tuple(line.split("\t"))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
NINE = ("en", "de", "fr", "es", "it", "pl", "tr", "ru", "uk")
#: A word that is in no text: with it the language of a text has a pack of its own.
FILLER = "qqxzvk"


def book_of(listed: str, language: str, text_language: str) -> RuleBook:
    words = {text_language: (FILLER,), language: tuple(listed.split(" | "))}
    concept = Concept("c", words=words)
    watch = Watch("w", "Words", "$c")
    return RuleBook((watch,), {"c": concept}, (), (), ())


@pytest.mark.parametrize(("languages", "listed", "text", "found"), ROWS)
def test_an_entry_is_found_where_it_must_be(
    lexicon: SimplemmaLexicon, languages: str, listed: str, text: str, found: str
) -> None:
    language, _, other = languages.partition("/")
    document = Document(clean_line(text, 300), language=other or language)
    index = Index(book_of(listed, language, other or language), lexicon)
    index.prepare([document])
    assert ("yes" if index.hits(index.scan(document)) else "no") == found


def test_the_table_is_broad() -> None:
    lines = Counter(row[0] for row in ROWS)
    refused = Counter(row[0] for row in ROWS if row[3] == "no")
    assert {len(row) for row in ROWS} == {4}
    assert {row[3] for row in ROWS} == {"yes", "no"}
    assert min(lines[language] for language in NINE) >= 40
    assert min(refused[language] for language in NINE) >= 6
    assert sum(not unicodedata.is_normalized("NFC", row[2]) for row in ROWS) >= 6
    assert len(ROWS) == len(set(ROWS)) >= 400
