"""Connections that are kept, used again, given up and closed; and how many there are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.core.rules import FetchPolicy
from monitor.ports import Answer, Body, Failure, Request, Unchanged
from monitor.sources import line as line_module
from monitor.sources.http import HttpClient
from tests.edges.hostile import FEED

T = TypeVar("T")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED)
SAME = b"HTTP/1.1 304 Same\r\n\r\n"


class Keeping:
    """A server that keeps its connections open and counts them; `answers` are by path."""

    def __init__(self) -> None:
        self.port = 0
        self.opened = 0
        self.open: set[asyncio.StreamWriter] = set()
        self.heads: list[bytes] = []
        self.answers = {"/feed": OK, "/same": SAME}
        self.after: Callable[[asyncio.StreamWriter], None] = lambda writer: None

    def request(self, path: str = "/feed", host: str = "127.0.0.1") -> Request:
        return Request(f"http://{host}:{self.port}{path}", '"v"' if path == "/same" else "")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                if b"content-length: 2" in head.lower():
                    await reader.readexactly(2)
                writer.write(self.answers[head.split(b" ")[1].decode()])
                await writer.drain()
                self.after(writer)
                if b"onnection: close" in head and b"/stalls" not in head:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self.open.discard(writer)
            writer.close()

    async def settled(self, left_open: int) -> None:
        """Wait until so many connections are open."""
        for _ in range(500):
            if len(self.open) == left_open:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{len(self.open)} connections are open, not {left_open}")


def open_files() -> int:
    """How many file descriptors this process has."""
    return sum(1 for _ in Path("/dev/fd").iterdir())


@asynccontextmanager
async def keeping(hosts: int = 1) -> AsyncIterator[tuple[Keeping, HttpClient]]:
    server = Keeping()
    listener = await asyncio.start_server(server.serve, "0.0.0.0", 0)  # all of 127.x
    server.port = listener.sockets[0].getsockname()[1]
    allowed = tuple(f"127.0.0.{n}:{server.port}" for n in range(1, hosts + 1))
    client = HttpClient(FetchPolicy(allow_private=allowed, total_s=5.0), user_agent="t")
    before = asyncio.all_tasks()
    try:
        yield server, client
    finally:
        await client.close()
        listener.close()
        left = asyncio.all_tasks() - before
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await listener.wait_closed()


def with_keeping(use: Callable[[Keeping, HttpClient], Awaitable[T]], hosts: int = 1) -> T:
    async def run() -> T:
        async with keeping(hosts) as (server, client):
            return await use(server, client)

    return asyncio.run(run())


def test_a_place_that_is_asked_again_soon_is_asked_on_one_connection() -> None:
    async def use(server: Keeping, client: HttpClient) -> tuple[int, int]:
        for _ in range(4):
            assert isinstance(await client.fetch(server.request()), Body)
            assert isinstance(await client.fetch(server.request("/same")), Unchanged)
        return server.opened, len(server.heads)

    # the first says that it will close; the second is kept
    assert with_keeping(use) == (2, 8)


def test_a_place_that_is_asked_once_is_told_that_the_connection_will_close() -> None:
    async def use(server: Keeping, client: HttpClient) -> bytes:
        await client.fetch(server.request())
        await server.settled(0)
        return server.heads[0]

    assert b"Connection: close" in with_keeping(use)


def test_two_requests_at_once_have_a_connection_each() -> None:
    async def use(server: Keeping, client: HttpClient) -> int:
        for _ in range(3):
            both = await asyncio.gather(*(client.fetch(server.request()) for _ in range(2)))
            assert all(isinstance(got, Body) for got in both)
        await server.settled(len(server.open))
        return len(server.open)

    assert with_keeping(use) <= 2


def test_a_connection_that_the_server_closed_meanwhile_is_not_used() -> None:
    async def use(server: Keeping, client: HttpClient) -> int:
        for _ in range(2):
            await client.fetch(server.request())
        for writer in list(server.open):
            writer.close()
        await server.settled(0)
        await asyncio.sleep(0.05)
        assert isinstance(await client.fetch(server.request()), Body)
        return server.opened

    assert with_keeping(use) == 3


def test_a_connection_that_closes_as_it_is_asked_is_replaced_unnoticed() -> None:
    async def use(server: Keeping, client: HttpClient) -> tuple[int, int]:
        for _ in range(2):
            await client.fetch(server.request())
        (kept,) = server.open
        kept.transport.pause_reading()
        asking = asyncio.create_task(client.fetch(server.request()))
        await asyncio.sleep(0.05)
        kept.transport.abort()
        assert isinstance(await asking, Body)
        return server.opened, len(server.heads)

    assert with_keeping(use) == (3, 3)


@pytest.mark.parametrize(
    "answer",
    [
        OK + OK,
        OK + b"surplus",
        OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1),
        OK.replace(b"1.1", b"1.0", 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nbody.",
    ],
)
def test_a_connection_whose_answer_is_not_surely_over_is_not_used_again(answer: bytes) -> None:
    async def use(server: Keeping, client: HttpClient) -> int:
        server.answers["/odd"] = answer
        for _ in range(3):
            await client.fetch(server.request("/odd"))
        got = await client.fetch(server.request())
        assert isinstance(got, Body)
        assert got.content == FEED, "what was left over is no answer to this"
        return server.opened

    assert with_keeping(use) == 4


def test_what_a_server_says_unasked_ends_its_connection() -> None:
    async def use(server: Keeping, client: HttpClient) -> int:
        for _ in range(2):
            await client.fetch(server.request())
        for writer in server.open:
            writer.write(OK.replace(b"Talks", b"Liars"))
        await asyncio.sleep(0.05)
        got = await client.fetch(server.request())
        assert isinstance(got, Body)
        assert got.content == FEED
        return server.opened

    assert with_keeping(use) == 3


def test_a_post_has_a_connection_of_its_own() -> None:
    async def use(server: Keeping, client: HttpClient) -> int:
        for _ in range(3):
            await client.fetch(server.request())
        url = server.request().url
        for _ in range(2):
            got = await client.post(url, b"{}", (), deadline_s=5.0)
            assert isinstance(got, Answer)
        assert server.heads[-1].startswith(b"POST")
        assert b"Connection: close" in server.heads[-1]
        return server.opened

    assert with_keeping(use) == 4


def test_idle_connections_are_closed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "KEEP_S", 0.3)

    async def use(server: Keeping, client: HttpClient) -> None:
        for _ in range(2):
            await client.fetch(server.request())
        await server.settled(1)
        await server.settled(0)
        assert isinstance(await client.fetch(server.request()), Body)

    with_keeping(use)


def test_many_places_leave_no_more_than_a_few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "MOST_IDLE", 5)

    async def use(server: Keeping, client: HttpClient) -> list[int]:
        counts = []
        for _ in range(4):
            asked = [client.fetch(server.request(host=f"127.0.0.{n}")) for n in range(1, 41)]
            assert all(isinstance(got, Body) for got in await asyncio.gather(*asked))
            await server.settled(min(5, len(server.open)))
            counts.append(open_files())
        await client.close()
        await server.settled(0)
        return counts

    counts = with_keeping(use, hosts=40)
    assert max(counts[1:]) - min(counts[1:]) <= 4


def test_a_cancelled_fetch_closes_its_connection() -> None:
    async def use(server: Keeping, client: HttpClient) -> Body | Failure | Unchanged:
        server.answers["/stalls"] = OK[:60]
        task = asyncio.create_task(client.fetch(server.request("/stalls")))
        await server.settled(1)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.settled(0)
        return await client.fetch(server.request())

    assert isinstance(with_keeping(use), Body)
