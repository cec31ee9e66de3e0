"""What holds for every kind of channel."""

from __future__ import annotations

import asyncio
import base64
import io
import sys
import threading
import types
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from monitor.core.model import Note
from monitor.errors import ConfigError
from monitor.notify import registry
from monitor.notify.console import ConsoleNotifier
from monitor.notify.plugin import Options
from monitor.ports import Answer, Failure, Notifier, Outcome, Receipt
from tests.contract.soundness import CHECKS
from tests.fakes_apprise import SECRET, FakeApprise
from tests.fakes_http import LoopbackHttp, receiver
from tests.fakes_smtp import Mailbox, smtp_server
from tests.notes import KEY, FixedClock, alert, digest, hostile_notes, message

BOT = "123456:planted-bot-token-of-35-characters"
SECRETS = (
    "planted-password", "planted-token", "planted-header", "cGxhbnRlZC1zZWNyZXQtb2Yt", BOT, SECRET,
    "planted-topic",
)  # fmt: skip
WHSEC = "whsec_" + base64.b64encode(b"planted-secret-of-32-bytes-here!").decode()

#: kind -> options without anything secret missing; ports are filled in by the tests that send
OPTIONS: dict[str, dict[str, Any]] = {
    "apprise": {"url": f"matrix://user:{SECRET}@example.org/room"},
    "atom": {"folder": "a-folder-that-nobody-makes"},
    "console": {},
    "email": {
        "host": "127.0.0.1", "tls": "none", "user": "parley", "password": "planted-password",
        "from": "Parley <parley@example.org>", "to": ["desk@example.org", "night@example.org"],
    },
    "ntfy": {"server": "http://127.0.0.1:9", "topic": "planted-topic", "token": "planted-token"},
    "slack": {"api": "http://127.0.0.1:9/api", "token": "planted-token", "to": "C0FAKE0001"},
    "telegram": {"api": "http://127.0.0.1:9", "token": BOT, "chat": -1001234567890},
    "webhook": {
        "url": "http://127.0.0.1:9/200?token=planted-token", "secret": WHSEC,
        "headers": {"Authorization": "Bearer planted-header"},
    },
}  # fmt: skip
KINDS = sorted(OPTIONS)


class FullStream(io.StringIO):
    """A terminal whose other end is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def channel(kind: str, *, stream: io.StringIO | None = None, **changed: Any) -> Notifier:
    return registry.build(
        f"my-{kind}",
        kind,
        {**OPTIONS[kind], **changed},
        http=LoopbackHttp(),
        clock=FixedClock(),
        stream=stream or io.StringIO(),
    )


def test_every_built_in_kind_is_under_this_contract() -> None:
    assert sorted(registry.KINDS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_says_who_it_is(kind: str) -> None:
    made = channel(kind)
    assert (made.name, made.kind) == (f"my-{kind}", kind)
    assert made.recipients
    assert len(set(made.recipients)) == len(made.recipients)
    assert made.deadline_s > 0
    assert made.one_event_each is (kind == "webhook")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("note", [alert(), digest(), message("ops"), message("test")])
def test_rendering_is_pure(kind: str, note: Note) -> None:
    first, second = channel(kind), channel(kind)
    for recipient in first.recipients:
        body = first.render(note, recipient, KEY)
        assert body
        assert second.render(note, recipient, KEY) == body


@pytest.mark.parametrize("kind", KINDS)
@given(note=hostile_notes())
@settings(max_examples=120, deadline=None)
def test_no_text_can_break_a_rendering(kind: str, note: Note) -> None:
    made = channel(kind)
    recipient = made.recipients[0]
    body = made.render(note, recipient, KEY)
    assert body == made.render(note, recipient, KEY)
    CHECKS[kind](body)


@pytest.fixture(autouse=True)
def _with_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeApprise().put_in(monkeypatch)


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_shows_in_options_or_bytes(kind: str) -> None:
    model = registry.options_model(kind)
    options = model.model_validate(OPTIONS[kind])
    made = channel(kind)
    shown = [repr(options), str(options), repr(made), repr(vars(made))]
    shown += [made.render(note, made.recipients[0], KEY).decode() for note in (alert(), digest())]
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_option_is_named_and_its_value_kept_secret(kind: str) -> None:
    with pytest.raises(ValidationError) as refused:
        registry.options_model(kind).model_validate({**OPTIONS[kind], "pasword": "planted-token"})
    assert "pasword" in str(refused.value)
    assert "planted-token" not in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_is_described_for_editors(kind: str) -> None:
    properties = registry.options_model(kind).model_json_schema()["properties"]
    assert properties
    assert not [name for name, option in properties.items() if not option.get("description")]


# --- sending ---------------------------------------------------------------------------------


async def mail_attempt(mailbox: Mailbox) -> Receipt:
    async with smtp_server(mailbox, login=True):
        made = channel("email", port=mailbox.port)
        body = made.render(alert(), "desk@example.org", KEY)
        receipt = await made.send(body, "desk@example.org", KEY)
        await made.close()
        return receipt


def hook_attempt(path: str) -> Receipt:
    with receiver() as target:
        made = channel("webhook", url=f"{target.url}{path}?token=planted-token")
        body = made.render(alert(), made.recipients[0], KEY)
        return asyncio.run(made.send(body, made.recipients[0], KEY))


def console_attempt(stream: io.StringIO) -> Receipt:
    made = channel("console", stream=stream)
    return asyncio.run(made.send(made.render(alert(), "console", KEY), "console", KEY))


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        (lambda: console_attempt(io.StringIO()), Outcome.SENT),
        (lambda: console_attempt(FullStream()), Outcome.LATER),
        (lambda: asyncio.run(mail_attempt(Mailbox())), Outcome.SENT),
        (lambda: asyncio.run(mail_attempt(Mailbox(recipient_reply="450 wait"))), Outcome.LATER),
        (lambda: asyncio.run(mail_attempt(Mailbox(recipient_reply="550 who"))), Outcome.REFUSED),
        (lambda: hook_attempt("/204"), Outcome.SENT),
        (lambda: hook_attempt("/500"), Outcome.LATER),
        (lambda: hook_attempt("/422"), Outcome.REFUSED),
        (lambda: hook_attempt("/410"), Outcome.GONE),
    ],
)
def test_what_the_other_side_does_is_a_receipt(attempt: Any, outcome: Outcome) -> None:
    receipt = attempt()
    assert receipt.outcome is outcome
    assert receipt.code
    assert receipt.message
    assert not [secret for secret in SECRETS if secret in repr(receipt)]


@pytest.mark.parametrize("kind", ["email", "webhook"])
def test_nobody_listens(kind: str) -> None:
    async def attempt() -> Receipt:
        server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        url = f"http://127.0.0.1:{port}/?token=planted-token"
        made = channel(kind, **({"port": port} if kind == "email" else {"url": url}))
        recipient = made.recipients[0]
        return await made.send(made.render(alert(), recipient, KEY), recipient, KEY)

    receipt = asyncio.run(attempt())
    assert (receipt.outcome, receipt.code) == (
        Outcome.LATER,
        {"email": "connect", "webhook": "refused"}[kind],
    )
    assert not [secret for secret in SECRETS if secret in repr(receipt)]


# --- the registry ----------------------------------------------------------------------------


def test_an_unknown_kind_is_refused_with_what_was_meant() -> None:
    with pytest.raises(ConfigError, match="did you mean webhook"):
        registry.options_model("webhok")
    with pytest.raises(ConfigError, match="apprise, atom, console, email, ntfy, slack, telegram"):
        registry.options_model("pigeon")


def test_a_further_kind_comes_in_by_the_same_door(monkeypatch: pytest.MonkeyPatch) -> None:
    class PigeonOptions(Options):
        loft: str

    class Pigeon(ConsoleNotifier):
        kind = "pigeon"
        options_model = PigeonOptions

        def __init__(self, name: str, options: Any, tools: Any) -> None:
            self.name, self.recipients, self.deadline_s = name, (options.loft,), 1.0

    module = types.ModuleType("pigeons")
    module.Pigeon = Pigeon  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pigeons", module)
    monkeypatch.setitem(registry.KINDS, "pigeon", "pigeons:Pigeon")
    made = registry.build("p", "pigeon", {"loft": "roof"}, http=LoopbackHttp(), clock=FixedClock())
    assert (made.kind, made.recipients) == ("pigeon", ("roof",))
    assert registry.options_model("pigeon") is PigeonOptions


# --- the console -----------------------------------------------------------------------------


class Terminal(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.calls.append("write")
        return super().write(text)

    def flush(self) -> None:
        self.calls.append("flush")


def test_a_terminal_gets_one_write_and_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    assert console_attempt(stream).outcome is Outcome.SENT
    assert stream.calls == ["write", "flush"]
    first, rest = stream.getvalue().split("\n", 1)
    assert first.startswith("\x1b[1m18:55  Moscow accepts")
    assert "\x1b" not in rest
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    console_attempt(plain)
    assert "\x1b" not in plain.getvalue()


def test_bytes_from_elsewhere_cannot_steer_the_terminal() -> None:
    stream = io.StringIO()
    made = channel("console", stream=stream)
    body = b"a\x1b]0;owned\x07b\xc2\x9b31m\r\nok\xff\n"
    asyncio.run(made.send(body, "console", KEY))
    assert stream.getvalue() == "a ]0;owned b 31m \nok\ufffd\n"


def test_a_terminal_without_unicode_still_gets_the_alert(tmp_path: Any) -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii") as stream:
        made = registry.build(
            "c", "console", {}, http=LoopbackHttp(), clock=FixedClock(), stream=stream
        )
        body = made.render(alert(), "console", KEY)
        assert asyncio.run(made.send(body, "console", KEY)).outcome is Outcome.SENT
        assert b"Moscow accepts 30-day truce" in raw.getvalue()


def test_a_terminal_that_stands_still_holds_up_nobody_and_gets_each_message_once() -> None:
    let_go = threading.Event()

    class Still(io.StringIO):
        def write(self, text: str) -> int:
            let_go.wait(30)
            return super().write(text)

    stream = Still()
    made = channel("console", stream=stream, deadline_s=0.5)
    one = made.render(alert(), "console", "one")
    two = made.render(digest(), "console", "two")

    async def story() -> list[str]:
        codes = [(await made.send(one, "console", "one")).code]
        codes.append((await made.send(two, "console", "two")).code)
        let_go.set()
        # The younger one first: that the elder was written late must not be forgotten over it.
        for key, body in (("two", two), ("one", one)):
            codes.append((await made.send(body, "console", key)).code)
        return codes

    assert asyncio.run(story()) == ["blocked", "blocked", "sent", "sent"]
    assert stream.getvalue() == (one + two).decode()


def test_a_failure_of_the_client_never_repeats_the_address() -> None:
    class Leaky:
        async def post(
            self, url: str, body: bytes, headers: Any, *, deadline_s: float
        ) -> Answer | Failure:
            return Failure("dns", f"cannot resolve {url}", retry_after_s=7)

    made = registry.build("h", "webhook", OPTIONS["webhook"], http=Leaky(), clock=FixedClock())
    receipt = asyncio.run(made.send(b"{}", "webhook", KEY))
    assert receipt == Receipt(Outcome.LATER, "dns", "cannot resolve (address)", 7)
