"""What holds of every reader that gives spans of a text, such as days and quantities."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import Protocol, TypeVar


class Span(Protocol):
    """A part of a text, from `start` to before `end`, in characters."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


AnySpan = TypeVar("AnySpan", bound=Span)


def inside_and_in_order(text: str, spans: Iterable[AnySpan]) -> Iterable[AnySpan]:
    """Give each span, once it is seen to hold something and to begin where the last one ended."""
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        yield span
        end = span.end


def costs_its_length(read: Callable[[str], Sequence[object]], text: str, most: int) -> None:
    """See that a long text gives at most `most` spans, and twice the text some twice the work."""
    read("")  # the tables are read once
    began = time.process_time()
    assert len(read(text)) <= most
    assert time.process_time() - began < 3  # what no step counts: the insides of an expression
    short, long = _steps(read, text[:4096]), _steps(read, text[:8192])
    assert long <= 2.5 * short + 2000


def _steps(read: Callable[[str], Sequence[object]], text: str) -> int:
    """Count the lines that are run for a text."""
    count = 0

    def watch(frame: FrameType, event: str, arg: object) -> object:
        nonlocal count
        count += 1
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return count
