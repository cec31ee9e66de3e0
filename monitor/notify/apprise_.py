"""Apprise: some hundred and fifty other services, through a library of that name.

It is no part of Parley but an extra, `parley-monitor[apprise]`, and is imported when a channel of
this kind first sends. It has an HTTP client of its own: what Parley's client guards (private
addresses, redirects, the length of answers) is not guarded here. It says neither why it failed nor
for how long to wait, so that every failure is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from monitor.core.model import Note
from monitor.errors import ConfigError, Problem
from monitor.notify import chat
from monitor.notify.chat import Block, Role
from monitor.notify.hands import Hands
from monitor.notify.plugin import Options, Tools
from monitor.notify.posting import Memory, foreign, pack, unpack
from monitor.ports import Outcome, Receipt

RECIPIENT = "apprise"
#: Characters of one message; a service that takes less cuts it, or splits it (`?overflow=split`).
MESSAGE_CHARS = 3000
TITLE_CHARS = 200

_MISSING = "the kind apprise needs a library that is not installed"
_INSTALL = "pip install 'parley-monitor[apprise]'"


class AppriseOptions(Options):
    """Options of a channel of kind `apprise`."""

    url: SecretStr = Field(description="address of a service in the way of Apprise; it is a secret")
    deadline_s: float = Field(default=30.0, gt=0, le=600, description="seconds for one attempt")

    @field_validator("url")
    @classmethod
    def _url_has_a_scheme(cls, url: SecretStr) -> SecretStr:
        scheme, colon, rest = url.get_secret_value().partition("://")
        if not (colon and rest and scheme.replace("+", "").isalnum()):
            raise ValueError("must be an address of Apprise, such as matrix://...")
        return url


class AppriseNotifier:
    """Hands notes to Apprise, by a thread of its own and within a deadline."""

    options_model: ClassVar[type[Options]] = AppriseOptions
    kind = "apprise"
    one_event_each = False

    def __init__(self, name: str, options: AppriseOptions, tools: Tools) -> None:
        """Take the channel's name and options. Raises `ConfigError` without the library."""
        del tools  # it uses none of them, which is why it is an extra
        if find_spec("apprise") is None:
            raise ConfigError([Problem("channels", None, None, f"{name}: {_MISSING}", _INSTALL)])
        self.name = name
        self.recipients = (RECIPIENT,)
        self.deadline_s = options.deadline_s
        self._url = options.url
        self._hands: Hands[Receipt] = Hands(f"notify-{name}")
        self._memory = Memory()

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the messages, plain text with a title; see `posting.pack`."""
        del recipient, key
        title = chat.summary(note, TITLE_CHARS)
        packed = chat.parts(note, _ROOM)
        alone = len(packed) == 1 and len(packed[0]) == 1
        return pack(
            self.kind,
            [
                {"title": title, "body": "\n\n".join(_plain(b, headed=not alone) for b in blocks)}
                for blocks in packed
            ],
        )

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Hand over what is left of a message; what is late is waited for, never begun twice."""
        del recipient
        receipt = Receipt(Outcome.SENT, "sent", "accepted")
        message = unpack(self.kind, body)
        if message is None:
            return foreign(self.kind)
        parts = message["parts"]
        begun = self._memory.done(key)
        for number, part in enumerate(parts[begun:], start=begun + 1):
            try:
                receipt = await self._hands.do(f"{key}/{number}", self._work(part), self.deadline_s)
            except TimeoutError:
                said = f"Apprise has not ended within {self.deadline_s:g} s"
                return Receipt(Outcome.LATER, "timeout", said)
            if receipt.outcome is not Outcome.SENT:
                return receipt
            self._memory.accepted(key, number)
        self._memory.forget(key)
        return receipt

    def _work(self, part: Mapping[str, Any]) -> Callable[[], Receipt]:
        return lambda: _notify(self._url, part)

    async def close(self) -> None:
        """Nothing is held open."""


def _notify(url: SecretStr, part: Mapping[str, Any]) -> Receipt:
    """Send by Apprise; its word is yes or no, and what it raises says no more than its kind."""
    # Its log may name addresses and tokens.
    log = logging.getLogger("apprise")
    log.propagate = False
    log.addHandler(logging.NullHandler())
    try:
        target = import_module("apprise").Apprise()
        if not target.add(url.get_secret_value()):
            return Receipt(Outcome.GONE, "bad-url", "Apprise knows no service of this address")
        sent = target.notify(body=part["body"], title=part["title"], body_format="text")
    except Exception as error:  # noqa: BLE001 - a library of others, with services of others in it
        said = f"Apprise failed ({type(error).__name__})"
        return Receipt(Outcome.LATER, "apprise", said)
    if sent:
        return Receipt(Outcome.SENT, "sent", "accepted")
    return Receipt(Outcome.LATER, "apprise", "Apprise could not send it, and does not say why")


def _plain(block: Block, *, headed: bool) -> str:
    """Give a block as plain text; the head of a message's only one is its title."""
    shown = tuple(piece for piece in block if headed or piece.role is not Role.HEAD)
    return chat.plain(shown or block)


_ROOM = chat.Room(
    block=MESSAGE_CHARS - 100,
    part=MESSAGE_CHARS,
    most=40,
    size=lambda block: len(chat.plain(block)),
    between=2,
)
