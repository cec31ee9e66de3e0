from __future__ import annotations

import io
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.telemetry.systemd import Systemd, watchdog_interval_s


def manager(address: str) -> socket.socket:
    """Open the socket that systemd would listen on."""
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    wire.bind(address)
    wire.settimeout(5)
    return wire


def heard(wire: socket.socket) -> list[str]:
    return wire.recv(4096).decode().split("\n")


def test_every_message_reaches_a_socket_in_the_file_system(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with manager(path) as wire:
        daemon = Systemd({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "60000000"})
        daemon.ready("32 feeds, 4 watches")
        assert heard(wire) == ["READY=1", "STATUS=32 feeds, 4 watches"]
        before = time.monotonic_ns() // 1000
        daemon.reloading()
        reload = heard(wire)
        assert reload[0] == "RELOADING=1"
        stamp = int(reload[1].removeprefix("MONOTONIC_USEC="))
        assert before <= stamp <= time.monotonic_ns() // 1000
        daemon.status("a title\nWATCHDOG=1 https://u:pw@example.org/")
        assert heard(wire) == [r"STATUS=a title\nWATCHDOG=1 https://***@example.org/"]
        daemon.watchdog()
        assert heard(wire) == ["WATCHDOG=1"]
        daemon.stopping()
        assert heard(wire) == ["STOPPING=1"]


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are Linux's")
def test_an_abstract_socket_is_reached_too() -> None:
    name = f"parley-test-{os.getpid()}"
    with manager("\0" + name) as wire:
        Systemd({"NOTIFY_SOCKET": "@" + name}).ready()
        assert heard(wire) == ["READY=1"]


@pytest.mark.parametrize("env", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}])
def test_without_a_socket_nothing_is_said_or_logged(
    env: dict[str, str], written: Callable[..., io.StringIO]
) -> None:
    log = written("json")
    daemon = Systemd(env)
    daemon.ready("up")
    daemon.watchdog()
    daemon.stopping()
    assert log.getvalue() == ""


def test_a_socket_that_nobody_reads_is_logged_and_survived(
    tmp_path: Path, written: Callable[..., io.StringIO]
) -> None:
    log = written("json")
    Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    assert "systemd takes no notification" in log.getvalue()


@pytest.mark.parametrize(
    ("env", "interval_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, 20.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 20.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_three_times_in_its_limit(
    env: dict[str, str], interval_s: float | None
) -> None:
    assert watchdog_interval_s(env) == interval_s


def test_signs_of_life_go_out_three_times_in_the_limit_and_no_more(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with manager(path) as wire:
        daemon = Systemd({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "60000000"})
        for second in range(60):
            daemon.watchdog(1000.0 + second)
        daemon.stopping()
        assert [heard(wire)[0] for _ in range(4)] == [*["WATCHDOG=1"] * 3, "STOPPING=1"]


def test_where_no_watchdog_is_set_it_is_given_no_sign(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with manager(path) as wire:
        daemon = Systemd({"NOTIFY_SOCKET": path})
        daemon.watchdog()
        daemon.stopping()
        assert heard(wire) == ["STOPPING=1"]
