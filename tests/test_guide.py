"""The guide to writing watches does what it says: its files, commands, answers, table, mistakes."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app.clock import SystemClock
from monitor.app.trials import failing_tests
from monitor.app.wiring import lexicon_of, read_settings
from monitor.cli.asking import open_desk
from monitor.core.match import Index
from monitor.core.model import Document, ParsedItem
from monitor.core.rules import RuleBook, Watch
from monitor.errors import ConfigError
from monitor.ports import Body, Parsed, Poll
from monitor.settings import Settings
from tests.builders import hits_of
from tests.cli.place import Done, Place

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "watches.md").read_text(encoding="utf-8")
#: kind, what stands behind it (`fails`), body
BLOCKS = re.findall(r"^```(\w*)([^\n]*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
MISTAKES = [body.split("\n", 1) for kind, _, body in BLOCKS if kind == "text"]
TABLE = TEXT.partition("\n## The whole language\n")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| `(.+?)` \| .*? \| (.*?) ?\| ?(.*?) ?\|$", TABLE, re.MULTILINE)
STORED = (
    "Miami Heat near a record in Boston",
    "Record temperatures in Spain, schools closed",
    "Heatwave kills forty in Rome",
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The shipped feeds, and no watch yet."""
    for name in [name for name in os.environ if name.startswith("PARLEY_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path)
    shutil.copy(ROOT / "config" / "feeds.yaml", place.config)
    (place.config / "watches" / "bridge.yaml").unlink()
    (place.config / "baselines" / "start.yaml").unlink()
    return place


def bring(place: Place, name: str, titles: tuple[str, ...]) -> None:
    """Bring items to the desk, as a poll would: the last is the newest, and has the highest number."""
    settings, clock = place.settings, SystemClock()
    place.database.parent.mkdir(exist_ok=True)
    with open_desk(settings, clock, place.database) as opened:
        feed = next(one for one in settings.rules.feeds if one.name == name)
        now = clock.now()
        entries = tuple(
            ParsedItem(f"guid {n}", f"https://example.org/{n}", title, "", now, language="en")
            for n, title in enumerate(reversed(titles))
        )
        body = Body(feed.url, b"", etag='"1"')
        opened.path.ingest(Poll(feed, now, body, Parsed("", entries), first_contact=False), now)


def said(done: Done) -> str:
    return done.out + done.err


def same(wanted: str, got: str) -> bool:
    """Whether an answer is as it was written down; `...` stands for anything, blanks do not count.

    Paths are as they are typed in the guide's folder.
    """
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(wanted, got, flags)


# --- files and commands, in the order of the page ----------------------------------------------


def test_the_way_from_an_empty_file_to_a_tested_watch(desk: Place) -> None:
    bring(desk, "BBC World", STORED)
    files = commands = 0
    for kind, more, body in BLOCKS:
        if kind == "yaml":
            name = re.match(r"# config/(\S+)\n", body)
            assert name, body
            desk.write(name[1], body)
            files += 1
        elif kind == "json":
            (desk.root / "items.jsonl").write_text(body, encoding="utf-8")
        elif kind == "console":
            typed, _, wanted = body.partition("\n")
            assert typed.startswith("$ parley "), typed
            done = desk.cli(*shlex.split(typed[2:])[1:])
            assert (done.code == 0) == (more.strip() != "fails"), typed + said(done)
            assert same(wanted, said(done)), f"{typed}\n{said(done)}"
            commands += 1
    assert (files, commands) > (6, 12)


def test_every_block_of_the_page_is_of_a_kind_that_is_tested() -> None:
    assert {kind for kind, _, _ in BLOCKS} == {"yaml", "json", "console", "text"}


# --- the table ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Settings:
    return read_settings(ROOT / "config", {})


def taken(query: str, title: str, settings: Settings) -> bool:
    book = replace(settings.rules, watches=(Watch("one", "One", query),))
    index = Index(book, lexicon_of(settings))
    document = Document(
        title, language=index.language_of("", title), content="It came by lorry.", author="Ada Reed",
        categories=("Politics",), link="https://example.org/live/1", feed="BBC World",
        publisher="bbc", tier=1,
    )  # fmt: skip
    return bool(hits_of(index, document))


@pytest.mark.parametrize(("query", "takes", "leaves"), ROWS)
def test_each_row_of_the_table_takes_and_leaves_what_it_says(
    query: str, takes: str, leaves: str, shipped: Settings
) -> None:
    assert takes or leaves
    assert not takes or taken(query, takes, shipped)
    assert not leaves or not taken(query, leaves, shipped)


def test_the_table_is_whole() -> None:
    queries = " ".join(query for query, _, _ in ROWS)
    assert len(ROWS) == len([line for line in TABLE.splitlines() if line.startswith("| `")])
    for piece in (
        "$", "=", "*", '"', "/", "NEAR/3", "NEAR/S", "AND", "OR", "NOT", "(", ",",
        *(f"{name}:" for name in ("title", "summary", "content", "author", "category", "link",
                                  "feed", "language", "tier", "source", "publisher")),
    ):  # fmt: skip
        assert piece in queries


# --- mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "wanted"), MISTAKES)
def test_a_mistake_is_told_as_it_stands_there(typed: str, wanted: str, desk: Place) -> None:
    desk.write(
        "watches/heat.yaml", f"title: Heat\n{typed}\nconcepts:\n  heatwave: {{en: [heat]}}\n"
    )
    with pytest.raises(ConfigError) as refused:
        read_settings(Path("config"), {})
    told = "\n".join(problem.told for problem in refused.value.problems)
    assert told == wanted.rstrip("\n")


# --- examples that are switched off ------------------------------------------------------------


def examples(settings: Settings) -> RuleBook:
    return replace(settings.rules, watches=settings.off)


def test_the_examples_are_off_and_their_tests_pass(shipped: Settings) -> None:
    assert {watch.id for watch in shipped.off} >= {
        "example-election", "example-outbreak", "example-company"
    }  # fmt: skip
    assert not {watch.id for watch in shipped.off} & {w.id for w in shipped.rules.watches}
    book = examples(shipped)
    assert list(failing_tests(Index(book, lexicon_of(shipped)), book)) == []


def test_each_example_teaches_in_many_languages_and_by_hard_negatives(shipped: Settings) -> None:
    for watch in shipped.off:
        assert len({test.language for test in watch.tests}) >= 4
        assert sum(test.hit for test in watch.tests) >= 8
        assert sum(not test.hit for test in watch.tests) >= 4
        assert len({code for one in watch.concepts.values() for code in one.words}) >= 4
        assert f"(../config/{watch.file})" in TEXT
