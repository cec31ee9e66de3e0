"""The one HTTP client: fetches feeds and posts to webhooks, guarded and bounded in every direction.

It drives the transport of httpx itself. What the client class would add (cookies, proxies and
credentials from the environment, redirects, decoding without a bound) is what must not happen here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn

import httpx

from monitor.core.rules import FetchPolicy
from monitor.ports.wire import Answer, Body, Failure, Fetched, Request, Unchanged
from monitor.sources.address import Address, read_address, redirected, split_login
from monitor.sources.guard import (
    READ_BYTES,
    AllowList,
    BoundedStream,
    GuardedBackend,
    Resolver,
    WireFault,
    guarded_transport,
)
from monitor.sources.inflate import Inflater, encodings_of

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_WAIT_S = 24 * 3600.0
_MOST_ANSWER_BYTES = 8 * 1024
_MOST_VALIDATOR_CHARS = 1024
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_STATUS_TEXT = {
    401: "the server asks for credentials",
    403: "the server refuses access",
    404: "the server knows no such page",
    406: "the server does not serve this kind of document",
    410: "the feed is gone for good",
    429: "the server asks for fewer requests",
    503: "the server is out of service at the moment",
}

Headers = tuple[tuple[str, str], ...]


class HttpClient:
    """Implements the ports `Source` and `Http`. Belongs to one event loop; ends with `close`.

    `resolver` gives the addresses of names (the system's by default); `wire_now` gives real time,
    aware UTC, against which a Retry-After date is read. Raises `ValueError` for an entry of
    `allow_private` that is no "host:port", and `RuntimeError` where httpx cannot be guarded.
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
        context = httpx.create_ssl_context(trust_env=False)
        context.load_default_certs()  # the system's roots too: a house may have its own authority
        bound = policy.max_header_bytes
        home = GuardedBackend(AllowList(policy.allow_private), resolver, header_bytes=bound)
        abroad = GuardedBackend(None, resolver, header_bytes=bound)
        # Apart, so that no feed can redirect into what people allowed for another one.
        self._home = guarded_transport(home, context)
        self._abroad = guarded_transport(abroad, context)

    async def close(self) -> None:
        """Close every connection."""
        await self._home.aclose()
        await self._abroad.aclose()

    async def fetch(self, request: Request) -> Fetched:
        """Get a document within the total deadline and the size caps. Never raises for the network.

        A connection that breaks is tried once more, within the same deadline.
        """
        try:
            async with asyncio.timeout(self._policy.total_s):
                try:
                    return await self._follow(request)
                except WireFault as fault:
                    if fault.code != "connection-lost":
                        raise
                    return await self._follow(request)
        except TimeoutError:
            return Failure("timeout", f"no whole answer within {self._policy.total_s:g} s")
        except WireFault as fault:
            return Failure(fault.code, fault.message)

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
                address = read_address(bare)
                async with self._exchange("POST", address, sent, body=body) as response:
                    retry_after = response.headers.get("retry-after", "")
                    answer = Answer(response.status_code, _shown(retry_after)[:100])
                    if response.headers.get("content-encoding", "identity") == "identity":
                        excerpt = await _excerpt(response)
                        answer = Answer(answer.status, answer.retry_after, excerpt)
        except TimeoutError:
            return answer or Failure("timeout", f"no answer within {deadline_s:g} s")
        except WireFault as fault:
            return answer or Failure(fault.code, fault.message)
        return answer

    async def _follow(self, request: Request) -> Fetched:
        """Follow redirects by hand. What belongs to the feed's origin never goes to another one.

        Nor does what people allowed: a private address is reached only at the host and port that
        the configured URL names.
        """
        bare, login = split_login(request.url)
        address = read_address(bare)
        home = address.origin[1:]
        private: Headers = (*request.headers, *login)
        conditional: Headers = (
            ("If-None-Match", request.etag),
            ("If-Modified-Since", request.last_modified),
        )
        public: Headers = (
            ("Accept", _ACCEPT),
            ("Accept-Encoding", "gzip, deflate"),
            *((name, value) for name, value in conditional if value),
        )
        for _hop in range(self._policy.max_redirects + 1):
            taken = {name.lower() for name, _ in private}
            sent = (*((n, v) for n, v in public if n.lower() not in taken), *private)
            transport = self._home if address.origin[1:] == home else self._abroad
            async with self._exchange("GET", address, sent, transport) as response:
                if response.status_code not in _REDIRECTS:
                    conditional_sent = bool(request.etag or request.last_modified)
                    return await self._finish(address, response, asked=conditional_sent)
                target = redirected(address, response.headers.get("location"))
            if target.origin != address.origin:
                private = ()
            address = target
        most = self._policy.max_redirects
        raise WireFault("too-many-redirects", f"more than {most} redirects")

    async def _finish(self, address: Address, response: httpx.Response, *, asked: bool) -> Fetched:
        """Turn the last answer into what the poller sees."""
        status = response.status_code
        if status == 304:
            if asked:
                return Unchanged()
            return Failure(
                "not-modified-unasked", "the server says unchanged without having been asked", 304
            )
        if status != 200:
            return self._refusal(response)
        encodings = encodings_of(response.headers.get("content-encoding", ""))
        policy = self._policy
        length = response.headers.get("content-length", "")[:19]
        announced = int(length) if length.isascii() and length.isdigit() else 0
        if announced > policy.max_wire_bytes:
            raise WireFault("too-large", f"the answer is larger than {policy.max_wire_bytes} bytes")
        inflater = Inflater(
            encodings, wire_limit=policy.max_wire_bytes, limit=policy.max_body_bytes
        )
        async for chunk in _raw_chunks(response):
            inflater.feed(chunk)
        return Body(
            url=address.url,
            content=inflater.finish(),
            content_type=_CONTROLS.sub("", response.headers.get("content-type", ""))[:200],
            etag=_validator(response, b"etag"),
            last_modified=_validator(response, b"last-modified"),
            status=status,
        )

    def _refusal(self, response: httpx.Response) -> Failure:
        """Name a status that brings no document."""
        status = response.status_code
        text = _STATUS_TEXT.get(status)
        if status in {403, 503} and "challenge" in response.headers.get("cf-mitigated", ""):
            text = "the server wants proof that a person is asking (a bot challenge)"
        if text is None:
            text = "the server failed" if status >= 500 else "the server gave no whole document"
        wait_s = retry_after_s(response.headers.get("retry-after", ""), self._wire_now())
        return Failure(f"http-{status}", f"{text} ({status})", status, wait_s, gone=status == 410)

    @asynccontextmanager
    async def _exchange(
        self,
        method: str,
        address: Address,
        headers: Headers,
        transport: httpx.AsyncHTTPTransport | None = None,
        body: bytes | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Send one request and give its answer, headers read, body not. Raises `WireFault`."""
        policy = self._policy
        timeout = {"connect": policy.connect_s, "read": None, "write": None, "pool": None}
        named = {name.lower() for name, _ in headers}
        sent = headers if "user-agent" in named else (*headers, ("User-Agent", self._user_agent))
        try:
            request = httpx.Request(
                method,
                address.url,
                headers=list(_wire_headers(sent)),
                content=body,
                extensions={"timeout": timeout},
            )
            if address.host.isascii() and request.url.raw_host.decode() != address.host:
                raise WireFault("bad-url", "the address can be read in two ways")
            response = await (transport or self._home).handle_async_request(request)
        except (httpx.TransportError, httpx.InvalidURL, OSError, ValueError) as error:
            _raise_fault(error)
        response.request = request
        try:
            size = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
            if size > policy.max_header_bytes:
                raise WireFault("headers-too-large", "the headers are larger than allowed")
            stream = response.extensions.get("network_stream")
            if isinstance(stream, BoundedStream):
                stream.allow(policy.max_wire_bytes + 2 * READ_BYTES)
            yield response
        finally:
            await response.aclose()


async def _raw_chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    """Give the body as it comes, still encoded. Raises `WireFault`."""
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except httpx.TransportError as error:
        _raise_fault(error)


async def _excerpt(response: httpx.Response) -> str:
    """Read at most 8 KiB of an answer, as text without control characters."""
    read = bytearray()
    async for chunk in _raw_chunks(response):
        read += chunk
        if len(read) >= _MOST_ANSWER_BYTES:
            break
    return _shown(bytes(read[:_MOST_ANSWER_BYTES]).decode("utf-8", "replace"))


def _shown(text: str) -> str:
    return _CONTROLS.sub(" ", text).strip()


def _wire_headers(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[bytes, bytes]]:
    """Encode headers: what came as Latin-1 goes back as it came, all else as UTF-8."""
    for name, value in headers:
        try:
            encoded = value.encode("latin-1")
        except UnicodeEncodeError:
            encoded = value.encode("utf-8")
        yield name.encode("ascii"), encoded


def _validator(response: httpx.Response, name: bytes) -> str:
    """Give a validator exactly as received, or "" where it could not be sent back safely."""
    values = [value for key, value in response.headers.raw if key.lower() == name]
    text = values[0].decode("latin-1") if len(values) == 1 else ""
    return "" if len(text) > _MOST_VALIDATOR_CHARS or _CONTROLS.search(text) else text


def retry_after_s(header: str, now: datetime) -> float | None:
    """Read Retry-After as seconds from `now`, 0 to a day; None where it is unreadable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), _LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), _LONGEST_WAIT_S)


def _raise_fault(error: Exception) -> NoReturn:
    """Name what httpx raised. Its own texts may quote the URL or the server, so they stay out."""
    if isinstance(error, httpx.InvalidURL):
        raise WireFault("bad-url", "the address cannot be read") from error
    if isinstance(error, httpx.TimeoutException):
        raise WireFault("timeout", "no answer within the time allowed") from error
    text = str(error)
    if isinstance(error, httpx.RemoteProtocolError):
        if "message body" in text or "incomplete chunked" in text:
            raise WireFault("truncated", "the answer ends before its announced length") from error
        if "disconnected without" in text:
            raise WireFault("connection-lost", "the server closed the connection") from error
        if "too long" in text:  # h11 bounds the headers that it holds
            raise WireFault("headers-too-large", "the headers are larger than allowed") from error
        raise WireFault("protocol", "the answer is not valid HTTP") from error
    if isinstance(error, (httpx.NetworkError, OSError)):
        raise WireFault("connection-lost", "the connection broke") from error
    raise WireFault("bad-request", "the request cannot be sent as configured") from error
