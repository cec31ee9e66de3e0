"""Doors to the network: fetch a feed, post to a webhook, parse a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from monitor.core.model import Feed, ParsedItem


@dataclass(frozen=True, slots=True)
class Failure:
    """Something outside did not work. `code` is a stable word, `message` a sentence for people.

    `retry_after_s` is what the other side asked for, in seconds; `status` the HTTP status, if any.
    `gone` says that the other side wants no more requests (410).
    """

    code: str
    message: str
    status: int | None = None
    retry_after_s: float | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A conditional GET. Validators are sent back exactly as they were received.

    An empty `user_agent` means the client's own. `proxy` is the URL of an HTTP proxy, "" for none.
    With `verify` off any certificate will do. `home` is the URL that people configured, where `url`
    is another one: headers, login, `verify` and what is allowed belong to its origin alone.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    user_agent: str = ""
    proxy: str = ""
    verify: bool = True
    home: str = ""


def request_of(feed: Feed, etag: str = "", last_modified: str = "", *, url: str = "") -> Request:
    """Give the request that a feed's options make, with the validators of the last look.

    `url` is where the feed has moved to, or a page of its archive; "" for the configured address.
    """
    return Request(
        url or feed.url,
        etag,
        last_modified,
        headers=feed.headers,
        user_agent=feed.user_agent,
        proxy=feed.proxy,
        verify=feed.verify,
        home=feed.url,
    )


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Body:
    """A complete answer: decoded bytes within the cap, and the validators that vouch for them.

    `moved_to` is where permanent redirects (301, 308) alone led to, "" otherwise. `max_age_s` is
    how long the server calls the answer fresh, in seconds; None where it says nothing of it.
    """

    url: str  # after redirects
    content: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    status: int = 200
    moved_to: str = ""
    max_age_s: float | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: what was read last time still stands. `moved_to` and `max_age_s` as in `Body`."""

    status: int = 304
    max_age_s: float | None = None
    moved_to: str = ""


Fetched = Body | Unchanged | Failure


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to a POST: status, the headers that matter, at most 8 KiB of body."""

    status: int
    retry_after: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a document says of its own schedule and of where its older entries are.

    `ttl_s` is RSS's ttl, in seconds; `period_s` what sy:updatePeriod and sy:updateFrequency make
    together; None where nothing is said. `skip_hours` are hours of UTC (0 to 23), `skip_days` days
    of the week (0 to 6, Monday 0). `archive` and `older` are absolute links to the previous archive
    (RFC 5005) and to the next page, "" without one. `complete` is fh:complete: the document holds
    all that there is, and what is not in it is gone.
    """

    ttl_s: float | None = None
    period_s: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    archive: str = ""
    older: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """The entries of a feed document in its order, cleaned. `cut` counts entries over the cap.

    `items` are the entries that are new or changed since the prints in `known_pieces` were made;
    all of them where the document was read whole. `known` counts those left out. `pieces` holds
    the prints for next time: 8 bytes for each raw entry kept, in the document's order; b"" where
    the document was odd and had to be read whole. `cpu_s` are the seconds of CPU that it took.
    """

    title: str
    items: tuple[ParsedItem, ...]
    cut: int = 0
    known: int = 0
    pieces: bytes = b""
    hints: Hints = Hints()
    cpu_s: float = field(default=0.0, compare=False)


class Source(Protocol):
    """Fetches feeds. Never raises for the network: a failure is a value."""

    async def fetch(self, request: Request) -> Fetched:
        """Get a document within the total deadline and the size cap."""
        ...


class Http(Protocol):
    """Posts to webhooks, through the same guarded client that fetches feeds."""

    async def post(
        self, url: str, body: bytes, headers: tuple[tuple[str, str], ...], *, deadline_s: float
    ) -> Answer | Failure:
        """Send `body` once; follow no redirect; read at most 8 KiB of the answer."""
        ...


class Parser(Protocol):
    """Parses feed documents in processes that can be killed."""

    async def parse(self, body: Body, feed: Feed, known_pieces: bytes = b"") -> Parsed | Failure:
        """Give the entries of `body` that are not in `known_pieces`, the prints of an earlier read.

        A document that is no feed is a failure with a reason.
        """
        ...
