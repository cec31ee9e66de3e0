"""Feeds behind an address: the feed itself, or those that a page names; what each would bring."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.app.clock import SystemClock
from monitor.app.doors import agent_of, parser_pool
from monitor.core.identity import canonical_link
from monitor.core.match import Index
from monitor.core.model import Feed, document_of
from monitor.core.polling import host_of
from monitor.core.rules import RuleBook
from monitor.core.text import clean_line
from monitor.ingest import item_of
from monitor.poller.turns import Turns
from monitor.ports import Body, Failure, Parsed, Parser
from monitor.ports.wire import Fetched, request_of
from monitor.settings import Settings
from monitor.settings.fields import LANGUAGES
from monitor.sources.discovery import Link, common_places, links_of
from monitor.sources.trace import TracedClient

#: Feeds of one page that are read.
MOST_READ = 8
#: Titles of hits that are kept of each watch.
SAMPLES = 3
#: Titles that are looked at to tell a language.
_TITLES = 8
MAX_NAME = 120
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
#: Characters that stand in no URL, and in many links.
_NO_URL = re.compile('[\\x20"<>\\\\^`{|}]')
#: Labels of a host that name no house.
_NO_HOUSE = frozenset("www rss feeds feed news m co com org net gov gob gouv ac edu".split())


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a look at an address: the answer, and what it held where it was a feed."""

    url: str
    fetched: Fetched
    parsed: Parsed | None = None
    trouble: Failure | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that was found and read. Rates in items a day, None where dates do not tell.

    `url` is what belongs into the configuration: where permanent redirects led. `hits` are the
    watches that would have taken items of it, with some titles; `known` is the configured feed that
    has this address already, "" for none.
    """

    url: str
    title: str
    items: int
    language: str
    a_day: float | None
    newest: datetime | None
    undated: int
    unlinked: int
    repeated: int
    hits: Mapping[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    known: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found behind an address; `trouble` says why nothing was, "" where something was."""

    asked: str
    candidates: tuple[Candidate, ...]
    unread: tuple[tuple[str, str], ...] = ()
    trouble: str = ""


class Finder:
    """Looks at addresses, one after the other, as the daemon would."""

    def __init__(self, settings: Settings, client: TracedClient, parser: Parser) -> None:
        """Name the doors; see `finder`."""
        self.client, self._parser, self._settings = client, parser, settings
        self._turns = Turns(settings.fetch, asyncio.get_running_loop().time)

    async def look(self, feed: Feed) -> Reading:
        """Fetch and parse one feed. Never raises for the network or the document."""
        self.client.forget()
        fetched = await self._in_turn(feed.url, self.client.fetch(request_of(feed)))
        return await self._read(feed, fetched)

    async def _in_turn(self, url: str, asking: Awaitable[Fetched]) -> Fetched:
        """Ask when the host has had its pause, as the daemon would."""
        host = host_of(url)
        await self._turns.take(host, doubtful=False)
        try:
            return await asking
        finally:
            self._turns.give_back(host, doubtful=False)

    async def search(self, url: str, index: Index) -> Search:
        """Find the feeds behind an address: itself, those it names, those at common places."""
        first = await self.look(Feed("", url))
        if first.parsed is not None:
            return Search(url, (self._candidate(first, index),))
        page = first.fetched
        if not isinstance(page, Body):
            page = await self._in_turn(url, self.client.page(request_of(Feed("", url))))
        if not isinstance(page, Body):
            said = page.message if isinstance(page, Failure) else "no document came"
            return Search(url, (), trouble=said)
        links = links_of(page)
        found = await self._candidates(links, index)
        if not found.candidates:
            places = [link for link in common_places(page.url) if link not in links]
            more = await self._candidates(places, index, enough=1)
            found = replace(found, candidates=more.candidates)
        trouble = "" if found.candidates else _why_none(links, first)
        return replace(found, asked=url, trouble=trouble)

    async def _candidates(
        self, links: Sequence[Link], index: Index, enough: int = MOST_READ
    ) -> Search:
        found: dict[str, Candidate] = {}
        unread: list[tuple[str, str]] = []
        for link in links[:MOST_READ]:
            reading = await self.look(Feed("", link.url))
            if reading.parsed is not None:
                one = self._candidate(reading, index, link.title)
                found.setdefault(canonical_link(one.url) or one.url, one)
            elif reading.trouble is not None:
                unread.append((link.url, reading.trouble.message))
            if len(found) >= enough:
                break
        return Search("", tuple(found.values()), tuple(unread))

    async def _read(self, feed: Feed, fetched: Fetched) -> Reading:
        if isinstance(fetched, Failure):
            return Reading(feed.url, fetched, trouble=fetched)
        if not isinstance(fetched, Body):
            return Reading(feed.url, fetched)
        parsed = await self._parser.parse(fetched, feed)
        if isinstance(parsed, Failure):
            return Reading(feed.url, fetched, trouble=parsed)
        return Reading(feed.url, fetched, parsed)

    def _candidate(self, reading: Reading, index: Index, title: str = "") -> Candidate:
        return described(reading, index, self._settings.rules, title)


@asynccontextmanager
async def finder(settings: Settings) -> AsyncIterator[Finder]:
    """Open the doors of a search: the guarded client, and the parser's processes."""
    client = TracedClient(settings.fetch, user_agent=agent_of(settings.fetch))
    parser = parser_pool(settings.fetch)
    try:
        yield Finder(settings, client, parser)
    finally:
        await parser.close()
        await client.close()


def described(reading: Reading, index: Index, rules: RuleBook, title: str = "") -> Candidate:
    """Say what a feed that was read brings. Raises `ValueError` for one that was not."""
    parsed, body = reading.parsed, reading.fetched
    if parsed is None or not isinstance(body, Body):
        raise ValueError("only what was read can be described")
    url = body.moved_to or reading.url
    times = sorted(item.published for item in parsed.items if item.published is not None)
    known = {canonical_link(feed.url): feed.name for feed in rules.feeds}
    links = Counter(item.link for item in parsed.items if item.link)
    return Candidate(
        url=url, title=clean_line(parsed.title or title, MAX_NAME), items=len(parsed.items),
        language=_language(parsed, index), a_day=a_day(times), newest=times[-1] if times else None,
        undated=sum(item.published is None for item in parsed.items),
        unlinked=sum(not item.link for item in parsed.items),
        repeated=sum(count - 1 for count in links.values()),
        hits=_hits(parsed, index, rules), known=known.get(canonical_link(url), ""),
    )  # fmt: skip


def a_day(times: Sequence[datetime]) -> float | None:
    """Give how many items come a day by their dates (oldest first), None where they do not tell."""
    if len(times) < 2 or times[-1] <= times[0]:
        return None
    return (len(times) - 1) * 86400.0 / (times[-1] - times[0]).total_seconds()


def with_scheme(url: str) -> str:
    """Give an address as it is fetched: what is typed without a scheme is meant as https."""
    url = url.strip()
    return url if _SCHEME.match(url) else f"https://{url}"


def safe(url: str) -> str:
    """Give an address as a file may hold it: no blanks, and nothing like `${NAME}`.

    Otherwise a stranger could ask for a secret of the environment by its name, and be sent it.
    """
    return _NO_URL.sub(lambda found: f"%{ord(found[0]):02X}", url.replace("${", "%24{"))


def free_name(wanted: str, url: str, taken: Iterable[str]) -> str:
    """Give a name for a feed that no other has: its title, else its host, with a number if need be.

    A name never begins like an option of the command line.
    """
    base = clean_line(wanted, MAX_NAME - 4).lstrip("-").strip() or urlsplit(url).hostname or "feed"
    used, name, number = {each.casefold() for each in taken}, base, 2
    while name.casefold() in used:
        name, number = f"{base} {number}", number + 1
    return name


def house_of(url: str, feeds: Iterable[Feed]) -> str:
    """Give the house behind an address: that of another feed of the same host, else a guess."""
    host = (urlsplit(url).hostname or "").lower()
    for feed in feeds:
        if feed.publisher and (urlsplit(feed.url).hostname or "").lower() == host:
            return feed.publisher
    if re.fullmatch(r"[0-9.]+|.*:.*", host):
        return ""
    labels = host.split(".")[:-1] or [host]
    houses = [label for label in labels if label not in _NO_HOUSE and len(label) > 1]
    return houses[-1] if houses else ""


def _why_none(links: Sequence[Link], first: Reading) -> str:
    if links:
        return "the page names feeds, and none of them could be read"
    said = f" ({first.trouble.message})" if first.trouble else ""
    return f"the page names no feed, and none is where feeds often are{said}"


def _language(parsed: Parsed, index: Index) -> str:
    """Give the language of a feed by its titles, else as the document says; "" where unknown."""
    titles = "\n".join(item.title for item in parsed.items[:_TITLES])
    told = index.language_of("", titles) if titles.strip() else ""
    said = next((item.language for item in parsed.items if item.language), "")
    code = told or said.lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else ""


def _hits(
    parsed: Parsed, index: Index, rules: RuleBook
) -> Mapping[str, tuple[int, tuple[str, ...]]]:
    """Give the watches that would take items; those with feeds of their own hear no other."""
    open_to_all = {watch.id for watch in rules.watches if not watch.feeds}
    now, titles = SystemClock().now(), dict[str, list[str]]()
    feed = Feed("new", "https://new.invalid/")
    for entry in parsed.items:
        language = index.language_of(entry.language, f"{entry.title}\n{entry.summary[:200]}")
        item = item_of(replace(entry, language=language), feed, now)
        for hit in index.hits(index.scan(document_of(item))):
            if hit.watch in open_to_all:
                titles.setdefault(hit.watch, []).append(entry.title)
    return {watch: (len(all_), tuple(all_[:SAMPLES])) for watch, all_ in titles.items()}
