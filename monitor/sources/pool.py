"""Parser processes for the daemon: started when needed, killed when late, replaced when worn."""

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
from monitor.ports.wire import Body, Failure, Parsed
from monitor.sources.frames import HEAD_BYTES, framed, length_of

#: Python and the parser are imported before the first document; a busy machine needs its time.
_START_S = 30.0
_CLOSE_S = 2.0
#: A parser that has seen this many documents is replaced: what it leaked goes with it.
_MOST_DOCUMENTS = 500
_MOST_ANSWER_BYTES = 128 * 1024 * 1024
#: All that a worker may know of our environment, which elsewhere holds passwords.
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class _WorkerLost(Exception):
    """The process ended, or answered what is no answer."""


class _Worker:
    """One process, and the pipe to it. Answers one document at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.documents = 0

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
                await worker._read()
        except (TimeoutError, _WorkerLost):
            await worker.end(at_once=True)
            raise _WorkerLost("it did not start") from None
        except asyncio.CancelledError:
            await worker.end(at_once=True)
            raise
        return worker

    async def ask(self, about: dict[str, str], content: bytes) -> dict[str, Any]:
        """Send a document and wait for its answer. Raises `_WorkerLost`."""
        pipe = self._process.stdin
        if pipe is None:
            raise _WorkerLost("no pipe")
        self.documents += 1
        try:
            pipe.write(framed(json.dumps(about).encode()))
            pipe.write(framed(content))
            await pipe.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _WorkerLost("its pipe closed") from error
        return await self._read()

    async def _read(self) -> dict[str, Any]:
        pipe = self._process.stdout
        if pipe is None:
            raise _WorkerLost("no pipe")
        try:
            size = length_of(await pipe.readexactly(HEAD_BYTES))
            if size > _MOST_ANSWER_BYTES:
                raise _WorkerLost("its answer is too large")
            answer = json.loads(await pipe.readexactly(size))
        except (asyncio.IncompleteReadError, ValueError) as error:
            raise _WorkerLost("it ended") from error
        if not isinstance(answer, dict):
            raise _WorkerLost("its answer is none")
        return answer

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
        self._workers = workers
        self._free = asyncio.Semaphore(workers)
        self._timeout_s = timeout_s
        self._arguments = (memory_bytes, int(timeout_s * 2) + 1, max_items)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False

    async def parse(self, body: Body, feed: Feed) -> Parsed | Failure:
        """Give the entries of `body`; a document that is none, or ends its parser, is a failure."""
        async with self._free:
            if self._closed:
                return Failure("parse-closed", "the parsers are shut down")
            try:
                worker = await self._take()
            except (OSError, _WorkerLost):
                return Failure("parse-crashed", "a parser process could not be started")
            return await self._parse_with(worker, body, feed)

    async def _take(self) -> _Worker:
        """Give a living process. Raises `OSError` or `_WorkerLost` where none can be had."""
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await worker.end(at_once=True)
        worker = await _Worker.start(*self._arguments)
        if self._closed:
            await worker.end(at_once=True)
            raise _WorkerLost("shut down meanwhile")
        return worker

    async def _parse_with(self, worker: _Worker, body: Body, feed: Feed) -> Parsed | Failure:
        about = {"content_type": body.content_type, "url": body.url, "language": feed.language}
        self._busy.add(worker)
        healthy = False
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await worker.ask(about, body.content)
            healthy = worker.documents < _MOST_DOCUMENTS and not self._closed
            return _outcome(answer)
        except TimeoutError:
            return Failure(
                "parse-timeout", f"the document takes over {self._timeout_s:g} s to read"
            )
        except _WorkerLost:
            return Failure("parse-crashed", "the document ended its parser")
        finally:
            self._busy.discard(worker)
            if healthy:
                self._idle.append(worker)
            else:
                await worker.end(at_once=True)

    async def close(self) -> None:
        """End every process, idle ones by closing their pipe, busy ones at once, and wait."""
        self._closed = True
        for worker in self._busy:
            worker.kill()
        idle, self._idle = self._idle, []
        await asyncio.gather(*(worker.end() for worker in idle))
        for _ in range(self._workers):  # until whoever still parses has seen it end
            await self._free.acquire()
        for _ in range(self._workers):
            self._free.release()


def _outcome(answer: dict[str, Any]) -> Parsed | Failure:
    """Turn a worker's answer into what the port promises. Raises `_WorkerLost`."""
    try:
        if "code" in answer:
            return Failure(str(answer["code"]), str(answer["message"]))
        items = tuple(_item(fields) for fields in answer["items"])
        return Parsed(title=str(answer["title"]), items=items, cut=int(answer["cut"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _WorkerLost("its answer is none") from error


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
