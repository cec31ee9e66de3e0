"""ntfy: a push message to a topic, published as JSON through the guarded client.

The message carries a `sequence_id` made from the delivery's key: servers from 2.16 on take a second
copy for the same notification. Older ones ignore it.
"""

from __future__ import annotations

import base64
import json
import re
from typing import ClassVar, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from monitor.core.model import Note, Severity
from monitor.notify import chat, limits
from monitor.notify.chat import Block, Role
from monitor.notify.plugin import Options, Tools
from monitor.notify.posting import Mark, Payload, Posted, Said, Service, api_address, found, pack
from monitor.notify.replies import Rule
from monitor.ports import Answer, Outcome, Receipt

#: ntfy's own bound on a message, in bytes; a longer one becomes an attachment that nobody opens.
MESSAGE_BYTES = 4096
TITLE_CHARS = 200
PRIORITIES = {Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5}
#: Of messages that tell of no development, and of digests, which are read when there is time.
PRIORITY = 3
#: Where the day's messages are used up, nothing goes for an hour.
QUOTA_WAIT_S = 3600.0

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CODE = re.compile(r'"code"\s*:\s*([0-9]{5})\b')
_ID = re.compile(r'"id"\s*:\s*"([A-Za-z0-9_-]{1,64})"')

_QUOTA = "the day's messages are used up"
RULES: tuple[Rule, ...] = (
    Rule(Outcome.LATER, "unreadable", "that is no answer of ntfy", (200,), "unreadable"),
    Rule(Outcome.LATER, "quota", _QUOTA, (429,), "42908", QUOTA_WAIT_S),
    Rule(Outcome.GONE, "auth", "token or login is not accepted", (401,)),
    Rule(Outcome.GONE, "auth", "the topic is not open to this token or login", (403,)),
    Rule(Outcome.GONE, "gone", "there is no ntfy server at this address", (404,)),
    Rule(Outcome.REFUSED, "bad-message", "the message is not wanted like this", (400,)),
)


class NtfyOptions(Options):
    """Options of a channel of kind `ntfy`."""

    server: str = Field(default="https://ntfy.sh", description="https address of the server")
    # Who knows the topic reads along, where the server asks for no login.
    topic: str = Field(repr=False, description="where to publish; a name that nobody guesses")
    token: SecretStr = Field(default=SecretStr(""), description="access token, tk_...")
    user: str = Field(default="", description="name to log in with, instead of a token")
    password: SecretStr = Field(default=SecretStr(""), description="password of `user`")
    tags: tuple[str, ...] = Field(
        default=(), max_length=5, description="tags of every message, such as newspaper"
    )
    every_s: float = Field(default=0.0, ge=0, le=60, description="seconds between two messages")
    deadline_s: float = Field(default=15.0, gt=0, le=120, description="seconds for one request")

    @field_validator("server")
    @classmethod
    def _server_is_an_address(cls, server: str) -> str:
        return api_address(server)

    @field_validator("topic")
    @classmethod
    def _topic_is_a_name(cls, topic: str) -> str:
        if not _TOPIC.fullmatch(topic):
            raise ValueError("must be 1 to 64 letters, digits, _ and -, without the server")
        return topic

    @field_validator("tags")
    @classmethod
    def _tags_are_words(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[\w+-]{1,40}", tag) for tag in tags):
            raise ValueError("must be words such as newspaper")
        return tags

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if bool(self.user) != bool(self.password.get_secret_value()):
            raise ValueError("give `user` and `password` together, or neither")
        if self.user and self.token.get_secret_value():
            raise ValueError("give `token`, or `user` and `password`, not both")
        return self


class NtfyNotifier(Service):
    """Publishes notes to one topic of an ntfy server."""

    options_model: ClassVar[type[Options]] = NtfyOptions
    kind = "ntfy"
    rules = RULES

    def __init__(self, name: str, options: NtfyOptions, tools: Tools) -> None:
        """Take the channel's name and options, the guarded client, and both times."""
        self._options = options
        secrets = (options.token.get_secret_value(), options.password.get_secret_value())
        super().__init__(
            name, tools, deadline_s=options.deadline_s, every_s=options.every_s,
            secrets=(*secrets, options.topic),
        )  # fmt: skip

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the messages without topic and login; see `posting.pack`."""
        del recipient
        packed = chat.parts(note, _ROOM)
        severity = chat.severity(note) if note.kind == "alert" else None
        links = [piece.link for block in packed[0] for piece in block if piece.link]
        follow = chat.follow_of(note)
        payloads = []
        for number, blocks in enumerate(packed):
            alone = number == 0 and len(blocks) == 1
            payload: dict[str, object] = {
                "title": chat.summary(note, TITLE_CHARS),
                "message": "\n\n".join(_set(block, headed=not alone) for block in blocks),
                "priority": PRIORITIES[severity] if severity else PRIORITY,
                "sequence_id": _sequence(key, number),
            }
            if len(links) == 1:
                payload["click"] = links[0]
            if follow is not None:
                payload["tags"] = ["warning"]
            payloads.append(payload)
        return pack(self.kind, payloads)

    def request(self, payload: Payload) -> Posted:
        """Give the request that publishes one message."""
        options = self._options
        tags = [*payload.get("tags", ()), *options.tags]
        said = {"topic": options.topic, **payload, **({"tags": tags} if tags else {})}
        headers = [("content-type", "application/json"), ("user-agent", "Parley/1 (ntfy)")]
        if token := options.token.get_secret_value():
            headers.append(("authorization", f"Bearer {token}"))
        elif options.user:
            login = f"{options.user}:{options.password.get_secret_value()}".encode()
            headers.append(("authorization", "Basic " + base64.b64encode(login).decode()))
        body = json.dumps(said, ensure_ascii=False).encode()
        return Posted(f"{options.server}/", body, tuple(headers))

    def said(self, answer: Answer) -> Said:
        """Read an answer: the server's five-digit code of an error, the id of a message."""
        remote = found(answer.excerpt, _ID)
        unread = answer.status == 200 and not remote
        return Said("unreadable" if unread else found(answer.excerpt, _CODE), None, remote)

    def reply(self, mark: Mark | None) -> Payload:
        """Give nothing: ntfy knows no answers."""
        del mark
        return {}

    def edited(self, mark: Mark, words: str) -> Payload | None:
        """Give nothing: an edit makes no sound, and a correction is to be heard."""
        del mark, words
        return None

    def otherwise(self, payload: Payload, receipt: Receipt, answer: Answer) -> Payload | None:
        """Give nothing: there is no plainer form."""
        del payload, receipt, answer
        return None


def _sequence(key: str, number: int) -> str:
    """Give an id of a notification that stays the same over all attempts."""
    return limits.token(f"{key}/{number}" if number else key, 32)


def _set(block: Block, *, headed: bool = True) -> str:
    """Write a block as plain text; the head of a message's only one stands in its title."""
    lines = []
    for piece in block:
        if piece.role is Role.HEAD and not headed and len(block) > 1:
            continue
        mark = {Role.LIST: "\u2022 ", Role.TITLE: "== "}.get(piece.role, "")
        link = f"\n{piece.link}" if piece.link and headed else ""
        lines.append(f"{mark}{piece.words}{link}")
    return "\n".join(lines)


_ROOM = chat.Room(
    block=MESSAGE_BYTES - 200,
    part=MESSAGE_BYTES,
    most=40,
    size=lambda block: limits.utf8(_set(block)),
    between=2,
)
