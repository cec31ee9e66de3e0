"""Telegram: messages of a bot to one chat, in Telegram's HTML, edited when more is known."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from monitor.core.model import Note
from monitor.notify import chat, limits
from monitor.notify.chat import Block, Piece, Role
from monitor.notify.plugin import Options, Tools
from monitor.notify.posting import Mark, Payload, Posted, Said, Service, api_address, found, pack
from monitor.notify.replies import Rule, rules
from monitor.ports import Answer, Outcome, Receipt

#: Telegram's bound on a message, in UTF-16 code units, once its markup is read.
MESSAGE_UNITS = 4096
#: A message may hold 100 places with markup; a development has four at most.
MESSAGE_BLOCKS = 25
#: Kept free for what is written above a message that is edited.
_MARK_UNITS = chat.MARK_UNITS + 2

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,63}")
_OK = re.compile(r'^\s*\{\s*"ok"\s*:\s*(true)\b')
_ID = re.compile(r'"message_id"\s*:\s*([0-9]{1,18})\b')
_SAID = re.compile(r'"description"\s*:\s*"([^"\\]{1,300})')
_WAIT = re.compile(r'"retry_after"\s*:\s*([0-9]{1,9})\b')
_MOVED = re.compile(r'"migrate_to_chat_id"\s*:\s*(-?[0-9]{1,20})\b')

RULES: tuple[Rule, ...] = (
    Rule(Outcome.LATER, "unreadable", "that is no answer of Telegram", (200,), "unreadable"),
    Rule(Outcome.SENT, "sent", "it says so already", (400,), "message is not modified"),
    *rules(
        Outcome.REFUSED, "no-thread", "the earlier message is not there or cannot be edited",
        "message to edit not found", "message can't be edited", "message to be replied not found",
        "reply message not found", "replied message not found", "message_id_invalid",
        statuses=(400,),
    ),
    *rules(
        Outcome.REFUSED, "bad-markup", "the markup of the message is not taken",
        "can't parse entities", "entity", "unsupported start tag", "entities_too_long",
        statuses=(400,),
    ),
    *rules(
        Outcome.GONE, "moved", "the group has another id now: find it out and set it as `chat`",
        "upgraded to a supergroup", statuses=(400,),
    ),
    *rules(
        Outcome.GONE, "gone", "there is no such chat for this bot: add it, or press Start",
        "chat not found", "peer_id_invalid", "group is deactivated", "user not found",
        "message thread not found", "topic_closed", "topic_deleted", "chat_id is empty",
        statuses=(400,),
    ),
    *rules(
        Outcome.GONE, "forbidden", "the bot may not write there",
        "not enough rights", "have no rights", "need administrator rights", "write_forbidden",
        "channel_private", "chat_restricted", "chat_admin_required", "chat_send_plain_forbidden",
        statuses=(400,),
    ),
    Rule(Outcome.REFUSED, "bad-message", "the message is not wanted", (400,)),
    Rule(Outcome.GONE, "auth", "the token is not accepted", (401,)),
    Rule(Outcome.GONE, "auth", "the token is not one of a bot", (404,)),
    Rule(Outcome.GONE, "gone", "the bot was blocked or removed", (403,)),
)  # fmt: skip


class TelegramOptions(Options):
    """Options of a channel of kind `telegram`."""

    token: SecretStr = Field(description="token of the bot, 123456:ABC..., from @BotFather")
    chat: str = Field(description="number of the chat, negative for groups, or @name of a channel")
    topic: int = Field(default=0, ge=0, description="number of a topic of a forum; 0: none")
    api: str = Field(default="https://api.telegram.org", description="address of the Bot API")
    every_s: float = Field(
        default=1.0, ge=0, le=60, description="seconds between two messages; 3 for a busy group"
    )
    deadline_s: float = Field(default=15.0, gt=0, le=120, description="seconds for one request")

    @field_validator("token")
    @classmethod
    def _token_is_one(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("must be a bot's token: a number, a colon, and 35 characters")
        return token

    @field_validator("chat", mode="before")
    @classmethod
    def _chat_may_be_a_number(cls, chat: object) -> object:
        is_number = isinstance(chat, int) and not isinstance(chat, bool)
        return str(chat) if is_number else chat

    @field_validator("chat")
    @classmethod
    def _chat_is_one(cls, chat: str) -> str:
        if not _CHAT.fullmatch(chat):
            raise ValueError("must be a number such as -1001234567890, or @name of a channel")
        return chat

    @field_validator("api")
    @classmethod
    def _api_is_an_address(cls, api: str) -> str:
        return api_address(api)


class TelegramNotifier(Service):
    """Sends notes to one chat as a bot."""

    options_model: ClassVar[type[Options]] = TelegramOptions
    kind = "telegram"
    rules = RULES

    def __init__(self, name: str, options: TelegramOptions, tools: Tools) -> None:
        """Take the channel's name and options, the guarded client, and both times."""
        self._options = options
        self._moved_to = ""  # a group that became a supergroup, until the configuration says so
        super().__init__(
            name, tools, deadline_s=options.deadline_s, every_s=options.every_s,
            secrets=(options.token.get_secret_value(),),
        )  # fmt: skip

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the messages without token and chat; see `posting.pack`."""
        del recipient, key
        payloads = [
            {"text": "\n\n".join(map(_html, blocks)), "plain": "\n\n".join(map(chat.plain, blocks))}
            for blocks in chat.parts(note, _ROOM)
        ]
        return pack(self.kind, payloads, tells=chat.developments(note), follow=chat.follow_of(note))

    def request(self, payload: Payload) -> Posted:
        """Give the request that sends a message, or edits one where `payload` has its number."""
        options = self._options
        said: dict[str, Any] = {
            "chat_id": self._moved_to or options.chat,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            **payload,
        }
        plain = said.pop("plain")
        if said["parse_mode"] is None:
            del said["parse_mode"]
            said["text"] = limits.fit(plain, MESSAGE_UNITS, limits.utf16)
        method = "editMessageText" if "message_id" in payload else "sendMessage"
        if options.topic and method == "sendMessage":
            said["message_thread_id"] = options.topic
        url = f"{options.api}/bot{options.token.get_secret_value()}/{method}"
        headers = (("content-type", "application/json"), ("user-agent", "Parley/1 (telegram)"))
        return Posted(url, json.dumps(said, ensure_ascii=False).encode(), headers)

    def said(self, answer: Answer) -> Said:
        """Read an answer: its description, the wait that it asks for, the number of a message."""
        text = answer.excerpt
        if found(text, _OK):
            return Said(remote=found(text, _ID))
        wait = found(text, _WAIT)
        word = found(text, _SAID) or ("unreadable" if answer.status == 200 else "")
        return Said(word, float(wait) if wait else None)

    def reply(self, mark: Mark | None) -> Payload:
        """Answer an earlier message, which may have been taken away meanwhile."""
        if mark is None:
            return {}
        about = {"message_id": int(mark.remote), "allow_sending_without_reply": True}
        return {"reply_parameters": about}

    def edited(self, mark: Mark, words: str) -> Payload | None:
        """Write `words` above what an earlier message says."""
        return {
            "message_id": int(mark.remote),
            "text": f"<b>{escape(words)}</b>\n\n{mark.payload['text']}",
            "plain": f"{words}\n\n{mark.payload['plain']}",
        }

    def otherwise(self, payload: Payload, receipt: Receipt, answer: Answer) -> Payload | None:
        """Give a message without markup, or for the group's new id, which the answer names."""
        if receipt.code == "bad-markup":
            return {**payload, "parse_mode": None}
        if receipt.code == "moved":
            self._moved_to = found(answer.excerpt, _MOVED)
            return payload if self._moved_to else None
        if receipt.code == "no-thread" and "reply_parameters" in payload:
            return {name: value for name, value in payload.items() if name != "reply_parameters"}
        return None


def _seen(block: Block) -> str:
    """Give a block as Telegram counts it: without markup and addresses."""
    return "\n".join(map(chat.line, block))


def _html(block: Block) -> str:
    return "\n".join(map(_marked, block))


def _marked(piece: Piece) -> str:
    text = escape(chat.line(piece))
    if piece.role in {Role.HEAD, Role.TITLE}:
        return f"<b>{text}</b>"
    if piece.role is Role.QUOTE:
        return f"<blockquote>{text}</blockquote>"
    if piece.role is Role.SMALL:
        return f"<i>{text}</i>"
    if piece.link:
        return f'<a href="{escape(piece.link)}">{escape(piece.text)}</a>{escape(piece.rest)}'
    return text


_ROOM = chat.Room(
    block=MESSAGE_UNITS - _MARK_UNITS - 100,
    part=MESSAGE_UNITS - _MARK_UNITS,
    most=MESSAGE_BLOCKS,
    size=lambda block: limits.utf16(_seen(block)),
    between=2,
)
