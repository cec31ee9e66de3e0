"""`parley check`: read all configuration, run the tests inside watches, compare with the ledger."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import config_option, json_option, many, notice, print_json, settings_of

if TYPE_CHECKING:
    from monitor.core.ledger import Fact, FactEvent
    from monitor.core.rules import SeedFact
    from monitor.settings import Settings


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact about which baseline file and ledger say different things."""

    fact: str
    file: str
    what: str


@click.command("check")
@click.option("--quick", is_flag=True, help="Read the files only: no tests, no table, no ledger.")
@config_option
@json_option
def command(quick: bool, config_dir: Path, as_json: bool) -> None:
    """Read every file, run the tests inside watches, and say where ledger and baselines differ.

    A table shows for which languages of its feeds each watch has words. Exit 2: the configuration
    is refused; a test inside a watch that fails refuses it too.
    """
    from monitor.cli.spoken import spoken, table, warnings
    from monitor.errors import ConfigError

    try:
        settings = settings_of(config_dir)
        _compile(settings, tested=not quick)
    except ConfigError as refused:
        if as_json:
            print_json({"ok": False, "errors": [asdict(problem) for problem in refused.problems]})
        raise
    book = settings.rules
    differing = [] if quick else list(_against_ledger(settings))
    languages = () if quick else spoken(book)
    tests = [test for watch in book.watches for test in watch.tests]
    states = sum(len(test.states) for test in tests)
    counts = {
        "watches": len(book.watches), "feeds": len(book.feeds), "facts": len(book.seeds),
        "tests": len(tests),
    }  # fmt: skip
    if as_json:
        print_json({
            "ok": True, "errors": [], "warnings": [asdict(w) for w in settings.warnings],
            **counts, "tests_run": not quick, "states": states,
            "languages": [{**asdict(one), "warning": one.warning} for one in languages],
            "ledger_differs": [asdict(one) for one in differing],
        })  # fmt: skip
        return
    for warning in (*settings.warnings, *warnings(languages)):
        notice(f"warning: {warning}")
    for difference in differing:
        notice(f"ledger: {difference.fact} ({difference.file}): {difference.what}")
    if languages:
        click.echo("\n".join(table(languages)) + "\n")
    click.echo(summary(counts, run=not quick))


def _compile(settings: Settings, *, tested: bool) -> None:
    """Make the rules and each enabled channel as the daemon would. Raises `ConfigError`."""
    from monitor.app.clock import SystemClock
    from monitor.app.trials import refuse_failing
    from monitor.app.wiring import build_channels, in_force
    from monitor.cli.asking import NoNetwork
    from monitor.core.match import Index

    channels = build_channels(settings, http=NoNetwork(), clock=SystemClock(), stream=sys.stderr)
    if tested:
        lexicon = in_force(settings, channels).index.lexicon
        off = replace(settings, rules=replace(settings.rules, watches=settings.off))
        refuse_failing(Index(off.rules, lexicon), off)  # those that are off are no worse


def summary(counts: Mapping[str, int], *, run: bool) -> str:
    """Give the last line: `4 watches, 38 feeds, 43 facts, 36 tests: all pass`."""
    listed = ", ".join(
        (
            many(counts["watches"], "watch", "watches"), many(counts["feeds"], "feed"),
            many(counts["facts"], "fact"), many(counts["tests"], "test"),
        )
    )  # fmt: skip
    if not run:
        return f"{listed}: not run"
    return f"{listed}: all pass" if counts["tests"] else listed


def _against_ledger(settings: Settings) -> Iterator[Difference]:
    from monitor.cli.common import reading_if_there

    with reading_if_there(settings) as reader:
        if reader is not None:
            yield from differences(settings.rules.seeds, reader.fact_events())


def differences(seeds: Sequence[SeedFact], events: Sequence[FactEvent]) -> Iterator[Difference]:
    """Give the facts about which files and ledger differ, and what the next start does about it."""
    from monitor.core.ledger import HELD, project

    facts = project(events)
    touched = {
        event.fact_id: event.actor for event in events if not event.actor.startswith("file:")
    }
    for seed in seeds:
        fact, actor = facts.get(seed.id), touched.get(seed.id)
        if fact is not None and fact.status in HELD and _same(seed, fact):
            continue
        if actor is not None:
            what = f"changed by {actor.partition(':')[2]} in the ledger, which holds; "
            what += f"to take the file's line: parley baseline set {seed.id} --from-file"
        elif fact is None:
            what = "not in the ledger yet; the daemon takes it with its next start or reload"
        else:
            what = "the file's line changed; the daemon takes it with its next start or reload"
        yield Difference(seed.id, seed.file, what)
    listed = {seed.id for seed in seeds}
    for fact_id, fact in facts.items():
        if fact_id not in listed and fact.status in HELD and fact_id not in touched:
            what = "no file holds it any more; the daemon retracts it with its next start or reload"
            yield Difference(fact_id, "no file", what)


def _same(seed: SeedFact, fact: Fact) -> bool:
    """Whether a fact says what the line of a file says."""
    from monitor.core.ledger import seed_content

    held = replace(
        seed, watch=fact.watch, text=fact.text, tracker=fact.tracker, scope=fact.scope,
        instance=fact.instance, state=fact.state, values=fact.values, said_by=fact.said_by,
        date=fact.date, until=fact.until, source=fact.source, ref=fact.ref,
        as_of=fact.as_of.astimezone(UTC),
    )  # fmt: skip
    return seed_content(held) == seed_content(replace(seed, as_of=seed.as_of.astimezone(UTC)))
