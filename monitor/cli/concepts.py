"""`parley concepts`: the vocabulary: what there is, what one finds, what finds a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    config_option,
    json_option,
    many,
    near,
    print_json,
    print_table,
    reading_if_there,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.app.glossary import Definition, Place, Uses
    from monitor.app.lookup import Meeting
    from monitor.core.rules import Concept
    from monitor.core.words import Lexicon
    from monitor.settings import Settings

#: Entries of a language of which lemma and stem are shown, and forms met in stored items.
INFLECTED, FORMS = 12, 40
#: Stored items in which forms are looked for: those of so many days, and not more than so many.
SEEN_DAYS, SEEN_ITEMS = 30, 5_000
#: Width of folded lists of words, in characters.
WIDTH = 100
_ANY = "any"


@click.group("concepts", invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, config_dir: Path, as_json: bool) -> None:
    """Show the vocabulary that queries name with $. Without a further word: list."""
    if ctx.invoked_subcommand is None:
        _list(config_dir, as_json=as_json)


@command.command("list")
@config_option
@json_option
def list_(config_dir: Path, as_json: bool) -> None:
    """List all concepts: what each means, how many words it has, who rests on it."""
    _list(config_dir, as_json=as_json)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, config_dir: Path, as_json: bool) -> None:
    """Show where NAME is from, its languages and its query, and who rests on it."""
    from monitor.app.glossary import places_of, uses_of

    settings = settings_of(config_dir)
    found = [
        (one, places_of(one, settings), uses_of(one, settings.rules))
        for one in _named(settings, name)
    ]
    if as_json:
        print_json([
            {**_as_json(one), "places": [asdict(place) for place in places], **_used(uses)}
            for one, places, uses in found
        ])  # fmt: skip
        return
    for number, (one, places, uses) in enumerate(found):
        concept = one.concept
        click.echo(("\n" if number else "") + _title(one))
        rows = [("from", _where(places))]
        counts = ", ".join(f"{code} {len(words)}" for code, words in _by_language(concept))
        rows.append(("words", f"{one.words:,}: {counts}" if counts else "none of its own"))
        if concept.query:
            rows.append(("query", _one_line(concept.query)))
        if concept.side:
            rows.append(("names of", concept.side))
        if concept.id.startswith("act-"):
            rows.append(("act", "looked for in every title" + _again(concept)))
        rows.append(("concepts on it", ", ".join(f"${name}" for name in uses.concepts) or "none"))
        rows.append(("watches on it", ", ".join(uses.watches) or "none"))
        if uses.through:
            rows.append(("through others", ", ".join(uses.through)))
        print_table(("", ""), rows)


@command.command("expand")
@click.argument("name")
@click.option("--lang", "language", help="Entries of this language only, and what they meet.")
@config_option
@json_option
def expand(name: str, language: str | None, config_dir: Path, as_json: bool) -> None:
    """List every entry of NAME, and of all concepts that its query rests on.

    With --lang also the lemma and stem by which entries meet other forms, and the forms that were
    met in the stored items of the last thirty days.
    """
    from monitor.app.glossary import components
    from monitor.app.wiring import lexicon_of

    settings = settings_of(config_dir)
    language = _code(language)
    lexicon = lexicon_of(settings)
    answers = []
    for one in _named(settings, name):
        tree = list(components(one, settings.rules))
        keys = _keys([concept for concept, _ in tree], language, lexicon) if language else []
        seen = _seen(settings, one, language, lexicon) if language else None
        answers.append((one, tree, keys, seen))
    if as_json:
        print_json([
            {
                **_as_json(one),
                "rests_on": [_component(concept, parent, language) for concept, parent in tree],
                "inflected": [
                    {"entry": entry, "lemma": lemma, "stem": stem} for entry, lemma, stem in keys
                ],
                "met_in_items": dict(seen[1]) if seen else None,
            }
            for one, tree, keys, seen in answers
        ])  # fmt: skip
        return
    for one, tree, keys, seen in answers:
        _show_tree(one, tree, language)
        if keys:
            click.echo(f"\nOther forms are met by lemma and stem, for example ({language}):")
            shown = [[cell or "-" for cell in key] for key in keys]
            print_table(("entry", "lemma", "stem"), shown)
        if seen:
            _show_seen(language or "", *seen)


@command.command("find")
@click.argument("word")
@click.option("--lang", "language", help="Read it as this language; all that fit by default.")
@config_option
@json_option
def find(word: str, language: str | None, config_dir: Path, as_json: bool) -> None:
    """Say which concepts find WORD (or several words), by which entry and by which form."""
    from monitor.app.glossary import definitions
    from monitor.app.lookup import languages_for, meetings
    from monitor.app.wiring import lexicon_of

    settings = settings_of(config_dir)
    known = definitions(settings)
    code = _code(language)
    languages = (code,) if code else languages_for(word, known)
    try:
        found = meetings(word, known, languages, lexicon_of(settings))
    except ValueError as error:
        raise click.UsageError(f"{word!r} cannot be looked for: {error}") from None
    if as_json:
        print_json({
            "word": word, "languages": languages, "found": [asdict(one) for one in found]
        })  # fmt: skip
        return
    _show_meetings(word, found)


# --- list ------------------------------------------------------------------------------------


def _list(config_dir: Path, *, as_json: bool) -> None:
    from monitor.app.glossary import definitions, uses_of

    settings = settings_of(config_dir)
    found = [(one, uses_of(one, settings.rules)) for one in definitions(settings)]
    if as_json:
        print_json([{**_as_json(one), **_used(uses)} for one, uses in found])
        return
    rows = [
        (
            f"${one.concept.id}", one.watch or one.origin, len(one.concept.words), one.words,
            "yes" if one.concept.query else "", len(uses.concepts) or "",
            ", ".join((*uses.watches, *(f"({name})" for name in uses.through))),
            one.concept.about,
        )
        for one, uses in found
    ]  # fmt: skip
    print_table(
        ("concept", "from", "languages", "words", "query", "concepts", "watches", "about"), rows
    )
    click.echo(
        f"\n{many(len(found), 'concept')}. concepts: how many rest on it; watches: those that name "
        "it, in brackets those that rest on it through others."
    )


def _named(settings: Settings, name: str) -> list[Definition]:
    """Give the concepts of a name: the shared one, and those that watches keep to themselves."""
    from monitor.app.glossary import definitions

    known = definitions(settings)
    wanted = name.removeprefix("$")
    found = [one for one in known if one.concept.id == wanted]
    if not found:
        ids = sorted({one.concept.id for one in known})
        raise click.UsageError(f"there is no concept {wanted!r}{near(wanted, ids)}")
    return found


def _code(language: str | None) -> str | None:
    """Give the primary tag of a language, as words are filed under it. Raises a usage error."""
    if language is None:
        return None
    code = language.strip().lower().replace("_", "-").partition("-")[0]
    if not (2 <= len(code) <= 3 and code.isascii() and code.isalpha()):
        raise click.UsageError(f"{language!r} is no language: write two letters such as de, uk, tr")
    return code


def _title(one: Definition) -> str:
    owner = f" (of the watch {one.watch} alone)" if one.watch else ""
    return f"${one.concept.id}{owner}" + (f": {one.concept.about}" if one.concept.about else "")


def _where(places: Sequence[Place]) -> str:
    """Give the places of a concept: `concepts/own.yaml:3, which adds to shipped, lexicon/...`."""
    from monitor.app.glossary import SHIPPED

    return ", which adds to ".join(
        f"{'shipped, lexicon/' if place.origin == SHIPPED else ''}{place.file}:{place.line}"
        for place in places
    )


def _again(concept: Concept) -> str:
    return "; news each time it happens again" if concept.recurs else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _by_language(concept: Concept) -> Iterator[tuple[str, Sequence[str]]]:
    """Give the entries by language, those valid in all of them last."""
    yield from sorted(concept.words.items(), key=lambda pair: (pair[0] == _ANY, pair[0]))


def _as_json(one: Definition) -> dict[str, object]:
    concept = one.concept
    return {
        "concept": concept.id, "about": concept.about, "from": one.origin,
        "watch": one.watch or None, "words": one.words,
        "languages": {code: len(words) for code, words in _by_language(concept)},
        "query": _one_line(concept.query) or None, "side": concept.side or None,
    }  # fmt: skip


def _used(uses: Uses) -> dict[str, object]:
    return {"used_by": asdict(uses)}


# --- expand ----------------------------------------------------------------------------------


def _component(concept: Concept, parent: str, language: str | None) -> dict[str, object]:
    return {
        "concept": concept.id, "named_by": parent or None, "about": concept.about,
        "query": _one_line(concept.query) or None,
        "words": dict(_entries(concept, language)),
    }  # fmt: skip


def _entries(concept: Concept, language: str | None) -> Iterator[tuple[str, Sequence[str]]]:
    for code, words in _by_language(concept):
        if language is None or code in {language, _ANY}:
            yield code, words


def _show_tree(one: Definition, tree: Sequence[tuple[Concept, str]], language: str | None) -> None:
    for concept, parent in tree:
        if parent:
            about = f": {concept.about}" if concept.about else ""
            click.echo(f"\n${concept.id}, which ${parent} names{about}")
        else:
            click.echo(_title(one))
        listed = list(_entries(concept, language))
        for code, words in listed:
            click.echo(_folded(f"  {code:<5}", ", ".join(words)))
        if concept.query:
            click.echo(_folded("  query  ", _one_line(concept.query)))
        if language and not concept.query and language not in concept.words:
            click.echo(f"  no entry of {language}")


def _folded(head: str, text: str) -> str:
    return fill(
        text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _keys(
    concepts: Sequence[Concept], language: str, lexicon: Lexicon
) -> list[tuple[str, str, str]]:
    """Give entry, lemma and stem of the first words of a language that inflect."""
    from monitor.app.lookup import inflecting

    words = list(dict.fromkeys(word for one in concepts for word in inflecting(one, language)))
    words = words[:INFLECTED]
    lemmas = lexicon.lemmas(language, words)
    stems = lexicon.stems(language, words)
    return [(word, lemmas.get(word, ""), stem) for word, stem in zip(words, stems, strict=True)]


def _seen(
    settings: Settings, one: Definition, language: str, lexicon: Lexicon
) -> tuple[int, Counter[str]] | None:
    """Count the words of stored items that a concept finds; None where there is no database."""
    from monitor.app.clock import SystemClock
    from monitor.app.glossary import watch_for
    from monitor.app.lookup import forms_met
    from monitor.core.match import Index
    from monitor.core.model import Document

    book = replace(settings.rules, watches=(watch_for(one, settings.rules),))
    with reading_if_there(settings) as reader:
        if reader is None:
            return None
        since = SystemClock().now() - timedelta(days=SEEN_DAYS)
        held = reader.items_since(since, reader.newest_item(), ())
        items = (each.stored.item for each in held)
        documents = (
            Document(item.title, item.summary, language=item.language)
            for item in items
            if item.language == language
        )
        return forms_met(islice(documents, SEEN_ITEMS), Index(book, lexicon))


def _show_seen(language: str, items: int, forms: Counter[str]) -> None:
    what = f"{many(items, 'stored item')} of {language} of the last {SEEN_DAYS} days"
    if not forms:
        click.echo(f"\nMet in {what}: nothing")
        return
    listed = ", ".join(f"{form} ({n})" if n > 1 else form for form, n in forms.most_common(FORMS))
    more = f" and {len(forms) - FORMS} more" if len(forms) > FORMS else ""
    click.echo(f"\nMet in {what}:")
    click.echo(_folded("  ", listed + more))


# --- find ------------------------------------------------------------------------------------


def _show_meetings(word: str, found: Sequence[Meeting]) -> None:
    whole = [one for one in found if one.whole]
    parts = [one for one in found if not one.whole]
    if not found:
        click.echo(f"No concept finds {word}.")
        return
    heads = ("concept", "language", "entry", "by")
    if whole:
        click.echo(f"{word} is enough for:")
        print_table(heads, map(_row, whole))
    if parts:
        click.echo(("\n" if whole else "") + f"{word} is a part of an entry or a query of:")
        print_table(heads, map(_row, parts))


def _row(one: Meeting) -> tuple[str, str, str, str]:
    owner = f" ({one.watch})" if one.watch else ""
    by = f"{one.key} {one.by}" if one.by else one.key
    return f"${one.concept}{owner}", one.language, one.entry, by
