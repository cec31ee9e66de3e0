"""Baselines: facts from files, each checked against the watch and tracker that it names."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.core.rules import SeedFact
from monitor.settings.document import Document, Path
from monitor.settings.explain import fitted
from monitor.settings.files import BaselineFile, FactFile, OwnBaseline, TrackerFile
from monitor.settings.findings import hint_for, shown
from monitor.settings.reading import Found, Reading
from monitor.settings.watches import WatchList


@dataclass(slots=True)
class SeedList:
    """Facts as they are gathered, each id once over all files."""

    watches: WatchList
    reading: Reading
    seeds: list[SeedFact] = field(default_factory=list)
    _places: dict[str, str] = field(default_factory=dict)

    def read_folder(self, found: list[Found]) -> None:
        """Add the facts of a folder's files."""
        for one in found:
            shape, problems = fitted(one.document, BaselineFile, one.document.data)
            for _, problem in problems:
                self.reading.findings.error(problem)
            if shape is not None:
                self._add(one, ("facts",), shape, None)

    def read_own(self) -> None:
        """Add the facts that watches carry themselves."""
        for name, (found, shape) in self.watches.sources.items():
            if shape.baseline is not None:
                self._add(found, ("baseline", "facts"), shape.baseline, name)

    def _add(self, found: Found, path: Path, shape: OwnBaseline, owner: str | None) -> None:
        for index, fact in enumerate(shape.facts):
            here = (*path, index)
            watch = fact.watch or owner
            if self._is_twice(found.document, here, fact):
                continue
            if watch is None:
                said = "'watch' is missing"
                self._say(found.document, here, said, "a fact names the watch that knows it")
                continue
            self._check(found.document, here, fact, watch)
            self.seeds.append(_seed(fact, watch, shape, found.name))

    def _is_twice(self, document: Document, path: Path, fact: FactFile) -> bool:
        if fact.id in self._places:
            said = f"the id {shown(fact.id)} is there twice"
            self._say(document, (*path, "id"), said, f"first at {self._places[fact.id]}")
            return True
        self._places[fact.id] = f"{document.file}:{document.line((*path, 'id'))}"
        return False

    def _check(self, document: Document, path: Path, fact: FactFile, watch: str) -> None:
        """Say where a fact does not fit its watch."""
        if (fact.tracker is None) == (not fact.note):
            both = fact.tracker is not None
            said = "a fact is a tracker's or a note" + (", not both" if both else "")
            self._say(document, path, said, "name its `tracker`, or write `note: true`")
            return
        if self.watches.unknown(watch):
            said = f"there is no watch {shown(watch)}"
            hint = hint_for(watch, self.watches.watches, what="watches")
            if not hint.startswith("did you mean"):
                hint += "; take the fact out, or give it to another watch"
            self._say(document, (*path, "watch"), said, hint)
            return
        if watch in self.watches.broken:
            return
        if fact.tracker is None:
            for key in ("state", "scope", "instance"):
                if getattr(fact, key):
                    said = f"a note has no {key}"
                    self._say(document, (*path, key), said, "name the `tracker` instead")
            return
        trackers = self.watches.sources[watch][1].trackers
        if fact.tracker not in trackers:
            said = f"the watch {shown(watch)} has no tracker {shown(fact.tracker)}"
            hint = hint_for(fact.tracker, trackers, what="trackers")
            self._say(document, (*path, "tracker"), said, hint)
            return
        self._check_tracker(document, path, fact, trackers[fact.tracker])

    def _check_tracker(
        self, document: Document, path: Path, fact: FactFile, tracker: TrackerFile
    ) -> None:
        if fact.state is not None and fact.state not in tracker.states:
            said = f"the tracker {shown(fact.tracker)} has no state {shown(fact.state)}"
            hint = hint_for(fact.state, tracker.states, what="states")
            self._say(document, (*path, "state"), said, hint)
        for key in fact.scope:
            if key not in tracker.scope:
                said = f"the tracker {shown(fact.tracker)} has no scope {shown(key)}"
                hint = hint_for(key, tracker.scope, what="scope")
                problem = document.problem((*path, "scope", key), said, hint, at_key=True)
                self.reading.findings.error(problem)
        if fact.instance and tracker.kind != "series":
            said = f"the tracker {shown(fact.tracker)} is no series, so it has no instances"
            self._say(document, (*path, "instance"), said, "put it into `scope` or `values`")

    def _say(self, document: Document, path: Path, message: str, hint: str) -> None:
        self.reading.findings.error(document.problem(path, message, hint))


def _seed(fact: FactFile, watch: str, shape: OwnBaseline, file: str) -> SeedFact:
    return SeedFact(
        id=fact.id, watch=watch, text=fact.text, file=file, as_of=shape.as_of,
        tracker=fact.tracker, scope=fact.scope, instance=fact.instance, state=fact.state,
        values=fact.values, said_by=tuple(fact.said_by), date=fact.date, until=fact.until,
        source=fact.source, ref=fact.ref,
    )  # fmt: skip
