"""The one HTTP client: fetches feeds and pages, posts to webhooks, guarded and bounded throughout.

It drives a transport of httpx itself. What the client class would add (cookies, proxies and
credentials from the environment, redirects, decoding without a bound) is what must not happen here.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx

from monitor.core.rules import FetchPolicy
from monitor.ports.wire import Answer, Body, Failure, Fetched, Request, Unchanged
from monitor.sources.address import Address, read_address, redirected, split_login
from monitor.sources.answers import (
    announced_bytes,
    content_type,
    location,
    max_age_s,
    retry_after_s,
    shown,
    status_sentence,
    validator,
)
from monitor.sources.guard import AllowList, Guard, Resolver, WireFault
from monitor.sources.held import Claim, Held
from monitor.sources.inflate import Inflater, encodings_of
from monitor.sources.line import Shelf
from monitor.sources.proxy import read_proxy
from monitor.sources.streams import Stream, dial
from monitor.sources.transport import GuardedTransport, Way

_FEEDS = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
_PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_MOST_ANSWER_BYTES = 8 * 1024
#: So much of a body is unpacked before others get their turn.
_SLICE_BYTES = 16 * 1024

Headers = tuple[tuple[str, str], ...]


class HttpClient:
    """Implements the ports `Source` and `Http`. Belongs to one event loop; ends with `close`.

    `resolver` gives the addresses of names (the system's by default); `wire_now` gives real time,
    aware UTC, against which dates in headers are read. Raises `ValueError` for an entry of
    `allow_private` that is no "host:port".
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        user_agent: str,
        resolver: Resolver | None = None,
        wire_now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._policy = policy
        self._user_agent = user_agent
        self._wire_now = wire_now
        self._shelf, self._held = Shelf(), Held()
        self._trusted = _context(verify=True)
        # Apart, so that no feed can redirect into what people allowed for another one.
        allowed, wait_s = AllowList(policy.allow_private), policy.connect_s
        self._home: Guard[Stream] = Guard(allowed, resolver, dial, connect_s=wait_s)
        self._abroad: Guard[Stream] = Guard(None, resolver, dial, connect_s=wait_s)
        self._transports: dict[tuple[bool, bool, str], GuardedTransport] = {}

    async def close(self) -> None:
        """Close every connection that is idle; the others close as their requests end."""
        self._shelf.close()

    async def fetch(self, request: Request) -> Fetched:
        """Get a document within the total deadline and the size caps. Never raises for the network.

        A connection that breaks is tried once more, within the same deadline.
        """
        return await self._get(request, _FEEDS)

    async def page(self, request: Request) -> Fetched:
        """Get a page in which feeds may be named: as `fetch` does, but it asks for HTML first."""
        return await self._get(request, _PAGES)

    async def post(
        self, url: str, body: bytes, headers: Headers, *, deadline_s: float
    ) -> Answer | Failure:
        """Send `body` once; follow no redirect; read at most 8 KiB of the answer.

        Once a status was read it is the answer, even where the connection then breaks or stalls:
        the other side has decided.
        """
        answer: Answer | None = None
        try:
            async with asyncio.timeout(deadline_s):
                bare, login = split_login(url)
                sent = (*headers, *login, ("Accept-Encoding", "identity"))
                address, transport = read_address(bare), self._transport(home=True)
                async with self._exchange("POST", address, sent, transport, body) as response:
                    retry_after = response.headers.get("retry-after", "")
                    answer = Answer(response.status_code, shown(retry_after)[:100])
                    if response.headers.get("content-encoding", "identity") == "identity":
                        excerpt = await _excerpt(response)
                        answer = Answer(answer.status, answer.retry_after, excerpt)
        except TimeoutError:
            return answer or Failure("timeout", f"no answer within {deadline_s:g} s")
        except WireFault as fault:
            return answer or Failure(fault.code, fault.message)
        return answer

    async def _get(self, request: Request, accept: str) -> Fetched:
        try:
            async with asyncio.timeout(self._policy.total_s):
                try:
                    return await self._follow(request, accept)
                except WireFault as fault:
                    if fault.code != "connection-lost":
                        raise
                    return await self._follow(request, accept)
        except TimeoutError:
            return Failure("timeout", f"no whole answer within {self._policy.total_s:g} s")
        except WireFault as fault:
            return Failure(fault.code, fault.message)

    async def _follow(self, request: Request, accept: str) -> Fetched:
        """Follow redirects by hand. What belongs to the feed's origin never goes to another one.

        Nor does what people allowed: a private address is reached only at the host and port that
        the configured URL names, and only there may a certificate go unchecked.
        """
        bare, _ = split_login(request.url)
        address = first = read_address(bare)
        bare, login = split_login(request.home or request.url)
        home = read_address(bare)
        private: Headers = (*request.headers, *login) if first.origin == home.origin else ()
        conditional: Headers = (
            ("If-None-Match", request.etag),
            ("If-Modified-Since", request.last_modified),
        )
        public: Headers = (
            ("Accept", accept),
            ("Accept-Encoding", "gzip, deflate"),
            *((name, value) for name, value in conditional if value),
            ("User-Agent", request.user_agent or self._user_agent),
        )
        permanent = True
        for _hop in range(self._policy.max_redirects + 1):
            taken = {name.lower() for name, _ in private}
            sent = (*((n, v) for n, v in public if n.lower() not in taken), *private)
            transport = self._transport(
                home=address.origin[1:] == home.origin[1:],
                verify=request.verify or address.origin != home.origin,
                proxy=request.proxy,
            )
            async with self._exchange("GET", address, sent, transport) as response:
                if response.status_code not in _REDIRECTS:
                    moved_to = address.url if permanent and address.url != first.url else ""
                    return await self._finish(address, response, request, moved_to)
                permanent = permanent and response.status_code in _PERMANENT
                target = redirected(address, location(response))
            if target.origin != address.origin:
                private = ()
            address = target
        most = self._policy.max_redirects
        raise WireFault("too-many-redirects", f"more than {most} redirects")

    async def _finish(
        self, address: Address, response: httpx.Response, request: Request, moved_to: str
    ) -> Fetched:
        """Turn the last answer into what the poller sees."""
        status, policy = response.status_code, self._policy
        if status == 304:
            if request.etag or request.last_modified:
                fresh_s = max_age_s(response.headers, self._wire_now())
                return Unchanged(max_age_s=fresh_s, moved_to=moved_to)
            said = "the server says unchanged without having been asked"
            return Failure("not-modified-unasked", said, status)
        if status != 200:
            wait_s = retry_after_s(response.headers.get("retry-after", ""), self._wire_now())
            said, gone = status_sentence(response), status == 410
            return Failure(f"http-{status}", said, status, wait_s, gone=gone)
        encodings = encodings_of(response.headers.get("content-encoding", ""))
        if announced_bytes(response) > policy.max_wire_bytes:
            raise WireFault("too-large", f"the answer is larger than {policy.max_wire_bytes} bytes")
        inflater = Inflater(
            encodings, wire_limit=policy.max_wire_bytes, limit=policy.max_body_bytes
        )
        claim = Claim(self._held)
        try:
            content = await _unpacked(response, inflater, claim)
        except BaseException:
            claim.end()
            raise
        body = Body(
            url=address.url,
            content=content,
            content_type=content_type(response),
            etag=validator(response, b"etag"),
            last_modified=validator(response, b"last-modified"),
            status=status,
            moved_to=moved_to,
            max_age_s=max_age_s(response.headers, self._wire_now()),
        )
        claim.lasts_with(body)
        return body

    def _transport(self, *, home: bool, verify: bool = True, proxy: str = "") -> GuardedTransport:
        """Give the transport of one way; those of one way share what is kept open.

        A proxy is named in the configuration and may be private where that allows it.
        """
        key = (home, verify, proxy)
        if key not in self._transports:
            way = Way(
                guard=self._home if home else self._abroad,
                context=self._trusted if verify else _context(verify=False),
                trusted=self._trusted,
                to_proxy=self._home,
                proxy=read_proxy(proxy) if proxy else None,
            )
            self._transports[key] = GuardedTransport(way, self._shelf, self._policy)
        return self._transports[key]

    @asynccontextmanager
    async def _exchange(
        self,
        method: str,
        address: Address,
        headers: Headers,
        transport: GuardedTransport,
        body: bytes | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Send one request and give its answer, headers read, body not. Raises `WireFault`."""
        named = {name.lower() for name, _ in headers}
        sent = headers if "user-agent" in named else (*headers, ("User-Agent", self._user_agent))
        try:
            url = httpx.URL(address.url)
            host = url.raw_host.decode("ascii") if url.host else ""  # which reads it both ways
        except (httpx.InvalidURL, ValueError) as error:
            raise WireFault("bad-url", "the address cannot be read") from error
        if address.host.isascii() and host != address.host:
            raise WireFault("bad-url", "the address can be read in two ways")
        try:
            request = httpx.Request(method, url, headers=list(_wire_headers(sent)), content=body)
        except ValueError as error:
            raise WireFault("bad-request", "the request cannot be sent as configured") from error
        response = await transport.handle_async_request(request)
        response.request = request
        try:
            size = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
            if size > self._policy.max_header_bytes:
                raise WireFault("headers-too-large", "the headers are larger than allowed")
            yield response
        finally:
            await response.aclose()


def _context(*, verify: bool) -> ssl.SSLContext:
    """Give the settings of TLS: as the authorities vouch, or any certificate at all."""
    if verify:
        context = httpx.create_ssl_context(trust_env=False)
        context.load_default_certs()  # the system's roots too: a house may have its own authority
    else:
        context = httpx.create_ssl_context(verify=False, trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


async def _unpacked(response: httpx.Response, inflater: Inflater, claim: Claim) -> bytes:
    """Read a body to its end, within the bounds of the inflater and of all documents together."""
    async for chunk in response.aiter_raw():
        inflater.feed(chunk[:_SLICE_BYTES])
        for start in range(_SLICE_BYTES, len(chunk), _SLICE_BYTES):
            await asyncio.sleep(0)  # each may unpack to many times its size
            inflater.feed(chunk[start : start + _SLICE_BYTES])
        await claim.grow(inflater.size)
    return inflater.finish()


async def _excerpt(response: httpx.Response) -> str:
    """Read at most 8 KiB of an answer, as text without control characters."""
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= _MOST_ANSWER_BYTES:
            break
    return shown(bytes(read[:_MOST_ANSWER_BYTES]).decode("utf-8", "replace"))


def _wire_headers(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[bytes, bytes]]:
    """Encode headers: what came as Latin-1 goes back as it came, all else as UTF-8."""
    for name, value in headers:
        try:
            encoded = value.encode("latin-1")
        except UnicodeEncodeError:
            encoded = value.encode("utf-8")
        yield name.encode("ascii"), encoded
