"""A new watch from a name and a text: one commented file that the loader takes, whose tests pass.

What is written is held against the loader, and its tests are run, before anybody sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.app.gist import Gist, gist_of_list, gist_of_text, listed_words
from monitor.app.glossary import YOURS, definitions
from monitor.app.sheet import Sheet, Sketch, Trial
from monitor.app.trials import failing_tests
from monitor.app.weighing import fault_in
from monitor.core.common_words import COMMON_WORDS
from monitor.core.match import Index
from monitor.core.model import Document, Feed
from monitor.core.query import parse_term, written
from monitor.core.rules import RuleBook, Watch
from monitor.core.text import clean_line, clean_text
from monitor.core.words import Lexicon, language_of
from monitor.errors import CommandError, ConfigError
from monitor.settings import Settings
from monitor.settings.document import read
from monitor.settings.feeds import FeedList
from monitor.settings.fields import LANGUAGES
from monitor.settings.reading import Found, Reading, display
from monitor.settings.watches import read_watches

#: Longest text that is read, and longest headline of a test and title, in characters.
MAX_TEXT, MAX_LINE, MAX_TITLE = 64 * 1024, 300, 90
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
#: Languages that write a name alike in every sentence, mostly: their names are entries of `any`.
_NAMES_STAY = frozenset("en de fr es it pt nl sv da no ro id ms".split())
#: Headlines that any paper could have, for a test that must be no hit.
_ELSEWHERE = {
    "en": ("the museum stays open until midnight", "a recipe for apple cake"),
    "de": ("das Museum bleibt bis Mitternacht offen", "ein Rezept für Apfelkuchen"),
    "fr": ("le musée reste ouvert jusqu'à minuit", "une recette de tarte aux pommes"),
    "es": ("el museo abre hasta la medianoche", "una receta de tarta de manzana"),
    "it": ("il museo resta aperto fino a mezzanotte", "una ricetta per la torta di mele"),
    "pl": ("muzeum czynne do północy", "przepis na szarlotkę"),
    "tr": ("müze gece yarısına kadar açık", "elmalı kek tarifi"),
    "uk": ("музей працює до півночі", "рецепт яблучного пирога"),
    "ru": ("музей открыт до полуночи", "рецепт яблочного пирога"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for. Without a `text` the words of the name are looked for."""

    name: str
    text: str = ""
    language: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A watch that could be written to `path`: `text` is the file, `watch` what the loader read.

    `kind` says what it was made of: `words`, `text` or `name`. `feeds` are those whose language it
    has words of, those that share a tag with it first.
    """

    path: Path
    text: str
    watch: Watch
    language: str
    kind: str
    gist: Gist
    feeds: tuple[Feed, ...]


def fault_in_name(name: str) -> str:
    """Say what is wrong with the name of a watch, with one that would do; empty for nothing."""
    if _ID.fullmatch(name):
        return ""
    near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-")
    hint = f"; {near} would do" if near else ""
    return f"{name!r} is no name of a watch: letters a-z, digits, - and _, at most 64{hint}"


def draft(request: Request, settings: Settings, lexicon: Lexicon) -> Draft:
    """Make a watch of what is asked for.

    Raises `CommandError` where its name is taken, and where nothing says what to look for.
    """
    path = _free_place(request.name, settings)
    text = clean_text(request.text, MAX_TEXT)
    language = request.language or _known(language_of("", text, lexicon))
    words = listed_words(text)
    if not text:
        kind, gist = "name", _gist_of_name(request.name)
    elif words:
        kind, gist = "words", gist_of_list(words, language, settings.rules, lexicon)
    else:
        own = frozenset(d.concept.id for d in definitions(settings) if d.origin == YOURS)
        gist = gist_of_text(text, language, settings.rules, lexicon, own, request.name)
        kind = "text"
    title = clean_line(request.title, MAX_TITLE) or _title(request.name, gist, kind)
    feeds = _feeds(gist, language, settings.rules)
    ids = _free_ids(settings.rules)
    sheets = [
        Sheet(
            request.name, title, language, kind, gist, sketch, feeds,
            names_in_all=language in _NAMES_STAY,
            schema=(settings.config_dir / "schema" / "watch.json").is_file(),
            ids=ids,
        )
        for sketch in _queries(gist, kind, ids)
    ]  # fmt: skip
    headline = [_line(text.split("\n", 1)[0])] if kind == "text" else []
    # A watch takes the headline that it was made of, unless that has only words that any news has.
    for lines in [headline, []] if headline else [[]]:
        for sheet in sheets:
            found = _tested(sheet, lines or list(_headlines(sheet)), path, settings, lexicon)
            if found is not None:
                return Draft(path, found[0], found[1], language, kind, gist, feeds)
    raise CommandError("nothing in this text says what to look for: give words, or a longer text")


def write(made: Draft) -> None:
    """Write the file of a draft. Raises `CommandError`; what is there is never written over."""
    try:
        if not made.path.parent.is_dir():
            made.path.parent.mkdir()
        _fill(made.path, made.text)
    except OSError as error:
        if made.path.exists() or made.path.is_symlink():
            raise CommandError(_there(made.path)) from error
        why = (error.strerror or type(error).__name__).lower()
        said = f"{display(made.path)} cannot be written: {why}; --print shows what it would hold"
        raise CommandError(said) from error


def _fill(path: Path, text: str) -> None:
    """Make a file that is not there yet, whole or not at all. Raises `OSError`."""
    with path.open("x", encoding="utf-8") as stream:
        try:
            stream.write(text)
            stream.flush()
        except OSError:  # half a watch would be refused at the next start
            path.unlink(missing_ok=True)
            raise


def _there(path: Path) -> str:
    return f"{display(path)} is there already and is left as it is; take another name"


def _free_place(name: str, settings: Settings) -> Path:
    path = settings.config_dir / "watches" / f"{name}.yaml"
    if path.exists() or path.is_symlink():
        raise CommandError(_there(path))
    for watch in (*settings.rules.watches, *settings.off):
        if name == watch.id or name in watch.formerly:
            raise CommandError(f"{watch.file} holds the watch {watch.id}, which is or was {name}")
    return path


def _known(code: str) -> str:
    """Give a language that a file may name; empty for one that was guessed and has no such code."""
    return code if code in LANGUAGES else ""


def _gist_of_name(name: str) -> Gist:
    words = [
        word for word in re.split(r"[-_]+", name)
        if word and not word.isdigit() and not fault_in(word, COMMON_WORDS)
    ]  # fmt: skip
    if not words:
        raise CommandError(f"the name {name} has no word to look for: say what with --from")
    return Gist((" ".join(words).capitalize(),), tuple(dict.fromkeys(words)))


def _title(name: str, gist: Gist, kind: str) -> str:
    if kind == "text" and gist.lines:
        return clean_line(gist.lines[0].removesuffix("."), MAX_TITLE)
    return " ".join(re.split(r"[-_]+", name)).strip().capitalize() or name


def _free_ids(book: RuleBook) -> tuple[str, str]:
    """Give ids for the concepts of its own, which hide no shared one."""
    return _free("own-words", book), _free("own-names", book)


def _free(stem: str, book: RuleBook) -> str:
    name, number = stem, 2
    while name in book.concepts:
        name, number = f"{stem}-{number}", number + 1
    return name


def _queries(gist: Gist, kind: str, ids: tuple[str, str]) -> Iterator[Sketch]:
    """Give ways to ask for a gist, the strictest first."""
    topic, names = (f"${name}" for name in ids)
    if kind == "name":
        yield Sketch(" AND ".join(written(parse_term(word)) for word in gist.topics), "all")
        return
    what = [f"${one.concept.id}" for one in gist.what] + ([topic] if gist.topics else [])
    who = [f"${one.concept.id}" for one in gist.who] + ([names] if gist.names else [])
    if what and who:
        yield Sketch(f"{_either(what)} AND {_either(who)}", "both")
        if kind == "text" and len(gist.topics) > 1:
            both = f"({_either(what)} AND {_either(who)})"
            yield Sketch(f"({topic} NEAR/S {topic}) OR {both}", "either")
    if kind == "text" and not who and len(what) > 1 and gist.topics:
        yield Sketch(f"{_either(what[:-1])} AND {topic}", "narrowed")
    if kind == "text" and what == [topic] and len(gist.topics) > 1:
        yield Sketch(f"{topic} NEAR/S {topic}", "two")
    if kind == "text" and gist.general:
        what = [name for name in what if name != topic]
    if what or who:
        yield Sketch(" OR ".join([*what, *who]), "any")


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({' OR '.join(names)})"


def _tested(
    sheet: Sheet, lines: Sequence[str], path: Path, settings: Settings, lexicon: Lexicon
) -> tuple[str, Watch] | None:
    """Give the text of a sheet with two tests that pass, and its watch; None where none does.

    The test that must be a hit is one of `lines`.
    """
    bare = _loaded(sheet.text(()), path, settings)
    book = replace(settings.rules, watches=(bare,))
    index, language = Index(book, lexicon), sheet.language or "en"

    def is_hit(line: str) -> bool:
        return bool(index.hits(index.scan(Document(line, language=language))))

    hit = next(filter(is_hit, lines), None)
    miss = next((one for one in _strangers(sheet) if not is_hit(one.text)), None)
    if hit is None or miss is None:
        return None
    text = sheet.text((Trial(hit, hit=True), miss))
    watch = _loaded(text, path, settings)
    return None if list(failing_tests(index, replace(book, watches=(watch,)))) else (text, watch)


def _headlines(sheet: Sheet) -> Iterator[str]:
    """Give texts that could be the test that must be a hit."""
    gist = sheet.gist
    if sheet.kind != "text":
        yield from (line[:1].upper() + line[1:] for line in gist.lines)
        yield from (word for one in gist.what for word in _samples(one.concept.words, sheet))
        return
    yield from (line for line in map(_line, gist.lines) if line)
    yield _line(" ".join(gist.lines))


def _samples(words: object, sheet: Sheet) -> Iterator[str]:
    """Give entries of a concept that can stand as a headline."""
    listed = words if isinstance(words, dict) else {}
    for code in (sheet.language or "en", "any"):
        yield from (entry.strip("=") for entry in listed.get(code, ()) if "*" not in entry)


def _line(text: str) -> str:
    """Give a text as one line that a test can hold, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_LINE else line[:MAX_LINE].rsplit(" ", 1)[0]


def _strangers(sheet: Sheet) -> Iterator[Trial]:
    """Give texts that could be the test that must be none, the nearest first."""
    gist = sheet.gist
    named = (*gist.names, *(word for one in gist.who for word in one.words))
    headlines = _ELSEWHERE.get(sheet.language, _ELSEWHERE["en"])
    if sheet.sketch.kind == "narrowed":
        named = tuple(word for one in gist.what for word in one.words)
    if sheet.sketch.kind in {"both", "narrowed", "either"}:
        said = "has the one side of AND, and nothing of the other"
        yield from (Trial(f"{name}: {line}", said) for name in named for line in headlines)
    if sheet.sketch.kind in {"two", "all"}:
        said = "has one of the words, and no other"
        word = gist.topics[0]
        yield from (Trial(f"{word[:1].upper()}{word[1:]}: {line}", said) for line in headlines)
    said = "has none of the words; put a headline here that a careless rule would take"
    yield from (Trial(line[:1].upper() + line[1:], said) for line in headlines)


def _loaded(text: str, path: Path, settings: Settings) -> Watch:
    """Read a file that is not written yet, as a reload would. Raises `ConfigError`."""
    reading = Reading({})
    document = read(display(path), text.encode())
    name = f"watches/{path.name}"
    watches = read_watches(
        [Found(name, path.stem, document)], set(), settings.rules.concepts, FeedList(), reading
    )
    problems = [*document.problems, *reading.findings.errors]
    if problems:
        raise ConfigError(problems)
    return watches.watches[path.stem]


def _feeds(gist: Gist, language: str, book: RuleBook) -> tuple[Feed, ...]:
    """Give the feeds that could carry a topic, those first that share a tag with its concepts."""
    spoken = {
        code for one in (*gist.what, *gist.who) for code in one.concept.words if code != "any"
    }
    spoken |= {language} - {""}
    tags = {one.concept.id for one in (*gist.what, *gist.who)} | {
        word.lower() for word in gist.names
    }
    fit = [
        feed for feed in book.feeds
        if not spoken or not feed.language or feed.language.partition("-")[0] in spoken
    ]  # fmt: skip
    return tuple(sorted(fit, key=lambda feed: tags.isdisjoint(feed.tags)))
