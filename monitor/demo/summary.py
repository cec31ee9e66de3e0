"""The end of a demo in figures: what was decided, and whether all of it arrived once."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.demo.account import Totals
from monitor.demo.feeds import Outlets
from monitor.demo.folder import RECIPIENTS, Folder
from monitor.demo.receivers import Hook, Mailbox


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures. `missing` are keys that did not arrive, `doubled` those that came twice."""

    totals: Totals
    feeds: int
    looks: int
    unchanged: int
    mails: int
    webhooks: int
    refused: int
    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    stopped: bool
    seconds: float
    folder: Folder

    @property
    def ok(self) -> bool:
        """Whether all that was enqueued arrived once; a demo that was stopped owes nothing more."""
        lost = bool(self.missing) and not self.stopped
        return not (lost or self.doubled or self.refused or self.totals.quarantined)

    def as_json(self) -> dict[str, object]:
        """Give the figures for programs."""
        totals, folder = self.totals, self.folder
        return {
            "ok": self.ok,
            "stopped": self.stopped,
            "seconds": round(self.seconds, 1),
            "feeds": {"count": self.feeds, "looks": self.looks, "unchanged": self.unchanged},
            "items": totals.items,
            "hits": totals.hits,
            "alerts": totals.alerts,
            "developments": totals.developments,
            "digests": totals.digests,
            "held": {reason.value: n for reason, n in sorted(totals.held.items())},
            "quarantined": totals.quarantined,
            "mails": {
                "accepted": self.mails,
                "expected": totals.mails.total(),
                "recipients": len(RECIPIENTS),
            },
            "webhooks": {
                "accepted": self.webhooks,  # each with a signature that was right
                "expected": totals.events.total(),
                "refused": self.refused,
            },
            "missing": list(self.missing),
            "doubled": list(self.doubled),
            "mail": str(folder.mail),
            "webhook": str(folder.webhook),
            "config": str(folder.config),
            "log": str(folder.log),
        }


def sum_up(
    totals: Totals, outlets: Outlets, mailbox: Mailbox, hook: Hook, folder: Folder, *,
    stopped: bool, seconds: float,
) -> Summary:  # fmt: skip
    """Hold what the store says was to be sent against what the receivers took."""
    missing = (totals.mails - mailbox.keys) + (totals.events - hook.keys)
    doubled = (mailbox.keys - totals.mails) + (hook.keys - totals.events)
    return Summary(
        totals=totals,
        feeds=len(outlets.languages),
        looks=outlets.looks,
        unchanged=outlets.unchanged,
        mails=mailbox.accepted,
        webhooks=hook.accepted,
        refused=hook.refused,
        missing=tuple(sorted(missing)),
        doubled=tuple(sorted(doubled)),
        stopped=stopped,
        seconds=seconds,
        folder=folder,
    )
