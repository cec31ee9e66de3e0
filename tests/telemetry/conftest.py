"""A log that tests can read, and the global state of logging put back afterwards."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from monitor.telemetry import logs
from monitor.telemetry.redact import Redactor


@pytest.fixture(autouse=True)
def untouched_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test a redactor of its own, and take its handler off the root again."""
    root = logging.getLogger()
    level = root.level
    quieter = {name: logging.getLogger(name).level for name in logs.QUIETER}
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    monkeypatch.setattr(logs, "_redactor", Redactor())
    yield
    root.setLevel(level)
    root.handlers[:] = [old for old in root.handlers if not isinstance(old, logs.LineHandler)]
    for name, old in quieter.items():
        logging.getLogger(name).setLevel(old)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)


@pytest.fixture
def written() -> Callable[..., io.StringIO]:
    """Configure logs into memory: `written("json", secrets=...)` gives the stream."""

    def start(kind: logs.Kind, level: str = "info", secrets: tuple[str, ...] = ()) -> io.StringIO:
        stream = io.StringIO()
        logs.configure(kind, level, secrets, stream)
        root = logging.getLogger()  # pytest's own handler raises where a record cannot be formatted
        root.handlers[:] = [ours for ours in root.handlers if isinstance(ours, logs.LineHandler)]
        return stream

    return start
