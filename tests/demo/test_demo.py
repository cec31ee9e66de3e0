"""The demo as people run it: a process that plays June 2025 and leaves what arrived in a folder."""

from __future__ import annotations

import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

COMMAND = [sys.executable, "-m", "monitor", "demo"]
ROOT = Path(__file__).parents[2]


@dataclass
class Played:
    """A demo that has ended."""

    folder: Path
    summary: dict[str, Any]
    seconds: float
    group: int
    stderr: str


def start(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    environment["PARLEY_SMTP_URL"] = "smtp://somewhere.example.org"  # not asked: no keys
    return subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd,
        env=environment, start_new_session=True,
    )  # fmt: skip


def play(folder: Path, *arguments: str) -> Played:
    began = time.monotonic()
    process = start("--data", str(folder), "--json", *arguments, cwd=folder.parent)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, out + err
    return Played(folder, json.loads(out), time.monotonic() - began, process.pid, err)


def nobody_is_left(group: int) -> bool:
    """Whether a process group is empty; what has been told to end may take a moment."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("demo") / "out")


def mails(played: Played) -> list[EmailMessage]:
    files = sorted((played.folder / "mail").glob("*.eml"))
    return [message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]


def events(played: Played) -> list[tuple[bytes, dict[str, str]]]:
    found = []
    for path in sorted((played.folder / "webhook").glob("*.json")):
        lines = path.with_suffix(".headers").read_text().splitlines()
        headers = dict(line.split(": ", 1) for line in lines)
        found.append((path.read_bytes(), headers))
    return found


def test_it_takes_less_than_a_minute_and_says_that_all_arrived(played: Played) -> None:
    assert played.seconds < 60
    assert played.stderr == ""
    assert played.summary["ok"] is True
    assert (played.summary["missing"], played.summary["doubled"]) == ([], [])


def test_every_alert_is_one_mail_to_each_recipient(played: Played) -> None:
    said = played.summary
    got = mails(played)
    keys = {mail["X-Parley-Key"] for mail in got}
    assert said["alerts"] >= 9
    assert said["digests"] >= 1
    assert len(keys) == len(got) == said["mails"]["accepted"] == said["mails"]["expected"]
    assert len(got) == (said["alerts"] + said["digests"]) * said["mails"]["recipients"]


def test_every_development_is_one_event(played: Played) -> None:
    said = played.summary
    got = events(played)
    bodies = [json.loads(body) for body, _ in got]
    ids = {headers["webhook-id"] for _, headers in got}
    assert len(ids) == len(got) == said["webhooks"]["accepted"] == said["webhooks"]["expected"]
    assert sum(body["type"] == "parley.digest" for body in bodies) == said["digests"]
    alerts = [body for body in bodies if body["type"] == "parley.alert"]
    assert len(alerts) == said["developments"]
    assert len({body["alert"]["alert"] for body in alerts}) == said["alerts"]
    assert {headers["webhook-id"] for _, headers in got} == {body["id"] for body in bodies}


def test_the_other_side_accepts_every_signature(played: Played) -> None:
    config = (played.folder / "config" / "parley.yaml").read_text()
    [secret] = re.findall(r'"(whsec_[^"]+)"', config)
    got = events(played)
    for body, headers in got:
        assert Webhook(secret).verify(body, headers)
    assert got


def test_mails_are_whole_and_can_be_opened(played: Played) -> None:
    for mail in mails(played):
        assert mail.defects == []
        assert mail["Message-ID"]
        assert mail["List-Id"]
        text, page = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None
        assert page is not None
        assert "Outlet " in text.get_content()
    pages = sorted((played.folder / "mail").glob("*.html"))
    assert len(pages) == played.summary["mails"]["accepted"]
    assert all(page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>") for page in pages)


def test_what_repeats_is_held_back_with_a_reason(played: Played) -> None:
    held = played.summary["held"]
    # the past of the feeds, an agency's text taken over, a look back in the words of the baseline
    assert held["older-than-baseline"] > 10
    assert held["copy-of-item"] >= 5
    assert held["says-known-fact"] >= 1
    bodies = [mail.get_body(("plain",)) for mail in mails(played)]
    texts = [" ".join(body.get_content().split()) for body in bodies if body is not None]
    assert sum("First young prisoners swapped after days" in text for text in texts) == 1, texts


def test_feeds_are_asked_with_validators(played: Played) -> None:
    feeds = played.summary["feeds"]
    days = 30  # of news time: once in each a feed is asked without validators
    changed = feeds["looks"] - feeds["unchanged"]
    assert feeds["unchanged"] > feeds["looks"] * 0.6
    assert changed <= played.summary["items"] + feeds["count"] * (days + 1)


def test_no_process_is_left(played: Played) -> None:
    assert nobody_is_left(played.group)


def test_the_secret_can_be_read_by_its_owner_alone(played: Played) -> None:
    assert (played.folder / "config" / "parley.yaml").stat().st_mode & 0o077 == 0


def test_a_second_demo_begins_anew_and_touches_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    first = play(folder, "--days", "2")
    (folder / "notes.txt").write_text("mine")
    (folder / "mail" / "stale.eml").write_text("left over")
    second = play(folder, "--days", "2")
    assert not (folder / "mail" / "stale.eml").exists()
    assert (folder / "notes.txt").read_text() == "mine"
    figures = ("items", "hits", "alerts", "developments", "digests")
    # Which feed answers first at the very start is the network's: what founds a story may differ.
    assert first.summary["held"].keys() == second.summary["held"].keys()
    assert [first.summary[f] for f in figures] == [second.summary[f] for f in figures]
    assert len(mails(second)) == second.summary["mails"]["accepted"] > 0


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    (folder / "mail").mkdir(parents=True)
    (folder / "mail" / "love.eml").write_text("mine")
    process = start("--data", str(folder), cwd=tmp_path)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert "is no folder of a demo: nothing was touched" in err
    assert [p.name for p in folder.rglob("*")] == ["mail", "love.eml"]


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    process = start(cwd=tmp_path)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "●" in line:
            break
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - asked < 10
    assert (process.returncode, err) == (0, "")
    assert "Stopped after" in out
    assert "\x1b" not in "".join(lines) + out  # no colour in a pipe
    assert nobody_is_left(process.pid)
    assert (tmp_path / "data" / "demo" / "store").is_dir()
