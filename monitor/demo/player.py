"""News time in steps: the clock moves to where an item is seen, and on when all lanes rest."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.app.clock import SteppedClock
from monitor.app.daemon import Daemon
from monitor.core.schedule import digest_moment, due_digest
from monitor.demo.account import Account, Report
from monitor.demo.feeds import Outlets
from monitor.demo.screen import Screen
from monitor.demo.stream import AS_OF, Piece
from monitor.errors import CommandError
from monitor.ingest.calendar import DIGESTED_UNTIL
from monitor.store import SqliteReader

#: Real seconds that the daemon may take to come to rest after a step.
REST_S = 20.0
#: Real seconds between looks whether it rests.
LOOK_S = 0.003
#: Steps that what is still to be sent at the end may take.
MOST_STEPS = 20


class Player:
    """Plays a stream to a daemon that has come up."""

    def __init__(
        self,
        daemon: Daemon,
        clock: SteppedClock,
        outlets: Outlets,
        reader: SqliteReader,
        screen: Screen,
        pause_s: float,
    ) -> None:
        """`pause_s` are real seconds to wait after a line that tells something, for readers."""
        self._daemon, self._clock, self._outlets = daemon, clock, outlets
        self._reader, self._account, self._screen = reader, Account(reader), screen
        self._pause_s = pause_s
        self._digests: set[str] = set()

    async def play(self, pieces: Sequence[Piece]) -> None:
        """Play all of it, in order of publication, and the morning after.

        Raises `CommandError` where the daemon does not come to rest, or does not read an item.
        """
        past = [piece for piece in pieces if piece.published < AS_OF]
        coming = list(pieces[len(past) :])
        await self._first_contact(past)
        while coming:
            await self._to(self._seen_at(coming[0]))
            due = [piece for piece in coming if piece.published <= self._clock.now()]
            for piece in due:
                self._outlets.publish(piece)
            await self._rest()
            del coming[: len(due)]
            await self._show(due)
        await self._to(_digest_after(self._clock.now(), self._daemon))
        await self._send_the_rest()

    async def _first_contact(self, past: Sequence[Piece]) -> None:
        """Let every feed be read once with its past: that is learned, and told to nobody."""
        for piece in past:
            self._outlets.publish(piece)
        self._clock.step_to(max(feed.next_check_at for feed in self._reader.feeds()))
        await self._rest()
        unread = [feed.name for feed in self._reader.feeds() if feed.first_contact_at is None]
        if unread:
            raise CommandError(f"the daemon could not read {', '.join(unread)}; the log says why")
        self._screen.past([self._report(piece) for piece in past])

    def _seen_at(self, piece: Piece) -> datetime:
        """Give when an item is seen: at its publication, or when its feed is looked at next."""
        due = {feed.name: feed.next_check_at for feed in self._reader.feeds()}
        return max(piece.published, due[piece.feed])

    async def _to(self, moment: datetime) -> None:
        """Move news time, resting at every digest time on the way."""
        while (digest := _digest_after(self._clock.now(), self._daemon)) <= moment:
            self._clock.step_to(digest)
            await self._rest()
            self._show_digests()
        self._clock.step_to(moment)

    async def _rest(self) -> None:
        """Let the beat come, and wait until everything that is due at this moment is done."""
        self._daemon.beat_now()
        loop = asyncio.get_running_loop()
        until = loop.time() + REST_S
        while not self._rests():
            if loop.time() > until:
                raise CommandError(
                    f"the daemon was not done with {self._clock.now():%Y-%m-%d %H:%M} UTC "
                    f"after {REST_S:g} s; the log says why"
                )
            await asyncio.sleep(LOOK_S)

    def _rests(self) -> bool:
        """Whether no lane is at work and no row is due."""
        if self._daemon.poller.in_flight or self._daemon.courier.in_flight:
            return False
        now, reader = self._clock.now(), self._reader
        moment, told = reader.next_moment(), reader.meta(DIGESTED_UNTIL)
        if (moment is not None and moment <= now) or reader.deliveries("sending", 1):
            return False
        book = self._daemon.settings.rules
        at = book.digest
        return told is not None and not due_digest(
            datetime.fromisoformat(told), now, book.timezone, at.hour, at.minute
        )

    async def _show(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            report = self._report(piece)
            self._screen.report(report)
            if report.told and self._pause_s:
                await asyncio.sleep(self._pause_s)

    def _report(self, piece: Piece) -> Report:
        report = self._account.report(piece)
        if report is None:
            raise CommandError(f"the daemon has not read {piece.id}, which {piece.feed} published")
        return report

    def _show_digests(self) -> None:
        for alert, subject in self._account.digests():
            if alert not in self._digests:
                self._digests.add(alert)
                self._screen.digest(subject, self._clock.now())

    async def _send_the_rest(self) -> None:
        """Step to the next attempt of what a receiver has put off."""
        for _ in range(MOST_STEPS):
            await self._rest()
            waiting = [row.next_attempt_at for row in self._reader.deliveries("pending")]
            moments = [moment for moment in waiting if moment is not None]
            if not moments:
                return
            self._clock.step_to(min(moments))


def _digest_after(now: datetime, daemon: Daemon) -> datetime:
    """Give the first digest time after a moment, in UTC."""
    book = daemon.settings.rules
    day = now.astimezone(ZoneInfo(book.timezone)).date()
    while True:
        moment = digest_moment(day, book.timezone, book.digest.hour, book.digest.minute)
        if moment > now:
            return moment.astimezone(UTC)
        day += timedelta(days=1)
