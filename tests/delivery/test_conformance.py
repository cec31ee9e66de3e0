"""One table over every kind of channel: what the other side does, and what Parley makes of it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from monitor.notify import ntfy, registry, replies, slack, telegram
from monitor.notify.plugin import Options
from monitor.ports import Notifier, Outcome, Receipt
from tests.delivery.chats import place
from tests.delivery.fake_chat import Reply
from tests.delivery.fake_ntfy import failure
from tests.delivery.fake_telegram import refusal
from tests.fakes_apprise import FakeApprise
from tests.fakes_http import LoopbackHttp, receiver
from tests.fakes_smtp import Mailbox, smtp_server
from tests.notes import KEY, FixedClock, alert

SENT, LATER, REFUSED, GONE = Outcome.SENT, Outcome.LATER, Outcome.REFUSED, Outcome.GONE
LOST = Reply(lost=True)
#: What stands between Parley and a service can answer so, and no service does.
PORTAL = Reply(200, "<html>Log in to the hotel's network</html>")


def bot(word: str, status: int = 200) -> Reply:
    return Reply(status, {"ok": False, "error": word})


#: By channel: what is answered, the outcome and its code.
CHATS: dict[str, Sequence[tuple[Reply, Outcome, str]]] = {
    "slack-hook": [
        (Reply(200, "ok"), SENT, "sent"),
        (PORTAL, LATER, "unreadable"),
        (Reply(302), LATER, "redirected"),
        (Reply(400, "invalid_payload"), REFUSED, "bad-message"),
        (Reply(400, "no_text"), REFUSED, "bad-message"),
        (Reply(403, "action_prohibited"), GONE, "forbidden"),
        (Reply(403, "invalid_token"), GONE, "auth"),
        (Reply(404, "no_service"), GONE, "gone"),
        (Reply(404, "channel_not_found"), GONE, "gone"),
        (Reply(404, ""), GONE, "gone"),
        (Reply(410, "channel_is_archived"), GONE, "gone"),
        (Reply(429, "rate_limited", "30"), LATER, "rate-limited"),
        (Reply(500, "rollup_error"), LATER, "http-500"),
        (Reply(503, "", "30"), LATER, "http-503"),
        (LOST, LATER, "connection-lost"),
    ],
    "slack-bot": [
        (PORTAL, LATER, "unreadable"),
        (bot("invalid_auth"), GONE, "auth"),
        (bot("token_revoked"), GONE, "auth"),
        (bot("account_inactive"), GONE, "auth"),
        (bot("channel_not_found"), GONE, "gone"),
        (bot("is_archived"), GONE, "gone"),
        (bot("not_in_channel"), GONE, "forbidden"),
        (bot("missing_scope"), GONE, "forbidden"),
        (bot("msg_too_long"), REFUSED, "bad-message"),
        (bot("ratelimited", 429), LATER, "rate-limited"),
        (bot("rate_limited"), LATER, "rate-limited"),
        (bot("internal_error"), LATER, "slack-error"),
        (bot("an_error_of_tomorrow"), LATER, "slack-error"),
        (Reply(500, ""), LATER, "http-500"),
        (LOST, LATER, "connection-lost"),
    ],
    "telegram": [
        (PORTAL, LATER, "unreadable"),
        (refusal(400, "Bad Request: chat not found"), GONE, "gone"),
        (refusal(400, "Bad Request: message thread not found"), GONE, "gone"),
        (refusal(400, "Bad Request: group is deactivated"), GONE, "gone"),
        (refusal(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), GONE, "forbidden"),
        (refusal(400, "Bad Request: not enough rights to send text messages"), GONE, "forbidden"),
        (refusal(400, "Bad Request: upgraded to a supergroup chat"), GONE, "moved"),
        (refusal(400, "Bad Request: message is too long"), REFUSED, "bad-message"),
        (refusal(400, "Bad Request: message text is empty"), REFUSED, "bad-message"),
        (refusal(401, "Unauthorized"), GONE, "auth"),
        (refusal(403, "Forbidden: bot was blocked by the user"), GONE, "gone"),
        (refusal(403, "Forbidden: bot was kicked from the group chat"), GONE, "gone"),
        (refusal(404, "Not Found"), GONE, "auth"),
        (refusal(409, "Conflict"), LATER, "http-409"),
        (refusal(429, "Too Many Requests", retry_after=30), LATER, "rate-limited"),
        (refusal(502, "Bad Gateway"), LATER, "http-502"),
        (LOST, LATER, "connection-lost"),
    ],
    "ntfy": [
        (PORTAL, LATER, "unreadable"),
        (failure(40024, 400, "invalid request: message body is not valid JSON"), REFUSED, "bad-message"),
        (failure(40101, 401, "unauthorized"), GONE, "auth"),
        (failure(40301, 403, "forbidden"), GONE, "auth"),
        (failure(40401, 404, "page not found"), GONE, "gone"),
        (failure(41301, 413, "message or request body too large"), REFUSED, "too-long"),
        (failure(42901, 429, "limit reached: too many requests"), LATER, "rate-limited"),
        (failure(42908, 429, "limit reached: daily message quota reached"), LATER, "quota"),
        (failure(50001, 500, "internal server error"), LATER, "http-500"),
        (failure(50701, 507, "cannot publish to UnifiedPush topic"), LATER, "http-507"),
        (LOST, LATER, "connection-lost"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CHATS))
def test_chat_services(name: str) -> None:
    async def story() -> list[tuple[Reply, Receipt]]:
        async with place(name) as where:
            said = []
            for reply, _, _ in CHATS[name]:
                where.service.script = [reply] * 2
                said.append((reply, await where.send(alert(), KEY, where.anew())))
            return said

    wanted = [(reply, outcome, code) for reply, outcome, code in CHATS[name]]
    got = [(reply, receipt.outcome, receipt.code) for reply, receipt in asyncio.run(story())]
    assert got == wanted


@pytest.mark.parametrize("name", sorted(CHATS))
def test_a_wait_that_is_asked_for_is_in_the_receipt(name: str) -> None:
    async def story() -> list[float | None]:
        async with place(name) as where:
            said = []
            for status in (429, 503):
                where.service.script = [Reply(status, "", "30")]
                said.append((await where.send(alert(), KEY, where.anew())).retry_after_s)
            return said

    assert asyncio.run(story()) == [30, 30]


MAIL = [
    (Mailbox(), SENT, "sent"),
    (Mailbox(recipient_reply="450 wait"), LATER, "smtp-450"),
    (Mailbox(recipient_reply="550 who"), REFUSED, "smtp-550"),
    (Mailbox(data_reply="452 full"), LATER, "smtp-452"),
    (Mailbox(data_reply="554 spam"), REFUSED, "smtp-554"),
    (Mailbox(sender_reply="421 closing"), LATER, "server-421"),
    (Mailbox(accept_login=False), LATER, "auth"),
]


@pytest.mark.parametrize(("mailbox", "outcome", "code"), MAIL, ids=[code for *_, code in MAIL])
def test_mail(mailbox: Mailbox, outcome: Outcome, code: str) -> None:
    async def story() -> Receipt:
        async with smtp_server(mailbox, login=True):
            said = {
                "host": "127.0.0.1", "port": mailbox.port, "tls": "none", "user": "parley",
                "password": "secret", "from": "parley@example.org", "to": "desk@example.org",
            }  # fmt: skip
            return await attempt(built("email", said), "desk@example.org")

    receipt = asyncio.run(story())
    assert (receipt.outcome, receipt.code) == (outcome, code)


def built(kind: str, said: Any, stream: io.StringIO | None = None) -> Notifier:
    return registry.build(
        "c", kind, said, http=LoopbackHttp(), clock=FixedClock(), stream=stream or io.StringIO()
    )


async def attempt(channel: Notifier, recipient: str = "") -> Receipt:
    used = recipient or channel.recipients[0]
    return await channel.send(channel.render(alert(), used, KEY), used, KEY)


WEBHOOK = [
    (200, SENT, "sent"), (204, SENT, "sent"), (301, LATER, "redirected"),
    (400, REFUSED, "http-400"), (401, LATER, "http-401"), (404, LATER, "http-404"),
    (410, GONE, "gone"), (413, REFUSED, "http-413"), (422, REFUSED, "http-422"),
    (429, LATER, "http-429"), (500, LATER, "http-500"), (503, LATER, "http-503"),
]  # fmt: skip


def test_webhooks() -> None:
    secret = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
    with receiver() as target:
        got = []
        for status, _, _ in WEBHOOK:
            channel = built("webhook", {"url": f"{target.url}/{status}", "secret": secret})
            receipt = asyncio.run(attempt(channel))
            got.append((status, receipt.outcome, receipt.code))
    assert got == WEBHOOK


def test_the_console() -> None:
    closed = io.StringIO()
    closed.close()
    for stream, wanted in ((io.StringIO(), (SENT, "sent")), (closed, (LATER, "closed"))):
        receipt = asyncio.run(attempt(built("console", {}, stream)))
        assert (receipt.outcome, receipt.code) == wanted


def test_feed_files(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "ceasefire.atom").write_text("<rss/>")
    table = [("new", SENT, "sent"), ("taken", LATER, "foreign-file"), ("file/x", LATER, "disk")]
    (tmp_path / "file").write_text("")
    for folder, outcome, code in table:
        receipt = asyncio.run(attempt(built("atom", {"folder": str(tmp_path / folder)})))
        assert (receipt.outcome, receipt.code) == (outcome, code)


def test_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeApprise()
    fake.put_in(monkeypatch)

    def fails() -> bool:
        raise RuntimeError("token abc is wrong")

    table: list[tuple[Any, bool, Outcome, str]] = [
        (lambda: True, True, SENT, "sent"), (lambda: False, True, LATER, "apprise"),
        (fails, True, LATER, "apprise"), (lambda: True, False, GONE, "bad-url"),
    ]  # fmt: skip
    for fake.outcome, fake.taken, outcome, code in table:
        receipt = asyncio.run(attempt(built("apprise", {"url": "matrix://e.org/room"})))
        assert (receipt.outcome, receipt.code) == (outcome, code)
        assert "abc" not in receipt.message


@pytest.mark.parametrize("kind", ["apprise", "atom", "ntfy", "slack", "telegram"])
def test_a_message_stored_for_another_kind_is_refused_and_not_stumbled_over(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    FakeApprise().put_in(monkeypatch)
    said = {
        "apprise": {"url": "matrix://e.org/room"}, "atom": {"folder": str(tmp_path)},
        "ntfy": {"topic": "a"}, "slack": {"url": "http://127.0.0.1:9/"},
        "telegram": {"token": "123456:" + "A" * 35, "chat": 1},
    }  # fmt: skip
    other = "ntfy" if kind != "ntfy" else "slack"
    made = built(kind, said[kind])
    for body in (b"To: a\r\n\r\nmail", b"[]", built(other, said[other]).render(alert(), "x", KEY)):
        receipt = asyncio.run(made.send(body, "x", KEY))
        assert (receipt.outcome, receipt.code) == (REFUSED, "other-kind")


def test_every_kind_of_channel_is_in_this_table() -> None:
    here = {name.partition("-")[0] for name in CHATS} | {
        "apprise", "atom", "console", "email", "webhook",
    }  # fmt: skip
    assert here == set(registry.KINDS)


@pytest.mark.parametrize("table", [ntfy.RULES, slack.RULES, telegram.RULES], ids=["n", "s", "t"])
def test_no_row_of_a_service_s_table_stands_behind_one_that_takes_all_of_it(
    table: Sequence[replies.Rule],
) -> None:
    for rule in table:
        status = rule.statuses[0] if rule.statuses else 400
        first = next(each for each in table if each.fits(status, rule.word.lower()))
        assert (first.outcome, first.code) == (rule.outcome, rule.code), rule
        assert rule.word == rule.word.lower()


@pytest.mark.parametrize(
    ("kind", "said", "hint"),
    [
        ("slack", {}, "give the `url`"),
        (
            "slack",
            {"url": "https://h.example.org/x", "token": "x", "to": "C0123456"},
            "give the `url`",
        ),
        ("slack", {"token": "xoxb-1"}, "belong together"),
        ("slack", {"url": "ftp://h.example.org/x"}, "http"),
        ("slack", {"token": "xoxb-1", "to": "<!channel>"}, "id of a channel"),
        ("telegram", {"token": "nonsense", "chat": 1}, "a bot's token"),
        ("telegram", {"token": "123456:" + "A" * 35, "chat": "somebody"}, "must be a number"),
        ("ntfy", {"topic": "a/b"}, "1 to 64 letters"),
        ("ntfy", {"topic": "a", "user": "me"}, "together"),
        ("ntfy", {"topic": "a", "user": "me", "password": "p", "token": "tk_1"}, "not both"),
        ("ntfy", {"topic": "a", "server": "https://u:p@ntfy.example.org"}, "holds a password"),
        ("atom", {"folder": __file__}, "names a file"),
        ("apprise", {"url": "no address"}, "address of Apprise"),
    ],
)
def test_options_that_cannot_work_are_refused_with_what_to_do(
    kind: str, said: dict[str, Any], hint: str
) -> None:
    model: type[Options] = registry.options_model(kind)
    with pytest.raises(ValueError, match=hint):
        model.model_validate(said)
