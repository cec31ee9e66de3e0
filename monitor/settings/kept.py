"""What the files of a folder say, kept from one start to the next while they are the same.

To read and check them takes longer than all else that a command does. What was read is kept as
data, in the data folder, under a hash of every byte that went into it: the files, their names, the
shipped vocabulary, the code that reads them, the version of Python. `parley.yaml` and the
environment are no part of it: they are read at every start. No secret is: where a feed's address or
header asks for an environment variable, the question is kept and not the answer, and where one
stands in a file in the open, nothing of the folder is kept.

What does not fit, or cannot be read, is read and checked anew from the files; so is everything
where something is wrong, for the places of what is wrong are in the files alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import __version__
from monitor.core.query import Query
from monitor.core.rules import Asked, Concept
from monitor.errors import QueryError
from monitor.settings.reading import (
    MAX_FILE_BYTES,
    MAX_FILES,
    TOP_FILES,
    Reading,
    display,
    is_there,
)
from monitor.settings.records import (
    CONCEPT,
    FEED,
    PROBLEM,
    SEED_FACT,
    TEXT,
    TEXTS,
    WATCH,
    by_name,
    rows,
)
from monitor.settings.references import as_written, filled, share_an_address
from monitor.settings.shelf import keep, kept, regular
from monitor.settings.trees import packed, unpacked
from monitor.settings.written import Written

if TYPE_CHECKING:
    from monitor.settings.feeds import FeedList
    from monitor.settings.folder import Folder

#: Configurations kept in one data folder, each by where it is; of more, the oldest are removed.
MOST_KEPT = 8
_NAME = "rules-{}.json"
#: The names of such files, as a pattern.
RULES_FILES = _NAME.format("*")
#: The code that says what is right, beside that of the vocabulary: whoever changes it reads anew.
_CODE = tuple(
    Path(__file__).parents[1] / name
    for name in (
        "core/deeds.py", "core/model.py", "settings/access.py", "settings/baselines.py",
        "settings/excerpt.py", "settings/secret_file.py",
        "settings/explain.py", "settings/feeds.py", "settings/findings.py", "settings/folder.py",
        "settings/hidden.py", "settings/kept.py", "settings/reading.py", "settings/records.py",
        "settings/references.py", "settings/trees.py", "settings/watches.py",
    )
)  # fmt: skip
#: What unpacking raises for what `_packed` did not give.
_NOT_OURS = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class Keeper:
    """What is kept of one configuration folder, in one data folder.

    `files` are those of the folder that it depends on, as they were when it was made.
    """

    def __init__(
        self, config_dir: Path, cache_dir: Path, vocabulary: str, beneath: Mapping[str, Concept]
    ) -> None:
        """Read all files, for their hash. `beneath` is the shipped vocabulary, with its key."""
        self._config_dir, self._vocabulary, self._beneath = config_dir, vocabulary, beneath
        name = hashlib.blake2b(display(config_dir).encode(), digest_size=6).hexdigest()
        self._path = cache_dir / _NAME.format(name)
        self._key, self.files = _key_of(config_dir, vocabulary)

    def recalled(self, reading: Reading) -> Written | None:
        """Give what was kept, None where nothing is that still fits.

        The environment is asked for what feeds ask of it.
        """
        body = kept(self._path, self._key) if self._key else None
        if body is None:
            return None
        try:
            return _unpacked(json.loads(body), self._beneath, reading)
        except _NOT_OURS:
            return None  # written by something else, or the environment is another

    def keep(self, folder: Folder, reading: Reading) -> Written:
        """Keep what was read, where all is right; gives it, with its queries where it is kept.

        Only what can be told again is kept: it is read back, and has to be the same.
        """
        written = folder.written
        if reading.findings.errors or not self._key:
            return written
        if _key_of(self._config_dir, self._vocabulary)[0] != self._key:
            return written  # somebody is writing
        try:
            written = folder.with_queries()
            asking = _asking(written, folder.feeds)
            body = _packed(asking) if asking is not None else ""
            if body and _unpacked(json.loads(body), self._beneath, reading) == written:
                keep(self._path, self._key, body.encode(), mode=0o600)  # no more open than files
                _remove_oldest(self._path)
        except (*_NOT_OURS, QueryError):
            return folder.written  # it cannot be told as data: it is read anew at every start
        return written


def _asking(written: Written, feeds: FeedList) -> Written | None:
    """Give it with the questions of its feeds for their answers; None where one is no question."""
    asking = [
        as_written(feed, *feeds.places[feed.name]) for feed in (*written.feeds, *written.off_feeds)
    ]
    known = tuple(feed for feed in asking if feed is not None)
    if len(known) < len(asking):
        return None
    on = len(written.feeds)
    return replace(written, feeds=known[:on], off_feeds=known[on:])


def _key_of(config_dir: Path, vocabulary: str) -> tuple[str, list[Path]]:
    """Give a hash of all that goes into a `Written`, and the files of the folder among it.

    `vocabulary` is the key of the shipped one. The hash is empty where something cannot be read, or
    is not where it should be: what is wrong is said when the folder is read.
    """
    hashed = hashlib.blake2b(f"{__version__} {sys.version}".encode(), digest_size=16)
    hashed.update(f" {vocabulary} {display(config_dir)}\n".encode())
    files: list[Path] = []
    try:
        for path in _CODE:
            hashed.update(path.read_bytes())
        for path in _paths(config_dir, config_dir.resolve()):
            hashed.update(os.fsencode(path.relative_to(config_dir)))
            if path.suffix == ".yaml":
                with regular(path) as stream:
                    content = stream.read(MAX_FILE_BYTES + 1)
                hashed.update(f" {len(content)} ".encode() + content)
                files.append(path)
            hashed.update(b"\n")
    except (OSError, RuntimeError, ValueError):
        return "", []
    return hashed.hexdigest(), files


def _paths(config_dir: Path, root: Path) -> Iterator[Path]:
    """Give what stands in the folder, in the order in which it is read; names of no use too.

    Raises `OSError` or `ValueError` for what would be refused: a link that leads out of it.
    """
    for name in ("concepts", "feeds.yaml", "watches", "baselines"):
        path = config_dir / name
        if not is_there(path):
            continue
        path.resolve().relative_to(root)
        if name in TOP_FILES:
            yield path
            continue
        with os.scandir(path) as found:
            entries = sorted((entry.name, entry.is_symlink()) for entry in found)
        if len(entries) > MAX_FILES:
            raise ValueError("too many files")
        for entry, is_link in entries:
            if is_link:
                (path / entry).resolve().relative_to(root)
            if not entry.startswith(".") and not entry.endswith("~"):
                yield path / entry


def _packed(written: Written) -> str:
    queries = [
        [asked.text, sorted(asked.known), asked.match_all, asked.of_concept, packed(query.root)]
        for asked, query in written.queries.items()
    ]
    body = [
        [CONCEPT.pack(written.concepts[name]) for name in written.own],
        _WATCHES.pack(written.watches.values()),
        sorted(written.off),
        _FEEDS.pack(written.feeds),
        _FEEDS.pack(written.off_feeds),
        _SEEDS.pack(written.seeds),
        _PRINTS.pack(written.prints),
        sorted(written.used),
        _PROBLEMS.pack(written.warnings),
        queries,
    ]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


_CONCEPTS, _WATCHES, _FEEDS = rows(CONCEPT), rows(WATCH), rows(FEED)
_SEEDS, _PROBLEMS, _PRINTS = rows(SEED_FACT), rows(PROBLEM), by_name(TEXT)


def _unpacked(body: Any, beneath: Mapping[str, Concept], reading: Reading) -> Written:
    """Give what `_packed` was given. Raises one of `_NOT_OURS` for what does not fit."""
    concepts, watches, off, feeds, off_feeds, seeds, prints, used, warnings, queries = body
    own = _CONCEPTS.unpack(concepts)
    asking = _FEEDS.unpack(feeds)
    read = tuple(filled(feed, reading) for feed in asking)
    if share_an_address(read, asking):
        raise ValueError("two feeds have one address, which is said with its place")
    return Written(
        concepts={**beneath, **{concept.id: concept for concept in own}},
        own=tuple(concept.id for concept in own),
        watches={watch.id: watch for watch in _WATCHES.unpack(watches)},
        off=frozenset(TEXTS.unpack(off)),
        feeds=read,
        off_feeds=_FEEDS.unpack(off_feeds),
        seeds=_SEEDS.unpack(seeds),
        prints=_PRINTS.unpack(prints),
        used=frozenset(TEXTS.unpack(used)),
        warnings=_PROBLEMS.unpack(warnings),
        queries=dict(map(_query, queries)),
    )


def _query(row: Any) -> tuple[Asked, Query]:
    text, known, match_all, of_concept, tree = row
    asked = Asked(TEXT.unpack(text), frozenset(TEXTS.unpack(known)), match_all, of_concept)
    return asked, Query(asked.text, unpacked(tree))


def _remove_oldest(path: Path) -> None:
    """Remove what was kept of the configurations that were written longest ago."""
    with contextlib.suppress(OSError):  # another process may do the same
        there = sorted((other.stat().st_mtime, other) for other in path.parent.glob(RULES_FILES))
        for _, other in there[:-MOST_KEPT]:
            other.unlink(missing_ok=True)
