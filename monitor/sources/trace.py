"""The fetcher with a note of what it does: which addresses it found, what each request answered."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from monitor.core.rules import FetchPolicy
from monitor.sources.address import Address
from monitor.sources.answers import shown
from monitor.sources.guard import Resolver, system_resolver, why_refused
from monitor.sources.http import Headers, HttpClient
from monitor.sources.transport import GuardedTransport

#: Headers that say something about how a feed can be read.
_TELLING = (
    "content-type", "content-encoding", "content-length", "etag", "last-modified", "cache-control",
    "expires", "retry-after", "location", "server", "cf-mitigated",
)  # fmt: skip
_MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class Lookup:
    """A name that was resolved.

    `refused` says why the first of its addresses that may not be connected to may not, "" where all
    may. `addresses` is empty where the name has none.
    """

    host: str
    port: int
    addresses: tuple[str, ...]
    refused: str
    took_s: float


@dataclass(frozen=True, slots=True)
class Hop:
    """One request and the head of its answer: `headers` are those that tell something."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    took_s: float


class TracedClient(HttpClient):
    """The same guarded client; `lookups` and `hops` grow as it works. For one look at a time."""

    def __init__(self, policy: FetchPolicy, *, user_agent: str) -> None:
        """Begin with nothing noted."""
        super().__init__(policy, user_agent=user_agent, resolver=self._noting(system_resolver))
        self.lookups: list[Lookup] = []
        self.hops: list[Hop] = []

    def forget(self) -> None:
        """Begin anew, for another look."""
        self.lookups, self.hops = [], []

    def _noting(self, resolve: Resolver) -> Resolver:
        async def noted(host: str, port: int) -> Sequence[str]:
            began, found = time.monotonic(), tuple[str, ...]()
            try:
                found = tuple(await resolve(host, port))
                return found
            finally:
                refused = next((why for one in found if (why := why_refused(one))), "")
                took_s = time.monotonic() - began
                self.lookups.append(Lookup(host, port, found, refused or "", took_s))

        return noted

    @asynccontextmanager
    async def _exchange(
        self,
        method: str,
        address: Address,
        headers: Headers,
        transport: GuardedTransport,
        body: bytes | None = None,
    ) -> AsyncIterator[Any]:
        """Send one request, and note the head of its answer."""
        began = time.monotonic()
        async with super()._exchange(method, address, headers, transport, body) as response:
            told = tuple(
                (name, shown(response.headers[name])[:_MOST_CHARS])
                for name in _TELLING
                if name in response.headers
            )
            took_s = time.monotonic() - began
            self.hops.append(Hop(address.url, response.status_code, told, took_s))
            yield response
