"""One look at a feed: ask, read, and go back in its archive where nothing of last time is left."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core.model import Feed, ParsedItem
from monitor.core.polling import address_of
from monitor.core.schedule import JITTER, spread
from monitor.ports import (
    Body,
    Clock,
    DueFeed,
    Failure,
    Hints,
    Parsed,
    Parser,
    Poll,
    Request,
    Source,
    request_of,
)

log = logging.getLogger("parley.poller")
#: A feed is asked without validators so often: some servers say "unchanged" for ever. In seconds.
WHOLE_EVERY_S = 24 * 3600.0
#: Older pages are read until something known appears, but no more than so many.
MAX_PAGES = 5
#: Bytes of the print of a piece.
PIECE = 8


class Looker:
    """Looks at one feed after the other, many at a time."""

    def __init__(
        self, source: Source, parser: Parser, clock: Clock, moved: Callable[[], None]
    ) -> None:
        """`moved` is called whenever a look gets on."""
        self._source, self._parser, self._clock, self._moved = source, parser, clock, moved

    async def look(self, feed: Feed, due: DueFeed, pause: Callable[[], Awaitable[None]]) -> Poll:
        """Fetch and parse; `pause` waits until a further request to the host may start."""
        started = self._clock.now()
        whole = due.first_contact or _whole_due(due, started)
        url = address_of(feed.url, due.moved_to, due.moved_times)
        request = _request(feed, url, due, whole=whole)
        fetched = await self._source.fetch(request)
        self._moved()
        poll = Poll(
            feed, started, fetched, first_contact=due.first_contact, failures=due.failures,
            due=due, whole=whole,
        )  # fmt: skip
        if not isinstance(fetched, Body):
            return poll
        body_hash = hashlib.blake2b(fetched.content, digest_size=16).hexdigest()
        # whoever gets the poll needs no bytes; many polls may wait to be written down
        poll = replace(poll, fetched=replace(fetched, content=b""))
        if body_hash == due.body_hash:  # a server without validators: the same bytes again
            return replace(poll, body_hash=body_hash)
        parsed = await self._parser.parse(fetched, feed, due.pieces)
        self._moved()
        if isinstance(parsed, Failure):
            return replace(poll, fetched=parsed)
        older = await self._older(feed, due, fetched, parsed, pause)
        if older:
            parsed = replace(parsed, items=parsed.items + older)
        return replace(poll, parsed=parsed, body_hash=body_hash, older=len(older))

    async def _older(
        self,
        feed: Feed,
        due: DueFeed,
        body: Body,
        parsed: Parsed,
        pause: Callable[[], Awaitable[None]],
    ) -> tuple[ParsedItem, ...]:
        """Give the items of older pages where nothing of the last document is left in this one.

        Pages are those of the same origin; what fails, or is known already, ends the search.
        """
        if due.first_contact or not _turned_over(due.pieces, parsed):
            return ()
        found: list[ParsedItem] = []
        asked, origin = {body.url}, _origin(body.url)
        link = _page_before(parsed.hints)
        while link and link not in asked and _origin(link) == origin and len(asked) <= MAX_PAGES:
            asked.add(link)
            await pause()
            page = await self._source.fetch(_request(feed, link, due, whole=True))
            self._moved()
            if not isinstance(page, Body):
                break
            read = await self._parser.parse(page, feed, due.pieces)
            self._moved()
            if isinstance(read, Failure):
                break
            found.extend(read.items)
            if read.known or not _turned_over(due.pieces, read):
                break
            link = _page_before(read.hints)
        if found:
            log.info(
                "nothing of the last document was left: %d items of %d older pages were read",
                len(found), len(asked) - 1, extra={"subject": feed.name},
            )  # fmt: skip
        return tuple(found)


def _request(feed: Feed, url: str, due: DueFeed, *, whole: bool) -> Request:
    """Ask with the validators of the last look; what belongs to the feed's origin stays there."""
    if whole:
        return request_of(feed, url=url)
    return request_of(feed, due.etag, due.last_modified, url=url)


def _whole_due(due: DueFeed, now: datetime) -> bool:
    """Say whether a feed is to be asked without validators: once a day, at an hour of its own."""
    if due.whole_at is None:
        return True
    every_s = WHOLE_EVERY_S * (1.0 - JITTER * spread(f"whole|{due.name}"))
    return (now - due.whole_at).total_seconds() >= every_s


def _turned_over(before: bytes, parsed: Parsed) -> bool:
    """Say whether both documents can be compared, and have no piece in common."""
    if not before or not parsed.pieces or parsed.known or parsed.hints.complete:
        return False
    return _pieces(before).isdisjoint(_pieces(parsed.pieces))


def _pieces(joined: bytes) -> set[bytes]:
    return {joined[at : at + PIECE] for at in range(0, len(joined), PIECE)}


def _page_before(hints: Hints) -> str:
    return hints.archive or hints.older


def _origin(url: str) -> tuple[str, str]:
    """Give scheme and host of an address; of one that cannot be read, nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()
