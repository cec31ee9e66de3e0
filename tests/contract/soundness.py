"""What must hold for the bytes of every kind of channel, whatever a note holds."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from typing import Any
from xml.etree import ElementTree as ET

from monitor.notify import chat
from tests.delivery import fake_ntfy, fake_slack, fake_telegram
from tests.notes import KEY


def mail_is_sound(body: bytes) -> None:
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 998
    mail = message_from_bytes(body, policy=policy.default)
    wanted = {"from", "to", "date", "message-id", "list-id", "auto-submitted", "x-parley-key",
              "subject", "mime-version", "content-type"}  # fmt: skip
    threaded = {"in-reply-to", "references"}
    names = [name.lower() for name in mail.keys()]  # noqa: SIM118 - repeated ones count
    assert len(names) == len(set(names))
    assert set(names) - threaded == wanted
    assert mail["to"] == "desk@example.org"
    assert mail["message-id"] == f"<{KEY}@example.org>"
    parts = [part.get_content_type() for part in mail.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    html = mail.get_body(("html",))
    assert html is not None
    page = html.get_content()
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def json_is_sound(body: bytes) -> None:
    assert len(body) < 20_000
    said = json.loads(body)
    assert said["id"] == KEY
    for development in said["alert"]["developments"]:
        assert development["link"] == "" or development["link"].startswith(("http://", "https://"))


def lines_are_sound(body: bytes) -> None:
    text = body.decode("utf-8")
    assert text.endswith("\n\n")
    assert not [c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)]


def parts_of(body: bytes) -> list[dict[str, Any]]:
    said = json.loads(body)
    assert set(said) == {"kind", "parts", "tells", "follows", "mark"}
    assert 1 <= len(said["parts"]) <= chat.MAX_PARTS
    return list(said["parts"])


def slack_is_sound(body: bytes) -> None:
    for part in parts_of(body):
        assert fake_slack.too_much(part) == ""
        assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", part["text"])
        assert not [text for text in fake_slack.texts(part) if PINGS.search(text)]
        assert all(url.startswith(("http://", "https://")) for url in links_in(part["blocks"]))


def links_in(said: Any) -> list[str]:
    if isinstance(said, dict):
        own = [said["url"]] if "url" in said else []
        return own + [url for value in said.values() for url in links_in(value)]
    return [url for value in said for url in links_in(value)] if isinstance(said, list) else []


def telegram_is_sound(body: bytes) -> None:
    for part in parts_of(body):
        markup = fake_telegram.read(part["text"])
        assert markup.wrong == ""
        assert len(markup.text.encode("utf-16-le")) // 2 <= fake_telegram.MOST_UNITS
        assert not PINGS.search(markup.text)
        assert all(link.startswith(("http://", "https://")) for link in markup.links)


def ntfy_is_sound(body: bytes) -> None:
    for part in parts_of(body):
        assert 0 < len(part["message"].encode()) <= fake_ntfy.MOST_BYTES
        assert 0 < len(part["title"]) <= 200
        assert not re.search(r"[\x00-\x1f]", part["title"])
        assert part.get("click", "https://").startswith(("http://", "https://"))


def apprise_is_sound(body: bytes) -> None:
    for part in parts_of(body):
        assert 0 < len(part["body"]) <= 3000
        assert 0 < len(part["title"]) <= 200


def atom_is_sound(body: bytes) -> None:
    for entry in json.loads(body)["parts"]:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", entry["file"])
        read = ET.fromstring(entry["xml"])
        assert [child.tag for child in read][:4] == ["id", "title", "published", "updated"]
        page = read.findtext("content") or ""
        assert "<script" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page


#: What a service would ring a bell for, or take for a command.
PINGS = re.compile(r"@\w|<[!@#]|(?<!\S)/[A-Za-z]")
CHECKS = {
    "apprise": apprise_is_sound,
    "atom": atom_is_sound,
    "console": lines_are_sound,
    "email": mail_is_sound,
    "ntfy": ntfy_is_sound,
    "slack": slack_is_sound,
    "telegram": telegram_is_sound,
    "webhook": json_is_sound,
}
