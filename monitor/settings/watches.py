"""Watches: their queries, trackers, tests and own concepts, from one file each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.core.claim_reader import ACT
from monitor.core.deeds import KIN
from monitor.core.model import Severity
from monitor.core.rules import Concept, Tracker, TrackerState, Watch, WatchTest
from monitor.settings.concepts import check_concepts, laid_over
from monitor.settings.document import Document, Path
from monitor.settings.explain import fitted
from monitor.settings.feeds import FeedList, with_environment
from monitor.settings.files import TestFile, TrackerFile, WatchFile
from monitor.settings.findings import hint_for, near_miss, shown
from monitor.settings.queries import check_query, joined, named, warn_of_filters
from monitor.settings.reading import Found, Reading, digest

#: What a tracker's state can be brought about by; a word near one of these is taken for a slip.
ACTS = tuple(sorted({*KIN, "deny"}))


@dataclass(slots=True)
class WatchList:
    """Watches as they are gathered, each with the document and shape that it came from.

    `broken` are the ids of files that could not be read: to name one of them is no mistake.
    """

    watches: dict[str, Watch] = field(default_factory=dict)
    sources: dict[str, tuple[Found, WatchFile]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def on(self, name: str) -> bool:
        """Whether the watch of that id is not switched off."""
        return self.sources[name][1].enabled

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
            if concepts is not None and all(path[:1] != ("query",) for path, _ in problems):
                _check_broken(document, concepts, reading)
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
    if not reading.findings.errors:  # else some feeds may be unread
        _check_filters(result, feeds, reading)
    return result


def _check_broken(document: Document, concepts: Mapping[str, Concept], reading: Reading) -> None:
    """Say what is wrong with the query of a watch that is wrong elsewhere, to say all at once."""
    query, own = document.data.get("query"), document.data.get("concepts")
    texts = [str(text) for text in (query if isinstance(query, list) else [query]) if text]
    known = {*concepts, *(own if isinstance(own, Mapping) else ())}
    match_all = "match_all" in document.data  # with whatever value: that is said already
    if texts:
        check_query(document, ("query",), texts, known, reading, match_all=match_all)


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
        here = {key: (document, ("concepts", key)) for key in own}
        check_concepts(here, shape.concepts, known, reading)
        check_query(document, ("query",), shape.query, known, reading, match_all=shape.match_all)
        for key, tracker in shape.trackers.items():
            check_query(document, ("trackers", key, "topic"), [tracker.topic], known, reading)
            for where, query in _queries(tracker):
                path: Path = ("trackers", key, *where)
                check_query(document, path, [query], known, reading)
    if shape.alerts == "careful":
        _check_careful(document, shape, reading)
    topics = [tracker.topic for tracker in shape.trackers.values()]
    topics += [query for tracker in shape.trackers.values() for _, query in _queries(tracker)]
    used = named([*shape.query, *topics], known)
    return Watch(
        id=name,
        title=shape.title,
        query=joined(shape.query),
        match_all=shape.match_all,
        alerts=shape.alerts,
        promote_a_day=shape.promote_a_day,
        delivery=shape.delivery,
        notify=None if shape.notify is None else tuple(dict.fromkeys(shape.notify)),
        trackers=tuple(
            _tracker(document, key, tracker, concepts, reading)
            for key, tracker in shape.trackers.items()
        ),
        concepts=own,
        feeds=feeds.add(document, ("feeds",), shape.feeds, reading, on=shape.enabled),
        tests=tuple(
            _test(document, index, test, shape.trackers, reading)
            for index, test in enumerate(shape.tests)
        ),
        formerly=tuple(shape.formerly),
        version=digest([document.text, {key: reading.print_of(one) for key, one in used.items()}]),
        file=found.name,
    )


def _check_careful(document: Document, shape: WatchFile, reading: Reading) -> None:
    """A watch that tells what is confirmed has to say what confirms: else it would tell nothing."""
    hint = "add both_parties, own_word or two_claimants, or choose `alerts: fast`"
    if not shape.trackers:
        said = "a careful watch tells what its trackers confirm, and this one has none"
        reading.findings.error(document.problem(("alerts",), said, "choose `alerts: fast`"))
    for key, tracker in shape.trackers.items():
        if not tracker.confirm:
            said = f"nothing confirms what {shown(key)} tells: a careful watch needs its `confirm:`"
            path: Path = ("trackers", key)
            reading.findings.error(document.problem(path, said, hint, at_key=True))


def _queries(tracker: TrackerFile) -> Iterator[tuple[Path, str]]:
    """Give where in a tracker queries stand beside its topic, and the queries."""
    for name, values in tracker.values.items():
        for value, query in values.items():
            if query.strip():
                yield ("values", name, value), query
    for name, state in tracker.states.items():
        if state.when.strip():
            yield ("states", name, "when"), state.when


def _check_filters(watches: WatchList, feeds: FeedList, reading: Reading) -> None:
    """Warn of filters that no feed meets; watches that are off have theirs off with them."""
    for name, (found, shape) in watches.sources.items():
        if watches.on(name):
            document = found.document
            warn_of_filters(document, ("query",), shape.query, feeds.feeds, reading)
            for key, tracker in shape.trackers.items():
                path: Path = ("trackers", key, "topic")
                warn_of_filters(document, path, [tracker.topic], feeds.feeds, reading)


def _tracker(
    document: Document, key: str, file: TrackerFile, concepts: Mapping[str, Concept] | None,
    reading: Reading,
) -> Tracker:  # fmt: skip
    for name, state in file.states.items():
        for act in map(_act, state.act):
            path: Path = ("trackers", key, "states", name, "act")
            if act not in ACTS and concepts is not None:
                _check_act(document, path, act, concepts, reading)
        if state.then and state.then not in file.states:
            said = f"the tracker {shown(key)} has no state {shown(state.then)}"
            hint = hint_for(state.then, file.states, what="states")
            where: Path = ("trackers", key, "states", name, "then")
            reading.findings.error(document.problem(where, said, hint))
    words = key.replace("-", " ").replace("_", " ")
    return Tracker(
        id=key,
        kind=file.kind,
        question=file.question or f"{words[:1].upper()}{words[1:]}?",
        topic=joined([file.topic]),
        scope=tuple(file.scope),
        confirm=file.confirm or "",
        parties=tuple(file.parties),
        states=tuple(
            TrackerState(
                name,
                tuple(map(_act, state.act)),
                Severity(state.severity),
                sensitive=state.sensitive,
                joint=state.joint,
                when=state.when,
                lasts_s=state.lasts_h * 3600,
                then=state.then,
                say=state.say,
            )
            for name, state in file.states.items()
        ),
        slots={
            name: kind[0] if len(kind) == 1 else tuple(kind) for name, kind in file.slots.items()
        },
        values={
            name: {value: joined([query]) if query.strip() else "" for value, query in each.items()}
            for name, each in file.values.items()
        },
        again_after_s=file.again_after_h * 3600,
        apart_s=file.apart_h * 3600,
        headline=file.headline,
        name=file.name,
        say=file.say,
    )


def _check_act(
    document: Document, path: Path, act: str, concepts: Mapping[str, Concept], reading: Reading
) -> None:
    """An act of one's own is a shared concept with words: without them it is never read."""
    concept = concepts.get(f"{ACT}{act}")
    if concept is not None and (concept.words or concept.query):
        return
    mine = {name.removeprefix(ACT) for name in concepts if name.startswith(ACT)}
    known = sorted({*ACTS, *mine})
    said = f"the act {shown(act)} has no words"
    own = f"or give it words as {ACT}{act} in config/concepts"
    usual = near_miss(act, known) or f"they are {', '.join(known)}"
    hint = f"{usual} - {own}"
    reading.findings.error(document.problem(path, said, hint))


def _act(name: str) -> str:
    """Give the name of an act as its concept has it."""
    return name.replace("_", "-")


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
