"""A stand-in for the library of that name: it says what Parley uses of it, and what it was told."""

from __future__ import annotations

import importlib.machinery
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

import pytest

#: A token as it may stand in the address of a service.
SECRET = "planted-apprise-token"


class FakeApprise:
    """What is sent stands in `sent`; `outcome` decides what becomes of it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.outcome: Callable[[], Any] = lambda: True
        self.taken = True
        self.threads: set[str] = set()

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let `import apprise` give this."""
        module = types.ModuleType("apprise")
        module.__spec__ = importlib.machinery.ModuleSpec("apprise", None)
        module.Apprise = lambda: _Target(self)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "apprise", module)


class _Target:
    def __init__(self, fake: FakeApprise) -> None:
        self._fake = fake

    def add(self, url: str) -> bool:
        return self._fake.taken

    def notify(self, **said: Any) -> Any:
        self._fake.threads.add(threading.current_thread().name)
        self._fake.sent.append(said)
        return self._fake.outcome()
