"""Words to systemd over its notification socket; silence where there is none.

Follows sd_notify(3) and sd_watchdog_enabled(3). Needs no library: a message is one datagram.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

from monitor.telemetry.logs import get_logger, redact
from monitor.telemetry.redact import one_line

log = get_logger(__name__)


def watchdog_interval_s(env: Mapping[str, str]) -> float | None:
    """Give the seconds between two signs of life, a third of what systemd allows, or None.

    None where no watchdog is set, or where it is set for another process.
    """
    allowed_us = env.get("WATCHDOG_USEC", "")
    for_pid = env.get("WATCHDOG_PID", "")
    if not allowed_us.isdecimal() or int(allowed_us) == 0:
        return None
    if for_pid and for_pid != str(os.getpid()):
        return None
    return int(allowed_us) / 1_000_000 / 3


class Systemd:
    """The service manager as the daemon sees it. Every method does nothing without a socket.

    A socket that does not take a message is logged and costs nothing else.
    """

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        self._address = _address(env.get("NOTIFY_SOCKET", ""))
        self._every_s = watchdog_interval_s(env)
        self._fed_at = float("-inf")

    def ready(self, status: str = "") -> None:
        """Say that the daemon is up, or that a reload is over."""
        self._send("READY=1", *_status(status))

    def reloading(self, status: str = "") -> None:
        """Say that a reload begins; `ready` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", *_status(status))

    def stopping(self, status: str = "") -> None:
        """Say that the daemon is going down."""
        self._send("STOPPING=1", *_status(status))

    def status(self, status: str) -> None:
        """Set the line that `systemctl status` shows."""
        self._send(*_status(status))

    def watchdog(self, now: float | None = None) -> None:
        """Give a sign of life where one is due: three in the time that systemd allows.

        Call it often, and only while no lane is stalled. `now` is a reading of the monotonic clock
        in seconds; None reads it.
        """
        moment = time.monotonic() if now is None else now
        if self._every_s is None or moment - self._fed_at < self._every_s:
            return
        self._fed_at = moment
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self._address or not lines:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
                wire.setblocking(False)  # a full socket must not hold up a lane
                wire.sendto("\n".join(lines).encode(errors="replace"), self._address)
        except OSError as error:
            log.warning("systemd-not-told", text=f"systemd takes no notification: {error}")


def _address(path: str) -> str:
    """Give the address for `sendto`: `@name` stands for an abstract socket (leading NUL byte)."""
    if path.startswith("@"):
        return "\0" + path[1:]
    return path if path.startswith("/") else ""


def _status(text: str) -> tuple[str, ...]:
    """Give a STATUS line; a line break in it would be read as a further message."""
    return (f"STATUS={one_line(redact(text))}",) if text else ()
