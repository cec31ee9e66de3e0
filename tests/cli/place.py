"""A folder to run commands in: configuration, data, a feed server; and the commands themselves."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from monitor.app.clock import SystemClock
from monitor.app.wiring import read_settings
from monitor.cli import main
from monitor.cli.asking import open_desk
from monitor.core.model import ParsedItem
from monitor.ports import Body, Parsed, Poll
from monitor.settings import Settings

ROOT = Path(__file__).resolve().parents[2]

PARLEY = """\
version: 1
listen: 127.0.0.1:{port}
timezone: Europe/Istanbul
channels:
  console: {{kind: console}}
"""
FEEDS = """\
version: 1
feeds:
  - {name: First Gazette, url: "http://127.0.0.1:9/first.xml", language: en, publisher: first, pace: fast}
  - {name: Second Gazette, url: "http://127.0.0.1:9/second.xml", language: de}
"""
WATCH = """\
title: A bridge over the strait
query: $bridge AND (strait OR Meerenge) AND NOT toy
concepts:
  bridge: {en: [bridge, bridges], de: [Brücke]}
trackers:
  works:
    kind: state
    topic: $bridge
    states:
      planned: {act: propose}
      halted: {act: postpone}
      begun: {act: [agree, start], severity: high}
tests:
  - {text: The bridge over the strait opens, hit: true, works: begun}
  - {text: Brücke über die Meerenge gesperrt, lang: de, hit: true}
  - {text: A toy bridge over a toy strait, hit: false}
"""
BASELINE = """\
version: 1
as_of: 2025-06-02T20:00:00Z
facts:
  - {id: two-bridges, watch: bridge, tracker: works, state: planned, date: 2025-06-01, text: Two bridges over the strait are planned, source: reports}
  - {id: old-ferry, watch: bridge, note: true, text: A ferry has crossed since 1950}
"""


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, what it printed, what it said on stderr."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Place:
    """A working folder with `config/`, in which commands run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "config"
        self.database = root / "data" / "parley.db"
        self.port = free_port()
        self.write("parley.yaml", PARLEY.format(port=self.port))
        self.write("feeds.yaml", FEEDS)
        self.write("watches/bridge.yaml", WATCH)
        self.write("baselines/start.yaml", BASELINE)

    def write(self, name: str, text: str) -> Path:
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.config / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    @property
    def settings(self) -> Settings:
        return read_settings(self.config, {})

    def cli(self, *args: object, stdin: str = "") -> Done:
        """Run a command within this process, from the entry point that people use."""
        out, err = _Bytes(), _Bytes()
        before = sys.argv, sys.stdin
        sys.argv = ["parley", *map(str, args)]
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        code: object = 0
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main()
        except SystemExit as end:
            code = end.code
        finally:
            sys.argv, sys.stdin = before
        return Done(int(str(code or 0)), out.text, err.text)

    def run(self, *args: object, timeout_s: float = 60) -> Done:
        """Run a command as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "monitor", *map(str, args)], cwd=self.root, env=environment(),
            capture_output=True, text=True, timeout=timeout_s,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    @contextlib.contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[str]]:
        """Run the daemon until its health page answers; end it afterwards."""
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "run"], cwd=self.root, env=environment(), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            until = time.monotonic() + 40
            while self.cli("healthcheck").code != 0:
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                assert time.monotonic() < until, "the daemon did not come up"
                time.sleep(0.1)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=20)
        assert process.returncode == 0, said

    def publish(self, *titles: str, first_contact: bool = False, language: str = "en") -> None:
        """Bring items of the first feed to the desk, as a poll would."""
        settings, clock = self.settings, SystemClock()
        self.database.parent.mkdir(exist_ok=True)
        with open_desk(settings, clock, self.database) as desk:
            now = clock.now()
            entries = tuple(
                ParsedItem(
                    f"guid {title}", f"https://example.org/{title.replace(' ', '-')}", title, "",
                    now, language=language, position=number,
                )
                for number, title in enumerate(titles)
            )  # fmt: skip
            feed = next(feed for feed in settings.rules.feeds if feed.name == "First Gazette")
            poll = Poll(
                feed, now, Body(feed.url, b"", etag='"1"'), Parsed("", entries),
                first_contact=first_contact,
            )  # fmt: skip
            desk.path.ingest(poll, now)


class _Bytes(io.TextIOWrapper):
    """A stream of text that takes bytes too, as standard output does."""

    def __init__(self) -> None:
        self._kept = io.BytesIO()
        super().__init__(self._kept, encoding="utf-8", write_through=True)

    @property
    def text(self) -> str:
        return self._kept.getvalue().decode()


def environment() -> dict[str, str]:
    """The environment without what would configure Parley, and with the tree to import from."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return {**kept, "PYTHONPATH": str(ROOT), "USER": "ada", "LOGNAME": "ada"}


class FeedServer:
    """A web server on loopback with one feed; `items` are its titles, newest first."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.status = 200
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                body = outer.document()
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked += 1
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def document(self) -> bytes:
        when = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        entries = "".join(
            f"<item><title>{title}</title><guid isPermaLink='false'>{title}</guid>"
            f"<link>https://example.org/{number}</link><pubDate>{when}</pubDate></item>"
            for number, title in enumerate(self.items)
        )
        head = "<rss version='2.0'><channel><title>T</title><link>https://example.org/</link>"
        return f"{head}<description>D</description>{entries}</channel></rss>".encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
