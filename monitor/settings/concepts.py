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
from monitor.settings.reading import Found, Reading


def read_concepts(
    found: list[Found], beneath: Mapping[str, Concept], reading: Reading
) -> tuple[dict[str, Concept], bool]:
    """Give the concepts of a folder over those `beneath`; the flag says that all were right."""
    result = dict(beneath)
    first: dict[str, str] = {}
    whole = True
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
            fresh[key] = concept
        result.update(laid_over(document, ("concepts",), fresh, beneath, reading))
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
        if concept.extend and below is None:
            said = f"there is no concept {shown(key)} to extend"
            hint = near_miss(key, beneath) or "leave `extend` out"
            reading.findings.error(document.problem((*here, "extend"), said, hint, at_key=True))
        elif concept.extend and below is not None:
            about, side, recurs = about or below.about, side or below.side, recurs or below.recurs
            words = {
                code: tuple(dict.fromkeys((*below.words.get(code, ()), *words.get(code, ()))))
                for code in (*below.words, *(code for code in words if code not in below.words))
            }
        result[key] = Concept(key, about, words, side, recurs)
    return result


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
        for index, entry in enumerate(entries):
            try:
                parse_term(entry)
            except QueryError as error:
                where = (*path, code, index)
                reading.findings.error(document.problem(where, error.message, error.hint))
        words[code] = tuple(dict.fromkeys(entries))
    if not any(words.values()):
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
