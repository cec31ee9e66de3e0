"""Files of what is dear to make: each holds a key, a checksum and data, and is never needed.

The key says of what the data was made. A file of another key, a damaged one, one that is no file or
cannot be read is as good as none, and where one cannot be written, nothing is kept.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

#: Largest kept form that is read, in bytes.
MAX_BYTES = 32 * 1024 * 1024
#: Bytes of the first line, which holds key and checksum.
_HEAD = 200


def kept(path: Path, key: str) -> bytes | None:
    """Give what was kept in a file under a key; None where there is none, or it is not whole."""
    try:
        with regular(path) as stream:
            head = stream.readline(_HEAD).decode("ascii", "replace").split()
            if len(head) != 2 or head[0] != key:
                return None
            body = stream.read(MAX_BYTES)
    except OSError:
        return None  # there is none yet, or it is another user's
    return body if head[1] == checksum(body) else None


def keep(path: Path, key: str, body: bytes, *, mode: int = 0o644) -> None:
    """Write a file beside the old one and put it in its place, whole or not at all."""
    if len(body) > MAX_BYTES:
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with contextlib.suppress(OSError):  # a folder that cannot be written keeps nothing
        path.parent.mkdir(exist_ok=True)
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
            with os.fdopen(handle, "wb") as stream:
                stream.write(f"{key} {checksum(body)}\n".encode() + body)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def regular(path: Path) -> BinaryIO:
    """Open a file for reading. Raises `OSError` for anything else, such as a pipe.

    To open a pipe that nobody writes to would wait for ever.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def checksum(body: bytes) -> str:
    """Give what a file says of its data, to tell that it is whole."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()
