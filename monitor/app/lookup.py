"""Which concepts find a word, and by which of its forms.

Whether an entry is found is asked of the very index that reads items; the reason is worked out
beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.app.backtest import batched
from monitor.app.glossary import Definition
from monitor.core.decide import field_text
from monitor.core.grammar import parse_concept_query
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.query import Part, Term, leaves, parse_term
from monitor.core.rules import Concept
from monitor.core.terms import ANY, UNSAID, Occurrence, Terms, find
from monitor.core.text import Token, fold, tokens
from monitor.core.vocabulary import Pack
from monitor.core.words import Lexicon, inflects, script_of, surfaces

#: By what a word is found: as it is written, by its beginning, its lemma, its stem, as a part of a
#: compound, as several words in order; or by another form of it.
SURFACE, BEGINNING, LEMMA, STEM, COMPOUND, PHRASE, FORM = (
    "surface", "beginning", "lemma", "stem", "compound", "phrase", "form",
)  # fmt: skip
#: The language of words in a concept's query, which name none.
IN_QUERY = "query"


@dataclass(frozen=True, slots=True)
class Meeting:
    """An entry that a word meets. `by` is the shared lemma, stem or beginning, where there is one.

    `language` is a code, `any`, or `query` for a word in the concept's query. `whole` is False
    where the word is only a part of the entry, or of the query: then it takes more than this word.
    """

    concept: str
    watch: str
    language: str
    entry: str
    key: str
    by: str
    whole: bool


def meetings(
    text: str, known: Iterable[Definition], languages: Iterable[str], lexicon: Lexicon
) -> tuple[Meeting, ...]:
    """Give the entries of concepts that meet a word (or words in order), as read in languages.

    Raises `ValueError` for a text without a word.
    """
    cut = tokens(fold(text))
    if not cut:
        raise ValueError("there is no letter or digit in it")
    terms = Terms()
    slots: list[tuple[_Entry, Part | None]] = []
    for entry in _entries(known):
        # a word alone may be a part of an entry; several words are looked for as they stand
        parts = entry.term.parts if len(cut) == 1 else ()
        for part in parts:
            terms.add(len(slots), entry.filed, Term(entry.term.text, (part,)))
            slots.append((entry, part))
        if not parts:
            terms.add(len(slots), entry.filed, entry.term)
            slots.append((entry, entry.term.parts[0] if len(entry.term.parts) == 1 else None))
    found: dict[int, Meeting] = {}
    for language in languages:
        occurrences: dict[int, list[Occurrence]] = defaultdict(list)
        find(Pack(terms, language, lexicon).row(text, whole=True), 0, occurrences)
        for slot in sorted(occurrences.keys() - found.keys()):
            entry, sought = slots[slot]
            key, by = _reason(cut, sought, language, lexicon) if sought else (PHRASE, "")
            whole = len(cut) > 1 or len(entry.term.parts) == 1
            found[slot] = entry.meeting(key, by, whole=whole)
    return tuple(dict.fromkeys(found[slot] for slot in sorted(found)))


def languages_for(text: str, known: Iterable[Definition]) -> tuple[str, ...]:
    """Give the languages with words that are written as a text is."""
    samples: dict[str, list[str]] = defaultdict(list)
    for one in known:
        for language, entries in one.concept.words.items():
            if language != ANY and len(samples[language]) < 40:
                samples[language].extend(entries[:4])
    script = script_of(text)
    return tuple(
        language for language, entries in sorted(samples.items())
        if not script or script_of(" ".join(entries)) == script
    )  # fmt: skip


def inflecting(concept: Concept, language: str) -> list[str]:
    """Give the single words of a language that other forms of them meet too, folded."""
    words = []
    for entry in concept.words.get(language, ()):
        parts = parse_term(entry).parts
        if len(parts) == 1 and not parts[0].prefix and not parts[0].exact:
            words.append(parts[0].word)
    return [word for word in words if inflects(word)]


def forms_met(documents: Iterable[Document], index: Index) -> tuple[int, Counter[str]]:
    """Read texts by an index of one watch: how many there are, and what it found in them."""
    count, forms = 0, Counter[str]()
    for batch in batched(documents):
        index.prepare(batch)
        count += len(batch)
        for document in batch:
            for hit in index.hits(index.scan(document)):
                texts = (field_text(document, one.field)[one.start : one.end] for one in hit.spans)
                forms.update(" ".join(text.split()) for text in texts)
    return count, forms


@dataclass(frozen=True, slots=True)
class _Entry:
    concept: str
    watch: str
    language: str
    term: Term

    @property
    def filed(self) -> str:
        """The language under which the index files it."""
        return UNSAID if self.language == IN_QUERY else self.language

    def meeting(self, key: str, by: str, *, whole: bool) -> Meeting:
        alone = whole and self.language != IN_QUERY
        return Meeting(self.concept, self.watch, self.language, self.term.text, key, by, alone)


def _entries(known: Iterable[Definition]) -> Iterator[_Entry]:
    listed = list(known)
    ids = {one.concept.id for one in listed}
    for one in listed:
        concept = one.concept
        for language, entries in concept.words.items():
            for entry in entries:
                yield _Entry(concept.id, one.watch, language, parse_term(entry))
        for term in _in_query(concept, ids):
            yield _Entry(concept.id, one.watch, IN_QUERY, term)


def _in_query(concept: Concept, ids: set[str]) -> list[Term]:
    """Give the words that a concept's query looks for itself, not those that it excludes."""
    if not concept.query:
        return []
    root = parse_concept_query(concept.query, ids).root
    return [leaf for leaf, wanted in leaves(root) if wanted and isinstance(leaf, Term)]


def _reason(cut: list[Token], part: Part, language: str, lexicon: Lexicon) -> tuple[str, str]:
    """Say by which key a part of an entry is found among words: the key, and what is shared."""
    reasons = (_reason_of(token, part, language, lexicon) for token in cut)
    return next((one for one in reasons if one[0] != FORM), (FORM, ""))


def _reason_of(token: Token, part: Part, language: str, lexicon: Lexicon) -> tuple[str, str]:
    forms = surfaces(token)
    if part.prefix and any(form.startswith(part.word) for form in forms):
        return BEGINNING, f"{part.word}*"
    listed = surfaces(Token(0, len(part.word), (part.word,)))
    if not set(forms).isdisjoint(listed):
        return SURFACE, ""
    lemmas: Mapping[str, str] = lexicon.lemmas(language, {part.word, *forms})
    own = lemmas.get(part.word, part.word)
    if any(own in {form, lemmas.get(form)} or part.word == lemmas.get(form) for form in forms):
        return LEMMA, own
    stem = lexicon.stems(language, [part.word])[0]
    if stem and stem in lexicon.stems(language, list(forms)):
        return STEM, stem
    if any(part.word in form or own in form for form in forms):
        return COMPOUND, own if own in forms[0] else part.word
    return FORM, ""
