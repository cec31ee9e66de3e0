"""Webhook: versioned JSON, signed by Standard Webhooks 1.0.0, posted through the guarded client.

The id is the delivery's key and stays the same over all attempts, as do the bytes; the timestamp
and with it the signature are made anew for each attempt, from wire time.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator

from monitor.core.model import Note
from monitor.notify import payload, wording
from monitor.notify.plugin import Options, Tools
from monitor.ports import Answer, Failure, Outcome, Receipt

#: The recipient's name in the outbox. The address itself may hold a secret, so it is not used.
RECIPIENT = "webhook"
#: The longest wait that a receiver can ask for, in seconds.
MAX_RETRY_AFTER_S = 86_400.0
#: Statuses that say this very message is not wanted, now or later.
_REFUSES_MESSAGE = frozenset({400, 413, 422})
#: The receipt's code for a message that the receiver finds too large.
TOO_LARGE = "http-413"
_OWN_HEADERS = frozenset(
    {"connection", "content-encoding", "content-length", "content-type", "host", "te", "trailer",
     "transfer-encoding", "upgrade", "user-agent", "webhook-id", "webhook-signature",
     "webhook-timestamp"}
)  # fmt: skip
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_ADDRESSES = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+")
_HOW_TO_MAKE_ONE = (
    "a secret is `whsec_` and 24 to 64 random bytes in base64: run `openssl rand -base64 32` "
    "and put whsec_ before what it prints"
)


def _several(value: Any) -> Any:
    """Take one secret, or several parted by blanks (as from an environment), as a list."""
    return value.split() or [""] if isinstance(value, str) else value


class WebhookOptions(Options):
    """Options of a channel of kind `webhook`."""

    # Chat services put a token into the address: it is kept out of every representation.
    url: str = Field(repr=False, description="https address to post to; http is taken, not advised")
    secret: Annotated[
        tuple[SecretStr, ...], BeforeValidator(_several, json_schema_input_type=str | list[str])
    ] = Field(
        min_length=1, max_length=5, description="whsec_...; while rotating, the new and the old one"
    )
    deadline_s: float = Field(
        default=15.0, gt=0, le=120, description="seconds for one attempt, connection included"
    )
    headers: dict[str, SecretStr] = Field(
        default_factory=dict, description="further headers, such as Authorization"
    )

    @field_validator("url")
    @classmethod
    def _url_is_an_address(cls, url: str) -> str:
        if not wording.link(url) or not urlsplit(url).hostname:
            raise ValueError("must be an http(s) address without blanks")
        if urlsplit(url).username is not None:
            raise ValueError("holds a password: use `headers: {Authorization: ...}` instead")
        return url

    @field_validator("secret")
    @classmethod
    def _secrets_are_strong(cls, secret: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for one in secret:
            signing_key(one)
        return secret

    @field_validator("headers")
    @classmethod
    def _headers_are_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
            if name.lower() in _OWN_HEADERS:
                raise ValueError(f"{name} is set by Parley")
            if not _HEADER_VALUE.fullmatch(value.get_secret_value()):
                raise ValueError(f"the value of {name} must be one line of ASCII")
        return headers


def signing_key(secret: SecretStr) -> bytes:
    """Give the 24 to 64 bytes of a `whsec_` secret. Raises ValueError that says how to make one."""
    text = secret.get_secret_value()
    if not text.startswith("whsec_"):
        raise ValueError(f"does not begin with whsec_: {_HOW_TO_MAKE_ONE}")
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"is not base64 after whsec_: {_HOW_TO_MAKE_ONE}") from None
    if not 24 <= len(key) <= 64:
        raise ValueError(f"holds {len(key)} bytes: {_HOW_TO_MAKE_ONE}")
    return key


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Give one `v1,...` signature over `id.timestamp.body`."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class WebhookNotifier:
    """Posts one event a development to one address."""

    options_model: ClassVar[type[Options]] = WebhookOptions
    kind = "webhook"
    one_event_each = True

    def __init__(self, name: str, options: WebhookOptions, tools: Tools) -> None:
        """Take the channel's name and options, the guarded client, and wire time."""
        self.name = name
        self.recipients = (RECIPIENT,)
        self.deadline_s = options.deadline_s
        self._options = options
        self._keys = tuple(signing_key(secret) for secret in options.secret)
        self._http, self._clock = tools.http, tools.clock

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the payload as JSON under 20,000 bytes."""
        del recipient
        return payload.render(note, _message_id(key))

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Post the stored bytes once, signed for this moment; shorter ones where they are too long.

        What is shortened depends on the stored bytes alone: it too is the same at each attempt.
        """
        del recipient
        loop = asyncio.get_running_loop()
        until = loop.time() + self.deadline_s
        receipt = await self._post(body, key, self.deadline_s)
        shorter = payload.shortened(body) if receipt.code == TOO_LARGE else None
        if shorter is None:
            return receipt
        return await self._post(shorter, key, max(0.001, until - loop.time()))

    async def _post(self, body: bytes, key: str, deadline_s: float) -> Receipt:
        answer = await self._http.post(
            self._options.url, body, self._headers(body, key), deadline_s=deadline_s
        )
        now = self._clock.wire()
        if isinstance(answer, Failure):
            return _failed(answer)
        return by_status(answer.status, retry_after_s(answer, now))

    def _headers(self, body: bytes, key: str) -> tuple[tuple[str, str], ...]:
        message_id = _message_id(key)
        timestamp = int(self._clock.wire().timestamp())
        signed = (signature(secret, message_id, timestamp, body) for secret in self._keys)
        return (
            ("content-type", "application/json"),
            ("user-agent", "Parley/1 (webhook)"),
            ("webhook-id", message_id),
            ("webhook-timestamp", str(timestamp)),
            ("webhook-signature", " ".join(signed)),
            *((name, value.get_secret_value()) for name, value in self._options.headers.items()),
        )

    async def close(self) -> None:
        """The client belongs to the one who made it."""


def by_status(status: int, wait_s: float | None) -> Receipt:
    """Give the receipt for an HTTP status; what the receiver said beside it is not repeated."""
    said = f"the receiver answered {status}"
    if 200 <= status < 300:
        return Receipt(Outcome.SENT, "sent", said)
    if status == 410:
        return Receipt(Outcome.GONE, "gone", f"{said}: it wants no more messages")
    if 300 <= status < 400:
        return Receipt(Outcome.LATER, "redirected", f"{said}: redirects are not followed", wait_s)
    if status in _REFUSES_MESSAGE:
        return Receipt(Outcome.REFUSED, f"http-{status}", said)
    return Receipt(Outcome.LATER, f"http-{status}", said, wait_s)


def retry_after_s(answer: Answer, now: datetime) -> float | None:
    """Give the seconds that Retry-After asks for (a number or a date), 0 to a day; None if none."""
    text = answer.retry_after.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        wait_s = float(text[:9])
    else:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:  # neither: as if it were not there
            return None
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        wait_s = (aware - now).total_seconds()
    return min(max(wait_s, 0.0), MAX_RETRY_AFTER_S)


def _failed(failure: Failure) -> Receipt:
    if failure.gone or failure.status == 410:
        return by_status(410, None)
    if failure.status is not None and failure.status >= 300:
        return by_status(failure.status, failure.retry_after_s)
    said = _ADDRESSES.sub("(address)", wording.one_line(failure.message, 200))
    return Receipt(Outcome.LATER, failure.code, said, failure.retry_after_s)


def _message_id(key: str) -> str:
    """Give a key as it may stand in a header: printable ASCII without dots, else its hash."""
    if 0 < len(key) <= 128 and re.fullmatch(r"[A-Za-z0-9_:-]+", key):
        return key
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
