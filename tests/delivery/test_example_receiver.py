"""The receiver that the documentation shows, run as its reader would run it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.notify.plugin import Tools
from monitor.notify.webhook import WebhookNotifier, WebhookOptions
from monitor.ports import Receipt
from tests.fakes_http import LoopbackHttp
from tests.notes import KEY, FixedClock, alert

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "receiver.py"
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 32).decode()


class Running:
    """The receiver in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.url = process, f"http://127.0.0.1:{port}/"

    def post(
        self, *secrets: str, key: str = KEY, off_s: float = 0.0, spoil: bytes = b""
    ) -> Receipt:
        """Send an alert, signed by these secrets, at a moment that is off by some seconds."""
        clock = FixedClock(datetime.now(UTC) + timedelta(seconds=off_s))
        options = WebhookOptions.model_validate({"url": self.url, "secret": list(secrets)})
        channel = WebhookNotifier("hook", options, Tools(LoopbackHttp(), clock, io.StringIO()))
        body = channel.render(alert(), "webhook", KEY)
        return asyncio.run(channel.send(body + spoil, "webhook", key))

    def end(self) -> list[str]:
        """Stop it; give the lines that it printed."""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=20)
        return said.splitlines()


@contextlib.contextmanager
def receiver(folder: Path, *secrets: str) -> Iterator[Running]:
    """Run the example until the block ends."""
    env = {
        **os.environ, "RECEIVER_SECRET": " ".join(secrets),
        "RECEIVER_LIST": str(folder / "received.db"),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLE), "0"], env=env, cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        yield Running(process, int(first.split()[-1]))
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_it_takes_each_message_once_also_after_a_restart(tmp_path: Path) -> None:
    lines: list[str] = []
    for life in range(2):
        with receiver(tmp_path, NEW) as one:
            for _ in range(2):
                assert one.post(NEW).code == "sent"
            assert one.post(NEW, key=f"key-of-life-{life}").code == "sent"
            lines += one.end()
    assert len(lines) == 3  # the repeated one, and one of each life


def test_it_refuses_what_was_not_signed_as_it_should_be(tmp_path: Path) -> None:
    with receiver(tmp_path, NEW) as one:
        assert one.post(OLD).code == "http-401"
        assert one.post(NEW, off_s=-600).code == "http-401"  # ten minutes off
        assert one.post(NEW, off_s=240).code == "sent"
        # too large at first; what Parley sends again, shortened, is taken
        assert one.post(NEW, key="big", spoil=b" " * 20_000).code == "sent"


def test_secrets_rotate_without_a_message_refused(tmp_path: Path) -> None:
    """Both sides in the order of the documentation: sender both, receiver new, sender new."""
    with receiver(tmp_path, OLD) as one:
        assert [one.post(OLD).code, one.post(NEW, OLD).code] == ["sent", "sent"]
    with receiver(tmp_path, NEW) as one:
        assert [one.post(NEW, OLD).code, one.post(NEW).code] == ["sent", "sent"]
        assert one.post(OLD).code == "http-401"
