"""The folder of one run: a configuration that reads our feeds and tells our receivers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.torture.clock import FastClock
from tests.torture.feeds import FeedServer
from tests.torture.sinks import SECRET, Inbox, MailServer, webhook_receiver

RECIPIENTS = ("desk@example.org", "night@example.org")
#: An item leaves its feed ten minutes of news time after it was first served.
KEEP = timedelta(minutes=10)
WATCH = """\
version: 1
title: A truce anywhere
query: truce
notify: [desk, hook]
"""


@dataclass
class Place:
    """Servers that run, and the folder that a daemon is started in."""

    folder: Path
    clock: FastClock
    feeds: FeedServer
    inbox: Inbox
    mail: MailServer
    hook_url: str

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "parley.db"

    @property
    def watch(self) -> Path:
        return self.config / "watches" / "truce.yaml"

    def write(self, *, version: int = 0, hook_deadline_s: float = 15.0) -> None:
        """Write the configuration; another `version` of the feeds' addresses makes them due."""
        hosts = f'"127.0.0.1:{self.feeds.port}", "{self.hook_url.split("/")[2]}"'
        (self.config / "watches").mkdir(parents=True, exist_ok=True)
        self.watch.write_text(WATCH)
        (self.config / "parley.yaml").write_text(
            f"""\
version: 1
data: {self.folder / "data"}
listen: 127.0.0.1:0
fetch: {{pace: fast, allow_private: [{hosts}]}}
channels:
  console: {{kind: console}}
  desk: {{kind: email, host: 127.0.0.1, port: {self.mail.port}, tls: none, from: parley@example.org,
    to: [{", ".join(RECIPIENTS)}]}}
  hook: {{kind: webhook, url: "{self.hook_url}", secret: "{SECRET}", deadline_s: {hook_deadline_s}}}
"""
        )
        self.write_feeds(version)

    def write_feeds(self, version: int) -> None:
        lines = [
            f'  - {{name: {name}, url: "{self.feeds.url}/{name}?v={version}", language: en, pace: fast}}\n'
            for name in self.feeds.feeds
        ]
        replace_file(self.config / "feeds.yaml", "version: 1\nfeeds:\n" + "".join(lines))


def replace_file(path: Path, text: str | bytes) -> None:
    """Put a file in another's place in one step, as editors and deployments do."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(text if isinstance(text, bytes) else text.encode())
    part.replace(path)


@contextmanager
def a_place(folder: Path, clock: FastClock, feeds: tuple[str, ...]) -> Iterator[Place]:
    """Run the servers, and write a configuration that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    inbox = Inbox()
    with ExitStack() as stack:
        server = stack.enter_context(FeedServer(feeds, clock.now, KEEP).running())
        mail = stack.enter_context(MailServer(inbox).running())
        url = stack.enter_context(webhook_receiver(inbox))
        place = Place(folder, clock, server, inbox, mail, url)
        place.write()
        yield place
