from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.core.model import Feed
from monitor.ports import Body, Failure, Hints, Parsed
from monitor.sources import pool as pool_module
from monitor.sources.frames import framed
from monitor.sources.pool import ParserPool

FEED = Feed("f", "http://feed.example/feed", language="en")
GOOD = (
    b"<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
    b"<title>T</title><item><title>One</title><link>/1</link><description>Short</description>"
    b"<content:encoded>The whole text</content:encoded>"
    b"<pubDate>Mon, 02 Jun 2025 10:00:00 GMT</pubDate></item></channel></rss>"
)
#: Well-formed, within every limit of shape, and the work of many seconds for any parser.
HEAVY = (
    b"<rss version='2.0'><channel>"
    b"<item><title>t</title><description><![CDATA["
    + b"<p>x &amp; y</p>" * 2_400_000
    + b"]]></description></item></channel></rss>"
)
T = TypeVar("T")


def body(content: bytes) -> Body:
    return Body(url="http://feed.example/feed", content=content, content_type="text/xml")


def with_pool(
    use: Callable[[ParserPool], Awaitable[T]],
    *,
    workers: int = 1,
    timeout_s: float = 10.0,
    memory_bytes: int = 512 * 1024 * 1024,
) -> T:
    async def run() -> T:
        pool = ParserPool(workers, timeout_s, memory_bytes, 100)
        try:
            got = await use(pool)
        finally:
            await pool.close()
        assert children() == []
        return got

    return asyncio.run(run())


def children() -> list[int]:
    """The processes that we started and that are still there, zombies among them."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())],
        capture_output=True,
        text=True,
        check=False,
    )
    return [
        int(line.split()[0])
        for line in listed.stdout.splitlines()
        if "monitor.sources.worker" in line or "defunct" in line
    ]


async def busy(pool: ParserPool) -> None:
    """Wait until a document is being parsed."""
    for _ in range(1000):
        if pool._busy:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing is parsed")


def pid_of(pool: ParserPool) -> int:
    (worker,) = pool._idle
    return worker._process.pid


def test_a_document_comes_back_as_records() -> None:
    got = with_pool(lambda pool: pool.parse(body(GOOD), FEED))
    assert isinstance(got, Parsed)
    (item,) = got.items
    assert (item.title, item.link, item.language) == ("One", "http://feed.example/1", "en")
    assert item.published == datetime(2025, 6, 2, 10, tzinfo=UTC)
    assert isinstance(item.categories, tuple)
    assert item.content == "The whole text"


def test_what_is_no_feed_is_a_failure_and_the_worker_goes_on() -> None:
    async def use(pool: ParserPool) -> tuple[Parsed | Failure, Parsed | Failure, bool]:
        first = await pool.parse(body(b"<html></html>"), FEED)
        pid = pid_of(pool)
        second = await pool.parse(body(GOOD), FEED)
        return first, second, pid == pid_of(pool)

    first, second, same = with_pool(use)
    assert isinstance(first, Failure)
    assert first.code == "not-a-feed"
    assert isinstance(second, Parsed)
    assert same


def test_a_document_that_takes_too_long_is_killed_and_the_next_one_read() -> None:
    async def use(pool: ParserPool) -> tuple[Parsed | Failure, float, Parsed | Failure]:
        await pool.parse(body(GOOD), FEED)
        began = time.monotonic()
        slow = await pool.parse(body(HEAVY), FEED)
        took_s = time.monotonic() - began
        return slow, took_s, await pool.parse(body(GOOD), FEED)

    slow, took_s, after = with_pool(use, timeout_s=0.7)
    assert isinstance(slow, Failure)
    assert slow.code == "parse-timeout"
    assert took_s < 3.0
    assert isinstance(after, Parsed)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound the address space")
def test_a_document_that_eats_memory_ends_without_taking_the_daemon_along() -> None:
    async def use(pool: ParserPool) -> tuple[Parsed | Failure, Parsed | Failure]:
        return await pool.parse(body(HEAVY), FEED), await pool.parse(body(GOOD), FEED)

    greedy, after = with_pool(use, memory_bytes=120 * 1024 * 1024, timeout_s=30.0)
    assert isinstance(greedy, Failure)
    assert greedy.code in {"parse-memory", "parse-crashed"}
    assert isinstance(after, Parsed)


def test_a_worker_that_dies_in_the_middle_is_replaced() -> None:
    async def use(pool: ParserPool) -> tuple[Parsed | Failure, Parsed | Failure]:
        await pool.parse(body(GOOD), FEED)
        pid = pid_of(pool)
        task = asyncio.create_task(pool.parse(body(HEAVY), FEED))
        await busy(pool)
        os.kill(pid, signal.SIGKILL)
        return await task, await pool.parse(body(GOOD), FEED)

    crashed, after = with_pool(use)
    assert isinstance(crashed, Failure)
    assert crashed.code == "parse-crashed"
    assert isinstance(after, Parsed)


def test_a_worker_that_died_while_idle_costs_no_document() -> None:
    async def use(pool: ParserPool) -> Parsed | Failure:
        await pool.parse(body(GOOD), FEED)
        worker = pool._idle[0]
        os.kill(worker._process.pid, signal.SIGKILL)
        await worker._process.wait()
        return await pool.parse(body(GOOD), FEED)

    assert isinstance(with_pool(use), Parsed)


def test_a_worn_worker_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_MOST_DOCUMENTS", 3)

    async def use(pool: ParserPool) -> list[int]:
        pids = []
        for _ in range(6):
            assert isinstance(await pool.parse(body(GOOD), FEED), Parsed)
            pids.append(pid_of(pool) if pool._idle else 0)
        return pids

    first, second, third, *others = with_pool(use)
    assert first == second
    assert third == 0
    assert first not in others


def test_at_most_so_many_documents_at_once_and_all_are_answered() -> None:
    async def use(pool: ParserPool) -> tuple[list[Parsed | Failure], int]:
        got = await asyncio.gather(*(pool.parse(body(GOOD), FEED) for _ in range(20)))
        return got, len(pool._idle)

    got, processes = with_pool(use, workers=2)
    assert all(isinstance(one, Parsed) for one in got)
    assert processes in {1, 2}


def test_no_process_starts_before_the_first_document_and_no_second_one_without_need() -> None:
    async def use(pool: ParserPool) -> list[int]:
        seen = [len(children())]
        for _ in range(5):
            assert isinstance(await pool.parse(body(GOOD), FEED), Parsed)
        return [*seen, len(children())]

    assert with_pool(use, workers=2) == [0, 1]


def test_a_document_does_not_wait_for_another_that_takes_long() -> None:
    async def use(pool: ParserPool) -> tuple[Parsed | Failure, bool]:
        await pool.parse(body(GOOD), FEED)
        task = asyncio.create_task(pool.parse(body(HEAVY), FEED))
        await busy(pool)
        quick = await pool.parse(body(GOOD), FEED)
        waiting = not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return quick, waiting

    quick, waiting = with_pool(use, workers=2)
    assert isinstance(quick, Parsed)
    assert waiting


def test_feeds_that_are_slow_to_read_wait_for_those_that_are_not() -> None:
    slow, other = replace(FEED, name="slow"), replace(FEED, name="other")

    async def order(pool: ParserPool) -> list[str]:
        ended: list[str] = []

        async def read(feed: Feed, known: bytes = b"") -> None:
            assert isinstance(await pool.parse(body(GOOD), feed, known), Parsed)
            ended.append(feed.name)

        await asyncio.gather(read(FEED), read(slow), read(other), read(FEED, b"8 bytes."))
        return ended

    async def use(pool: ParserPool) -> tuple[list[str], list[str]]:
        assert isinstance(await pool.parse(body(HEAVY), slow), Failure)
        first = await order(pool)
        return first, await order(pool)  # a document that is quick to read is a new beginning

    first, second = with_pool(use, timeout_s=2.0)
    assert first == ["f", "f", "other", "slow"]
    assert second == ["f", "f", "slow", "other"]


def test_a_process_that_is_not_needed_any_more_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_PATIENCE_S", 0.0)

    async def use(pool: ParserPool) -> tuple[int, int]:
        await pool.parse(body(GOOD), FEED)
        await asyncio.gather(*(pool.parse(body(GOOD), FEED) for _ in range(8)))
        most = len(children())
        monkeypatch.setattr(pool_module, "_IDLE_S", 0.0)
        await pool.parse(body(GOOD), FEED)
        return most, len(children())

    assert with_pool(use, workers=2) == (2, 1)


def test_what_is_known_is_not_read_again() -> None:
    async def use(pool: ParserPool) -> tuple[Parsed | Failure, ...]:
        first = await pool.parse(body(GOOD), FEED)
        assert isinstance(first, Parsed)
        again = await pool.parse(body(GOOD), FEED, first.pieces)
        grown = GOOD.replace(b"<item>", b"<item><title>New</title><link>/2</link></item><item>", 1)
        more = await pool.parse(body(grown), FEED, first.pieces)
        return first, again, more

    first, again, more = with_pool(use)
    assert isinstance(first, Parsed)
    assert isinstance(again, Parsed)
    assert isinstance(more, Parsed)
    assert (len(first.items), first.known, len(first.pieces)) == (1, 0, 8)
    assert (again.title, again.items, again.known, again.pieces) == ("T", (), 1, first.pieces)
    assert [(item.title, item.position) for item in more.items] == [("New", 0)]
    assert (more.known, more.pieces[8:]) == (1, first.pieces)


def test_hints_come_as_the_port_has_them() -> None:
    said = b"<ttl>30</ttl><skipHours><hour>1</hour><hour>24</hour></skipHours><item>"
    got = with_pool(lambda pool: pool.parse(body(GOOD.replace(b"<item>", said)), FEED))
    assert isinstance(got, Parsed)
    assert got.hints == Hints(ttl_s=1800.0, skip_hours=(0, 1))


def test_many_items_come_in_batches_and_the_loop_goes_on() -> None:
    text = "word " * 400
    items = "".join(
        f"<item><title>{n}</title><guid>{n}</guid><description>{text}</description></item>"
        for n in range(900)
    )
    content = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()

    async def use(pool: ParserPool) -> tuple[Parsed | Failure, int]:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        await pool.parse(body(GOOD), FEED)
        counting = asyncio.create_task(turn())
        got = await pool.parse(body(content), FEED)
        counting.cancel()
        return got, turns

    async def run() -> tuple[Parsed | Failure, int]:
        pool = ParserPool(1, 20.0, 512 * 1024 * 1024, 1000)
        try:
            return await use(pool)
        finally:
            await pool.close()

    got, turns = asyncio.run(run())
    assert isinstance(got, Parsed)
    assert [item.position for item in got.items] == list(range(900))
    assert turns > 10


def test_a_cancelled_parse_leaves_no_process_and_the_pool_works() -> None:
    async def use(pool: ParserPool) -> Parsed | Failure:
        task = asyncio.create_task(pool.parse(body(HEAVY), FEED))
        await busy(pool)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await pool.parse(body(GOOD), FEED)

    assert isinstance(with_pool(use), Parsed)


def test_closing_ends_a_parse_under_way_and_refuses_further_ones() -> None:
    async def use(pool: ParserPool) -> tuple[Parsed | Failure, Parsed | Failure, float]:
        task = asyncio.create_task(pool.parse(body(HEAVY), FEED))
        await busy(pool)
        began = time.monotonic()
        await pool.close()
        took_s = time.monotonic() - began
        return await task, await pool.parse(body(GOOD), FEED), took_s

    under_way, later, took_s = with_pool(use)
    assert isinstance(under_way, Failure)
    assert isinstance(later, Failure)
    assert later.code == "parse-closed"
    assert took_s < 2.0


def test_an_interrupt_does_not_reach_the_worker() -> None:
    async def use(pool: ParserPool) -> tuple[bool, Parsed | Failure]:
        await pool.parse(body(GOOD), FEED)
        pid = pid_of(pool)
        apart = os.getsid(pid) != os.getsid(0)
        os.kill(pid, signal.SIGINT)
        return apart, await pool.parse(body(GOOD), FEED)

    apart, got = with_pool(use)
    assert apart
    assert isinstance(got, Parsed)


def test_a_worker_knows_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_SMTP_URL", "smtp://user:hunter2@mail.example")

    async def use(pool: ParserPool) -> bytes:
        await pool.parse(body(GOOD), FEED)
        return await asyncio.to_thread(Path(f"/proc/{pid_of(pool)}/environ").read_bytes)

    if not Path("/proc/self/environ").exists():
        pytest.skip("this system does not show environments")
    assert b"hunter2" not in with_pool(use)


def test_a_worker_ends_when_its_pipe_closes_and_prints_disturb_no_frame() -> None:
    noisy = (
        "import monitor.sources.worker as w; real = w.parse_document; "
        "w.parse_document = lambda *a: (print('noise'), real(*a))[1]; w.main(2**30, 10, 10)"
    )
    done = subprocess.run(
        [sys.executable, "-c", noisy],
        input=framed(b'{"content_type": "", "url": "http://x/", "language": ""}')
        + framed(b"")
        + framed(GOOD),
        capture_output=True,
        timeout=30,
        check=True,
    )
    ready = framed(b'{"ready": true}')
    assert done.stdout.startswith(ready)
    answer, sizes = done.stdout[len(ready) :], []
    while answer:
        sizes.append(int.from_bytes(answer[:4], "big"))
        assert json.loads(answer[4 : 4 + sizes[-1]])
        answer = answer[4 + sizes[-1] :]
    assert len(sizes) == 2
    assert b"noise" not in done.stdout
    assert b"noise" in done.stderr


def test_a_worker_that_cannot_start_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    got = with_pool(lambda pool: pool.parse(body(GOOD), FEED))
    assert isinstance(got, Failure)
    assert got.code == "parse-crashed"
