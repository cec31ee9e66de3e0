"""The text of a new watch: YAML with comments that say what each line does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill, wrap

from monitor.app.gist import Gist, Met
from monitor.core.model import Feed
from monitor.core.text import clean_line
from monitor.notify.wording import language_name

#: Width of the file, in characters; feeds and concepts that are listed of each kind.
WIDTH, FEEDS, ABOUT = 110, 8, 90
_PLAIN = re.compile(r"[^\W\d_](?:[^\W_]|[ -])*")
_TYPED = frozenset("true false null yes no on off".split())
_MEANING = {
    "both": "A hit has something of the topic AND a name, anywhere in its title and summary.",
    "narrowed": "A hit has one of the concepts AND a word of its own. For any of them write OR.",
    "two": "A hit has two words of the topic in one sentence (NEAR/S): one alone says too little.",
    "either": "A hit has two words of the topic in one sentence (NEAR/S), or the topic AND a name.",
    "any": "A hit has any one of them. Where that is too much, join two by AND.",
    "all": "A hit has each of these words, in any inflected form. For any one of them write OR.",
}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A query, and what it asks for.

    `both`: a topic and a name; `narrowed`: a concept and a word; `two` words; `either` of `two` and
    `both`; `any` or `all` words.
    """

    query: str
    kind: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A test of the new watch; `said` is the comment on it."""

    text: str
    said: str = ""
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the file says. `kind` is what it was made of: `words`, `text` or `name`.

    `names_in_all` says that names are written alike in every language, `schema` that editors find
    one beside the file; `ids` are those of the concepts of its own, topic and names.
    """

    name: str
    title: str
    language: str
    kind: str
    gist: Gist
    sketch: Sketch
    feeds: Sequence[Feed]
    names_in_all: bool = False
    schema: bool = True
    ids: tuple[str, str] = ("own-words", "own-names")

    def text(self, trials: Sequence[Trial]) -> str:
        """Give the file with these tests."""
        return "\n".join((*self._head(), *self._query(), *self._concepts(), *self._tests(trials),
                          *self._carriers())) + "\n"  # fmt: skip

    def _head(self) -> Iterator[str]:
        if self.schema:
            yield "# yaml-language-server: $schema=../schema/watch.json"
        language = language_name(self.language) or self.language
        of = {"name": "its name alone", "words": "a list of words", "text": "a text"}[self.kind]
        yield from _comment(
            f"Begun by `parley new {self.name}` from {of}{f' in {language}' if language else ''}."
            " Every line may be changed; a running daemon takes what is saved, within seconds."
        )
        yield "version: 1"
        yield f"title: {_scalar(self.title)}"
        yield ""

    def _query(self) -> Iterator[str]:
        yield from _comment("What to look for. AND, OR, NOT in capitals, ( ) groups.")
        yield from _comment(_MEANING[self.sketch.kind])
        for one in (*self.gist.what, *self.gist.who):
            here = f" (here: {', '.join(one.words)})" if one.words else ""
            about = clean_line(one.concept.about, ABOUT) or "a concept of the vocabulary"
            yield from _comment(f"  ${one.concept.id}  {about}{here}")
        if self.gist.beside:
            listed = ", ".join(map(_met, self.gist.beside))
            yield from _comment(
                f"Also in the text, and not asked for: {listed}."
                " `parley concepts show NAME` says what each of them finds."
            )
        if self.gist.taken_by:
            yield from _comment(f"The text is taken already by: {', '.join(self.gist.taken_by)}.")
        if self.kind == "name":
            yield from _comment(
                'Other ways: "words in this order", cease* (a beginning), $concept.'
            )
        yield f"query: {self.sketch.query}"
        yield ""

    def _concepts(self) -> Iterator[str]:
        gist = self.gist
        if self.kind == "name" or not (gist.topics or gist.names):
            return
        yield from _comment(
            "Words of its own. Each is found in its inflected forms too; =word only as it stands,"
            " word* with any ending. Add the other languages of your feeds, a line each; what all"
            " languages write alike stands under `any`."
        )
        yield "concepts:"
        code = self.language or "any"
        if gist.topics:
            yield from _concept(self.ids[0], "what it is about", code, gist.topics)
        if gist.names:
            names = "any" if self.names_in_all else code
            yield from _concept(self.ids[1], "who, and where", names, gist.names)
        yield ""

    def _tests(self, trials: Sequence[Trial]) -> Iterator[str]:
        if not trials:
            return
        yield from _comment(
            "Headlines that it is tested with, by `parley check`. Put real ones here: some that you"
            " expect, and some that a careless rule would take."
        )
        yield "tests:"
        code = self.language or "en"
        for one in trials:
            if one.said:
                yield f"  # {one.said}"
            text, hit = json.dumps(one.text, ensure_ascii=False), "true" if one.hit else "false"
            yield f"  - {{text: {text}, lang: {code}, hit: {hit}}}"

    def _carriers(self) -> Iterator[str]:
        """List the feeds that could carry it, by language."""
        yield ""
        if not self.feeds:
            yield from _comment("No feed of feeds.yaml speaks its language: add one there.")
            return
        yield from _comment(
            "Feeds of feeds.yaml that could carry it, by language, with their tags:"
        )
        by_language: dict[str, list[Feed]] = {}
        for feed in self.feeds:
            by_language.setdefault(feed.language or "-", []).append(feed)
        for code, feeds in by_language.items():
            named = [_feed(feed) for feed in feeds[:FEEDS]]
            more = f" and {len(feeds) - FEEDS} more" if len(feeds) > FEEDS else ""
            yield from _comment(f"  {code}  {', '.join(named)}{more}")


def _concept(name: str, about: str, code: str, entries: Sequence[str]) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    about: {about}"
    yield fill(
        f"{code}: [{', '.join(map(_scalar, entries))}]", WIDTH, initial_indent=" " * 4,
        subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _scalar(text: str) -> str:
    """Give a text as YAML: plain where it is a word or some, else in quotation marks."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and text.lower() not in _TYPED:
        return text
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> Iterator[str]:
    """Give a comment in lines; a list in it keeps its indentation."""
    indent = " " * (len(text) - len(text.lstrip()))
    lines = wrap(
        text.strip(), WIDTH - 2 - len(indent), subsequent_indent="  " if indent else "",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    yield from (f"# {indent}{line}" for line in lines)


def _met(one: Met) -> str:
    return f"${one.concept.id} ({', '.join(one.words)})"


def _feed(feed: Feed) -> str:
    return f"{clean_line(feed.name, ABOUT)}{f' ({chr(32).join(feed.tags)})' if feed.tags else ''}"
