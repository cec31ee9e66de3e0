"""`parley status`: what runs, what waits, how long alerts take."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import (
    config_option,
    database_of,
    json_option,
    length,
    local,
    many,
    print_json,
    print_table,
    reading_if_there,
    reason_text,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store.history import SqliteHistory

#: Outcomes of a decision that are no holding back.
TOLD = ("push", "folded-into-digest")


@click.command("status")
@config_option
@json_option
def command(config_dir: Path, as_json: bool) -> None:
    """Say whether the daemon runs, what it knows and has done, and what waits.

    Works without a daemon, and before the first start.
    """
    settings = settings_of(config_dir)
    now = datetime.now(UTC)
    enabled = {channel.name for channel in settings.channels if channel.enabled} | {"console"}
    state: dict[str, object] = {"daemon": _daemon(settings), "database": str(database_of(settings))}
    with reading_if_there(settings) as reader:
        state["watches"] = list(_watches(settings, reader, now))
        state["store"] = _store(reader, enabled) if reader else None
    if as_json:
        print_json(state)
    else:
        print_table(("", ""), _lines(state, settings.rules.timezone, len(settings.rules.feeds)))


def _daemon(settings: Settings) -> dict[str, object]:
    from monitor.store.holder import holder_of
    from monitor.telemetry.healthcheck import check

    holder = holder_of(settings.data)
    if holder is None:
        return {"running": False, "holder": None, "well": None, "said": "not running"}
    well, said = check(settings.listen, 2.0)
    return {"running": True, "holder": holder, "well": well, "said": said}


def _watches(
    settings: Settings, reader: SqliteHistory | None, now: datetime
) -> Iterator[dict[str, object]]:
    """Give each watch with the date and age of its baseline, and how many facts are held."""
    from monitor.core.ledger import HELD

    book = settings.rules
    rows = reader.facts() if reader else ()
    held = [row.fact.watch for row in rows if row.fact.status in HELD]
    for watch in book.watches:
        as_of = book.as_of(watch.id)
        seeds = sum(seed.watch == watch.id for seed in book.seeds)
        yield {
            "watch": watch.id, "title": watch.title, "baseline_as_of": as_of,
            "baseline_age_days": (now - as_of).days if as_of else None,
            "facts": held.count(watch.id) if reader else seeds,
        }  # fmt: skip


def _store(reader: SqliteHistory, enabled: Container[str]) -> dict[str, object]:
    summary = dict(reader.summary())
    outcomes: Any = summary.pop("outcomes")
    waiting, oldest = reader.outbox_age()
    return {
        **summary,
        "held_back": {code: n for code, n in outcomes.items() if code not in TOLD},
        "told": {code: n for code, n in outcomes.items() if code in TOLD},
        "outbox": reader.outbox(),
        "outbox_waiting": waiting,
        "channels_off": [asdict(row) for row in reader.channels_off()],
        "outbox_oldest_at": oldest,
        "waiting_for_no_channel": {
            name: n for name, n in reader.waiting_by_channel().items() if name not in enabled
        },
        "trouble": reader.last_trouble(),
        "commands_asked": reader.commands_asked(),
    }


def _lines(state: Mapping[str, Any], zone: str, feeds: int) -> Iterator[tuple[str, str]]:
    """Give the rows of the report: a heading at the first row of each part."""
    daemon, store = state["daemon"], state["store"]
    running = f"running ({daemon['holder']}): {daemon['said']}"
    yield "Daemon", running if daemon["running"] else "not running: parley run starts it"
    schema = f", schema {store['schema']}" if store else ": not there yet"
    yield "Database", f"{state['database']}{schema}"
    yield from _headed("Watches", (_watch_line(watch, zone) for watch in state["watches"]))
    if not store:
        yield "Feeds", f"{many(feeds, 'feed')} configured, none looked at yet"
        return
    looked = f"{store['feeds_read']} read so far, {store['feeds_failing']} failing"
    yield "Feeds", f"{store['feeds']}: {looked}, {store['feeds_waiting']} not looked at yet"
    odd = {state: n for state, n in sorted(store["feeds_health"].items()) if state != "ok"}
    if odd:
        listed = ", ".join(f"{number:,} {state}" for state, number in odd.items())
        yield "", f"{listed}: parley feeds"
    told = many(store["developments"], "development")
    stories = many(store["stories"], "story", "stories")
    hits = f"{store['hits']:,} concern a watch, in {stories}"
    yield "Items", f"{many(store['items'], 'item')}; {hits}; {told} told"
    held = sorted(store["held_back"].items(), key=lambda pair: -pair[1])
    yield from _headed("Held back", (f"{n:,} {reason_text(code)} ({code})" for code, n in held))
    looked = store["promoted"]
    if any(looked.values()):
        stories = many(looked["told"], "story", "stories")
        said = f"{stories} told, {looked['folded']:,} in a digest; a fact came of"
        yield "Not understood", f"{said} {looked['borne_out']:,}"
    yield from _headed("Outbox", _outbox_lines(store, zone))
    aside = store["quarantine"]
    yield "Set aside", f"{many(aside, 'item')}: parley quarantine" if aside else "nothing"
    if store["commands_asked"]:
        yield "Commands", f"{many(store['commands_asked'], 'command')} wait for a daemon"
    yield from _headed("Delays", _delay_lines(store["delays"]))


def _headed(heading: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give lines as rows, the heading beside the first."""
    for number, line in enumerate(lines):
        yield "" if number else heading, line


def _watch_line(watch: Mapping[str, Any], zone: str) -> str:
    as_of, facts = watch["baseline_as_of"], many(watch["facts"], "fact")
    if as_of is None:
        return f"{watch['watch']}: {watch['title']}; no baseline, {facts}"
    age = f"of {local(as_of, zone)[:10]}, {many(watch['baseline_age_days'], 'day')} old"
    return f"{watch['watch']}: {watch['title']}; baseline {age}, {facts}"


def _outbox_lines(store: Mapping[str, Any], zone: str) -> Iterator[str]:
    waiting = store["outbox_waiting"]
    since = f", the oldest since {local(store['outbox_oldest_at'], zone)}" if waiting else ""
    yield f"{many(waiting, 'delivery', 'deliveries')} waiting{since}"
    for channel, by_status in store["outbox"].items():
        said = ", ".join(f"{number:,} {status}" for status, number in by_status.items())
        trouble = store["trouble"].get(channel)
        error = f"; last error: {trouble['error_code']}: {trouble['error']}" if trouble else ""
        yield f"{channel}: {said}{error}"
    for row in store["channels_off"]:
        since, name = local(row["at"], zone), row["channel"]
        again = f"parley outbox enable {name}"
        yield f"{name}: off since {since}, {row['why']}; to use it again: {again}"
    for channel, number in store["waiting_for_no_channel"].items():
        drop = f"parley outbox drop --channel {channel} gives them up"
        yield f"{channel}: {number:,} wait although the channel is not enabled; {drop}"


def _delay_lines(delays: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    names = {
        "published_to_seen": "published to seen", "seen_to_accepted": "seen to accepted",
        "in_all": "published to accepted",
    }  # fmt: skip
    if not delays["in_all"]["n"]:
        yield "none measured yet: no alert was accepted by a channel"
        return
    for key, name in names.items():
        figures = delays[key]
        within = f"median {length(figures['median_s'])}, p90 {length(figures['p90_s'])}"
        yield f"{name}: {within} (of {many(figures['n'], 'delivery', 'deliveries')})"
