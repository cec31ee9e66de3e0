"""Channels to the fake chat services, through the real guarded client; an outbox that is a list."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.core.model import Note, Reason
from monitor.core.rules import FetchPolicy
from monitor.core.schedule import next_attempt
from monitor.courier import Courier
from monitor.notify import registry
from monitor.ports import ClaimedDelivery, Notifier, Outcome, Receipt, Settlement
from monitor.sources.http import HttpClient
from tests.delivery.fake_chat import FakeChat, serving
from tests.delivery.fake_ntfy import FakeNtfy
from tests.delivery.fake_slack import CHANNEL, FakeSlack
from tests.delivery.fake_telegram import FakeTelegram
from tests.fakes import FrozenClock
from tests.notes import alert, section

T0 = datetime(2025, 6, 3, 16, 0, tzinfo=UTC)
BOT = "123456:planted-bot-token-of-35-characters"
HOOK = "/services/T0PLANTED/B0PLANTED/planted-hook-secret"
#: What must stand in no receipt, log or representation.
SECRETS = (BOT, "planted-hook-secret", "planted-token", "planted-topic", "planted-password")

#: The kinds by the name that tests use; Slack comes in both of its ways.
FAKES: dict[str, type[FakeChat]] = {
    "ntfy": FakeNtfy, "slack-bot": FakeSlack, "slack-hook": FakeSlack, "telegram": FakeTelegram,
}  # fmt: skip
NAMES = sorted(FAKES)


def options(name: str, url: str) -> dict[str, Any]:
    """Give the options of a channel to a service at `url`, which never waits by itself."""
    return {
        "ntfy": {"server": url, "topic": "planted-topic", "token": "planted-token"},
        "slack-bot": {"api": f"{url}/api", "token": "planted-token", "to": CHANNEL, "every_s": 0},
        "slack-hook": {"url": url + HOOK, "every_s": 0},
        "telegram": {"api": url, "token": BOT, "chat": -1001234567890, "every_s": 0},
    }[name]


class Place:
    """A fake service, and a channel that speaks to it."""

    def __init__(self, name: str, service: FakeChat, clock: FrozenClock, http: HttpClient) -> None:
        self.name, self.service, self.clock, self._http = name, service, clock, http
        self.channel = self.anew()

    def anew(self, **changed: Any) -> Notifier:
        """Give a channel as after a restart: it remembers nothing."""
        said = {**options(self.name, self.service.url), **changed}
        kind = self.name.partition("-")[0]
        return registry.build("desk", kind, said, http=self._http, clock=self.clock)

    async def send(self, note: Note, key: str, channel: Notifier | None = None) -> Receipt:
        """Render and send once."""
        used = channel or self.channel
        return await used.send(used.render(note, "x", key), "x", key)


@contextlib.asynccontextmanager
async def place(name: str, **settings: Any) -> AsyncIterator[Place]:
    """Run a fake service with a channel to it."""
    clock = FrozenClock(T0)
    with serving(FAKES[name](clock, **settings)) as service:
        policy = FetchPolicy(allow_private=(urlsplit(service.url).netloc,))
        http = HttpClient(policy, user_agent="a channel names its own")
        try:
            yield Place(name, service, clock, http)
        finally:
            await http.close()


def notes(number: int) -> Iterator[Note]:
    """Give alerts that each tell of a development of its own."""
    for n in range(number):
        yield alert(section(f"Development {n} of the day", key=f"dev{n:04}", item_id=n))


def follow_up(reason: Reason, headline: str, *, number: int = 2, key: str = "dev0000") -> Note:
    """Give the alert that says what became of a development."""
    told = section(headline, key=key)
    development = replace(told.development, number=number, reason=reason)
    return alert(replace(told, development=development))


class ListDesk:
    """The outbox as a list: claims what is due, and plans what failed as the real desk does."""

    def __init__(self, kind: str, bodies: Sequence[tuple[str, bytes]]) -> None:
        self.kind = kind
        self.rows = [
            ClaimedDelivery(n, key, "desk", "x", f"t{n}", body, 0, T0)
            for n, (key, body) in enumerate(bodies)
        ]
        self.due = dict.fromkeys(range(len(self.rows)), T0)
        self.sent: set[int] = set()
        self.dead: dict[int, Receipt] = {}

    async def claim(
        self, now: datetime, limit: int, channels: Sequence[str]
    ) -> tuple[ClaimedDelivery, ...]:
        if "desk" not in channels:
            return ()
        chosen = [n for n, at in self.due.items() if at <= now][:limit]
        for n in chosen:
            del self.due[n]
            self.rows[n] = replace(self.rows[n], attempts=self.rows[n].attempts + 1)
        return tuple(self.rows[n] for n in chosen)

    async def settle(self, settlement: Settlement) -> None:
        row, receipt = settlement.delivery, settlement.receipt
        if receipt.outcome is Outcome.SENT:
            self.sent.add(row.id)
            return
        again = None
        if receipt.outcome in {Outcome.LATER, Outcome.GONE}:
            again = next_attempt(
                self.kind, row.key, row.attempts, T0, settlement.at, receipt.retry_after_s
            )
        if again is None:
            self.dead[row.id] = receipt
        else:
            self.due[row.id] = again


async def deliver(desk: ListDesk, channel: Notifier, clock: FrozenClock) -> None:
    """Run the real courier until nothing waits any more, stepping over the time between."""
    courier = Courier(
        desk=desk,  # type: ignore[arg-type]  # the lanes that the courier does not use are left out
        clock=clock, delivered=lambda *_: None, trouble=lambda _: None,
        store_trouble=lambda _: None, beat=lambda: None,
    )  # fmt: skip
    courier.use({"desk": channel})
    running = asyncio.ensure_future(courier.run())
    async with asyncio.timeout(90):
        while desk.due or courier.in_flight:
            courier.wake()
            await asyncio.sleep(0.001)
            if not courier.in_flight:
                clock.move(timedelta(seconds=5).total_seconds())
    await courier.stop(1.0)
    await running


def play(name: str, story: Callable[[Place], Awaitable[Any]], **settings: Any) -> Any:
    """Let a story run in a place of its own; gives what it gives."""

    async def run() -> Any:
        async with place(name, **settings) as where:
            return await story(where)

    return asyncio.run(run())
