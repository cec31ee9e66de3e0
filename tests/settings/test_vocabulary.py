"""The checked form of the shipped vocabulary: used only while it is right, never needed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.core.rules import Concept
from monitor.errors import ConfigError
from monitor.settings import loader, vocabulary
from monitor.settings.shelf import checksum
from monitor.settings.vocabulary import FILE
from tests.settings.home import Home

SHIPPED = """\
concepts:
  calm: {about: no shots, side: nobody, recurs: true, en: [calm, =quiet], uk: [тиша]}
  lull: {query: [$calm NEAR/3 front, calm AND still]}
"""


@pytest.fixture
def kept(home: Home, tmp_path: Path) -> Path:
    """The file of the checked form; the data folder that it is in is there already."""
    home.lexicon.joinpath("base.yaml").write_text(SHIPPED, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    home.edit("parley.yaml", "./data", str(data))
    return data / "cache" / FILE


def concepts(home: Home, *, use_cache: bool = True) -> Mapping[str, Concept]:
    return home.load(use_cache=use_cache).rules.concepts


def files(kept: Path) -> list[str]:
    """What is in the folder, beside what `kept` keeps of the rules."""
    return [path.name for path in kept.parent.iterdir() if not path.name.startswith("rules-")]


def poisoned(kept: Path, rows: object) -> None:
    """Write a file of the right key and checksum that says something else."""
    key = kept.read_bytes().split()[0].decode()
    body = json.dumps(rows).encode()
    kept.write_bytes(f"{key} {checksum(body)}\n".encode() + body)


def test_what_is_kept_is_what_was_read(home: Home, kept: Path) -> None:
    first = concepts(home)
    assert kept.is_file()
    assert files(kept) == [FILE]
    assert concepts(home) == first == concepts(home, use_cache=False)
    assert first["calm"].words == {"en": ("calm", "=quiet"), "uk": ("тиша",)}
    assert first["lull"].query == "($calm NEAR/3 front) OR (calm AND still)"


def test_what_is_kept_is_used(home: Home, kept: Path) -> None:
    concepts(home)
    poisoned(kept, [["calm", "", {"en": ["kept"]}, "", False, ""]])
    assert concepts(home)["calm"].words == {"en": ("kept",)}
    assert "lull" not in concepts(home)


def test_a_change_of_a_file_or_its_name_makes_it_anew(home: Home, kept: Path) -> None:
    concepts(home)
    file = home.lexicon / "base.yaml"
    file.write_text(SHIPPED.replace("=quiet", "=still"), encoding="utf-8")
    assert concepts(home)["calm"].words["en"] == ("calm", "=still")
    before = kept.read_bytes()
    file.rename(home.lexicon / "other.yaml")
    concepts(home)
    assert kept.read_bytes() != before
    home.lexicon.joinpath("more.yaml").write_text("concepts: {oslo: {en: [oslo]}}\n")
    assert "oslo" in concepts(home)


@pytest.mark.parametrize(
    "rows",
    [
        {}, 7, [7], [[]], [["a"]], [["a", "", {}, "", False]], [["a", "", {}, "", 0, ""]],
        [["a", "", {"en": "x"}, "", False, 1]], [["a", "", {"en": [1]}, "", False, ""]],
        [["a", "", {"en": "xy"}, "", False, ""]], [["a", "", {"en": None}, "", False, ""]], None,
    ],
)  # fmt: skip
def test_another_shape_is_made_anew(home: Home, kept: Path, rows: object) -> None:
    right = concepts(home)
    whole = kept.read_bytes()
    poisoned(kept, rows)
    assert concepts(home) == right
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "nothing", "folder", "binary"])
def test_a_damaged_file_is_made_anew(home: Home, kept: Path, damage: str) -> None:
    right = concepts(home)
    whole = kept.read_bytes()
    if damage == "folder":
        kept.unlink()
        kept.mkdir()
    elif damage == "nothing":
        kept.unlink()
    else:
        kept.write_bytes(
            {
                "empty": b"",
                "cut": whole[:-9],
                "flipped": whole.replace(b"calm", b"balm"),
                "binary": os.urandom(4000),
            }[damage]
        )
    assert concepts(home) == right
    if damage != "folder":
        assert kept.read_bytes() == whole
    assert files(kept) == [FILE]


def test_nothing_is_kept_where_there_is_no_data_folder_or_it_is_a_file(
    home: Home, kept: Path
) -> None:
    data = kept.parent.parent
    data.rmdir()
    right = concepts(home)
    assert not data.exists()
    data.write_text("a file")
    assert concepts(home) == right
    data.unlink()
    data.mkdir()
    (data / "cache").write_text("a file where the folder would be")
    assert concepts(home) == right


def test_nothing_is_kept_where_the_folder_cannot_be_written(home: Home, kept: Path) -> None:
    data = kept.parent.parent
    if os.geteuid() == 0:  # root may write in every folder but those that the kernel makes up
        data.rmdir()
        data.symlink_to("/proc/self/fdinfo")
        with pytest.raises(OSError, match="cache"):
            kept.parent.mkdir()
        assert "calm" in concepts(home)
        assert not kept.parent.exists()
        return
    data.chmod(0o500)
    try:
        assert "calm" in concepts(home)
        assert list(data.iterdir()) == []
    finally:
        data.chmod(0o700)


def test_a_vocabulary_that_is_wrong_is_said_at_every_start_and_never_kept(
    home: Home, kept: Path
) -> None:
    home.lexicon.joinpath("base.yaml").write_text("concepts: {calm: {en: ['--']}}\n")
    for _ in range(2):
        assert "holds no word to look for" in home.only()
    with pytest.raises(FileNotFoundError):
        kept.read_bytes()


def test_what_set_up_kept_is_used_where_the_data_folder_has_nothing_right(
    home: Home, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = concepts(home)
    seed = tmp_path / "seed"
    monkeypatch.setattr(loader, "SEED", seed)
    (seed / "cache").mkdir(parents=True)
    poisoned(kept, [["calm", "", {"en": ["seeded"]}, "", False, ""]])
    kept.rename(seed / "cache" / FILE)
    assert concepts(home)["calm"].words == {"en": ("seeded",)}
    assert not kept.exists()  # what set-up has is not kept twice
    assert concepts(home, use_cache=False) == right
    kept.write_bytes((seed / "cache" / FILE).read_bytes()[:-3])
    assert concepts(home)["calm"].words == {"en": ("seeded",)}
    shutil.rmtree(kept.parent.parent)
    assert concepts(home)["calm"].words == {"en": ("seeded",)}  # no data folder is needed


def test_the_data_folder_comes_before_the_seed_and_a_change_before_both(
    home: Home, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    concepts(home)
    whole = kept.read_bytes()
    seed = tmp_path / "seed" / "cache" / FILE
    seed.parent.mkdir(parents=True)
    monkeypatch.setattr(loader, "SEED", tmp_path / "seed")
    poisoned(kept, [["calm", "", {"en": ["seeded"]}, "", False, ""]])
    kept.rename(seed)
    kept.write_bytes(whole)
    assert concepts(home)["calm"].words["en"] == ("calm", "=quiet")
    file = home.lexicon / "base.yaml"
    file.write_text(SHIPPED.replace("=quiet", "=still"), encoding="utf-8")
    before = seed.read_bytes()
    assert concepts(home)["calm"].words["en"] == ("calm", "=still")
    assert seed.read_bytes() == before
    assert kept.read_bytes() != whole


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", None])
def test_a_damaged_seed_is_none(
    home: Home, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    seed = tmp_path / "seed" / "cache" / FILE
    seed.parent.mkdir(parents=True)
    monkeypatch.setattr(loader, "SEED", tmp_path / "seed")
    right = concepts(home)
    whole = kept.read_bytes()
    if damage is None:
        seed.mkdir()
    else:
        seed.write_bytes(whole[: len(whole) // 2] + damage)
    kept.unlink()
    assert concepts(home) == right
    assert kept.read_bytes() == whole


def test_another_date_of_the_code_changes_nothing(
    home: Home, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code.py"
    code.write_text("right = 1\n")
    monkeypatch.setattr(vocabulary, "_CODE", (code,))
    concepts(home)
    whole = kept.read_bytes()
    os.utime(code, (1, 1))  # an image's layer rounds dates
    concepts(home)
    assert kept.read_bytes() == whole
    code.write_text("right = 2\n")
    concepts(home)
    assert kept.read_bytes() != whole


def test_the_places_of_what_users_write_are_exact_beside_it(home: Home, kept: Path) -> None:
    concepts(home)
    assert kept.is_file()
    home.write("concepts/more.yaml", "concepts:\n  a: {query: $clam}\n")
    with pytest.raises(ConfigError) as caught:
        concepts(home)
    [problem] = caught.value.problems
    assert (problem.line, problem.column, problem.hint) == (2, 14, "did you mean $calm?")
