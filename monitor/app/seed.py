"""`python -m monitor.app.seed`: what a first start would work out, made once by set-up.

A start in an empty data folder checks the shipped vocabulary and asks the dictionaries of nine
languages for the lemmas of its words: some ten seconds. Set-up keeps both beside the program, as
the data folder would keep them, and every data folder of this installation starts from there.
Nothing in it is needed or trusted: what is missing, damaged or of another version is worked out
where it is asked for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.app.wiring import WORDS_FOLDER, read_settings
from monitor.core.match import Index
from monitor.core.model import Document
from monitor.core.rules import RuleBook
from monitor.errors import CommandError, ParleyError
from monitor.language import SimplemmaLexicon
from monitor.settings.kept import RULES_FILES
from monitor.settings.loader import CACHE_FOLDER, LEXICON, SEED
from monitor.settings.reading import Reading
from monitor.settings.scaffold import shipped_config
from monitor.settings.vocabulary import FILE, read_vocabulary

PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seed covers: its languages, and how many concepts and texts."""

    languages: tuple[str, ...]
    concepts: int
    texts: int


def seed(folder: Path) -> Seeded:
    """Make a seed, or bring one up to date: seconds of CPU where words are new.

    Raises `ConfigError` where the shipped configuration is wrong, `CommandError` where the folder
    cannot be written or the installation lacks its configuration.
    """
    try:
        (folder / CACHE_FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {error.strerror}") from error
    read_vocabulary(LEXICON, Reading({}), folder / CACHE_FOLDER)
    settings = read_settings(shipped_config(), {"PARLEY_DATA": str(folder)})
    lexicon = SimplemmaLexicon(folder / WORDS_FOLDER)
    on = settings.rules
    off = replace(on, watches=settings.off, seeds=())  # `check` runs the tests of these too
    items = list(_items())
    texts = [*items, *_said_in(on), *_said_in(off)]
    Index(on, lexicon).prepare([*items, *_said_in(on)])
    Index(off, lexicon).prepare([*items, *_said_in(off)])
    for kept in (folder / CACHE_FOLDER).glob(RULES_FILES):
        kept.unlink()  # of the shipped configuration where it lies: people start from copies of it
    made = (folder / CACHE_FOLDER / FILE, folder / WORDS_FOLDER)
    if not all(path.exists() for path in made):
        raise CommandError(f"{folder} cannot be written")
    languages = tuple(sorted({text.language for text in texts}))
    return Seeded(languages, len(on.concepts), len(texts))


def _said_in(book: RuleBook) -> Iterator[Document]:
    """Give the tests of watches, and the facts of baselines.

    Reading any text of a language asks for the lemmas of all words that are listed for it.
    """
    for watch in book.watches:
        for test in watch.tests:
            yield Document(test.text, language=test.language)
    for fact in book.seeds:
        yield Document(fact.text, language=book.language)


def _items() -> Iterator[Document]:
    """Give the items that come with the program, such as the demo's, as `replay` reads them."""
    for path in sorted(PACKAGE.glob("*/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            yield Document(item["title"], item["summary"], language=item["lang"])


def main() -> int:
    """Make the seed of this installation. Gives the exit code: 1 where it cannot be made."""
    try:
        made = seed(SEED)
    except (ParleyError, OSError) as error:
        sys.stderr.write(f"no seed was made: {error}\n")
        return 1
    languages = ", ".join(made.languages)
    sys.stdout.write(f"seed: {made.concepts:,} concepts, {made.texts:,} texts; {languages}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
