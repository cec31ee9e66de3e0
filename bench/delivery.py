"""Measure the courier: `python bench/delivery.py [ALERTS]`.

So many alerts go to five channels by webhook, one of which never answers. A receiver in a process
of its own takes what it is given; the outbox is a database on disk. What is told: deliveries a
second, CPU time of the sender, the time from the first claim until the receiver had each (p50, p99)
and the memory of the sender, before and at the end. Wall time is the machine's: compare runs of one
machine. The fifth channel's deliveries wait in the outbox, and that is what they should do.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from monitor.core.identity import delivery_key
from monitor.core.match import Index
from monitor.core.model import Note
from monitor.core.rules import FetchPolicy, RuleBook
from monitor.courier import Courier
from monitor.ingest import DeskThread, InForce
from monitor.notify import registry
from monitor.ports import ClaimedDelivery, DeliveryDraft, Notifier, Outcome, Receipt
from monitor.sources.http import HttpClient
from monitor.store import SqliteStore

ALERTS = 5000
LIVE = ("a", "b", "c", "d")
DEAD = "dead"
DEAD_DEADLINE_S = 2.0
SECRET = "whsec_" + "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g="
_RECEIVER = """
import asyncio
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            size = next(int(l.split(b":")[1]) for l in head.split(b"\\r\\n")
                        if l.lower().startswith(b"content-length"))
            await reader.readexactly(size)
            if b"POST /dead" in head:
                await asyncio.sleep(3600)
            writer.write(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


class RealClock:
    """Both clocks are the machine's."""

    def now(self) -> datetime:
        """Give the time."""
        return datetime.now(UTC)

    wire = now


def rss_mib() -> float:
    """Give the memory of this process now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def fill(store: SqliteStore, channels: Mapping[str, Notifier], alerts: int) -> None:
    """Put all alerts into the outbox."""
    now = datetime.now(UTC)
    for begin in range(0, alerts, 500):
        with store.unit() as unit:
            for number in range(begin, min(begin + 500, alerts)):
                alert, thread = f"a{number}", f"t{number % 200}"
                note = Note(
                    kind="ops", subject=f"Development {number}", created_at=now, thread=thread,
                    text="Moscow accepts 30-day truce (was: refused). " * 10, timezone="UTC",
                )  # fmt: skip
                unit.add_alert(alert, "alert", note.subject, thread, [alert], None, now)
                drafts = []
                for name, channel in channels.items():
                    key = delivery_key([(alert, 1)], name, "webhook")
                    body = channel.render(note, "webhook", key)
                    drafts.append(DeliveryDraft(
                        key, alert, name, "webhook", "pending", "push", body, thread, now,
                    ))  # fmt: skip
                unit.enqueue(drafts, now)


async def measure(folder: Path, port: int, alerts: int) -> None:
    """Deliver everything to the channels that live, and print what it took."""
    clock = RealClock()
    http = HttpClient(FetchPolicy(allow_private=(f"127.0.0.1:{port}",)), user_agent="bench")
    channels = {
        name: registry.build(
            name, "webhook",
            {"url": f"http://127.0.0.1:{port}/{name}", "secret": SECRET,
             "deadline_s": DEAD_DEADLINE_S if name == DEAD else 15.0},
            http=http, clock=clock,
        )
        for name in (*LIVE, DEAD)
    }  # fmt: skip
    store = SqliteStore(folder / "parley.db")
    fill(store, channels, alerts)
    book = RuleBook((), {}, (), (), ())
    desk = DeskThread(store, InForce(book, Index(book), channels), beat=lambda: None)
    desk.start()
    await desk.open(clock.now())
    done, begun, took = asyncio.Event(), time.monotonic(), []

    def delivered(delivery: ClaimedDelivery, receipt: Receipt, at: datetime) -> None:
        del delivery, at
        if receipt.outcome is Outcome.SENT:
            took.append(time.monotonic() - begun)
            if len(took) == alerts * len(LIVE):
                done.set()

    courier = Courier(
        desk=desk, clock=clock, delivered=delivered, trouble=lambda said: None,
        store_trouble=lambda error: None, beat=lambda: None,
    )  # fmt: skip
    courier.use(channels)
    before, cpu = rss_mib(), time.process_time()
    running = asyncio.ensure_future(courier.run())
    await done.wait()
    spent, cpu_s = time.monotonic() - begun, time.process_time() - cpu
    after = rss_mib()
    await courier.stop(1.0)
    await running
    await desk.stop()
    reader = store.reader()
    waiting = reader.waiting_by_channel()
    reader.close()
    store.close()
    await http.close()
    size = _mib_on_disk(folder)
    cuts = statistics.quantiles(took, n=100)
    print(f"{alerts} alerts to {len(channels)} channels, one dead; {len(took)} accepted")
    print(f"throughput  {len(took) / spent:.0f} a second, {spent:.1f} s")
    print(f"CPU         {1000 * cpu_s / len(took):.2f} ms each")
    print(f"until it is accepted  p50 {cuts[49]:.1f} s, p99 {cuts[98]:.1f} s (all at once)")
    print(
        f"memory      {before:.0f} MiB before, {after:.0f} MiB at the end; on disk {size:.0f} MiB"
    )
    print(f"waiting     {dict(waiting)}")


def _mib_on_disk(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir()) / 2**20


def main() -> None:
    """Run the receiver, and measure against it."""
    alerts = int(sys.argv[1]) if len(sys.argv) > 1 else ALERTS
    command = [sys.executable, "-c", _RECEIVER]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert receiver.stdout is not None
        try:
            asyncio.run(measure(Path(folder), int(receiver.stdout.readline()), alerts))
        finally:
            receiver.kill()


if __name__ == "__main__":
    main()
