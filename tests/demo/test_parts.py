"""The parts of the demo: outlets, receivers, what is shown, what is counted."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import aiosmtplib
import feedparser
import pytest
from rich.console import Console

from monitor.core.model import Reason
from monitor.demo.account import Held, Report, Totals
from monitor.demo.feeds import Outlets, path_of
from monitor.demo.folder import Folder
from monitor.demo.loopback import LoopbackServer
from monitor.demo.receivers import TOLERANCE_S, Hook, Mailbox, file_name, signed
from monitor.demo.screen import Screen
from monitor.demo.stream import AS_OF, Piece, load
from monitor.demo.summary import Summary, sum_up
from monitor.errors import CommandError, StoreInUse
from monitor.notify.webhook import signature

PIECE = Piece(
    "d-1",
    "en",
    AS_OF,
    "Outlet <A>",
    "A & B agree: a “truce”",
    "Both <sides>.",
    "https://example.org/1?a=1&b=2",
)
KEY = b"k" * 32


def fetch(url: str, etag: str = "") -> tuple[int, bytes, str]:
    request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read(), answer.headers["ETag"]
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers["ETag"] or ""


# --- the stream ------------------------------------------------------------------------------


def test_the_stream_carries_no_labels() -> None:
    text = files("monitor.demo").joinpath("stream.jsonl").read_text(encoding="utf-8")
    keys = {"id", "lang", "published", "source", "title", "summary", "link"}
    assert all(set(json.loads(line)) == keys for line in text.splitlines())


def test_the_stream_has_a_past_and_as_many_days_as_asked_for() -> None:
    pieces = load(3)
    assert pieces == sorted(pieces, key=lambda piece: piece.published)
    assert pieces[0].published < AS_OF < pieces[-1].published < AS_OF + timedelta(days=3)
    assert len({piece.link for piece in load()}) == len(load()) > len(pieces)


# --- the outlets -----------------------------------------------------------------------------


def test_an_outlet_grows_and_answers_304_until_it_does() -> None:
    later = replace(PIECE, id="d-2", title="Later", published=AS_OF + timedelta(hours=1))
    outlets = Outlets([PIECE, later])
    with LoopbackServer(outlets.answer) as server:
        url = f"http://{server.address}{path_of(PIECE.feed)}"
        empty = fetch(url)
        outlets.publish(PIECE)
        one = fetch(url, empty[2])
        again = fetch(url, one[2])
        outlets.publish(later)
        two = fetch(url, one[2])
        assert fetch(f"http://{server.address}/nowhere.xml")[0] == 404
    assert [empty[0], one[0], again[0], two[0]] == [200, 200, 304, 200]
    assert (outlets.looks, outlets.unchanged) == (4, 1)
    read = feedparser.parse(two[1])
    assert not read.bozo
    assert [entry.title for entry in read.entries] == ["Later", PIECE.title]
    entry = read.entries[1]
    assert (entry.link, entry.id) == (PIECE.link, PIECE.id)
    assert entry.published_parsed[:4] == (2025, 6, 2, 20)


# --- the receivers ---------------------------------------------------------------------------


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_the_hook_refuses_what_is_not_signed_right(tmp_path: Path) -> None:
    hook = Hook(tmp_path, "whsec_" + base64.b64encode(b"x" * 32).decode())
    with LoopbackServer(hook.answer) as server:
        head = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
        assert post(f"http://{server.address}/", b"{}", head) == 401
    assert (hook.accepted, hook.refused, list(tmp_path.iterdir())) == (0, 1, [])


def test_a_signature_stands_for_id_time_and_body() -> None:
    now = 1_750_000_000
    right = {
        "webhook-id": "a",
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,b3RoZXI= {signature(KEY, 'a', now, b'{}')}",
    }
    assert signed(KEY, right, b"{}", now + TOLERANCE_S)
    assert not signed(KEY, right, b"{ }", now)
    assert not signed(b"o" * 32, right, b"{}", now)
    assert not signed(KEY, right, b"{}", now + TOLERANCE_S + 1)
    for name, value in (("webhook-id", "b"), ("webhook-timestamp", "x"), ("webhook-id", "")):
        assert not signed(KEY, {**right, name: value}, b"{}", now)
    assert not signed(KEY, {}, b"{}", now)


def test_the_mailbox_keeps_what_it_answered_for(tmp_path: Path) -> None:
    mail = b"Subject: Hi\r\nX-Parley-Key: k1\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n"
    mailbox = Mailbox(tmp_path)

    async def send() -> None:
        async with mailbox.serving():
            await aiosmtplib.send(
                mail, sender="a@example.org", recipients=["b@example.org"], hostname="127.0.0.1",
                port=mailbox.port, start_tls=False,
            )  # fmt: skip

    asyncio.run(send())
    assert mailbox.keys == Counter({"k1": 1})
    assert (tmp_path / "001-hi.eml").read_bytes() == mail
    assert (tmp_path / "001-hi.html").read_text() == "<p>Hi</p>\n"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Kiev : l'été [ceasefire]", "007-kiev-l-ete-ceasefire"),
        ("Мединский", "007-mail"),
        ("../../etc/passwd", "007-etc-passwd"),
    ],
)
def test_a_file_is_named_after_its_subject(subject: str, name: str) -> None:
    assert file_name(7, subject) == name


# --- the folder ------------------------------------------------------------------------------


def test_a_link_to_a_folder_is_unlinked_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine").write_text("mine")
    folder = Folder(tmp_path / "demo")
    folder.claim()
    (folder.path / "mail").symlink_to(other)
    folder.clear()
    assert (other / "mine").read_text() == "mine"
    assert not folder.mail.is_symlink()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(CommandError, match="cannot be used"):
        Folder(tmp_path / "demo").claim()
    assert (tmp_path / "demo").read_text() == "mine"


def test_a_second_demo_in_the_same_folder_is_kept_out(tmp_path: Path) -> None:
    from monitor.demo.run import _locked  # noqa: PLC0415 - the rest needs no daemon

    folder = Folder(tmp_path / "demo")
    folder.claim()
    with _locked(folder), pytest.raises(StoreInUse, match="in use by pid"), _locked(folder):
        pass


# --- what is shown ---------------------------------------------------------------------------


def screen(width: int = 100) -> tuple[Screen, io.StringIO]:
    stream = io.StringIO()
    return Screen(Console(file=stream, width=width), "Europe/Istanbul"), stream


def held(number: int, reason: Held) -> Report:
    piece = replace(PIECE, id=str(number), source=f"Outlet {number}", title=f"Title {number}")
    return Report(piece, (), (), reason)


def test_many_repeats_of_one_thing_are_one_line() -> None:
    shown, stream = screen()
    copy = Held(Reason.COPY_OF_ITEM, "A truce")
    for number in range(40):
        shown.report(held(number, copy))
    shown.report(held(40, Held(Reason.SAYS_KNOWN_FACT, "There is none.")))
    shown.report(Report(replace(PIECE, title="News"), ("ceasefire",), ("diplomacy",), None))
    lines = stream.getvalue().splitlines()
    assert lines[1] == "Monday 2 June"
    assert lines[2].startswith("23:00  · Title 0 ")
    assert lines[2].endswith("Outlet 0 (en) and 39 more")
    assert lines[3].strip() == "a copy of an item already read: “A truce”"
    assert lines[5].strip() == "says what the baseline already holds: There is none."
    assert lines[6].startswith("23:00  ● News ")
    assert lines[6].endswith("ceasefire + digest")
    assert len(lines) == 7


def test_items_of_no_watch_are_counted() -> None:
    shown, stream = screen()
    for _ in range(3):
        shown.report(Report(PIECE, (), (), None))
    shown.report(Report(PIECE, ("ceasefire",), (), None))
    assert stream.getvalue().splitlines()[1] == (
        "Monday 2 June   3 items in between concern no watch"
    )


def test_a_narrow_terminal_shows_a_headline_whole_and_its_outlet_beneath() -> None:
    shown, stream = screen(60)
    title = "Sides agree to hand over six thousand each"
    shown.report(Report(replace(PIECE, title=title), ("ceasefire",), (), None))
    shown.report(held(1, Held(Reason.SAYS_KNOWN_FACT, "word " * 40)))
    shown.digest("Daily digest", AS_OF)
    lines = stream.getvalue().splitlines()
    assert lines[2] == f"23:00  ● {title}"
    assert lines[3] == "Outlet <A> (en)  ceasefire".rjust(60)
    assert lines[5].endswith("…")
    assert max(map(len, lines)) == 60


# --- what is counted -------------------------------------------------------------------------


def summary(folder: Path, *, mails: str, events: str, stopped: bool = False) -> Summary:
    """Two mails and one event were enqueued; letters are the keys that arrived."""
    totals = Totals(5, 3, 2, 2, 0, {Reason.COPY_OF_ITEM: 1}, Counter("ab"), Counter("c"), 0)
    mailbox, hook = Mailbox(folder), Hook(folder, "whsec_eHh4")
    mailbox.keys, hook.keys = Counter(mails), Counter(events)
    return sum_up(
        totals, Outlets([PIECE]), mailbox, hook, Folder(folder), stopped=stopped, seconds=1.0
    )


@pytest.mark.parametrize(
    ("mails", "events", "ok", "missing", "doubled"),
    [
        ("ab", "c", True, (), ()),
        ("a", "c", False, ("b",), ()),
        ("ab", "", False, ("c",), ()),
        ("abb", "c", False, (), ("b",)),
        ("abz", "c", False, (), ("z",)),
    ],
)
def test_what_did_not_arrive_once_is_a_failure(
    tmp_path: Path, mails: str, events: str, ok: bool, missing: tuple[str], doubled: tuple[str]
) -> None:
    made = summary(tmp_path, mails=mails, events=events)
    assert (made.ok, made.missing, made.doubled) == (ok, missing, doubled)
    shown, stream = screen()
    shown.closing(made)
    assert ("did not arrive" in stream.getvalue()) == bool(missing)
    assert ("arrived more often" in stream.getvalue()) == bool(doubled)


def test_a_demo_that_was_stopped_owes_nothing(tmp_path: Path) -> None:
    made = summary(tmp_path, mails="a", events="", stopped=True)
    assert made.ok
    assert made.as_json()["stopped"] is True
