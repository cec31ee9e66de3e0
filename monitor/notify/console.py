"""Console: alerts as lines for the person at the terminal, on standard output.

A terminal can stand still (Ctrl-S, a pipe that nobody reads), and a write to it then blocks. It is
therefore done by a thread of its own, so that the other channels and the feeds never wait for it.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import ClassVar, TextIO
from zoneinfo import ZoneInfo

from pydantic import Field

from monitor.core.model import Note, Section
from monitor.notify import message, wording
from monitor.notify.plugin import Options, Tools
from monitor.ports import Outcome, Receipt

RECIPIENT = "console"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
#: Lines of known facts shown for one development.
_KNOWN_LIMIT = 3


class ConsoleOptions(Options):
    """Options of a channel of kind `console`."""

    deadline_s: float = Field(
        default=5.0, gt=0, le=60, description="seconds to wait for a terminal that stands still"
    )


class ConsoleNotifier:
    """Writes each message at once to a text stream; in colour only where that is a terminal."""

    options_model: ClassVar[type[Options]] = ConsoleOptions
    kind = "console"
    one_event_each = False

    def __init__(self, name: str, options: ConsoleOptions, tools: Tools) -> None:
        """Take the channel's name and the stream to write to."""
        self.name = name
        self.recipients = (RECIPIENT,)
        self.deadline_s = options.deadline_s
        self._stream = tools.stream
        # Writes that were late when last asked about: their next attempt asks, and writes no more.
        self._begun: dict[str, Future[None]] = {}
        self._turn = asyncio.Lock()

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        """Give the lines as UTF-8, ending with an empty one."""
        del recipient, key
        return ("\n".join(_lines(note)) + "\n\n").encode()

    async def send(self, body: bytes, recipient: str, key: str) -> Receipt:
        """Write the stored lines. A write that is still stuck is waited for, never begun twice."""
        del recipient
        try:
            async with asyncio.timeout(self.deadline_s), self._turn:
                if key not in self._begun:
                    late = [asyncio.wrap_future(w) for w in self._begun.values() if not w.done()]
                    await asyncio.shield(asyncio.gather(*late, return_exceptions=True))
                    self._begun[key] = self._begin(body)
                await asyncio.shield(asyncio.wrap_future(self._begun[key]))
        except TimeoutError:
            said = "standard output takes nothing at the moment"
            return Receipt(Outcome.LATER, "blocked", said)
        except (OSError, ValueError):  # a reader that went away, a stream that was closed
            del self._begun[key]
            return Receipt(Outcome.LATER, "closed", "standard output is closed")
        del self._begun[key]
        return Receipt(Outcome.SENT, "sent", "written")

    def _begin(self, body: bytes) -> Future[None]:
        done: Future[None] = Future()
        text = _CONTROLS.sub(" ", body.decode("utf-8", "replace"))
        threading.Thread(
            target=_write, args=(self._stream, text, done), name=f"notify-{self.name}", daemon=True
        ).start()
        return done

    async def close(self) -> None:
        """The stream belongs to the one who opened it."""


def _write(stream: TextIO, text: str, done: Future[None]) -> None:
    """Write and flush once; what happens is told by `done`."""
    try:
        encoding = stream.encoding or "utf-8"
        text = text.encode(encoding, "replace").decode(encoding)
        if stream.isatty() and "NO_COLOR" not in os.environ:
            first, _, rest = text.partition("\n")
            text = f"{_BOLD}{first}{_PLAIN}\n{rest}"
        stream.write(text)
        stream.flush()
    except Exception as error:  # noqa: BLE001 - carried to the one who waits, who knows it
        done.set_exception(error)
    else:
        done.set_result(None)


def _lines(note: Note) -> Iterator[str]:
    tz, zone_name = wording.zone(note.timezone)
    yield f"{wording.clock_time(note.created_at, tz)}  {message.subject_of(note)}"
    if note.kind == "digest":
        yield f"       {wording.count(len(note.sections), 'development')}, grouped by watch"
    elif note.text:
        yield from (f"       {line}".rstrip() for line in wording.lines(note.text))
    titles = [wording.one_line(section.watch_title, 120) for section in note.sections]
    order = {title: place for place, title in reversed(list(enumerate(titles)))}
    title_before = ""
    for title, section in sorted(
        zip(titles, note.sections, strict=True), key=lambda pair: order[pair[0]]
    ):
        if note.kind == "digest" and title != title_before:
            yield f"       == {title} =="
            title_before = title
        explained = message.explain_id(note, section)
        alone = len(note.sections) == 1 and note.kind != "digest"
        yield from _section(section, explained, tz, zone_name, headline=not alone)


def _section(
    section: Section, explained: str, tz: ZoneInfo, zone_name: str, *, headline: bool
) -> Iterator[str]:
    edge = "       "
    if headline:
        yield f"{edge}* {wording.one_line(section.development.headline, message.HEADLINE_LIMIT)}"
    yield f"{edge}\u201c{wording.one_line(section.sentence, 600)}\u201d"
    published = wording.date_time(section.published_at, tz)
    seen = wording.seen_time(section.published_at, section.seen_at, tz)
    outlet = wording.one_line(section.outlet, 120)
    yield f"{edge}{outlet}, published {published}, seen {seen} ({zone_name})"
    if address := wording.link(section.link):
        yield f"{edge}{address}"
    for known in section.known[:_KNOWN_LIMIT]:
        since = f" (since {wording.date_time(known.since, tz)})" if known.since else ""
        yield f"{edge}known before: {wording.one_line(known.text, 300)}{since}"
    more = len(section.known) - _KNOWN_LIMIT
    if more > 0:
        yield f"{edge}and {message.section_rest(more)}"
    counts = (
        f"{wording.count(section.reports, 'report')}, "
        f"{wording.count(section.publishers, 'publisher')}"
    )
    yield f"{edge}{counts} \u00b7 parley explain {explained}"
