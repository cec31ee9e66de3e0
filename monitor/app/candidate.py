"""A watch file or a file of concepts that is not in force, read over the configuration that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.core.rules import Concept, RuleBook, Watch
from monitor.errors import CommandError, ConfigError, Problem
from monitor.settings import Settings
from monitor.settings.concepts import read_concepts
from monitor.settings.document import Document
from monitor.settings.feeds import FeedList
from monitor.settings.loader import CACHE_FOLDER, LEXICON, SEED
from monitor.settings.queries import named
from monitor.settings.reading import Found, Reading, display, open_document
from monitor.settings.vocabulary import read_vocabulary
from monitor.settings.watches import read_watches


@dataclass(frozen=True, slots=True)
class Candidate:
    """A watch as it would be. `book` holds the concepts that it would be read with.

    `is_watch` says that the file is a watch, `calls_itself` the id that it gives itself, if any,
    `off` that it is switched off in the file; otherwise `concepts` are the ids in the file and
    `used` those of them that the watch rests on.
    """

    watch: Watch
    book: RuleBook
    is_watch: bool
    calls_itself: str = ""
    concepts: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    off: bool = False


def read_candidate(
    path: Path, settings: Settings, watch_id: str, env: Mapping[str, str]
) -> Candidate | None:
    """Read the watch `watch_id` as a file would make it.

    A watch file takes the place of that watch, whatever id it gives itself. Concepts of a file of
    concepts take the place of those of their names (with `extend`, over the shipped ones); all
    others stay; None for concepts where there is no such watch, on or off. Raises `ConfigError` for
    what a reload would refuse, `CommandError` for a file that went away meanwhile.
    """
    reading = Reading(env)
    document = open_document(path, path.parent, reading)
    _stop_at(reading)
    if document is None:
        raise CommandError(f"{display(path)} cannot be read")
    if "query" in document.data or "title" in document.data:
        found = Found(display(path), watch_id, document)
        watch = replace(_watch(found, settings.rules.concepts, reading), id=watch_id)
        calls = str(document.data.get("watch", ""))
        off = document.data.get("enabled") is False
        return Candidate(watch, settings.rules, is_watch=True, calls_itself=calls, off=off)
    if "concepts" in document.data:
        return _with_concepts(document, settings, watch_id, reading)
    said = "this is neither a watch nor a file of concepts"
    hint = "a watch has `title` and `query`, a file of concepts has `concepts`"
    raise ConfigError([Problem(document.file, None, None, said, hint)])


def _with_concepts(
    document: Document, settings: Settings, watch_id: str, reading: Reading
) -> Candidate | None:
    known = (*settings.rules.watches, *settings.off)
    watch = next((one for one in known if one.id == watch_id), None)
    if watch is None:
        return None
    cache = settings.data / CACHE_FOLDER
    shipped, _ = read_vocabulary(
        LEXICON, reading, cache if cache.is_dir() else None, SEED / CACHE_FOLDER
    )
    listed = document.data["concepts"]
    own = set(map(str, listed)) if isinstance(listed, Mapping) else set()
    beneath = {key: one for key, one in settings.rules.concepts.items() if key not in own}
    beneath |= {key: shipped[key] for key in own if key in shipped}
    concepts, _ = read_concepts([Found(document.file, "", document)], beneath, reading)
    _stop_at(reading)
    file = settings.config_dir / watch.file  # a concept of its own may extend one of these
    again = open_document(file, settings.config_dir, reading)
    _stop_at(reading)
    if again is None:
        raise CommandError(f"{display(file)} cannot be read")
    fresh = replace(_watch(Found(watch.file, watch_id, again), concepts, reading), id=watch_id)
    rests_on = own & set(named([fresh.query], {**concepts, **fresh.concepts}))
    used = [
        key for key in rests_on
        if key not in fresh.concepts or fresh.concepts[key] != watch.concepts.get(key)
    ]  # fmt: skip
    return Candidate(
        fresh, replace(settings.rules, concepts=concepts), is_watch=False,
        concepts=tuple(sorted(own)), used=tuple(sorted(used)),
    )  # fmt: skip


def _watch(found: Found, concepts: Mapping[str, Concept], reading: Reading) -> Watch:
    """Read one watch over concepts. Raises `ConfigError`."""
    watches = read_watches([found], set(), concepts, FeedList(), reading)
    _stop_at(reading)
    (watch,) = watches.watches.values()
    return watch


def _stop_at(reading: Reading) -> None:
    """Raise `ConfigError` with what was found wrong so far, if anything was."""
    if reading.findings.errors:
        raise ConfigError([reading.vault.blotted(one) for one in reading.findings.errors])
