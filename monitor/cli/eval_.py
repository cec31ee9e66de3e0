"""`parley eval`: precision and recall of the queries on a labelled file."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    many,
    notice,
    print_json,
    print_table,
    settings_of,
    watch_named,
)

if TYPE_CHECKING:
    from monitor.core.match import Index
    from monitor.core.model import Document
    from monitor.core.rules import RuleBook

#: What stands for all languages together, and for a line that names none.
ALL, UNSAID = "all", "?"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line of the file: a text, and for some watches whether they should take it."""

    line: int
    id: str
    document: Document
    language: str  # as the line says, which the counts go by
    wanted: Mapping[str, bool]  # without the arguable ones
    borderline: int


@dataclass(slots=True)
class Score:
    """Counts of one watch in one language, or in all. What cannot be said is None."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    items: int = 0

    def count(self, *, hit: bool, wanted: bool) -> None:
        """Count one item."""
        self.items += 1
        self.right += hit and wanted
        self.wrong += hit and not wanted
        self.missed += wanted and not hit

    @property
    def precision(self) -> float | None:
        """How many of the hits are wanted, 0 to 1; None without a hit."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """How many of the wanted are hits, 0 to 1; None where nothing is wanted."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both, 0 to 1; None where nothing is wanted and nothing is hit."""
        of = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / of if of else None

    def as_json(self) -> dict[str, object]:
        """Give counts and figures."""
        return {
            "items": self.items, "right": self.right, "wrong": self.wrong, "missed": self.missed,
            "precision": self.precision, "recall": self.recall, "f1": self.f1,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Error:
    """An item that a watch should have taken and did not (`missed`), or took and should not."""

    watch: str
    missed: bool
    item: Labelled
    why: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Give it for programs."""
        document = self.item.document
        return {
            "watch": self.watch, "kind": "missed" if self.missed else "wrong",
            "line": self.item.line, "id": self.item.id, "language": self.item.language,
            "title": document.title, "summary": document.summary, "why": self.why,
        }  # fmt: skip


@dataclass(slots=True)
class Judged:
    """What came out: scores by watch and language, errors, what was left out."""

    scores: dict[str, dict[str, Score]]
    lines: int = 0
    borderline: int = 0
    errors: list[Error] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)  # watches that the configuration lacks

    @property
    def macro_f1(self) -> float | None:
        """The mean of the watches' F1, None where there is none."""
        each = [f1 for by in self.scores.values() if (f1 := by[ALL].f1) is not None]
        return sum(each) / len(each) if each else None


@click.command("eval")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option("--watch", help="Judge this watch only.")
@click.option(
    "--misses", type=click.IntRange(1, 10_000), metavar="N",
    help="Show up to N missed and N wrong items of each watch, with the words.",
)  # fmt: skip
@click.option(
    "--floor", type=click.FloatRange(0, 1), metavar="F1", help="Exit 1 where macro F1 is below."
)
@config_option
@json_option
def command(
    file: Path, watch: str | None, misses: int | None, floor: float | None, config_dir: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Hold the queries against FILE, a labelled item a line, and count what is right.

    A line is a JSON object with title, labels {watch: 0 or 1}, and optionally lang, summary,
    content, author, categories, link, source, id, borderline [watches]. Pairs in `borderline` are
    left out.
    """
    from monitor.app.wiring import lexicon_of
    from monitor.core.match import Index
    from monitor.errors import CommandError

    settings = settings_of(config_dir)
    watch_named(settings, watch)
    index = Index(settings.rules, lexicon_of(settings))
    with click.open_file(str(file), "rb") as stream:
        judged = judge(read_lines(stream, index, settings.rules), index, settings.rules, watch)
    if not judged.scores:
        raise CommandError(f"{file} labels nothing for {watch or 'any watch that is configured'}")
    for name in sorted(judged.unknown):
        notice(f"{name} is labelled in {file}, but there is no such watch: left out")
    kept = [explained(one, index) for one in first_of_each(judged.errors, misses or 0)]
    if as_json:
        print_json(_as_json(judged, kept if misses else None, floor))
    else:
        _show(judged, kept)
    macro = judged.macro_f1
    if floor is not None and (macro is None or macro < floor):
        notice(f"macro F1 is {_figure(macro)}, below the floor of {floor:g}")
        sys.exit(1)


# --- reading ---------------------------------------------------------------------------------


def read_lines(lines: Iterable[bytes], index: Index, book: RuleBook) -> Iterator[Labelled]:
    """Give the labelled items of a file. Raises `CommandError` naming a line that is none."""
    from monitor.errors import CommandError

    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.strip():
            continue
        try:
            yield _labelled(json.loads(text.decode("utf-8")), number, index, book)
        except RecursionError:
            raise CommandError(f"line {number} is nested too deeply") from None
        except (ValueError, TypeError) as error:
            raise CommandError(f"line {number} is no labelled item: {_plain(error)}") from None


def _plain(error: ValueError | TypeError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error.msg} at column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return str(error)


def _labelled(raw: object, number: int, index: Index, book: RuleBook) -> Labelled:
    """Check one line. Raises `ValueError` or `TypeError` with what is wrong."""
    if not isinstance(raw, dict):
        raise TypeError("a line is an object {...}")
    labels, borderline = raw.get("labels"), raw.get("borderline") or []
    if not isinstance(labels, dict) or not labels:
        raise ValueError("it needs labels: {watch: 0 or 1}")
    for watch, label in labels.items():
        if label not in (0, 1) or isinstance(label, float):
            raise ValueError(f"the label of {watch} is {label!r}, which is neither 0 nor 1")
    if not isinstance(borderline, list) or not all(isinstance(one, str) for one in borderline):
        raise ValueError("borderline is a list of watches")
    odd = [one for one in borderline if one not in labels and book.watch(one) is None]
    if odd:
        raise ValueError(f"borderline names {odd[0]}, which is neither labelled nor a watch")
    wanted = {watch: bool(label) for watch, label in labels.items() if watch not in borderline}
    document = _document(raw, index, book)
    language = _text(raw, "lang") or UNSAID
    return Labelled(number, _text(raw, "id"), document, language, wanted, len(labels) - len(wanted))


def _document(raw: Mapping[str, object], index: Index, book: RuleBook) -> Document:
    """Give a line as matching reads it: cleaned as an item of a feed would be."""
    from monitor.core.model import MAX_CONTENT, Document
    from monitor.core.text import clean_line, clean_text

    title, summary = _text(raw, "title"), _text(raw, "summary")
    if not title.strip():
        raise ValueError("it needs a title")
    categories = raw.get("categories") or []
    if not isinstance(categories, list) or not all(isinstance(one, str) for one in categories):
        raise ValueError("categories is a list of texts")
    source = _text(raw, "source")
    feed = next((one for one in book.feeds if one.name == source), None)
    return Document(
        title=clean_line(title, 1_000),
        summary=clean_text(summary, 64 * 1024),
        language=index.language_of(_text(raw, "lang"), f"{title}\n{summary}"),
        content=clean_text(_text(raw, "content"), MAX_CONTENT),
        author=clean_line(_text(raw, "author"), 200),
        categories=tuple(clean_line(one, 200) for one in categories),
        link=_text(raw, "link"),
        feed=source,
        publisher=(feed.publisher if feed else "") or source,
        tier=feed.tier if feed else 2,
    )


def _text(raw: Mapping[str, object], key: str) -> str:
    value = raw.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value


# --- judging ---------------------------------------------------------------------------------


def judge(items: Iterable[Labelled], index: Index, book: RuleBook, only: str | None) -> Judged:
    """Hold queries against labelled items; `only` judges one watch."""
    known = {watch.id for watch in book.watches}
    judged = Judged({})
    found: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for item in _prepared(items, index):
        judged.lines += 1
        judged.borderline += item.borderline
        judged.unknown.update(item.wanted.keys() - known)
        scan = index.scan(item.document)
        hits = {hit.watch for hit in index.hits(scan)}
        for watch, wanted in item.wanted.items():
            if watch not in known or only not in {None, watch}:
                continue
            hit = watch in hits
            for language in (ALL, item.language):
                found[watch][language].count(hit=hit, wanted=wanted)
            if hit is not wanted:
                judged.errors.append(Error(watch, wanted, item))
    judged.scores.update({watch: dict(found[watch]) for watch in sorted(found)})
    judged.errors.sort(key=lambda one: (one.watch, not one.missed, one.item.line))
    return judged


def _prepared(items: Iterable[Labelled], index: Index) -> Iterator[Labelled]:
    """Give items after their words were learned, so that each dictionary is asked for many."""
    from monitor.app.backtest import batched

    for batch in batched(items):
        index.prepare(one.document for one in batch)
        yield from batch


def first_of_each(errors: Iterable[Error], most: int) -> Iterator[Error]:
    """Give the first `most` missed and the first `most` wrong items of each watch."""
    given: dict[tuple[str, bool], int] = defaultdict(int)
    for error in errors:
        given[error.watch, error.missed] += 1
        if given[error.watch, error.missed] <= most:
            yield error


def explained(error: Error, index: Index) -> Error:
    """Give an error with its reason: what the query lacks, or the words that it found."""
    from monitor.app.why import found_words, why_not

    document = error.item.document
    scan = index.scan(document)
    if error.missed:
        return replace(error, why=(why_not(index, error.watch, scan),))
    spans = [span for hit in index.hits(scan) if hit.watch == error.watch for span in hit.spans]
    return replace(error, why=found_words(spans, document))


# --- showing ---------------------------------------------------------------------------------


def _show(judged: Judged, errors: Sequence[Error]) -> None:
    heads = ("watch", "language", "items", "right", "wrong", "missed", "precision", "recall", "F1")
    rows = []
    for watch, by_language in judged.scores.items():
        for language, score in _in_order(by_language):
            figures = map(_figure, (score.precision, score.recall, score.f1))
            counts = (score.items, score.right, score.wrong, score.missed)
            rows.append((watch if language == ALL else "", language, *counts, *figures))
    print_table(heads, rows)
    left = f", {many(judged.borderline, 'arguable pair')} left out" if judged.borderline else ""
    click.echo(f"\n{many(judged.lines, 'labelled item')}{left}. Only the queries are judged.")
    click.echo(f"macro F1 over {many(len(judged.scores), 'watch', 'watches')}: "
               f"{_figure(judged.macro_f1)}")  # fmt: skip
    for error in errors:
        item = error.item
        name = f" {item.id}" if item.id else ""
        said = "missed" if error.missed else "wrong"
        click.echo(f"\n{error.watch}: {said}: line {item.line}{name} ({item.language})")
        click.echo(f"  {item.document.title}")
        if item.document.summary:
            click.echo("  " + " ".join(item.document.summary.split()))
        for why in error.why:
            click.echo(f"    {why}")


def _in_order(by_language: Mapping[str, Score]) -> Iterator[tuple[str, Score]]:
    """Give all languages together first, then each, the most frequent first."""
    yield ALL, by_language[ALL]
    rest = [(code, score) for code, score in by_language.items() if code != ALL]
    yield from sorted(rest, key=lambda pair: (-pair[1].items, pair[0]))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _as_json(
    judged: Judged, errors: Sequence[Error] | None, floor: float | None
) -> dict[str, object]:
    macro = judged.macro_f1
    answer: dict[str, object] = {
        "lines": judged.lines, "borderline": judged.borderline, "macro_f1": macro,
        "unknown_watches": sorted(judged.unknown),
        "watches": {
            watch: {
                **by_language[ALL].as_json(),
                "languages": {
                    code: score.as_json() for code, score in _in_order(by_language) if code != ALL
                },
            }
            for watch, by_language in judged.scores.items()
        },
    }  # fmt: skip
    if floor is not None:
        answer |= {"floor": floor, "ok": macro is not None and macro >= floor}
    if errors is not None:
        answer["misses"] = [error.as_json() for error in errors]
    return answer
