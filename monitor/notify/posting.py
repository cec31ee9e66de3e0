"""How the parts of a chat message are posted: in turn, at the service's pace, none twice at ease.

A service without idempotency may get a part twice where its answer was lost, and no more than this
one: the parts whose acceptance was read are remembered under the delivery's key, and an attempt
begins behind them. What is remembered lives as long as the channel does.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from monitor.notify import replies, wording
from monitor.notify.chat import Follow
from monitor.notify.plugin import Tools
from monitor.notify.webhook import retry_after_s
from monitor.ports import Answer, Failure, Outcome, Receipt

#: A service that asks for no more than this is waited for and asked once more, in seconds.
PATIENCE_S = 3.0
#: What a service asked for at most, in seconds.
MOST_WAIT_S = 86_400.0
#: Deliveries of one channel that wait for each other's turn: what the courier has on its way.
QUEUE = 4
#: Messages and developments that a channel remembers.
MOST_REMEMBERED = 500

Payload = Mapping[str, Any]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Posted:
    """One POST: where to, what, and with which headers."""

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a service said: the word for its table, the wait it asked for, the message's id."""

    word: str = ""
    wait_s: float | None = None
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A message that a service has: its id there, and what it was posted with."""

    remote: str
    payload: Payload


class Talk(Protocol):
    """What is a service's own: how a part is posted, and how its answers are read."""

    kind: str

    @property
    def rules(self) -> Sequence[replies.Rule]:
        """The table of its answers."""
        ...

    def request(self, payload: Payload) -> Posted:
        """Give the request that posts a part, or edits one."""
        ...

    def said(self, answer: Answer) -> Said:
        """Read an answer, whatever it holds."""
        ...

    def reply(self, mark: Mark | None) -> Payload:
        """Give what makes a part an answer to an earlier message; nothing without one."""
        ...

    def edited(self, mark: Mark, words: str) -> Payload | None:
        """Give a payload that writes `words` over an earlier message; None: it cannot be edited."""
        ...

    def otherwise(self, payload: Payload, receipt: Receipt, answer: Answer) -> Payload | None:
        """Give another form of a part that was refused, to be posted at once; None: there is none.

        What it gives is final: it is not asked again for that one.
        """
        ...


class Memory:
    """The parts accepted under a key, and the messages in which developments were first told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._parts: OrderedDict[str, int] = OrderedDict()
        self._marks: OrderedDict[str, Mark] = OrderedDict()

    def done(self, key: str) -> int:
        """Give how many parts of a message were accepted."""
        return self._parts.get(key, 0)

    def accepted(self, key: str, number: int) -> None:
        """Remember that the first `number` parts were accepted."""
        _put(self._parts, key, number)

    def forget(self, key: str) -> None:
        """Forget how far a message came: all of it was accepted."""
        self._parts.pop(key, None)

    def mark(self, development: str) -> Mark | None:
        """Give the message that first told of a development, None where none is remembered."""
        return self._marks.get(development)

    def told(self, development: str, mark: Mark) -> None:
        """Remember the message that told of a development."""
        _put(self._marks, development, mark)


def _put(shelf: OrderedDict[str, _Value], key: str, value: _Value) -> None:
    shelf[key] = value
    shelf.move_to_end(key)
    while len(shelf) > MOST_REMEMBERED:
        shelf.popitem(last=False)


class Poster:
    """Posts the parts of messages for one channel: one after another, at a pace, each once at ease.

    `every_s` seconds lie between two posts. A wait that the service asks for holds for the whole
    channel: until it is over nothing is posted, whoever asks.
    """

    def __init__(
        self, talk: Talk, tools: Tools, *, deadline_s: float, every_s: float, secrets: Sequence[str]
    ) -> None:
        """`deadline_s` bounds one post; what stands in `secrets` comes into no receipt."""
        self.memory = Memory()
        self._talk, self._tools, self._secrets = talk, tools, tuple(secrets)
        self._post_s, self._every_s = deadline_s, every_s
        self._turn = asyncio.Lock()
        self._next_at = 0.0  # in the loop's time
        self._held_until: datetime | None = None  # in news time, by which deliveries are planned
        self._held = Receipt(Outcome.LATER)

    @property
    def deadline_s(self) -> float:
        """How long an attempt may take that has to wait for the turn of all others."""
        return QUEUE * (self._post_s + self._every_s) + PATIENCE_S

    async def send(self, key: str, body: bytes) -> Receipt:
        """Post what is left of the message in `body`, written by `pack`. Never raises for them."""
        message = unpack(self._talk.kind, body)
        if message is None:
            return foreign(self._talk.kind)
        try:
            async with asyncio.timeout(self.deadline_s), self._turn:
                return await self._send(key, message)
        except TimeoutError:
            return Receipt(Outcome.LATER, "timeout", f"no turn within {self.deadline_s:g} s")

    async def _send(self, key: str, message: Mapping[str, Any]) -> Receipt:
        parts: Sequence[Payload] = message["parts"]
        mark = self.memory.mark(message["follows"]) if message["follows"] else None
        begun = self.memory.done(key)
        if mark is not None and not begun:
            late = await self._edit(mark, message["mark"])
            if late is not None:  # an edit can be made twice: so it comes first
                return late
        receipt = Receipt(Outcome.SENT, "sent", "accepted")
        for number, payload in enumerate(parts[begun:], start=begun + 1):
            answering = mark if number == 1 else None
            receipt, said = await self._posted({**payload, **self._talk.reply(answering)})
            if receipt.outcome is not Outcome.SENT:
                return _of_part(receipt, number, len(parts))
            self.memory.accepted(key, number)
            if number == 1 and said.remote:
                for development in message["tells"]:
                    self.memory.told(development, Mark(said.remote, payload))
        self.memory.forget(key)
        return receipt

    async def _edit(self, mark: Mark, words: str) -> Receipt | None:
        """Write over the first message what became of it; give the receipt where that has to wait.

        A message that cannot be edited any more stays as it is: the answer to it says the same.
        """
        edited = self._talk.edited(mark, words)
        if edited is None:
            return None
        receipt, _ = await self._posted(edited)
        return receipt if receipt.outcome is Outcome.LATER else None

    async def _posted(self, payload: Payload) -> tuple[Receipt, Said]:
        """Post one part; again where the service wants it another way, or a little later."""
        receipt, said, answer = await self._post(payload)
        wait_s = receipt.retry_after_s or 0.0
        if receipt.outcome is Outcome.LATER and 0 < wait_s <= PATIENCE_S and answer is not None:
            await asyncio.sleep(wait_s)
            self._held_until = None
            receipt, said, answer = await self._post(payload)
        if answer is not None and receipt.outcome in {Outcome.REFUSED, Outcome.GONE}:
            other = self._talk.otherwise(payload, receipt, answer)
            if other is not None:
                receipt, said, _ = await self._post(other)
        return receipt, said

    async def _post(self, payload: Payload) -> tuple[Receipt, Said, Answer | None]:
        """Post once, when it is time; give what was answered, None where nothing was."""
        now = self._tools.clock.now()
        if self._held_until is not None and self._held_until > now:
            left_s = (self._held_until - now).total_seconds()
            return replace(self._held, retry_after_s=left_s), Said(), None
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._next_at - loop.time()))
        posted = self._talk.request(payload)
        answer = await self._tools.http.post(
            posted.url, posted.body, posted.headers, deadline_s=self._post_s
        )
        self._next_at = loop.time() + self._every_s
        if isinstance(answer, Failure) and answer.status is None:
            return replies.failed(answer, self._secrets), Said(), None
        if isinstance(answer, Failure):
            answer = Answer(answer.status or 0, "")
        said = self._talk.said(answer)
        asked = retry_after_s(answer, self._tools.clock.wire()) if said.wait_s is None else None
        wait_s = asked if said.wait_s is None else min(max(said.wait_s, 0.0), MOST_WAIT_S)
        receipt = replies.judge(self._talk.rules, answer.status, said.word, wait_s)
        if receipt.outcome is Outcome.LATER and receipt.retry_after_s is not None:
            self._held_until = self._tools.clock.now() + timedelta(seconds=receipt.retry_after_s)
            self._held = receipt
        return receipt, said, answer


class Service(Talk):
    """What the channels have in common that post to a chat service: one recipient, one poster.

    A kind says how its service is spoken to (`Talk`) and renders notes for it.
    """

    one_event_each = False

    def __init__(
        self, name: str, tools: Tools, *, deadline_s: float, every_s: float, secrets: Sequence[str]
    ) -> None:
        """Take the channel's name, the guarded client and both times; see `Poster`."""
        self.name = name
        self.recipients = (self.kind,)
        self._poster = Poster(self, tools, deadline_s=deadline_s, every_s=every_s, secrets=secrets)
        self.deadline_s = self._poster.deadline_s

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Post what was rendered, parts that were accepted before left out."""
        del recipient
        return await self._poster.send(key, body)

    async def close(self) -> None:
        """The client belongs to the one who made it."""


def pack(
    kind: str,
    parts: Sequence[Payload],
    *,
    tells: Sequence[str] = (),
    follow: Follow | None = None,
) -> bytes:
    """Give the bytes that the outbox keeps of a message, written for channels of `kind`.

    `tells` are the developments that it is the first to tell of, `follow` says on which one it
    follows up, and what is written over the message that told of that one.
    """
    follows, mark = (follow.development, follow.mark) if follow else ("", "")
    said = {
        "kind": kind, "parts": list(parts), "tells": list(tells), "follows": follows, "mark": mark,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def unpack(kind: str, body: bytes) -> Mapping[str, Any] | None:
    """Give what `pack` wrote, None for a message that was written for another kind of channel."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("kind") == kind else None


def foreign(kind: str) -> Receipt:
    """Give the receipt for a message that was stored when the channel was of another kind."""
    said = f"it was written for another kind of channel than {kind}, which this channel is now"
    return Receipt(Outcome.REFUSED, "other-kind", said)


def _of_part(receipt: Receipt, number: int, of: int) -> Receipt:
    """Say which part of several it was."""
    if of == 1:
        return receipt
    said = f"part {number} of {of}: {receipt.message}"
    return Receipt(receipt.outcome, receipt.code, said, receipt.retry_after_s)


def found(text: str, pattern: re.Pattern[str]) -> str:
    """Give what a pattern's group holds where it is first found in an answer, "" elsewhere.

    An answer is read up to 8 KiB, which may cut its JSON short: so it is not parsed.
    """
    match = pattern.search(text)
    return match[1] if match else ""


def api_address(url: str) -> str:
    """Give the address of a service's interface, without a slash at its end.

    Raises ValueError with a sentence for people.
    """
    if not wording.link(url) or not urlsplit(url).hostname:
        raise ValueError("must be an http(s) address without blanks")
    if urlsplit(url).username is not None:
        raise ValueError("holds a password: use the options meant for it")
    if urlsplit(url).query or urlsplit(url).fragment:
        raise ValueError("must end with its path")
    return url.rstrip("/")
