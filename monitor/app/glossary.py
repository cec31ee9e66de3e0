"""The concepts of a configuration as people ask about them: where one is from, who rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.core.rules import Concept, RuleBook, Watch
from monitor.settings import Settings
from monitor.settings.loader import LEXICON
from monitor.settings.queries import named, names_in
from monitor.settings.reading import Found, Reading, list_folder, open_document

#: Where a concept is from: the vocabulary of the program, `config/concepts/`, a watch's file.
SHIPPED, YOURS, OF_WATCH = "shipped", "yours", "watch"


@dataclass(frozen=True, slots=True)
class Definition:
    """A concept in force. `watch` is the one that keeps it to itself, "" for a shared one."""

    concept: Concept
    origin: str
    watch: str = ""

    @property
    def words(self) -> int:
        """How many entries it has in all languages."""
        return sum(map(len, self.concept.words.values()))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a concept stands: the file's name, the line, whether it adds to one beneath it."""

    origin: str
    file: str
    line: int
    extends: bool


@dataclass(frozen=True, slots=True)
class Uses:
    """Who rests on a concept: by naming it, or (`through`) by naming one that rests on it."""

    concepts: tuple[str, ...]
    watches: tuple[str, ...]
    through: tuple[str, ...]


def definitions(settings: Settings) -> tuple[Definition, ...]:
    """Give every concept in force, the shared ones first, in order of name."""
    own = {key for found in _own_files(settings) for key in _listed(found)}
    shared = [
        Definition(concept, YOURS if name in own else SHIPPED)
        for name, concept in sorted(settings.rules.concepts.items())
    ]
    kept = [
        Definition(concept, OF_WATCH, watch.id)
        for watch in settings.rules.watches
        for _, concept in sorted(watch.concepts.items())
    ]
    return (*shared, *kept)


def places_of(definition: Definition, settings: Settings) -> tuple[Place, ...]:
    """Give where a concept stands; one that extends another is followed by that one."""
    name = definition.concept.id
    if definition.watch:
        watch = settings.rules.watch(definition.watch)
        file = settings.config_dir / watch.file if watch else settings.config_dir
        found = _opened(file, settings.config_dir, watch.file if watch else "")
        here = [_place(OF_WATCH, one, name) for one in found]
        if not here or not here[0].extends or name not in settings.rules.concepts:
            return tuple(here)
        return (*here, *places_of(Definition(definition.concept, SHIPPED), settings))
    own = [_place(YOURS, one, name) for one in _own_files(settings) if name in _listed(one)]
    if own and not own[0].extends:
        return tuple(own)
    shipped = [_place(SHIPPED, one, name) for one in _shipped_files(name) if name in _listed(one)]
    return (*own, *shipped)


def uses_of(definition: Definition, book: RuleBook) -> Uses:
    """Give the concepts and watches that rest on a concept; a watch's own hides a shared one."""
    name, keeper = definition.concept.id, definition.watch
    concepts = [
        one.id for one in _beside(definition, book).values() if name in names_in(one.query)
    ]  # fmt: skip
    direct, through = [], []
    for watch in book.watches:
        if (keeper and watch.id != keeper) or (not keeper and name in watch.concepts):
            continue
        texts = (watch.query, *(tracker.topic for tracker in watch.trackers))
        if any(name in names_in(text) for text in texts):
            direct.append(watch.id)
        elif name in named(texts, {**book.concepts, **watch.concepts}):
            through.append(watch.id)
    return Uses(tuple(sorted(concepts)), tuple(direct), tuple(through))


def components(definition: Definition, book: RuleBook) -> Iterator[tuple[Concept, str]]:
    """Give a concept and all that its query rests on, each once, and the id of who names it."""
    known = _known(definition, book)
    waiting = [(definition.concept, "")]
    met = {definition.concept.id}
    while waiting:
        concept, parent = waiting.pop(0)
        yield concept, parent
        for name in in_order(concept.query):
            if name in known and name not in met:
                met.add(name)
                waiting.append((known[name], concept.id))


def in_order(query: str) -> list[str]:
    """Give the ids that a query names, as they stand in it."""
    return sorted(names_in(query), key=lambda name: _at(query, name))


def watch_for(definition: Definition, book: RuleBook) -> Watch:
    """Make a watch that takes whatever a concept finds."""
    watch = book.watch(definition.watch) if definition.watch else None
    return Watch(
        "concept", definition.concept.about, f"${definition.concept.id}",
        concepts=watch.concepts if watch else {},
    )  # fmt: skip


def _at(query: str, name: str) -> int:
    found = re.search(rf"\${re.escape(name)}(?![A-Za-z0-9_-])", query)
    return found.start() if found else len(query)


def _known(definition: Definition, book: RuleBook) -> Mapping[str, Concept]:
    """Give the concepts that a concept's query can name."""
    watch = book.watch(definition.watch) if definition.watch else None
    return {**book.concepts, **watch.concepts} if watch else book.concepts


def _beside(definition: Definition, book: RuleBook) -> Mapping[str, Concept]:
    """Give the concepts whose query can mean this one: shared ones never mean a watch's own."""
    watch = book.watch(definition.watch) if definition.watch else None
    return watch.concepts if watch else book.concepts


def _own_files(settings: Settings) -> list[Found]:
    folder = settings.config_dir / "concepts"
    return list_folder(folder, settings.config_dir, Reading({}))[0]


def _shipped_files(name: str) -> Iterator[Found]:
    """Give the shipped files that have a word as a key: reading all of them takes a while."""
    key = re.compile(rf"^\s+['\"]?{re.escape(name)}['\"]?\s*:", re.MULTILINE)
    for path in sorted(LEXICON.glob("*.yaml")):
        if key.search(path.read_text(encoding="utf-8")):
            yield from _opened(path, LEXICON, path.name)


def _opened(path: Path, root: Path, name: str) -> list[Found]:
    document = open_document(path, root, Reading({}))
    return [Found(name, path.stem, document)] if document is not None else []


def _listed(found: Found) -> Mapping[str, object]:
    """Give the concepts of a file as it holds them."""
    listed = found.document.data.get("concepts")
    return listed if isinstance(listed, Mapping) else {}


def _place(origin: str, found: Found, name: str) -> Place:
    spot = found.document.spots.get(("concepts", name))
    shape = _listed(found).get(name)
    extends = isinstance(shape, Mapping) and shape.get("extend") is True
    return Place(origin, found.name, spot.key.line if spot else 0, extends)
