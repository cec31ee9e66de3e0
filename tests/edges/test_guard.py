from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from monitor.core.rules import FetchPolicy
from monitor.ports import Body, Failure, Fetched, Request
from monitor.sources.guard import AllowList, port_refused, why_refused
from monitor.sources.http import HttpClient
from monitor.sources.streams import Stream
from tests.edges.hostile import FEED, PUBLIC, HostileServer, hostile_server, onto_loopback

REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1
127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255
198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:169.254.169.254 ::ffff:0:10.0.0.1
64:ff9b::127.0.0.1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::
2001:db8::1 2001:10::1 2001:20::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:c0a8:101:: 2002:a00:1::
3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
localhost 127.1 0x7f.1 2130706433 017700000001 1.2.3.4.5 [::1]
""".split()
PERMITTED = """
1.1.1.1 8.8.8.8 93.184.215.14 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 198.17.0.1
198.20.0.1 169.253.0.1 223.255.255.254 2606:4700::1111 2a00:1450:4001::200e 64:ff9b::808:808
2002:808:808::1
""".split()


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_never_connected_to(address: str) -> None:
    assert why_refused(address)


@pytest.mark.parametrize("address", PERMITTED)
def test_public_addresses_pass(address: str) -> None:
    assert why_refused(address) is None


def test_ports_of_other_services_are_refused() -> None:
    for port in (22, 25, 53, 465, 587, 993, 1433, 3306, 5432, 6379, 9200, 11211, 27017):
        assert port_refused(port)
    for port in (80, 443, 8000, 8080, 8443, 3000):
        assert not port_refused(port)


def test_the_allow_list_takes_names_and_addresses_in_any_spelling() -> None:
    allowed = AllowList(["localhost:8000", "[::1]:80", "10.0.0.5:25", "Feeds.Example.:443"])
    assert allowed.allows("LOCALHOST", 8000)
    assert allowed.allows("::1", 80)
    assert allowed.allows("0:0:0:0:0:0:0:1", 80)
    assert allowed.allows("10.0.0.5", 25)
    assert allowed.allows("feeds.example", 443)
    assert not allowed.allows("localhost", 8001)
    assert not allowed.allows("127.0.0.1", 8000)
    assert not allowed.allows("10.0.0.5", 80)


@pytest.mark.parametrize(
    "entry", ["localhost", ":80", "a:", "a:b", "::1:80", "[::1]", "[::1:80", "", "a:٣"]
)
def test_an_entry_that_is_no_host_and_port_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        AllowList([entry])


class FakeResolver:
    """Answers in turn from a list, and counts how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = answers, 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def fetch_by_name(
    resolver: FakeResolver, allow: Callable[[HostileServer], str], *, seconds: float = 2.0
) -> tuple[Fetched, HostileServer]:
    """Fetch http://feed.test:PORT/good, a name that only the fake resolver knows."""

    async def run() -> tuple[Fetched, HostileServer]:
        async with hostile_server() as server:
            policy = FetchPolicy(allow_private=(allow(server),), total_s=seconds, connect_s=seconds)
            client = HttpClient(policy, user_agent="t", resolver=resolver)
            got = await client.fetch(Request(f"http://feed.test:{server.port}/good"))
            await client.close()
            return got, server

    return asyncio.run(run())


def fetch_from_public_hosts(
    resolver: FakeResolver, url: str, *, allow: Callable[[HostileServer], str], times: int = 1
) -> tuple[list[Fetched], HostileServer, list[str]]:
    """Fetch `url` ({port} and {canary} filled in), public hosts being played by the server."""

    async def run() -> tuple[list[Fetched], HostileServer, list[str]]:
        async with hostile_server() as server:
            assert server.canary is not None
            policy = FetchPolicy(allow_private=(allow(server),), total_s=5.0)
            client = HttpClient(policy, user_agent="t", resolver=resolver)
            reached = onto_loopback(client)
            there = url.replace("{port}", str(server.port))
            got = [await client.fetch(Request(there)) for _ in range(times)]
            await client.close()
            return got, server, reached

    return asyncio.run(run())


def nothing(server: HostileServer) -> str:
    return "nobody.test:80"


def test_one_forbidden_address_among_several_forbids_the_name() -> None:
    resolver = FakeResolver([PUBLIC, "169.254.169.254"])
    (got,), server, reached = fetch_from_public_hosts(
        resolver, "http://feed.test:{port}/good", allow=nothing
    )
    assert isinstance(got, Failure)
    assert got.code == "blocked-address"
    assert (server.hits, reached) == ([], [])


def test_a_name_that_resolves_differently_the_second_time_gains_nothing() -> None:
    resolver = FakeResolver([PUBLIC], ["169.254.169.254"])
    (got,), server, reached = fetch_from_public_hosts(
        resolver, "http://feed.test:{port}/good", allow=nothing
    )
    assert isinstance(got, Body)
    assert got.content == FEED
    assert resolver.asked == 1, "the address that was checked is the one connected to"
    assert reached == [PUBLIC]
    assert server.hits[0][1]["host"] == f"feed.test:{server.port}"


def test_the_rebinding_of_a_name_is_caught_at_each_connection() -> None:
    """Also where the address it is bound to is allowed, for a URL that names it."""
    (first, second), server, reached = fetch_from_public_hosts(
        FakeResolver([PUBLIC], ["127.0.0.1"]), "http://rebind.test:{port}/good",
        allow=lambda server: server.place, times=2,
    )  # fmt: skip
    assert isinstance(first, Body)
    assert isinstance(second, Failure)
    assert second.code == "blocked-address"
    assert (len(server.hits), reached) == (1, [PUBLIC])


def canary_of(server: HostileServer) -> str:
    assert server.canary is not None
    return server.canary.place


@pytest.mark.parametrize("path", ["/redirect-to-canary", "/redirect-twice-to-canary"])
def test_a_public_feed_cannot_redirect_into_what_is_allowed_for_another_one(path: str) -> None:
    (got,), server, reached = fetch_from_public_hosts(
        FakeResolver([PUBLIC], [PUBLIC], ["127.0.0.1"]) if "twice" in path
        else FakeResolver([PUBLIC], ["127.0.0.1"]),
        f"http://feed.test:{{port}}{path}", allow=canary_of,
    )  # fmt: skip
    assert isinstance(got, Failure)
    assert got.code == "blocked-address"
    assert "a redirect may not lead there" in got.message
    assert server.canary is not None
    assert server.canary.hits == []
    assert set(reached) == {PUBLIC}


def test_a_private_feed_may_redirect_within_its_host_and_port() -> None:
    async def run() -> tuple[Fetched, int]:
        async with hostile_server() as server:
            client = HttpClient(FetchPolicy(allow_private=(server.place,)), user_agent="t")
            got = await client.fetch(Request(server.url("/redirect-good")))
            await client.close()
            return got, len(server.hits)

    got, hits = asyncio.run(run())
    assert isinstance(got, Body)
    assert hits == 2


def test_an_allowed_name_may_resolve_to_a_private_address() -> None:
    got, _ = fetch_by_name(FakeResolver(["127.0.0.1"]), lambda server: f"feed.test:{server.port}")
    assert isinstance(got, Body)


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    # ::1 has no listener on that port: refused or unreachable, then the second one is tried
    got, _ = fetch_by_name(
        FakeResolver(["::1", "127.0.0.1"]), lambda server: f"feed.test:{server.port}"
    )
    assert isinstance(got, Body)


def test_a_host_that_drops_every_packet_costs_the_time_to_connect_and_no_more() -> None:
    async def dropped(address: str, port: int) -> Stream:
        await asyncio.sleep(30)
        raise OSError("never reached")

    async def run() -> tuple[Fetched, float]:
        resolver = FakeResolver([PUBLIC, "93.184.215.15", "93.184.215.16"])
        client = HttpClient(FetchPolicy(connect_s=0.3), user_agent="t", resolver=resolver)
        client._home._dial = dropped
        began = time.monotonic()
        got = await client.fetch(Request("http://feed.test/"))
        return got, time.monotonic() - began

    got, took_s = asyncio.run(run())
    assert isinstance(got, Failure)
    assert (got.code, "connection" in got.message) == ("timeout", True)
    assert took_s < 2.0


def test_a_resolver_that_knows_nothing_or_fails_is_a_dns_failure() -> None:
    async def broken(host: str, port: int) -> Sequence[str]:
        raise OSError("no answer")

    async def run() -> Fetched:
        client = HttpClient(FetchPolicy(), user_agent="t", resolver=broken)
        got = await client.fetch(Request("http://feed.test/"))
        await client.close()
        return got

    for got in (
        asyncio.run(run()),
        fetch_by_name(FakeResolver([]), lambda server: server.place)[0],
    ):
        assert isinstance(got, Failure)
        assert got.code == "dns"


def test_a_name_service_that_hangs_holds_up_neither_the_fetch_nor_the_exit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = threading.Event()

    def hang(*args: object, **options: object) -> list[object]:
        release.wait(20.0)
        raise OSError("too late")

    monkeypatch.setattr(socket, "getaddrinfo", hang)

    async def run() -> Fetched:
        client = HttpClient(FetchPolicy(total_s=0.3), user_agent="t")
        got = await client.fetch(Request("http://feed.test/"))
        await client.close()
        return got

    began = time.monotonic()
    got = asyncio.run(run())
    took_s = time.monotonic() - began
    threads = [thread for thread in threading.enumerate() if thread.name == "dns"]
    assert all(thread.daemon for thread in threads)
    release.set()
    for thread in threads:
        thread.join(5.0)
    assert isinstance(got, Failure)
    assert got.code == "timeout"
    assert took_s < 2.0


def test_an_address_with_several_spellings_is_checked_as_what_it_is() -> None:
    async def run() -> list[Fetched]:
        async with hostile_server() as server:
            client = HttpClient(FetchPolicy(), user_agent="t")
            hosts = "127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 [::1] [::ffff:7f00:1] localhost 0 0.0.0.0".split()
            got = [
                await client.fetch(Request(f"http://{host}:{server.port}/good")) for host in hosts
            ]
            await client.close()
            assert server.hits == []
            return got

    for got in asyncio.run(run()):
        assert isinstance(got, Failure)
        assert got.code in {"blocked-address", "dns", "bad-url"}
