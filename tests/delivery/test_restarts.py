"""Nothing is lost and nothing doubled over restarts and kill -9; no secret leaves the process."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.builders import T0
from tests.delivery.hook_server import Hit, Reply, bodies_by_key, hook_server
from tests.delivery.mail_sink import Mood, mail_sink
from tests.delivery.office import Office
from tests.delivery.test_modes import hook, mail
from tests.fakes import FrozenClock

ROOT = Path(__file__).parents[2]
ALERTS = 12


async def courier(
    folder: Path, options: Mapping[str, object], allow: str
) -> asyncio.subprocess.Process:
    """Begin a courier in a process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.delivery.courier_process", str(folder), T0.isoformat(),
        json.dumps(options), allow, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


def test_killed_between_acceptance_and_its_mark_it_sends_again_under_the_same_key(
    tmp_path: Path,
) -> None:
    async def run() -> tuple[list[Hit], list[str]]:
        clock = FrozenClock(T0)
        async with hook_server(clock) as hooks:
            options = {"desk": hook(hooks.play("desk"))}
            office = Office(tmp_path, clock, options, allow=(hooks.address,))
            async with office.open():
                office.courier.use({})
                for number in range(ALERTS):
                    await office.tell(number, thread=f"t{number % 3}")
            process = await courier(tmp_path, options, hooks.address)

            def kill(hit: Hit) -> None:
                del hit
                if len(hooks.hits) == 5:  # taken by the receiver, and nobody will write it down
                    os.kill(process.pid, signal.SIGKILL)

            hooks.heard = kill
            await process.communicate()
            assert process.returncode == -signal.SIGKILL
            hooks.heard = lambda hit: None
            again = await courier(tmp_path, options, hooks.address)
            said, complaints = await again.communicate()
            assert said.decode().endswith("done\n"), complaints.decode()
            return hooks.hits, office.statuses("desk")

    hits, statuses = asyncio.run(run())
    assert statuses == ["sent"] * ALERTS
    assert len({hit.key for hit in hits}) == ALERTS
    assert len(hits) <= ALERTS + 4  # at most what was on its way when it was killed
    assert all(len(bodies) == 1 for bodies in bodies_by_key(hits).values())


def test_a_restart_changes_nothing_of_the_schedule(tmp_path: Path) -> None:
    async def run(lives: int) -> list[float]:
        clock, folder = FrozenClock(T0), tmp_path / f"{lives}"
        async with hook_server(clock) as hooks:
            options = {"desk": hook(hooks.play("desk", *[Reply(500)] * 4, Reply()))}
            office = Office(folder, clock, options, allow=(hooks.address,))
            for life in range(lives):
                async with office.open():
                    if not life:
                        await office.tell(1)
                    last = life == lives - 1
                    await office.run(until=lambda: not last and len(hooks.hits) > life)  # noqa: B023
            assert office.statuses("desk") == ["sent"]
            return [(hit.at - T0).total_seconds() for hit in hooks.hits]

    at_once, in_parts = asyncio.run(run(1)), asyncio.run(run(4))
    assert len(at_once) == 5
    assert in_parts == at_once


#: Twelve secrets of every sort that a channel may hold.
PLANTED = {
    "path": "planted-path-token", "query": "planted-query-token", "header": "planted-bearer",
    "cookie": "planted-cookie", "hook1": "cGxhbnRlZC1mZXJzdC1zZWNyZXQtb2YtMzItYnl0ZXM=",
    "hook2": "cGxhbnRlZC1zZWNvbmQtc2VjcmV0LW9mLTMyLWJ5dGU=", "password": "planted-password",
    "telegram": "123456:planted-bot-token-of-35-characters", "slack": "planted-slack-secret",
    "ntfy": "planted-ntfy-token", "topic": "planted-topic", "chat": "planted-api-token",
}  # fmt: skip


def hostile_channels(hooks: str, port: int) -> dict[str, dict[str, object]]:
    """Give channels that hold the secrets; everything that they send to fails."""
    signed = {"secret": [f"whsec_{PLANTED['hook1']}", f"whsec_{PLANTED['hook2']}"]}
    address = f"{hooks}/{PLANTED['path']}"
    return {
        "plain": hook(f"{address}?token={PLANTED['query']}", **signed, headers={
            "Authorization": f"Bearer {PLANTED['header']}", "Cookie": PLANTED["cookie"]}),
        "down": hook(f"http://127.0.0.1:9/{PLANTED['path']}?token={PLANTED['query']}", **signed),
        "letters": mail(port, user="parley", password=PLANTED["password"]),
        "phone": {"kind": "ntfy", "server": address, "topic": PLANTED["topic"],
                  "token": PLANTED["ntfy"]},
        "bot": {"kind": "telegram", "api": hooks, "token": PLANTED["telegram"], "chat": -1},
        "room": {"kind": "slack", "url": f"{hooks}/services/{PLANTED['slack']}"},
        "wall": {"kind": "slack", "api": hooks, "token": PLANTED["chat"], "to": "C1"},
    }  # fmt: skip


def test_no_secret_stands_in_a_log_an_error_or_a_row(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is blotted out here: the words are clean before any log hides what it knows."""

    async def run() -> str:
        clock = FrozenClock(T0)
        echo = Mood(auth=f"535 5.7.8 {PLANTED['password']} is not right")
        async with hook_server(clock) as hooks, mail_sink(clock, echo) as sink:
            hooks.play(PLANTED["path"], Reply(500), Reply(401), Reply(how="reset", takes=False))
            options = hostile_channels(f"http://{hooks.address}", sink.port)
            office = Office(tmp_path, clock, options, allow=(hooks.address, "127.0.0.1:9"))
            async with office.open():
                await office.tell(1)
                await office.run(hours=8)
            rows = "".join(repr(row) for row in office.rows())
            assert all(row.error for row in office.rows())
            troubles = "".join(repr(one) for one in office.troubles)
            return f"{rows}{troubles}{office.receipts!r}{vars(office.channels['plain'])!r}"

    with caplog.at_level(logging.DEBUG, "parley"):
        said = asyncio.run(run())
    written = io.BytesIO((tmp_path / "parley.db").read_bytes()).getvalue()
    for name, secret in PLANTED.items():
        assert secret not in said, name
        assert secret not in caplog.text, name
        assert secret.encode() not in written, name
