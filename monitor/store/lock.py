"""One daemon a data folder: an flock, with pid and start time in the file for people to read."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path

from monitor.errors import StoreError, StoreInUse

#: The lock's file inside the data folder. Its text is only text; the flock is the truth.
LOCK_FILE = "parley.lock"


class FolderLock:
    """Holds a data folder until `release`, or until the process ends in any way."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is locked yet."""
        self._path = folder / LOCK_FILE
        self._handle: int | None = None

    def acquire(self, now: datetime) -> None:
        """Take the folder. Raises `StoreInUse` naming the holder, `StoreError` where it cannot."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"the data folder {self._path.parent} cannot be used: {error.strerror}"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 200).decode("utf-8", "replace").strip() or "another process"
            os.close(handle)
            raise StoreInUse(f"the data folder {self._path.parent} is in use by {holder}") from None
        except OSError as error:
            os.close(handle)
            raise StoreError(
                f"the data folder {self._path.parent} cannot be locked: {error.strerror}"
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"pid {os.getpid()} since {now:%Y-%m-%d %H:%M:%S} UTC\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Let go of the folder."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None
