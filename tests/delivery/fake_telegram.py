"""Telegram's Bot API as far as Parley speaks to it, with a strict reader of its HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from tests.delivery.fake_chat import FakeChat, Got, Reply

MOST_UNITS = 4096


class Markup(HTMLParser):
    """Reads what Telegram reads; `wrong` names what it would refuse."""

    TAGS = frozenset({"b", "i", "a", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.links: list[str] = []
        self.wrong = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.TAGS:
            self.wrong = f"unsupported start tag {tag}"
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong = f"unexpected end tag {tag}"

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Markup:
    """Read a text with Telegram's markup."""
    markup = Markup()
    markup.feed(html)
    markup.close()
    if markup.open:
        markup.wrong = f"can't find end tag {markup.open[-1]}"
    return markup


class FakeTelegram(FakeChat):
    """Sends and edits; refuses markup that does not close, and texts over 4,096 units."""

    def is_ok(self, reply: Reply) -> bool:
        return isinstance(reply.body, dict) and reply.body.get("ok") is True

    def accept(self, got: Got) -> Reply:
        text = got.said["text"]
        if got.said.get("parse_mode") == "HTML":
            markup = read(text)
            if markup.wrong:
                return refusal(400, f"Bad Request: can't parse entities: {markup.wrong}")
            text = markup.text
        if len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
            return refusal(400, "Bad Request: message is too long")
        number = got.said.get("message_id", 100 + len(self.taken))
        result: dict[str, Any] = {"message_id": number, "text": text}
        return Reply(200, {"ok": True, "result": result})

    def busy(self, wait_s: int) -> Reply:
        said = f"Too Many Requests: retry after {wait_s}"
        return refusal(429, said, retry_after=wait_s)


def refusal(status: int, description: str, **parameters: Any) -> Reply:
    """Give an error as the Bot API gives it."""
    said: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        said["parameters"] = parameters
    return Reply(status, said)
