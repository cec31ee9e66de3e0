"""`parley feeds`: the feeds and how they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    length,
    local,
    many,
    near,
    print_json,
    print_table,
    reading_if_there,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.core.model import Feed
    from monitor.ports import FeedRow


@dataclass(frozen=True, slots=True)
class Known:
    """A feed of the configuration, and its row where the store has one."""

    feed: Feed
    row: FeedRow | None

    @property
    def state(self) -> str:
        """How it does, in words."""
        row = self.row
        if row is None or row.last_checked_at is None:
            return "not looked at yet"
        if row.gone:
            return "gone: the server wants no more requests"
        if row.failures:
            return f"failing, {many(row.failures, 'look')} in a row: {row.error_code}"
        return "read, unchanged" if row.outcome == "unchanged" else "read"


@click.command("feeds")
@click.argument("name", required=False)
@config_option
@json_option
def command(name: str | None, config_dir: Path, as_json: bool) -> None:
    """List the feeds; with NAME (its beginning is enough) show one, and why it waits."""
    from monitor.app.wiring import paced, secrets_of
    from monitor.telemetry.redact import Redactor

    settings = settings_of(config_dir)
    with reading_if_there(settings) as reader:
        rows = {row.name: row for row in reader.feeds()} if reader else {}
    hide = Redactor(secrets_of(settings)).text
    feeds = [_shown(feed, rows.get(feed.name), hide) for feed in paced(settings).values()]
    zone = settings.rules.timezone
    if name is not None:
        one = _named(feeds, name)
        if as_json:
            print_json(_as_json(one))
        else:
            print_table(("", ""), _details(one, zone))
    elif as_json:
        print_json([_as_json(one) for one in feeds])
    else:
        print_table(
            ("feed", "state", "last look", "next look", "items", "error"),
            (
                (
                    one.feed.name, one.state,
                    local(one.row.last_checked_at if one.row else None, zone),
                    local(one.row.next_check_at if one.row else None, zone),
                    one.row.items if one.row else 0, one.row.error if one.row else "",
                )
                for one in feeds
            ),
        )  # fmt: skip


def _shown(feed: Feed, row: FeedRow | None, hide: Callable[[str], str]) -> Known:
    """Give a feed as it may be shown: a password or token in its address is nobody's business."""
    if row is not None:
        row = replace(row, url=hide(row.url), error=hide(row.error))
    return Known(replace(feed, url=hide(feed.url)), row)


def _named(feeds: Sequence[Known], name: str) -> Known:
    """Give the one feed of that name, or whose name begins so. Raises a usage error."""
    wanted = name.casefold()
    found = [one for one in feeds if one.feed.name.casefold() == wanted] or [
        one for one in feeds if one.feed.name.casefold().startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(one.feed.name for one in found[:10])
        raise click.UsageError(f"several feeds begin with {name!r}: {listed}")
    raise click.UsageError(f"there is no feed {name!r}{near(name, [o.feed.name for o in feeds])}")


def _as_json(one: Known) -> dict[str, object]:
    feed = asdict(one.feed)
    feed["headers"] = [header for header, _ in one.feed.headers]  # their values may be secrets
    row = asdict(one.row) if one.row else None
    return {**feed, "state": one.state, "store": row, "why_then": why_then(one)}


def _details(one: Known, zone: str) -> list[tuple[str, str]]:
    feed, row = one.feed, one.row
    lines = [
        ("Feed", feed.name), ("Address", feed.url), ("State", one.state),
        ("Language", feed.language or "not said"), ("Publisher", feed.publisher or "not said"),
        ("Speaks for", feed.speaks_for or "nobody's official voice"), ("Tier", str(feed.tier)),
    ]  # fmt: skip
    if row is not None:
        first = local(row.first_contact_at, zone)
        lines += [
            ("Last look", local(row.last_checked_at, zone)),
            ("Next look", f"{local(row.next_check_at, zone)}: {why_then(one)}"),
            ("First read", first if row.first_contact_at else "never"),
            ("Looks", f"{row.checks:,}"), ("Items", f"{row.items:,}"),
        ]  # fmt: skip
        if row.status is not None:
            lines.append(("HTTP status", str(row.status)))
        if row.error:
            lines.append(("Error", f"{row.error_code}: {row.error}"))
    return lines


def why_then(one: Known) -> str:
    """Say why the next look at a feed is when it is."""
    from monitor.core.rules import PACES_S
    from monitor.core.schedule import next_check

    feed, row = one.feed, one.row
    if row is None or row.last_checked_at is None:
        return "a first look, soon after the start"
    pace = f"pace {feed.pace}, every {length(PACES_S[feed.pace])}"
    planned = next_check(
        feed.name, feed.pace, row.last_checked_at, failures=row.failures, gone=row.gone
    )
    ahead = (row.next_check_at - planned).total_seconds()
    if ahead > 1:
        return "the server asked to wait so long (Retry-After)"
    if ahead < -1:
        return f"moved forward by a start, a new address or a step of the clock; then {pace}"
    if row.gone:
        return "once a day, in case 410 was a mistake"
    if row.failures:
        return f"{pace}, doubled with each failure after the first up to 6 h"
    return f"{pace}, less up to a tenth so that feeds spread"
