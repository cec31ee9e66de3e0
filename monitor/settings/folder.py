"""The files of a folder beside `parley.yaml`, read and checked in full: what a start does at most.

Where nothing has changed since, `kept` gives the same value without any of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.core.compile import asking, parsed
from monitor.core.query import Query
from monitor.core.rules import Asked, Concept, Watch
from monitor.errors import Problem
from monitor.settings.baselines import SeedList
from monitor.settings.concepts import read_concepts
from monitor.settings.feeds import FeedList, read_feeds
from monitor.settings.findings import hint_for, shown
from monitor.settings.reading import Reading, display, is_there, list_folder, open_document
from monitor.settings.watches import WatchList, read_watches
from monitor.settings.written import Written


@dataclass(frozen=True, slots=True)
class Folder:
    """What was found in the files, with the places of it; `written` is the plain value."""

    watches: WatchList
    feeds: FeedList
    written: Written

    def check_notify(self, channels: Collection[str], reading: Reading) -> None:
        """Say where the `notify` of a watch names none of these channels."""
        for found, shape in self.watches.sources.values():
            for index, name in enumerate(shape.notify or ()):
                if name not in channels:
                    said = f"there is no channel {shown(name)}"
                    hint = hint_for(name, channels, what="channels")
                    problem = found.document.problem(("notify", index), said, hint)
                    reading.findings.error(problem)

    def with_queries(self) -> Written:
        """Give the plain value with every query of it, as who compiles the rules asks for them.

        Most were read a moment ago, when they were checked, and are at hand. Raises `QueryError`
        where something was wrong.
        """
        return replace(self.written, queries=_queries_of(self.written))


def read_folder(
    config_dir: Path, beneath: Mapping[str, Concept], reading: Reading, *, right: bool
) -> Folder:
    """Read concepts, feeds, watches and baselines; what is wrong is said.

    `beneath` is the shipped vocabulary, and whether all of it was `right`.
    """
    before, used = len(reading.findings.warnings), reading.used
    reading.used = set()
    found, lost = list_folder(config_dir / "concepts", config_dir, reading)
    concepts, whole = read_concepts(found, beneath, reading, whole=right and not lost)
    feeds = FeedList()
    _feeds(config_dir, feeds, reading)
    found, lost = list_folder(config_dir / "watches", config_dir, reading)
    watches = read_watches(found, lost, concepts if whole else None, feeds, reading)
    seeds = SeedList(watches, reading)
    seeds.read_folder(list_folder(config_dir / "baselines", config_dir, reading)[0])
    seeds.read_own()
    _warn_of_nothing(config_dir, watches, feeds, reading)
    asked, reading.used = reading.used, used | reading.used
    written = Written(
        concepts=concepts,
        own=tuple(key for key, one in concepts.items() if beneath.get(key) is not one),
        watches=watches.watches,
        off=frozenset(name for name in watches.watches if not watches.on(name)),
        feeds=tuple(feeds.feeds),
        off_feeds=tuple(feeds.off),
        seeds=tuple(seeds.seeds),
        prints={key: reading.print_of(concept) for key, concept in concepts.items()},
        used=frozenset(asked),
        warnings=tuple(map(reading.vault.blotted, reading.findings.warnings[before:])),
    )
    return Folder(watches, feeds, written)


def _feeds(config_dir: Path, feeds: FeedList, reading: Reading) -> None:
    """Read `feeds.yaml`, where there is one."""
    path = config_dir / "feeds.yaml"
    if is_there(path):
        document = open_document(path, config_dir, reading)
        if document is not None:
            read_feeds(document, feeds, reading)


def _warn_of_nothing(
    config_dir: Path, watches: WatchList, feeds: FeedList, reading: Reading
) -> None:
    """Say where there is nothing to read, or nothing to look for."""
    if reading.findings.errors:
        return
    if not feeds.feeds:
        path = display(config_dir / "feeds.yaml")
        reading.findings.warn(Problem(path, None, None, "no feed is configured", "list some there"))
    if not watches.watches:
        path = display(config_dir / "watches")
        hint = "a file there with `title` and `query` is a watch"
        reading.findings.warn(Problem(path, None, None, "no watch is configured", hint))


def _queries_of(written: Written) -> dict[Asked, Query]:
    found: dict[Asked, Query] = {}
    for concept in written.concepts.values():
        _keep_concept(found, concept, written.concepts)
    for watch in written.watches.values():
        known = {**written.concepts, **watch.concepts}
        for concept in watch.concepts.values():
            _keep_concept(found, concept, known)
        for text, match_all in _texts(watch):
            asked = asking(text, known, match_all=match_all)
            found[asked] = parsed(text, known, match_all=match_all)
    return found


def _keep_concept(found: dict[Asked, Query], concept: Concept, concepts: Collection[str]) -> None:
    if concept.query:
        asked = asking(concept.query, concepts, of_concept=True)
        found[asked] = parsed(concept.query, concepts, of_concept=True)


def _texts(watch: Watch) -> Iterator[tuple[str, bool]]:
    """Give the queries of a watch, and whether each may be true of any item."""
    yield watch.query, watch.match_all
    for tracker in watch.trackers:
        yield tracker.topic, True
        for values in tracker.values.values():
            yield from ((query, True) for query in values.values() if query)
        yield from ((state.when, True) for state in tracker.states if state.when)
