"""A parser process: reads documents from stdin, answers on stdout, ends when stdin closes.

Started by `monitor.sources.pool` with three arguments: the bytes of memory, the seconds of CPU a
document, and the entries kept of one. It holds no secrets and opens no connections; the worst
that a document can do is to end it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from monitor.sources.frames import BATCH_CHARS, framed, read_frame
from monitor.sources.parse import parse_document

#: Python keeps what a large document took; a process that holds more than this is replaced.
_WORN_BYTES = 96 * 1024 * 1024


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes to ourselves: what anything prints must not end up between frames."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    sys.stdout = sys.stderr
    return requests, answers


def _limit(kind: int, amount: int) -> None:
    """Lower a limit, as far as the system has it."""
    _, hard = resource.getrlimit(kind)
    soft = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError) as error:  # macOS refuses some; the deadline still holds
        sys.stderr.write(f"a limit of the parser process could not be set: {error}\n")


def _answer(request: bytes, known: bytes, content: bytes, max_items: int) -> dict[str, Any]:
    """Parse one document; every error of one document is its answer, and the process goes on."""
    about = json.loads(request)
    try:
        return parse_document(
            content, about["content_type"], about["url"], about["language"], max_items, known
        )
    except MemoryError:
        return {"code": "parse-memory", "message": "the document needs too much memory to be read"}
    except Exception as error:  # noqa: BLE001 - the boundary of the process: the daemon is told
        kind = type(error).__name__
        return {"code": "parse-error", "message": f"the document could not be read ({kind})"}


def _frames(answer: dict[str, Any]) -> Iterator[bytes]:
    """Give an answer as frames: what is said of the document, then its items in batches."""
    batches: list[list[str]] = []
    room = 0
    for item in answer.pop("items", ()):
        text = json.dumps(item, ensure_ascii=False)
        if len(text) > room:
            batches.append([])
            room = BATCH_CHARS
        batches[-1].append(text)
        room -= len(text)
    said = {**answer, "batches": len(batches), "worn": _resident_bytes() > _WORN_BYTES}
    yield json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    for batch in batches:
        yield f"[{','.join(batch)}]".encode("utf-8", "replace")


def _resident_bytes() -> int:
    """Give how much memory this process holds now; 0 where the system does not tell in this way.

    What `getrusage` tells is no use: its peak begins with that of the daemon that forked.
    """
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def main(memory_bytes: int, cpu_s: int, max_items: int) -> None:
    """Answer documents until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")  # feedparser warns of its own names
    requests, answers = _take_pipes()
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    answers.write(framed(b'{"ready": true}'))
    answers.flush()
    while (request := read_frame(requests)) is not None:
        known, content = read_frame(requests), read_frame(requests)
        if known is None or content is None:
            return
        # The daemon ends what takes too long; this is for a worker whose daemon is gone.
        began_s = time.process_time()
        _limit(resource.RLIMIT_CPU, int(began_s) + 1 + cpu_s)
        answer = _answer(request, known, content, max_items)
        answer["cpu_s"] = round(time.process_time() - began_s, 3)
        for frame in _frames(answer):
            answers.write(framed(frame))
        answers.flush()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
