"""Mail against a real server that misbehaves: what each fault means, and what is never sent."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given, settings
from pydantic import ValidationError

from monitor.notify.email import EmailNotifier, EmailOptions, header_text, plain_address
from monitor.notify.plugin import Tools
from monitor.notify.wording import one_line
from monitor.ports import Outcome, Receipt
from tests.fakes_http import LoopbackHttp
from tests.fakes_smtp import Mailbox, smtp_server
from tests.notes import HOSTILE, KEY, FixedClock, alert, digest, section

TO = "desk@example.org"
PASSWORD = "planted-password"


def options(**changed: Any) -> EmailOptions:
    base = {"host": "127.0.0.1", "tls": "none", "from": "parley@example.org", "to": TO}
    return EmailOptions.model_validate({**base, **changed})


def channel(**changed: Any) -> EmailNotifier:
    return EmailNotifier(
        "desk", options(**changed), Tools(LoopbackHttp(), FixedClock(), io.StringIO())
    )


def parsed(body: bytes) -> EmailMessage:
    return message_from_bytes(body, policy=policy.default)


async def attempt(
    mailbox: Mailbox, *, server: dict[str, Any] | None = None, **changed: Any
) -> Receipt:
    async with smtp_server(mailbox, **(server or {})):
        made = channel(port=mailbox.port, **changed)
        return await made.send(made.render(alert(), TO, KEY), TO, KEY)


# --- the message -----------------------------------------------------------------------------


def test_headers_of_an_alert() -> None:
    made = channel(**{"from": "Парлей монитор новостей <parley@example.org>"})
    body = made.render(alert(), TO, KEY)
    # Read by the older parser: the newer one sees a blank between two encoded words of a name.
    sender = message_from_bytes(body)["from"]
    assert str(make_header(decode_header(sender))) == "Парлей монитор новостей <parley@example.org>"
    mail = parsed(body)
    assert mail["to"] == TO
    assert mail["subject"] == "Moscow accepts 30-day truce (was: refused) [ceasefire]"
    assert mail["date"] == "Tue, 03 Jun 2025 15:55:00 +0000"
    assert mail["message-id"] == f"<{KEY}@example.org>"
    assert mail["list-id"] == "Parley <parley.example.org>"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["x-parley-key"] == KEY
    assert mail.get_content_type() == "multipart/alternative"


def test_mails_of_one_thread_hang_together_for_each_reader() -> None:
    made = channel(to=[TO, "night@example.org"])
    first = parsed(made.render(alert(), TO, "k1"))
    second = parsed(made.render(alert(subject="Moscow denies it"), TO, "k2"))
    other = parsed(made.render(alert(), "night@example.org", "k3"))
    apart = parsed(made.render(digest(), TO, "k4"))
    assert first["references"] == first["in-reply-to"] == second["references"]
    assert first["message-id"] != second["message-id"]
    assert len({first["references"], other["references"], apart["references"]}) == 3


def test_ids_stay_whole_however_long_the_domain_is() -> None:
    domain = ".".join(["a" * 50] * 3) + ".example.org"
    body = channel(**{"from": f"p@{domain}"}).render(alert(), TO, KEY)
    assert f"Message-ID: <{KEY}@{domain}>\r\n".encode() in body
    assert parsed(body)["in-reply-to"].endswith(f"@{domain}>")


@given(text=HOSTILE)
@settings(max_examples=300, deadline=None)
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    line = one_line(text, 240)
    raw = b"Subject: " + header_text(line).encode("ascii") + b"\r\n\r\n"
    mail = parsed(raw)
    assert mail.keys() == (["Subject"])
    assert mail["subject"] == line
    assert max(map(len, raw.split(b"\r\n"))) <= 250


@pytest.mark.parametrize(
    "title",
    ["Truce\r\nBcc: evil@example.org", "Truce\nBcc: evil@example.org", "Truce\x0bBcc: x", "Truce\u2028Bcc: x",
     "=?utf-8?q?Truce=0D=0ABcc:_evil@example.org?=", "Truce \ud800", "Перемир'я " * 60, "x" * 3000, ""],
)  # fmt: skip
def test_a_title_is_never_a_header(title: str) -> None:
    body = channel().render(alert(section(title, title, outlet=title), subject=title), TO, KEY)
    mail = parsed(body)
    assert mail["bcc"] is None
    assert mail["subject"]
    assert mail.defects == []


def test_the_boundary_cannot_be_foreseen() -> None:
    """The feed's text is part of what the boundary is hashed from."""
    made = channel()
    boundary = parsed(made.render(alert(), TO, KEY)).get_boundary()
    body = made.render(alert(section("x", f"--{boundary}\n--{boundary}--")), TO, KEY)
    assert len([*parsed(body).iter_parts()]) == 2


# --- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"host": "smtp.example.org"}, "in clear"),
        ({"host": "a b"}, "no host name"),
        ({"host": "smtp.example.org:587"}, ""),
        ({"to": []}, "at least 1"),
        ({"to": ["nobody"]}, "no mail address"),
        ({"to": ["a@example.org", "A@example.org"]}, "twice"),
        ({"to": ["a@example.org\r\nRCPT TO:<b@example.org>"]}, "no mail address"),
        ({"from": "Parley\r\nBcc: b@example.org <p@example.org>"}, "one line"),
        ({"from": "Parley"}, "no mail address"),
        ({"user": "parley"}, "together"),
        ({"password": PASSWORD}, "together"),
        ({"list_id": "news"}, "with a dot"),
        ({"ca_file": "/nowhere/ca.pem"}, "no file"),
        ({"port": 70000}, "65535"),
        ({"tls": "ssl"}, "starttls"),
    ],
)  # fmt: skip
def test_options_that_cannot_work_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        options(**changed)
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_ports_and_addresses_that_go_without_saying() -> None:
    remote = {"host": "smtp.example.org"}
    assert options(**remote, tls="starttls").effective_port == 587
    assert options(**remote, tls="tls").effective_port == 465
    assert options(**remote, tls="none", insecure=True).effective_port == 25
    assert options(port=2525).effective_port == 2525
    assert plain_address("desk@münchen.example") == "desk@xn--mnchen-3ya.example"


# --- the server ------------------------------------------------------------------------------


def test_the_stored_bytes_arrive_unchanged_at_one_recipient() -> None:
    mailbox = Mailbox()
    made = channel(to=[TO, "night@example.org"])
    body = made.render(alert(section("Truce", ".\n..\nFrom here on")), TO, KEY)

    async def twice() -> list[Receipt]:
        async with smtp_server(mailbox):
            again = channel(port=mailbox.port)
            return [await again.send(body, TO, KEY) for _ in range(2)]

    assert [receipt.outcome for receipt in asyncio.run(twice())] == [Outcome.SENT] * 2
    assert mailbox.mails == [("parley@example.org", (TO,), body)] * 2


@pytest.mark.parametrize(
    ("faults", "outcome", "code", "wait_s"),
    [
        ({"recipient_reply": "450 4.2.0 greylisted"}, Outcome.LATER, "smtp-450", None),
        ({"recipient_reply": "550 5.1.1 no such user"}, Outcome.REFUSED, "smtp-550", None),
        ({"recipient_reply": "530 5.7.0 log in first"}, Outcome.LATER, "auth", 3600.0),
        ({"data_reply": "451 4.3.0 later"}, Outcome.LATER, "smtp-451", None),
        ({"data_reply": "452 4.3.1 disk full"}, Outcome.LATER, "smtp-452", None),
        ({"data_reply": "552 5.3.4 too big"}, Outcome.REFUSED, "smtp-552", None),
        ({"data_reply": "554 5.7.1 spam"}, Outcome.REFUSED, "smtp-554", None),
        ({"sender_reply": "552 5.3.4 too big"}, Outcome.REFUSED, "smtp-552", None),
        ({"sender_reply": "553 5.1.8 who are you"}, Outcome.LATER, "server-553", 3600.0),
        ({"sender_reply": "421 4.3.2 closing"}, Outcome.LATER, "server-421", None),
        ({"sender_reply": "451 4.3.0 later"}, Outcome.LATER, "server-451", None),
        ({"recipient_reply": "421 4.3.2 closing"}, Outcome.LATER, "server-421", None),
        ({"recipient_reply": "452 4.2.2 mailbox full"}, Outcome.LATER, "smtp-452", None),
        ({"drop": "data"}, Outcome.LATER, "unknown-outcome", None),
        ({"drop": "dot"}, Outcome.LATER, "unknown-outcome", None),
    ],
)
def test_what_a_reply_means(
    faults: dict[str, str], outcome: Outcome, code: str, wait_s: float | None
) -> None:
    mailbox = Mailbox(**faults)  # type: ignore[arg-type]
    receipt = asyncio.run(attempt(mailbox))
    assert (receipt.outcome, receipt.code, receipt.retry_after_s) == (outcome, code, wait_s)
    assert len(mailbox.mails) == (1 if faults.get("drop") == "dot" else 0)


def test_a_refused_login_waits_an_hour_and_tells_no_password() -> None:
    mailbox = Mailbox(accept_login=False)
    login = {"user": "parley", "password": PASSWORD}
    receipt = asyncio.run(attempt(mailbox, server={"login": True}, **login))
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "auth")
    assert receipt.retry_after_s == 3600
    assert PASSWORD not in repr(receipt)
    assert mailbox.logins
    assert mailbox.mails == []


def test_a_server_without_login_is_told_apart() -> None:
    receipt = asyncio.run(attempt(Mailbox(), user="parley", password=PASSWORD))
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "auth")


def test_stripped_starttls_sends_nothing_in_clear() -> None:
    mailbox = Mailbox()
    login = {"user": "parley", "password": PASSWORD}
    receipt = asyncio.run(attempt(mailbox, server={"login": True}, tls="starttls", **login))
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "tls-required")
    assert (mailbox.mails, mailbox.commands, mailbox.logins) == ([], [], [])


# --- a server that is no aiosmtpd --------------------------------------------------------------

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def scripted(script: Script, **changed: Any) -> Receipt:
    async def run() -> Receipt:
        done: list[asyncio.Task[None]] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            done.append(task)
            try:
                await script(reader, writer)
            except ConnectionError:
                return
            finally:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        made = channel(port=server.sockets[0].getsockname()[1], **changed)
        try:
            return await made.send(made.render(alert(), TO, KEY), TO, KEY)
        finally:
            server.close()
            for task in done:
                task.cancel()
            await asyncio.gather(*done, return_exceptions=True)
            await server.wait_closed()

    return asyncio.run(run())


def says(*replies: bytes, then_waits: bool = False) -> Script:
    """A server that gives these replies in turn, one a line that it reads, whatever it reads."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            writer.write(reply)
            await writer.drain()
            if not await reader.readline():
                return
        if then_waits:
            await asyncio.sleep(30)

    return script


EHLO = b"250 mail.example.org\r\n"


def test_a_mute_server_takes_no_longer_than_the_deadline() -> None:
    receipt = scripted(says(b"", then_waits=True), deadline_s=0.2)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "timeout")


def test_a_server_that_dribbles_cannot_stretch_the_deadline() -> None:
    async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"220-still here\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    receipt = scripted(dribble, deadline_s=0.4)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "timeout")


@pytest.mark.parametrize("banner", [b"421 too busy\r\n", b"554 go away\r\n"])
def test_a_banner_that_says_no_is_no_verdict_on_the_message(banner: bytes) -> None:
    assert scripted(says(banner)).outcome is Outcome.LATER


@pytest.mark.parametrize(
    "banner", [b"HTTP/1.1 400 Bad Request\r\n", b"\xff\xfe\x00\r\n", b"x" * 99_999 + b"\r\n"]
)
def test_something_that_speaks_no_smtp(banner: bytes) -> None:
    receipt = scripted(says(banner))
    assert receipt.outcome is Outcome.LATER
    assert len(receipt.message) < 300


def test_no_answer_after_the_final_dot_is_an_unknown_outcome() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in (b"220 hi\r\n", EHLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            writer.write(reply)
            await reader.readline()
        await reader.readuntil(b"\r\n.\r\n")
        await asyncio.sleep(30)

    receipt = scripted(script, deadline_s=0.5)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "unknown-outcome")


def test_a_server_that_never_says_goodbye_has_still_accepted() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in (b"220 hi\r\n", EHLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            writer.write(reply)
            await reader.readline()
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await asyncio.sleep(30)

    assert scripted(script, deadline_s=0.5).outcome is Outcome.SENT


def test_a_reply_that_repeats_the_password_is_not_passed_on() -> None:
    replies = (b"220 hi\r\n", b"250-mail\r\n250 AUTH PLAIN\r\n", b"235 in\r\n",
               EHLO, b"550 blocked for planted-password\r\n")  # fmt: skip
    receipt = scripted(says(*replies), user="parley", password=PASSWORD)
    assert "planted-password" not in repr(receipt)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "server-550")


# --- encryption ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    authority = trustme.CA()
    cert = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return cert, context


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_encrypted(tls: str, certificate: tuple[Path, ssl.SSLContext]) -> None:
    cert, context = certificate
    mailbox = Mailbox()
    secret = {"user": "parley", "password": PASSWORD, "ca_file": str(cert)}
    receipt = asyncio.run(attempt(mailbox, server={tls: context, "login": True}, tls=tls, **secret))
    assert receipt.outcome is Outcome.SENT, receipt
    assert len(mailbox.mails) == 1
    assert mailbox.logins == [PASSWORD.encode()]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    tls: str, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    mailbox = Mailbox()
    login = {"user": "parley", "password": PASSWORD}
    receipt = asyncio.run(
        attempt(mailbox, server={tls: certificate[1], "login": True}, tls=tls, **login)
    )
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "tls-certificate")
    assert (mailbox.mails, mailbox.logins) == ([], [])


def test_tls_to_a_server_that_speaks_in_clear() -> None:
    receipt = asyncio.run(attempt(Mailbox(), tls="tls", deadline_s=5))
    assert receipt.outcome is Outcome.LATER
    assert receipt.code in {"tls", "connect", "timeout"}


def test_plain_text_slipped_in_behind_starttls_is_not_believed() -> None:
    """A man in the middle adds replies in clear; the handshake that follows must fail or ignore them."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        await reader.readline()
        writer.write(b"250-mail\r\n250 STARTTLS\r\n")
        await reader.readline()
        writer.write(b"220 go\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n")
        await writer.drain()
        await reader.read(65536)

    receipt = scripted(script, tls="starttls", deadline_s=3)
    assert receipt.outcome is Outcome.LATER
