"""Baselines: facts from files, each checked against the watch and tracker that it names; and back.

What the ledger holds can be written as a file that reads back as the same facts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from monitor.core.ledger import Fact
from monitor.core.rules import SeedFact
from monitor.core.text import clean_line
from monitor.settings.document import Document, Path
from monitor.settings.explain import fitted
from monitor.settings.files import BaselineFile, FactFile, OwnBaseline, TrackerFile
from monitor.settings.findings import hint_for, shown
from monitor.settings.reading import Found, Reading
from monitor.settings.watches import WatchList

#: What YAML takes for a text without quotes, in any version of it, and the words that it does not.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
#: Characters that YAML refuses or takes for the end of a line, and that JSON leaves as they are.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
#: Longest comment before a fact, in characters.
MAX_REMARK = 500
_NO_REMARKS: Mapping[str, str] = MappingProxyType({})


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


def written(
    facts: Sequence[Fact], as_of: datetime, remarks: Mapping[str, str] = _NO_REMARKS
) -> str:
    """Give facts as the text of a baseline file, which reads back as the same facts.

    `remarks` are comments by fact id, each before its fact.
    """
    lines = ["version: 1", f"as_of: {as_of.isoformat().replace('+00:00', 'Z')}"]
    lines.append("facts:" if facts else "facts: []")
    for fact in facts:
        if remarks.get(fact.id):
            lines.append(f"  # {clean_line(remarks[fact.id], MAX_REMARK)}")
        mark = "-"
        for key, value in _pairs(fact):
            lines.append(f"  {mark} {key}: {_scalar(value)}")
            mark = " "
    return "\n".join(lines) + "\n"


def _pairs(fact: Fact) -> Iterator[tuple[str, object]]:
    """Give what a line of a baseline file says of a fact, in the order in which people read it."""
    yield "id", fact.id
    if fact.ref:
        yield "ref", fact.ref
    yield "watch", fact.watch
    yield ("tracker", fact.tracker) if fact.tracker else ("note", True)
    for key in ("scope", "instance", "state", "values", "date", "until"):
        if value := getattr(fact, key):
            yield key, value
    if fact.said_by:
        yield "said_by", list(fact.said_by)
    yield "text", fact.text
    if fact.source:
        yield "source", fact.source


def _scalar(value: object) -> str:
    """Give a value as YAML that no reader takes for another: a name as it is, a text in quotes.

    Texts in quotes are JSON, which YAML reads alike; what the eye does not see is escaped.
    """
    if isinstance(value, Mapping):
        pairs = (f"{_scalar(str(key))}: {_scalar(each)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, str):
        if _NAME.fullmatch(value) and value.lower() not in _TAKEN:
            return value
        quoted = json.dumps(value, ensure_ascii=False)
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
    return json.dumps(value)
