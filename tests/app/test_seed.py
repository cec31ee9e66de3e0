"""What set-up makes for every first start: complete, used, and never needed or trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.app import seed as seeding
from monitor.app import wiring
from monitor.app.trials import refuse_failing
from monitor.app.wiring import WORDS_FOLDER, in_force, lexicon_of, read_settings
from monitor.core.match import Index
from monitor.language.dictionaries import Dictionaries
from monitor.settings import load, loader, vocabulary
from monitor.settings.scaffold import shipped_config

KEPT = Path("cache", vocabulary.FILE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seed, begun with what set-up has made where it has: the dictionaries need not be loaded."""
    folder = tmp_path_factory.mktemp("seed")
    for path in (loader.SEED / WORDS_FOLDER).glob("*.tsv"):
        (folder / WORDS_FOLDER).mkdir(exist_ok=True)
        (folder / WORDS_FOLDER / path.name).write_bytes(path.read_bytes())
    done = seeding.seed(folder)
    assert {"de", "en", "es", "fr", "it", "pl", "ru", "tr", "uk"} <= set(done.languages)
    assert done.concepts > 100
    assert done.texts > 100
    return folder


@pytest.fixture
def seeded(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The seed in use, and nothing that may work out anew what it holds."""

    def asked(self: Dictionaries, language: str, word: str) -> str:
        raise AssertionError(f"a dictionary was asked for {word} ({language})")

    def read(*_: object, **__: object) -> None:
        raise AssertionError("the vocabulary was read")

    for module in (loader, wiring):
        monkeypatch.setattr(module, "SEED", made)
    monkeypatch.setattr(Dictionaries, "lemma", asked)
    monkeypatch.setattr(vocabulary, "list_folder", read)
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    yield made
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("there", [True, False])
def test_a_first_start_asks_no_dictionary_and_reads_no_vocabulary(
    seeded: Path, tmp_path: Path, there: bool
) -> None:
    data = tmp_path / "data"
    if there:
        data.mkdir()
    settings = read_settings(shipped_config(), {"PARLEY_DATA": str(data)})
    rules = in_force(settings, {})  # the tests of all watches run
    assert list(seeding._items())
    rules.index.prepare(seeding._items())  # the demo's
    for fact in settings.rules.seeds:
        rules.index.denies(fact.text, settings.rules.language)
    assert [path.name for path in data.rglob("*.*")] == [
        path.name for path in data.glob("cache/rules-*.json")
    ]


@pytest.mark.parametrize("damage", [b"", b"\xff" * 100, None])
def test_a_damaged_seed_is_as_good_as_none(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    broken, data = tmp_path / "seed", tmp_path / "data"
    data.mkdir()
    for path in made.rglob("*"):
        if path.is_file():
            copy = broken / path.relative_to(made)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if damage is None:
                copy.mkdir()  # a folder where the file would be
            else:
                copy.write_bytes(damage and path.read_bytes()[:-5] + damage)
    for module in (loader, wiring):
        monkeypatch.setattr(module, "SEED", broken)
    settings = read_settings(shipped_config(), {"PARLEY_DATA": str(data)})
    whole = load(shipped_config(), channel_kinds=wiring.channel_kinds(), env={}, use_cache=False)
    assert settings.rules.concepts == whole.rules.concepts
    assert (data / KEPT).is_file()  # worked out, and kept where it is one's own
    assert dict(lexicon_of(settings).lemmas("en", ["talks"])) == {"talks": "talk"}


def test_a_seed_that_is_whole_is_left_as_it_is(seeded: Path) -> None:
    assert seeding.seed(seeded).texts > 100


def test_where_no_seed_can_be_made_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(seeding, "SEED", tmp_path / "file" / "seed")
    assert seeding.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("no seed was made: ")
    assert str(tmp_path / "file" / "seed") in said


def test_the_tests_of_watches_that_are_off_are_covered(seeded: Path, tmp_path: Path) -> None:
    settings = read_settings(shipped_config(), {"PARLEY_DATA": str(tmp_path / "data")})
    off = replace(settings, rules=replace(settings.rules, watches=settings.off))
    refuse_failing(Index(off.rules, lexicon_of(settings)), off)
