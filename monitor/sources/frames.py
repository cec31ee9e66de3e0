"""How the daemon and its parser processes talk: frames of a length and that many bytes.

To the worker, for each document: a frame of JSON (content_type, url, language), a frame of the
prints that are known, a frame of the document's bytes. From the worker: a frame `{"ready": true}`
once, then for each document a frame of JSON, as `parse_document` gives it but for its items, with
`cpu_s`, the seconds of CPU that it took, and `batches`, how many frames follow: each holds a JSON
list of some of the items.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

#: Items of one frame, as characters of JSON: whoever reads it pauses for no longer than that takes.
BATCH_CHARS = 128 * 1024

_HEAD = struct.Struct(">I")
HEAD_BYTES = _HEAD.size


def framed(payload: bytes) -> bytes:
    """Put the length before a payload. Raises `struct.error` beyond 4 GiB."""
    return head_of(payload) + payload


def head_of(payload: bytes) -> bytes:
    """Give the length that stands before a payload. Raises `struct.error` beyond 4 GiB."""
    return _HEAD.pack(len(payload))


def length_of(head: bytes) -> int:
    """Read the length from the first `HEAD_BYTES` of a frame."""
    return int(_HEAD.unpack(head)[0])


def read_frame(pipe: BinaryIO) -> bytes | None:
    """Read a whole frame from a blocking pipe; None where the pipe has ended."""
    head = pipe.read(HEAD_BYTES)
    if len(head) < HEAD_BYTES:
        return None
    size = length_of(head)
    payload = pipe.read(size)
    return payload if len(payload) == size else None
