"""One run: the daemon as a process, the hostile feeds and the good ones, and what is known then."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.hostile.answers import Later
from tests.hostile.case import Case, Evidence, Seen
from tests.hostile.certificates import Certificates
from tests.hostile.daemon import PLAYED
from tests.hostile.documents import WORD
from tests.hostile.good import GoodFeeds
from tests.hostile.memory import Memory, watched
from tests.hostile.server import STRANGER, HostileServer, Visit
from tests.torture.clock import FastClock
from tests.torture.life import ROOT, Life, ask

#: News seconds a second: a feed of pace fast is looked at every six seconds.
FACTOR = 10.0
INTERVAL_S = 60.0 / FACTOR
#: Deadlines of a run, in real seconds; by default they are 30, 10 and 10.
TOTAL_S, CONNECT_S, PARSE_S = 4.0, 2.0, 5.0
#: Items that were published so long before the end had their time to arrive.
LATEST_S = INTERVAL_S + 5.0
_WATCH = "version: 1\ntitle: {word}\nquery: {word}\nnotify: [hook]\n"
_FEEDS = "SELECT name, checks, outcome, error_code, items, status FROM feeds"
_ITEMS = "SELECT feed, title, link FROM items ORDER BY id"
_ALERTS = (
    "SELECT i.feed, a.subject FROM alerts a JOIN items i ON i.id = a.item_id"
    " WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.alert = a.id AND d.channel = 'hook'"
    " AND d.status IN ('pending', 'sending', 'sent'))"
)


@dataclass(slots=True)
class Ran:
    """What is known after a run; `delays_s` are those of good items, from publication to receipt."""

    seconds: float
    evidence: dict[str, Evidence] = field(default_factory=dict)
    delays_s: list[float] = field(default_factory=list)
    handled_s: list[float] = field(default_factory=list)  # the same, from when it was served
    lost: int = 0  # good items that had their time and did not arrive
    memory: Memory = field(default_factory=Memory)
    canary: list[str] = field(default_factory=list)
    told_strangers: list[str] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    log: str = ""
    ended_s: float = 0.0  # from SIGTERM to the end of the daemon
    orphans: int = 0
    cpu_s: float = 0.0
    messages: int = 0  # that the receiver took
    unread: list[str] = field(default_factory=list)  # good feeds that were never looked at
    looks: int = 0


def run(folder: Path, cases: Sequence[Case], seconds: float) -> Ran:
    """Let the daemon look at the cases, if any, beside the good feeds, for so many seconds."""
    folder.mkdir(parents=True)
    if cases:
        for later in Later.every:
            later()
    clock = FastClock(time.time(), FACTOR)
    certificates = Certificates()
    with ExitStack() as stack:
        good = stack.enter_context(GoodFeeds(clock.now).running())
        hostile = stack.enter_context(HostileServer(cases, certificates).running())
        _write(folder, good, hostile)
        played = {p.port: p.address for p in hostile.places if p.case.host}
        played[hostile.stranger_port] = STRANGER
        environment = {
            **clock.environment(),
            PLAYED: json.dumps(played),
            "SSL_CERT_FILE": str(certificates.write(folder / "authority.pem")),
        }
        life = Life.begin(1, folder, ["-m", "tests.hostile.daemon", "config"], environment)
        stack.callback(life.end_anyhow)
        return _watch(life, folder, good, hostile, seconds)


def _watch(
    life: Life, folder: Path, good: GoodFeeds, hostile: HostileServer, seconds: float
) -> Ran:
    database = folder / "data" / "parley.db"
    ran = Ran(seconds)
    seen: dict[str, list[Seen]] = defaultdict(list)
    with watched(life) as ran.memory:
        life.until(lambda: max(good.reads.values()) > 0, 60.0, "a good feed read")
        good.publishing = True
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            life.until(lambda: True)
            _sample(database, seen)
            time.sleep(0.4)  # the pace of the samples, not a wait for anything
        good.publishing = False
        ended = time.time()
        _sample(database, seen)
        rows = _rows(folder)
        ran.cpu_s = _cpu_s(life)
        ran.ended_s = life.stop(15.0)
    ran.orphans = len(life.orphans())
    ran.log = life.said()
    ran.visits = list(hostile.visits)
    ran.canary = list(hostile.canary_hits)
    ran.told_strangers = [head.decode("latin-1") for head in hostile.stranger_heads]
    ran.messages = good.messages
    ran.unread = [name for name, count in good.reads.items() if not count]
    for mark, at in good.published.items():
        if mark in good.arrived:
            ran.delays_s.append(good.arrived[mark] - at)
            ran.handled_s.append(good.arrived[mark] - good.served[mark])
        elif at < ended - LATEST_S:
            ran.lost += 1
    _gather(ran, hostile, database, seen, rows)
    return ran


def _sample(database: Path, seen: dict[str, list[Seen]]) -> None:
    """Note how each feed stands, where that has changed."""
    for name, checks, outcome, code, items, status in ask(database, _FEEDS):
        now = Seen(int(str(checks)), str(outcome), str(code), int(str(items)), status)  # type: ignore[arg-type]
        held = seen[str(name)]
        if now.checks and (not held or held[-1] != now):
            held.append(now)


def _gather(
    ran: Ran, hostile: HostileServer, database: Path, seen: dict[str, list[Seen]],
    rows: dict[str, dict[str, object]],
) -> None:  # fmt: skip
    ran.evidence = {
        place.feed: Evidence(seen=seen[place.feed], row=rows.get(place.feed, {}), factor=FACTOR)
        for place in hostile.places
    }
    for feed, title, link in ask(database, _ITEMS):
        if str(feed) in ran.evidence:
            ran.evidence[str(feed)].titles.append(str(title))
            ran.evidence[str(feed)].links.append(str(link))
    for feed, subject in ask(database, _ALERTS):
        if str(feed) in ran.evidence:
            ran.evidence[str(feed)].alerts.append(str(subject))
    for visit in ran.visits:
        if visit.path == "" and visit.feed in ran.evidence:
            ran.evidence[visit.feed].asked.append(visit.began - hostile.began)
            ran.evidence[visit.feed].headers.append(visit.headers)
    ran.looks = sum(of.seen[-1].checks for of in ran.evidence.values() if of.seen)


def _rows(folder: Path) -> dict[str, dict[str, object]]:
    """Give what `parley feeds --json` says, by feed."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "feeds", "--json"], cwd=folder, capture_output=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""}, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"parley feeds --json: {done.stderr.decode()[-2000:]}")
    return {row["name"]: row for row in json.loads(done.stdout)}


def _cpu_s(life: Life) -> float:
    """Give the CPU seconds of the daemon and of its children that have ended."""
    fields = Path(f"/proc/{life.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / 100.0


def _write(folder: Path, good: GoodFeeds, hostile: HostileServer) -> None:
    """Write a configuration: default bounds, short deadlines."""
    config = folder / "config"
    (config / "watches").mkdir(parents=True)
    for word in ("truce", WORD):
        (config / "watches" / f"{word}.yaml").write_text(_WATCH.format(word=word))
    own = {place.host for place in hostile.places if not (place.case.host or place.case.url)}
    fetch = {
        "pace": "fast", "total_s": TOTAL_S, "connect_s": CONNECT_S, "parse_s": PARSE_S,
        "allow_private": sorted({*own, *good.hosts.values(), good.hook}),
    }  # fmt: skip
    machine = {
        "version": 1, "data": str(folder / "data"), "listen": "127.0.0.1:0", "fetch": fetch,
        "channels": {"console": {"kind": "console"},
                     "hook": {"kind": "webhook", "url": f"http://{good.hook}/", "secret": _SECRET}},
    }  # fmt: skip
    feeds = [{"name": n, "url": good.url(n), "language": "en", "pace": "fast"} for n in good.names]
    feeds += [
        {"name": p.feed, "url": hostile.url(p), "pace": p.case.pace, **(
            {"headers": p.case.headers} if p.case.headers else {})} for p in hostile.places
    ]  # fmt: skip
    (config / "parley.yaml").write_text(yaml.safe_dump(machine))
    (config / "feeds.yaml").write_text(yaml.safe_dump({"version": 1, "feeds": feeds}))


_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjU"
