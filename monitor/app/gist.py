"""What a text is about: the words of its own, its names, and the concepts that it holds."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.app.everyday import EVERYDAY
from monitor.app.weighing import fault_in, keys_of, lemma_of, weights_of
from monitor.core.claim_reader import ACT, MARK
from monitor.core.common_words import COMMON_WORDS
from monitor.core.grammar import parse_query
from monitor.core.match import Index
from monitor.core.model import Document, Span
from monitor.core.query import Ref, leaves
from monitor.core.rules import Concept, RuleBook, Watch
from monitor.core.text import fold, sentences
from monitor.core.words import Lexicon
from monitor.errors import CommandError

#: Words and names of its own that a watch is begun with, and concepts of each kind.
TOPIC_WORDS, NAMES, CONCEPTS = 6, 5, 3
#: Concepts that are looked for at once: a query has a longest length.
AT_ONCE = 200
#: Watches whose queries are read to learn which concepts they look for.
READ_WATCHES = 50
#: Concepts whose ids begin so are of other stories: watches name them to leave these out.
OTHERS = "other-"
#: Share of a concept's words that are of all languages, from which on it stands for a name.
SHARED = 0.4
_REFERENCE = re.compile(r"\$([\w-]+)")
_LISTED = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Met:
    """A concept that a text holds, and the words by which it was found."""

    concept: Concept
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gist:
    """What a watch can be made of. `topics` and `names` are entries as people write them.

    `what` and `who` are concepts that stand for a topic and for a name; `beside` are those that
    were met as well and are too general, or another story's, to be asked for. `lines` are the
    sentences, the first one first; `taken_by` are watches that take the text already. `general`
    says that the topics are such as any news has: none of them is to open a watch alone.
    """

    lines: tuple[str, ...]
    topics: tuple[str, ...]
    names: tuple[str, ...] = ()
    what: tuple[Met, ...] = ()
    who: tuple[Met, ...] = ()
    beside: tuple[Met, ...] = ()
    taken_by: tuple[str, ...] = ()
    general: bool = False


def listed_words(text: str) -> tuple[str, ...]:
    """Give the words of a list such as `election, ballot, recount`; nothing for running text."""
    pieces = [piece.strip() for piece in _LISTED.split(text) if piece.strip()]
    if any(len(piece.split()) > 3 or re.search(r"[.!?]$", piece) for piece in pieces):
        return ()
    return tuple(dict.fromkeys(pieces)) if len(pieces) > 1 or len(text.split()) == 1 else ()


def gist_of_list(words: Sequence[str], language: str, book: RuleBook, lexicon: Lexicon) -> Gist:
    """Give the gist of words that a person listed, concepts written `$so` among them.

    A word that a concept finds as well stays a word. Raises `CommandError` for one that cannot be
    looked for.
    """
    entries = [word.strip('"') for word in words if not word.startswith("$")]
    for entry in entries:
        if fault := fault_in(entry, COMMON_WORDS):
            raise CommandError(f"{entry!r} cannot be looked for: {fault}")
    names = [word[1:] for word in words if word.startswith("$")]
    for name in names:
        if name not in book.concepts:
            close = difflib.get_close_matches(name, book.concepts, n=1)
            hint = f"; did you mean ${close[0]}?" if close else ""
            raise CommandError(f"there is no concept ${name}{hint}")
    line = ", ".join(entry.strip("=*") for entry in entries)
    met = _met(line, language, book, lexicon, frozenset())
    found = [one for one in met if one.concept.id not in names]
    return Gist(
        lines=(line,) if line else (),
        topics=tuple(dict.fromkeys(entries)),
        what=tuple(Met(book.concepts[name], ()) for name in dict.fromkeys(names)),
        beside=tuple(found[: 2 * CONCEPTS]),
    )


def gist_of_text(
    text: str,
    language: str,
    book: RuleBook,
    lexicon: Lexicon,
    own: frozenset[str],
    called: str = "",
) -> Gist:
    """Give the gist of running text. `own` are the concepts that the user wrote.

    `called` is the name of the watch: a word of the text that it begins weighs more.
    """
    lines = tuple(text[start:end] for start, end in sentences(text))
    if not lines:
        return Gist((), ())
    weights = weights_of(lines, language, lexicon, called)
    topics = _heaviest(weights.topics, text)
    taken_by, proving = _taken(lines, language, book, lexicon)
    met = list(_met(text, language, book, lexicon, proving | own))
    rested_on = _rested_on(book)
    who = [
        one for one in met
        if one.concept.id in rested_on | own and _is_name(one)
    ][:CONCEPTS]  # fmt: skip
    salient = set(topics[: 2 * TOPIC_WORDS])
    what = [
        one for one in met
        if one.concept.id in proving | own and one not in who
        and any(keys_of(word) & salient for word in one.words)
    ][:CONCEPTS]  # fmt: skip
    covered = {key for one in (*who, *what) for word in one.words for key in keys_of(word)}
    mine = [key for key in topics if key not in covered]
    telling = [key for key in mine if key not in weights.general]
    words = [weights.written[key] for key in telling or mine]
    names = [name for name in _heaviest(weights.names, text) if not keys_of(name) & covered]
    return Gist(
        lines=lines,
        topics=_distinct(words, language, lexicon)[:TOPIC_WORDS],
        names=tuple(names)[:NAMES],
        what=tuple(what),
        who=tuple(who),
        beside=tuple(one for one in met if one not in who and one not in what)[: 2 * CONCEPTS],
        taken_by=taken_by,
        general=not telling,
    )  # fmt: skip


def _distinct(words: Sequence[str], language: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Give words as their dictionary lists them, each once: not Geräte beside Geräten."""
    lemmas = lexicon.lemmas(language, [fold(word) for word in words]) if language else {}
    found: dict[str, str] = {}
    for word in words:
        if entry := lemma_of(word, language, lexicon):
            found.setdefault(lemmas.get(fold(word), fold(entry)), entry)
    return tuple(dict.fromkeys(found.values()))


def _heaviest(weights: Counter[str], text: str) -> list[str]:
    """Give words in order of weight, those of one weight as they stand in the text."""
    folded = fold(text)
    return sorted(weights, key=lambda word: (-weights[word], folded.find(fold(word))))


# --- concepts ---------------------------------------------------------------------------------


def _met(
    text: str, language: str, book: RuleBook, lexicon: Lexicon, preferred: frozenset[str]
) -> Iterator[Met]:
    """Give the concepts that a text holds, in the order of its words.

    Of those that share a word a preferred one is given, else the one that covers most, then the
    narrowest, one that has words of its own before one that rests on others. Everyday words are no
    find.
    """
    spans = [
        span
        for part in _parts(book)
        for span in _spans(part, Document(text, language=language), lexicon)
        if not keys_of(text[span.start : span.end]) <= EVERYDAY
    ]
    owners: dict[tuple[int, int], list[Span]] = {}
    for span in sorted(spans, key=lambda one: (one.start, one.start - one.end)):
        place = next((at for at in owners if at[0] <= span.start and span.end <= at[1]), None)
        owners.setdefault(place or (span.start, span.end), []).append(span)
    found: dict[str, dict[str, None]] = {}
    for among in owners.values():
        best = min(
            among,
            key=lambda one: (
                one.term[1:] not in preferred,
                one.start - one.end,
                _breadth(book.concepts[one.term[1:]]),
            ),
        )
        found.setdefault(best.term[1:], {})[text[best.start : best.end]] = None
    for name, words in found.items():
        yield Met(book.concepts[name], tuple(words))


def _parts(book: RuleBook) -> Iterator[RuleBook]:
    """Give rule books that look for every concept but acts and marks, some of them at a time."""
    names = [name for name in book.concepts if not name.startswith((ACT, MARK))]
    for start in range(0, len(names), AT_ONCE):
        query = " OR ".join(f"${name}" for name in names[start : start + AT_ONCE])
        yield replace(book, watches=(Watch("all", "all", query),))


def _spans(part: RuleBook, document: Document, lexicon: Lexicon) -> Iterable[Span]:
    index = Index(part, lexicon)
    return index.spans(index.scan(document))


def _breadth(concept: Concept) -> tuple[bool, int, str]:
    return not concept.words, sum(map(len, concept.words.values())), concept.id


def _is_name(met: Met) -> bool:
    """Say whether a concept stands for a name: many of its words are of all languages.

    Its words in the text are written large, where the script has capitals.
    """
    words = met.concept.words
    entries = sum(map(len, words.values()))
    shared = len(words.get("any", ()))
    return shared >= SHARED * entries > 0 and not any(word[:1].islower() for word in met.words)


def _rested_on(book: RuleBook) -> frozenset[str]:
    """Give the concepts that watches look for, themselves or through others; not other stories."""
    found: set[str] = set()
    waiting = [
        name
        for watch in book.watches[:READ_WATCHES]
        for name in _named(watch.query, {**book.concepts, **watch.concepts})
        if name not in watch.concepts
    ]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _named(book.concepts[name].query, book.concepts)
    return frozenset(name for name in found if not name.startswith(OTHERS))


def _taken(
    lines: Sequence[str], language: str, book: RuleBook, lexicon: Lexicon
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Give the watches that take a text already, and the concepts that prove it to them.

    Those that have no words but a query are left out: they are wide, as a sign of a whole war is.
    """
    document = Document(lines[0], "\n".join(lines[1:]), language=language)
    index = Index(book, lexicon)
    hits = index.hits(index.scan(document))
    terms = " ".join(span.term for hit in hits for span in hit.spans)
    named = (book.concepts.get(name) for name in _REFERENCE.findall(terms))
    proving = frozenset(concept.id for concept in named if concept and concept.words)
    return tuple(hit.watch for hit in hits), proving


def _named(query: str, concepts: Mapping[str, Concept]) -> frozenset[str]:
    """Give the concepts whose presence speaks for a query."""
    if not query:
        return frozenset()
    root = parse_query(query, concepts, match_all=True).root
    return frozenset(
        leaf.concept for leaf, wanted in leaves(root) if wanted and isinstance(leaf, Ref)
    )
