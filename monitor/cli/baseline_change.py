"""`parley baseline set|retract|undo`: changing what is known by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.cli.common import ROW_ID, config_option, json_option, many, notice, print_json

F = TypeVar("F", bound=Callable[..., Any])


class _Day(click.ParamType[str]):
    """A day, month or year, as a baseline file writes it."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        text = str(value)
        rest = {4: "-01-01", 7: "-01", 10: ""}.get(len(text), "?")
        try:
            date.fromisoformat(text + rest)
        except ValueError:
            self.fail("write 2025-06-02, or 2025-06, or 2025", param, ctx)
        return text


class _Pair(click.ParamType[tuple[str, object]]):
    """`NAME=VALUE`; digits alone are a number, as in a file."""

    name = "pair"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, object]:
        if isinstance(value, tuple):
            return value
        key, equals, said = str(value).partition("=")
        if not equals or not key.strip():
            self.fail("write NAME=VALUE, such as extent=full", param, ctx)
        said = said.strip()
        plain = said.isascii() and said.isdecimal() and len(said) < 18 and str(int(said)) == said
        return key.strip(), int(said) if plain else said


def _pair(flag: str, name: str, about: str) -> Callable[[F], F]:
    """Give an option that takes `NAME=VALUE` as often as it is given."""
    return click.option(
        flag, name, type=_Pair(), multiple=True, metavar="NAME=VALUE", help=f"{about} Repeatable."
    )


@click.command("set")
@click.argument("fact_id", metavar="FACT-ID")
@click.option("--watch", help="The watch that knows it; needed for a new fact.")
@click.option("--text", help="The sentence that people read; needed for a new fact.")
@click.option("--tracker", help="The question of the watch that it answers.")
@_pair("--scope", "scope", "What of it: extent=full, party=russia.")
@_pair("--instance", "instance", "Which one of a series: round=2.")
@click.option("--state", help="The state of that tracker.")
@_pair("--value", "values", "What it counts: number=1200.")
@click.option("--said-by", multiple=True, metavar="PARTY", help="Who says so. Repeatable.")
@click.option(
    "--date",
    "day",
    type=_Day(),
    metavar="DATE",
    help="Since when it is so: 2025-06-02, 2025-06, 2025.",
)
@click.option("--source", help="Where that is from.")
@click.option("--replace", is_flag=True, help="Supersede the facts whose place it takes.")
@click.option("--from-file", is_flag=True, help="Take the line of the baseline file as it is now.")
@config_option
@json_option
def set_(
    fact_id: str,
    replace: bool,
    from_file: bool,
    config_dir: Path,
    as_json: bool,
    **parts: object,
) -> None:
    """Set the fact FACT-ID: a new one, or parts of one that is known.

    A pair given anew takes the place of the one of that name, `NAME=` takes it out. Other facts
    stay as they are; where the new one is another answer to a question of state, --replace
    supersedes those that it answers anew, and undo brings them back. Nobody is sent anything.
    """
    if from_file and any(parts.values()):
        raise click.UsageError("--from-file takes the whole line: give no other part with it")
    if not from_file and not any(parts.values()):
        raise click.UsageError(
            "say what to set: --text, --state, --scope, --value, --date, --source, --said-by,"
            " or --from-file"
        )
    given = {"date" if name == "day" else name: value for name, value in parts.items()}
    for name in ("scope", "instance", "values"):
        given[name] = _mapping(given[name])
    given["said_by"] = [_said(name) for name in _listed(given["said_by"])]
    _change(
        config_dir,
        "baseline.set",
        {"id": fact_id, "replace": replace, "from_file": from_file, **given},
        as_json=as_json,
    )


@click.command("retract")
@click.argument("fact_id", metavar="FACT-ID")
@click.option("--because", help="Why, in your words: those who were told read it.")
@config_option
@json_option
def retract(fact_id: str, because: str | None, config_dir: Path, as_json: bool) -> None:
    """Say that the fact FACT-ID does not hold.

    Whoever was told of it gets a correction, in the same thread. What the fact had superseded
    stays superseded: to bring that back, use undo.
    """
    args = {"id": fact_id, "because": because}
    _change(config_dir, "baseline.retract", args, as_json=as_json)


@click.command("undo")
@click.argument("what", metavar="SEQ|FACT-ID")
@config_option
@json_option
def undo(what: str, config_dir: Path, as_json: bool) -> None:
    """Undo the entry SEQ of the ledger, or the last entry about the fact FACT-ID.

    What the same item did in the same step is undone with it: a fact that a report brought, and
    what that superseded, which holds again. Whoever was told of it gets a correction, in the same
    thread. Entries and their numbers stand in `show --events`.
    """
    args: dict[str, object] = {"id": what}
    if what.isascii() and what.isdecimal():
        args = {"seq": ROW_ID(what, None, click.get_current_context())}
    _change(config_dir, "baseline.undo", args, as_json=as_json)


#: The commands of the group that change something.
CHANGES = (set_, retract, undo)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, tuple) else ()


def _mapping(value: object) -> dict[str, object]:
    pairs = [pair for pair in _listed(value) if isinstance(pair, tuple)]
    return {_said(name): _said(each) if isinstance(each, str) else each for name, each in pairs}


def _said(value: object) -> str:
    from monitor.cli.asking import said

    return said(str(value)) or ""


def _change(config_dir: Path, verb: str, args: Mapping[str, object], *, as_json: bool) -> None:
    """Ask for a change, and say what came of it."""
    from monitor.cli.asking import ask, who

    clean = {
        name: _said(value) if isinstance(value, str) else value for name, value in args.items()
    }
    result = ask(config_dir, verb, {**clean, "by": who()})
    if as_json:
        print_json(result)
        return
    if result.get("before"):
        click.echo(f"was: {result['before']}")
    if verb == "baseline.undo":
        _say_undone(result)
    else:
        click.echo(f"{'is' if verb == 'baseline.set' else 'retracted'}: {result['text']}")
    for fact_id in _list(result, "replaced"):
        click.echo(f"takes the place of: {fact_id}")
    for fact_id in _list(result, "beside"):
        notice(f"{fact_id} answers the same question and still holds: --replace supersedes it")
    for headline in _list(result, "corrected"):
        click.echo(f"told: {headline}")
    if result.get("deliveries"):
        click.echo(f"{many(_count(result), 'message')} on the way to those who had been told")
    for channel in _list(result, "unreachable"):
        notice(f"{channel} had been told and is not configured any more: it hears nothing")
    seq = result["seq"]
    again = "" if verb == "baseline.undo" else f"; parley baseline undo {seq} takes it back"
    click.echo(f"entry {seq} of the ledger{again}")


def _say_undone(result: Mapping[str, object]) -> None:
    for fact in _list(result, "facts"):
        if not isinstance(fact, Mapping):
            continue
        if fact["status"] is None:
            click.echo(f"nothing is known any more as {fact['id']}")
        elif fact["status"] in {"retracted", "superseded"}:
            click.echo(f"is still {fact['status']}: {fact['text']}")
        else:
            click.echo(f"is again: {fact['text']}")


def _list(result: Mapping[str, object], name: str) -> list[object]:
    value = result.get(name)
    return list(value) if isinstance(value, (list, tuple)) else []


def _count(result: Mapping[str, object]) -> int:
    value = result.get("deliveries")
    return value if isinstance(value, int) else 0
