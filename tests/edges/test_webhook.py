"""Webhooks against a real receiver: signatures, sizes, and what each answer means."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from monitor.core.model import Known, Note
from monitor.notify import payload
from monitor.notify.plugin import Tools
from monitor.notify.webhook import WebhookNotifier, WebhookOptions, retry_after_s
from monitor.ports import Answer, Outcome, Receipt
from tests.fakes_http import LoopbackHttp, receiver
from tests.notes import KEY, KNOWN, FixedClock, alert, digest, hostile_notes, message, section

SCHEMA = Path(__file__).parents[2] / "docs" / "webhook.schema.json"
OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 64).decode()
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def channel(
    url: str = "http://127.0.0.1:9/200", clock: FixedClock | None = None, **changed: Any
) -> WebhookNotifier:
    options = WebhookOptions.model_validate({"url": url, "secret": NEW, **changed})
    return WebhookNotifier(
        "hook", options, Tools(LoopbackHttp(), clock or FixedClock(), io.StringIO())
    )


def post(made: WebhookNotifier, body: bytes, key: str = KEY) -> Receipt:
    return asyncio.run(made.send(body, "webhook", key))


# --- the signature ---------------------------------------------------------------------------


def test_the_other_side_accepts_the_signature_and_nothing_that_was_changed() -> None:
    with receiver() as target:
        made = channel(f"{target.url}/200")
        body = made.render(alert(), "webhook", KEY)
        assert post(made, body).outcome is Outcome.SENT
    [request] = target.requests
    assert request.body == body
    assert request.headers["webhook-id"] == KEY == json.loads(body)["id"]
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("Parley/")
    assert Webhook(NEW).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(request.body + b" ", request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(request.body, request.headers)


def test_while_secrets_rotate_both_are_accepted() -> None:
    with receiver() as target:
        made = channel(f"{target.url}/200", secret=[NEW, OLD])
        post(made, made.render(alert(), "webhook", KEY))
    [request] = target.requests
    assert len(request.headers["webhook-signature"].split(" ")) == 2
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(request.body, request.headers)


def test_a_second_attempt_has_the_same_id_and_bytes_and_a_fresh_timestamp() -> None:
    with receiver() as target:
        for second in (0, 90):
            clock = FixedClock(NOW + timedelta(seconds=second))
            made = channel(f"{target.url}/500", clock)
            assert post(made, made.render(alert(), "webhook", KEY)).outcome is Outcome.LATER
    first, second_request = target.requests
    assert first.body == second_request.body
    assert first.headers["webhook-id"] == second_request.headers["webhook-id"]
    stamps = [int(request.headers["webhook-timestamp"]) for request in target.requests]
    assert stamps == [int(NOW.timestamp()), int(NOW.timestamp()) + 90]
    assert first.headers["webhook-signature"] != second_request.headers["webhook-signature"]


def test_further_headers_are_sent() -> None:
    with receiver() as target:
        made = channel(f"{target.url}/200", headers={"Authorization": "Bearer planted-header"})
        post(made, b"{}")
    assert target.requests[0].headers["authorization"] == "Bearer planted-header"


# --- answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        (200, Outcome.SENT, "sent"),
        (202, Outcome.SENT, "sent"),
        (204, Outcome.SENT, "sent"),
        (301, Outcome.LATER, "redirected"),
        (307, Outcome.LATER, "redirected"),
        (400, Outcome.REFUSED, "http-400"),
        (401, Outcome.LATER, "http-401"),
        (403, Outcome.LATER, "http-403"),
        (404, Outcome.LATER, "http-404"),
        (408, Outcome.LATER, "http-408"),
        (409, Outcome.LATER, "http-409"),
        (410, Outcome.GONE, "gone"),
        (413, Outcome.REFUSED, "http-413"),
        (422, Outcome.REFUSED, "http-422"),
        (429, Outcome.LATER, "http-429"),
        (500, Outcome.LATER, "http-500"),
        (503, Outcome.LATER, "http-503"),
    ],
)
def test_what_an_answer_means(status: int, outcome: Outcome, code: str) -> None:
    with receiver() as target:
        receipt = post(channel(f"{target.url}/{status}"), b"{}")
    assert (receipt.outcome, receipt.code) == (outcome, code)
    assert len(target.requests) == 1  # no redirect was followed, nothing was repeated


def test_a_receiver_that_never_answers() -> None:
    with receiver() as target:
        receipt = post(channel(f"{target.url}/slow", deadline_s=0.2), b"{}")
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "timeout")
    assert target.url not in receipt.message


def test_a_receiver_may_ask_for_time() -> None:
    with receiver() as target:
        target.retry_after = "120"
        for status in (429, 502, 503, 504):
            assert post(channel(f"{target.url}/{status}"), b"{}").retry_after_s == 120


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", None),
        ("17", 17),
        ("0", 0),
        ("99999999999999999999", 86_400),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600),
        ("Sun, 01 Mar 2026 12:10:00 -0000", 600),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Sun, 99 Mar 2026 12:10:00 GMT", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(said: str, seconds: float | None) -> None:
    assert retry_after_s(Answer(429, said), NOW) == seconds


@given(st.text())
@settings(deadline=None)
def test_no_retry_after_can_raise_or_freeze_the_channel(said: str) -> None:
    wait_s = retry_after_s(Answer(503, said), NOW)
    assert wait_s is None or 0 <= wait_s <= 86_400


# --- the payload -----------------------------------------------------------------------------


def test_the_published_schema_is_the_model_s() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == payload.schema()


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("note", [alert(), digest(), message("ops"), message("test")])
def test_every_kind_of_body_fits_the_schema(note: Note, validator: Any) -> None:
    said = json.loads(channel().render(note, "webhook", KEY))
    assert [error.message for error in validator.iter_errors(said)] == []
    assert said["type"] == f"parley.{note.kind}"


@given(note=hostile_notes())
@settings(max_examples=100, deadline=None)
def test_hostile_bodies_fit_the_schema(note: Note) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    said = json.loads(payload.render(note, KEY))
    jsonschema.Draft202012Validator(schema).validate(said)


def test_what_a_program_finds_in_an_alert() -> None:
    said = json.loads(channel().render(alert(), "webhook", KEY))
    assert (said["version"], said["type"], said["created_at"]) == (
        1,
        "parley.alert",
        "2025-06-03T15:55:00Z",
    )
    assert said["alert"]["alert"] == "a-7c01"
    [development] = said["alert"]["developments"]
    assert development["verdict"] == "contradicts"
    assert development["severity"] == "critical"
    assert development["sentence"].startswith("Росія погодилася")
    assert development["language"] == "uk"
    assert development["published_at"] == "2025-06-03T15:05:00Z"
    assert development["seen_at"] == "2025-06-03T15:52:00Z"
    assert [line["id"] for line in development["known"]] == ["thirty-days-refused", "no-truce"]
    assert (development["reports"], development["publishers"]) == (3, 2)


@pytest.mark.parametrize("filler", ["x", "ї", "\U0001f600", '"', "\\"])
def test_a_body_stays_under_the_limit_and_says_what_it_leaves_out(filler: str) -> None:
    known = tuple(Known(f"k{n}", filler * 900, None) for n in range(60))
    long = section(filler * 5000, filler * 5000, known=known, link="https://e.org/" + "a" * 1900)
    body = channel().render(alert(long, subject=filler * 5000), "webhook", KEY)
    assert len(body) < 20_000
    [development] = json.loads(body)["alert"]["developments"]
    assert development["known_omitted"] + len(development["known"]) == 60
    assert development["sentence"].endswith("…")


def test_a_huge_digest_says_how_many_it_leaves_out() -> None:
    many = tuple(section("Truce " * 40, "ї" * 900, known=KNOWN) for _ in range(300))
    note = Note("digest", "Digest", NOW, "digest", many)
    body = channel().render(note, "webhook", KEY)
    assert len(body) < 20_000
    said = json.loads(body)["alert"]
    assert said["developments"]
    assert len(said["developments"]) + said["developments_omitted"] == 300


# --- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"secret": "planted-secret"}, "openssl rand -base64 32"),
        ({"secret": "whsec_planted-secret!"}, "not base64"),
        ({"secret": "whsec_" + base64.b64encode(b"x" * 23).decode()}, "holds 23 bytes"),
        ({"secret": "whsec_" + base64.b64encode(b"x" * 65).decode()}, "holds 65 bytes"),
        ({"secret": ""}, "whsec_"),
        ({"secret": []}, "at least 1"),
        ({"url": "ftp://example.org/planted-token"}, "http(s)"),
        ({"url": "https://user:planted-token@example.org/"}, "holds a password"),
        ({"url": "https://exa mple.org/planted-token"}, "blanks"),
        ({"url": "https:///planted-token"}, "http(s)"),
        ({"headers": {"X\r\nY": "planted-token"}}, "no name of a header"),
        ({"headers": {"X-Key": "planted-token\r\nHost: evil"}}, "one line"),
        ({"headers": {"Webhook-Id": "planted-token"}}, "set by Parley"),
        ({"deadline_s": 0}, "greater than 0"),
    ],
)
def test_options_that_cannot_work_are_refused_without_telling_secrets(
    changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        channel(**changed)
    assert said in str(refused.value)
    assert "planted" not in str(refused.value)


def test_two_secrets_may_come_from_one_variable() -> None:
    options = WebhookOptions.model_validate(
        {"url": "https://example.org/", "secret": f"{NEW} {OLD}"}
    )
    assert [secret.get_secret_value() for secret in options.secret] == [NEW, OLD]
