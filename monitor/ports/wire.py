"""Doors to the network: fetch a feed, post to a webhook, parse a document."""

from __future__ import annotations

from dataclasses import dataclass
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
    """A conditional GET. Validators are sent back exactly as they were received."""

    url: str
    etag: str = ""
    last_modified: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """A complete answer: decoded bytes within the cap, and the validators that vouch for them."""

    url: str  # after redirects
    content: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: what was read last time still stands."""

    status: int = 304


Fetched = Body | Unchanged | Failure


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to a POST: status, the headers that matter, at most 8 KiB of body."""

    status: int
    retry_after: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The entries of a feed document in its order, cleaned. `cut` counts entries over the cap."""

    title: str
    items: tuple[ParsedItem, ...]
    cut: int = 0


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

    async def parse(self, body: Body, feed: Feed) -> Parsed | Failure:
        """Give the entries of `body`. A document that is no feed is a failure with a reason."""
        ...
