"""Watches: their queries, trackers, tests and own concepts, from one file each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from monitor.core.model import Severity
from monitor.core.query import parse_query
from monitor.core.rules import Concept, Tracker, TrackerState, Watch, WatchTest
from monitor.errors import Problem, QueryError
from monitor.settings.concepts import laid_over
from monitor.settings.document import Document, Path, Place
from monitor.settings.explain import fitted
from monitor.settings.feeds import FeedList, with_environment
from monitor.settings.files import TestFile, TrackerFile, WatchFile
from monitor.settings.findings import hint_for, near_miss, shown
from monitor.settings.reading import Found, Reading

_CONCEPT = re.compile(r"\$([A-Za-z0-9_-]+)")
#: What a tracker's state can be brought about by; a word near one of these is taken for a slip.
ACTS = ("propose", "agree", "reject", "hold", "postpone", "carry_out", "violate", "extend", "end")


@dataclass(slots=True)
class WatchList:
    """Watches as they are gathered, each with the document and shape that it came from.

    `broken` are the ids of files that could not be read: to name one of them is no mistake.
    """

    watches: dict[str, Watch] = field(default_factory=dict)
    sources: dict[str, tuple[Found, WatchFile]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def unknown(self, name: str) -> bool:
        """Whether no watch, whole or broken, has this id."""
        return name not in self.watches and name not in self.broken


def read_watches(
    found: list[Found],
    lost: set[str],
    concepts: Mapping[str, Concept] | None,
    feeds: FeedList,
    reading: Reading,
) -> WatchList:
    """Read a folder of watches; `lost` are names of files in it that could not be read.

    `concepts` is None where some of them are unread, so that queries cannot be judged.
    """
    result = WatchList(broken=set(lost))
    for one in found:
        document = with_environment(one.document, reading)
        shape, problems = fitted(document, WatchFile, document.data)
        for _, problem in problems:
            reading.findings.error(problem)
        named = document.data.get("watch")
        if shape is None:
            result.broken |= {one.stem, named if isinstance(named, str) else one.stem}
            continue
        watch = _watch(one._replace(document=document), shape, concepts, feeds, reading)
        if watch is None:
            result.broken.add(one.stem)
            continue
        if watch.id in result.watches:
            said = f"the watch {shown(watch.id)} is there already"
            hint = f"first in {result.watches[watch.id].file}"
            reading.findings.error(document.problem(("watch",), said, hint))
            continue
        result.watches[watch.id] = watch
        result.sources[watch.id] = (one._replace(document=document), shape)
    _check_former(result, reading)
    return result


def _watch(
    found: Found, shape: WatchFile, concepts: Mapping[str, Concept] | None, feeds: FeedList,
    reading: Reading,
) -> Watch | None:  # fmt: skip
    """Make one watch; what is wrong with it is said."""
    document = found.document
    name = shape.watch or found.stem
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        said = f"the name of the file, {shown(name)}, is no id of a watch"
        hint = "rename it to letters a-z, digits, - and _, or add a line `watch: NAME`"
        reading.findings.error(document.problem((), said, hint))
        return None
    own = laid_over(document, ("concepts",), shape.concepts, concepts or {}, reading)
    known = {**(concepts or {}), **own}
    if concepts is not None:
        _check_query(document, ("query",), shape.query, known, reading)
        for key, tracker in shape.trackers.items():
            _check_query(document, ("trackers", key, "topic"), tracker.topic, known, reading)
    texts = " ".join([shape.query, *(tracker.topic for tracker in shape.trackers.values())])
    used = {key: known[key] for key in sorted(set(_CONCEPT.findall(texts))) if key in known}
    return Watch(
        id=name,
        title=shape.title,
        query=shape.query,
        alerts=shape.alerts,
        delivery=shape.delivery,
        notify=None if shape.notify is None else tuple(dict.fromkeys(shape.notify)),
        trackers=tuple(
            _tracker(document, key, tracker, reading) for key, tracker in shape.trackers.items()
        ),
        concepts=own,
        feeds=feeds.add(document, ("feeds",), shape.feeds, reading),
        tests=tuple(
            _test(document, index, test, shape.trackers, reading)
            for index, test in enumerate(shape.tests)
        ),
        formerly=tuple(shape.formerly),
        version=digest([document.text, {key: dict(one.words) for key, one in used.items()}]),
        file=found.name,
    )


def _tracker(document: Document, key: str, file: TrackerFile, reading: Reading) -> Tracker:
    for name, state in file.states.items():
        near = near_miss(state.act, ACTS)
        if state.act not in ACTS and near:
            path: Path = ("trackers", key, "states", name, "act")
            said = f"the act {shown(state.act)} is not among the usual ones"
            reading.findings.warn(document.problem(path, said, near))
    words = key.replace("-", " ").replace("_", " ")
    return Tracker(
        id=key,
        kind=file.kind,
        question=file.question or f"{words[:1].upper()}{words[1:]}?",
        topic=file.topic,
        scope=tuple(file.scope),
        confirm=file.confirm or "",
        states=tuple(
            TrackerState(name, state.act, Severity(state.severity))
            for name, state in file.states.items()
        ),
        slots={
            name: kind[0] if len(kind) == 1 else tuple(kind) for name, kind in file.slots.items()
        },
    )


def _test(
    document: Document, index: int, file: TestFile, trackers: Mapping[str, TrackerFile],
    reading: Reading,
) -> WatchTest:  # fmt: skip
    states = dict(file.model_extra or {})
    for key, state in states.items():
        path: Path = ("tests", index, key)
        if key not in trackers:
            said = f"{shown(key)} is neither a key of a test nor a tracker of this watch"
            hint = hint_for(key, ["text", "lang", "hit", *trackers])
            reading.findings.error(document.problem(path, said, hint, at_key=True))
        elif state not in trackers[key].states:
            said = f"the tracker {shown(key)} has no state {shown(state)}"
            hint = hint_for(state, trackers[key].states, what="states")
            reading.findings.error(document.problem(path, said, hint))
    line = document.line(("tests", index, "text"))
    return WatchTest(file.text, file.lang, file.hit, states, line)


def _check_query(
    document: Document, path: Path, text: str, concepts: Collection[str], reading: Reading
) -> None:
    """Read a query, and say what is wrong with it where in the file it stands."""
    try:
        parse_query(text, concepts)
    except QueryError as error:
        place = _place_in_text(document, path, text, error)
        if place is None:
            where = f"at {error.line}:{error.column} of the text"
            problem = document.problem(path, f"{error.message}, {where}", error.hint)
        else:
            problem = Problem(document.file, place.line, place.column, error.message, error.hint)
        reading.findings.error(problem)


def _place_in_text(document: Document, path: Path, text: str, error: QueryError) -> Place | None:
    """Find in the file what a query's error points at; None where escapes forbid it.

    YAML folds lines and cuts indentation, but changes nothing else than blanks: as many letters
    stand before the place in the file as in the query.
    """
    spot = document.spots.get(path)
    lines = document.text.split("\n")
    if spot is None or spot.value.line > len(lines):
        return None
    before = "".join(text.split("\n")[: error.line - 1])
    row = text.split("\n")[error.line - 1 : error.line]
    letters = len("".join((before + "".join(row)[: error.column - 1]).split()))
    at_end = letters == len("".join(text.split()))
    line = spot.value.line if spot.style not in {"|", ">"} else spot.value.line + 1
    column = spot.value.column + len(spot.style) if spot.style not in {"|", ">"} else 1
    source = "\n".join(lines[line - 1 : spot.end.line])[column - 1 :]
    if spot.style in {"'", '"'} and re.search(r"''|\\", source):
        return None
    for char in source:
        if (not letters and (at_end or not char.isspace())) or spot.style == "[":
            return Place(line, column)
        letters -= not char.isspace()
        line, column = (line + 1, 1) if char == "\n" else (line, column + 1)
    return Place(line, column)


def _check_former(watches: WatchList, reading: Reading) -> None:
    """A former name is nobody's present one, and only one watch had it."""
    owner: dict[str, str] = {}
    for name, watch in watches.watches.items():
        document = watches.sources[name][0].document
        for former in watch.formerly:
            taken = former if former in watches.watches else owner.get(former, "")
            if taken:
                said = f"{shown(former)} is the name of another watch, or was"
                hint = f"see the watch {taken}"
                reading.findings.error(document.problem(("formerly",), said, hint))
            owner.setdefault(former, name)


def digest(value: object) -> str:
    """Give a short hash of plain values, the same for the same content."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
