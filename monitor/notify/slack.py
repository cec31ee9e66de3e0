"""Slack: by an incoming webhook, or as a bot that can answer in a thread and edit its messages.

Texts go as elements of rich text, in which Slack reads neither markup nor mentions. The plain text
beside them is what a phone shows, and what servers of a like kind that know no blocks show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from monitor.core.model import Note
from monitor.notify import chat, limits
from monitor.notify.chat import Block, Piece, Role
from monitor.notify.plugin import Options, Tools
from monitor.notify.posting import Mark, Payload, Posted, Said, Service, api_address, found, pack
from monitor.notify.replies import Rule, rules
from monitor.ports import Answer, Outcome, Receipt

#: Slack takes 3,000 characters a block and 50 blocks a message; all of them together are refused
#: from about 13,000 characters on.
BLOCK_CHARS, MESSAGE_CHARS, MESSAGE_BLOCKS = 3000, 12_000, 50
#: Of the plain text Slack advises no more; it cuts at 40,000.
TEXT_CHARS = 4000

_CHANNEL = re.compile(r"[CGD][A-Z0-9]{6,20}|#?[^\s#@<>&]{1,80}")
_ERROR = re.compile(r'"error"\s*:\s*"([a-z_]{1,60})"')
_OK = re.compile(r'"ok"\s*:\s*(true)\b')
_TS = re.compile(r'"ts"\s*:\s*"([0-9]{1,12}\.[0-9]{1,9})"')
_IN = re.compile(r'"channel"\s*:\s*"([A-Z0-9]{1,24})"')
_WORD = re.compile(r"^\s*([a-z_]{1,60})\b")

RULES: tuple[Rule, ...] = (
    *rules(
        Outcome.REFUSED, "no-thread", "the earlier message is not there or cannot be edited",
        "thread_not_found", "message_not_found", "cant_update_message", "edit_window_closed",
        "cannot_reply_to_message",
    ),
    *rules(
        Outcome.REFUSED, "bad-blocks", "the message is not wanted in this form",
        "invalid_blocks", "msg_blocks_too_long", "invalid_metadata", "metadata_too_large",
    ),
    *rules(
        Outcome.REFUSED, "bad-message", "the message is not wanted",
        "invalid_payload", "msg_too_long", "no_text", "missing_text", "user_not_found",
        "too_many_attachments",
    ),
    *rules(
        Outcome.GONE, "gone", "the channel or the webhook is no more",
        "no_service", "no_team", "team_disabled", "is_archived", "channel_not_found",
        "no_active_hooks",
    ),
    *rules(
        Outcome.GONE, "auth", "the token is not accepted",
        "invalid_auth", "not_authed", "invalid_token", "account_inactive", "token_revoked",
        "token_expired", "not_allowed_token_type",
    ),
    *rules(
        Outcome.GONE, "forbidden", "the app may not write there: invite it, or give it chat:write",
        "not_in_channel", "missing_scope", "action_prohibited", "restricted_action",
        "posting_to_general_channel_denied", "no_permission", "ekm_access_denied",
        "access_denied", "org_login_required", "team_access_not_granted",
    ),
    *rules(
        Outcome.LATER, "rate-limited", "it asks for fewer messages",
        "rate_limited", "ratelimited", "message_limit_exceeded",
    ),
    Rule(Outcome.LATER, "unreadable", "that is no answer of Slack", (200,), "unreadable"),
    Rule(Outcome.LATER, "slack-error", "it names an error that is not known", (200,), "error:"),
    Rule(Outcome.GONE, "forbidden", "the webhook may not write there", (403,)),
    Rule(Outcome.GONE, "gone", "there is no such webhook", (404,)),
    Rule(Outcome.REFUSED, "bad-message", "the message is not wanted", (400,)),
)  # fmt: skip


class SlackOptions(Options):
    """Options of a channel of kind `slack`: `url` of an incoming webhook, or `token` and `to`."""

    url: SecretStr = Field(
        default=SecretStr(""), description="address of an incoming webhook; it is a secret"
    )
    token: SecretStr = Field(default=SecretStr(""), description="token of a bot, xoxb-...")
    to: str = Field(default="", description="channel that the bot writes to: its id, or #name")
    api: str = Field(default="https://slack.com/api", description="address of the Web API")
    every_s: float = Field(default=1.0, ge=0, le=60, description="seconds between two messages")
    deadline_s: float = Field(default=15.0, gt=0, le=120, description="seconds for one request")

    @field_validator("url")
    @classmethod
    def _url_is_an_address(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value():
            api_address(url.get_secret_value())
        return url

    @field_validator("api")
    @classmethod
    def _api_is_an_address(cls, api: str) -> str:
        return api_address(api)

    @field_validator("token")
    @classmethod
    def _token_is_one(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\x21-\x7e]*", token.get_secret_value()):
            raise ValueError("must be one word of ASCII")
        return token

    @field_validator("to")
    @classmethod
    def _channel_is_a_name(cls, to: str) -> str:
        if to and not _CHANNEL.fullmatch(to):
            raise ValueError("must be the id of a channel, such as C0123456789, or its #name")
        return to

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        url, token = self.url.get_secret_value(), self.token.get_secret_value()
        if bool(url) == bool(token):
            raise ValueError("give the `url` of a webhook, or `token` and `to` of a bot")
        if bool(token) != bool(self.to):
            raise ValueError("`token` and `to` belong together; a webhook has its own channel")
        return self


class SlackNotifier(Service):
    """Posts notes to one channel of Slack."""

    options_model: ClassVar[type[Options]] = SlackOptions
    kind = "slack"
    rules = RULES

    def __init__(self, name: str, options: SlackOptions, tools: Tools) -> None:
        """Take the channel's name and options, the guarded client, and both times."""
        self._options = options
        super().__init__(
            name, tools, deadline_s=options.deadline_s, every_s=options.every_s,
            secrets=(options.url.get_secret_value(), options.token.get_secret_value()),
        )  # fmt: skip

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the messages without token and channel; see `posting.pack`."""
        del recipient
        payloads: list[dict[str, Any]] = []
        for blocks in chat.parts(note, _ROOM):
            said = limits.fit("\n\n".join(map(chat.plain, blocks)), TEXT_CHARS, _escaped_size)
            payload: dict[str, Any] = {
                "text": _escape(said),
                "blocks": [_rich(block) for block in blocks],
            }
            if self._options.to:
                # for programs that read along: the same over all attempts
                about = {"key": limits.token(key, 64)}
                payload["metadata"] = {"event_type": "parley_message", "event_payload": about}
            payloads.append(payload)
        return pack(self.kind, payloads, tells=chat.developments(note), follow=chat.follow_of(note))

    def request(self, payload: Payload) -> Posted:
        """Give the request that posts one message, or edits one where `payload` names its `ts`."""
        options = self._options
        headers = [
            ("content-type", "application/json; charset=utf-8"),
            ("user-agent", "Parley/1 (slack)"),
        ]
        said: dict[str, Any] = {
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
            **payload,
        }
        url = options.url.get_secret_value()
        if not url:
            method = "chat.update" if "ts" in payload else "chat.postMessage"
            url = f"{options.api}/{method}"
            headers.append(("authorization", f"Bearer {options.token.get_secret_value()}"))
            said = {"channel": options.to, "parse": "none", "link_names": False, **said}
        return Posted(url, json.dumps(said, ensure_ascii=False).encode(), tuple(headers))

    def said(self, answer: Answer) -> Said:
        """Read an answer: JSON of the Web API, or the single word of a webhook."""
        text = answer.excerpt
        if self._options.to:
            error = found(text, _ERROR)
            if found(text[:200], _OK):
                channel, ts = found(text, _IN), found(text, _TS)
                return Said(remote=f"{channel}:{ts}" if channel and ts else "")
            unread = "unreadable" if answer.status == 200 else ""
            return Said(f"error:{error}" if error else unread)
        if answer.status == 200:
            return Said("unreadable" if text.lstrip().startswith("<") else "")
        return Said(found(text, _WORD))

    def reply(self, mark: Mark | None) -> Payload:
        """Answer in the thread of an earlier message, and show it in the channel too."""
        if mark is None:
            return {}
        return {"thread_ts": mark.remote.partition(":")[2], "reply_broadcast": True}

    def edited(self, mark: Mark, words: str) -> Payload | None:
        """Write `words` above what an earlier message says."""
        channel, _, ts = mark.remote.partition(":")
        above = (Piece(Role.HEAD, words),)
        text = f"{_escape(words)}\n\n{mark.payload['text']}"
        blocks = [_rich(above), *mark.payload["blocks"]][:MESSAGE_BLOCKS]
        return {"channel": channel, "ts": ts, "text": text, "blocks": blocks}

    def otherwise(self, payload: Payload, receipt: Receipt, answer: Answer) -> Payload | None:
        """Give a message as plain text where its blocks are refused, or without its thread."""
        del answer
        drop: dict[str, tuple[str, ...]]
        drop = {"bad-blocks": ("blocks", "metadata"), "no-thread": ("thread_ts", "reply_broadcast")}
        dropped = drop.get(receipt.code, ())
        if not any(name in payload for name in dropped):
            return None
        return {name: value for name, value in payload.items() if name not in dropped}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escaped_size(text: str) -> int:
    return len(_escape(text))


def _rich(block: Block) -> dict[str, Any]:
    """Set a block as rich text: quotations on their own, all else as lines of one section."""
    elements: list[dict[str, Any]] = []
    lines: list[Piece] = []
    for piece in block:
        if piece.role is Role.QUOTE:
            elements += _section(lines)
            quoted = [{"type": "text", "text": piece.text}]
            elements.append({"type": "rich_text_quote", "elements": quoted})
            lines = []
        else:
            lines.append(piece)
    return {"type": "rich_text", "elements": [*elements, *_section(lines)]}


def _section(lines: Sequence[Piece]) -> list[dict[str, Any]]:
    if not lines:
        return []
    inner: list[dict[str, Any]] = []
    for number, piece in enumerate(lines):
        if number:
            inner.append({"type": "text", "text": "\n"})
        inner += _elements(piece)
    return [{"type": "rich_text_section", "elements": inner}]


def _elements(piece: Piece) -> Iterator[dict[str, Any]]:
    style = {
        Role.HEAD: {"bold": True}, Role.TITLE: {"bold": True}, Role.SMALL: {"italic": True},
    }.get(piece.role)  # fmt: skip
    if piece.link:
        yield {"type": "link", "url": piece.link, "text": piece.text}
        if piece.rest:
            yield {"type": "text", "text": piece.rest}
        return
    said: dict[str, Any] = {"type": "text", "text": chat.line(piece)}
    yield {**said, "style": style} if style else said


_ROOM = chat.Room(
    block=BLOCK_CHARS,
    part=MESSAGE_CHARS,
    most=MESSAGE_BLOCKS - 1,  # what is written above an edited message is a block as well
    size=lambda block: len(chat.plain(block)),
    between=2,
)
