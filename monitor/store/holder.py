"""Who holds a data folder, asked without taking it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from monitor.store.lock import LOCK_FILE


def holder_of(folder: Path) -> str | None:
    """Give what the holder of a data folder says of itself (`pid N since T`), None for no holder.

    A shared lock is asked for and let go at once, and only where the file holds a text: a daemon
    that ended cleanly left it empty, so that asking never stands in the way of one that starts.
    """
    try:
        handle = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        said = os.read(handle, 200).decode("utf-8", "replace").strip()
        if not said:
            return None
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return said
    finally:
        os.close(handle)
