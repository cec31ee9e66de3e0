"""Parser processes for the daemon: started when needed, killed when late, replaced when worn.

A process costs a tenth of a second of CPU to start and some 13 MB to keep, and a poll finds little
that is new; so the first starts at the first document, and another only when documents queue.
Documents of feeds that were read before go first; those that are large, or whose feed's last one
was slow to read, queue behind all others.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import monitor
from monitor.core.model import Feed, ParsedItem
from monitor.ports.wire import Body, Failure, Hints, Parsed
from monitor.sources.frames import HEAD_BYTES, framed, head_of, length_of
from monitor.sources.places import Line, Places

#: Python and the parser are imported before the first document; a busy machine needs its time.
_START_S = 30.0
_CLOSE_S = 2.0
#: How long a document waits for a process that is at work before another one is started for it.
_PATIENCE_S = 0.1
#: A process beside others that had nothing to do for so long is ended.
_IDLE_S = 60.0
#: A parser that has seen this many documents is replaced: what it leaked goes with it.
_MOST_DOCUMENTS = 500
#: A document is heavy that is larger than this, or whose feed's last one took so long to read.
_HEAVY_BYTES = 1024 * 1024
_HEAVY_CPU_S = 0.5
_MOST_ANSWER_BYTES = 128 * 1024 * 1024
#: All that a worker may know of our environment, which elsewhere holds passwords.
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class _WorkerLost(Exception):
    """The process ended, or answered what is no answer."""


class _Worker:
    """One process, and the pipe to it. Answers one document at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._answered = 0  # bytes of the present answer
        self.documents = 0
        self.worn = False
        self.idle_since_s = 0.0

    @classmethod
    async def start(cls, memory_bytes: int, cpu_s: int, max_items: int) -> _Worker:
        """Start a process in a session of its own, so that Ctrl-C does not reach it."""
        environment = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
        environment["PYTHONPATH"] = str(Path(monitor.__file__).parent.parent)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "monitor.sources.worker"),
            *(str(memory_bytes), str(cpu_s), str(max_items)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env=environment,
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_S):
                await worker._said()
        except (TimeoutError, _WorkerLost):
            await worker.end(at_once=True)
            raise _WorkerLost("it did not start") from None
        except asyncio.CancelledError:
            await worker.end(at_once=True)
            raise
        return worker

    async def ask(self, about: dict[str, str], known: bytes, content: bytes) -> dict[str, Any]:
        """Send a document and wait for its answer, items and all. Raises `_WorkerLost`."""
        pipe = self._process.stdin
        if pipe is None:
            raise _WorkerLost("no pipe")
        self.documents += 1
        try:
            pipe.write(framed(json.dumps(about).encode()) + framed(known) + head_of(content))
            pipe.write(content)
            await pipe.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _WorkerLost("its pipe closed") from error
        answer = await self._said()
        self.worn = answer.get("worn") is True
        answer["items"] = items = []
        for _ in range(int(answer.get("batches", 0))):
            batch, size = await self._read(_MOST_ANSWER_BYTES - self._answered)
            self._answered += size
            items += _items(batch)
            await asyncio.sleep(0)  # a pause for everything else: no batch takes long, many may
        return answer

    async def _said(self) -> dict[str, Any]:
        answer, self._answered = await self._read(_MOST_ANSWER_BYTES)
        if not isinstance(answer, dict):
            raise _WorkerLost("its answer is none")
        return answer

    async def _read(self, most_bytes: int) -> tuple[Any, int]:
        pipe = self._process.stdout
        if pipe is None:
            raise _WorkerLost("no pipe")
        try:
            size = length_of(await pipe.readexactly(HEAD_BYTES))
            if size > most_bytes:
                raise _WorkerLost("its answer is too large")
            return json.loads(await pipe.readexactly(size)), size
        except (asyncio.IncompleteReadError, ValueError) as error:
            raise _WorkerLost("it ended") from error

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as is known."""
        return self._process.returncode is None

    def kill(self) -> None:
        """End the process at once; `end` must still be awaited."""
        if self.alive:
            self._process.kill()

    async def end(self, *, at_once: bool = False) -> None:
        """Close the pipe, wait two seconds, kill; leave neither process nor pipe behind."""
        if at_once:
            self.kill()
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await process.wait()
        except TimeoutError:
            self.kill()
            await process.wait()
        if process.stdout is not None:
            await process.stdout.read()
        if process.stdin is not None:
            try:
                await process.stdin.wait_closed()
            except (BrokenPipeError, ConnectionResetError):
                return  # the other end went first, which is what was wanted


class ParserPool:
    """Implements the port `Parser`: at most `workers` documents are parsed at once.

    One more may be, while all of those take long (`monitor.sources.places`).
    `timeout_s` bounds one document in wall time, `memory_bytes` the address space of a process;
    `max_items` entries are kept of a document. Ends with `close`.
    """

    def __init__(
        self,
        workers: int = 1,
        timeout_s: float = 10.0,
        memory_bytes: int = 512 * 1024 * 1024,
        max_items: int = 1000,
    ) -> None:
        self._places = Places(workers)
        self._slow: set[str] = set()  # names of feeds
        self._timeout_s = timeout_s
        self._arguments = (memory_bytes, int(timeout_s * 2) + 1, max_items)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._starting = False
        self._ready_at_s = 0.0
        self._changed = asyncio.Event()
        self._closed = False

    async def parse(self, body: Body, feed: Feed, known_pieces: bytes = b"") -> Parsed | Failure:
        """Give what is new in `body`; a document that is none, or ends its parser, is a failure."""
        called_at_s = _now_s()
        line = Line.KNOWN if known_pieces else Line.NEW
        if len(body.content) > _HEAVY_BYTES or feed.name in self._slow:
            line = Line.HEAVY
        async with self._places.place(line):
            if self._closed:
                return Failure("parse-closed", "the parsers are shut down")
            try:
                worker = await self._take(called_at_s)
            except (OSError, _WorkerLost):
                return Failure("parse-crashed", "a parser process could not be started")
            return await self._parse_with(worker, body, feed, known_pieces)

    async def _take(self, called_at_s: float) -> _Worker:
        """Give a living process. Raises `OSError` or `_WorkerLost` where none can be had."""
        while not self._closed:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    self._busy.add(worker)
                    return worker
                await worker.end(at_once=True)
            if self._starting:
                await self._change(None)
                continue
            patience_s = max(called_at_s, self._ready_at_s) + _PATIENCE_S - _now_s()
            if not self._busy or patience_s <= 0:
                return await self._start()
            await self._change(patience_s)
        raise _WorkerLost("shut down meanwhile")

    async def _start(self) -> _Worker:
        self._starting = True
        try:
            worker = await _Worker.start(*self._arguments)
        finally:
            self._starting = False
            self._ready_at_s = _now_s()
            self._tell()
        if self._closed:
            await worker.end(at_once=True)
            raise _WorkerLost("shut down meanwhile")
        self._busy.add(worker)
        return worker

    async def _change(self, timeout_s: float | None) -> None:
        """Wait until a process is free or has started, or the time is up."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _parse_with(
        self, worker: _Worker, body: Body, feed: Feed, known: bytes
    ) -> Parsed | Failure:
        about = {"content_type": body.content_type, "url": body.url, "language": feed.language}
        healthy, slow = False, True
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await worker.ask(about, known, body.content)
            worn = worker.worn or worker.documents >= _MOST_DOCUMENTS
            healthy = not worn and not self._closed
            outcome = _outcome(answer)
            slow = float(answer.get("cpu_s", 0.0)) > _HEAVY_CPU_S
            return outcome
        except TimeoutError:
            return Failure(
                "parse-timeout", f"the document takes over {self._timeout_s:g} s to read"
            )
        except _WorkerLost:
            return Failure("parse-crashed", "the document ended its parser")
        finally:
            self._slow.discard(feed.name)
            if slow:
                self._slow.add(feed.name)
            self._busy.discard(worker)
            if healthy:
                worker.idle_since_s = _now_s()
                self._idle.append(worker)
            self._tell()
            await (self._end_surplus() if healthy else worker.end(at_once=True))

    async def _end_surplus(self) -> None:
        """End processes that have long had nothing to do; the last one stays."""
        longest = self._idle[0]
        if len(self._idle) > 1 and longest.idle_since_s < _now_s() - _IDLE_S:
            self._idle.remove(longest)
            await longest.end()

    async def close(self) -> None:
        """End every process, idle ones by closing their pipe, busy ones at once, and wait."""
        self._closed = True
        for worker in self._busy:
            worker.kill()
        idle, self._idle = self._idle, []
        await asyncio.gather(*(worker.end() for worker in idle))
        await self._places.empty()  # until whoever still parses has seen it end


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _outcome(answer: dict[str, Any]) -> Parsed | Failure:
    """Turn a worker's answer into what the port promises. Raises `_WorkerLost`."""
    try:
        if "code" in answer:
            return Failure(str(answer["code"]), str(answer["message"]))
        return Parsed(
            title=str(answer["title"]),
            items=tuple(answer["items"]),
            cut=int(answer["cut"]),
            known=int(answer["known"]),
            pieces=bytes.fromhex(answer["pieces"]),
            cpu_s=float(answer.get("cpu_s", 0.0)),
            hints=_hints(answer["hints"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _WorkerLost("its answer is none") from error


def _items(batch: Any) -> list[ParsedItem]:
    try:
        return [_item(fields) for fields in batch]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _WorkerLost("its answer is none") from error


def _hints(fields: dict[str, Any]) -> Hints:
    for name in {"skip_hours", "skip_days"} & fields.keys():
        fields[name] = tuple(fields[name])
    return Hints(**fields)


def _item(fields: dict[str, Any]) -> ParsedItem:
    published = fields["published"]
    return ParsedItem(
        guid=fields["guid"],
        link=fields["link"],
        title=fields["title"],
        summary=fields["summary"],
        published=None if published is None else datetime.fromtimestamp(published, UTC),
        author=fields["author"],
        categories=tuple(fields["categories"]),
        language=fields["language"],
        position=fields["position"],
        content=fields["content"],
    )
