from __future__ import annotations

import http.client
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.errors import CommandError, StoreBusy
from monitor.telemetry import logs, server
from monitor.telemetry.health import Health
from monitor.telemetry.healthcheck import check
from monitor.telemetry.metrics import Metrics
from monitor.telemetry.server import HealthServer


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class House:
    """A health server with everything around it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.health = Health(clock=self.clock)
        self.metrics = Metrics()
        self.facts: dict[str, object] = {"feeds": 32}
        self.server = HealthServer("127.0.0.1", 0, self.health, self.metrics, self.status)

    def status(self) -> Mapping[str, object]:
        return self.facts

    def ask(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> tuple[int, str, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(*self.server.address, timeout=5)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer
        finally:
            connection.close()

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are and read until the end."""
        with socket.create_connection(self.server.address, timeout=15) as wire:
            wire.sendall(data)
            return read_to_end(wire)

    def all_beat(self) -> None:
        for lane in ("beat", "poller", "desk", "courier"):
            self.health.beat(lane)


def read_to_end(wire: socket.socket) -> bytes:
    answer = b""
    try:
        while part := wire.recv(65536):
            answer += part
    except ConnectionResetError:
        pass  # closed with bytes of ours unread: what came before still counts
    return answer


@pytest.fixture
def house() -> Iterator[House]:
    built = House()
    built.server.start()
    yield built
    built.server.stop()


# --- the stamps ------------------------------------------------------------------------------


def test_a_lane_stalls_past_its_limit_and_recovers_by_moving() -> None:
    clock = Clock()
    health = Health({"desk": 45.0, "beat": 15.0}, clock)
    clock.now_s += 15.0
    assert health.stalled() == []
    clock.now_s += 40.0
    assert health.stalled() == [("desk", 55.0), ("beat", 55.0)]
    health.beat("beat")
    assert health.stalled() == [("desk", 55.0)]
    assert health.stalled(now=clock.now_s + 100) == [("desk", 155.0), ("beat", 100.0)]
    health.beat("desk")
    assert health.stalled() == []


def test_a_lane_without_a_limit_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="kitchen"):
        Health().beat("kitchen")


def test_ready_means_a_writable_store_and_one_configuration() -> None:
    clock = Clock()
    health = Health(clock=clock)
    assert health.readiness().missing == (
        "the store is not open yet",
        "no configuration is in force yet",
    )
    health.set_state("store", ok=True)
    health.set_state("config", ok=False, detail="parley.yaml:3:1: unknown key")
    assert health.readiness().missing == (
        "no configuration is in force yet: parley.yaml:3:1: unknown key",
    )
    health.set_state("config", ok=True)
    assert health.readiness().ready
    health.set_state("config", ok=False, detail="parley.yaml:3:1: unknown key")
    clock.now_s += 7
    edited = health.readiness()
    assert edited.ready  # the rules before the edit are in force
    assert edited.degraded == ("config: parley.yaml:3:1: unknown key (for 7 s)",)
    health.set_state("store", ok=False, detail="disk full")
    assert health.readiness().missing == ("the store cannot be written: disk full (for 0 s)",)


def test_how_long_a_part_is_down_counts_from_the_first_word_of_it() -> None:
    clock = Clock()
    health = Health(clock=clock)
    for _ in range(3):
        health.set_state("channel desk", ok=False, detail="refuses the password")
        clock.now_s += 10
    assert health.readiness().degraded == ("channel desk: refuses the password (for 30 s)",
                                           "the beat lane has not moved for 30 s")  # fmt: skip
    health.forget_state("channel desk")
    assert health.readiness().degraded == ("the beat lane has not moved for 30 s",)


# --- the pages -------------------------------------------------------------------------------


def test_healthz_names_the_stalled_lane_and_since_when(house: House) -> None:
    assert house.ask("/healthz")[:2] == (200, "ok\n")
    house.clock.now_s += 73
    for lane in ("beat", "poller", "courier"):
        house.health.beat(lane)
    status, body, _ = house.ask("/healthz")
    assert (status, body) == (503, "stalled: desk has not moved for 73 s (limit 45 s)\n")
    status, body, answer = house.ask("/healthz?json")
    assert status == 503
    assert answer.getheader("Content-Type") == "application/json"
    assert json.loads(body) == {
        "ok": False,
        "stalled": [{"lane": "desk", "seconds": 73.0, "limit_seconds": 45.0}],
        "lanes": {"beat": 0.0, "poller": 0.0, "desk": 73.0, "courier": 0.0},
    }
    house.health.beat("desk")
    status, body, _ = house.ask("/healthz", headers={"Accept": "application/json"})
    assert (status, json.loads(body)["ok"]) == (200, True)


def test_readyz_lists_what_is_missing_and_degraded_in_words(house: House) -> None:
    status, body, _ = house.ask("/readyz")
    assert status == 503
    assert body.splitlines()[0] == "not ready"
    house.health.set_state("store", ok=True)
    house.health.set_state("config", ok=True)
    house.health.set_state("channel hook", ok=False, detail="answers 500\r\nX: 1")
    status, body, _ = house.ask("/readyz")
    assert (status, body) == (
        200,
        "ready\ndegraded: channel hook: answers 500\\r\\nX: 1 (for 0 s)\n",
    )
    assert json.loads(house.ask("/readyz?json")[1])["ready"] is True


def test_feeds_and_mail_that_are_down_leave_liveness_good(house: House) -> None:
    house.health.set_state("feeds", ok=False, detail="none can be reached")
    house.health.set_state("channel desk", ok=False, detail="connection refused")
    assert house.ask("/healthz")[0] == 200


def test_metrics_are_read_by_prometheus_and_show_the_lanes(house: House) -> None:
    house.clock.now_s += 3
    status, body, answer = house.ask("/metrics")
    assert status == 200
    assert (answer.getheader("Content-Type") or "").startswith("text/plain; version=0.0.4")
    beats = {
        sample.labels["lane"]: sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
        if sample.name == "parley_lane_beat_seconds"
    }
    assert beats == {"beat": 3.0, "poller": 3.0, "desk": 3.0, "courier": 3.0}


def test_the_index_lists_the_pages_and_the_status(house: House) -> None:
    status, body, _ = house.ask("/")
    assert status == 200
    assert "/healthz" in body
    assert "feeds: 32" in body
    assert json.loads(house.ask("/?json")[1]) == {"feeds": 32}


def test_a_status_that_the_store_refuses_is_named_on_the_index(house: House) -> None:
    def busy() -> Mapping[str, object]:
        raise StoreBusy("locked")

    house.server.stop()
    house.server = HealthServer("127.0.0.1", 0, house.health, house.metrics, busy)
    house.server.start()
    status, body, _ = house.ask("/")
    assert (status, body.splitlines()[-1]) == (200, "status: not to be had (store-busy)")


def test_a_page_that_breaks_is_a_500_and_a_log_line_without_secrets(
    house: House, written: Callable[..., io.StringIO]
) -> None:
    log = written("json", secrets=("planted-secret",))

    def broken() -> Mapping[str, object]:
        raise RuntimeError("planted-secret")

    house.server.stop()
    house.server = HealthServer("127.0.0.1", 0, house.health, house.metrics, broken)
    house.server.start()
    assert house.ask("/")[0] == 500
    assert house.ask("/healthz")[0] == 200
    record = json.loads(log.getvalue())
    assert record["event"] == "health-page-failed"
    assert "RuntimeError: ***" in record["exception"]


def test_no_page_says_a_secret(house: House) -> None:
    logs.add_secrets(["planted-secret"])
    house.facts["mail"] = "smtps://me:pw12345@mail.example.org planted-secret"
    house.health.set_state("channel hook", ok=False, detail="whsec_abcdefgh planted-secret refused")
    pages = "".join(
        house.ask(path)[1] for path in ("/", "/?json", "/readyz", "/readyz?json", "/metrics")
    )
    assert "***" in pages
    for secret in ("planted-secret", "pw12345", "whsec_"):
        assert secret not in pages


# --- what a client can do to it --------------------------------------------------------------


def test_head_gives_the_headers_and_no_body(house: House) -> None:
    status, body, answer = house.ask("/healthz", "HEAD")
    assert (status, body, answer.getheader("Content-Length")) == (200, "", "3")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused(house: House, method: str) -> None:
    status, body, answer = house.ask("/healthz", method)
    assert (status, body) == (405, "method not allowed\n")
    assert answer.getheader("Allow") == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    ["/favicon.ico", "/healthz/", "/../etc/passwd", "//evil.example/%0d%0aX:1", "//[", "/<script>"],
)
def test_an_unknown_path_is_404_and_is_not_quoted(house: House, path: str) -> None:
    status, body, answer = house.ask(path)
    assert (status, body) == (404, "not found\n")
    assert "script" not in str(answer.getheaders())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 5000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 150 + b"\r\n", 431),
        (b"<script>alert(1)</script> is no request\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_a_request_out_of_bounds_is_refused_in_bare_words(
    house: House, data: bytes, status: int
) -> None:
    answer = house.raw(data)
    assert f" {status} ".encode() in answer.split(b"\r\n")[0]
    assert b"script" not in answer
    assert b"Traceback" not in answer
    assert house.ask("/healthz")[0] == 200


def test_clients_that_say_nothing_do_not_hold_up_others(house: House) -> None:
    slow = [socket.create_connection(house.server.address, timeout=5) for _ in range(150)]
    try:
        for wire in slow:
            wire.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        began = time.monotonic()
        assert [house.ask("/healthz")[0] for _ in range(10)] == [200] * 10
        assert time.monotonic() - began < 5
        clients = [t for t in threading.enumerate() if t.name == "health-client"]
        assert len(clients) <= server.MAX_CONNECTIONS + 10
    finally:
        for wire in slow:
            wire.close()


def test_a_client_that_dribbles_is_cut_off_at_the_deadline(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "EXCHANGE_S", 0.5)
    with socket.create_connection(house.server.address, timeout=5) as wire:
        began = time.monotonic()
        wire.sendall(b"GET /healthz HTTP/1.1\r\n")
        stop = threading.Event()

        def dribble() -> None:
            while not stop.wait(0.05):
                try:
                    wire.sendall(b"X: a\r\n")
                except OSError:
                    return

        dribbler = threading.Thread(target=dribble)
        dribbler.start()
        try:
            read_to_end(wire)
            assert time.monotonic() - began < 3
        finally:
            stop.set()
            dribbler.join(5)


def test_a_port_in_use_is_told_with_the_setting_to_change(house: House) -> None:
    host, port = house.server.address
    second = HealthServer(host, port, house.health, house.metrics)
    with pytest.raises(CommandError, match=rf"{host}:{port} is in use.*`listen:`"):
        second.start()
    second.stop()


def test_an_address_of_nobody_is_told_too(house: House) -> None:
    with pytest.raises(CommandError, match=r"192\.0\.2\.1:8420 is no address of this machine"):
        HealthServer("192.0.2.1", 8420, house.health, house.metrics).start()
    with pytest.raises(CommandError, match="cannot be listened on"):
        HealthServer("127.0.0.1", 99_999, house.health, house.metrics).start()


def test_stop_is_quick_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    house = House()
    house.server.start()
    held = [socket.create_connection(house.server.address, timeout=5) for _ in range(20)]
    assert house.ask("/healthz")[0] == 200
    began = time.monotonic()
    house.server.stop()
    assert time.monotonic() - began < 1
    assert set(threading.enumerate()) <= before
    for wire in held:
        wire.close()
    address = house.server.address
    house.server.start()  # again, on a port of its own
    assert house.ask("/healthz")[0] == 200
    house.server.stop()
    house.server.stop()
    assert address == ("127.0.0.1", 0)


# --- the question from outside ---------------------------------------------------------------


def test_healthcheck_says_what_the_daemon_says(house: House) -> None:
    assert check(house.server.address) == (True, "ok")
    assert check(("0.0.0.0", house.server.address[1])) == (True, "ok")
    house.clock.now_s += 20
    for lane in ("poller", "desk", "courier"):
        house.health.beat(lane)
    well, said = check(house.server.address)
    assert not well
    assert said == "stalled: beat has not moved for 20 s (limit 15 s)"


def test_healthcheck_says_that_nobody_is_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    well, said = check(("127.0.0.1", port))
    assert not well
    assert said == f"no daemon answers on 127.0.0.1:{port}: Connection refused"


def test_healthcheck_waits_only_so_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        well, said = check(("127.0.0.1", port), timeout_s=0.2)
    assert (well, said) == (False, f"no answer from 127.0.0.1:{port} within 0.2 s")
