"""Feeds: those of `feeds.yaml` and those inside watches, each name once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from monitor.core.model import Feed
from monitor.settings.access import (
    ASKING,
    UNREAD,
    headers_of,
    keep_secrets,
    proxy_of,
    warn_of_no_trust,
)
from monitor.settings.document import Document, Path
from monitor.settings.environment import expanded, note_references
from monitor.settings.explain import fitted
from monitor.settings.files import FeedFile, FeedsFile
from monitor.settings.findings import shown
from monitor.settings.hidden import SecretText
from monitor.settings.reading import Reading


@dataclass(slots=True)
class FeedList:
    """Feeds as they are gathered; says when a name or an address is met again.

    `off` are those of watches that are off: nothing is read from them. `places` says where each of
    both is written.
    """

    feeds: list[Feed] = field(default_factory=list)
    off: list[Feed] = field(default_factory=list)
    places: dict[str, tuple[Document, Path]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _urls: dict[str, str] = field(default_factory=dict)

    def add(
        self, document: Document, path: Path, files: Sequence[FeedFile], reading: Reading,
        *, on: bool = True,
    ) -> tuple[str, ...]:  # fmt: skip
        """Add the feeds listed at `path`; gives the names of those that are not switched off.

        Where the watch that lists them is not `on`, they are known, and nothing is read from them.
        """
        names = []
        for index, file in enumerate(files):
            here = (*path, index)
            if self._known(document, here, file, reading, on=on) or not file.enabled:
                continue
            (self.feeds if on else self.off).append(_feed(document, here, file, reading))
            self.places[file.name] = (document, here)
            if on:
                warn_of_no_trust(document, here, file, reading)
            names.append(file.name)
        return tuple(names)

    def _known(
        self, document: Document, path: Path, file: FeedFile, reading: Reading, *, on: bool
    ) -> bool:
        """Whether the name was there before, which is an error; the address only warns."""
        key = file.name.casefold()
        place = f"{document.file}:{document.line((*path, 'name'))}"
        if key in self._names:
            said = f"a feed named {shown(file.name)} is there already"
            problem = document.problem((*path, "name"), said, f"first at {self._names[key]}")
            reading.findings.error(problem)
            return True
        self._names[key] = place
        if not (on and file.enabled):
            return False
        if file.url in self._urls:
            said = f"the feed {shown(file.name)} has an address that another feed has too"
            hint = f"first at {self._urls[file.url]}; its items would be read twice"
            reading.findings.warn(document.problem((*path, "url"), said, hint))
        self._urls.setdefault(file.url, place)
        return False


def read_feeds(document: Document, feeds: FeedList, reading: Reading) -> None:
    """Read `feeds.yaml` into the list."""
    document = with_environment(document, reading)
    shape, problems = fitted(document, FeedsFile, document.data)
    for _, problem in problems:
        reading.findings.error(problem)
    if shape is not None:
        feeds.add(document, ("feeds",), shape.feeds, reading)


def with_environment(document: Document, reading: Reading) -> Document:
    """Give the document with `${NAME}` filled in, where a feed that is on may ask for it.

    Feeds of a watch that is off are off.
    """
    listed = document.data.get("feeds")
    if not isinstance(listed, list):
        return document
    note_references(document, reading)
    feeds = [_filled(document, index, feed, reading) for index, feed in enumerate(listed)]
    return replace(document, data={**document.data, "feeds": feeds})


def _filled(document: Document, index: int, feed: object, reading: Reading) -> object:
    if not isinstance(feed, Mapping):
        return feed
    keep_secrets(feed, reading)
    if feed.get("enabled") is False or document.data.get("enabled") is False:
        # Nothing is looked up for it, and an address with ${NAME} in it is no address yet.
        return {key: value for key, value in feed.items() if key not in UNREAD} | {
            "url": "https://disabled.invalid/" if "${" in str(feed.get("url")) else feed.get("url")
        }
    return {
        key: expanded(document, value, ("feeds", index, key), reading, lambda _: False)
        if key in ASKING
        else value
        for key, value in feed.items()
    }


def _feed(document: Document, path: Path, file: FeedFile, reading: Reading) -> Feed:
    filled = "${" in document.literal((*path, "url"))
    secret = filled or urlsplit(file.url).username is not None
    return Feed(
        name=file.name,
        url=SecretText(file.url) if secret else file.url,
        language=file.language or "",
        publisher=file.publisher,
        speaks_for=file.speaks_for,
        tier=file.tier,
        pace=file.pace or "",
        tags=tuple(file.tags),
        headers=headers_of(document, path, file, reading),
        user_agent=file.user_agent,
        proxy=proxy_of(document, path, file),
        verify=file.verify,
    )
