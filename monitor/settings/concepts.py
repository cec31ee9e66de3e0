"""Concepts: the shipped vocabulary, the user's over it, a watch's own over both."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.query import parse_term
from monitor.core.rules import Concept
from monitor.errors import QueryError
from monitor.settings.document import Document, Path
from monitor.settings.explain import fitted, keys_of
from monitor.settings.fields import LANGUAGES, language
from monitor.settings.files import ConceptFile, ConceptsFile
from monitor.settings.findings import near_miss, shown
from monitor.settings.letters import normal
from monitor.settings.queries import check_concept_query, check_words, joined, names_in
from monitor.settings.reading import Found, Reading

#: Where a concept is defined: its file, and the path to it there.
Source = tuple[Document, Path]
#: How many concepts may stand behind one another by their queries.
MAX_CHAIN = 16


def read_concepts(
    found: list[Found], beneath: Mapping[str, Concept], reading: Reading, *, whole: bool = True
) -> tuple[dict[str, Concept], bool]:
    """Give the concepts of a folder over those `beneath`; the flag says that all were read.

    Queries are judged only where `whole` says that nothing of the rest is unread.
    """
    result = dict(beneath)
    first: dict[str, str] = {}
    shapes: dict[str, ConceptFile] = {}
    sources: dict[str, Source] = {}
    for name, _, document in found:
        shape, problems = fitted(document, ConceptsFile, document.data)
        for _, problem in problems:
            reading.findings.error(problem)
        if shape is None:
            whole = False
            continue
        fresh: dict[str, ConceptFile] = {}
        for key, concept in shape.concepts.items():
            if key in first:
                said = f"the concept {shown(key)} is there twice"
                path: Path = ("concepts", key)
                problem = document.problem(path, said, f"first in {first[key]}", at_key=True)
                reading.findings.error(problem)
                continue
            first[key] = f"{name}:{document.spots['concepts', key].key.line}"
            fresh[key] = shapes[key] = concept
            sources[key] = (document, ("concepts", key))
        result.update(laid_over(document, ("concepts",), fresh, beneath, reading))
    if whole:
        check_concepts(sources, shapes, result, reading)
    return result, whole


def laid_over(
    document: Document, path: Path, concepts: Mapping[str, ConceptFile],
    beneath: Mapping[str, Concept], reading: Reading,
) -> dict[str, Concept]:  # fmt: skip
    """Give the concepts of one mapping; those that extend hold the words from beneath too."""
    result: dict[str, Concept] = {}
    for key, concept in concepts.items():
        here = (*path, key)
        words = _words(document, here, concept, reading)
        below = beneath.get(key)
        about, side, recurs = concept.about, concept.side, concept.recurs
        query = joined(concept.query)
        if concept.extend and below is None:
            said = f"there is no concept {shown(key)} to extend"
            hint = near_miss(key, beneath) or "leave `extend` out"
            reading.findings.error(document.problem((*here, "extend"), said, hint, at_key=True))
        elif concept.extend and below is not None:
            about, side, recurs = about or below.about, side or below.side, recurs or below.recurs
            query = query or below.query
            words = {
                code: tuple(dict.fromkeys((*below.words.get(code, ()), *words.get(code, ()))))
                for code in (*below.words, *(code for code in words if code not in below.words))
            }
        result[key] = Concept(key, about, words, side, recurs, query)
    return result


def check_concepts(
    sources: Mapping[str, Source], shapes: Mapping[str, ConceptFile],
    concepts: Mapping[str, Concept], reading: Reading,
) -> None:  # fmt: skip
    """Say what is wrong with the queries of these concepts among all others."""
    own = [key for key in sources if shapes[key].query]
    for key in own:
        document, path = sources[key]
        check_concept_query(document, (*path, "query"), shapes[key].query, concepts, reading)
    told: set[str] = set()
    heights: dict[str, int] = {}
    for key in own:
        circle = _circle(key, concepts, heights)
        document, path = sources[key]
        where = (*path, "query")
        if circle and key not in told:
            told.update(circle)
            said = "concepts are found by one another: " + " -> ".join(
                f"${name}" for name in circle
            )
            reading.findings.error(document.problem(where, said, "break the circle"))
        elif heights.get(key, 0) > MAX_CHAIN:
            said = f"this stands on {heights[key]} concepts one behind the other"
            reading.findings.error(document.problem(where, said, f"at most {MAX_CHAIN}"))


def _circle(start: str, concepts: Mapping[str, Concept], heights: dict[str, int]) -> list[str]:
    """Give a circle of concepts that `start` leads into, its first once more at its end, or none.

    `heights` learns how many concepts stand behind one another beneath each that leads into none.
    """
    chain = [start]
    waiting = [_asked(start, concepts)]
    while chain:
        if waiting[-1]:
            name = waiting[-1].pop()
            if name in chain:
                return [*chain[chain.index(name) :], name]
            if name not in heights:
                chain.append(name)
                waiting.append(_asked(name, concepts))
            continue
        waiting.pop()
        name = chain.pop()
        beneath = (heights[one] for one in _asked(name, concepts))
        heights[name] = 1 + max(beneath, default=0)
    return []


def _asked(name: str, concepts: Mapping[str, Concept]) -> list[str]:
    return sorted((key for key in names_in(concepts[name].query) if key in concepts), reverse=True)


def _words(
    document: Document, path: Path, concept: ConceptFile, reading: Reading
) -> dict[str, tuple[str, ...]]:
    """Give the words by language; what is no language and what is no word is said."""
    words: dict[str, tuple[str, ...]] = {}
    for code, entries in (concept.model_extra or {}).items():
        if code != "any" and not _is_language(code):
            said = f"{shown(code)} is neither a language nor a key of a concept"
            hint = near_miss(code, ["any", *keys_of(ConceptFile, ())])
            hint = hint or "two letters such as en, uk, tr, or `any`"
            reading.findings.error(document.problem((*path, code), said, hint, at_key=True))
            continue
        is_list = (*path, code, 0) in document.spots
        for index, entry in enumerate(entries):
            where = (*path, code, index) if is_list else (*path, code)
            try:
                parse_term(entry)
            except QueryError as error:
                reading.findings.error(document.problem(where, error.message, error.hint))
            check_words(document, where, entry, reading)
        words[code] = tuple(dict.fromkeys(map(normal, entries)))
    if not any(words.values()) and not concept.query:
        said = f"the concept {shown(path[-1])} has no words"
        hint = "write for example en: [ceasefire, truce]"
        reading.findings.error(document.problem(path, said, hint, at_key=True))
    return words


def _is_language(code: str) -> bool:
    try:
        language(code)
    except ValueError:
        return False
    return code.partition("-")[0] in LANGUAGES or len(code.partition("-")[0]) == 3
