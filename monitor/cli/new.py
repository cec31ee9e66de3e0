"""`parley new`: a watch for a topic of one's own, as a file to go on with."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    local,
    many,
    notice,
    print_json,
    reading_if_there,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.app.backtest import Comparison
    from monitor.app.new import Draft
    from monitor.core.words import Lexicon
    from monitor.settings import Settings

#: What is meant for a file, there or not.
_PATH = re.compile(r"\S*/\S*|\S+\.(?:txt|md|html?|eml|text)", re.IGNORECASE)
#: How far back the new watch is tried, in days, and how many hits are shown.
DAYS, SAMPLES = 30, 3


@click.command("new")
@click.argument("name")
@click.option(
    "--from", "source", default="", metavar="WORDS|TEXT|FILE|-",
    help="Words with commas between, a headline or article, a text file, or - for standard input.",
)  # fmt: skip
@click.option("--lang", "language", default="", help="Its language; told by the text otherwise.")
@click.option("--title", default="", help="What the watch is called.")
@click.option("--print", "only_print", is_flag=True, help="Print the file, write nothing.")
@config_option
@json_option
def command(
    name: str, source: str, language: str, title: str, only_print: bool, config_dir: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Write config/watches/NAME.yaml for a new topic, and try it on the stored items.

    It is made of the concepts of the vocabulary that the text holds and of words of its own, with
    two tests and comments. No file is ever written over. Exit 1: the name is taken, nothing says
    what to look for, or the folder cannot be written.
    """
    from monitor.app.new import Request, draft, fault_in_name, write
    from monitor.app.wiring import lexicon_of

    if fault := fault_in_name(name):
        raise click.UsageError(fault)
    request = Request(name, _text_of(source), _code(language), title)
    settings = settings_of(config_dir)
    lexicon = lexicon_of(settings)
    made = draft(request, settings, lexicon)
    if only_print and not as_json:
        click.echo(made.text, nl=False)
        return
    if not only_print:
        write(made)
    tried = _tried(made, settings, lexicon)
    if as_json:
        print_json(_as_json(made, tried, written=not only_print))
        return
    click.echo(f"{made.path}: {_told(made)}")
    _show_hits(tried, settings.rules.timezone)
    _say_next(made, config_dir)


def _text_of(source: str) -> str:
    """Give the text that a watch is made of. Raises a usage error."""
    from monitor.app.new import MAX_TEXT

    if source.strip().lower().startswith(("http://", "https://")):
        raise click.UsageError(
            "--from reads no address: nothing is fetched here. Save the page as a text file, or"
            " paste its text, or pipe it in with --from -"
        )
    if source == "-":
        return _decoded(sys.stdin.buffer.read(4 * MAX_TEXT), "standard input")
    path = Path(source)
    try:
        is_file = bool(source.strip()) and path.is_file()
    except (OSError, ValueError):  # far too long for a name: it is the text itself
        is_file = False
    if not is_file:
        if _PATH.fullmatch(source):
            raise click.UsageError(f"there is no file {source}")
        return source
    try:
        with path.open("rb") as stream:
            return _decoded(stream.read(4 * MAX_TEXT), str(path))
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise click.UsageError(f"{path} cannot be read: {why}") from None


def _decoded(content: bytes, whence: str) -> str:
    """Give bytes as text, without what a cut may have left of a last character."""
    for end in range(len(content), max(len(content) - 4, -1), -1):
        try:
            text = content[:end].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        if not text.strip():
            break
        return text
    raise click.UsageError(f"{whence} holds no text in UTF-8")


def _code(language: str) -> str:
    """Give the primary tag of a language. Raises a usage error."""
    if not language:
        return ""
    from monitor.settings.fields import LANGUAGES

    code = language.strip().lower().replace("_", "-").partition("-")[0]
    if code not in LANGUAGES and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise click.UsageError(f"{language!r} is no language: write two letters such as de, uk, tr")
    return code


def _tried(made: Draft, settings: Settings, lexicon: Lexicon) -> Comparison | None:
    """Hold the stored items of the last days against the new watch; None where none are stored."""
    from monitor.app.backtest import Rule, compare
    from monitor.app.clock import SystemClock

    with reading_if_there(settings) as reader:
        if reader is None:
            return None
        since = SystemClock().now() - timedelta(days=DAYS)
        items = reader.items_since(since, reader.newest_item(), (made.watch.id,))
        rule = Rule.alone(settings.rules, made.watch, lexicon)
        found = compare(items, None, rule, zone=settings.rules.timezone, sample=SAMPLES)
    return found if found.total.items else None


# --- for people ------------------------------------------------------------------------------


def _told(made: Draft) -> str:
    """Say in one line what the watch was made of."""
    gist = made.gist
    concepts = [f"${one.concept.id}" for one in (*gist.what, *gist.who)]
    of = {"text": "a text", "words": "a list of words", "name": "its name"}[made.kind]
    listed = ", ".join((*concepts, *gist.topics, *gist.names))
    also = f"; {', '.join(gist.taken_by)} would take it already" if gist.taken_by else ""
    return f"a watch made of {of}: {listed}{also}"


def _show_hits(tried: Comparison | None, zone: str) -> None:
    if tried is None:
        click.echo(f"No items of the last {DAYS} days are stored to try it on.")
        return
    total = tried.total
    click.echo(f"{many(total.after, 'hit')} in {many(total.items, 'item')} of the last {DAYS} days")
    for change in tried.hits.items:
        item = change.stored.item
        click.echo(f"  {local(item.published_at, zone)}  {item.feed}\n    {item.title}")
        for words in change.new.words if change.new else ():
            click.echo(f"      {words}")


def _say_next(made: Draft, config_dir: Path) -> None:
    name = made.watch.id
    config = "" if config_dir == Path("config") else f" --config {config_dir}"
    notice("Next:")
    notice(f"  edit {made.path}: other languages, real headlines as tests")
    notice(f"  parley check{config}")
    notice(f'  parley try "HEADLINE" --watch {name}{config}')
    notice(f"  parley backtest {name}{config}")
    notice("A running daemon takes it within seconds; `enabled: false` in the file keeps it quiet.")


# --- for programs ----------------------------------------------------------------------------


def _as_json(made: Draft, tried: Comparison | None, *, written: bool) -> dict[str, object]:
    gist = made.gist
    samples = tried.hits.items if tried else ()
    return {
        "watch": made.watch.id, "file": str(made.path), "written": written, "text": made.text,
        "made_of": made.kind, "title": made.watch.title, "query": made.watch.query,
        "language": made.language or None,
        "concepts": [
            {"concept": one.concept.id, "words": one.words} for one in (*gist.what, *gist.who)
        ],
        "not_asked_for": [one.concept.id for one in gist.beside],
        "taken_already_by": gist.taken_by,
        "words": gist.topics, "names": gist.names,
        "tests": [
            {"text": test.text, "lang": test.language, "hit": test.hit} for test in made.watch.tests
        ],
        "feeds": [feed.name for feed in made.feeds],
        "days": DAYS,
        "items": tried.total.items if tried else None,
        "hits": tried.total.after if tried else None,
        "samples": [
            {
                "id": one.stored.id, "title": one.stored.item.title, "feed": one.stored.item.feed,
                "published_at": one.stored.item.published_at,
                "words": one.new.words if one.new else (),
            }
            for one in samples
        ],
    }  # fmt: skip
