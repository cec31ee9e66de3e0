"""The same messages in every chat and push channel, compared with golden files; hostile ones too."""

from __future__ import annotations

import asyncio
import io
import json
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Note, Voice
from monitor.notify import registry
from monitor.ports import Notifier, Outcome
from tests.fakes_apprise import FakeApprise
from tests.fakes_http import LoopbackHttp
from tests.notes import KEY, KNOWN, PUBLISHED, FixedClock, alert, digest, message, section

GOLDEN = Path(__file__).parent / "golden"
OPTIONS: dict[str, dict[str, Any]] = {
    "apprise": {"url": "matrix://example.org/room"},
    "atom": {"folder": "unused"},
    "console": {},
    "email": {"host": "127.0.0.1", "tls": "none", "from": "p@example.org", "to": "a@example.org"},
    "ntfy": {"topic": "newsdesk"},
    "slack": {"url": "https://hooks.example.org/services/T/B/x"},
    "telegram": {"token": "123456:" + "A" * 35, "chat": -1001234567890},
    "webhook": {"url": "https://example.org/", "secret": "whsec_" + "QUJD" * 10},
}
CHATS = ("apprise", "atom", "ntfy", "slack", "telegram")

#: What an enemy writes into a title: headers, markup, templates, mentions, commands, steering.
EVIL = (
    "Truce\r\nBcc: evil@example.org <script>alert(1)</script> {{7*7}} {% raw %} ${x} %s @everyone "
    "@here <!channel> <@U1> /stop #tag \u202eevil\u2066 z\u200bero *bold* _x_ `c` & &lt; "
    "[a](javascript:alert(1)) tg://resolve?domain=x ]]> </feed>"
)


def hostile(title: str = EVIL) -> Note:
    voice = Voice(title, title, title, "javascript:alert(1)", PUBLISHED)
    told = section(
        title, title, "en", watch_title=title, outlet=title, link="javascript:alert(1)", known=KNOWN,
        key="e11",
    )  # fmt: skip
    return alert(type(told)(**{**_fields(told), "voices": (voice,), "certainty": title}))


def _fields(told: Any) -> dict[str, Any]:
    return {name: getattr(told, name) for name in told.__dataclass_fields__}


NOTES = {"alert": alert(), "digest": digest(), "ops": message("ops"), "hostile": hostile()}


@pytest.fixture(autouse=True)
def _with_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeApprise().put_in(monkeypatch)


def channel(kind: str, **changed: Any) -> Notifier:
    return registry.build(
        "c", kind, {**OPTIONS[kind], **changed}, http=LoopbackHttp(), clock=FixedClock(),
        stream=io.StringIO(),
    )  # fmt: skip


def shown(kind: str, note: Note) -> str:
    """What is stored of a message, set so that a person can read the difference."""
    said = json.loads(channel(kind).render(note, "x", KEY))
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("name", sorted(NOTES))
def test_messages_are_as_they_should_be(kind: str, name: str) -> None:
    assert shown(kind, NOTES[name]) == (GOLDEN / f"{name}.{kind}.json").read_text("utf-8")


def test_a_feed_is_as_it_should_be(tmp_path: Path) -> None:
    made = channel("atom", folder=str(tmp_path), address="https://example.org/feeds/")
    for key, name in enumerate(("alert", "hostile", "digest", "ops")):
        receipt = asyncio.run(made.send(made.render(NOTES[name], "atom", KEY), "atom", str(key)))
        assert receipt.outcome is Outcome.SENT
    for path in tmp_path.iterdir():
        assert path.read_text("utf-8") == (GOLDEN / f"feed.{path.name}").read_text("utf-8")


@pytest.mark.parametrize("kind", sorted(registry.KINDS))
@pytest.mark.parametrize("size", [1, 2_000_000 // len(EVIL)])
def test_a_hostile_title_of_any_length_becomes_a_message_and_nothing_more(
    kind: str, size: int
) -> None:
    body = channel(kind).render(hostile(EVIL * size), "a@example.org", KEY)
    assert len(body) < 100_000
    text = body.decode()
    assert "Truce" in text
    for steering in ("\u202e", "\u2066", "\\u202e"):
        assert steering not in text
    if kind == "email":
        mail = message_from_bytes(body, policy=policy.default)
        assert mail["bcc"] is None
        assert mail["to"] == "a@example.org"
        html = mail.get_body(("html",))
        assert html is not None
        text = html.get_content()
        assert "<script" not in text
        assert "{{7*7}}" in text
