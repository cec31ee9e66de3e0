"""What a person sees: a line for what is told, a dim one for what is held back, the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from monitor.core.model import Reason
from monitor.demo.account import Held, Report
from monitor.demo.folder import RECIPIENTS, Addresses, Folder
from monitor.demo.summary import Summary

#: Where lines begin that belong to the one above.
EDGE = " " * 9


class Screen:
    """Writes to a rich console, which leaves colours out where nobody sees them."""

    def __init__(self, console: Console, zone: str) -> None:
        """`zone` is that of the times shown."""
        self._console, self._zone = console, ZoneInfo(zone)
        self._day: date | None = None
        self._held: dict[Held, list[Report]] = {}
        self._other = 0

    def opening(self, folder: Folder, at: Addresses, feeds: int, languages: int) -> None:
        """Say what is about to be played, and where it goes."""
        self._line(("Parley demo", "bold"), (": June 2025, replayed on this machine alone", ""))
        outlets = f"{feeds} outlets in {languages} languages at http://{at.feeds}"
        mail = f"{', '.join(RECIPIENTS)} by SMTP on port {at.mail_port}, kept in {folder.mail}/"
        self._line(("  feeds    ", ""), (outlets, "dim"))
        self._line(("  mail     ", ""), (mail, "dim"))
        self._line(("  webhook  ", ""), (f"http://{at.hook}, kept in {folder.webhook}/", "dim"))
        self._line(("  times    ", ""), (self._zone.key, "dim"))

    def past(self, reports: Sequence[Report]) -> None:
        """Say what the feeds held at first contact."""
        hits = sum(bool(report.held or report.told or report.folded) for report in reports)
        said = f"First contact: {len(reports)} items that the feeds held are learned quietly, "
        self._line()
        self._line((f"{said}{hits} of them concern a watch.", "dim"))

    def report(self, report: Report) -> None:
        """Show what became of an item; what was held back is gathered until something is told."""
        if report.held is not None:
            self._new_day(report.piece.published)
            self._held.setdefault(report.held, []).append(report)
        elif not (report.told or report.folded):
            self._other += 1
        else:
            self._flush()
            self._new_day(report.piece.published)
            self._told(report)

    def digest(self, subject: str, now: datetime) -> None:
        """Show that a digest went out."""
        self._flush()
        self._new_day(now)
        self._line((self._clock(now), "cyan"), (f"  {subject}", "cyan"))

    def closing(self, summary: Summary) -> None:
        """Give the figures, and where to look."""
        self._flush()
        totals, folder = summary.totals, summary.folder
        self._line()
        how = "Stopped" if summary.stopped else "Done"
        self._line((f"{how} after {summary.seconds:.0f} s", "bold"))
        looks = f"in {summary.looks} looks, of which {summary.unchanged} found a feed unchanged"
        self._figure(totals.items, "items read", looks)
        self._figure(totals.hits, "concern a watch", "")
        self._figure(totals.alerts, "alerts", f"of {_many(totals.developments, 'development')}")
        digests = "daily digest" if totals.digests == 1 else "daily digests"
        self._figure(totals.digests, digests, "one message each morning that has something")
        self._figure(summary.mails, "mails accepted", f"of {totals.mails.total()}: {folder.mail}/")
        hooks = f"of {totals.events.total()}, signatures verified: {folder.webhook}/"
        self._figure(summary.webhooks, "webhooks accepted", hooks)
        held = sum(totals.held.values())
        self._figure(held, "held back", "an item counts once for each watch")
        for reason, count in Counter(dict(totals.held)).most_common():
            self._line((f"{count:>11}  {reason.text}", "dim"))
        self._trouble(summary)
        self._line(("Open ", ""), (f"{folder.mail}/*.html", "bold"), (" in a browser.", ""))
        asked = f"parley explain ID --config {folder.config}"
        self._line(("Ask why with ", ""), (asked, "bold"), (", by the alert's id in a mail.", ""))

    def _trouble(self, summary: Summary) -> None:
        troubles = [
            (len(summary.missing), "were enqueued and did not arrive"),
            (len(summary.doubled), "arrived more often than they were enqueued"),
            (summary.refused, "webhooks were refused: the signature was wrong"),
            (summary.totals.quarantined, "items could not be judged"),
        ]
        for count, what in troubles:
            if count and not (summary.stopped and what == troubles[0][1]):
                self._line((f"{count:>6} {what}; see {summary.folder.log}", "bold red"))

    def _told(self, report: Report) -> None:
        piece = report.piece
        mark, style = ("●", "bold green") if report.told else ("◦", "cyan")
        watches = Text(", ".join(report.told), style="green")
        if report.folded:
            beside = " + digest" if report.told else f"digest: {', '.join(report.folded)}"
            watches.append(beside, style="cyan")
        at = self._clock(piece.published)
        self._pair(
            Text.assemble(at, "  ", (mark, style), " ", (piece.title, "bold")),
            Text.assemble(f"{piece.feed}  ", watches),
            whole=True,
        )

    def _flush(self) -> None:
        """Show what was held back since something was told, once for each reason."""
        for held, reports in self._held.items():
            first = reports[0].piece
            others = Counter(report.piece.feed for report in reports[1:])
            who = first.feed + (f" and {len(reports) - 1} more" if others else "")
            self._pair(
                Text(f"{self._clock(first.published)}  · {first.title}", style="dim"),
                Text(who, style="dim"),
            )
            self._line((f"{EDGE}{_because(held)}", "dim italic"))
        self._held.clear()

    def _new_day(self, moment: datetime) -> None:
        day = moment.astimezone(self._zone).date()
        if day == self._day:
            return
        self._flush()
        self._day = day
        concern = "concerns" if self._other == 1 else "concern"
        between = f"   {_many(self._other, 'item')} in between {concern} no watch"
        name = f"{day:%A} {day.day} {day:%B}"
        self._line()
        self._line((name, "bold"), (between if self._other else "", "dim"))
        self._other = 0

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"

    def _figure(self, count: int, what: str, beside: str) -> None:
        self._line((f"{count:>6} {what:<18} ", ""), (beside, "dim"))

    def _pair(self, left: Text, right: Text, *, whole: bool = False) -> None:
        """Print two texts on one line, the left one cut, or if `whole` the right one beneath it."""
        room = max(self._console.width - right.cell_len - 2, 24)
        if whole and left.cell_len > room:
            self._print(left)
            left = Text()
        left.truncate(room, overflow="ellipsis", pad=True)
        self._print(Text.assemble(left, "  ", right))

    def _line(self, *parts: tuple[str, str]) -> None:
        self._print(Text.assemble(*parts))

    def _print(self, text: Text) -> None:
        self._console.print(text, overflow="ellipsis", no_wrap=True, highlight=False)


def _because(held: Held) -> str:
    if held.reason is Reason.SAYS_KNOWN_FACT:
        return f"{held.reason.text}: {held.repeats}"
    return f"{held.reason.text}: “{held.repeats}”" if held.repeats else held.reason.text


def _many(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"
