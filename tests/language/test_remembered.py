"""Lemmas are remembered over a restart, and nothing that happens to their file is fatal."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from monitor.language import remembered
from monitor.language.remembered import Remembered, fingerprint


def file_of(folder: Path, language: str = "en") -> Path:
    return folder / f"lemmas-{language}-{fingerprint()}.tsv"


def test_what_was_learned_is_known_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "words"  # made when there is something to write
    first = Remembered("uk", folder)
    assert not folder.exists()
    first.add({"обміну": "обмін", "невідоме": ""})
    first.add({"перемир'я": "перемир'я"})
    known = {"обміну": "обмін", "невідоме": "", "перемир'я": "перемир'я"}
    assert first.known == known
    assert Remembered("uk", folder).known == known
    assert Remembered("ru", folder).known == {}


def test_without_a_folder_words_are_known_until_the_end() -> None:
    words = Remembered("en", None)
    words.add({"talks": "talk"})
    assert words.known == {"talks": "talk"}


@pytest.mark.parametrize("kept", range(1, 60, 3))
def test_a_torn_line_costs_itself_and_at_most_the_next(tmp_path: Path, kept: int) -> None:
    Remembered("en", tmp_path).add({"talks": "talk", "swapped": "swap", "truces": "truce"})
    path = file_of(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])  # the power went while this was written
    again = Remembered("en", tmp_path)
    assert again.known.items() <= {"talks": "talk", "swapped": "swap", "truces": "truce"}.items()
    again.add({"prisoners": "prisoner"})
    again.add({"camps": "camp"})
    last = Remembered("en", tmp_path).known
    assert last["camps"] == "camp"
    assert last.items() <= {**again.known, "prisoners": "prisoner"}.items()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 4096,
        b"\xff\xfe\xfa\n",
        b"talks\ttalk\n",
        b"talks\ttalk\t00000000\n",
        b"a\tb\tc\td\n",
        b"\n\n\t\t\n",
        b"x" * 100_000 + b"\n",
    ],
)
def test_garbage_is_ignored(tmp_path: Path, garbage: bytes) -> None:
    Remembered("en", tmp_path).add({"swaps": "swap"})
    path = file_of(tmp_path)
    path.write_bytes(garbage + b"\n" + path.read_bytes() + garbage)
    words = Remembered("en", tmp_path)
    assert words.known == {"swaps": "swap"}
    words.add({"talks": "talk"})
    words.add({"camps": "camp"})
    assert Remembered("en", tmp_path).known["camps"] == "camp"


def test_a_seed_is_read_first_and_never_written(tmp_path: Path) -> None:
    seed, own = tmp_path / "seed", tmp_path / "words"
    Remembered("en", seed).add({"talks": "talk", "truces": "truce"})
    Remembered("en", own).add({"truces": "own truce"})
    Remembered("de", seed).add({"paare": "paar"})
    before = {path: path.read_bytes() for path in seed.iterdir()}
    words = Remembered("en", own, seed)
    assert words.known == {"talks": "talk", "truces": "own truce"}
    words.add({"camps": "camp"})
    assert {path: path.read_bytes() for path in seed.iterdir()} == before
    assert Remembered("en", own).known == {"truces": "own truce", "camps": "camp"}
    memory = Remembered("en", None, seed)
    memory.add({"camps": "camp"})
    assert memory.known == {"talks": "talk", "truces": "truce", "camps": "camp"}
    assert {path: path.read_bytes() for path in seed.iterdir()} == before


@pytest.mark.parametrize("damage", ["missing", "folder", "garbled", "another version"])
def test_a_seed_that_is_not_right_is_none(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    Remembered("en", tmp_path).add({"talks": "talk"})
    path = file_of(tmp_path)
    whole = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage == "garbled":
        path.write_bytes(whole.replace(b"talk", b"walk"))
    elif damage == "another version":
        path.with_name("lemmas-en-0123456789ab.tsv").write_bytes(whole)
    own = tmp_path / "own"
    with caplog.at_level(logging.INFO):
        words = Remembered("en", own, tmp_path)
    assert words.known == {}
    assert say(caplog) == []
    words.add({"talks": "talk"})
    assert Remembered("en", own).known == {"talks": "talk"}


def append_many(folder: Path, name: str) -> None:
    words = Remembered("en", folder)
    for batch in range(50):
        words.add({f"{name}{batch}x{n}s": f"{name}{batch}x{n}" for n in range(40)})


def test_two_processes_append_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=append_many, args=(tmp_path, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    known = Remembered("en", tmp_path).known
    assert len(known) == 2 * 50 * 40
    assert all(word == f"{lemma}s" for word, lemma in known.items())
    assert len(file_of(tmp_path).read_bytes().splitlines()) == len(known)


def test_an_upgrade_starts_anew_and_clears_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Remembered("en", tmp_path).add({"talks": "talk"})
    Remembered("de", tmp_path).add({"paare": "paar"})
    strangers = [
        tmp_path / "lemmas-en-notes.tsv",
        tmp_path / "parley.db",
        tmp_path / "lemmas-en-0123456789ab.tsv.bak",
    ]
    for stranger in strangers:
        stranger.write_text("keep me")
    old_en, old_de = file_of(tmp_path), file_of(tmp_path, "de")
    monkeypatch.setattr(remembered, "OUR_RULES", remembered.OUR_RULES + 1)
    fingerprint.cache_clear()
    try:
        words = Remembered("en", tmp_path)
        assert words.known == {}
        words.add({"talks": "talk"})
        assert file_of(tmp_path) != old_en
        left = set(tmp_path.iterdir())
    finally:
        fingerprint.cache_clear()
    assert old_en not in left
    assert old_de in left  # until German is asked for
    assert set(strangers) <= left


def test_other_folding_is_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    monkeypatch.setattr(remembered, "fold", lambda text: text.replace("q", "k"))
    fingerprint.cache_clear()
    try:
        assert fingerprint() != before
    finally:
        fingerprint.cache_clear()


def test_the_words_of_a_language_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_WORDS", 4)
    words = Remembered("en", tmp_path)
    words.add({"as": "a", "bs": "b"})
    words.add({"cs": "c", "ds": ""})
    assert set(words.known) == {"as", "bs", "cs", "ds"}
    assert words.of(["as", "ds", "zs"]) == {"as": "a", "ds": ""}  # as is young again, bs is not
    words.add({"es": "e"})
    assert set(words.known) == {"cs", "ds", "as", "es"}
    assert words.of(["bs"]) == {}
    assert set(Remembered("en", tmp_path).known) <= {"as", "bs", "cs", "ds", "es"}


def test_a_word_that_is_asked_for_is_never_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_WORDS", 20)
    words = Remembered("en", tmp_path)
    words.add({"talks": "talk"})
    for number in range(500):
        words.add({f"w{number}s": f"w{number}"})
        assert words.of(["talks"]) == {"talks": "talk"}
        assert len(words.known) <= 20
    assert Remembered("en", tmp_path).known["talks"] == "talk"


def test_a_file_is_bounded_too_and_keeps_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_WORDS", 20)
    for start in range(10):  # each a process that learns little
        words = Remembered("en", tmp_path)
        words.add({f"w{start * 7 + n}s": f"w{start * 7 + n}" for n in range(7)})
        assert len(file_of(tmp_path).read_text().splitlines()) <= 40
        assert f"w{start * 7}s" in Remembered("en", tmp_path).known
    assert [path.name for path in tmp_path.iterdir()] == [file_of(tmp_path).name]
    words.add({"a\tb": "", **{f"x{n}s": f"x{n}" for n in range(45)}})  # more than a file holds
    assert Remembered("en", tmp_path).known == {
        k: v for k, v in words.known.items() if "\t" not in k
    }


def test_threads_ask_and_move_words_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_WORDS", 40)
    words = Remembered("en", None)
    wrong: list[dict[str, str]] = []

    def ask() -> None:
        for number in range(3000):
            found = words.of([f"w{number % 50}s", f"w{(number + 9) % 50}s"])
            if any(word != f"{lemma}s" for word, lemma in found.items()):
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(3000):
        words.add({f"w{number % 50}s": f"w{number % 50}"})
        assert len(words.known) <= 40
    for thread in threads:
        thread.join(30)
    assert wrong == []


@pytest.mark.parametrize("kind", ["device", "pipe", "huge", "dangling"])
@pytest.mark.parametrize("place", ["own", "seed"])
def test_what_is_no_file_of_ours_neither_hangs_nor_fills_memory(
    tmp_path: Path, kind: str, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    own, seed = tmp_path / "own", tmp_path / "seed"
    own.mkdir()
    seed.mkdir()
    path = file_of(own if place == "own" else seed)
    if kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "dangling":
        path.symlink_to(tmp_path / "missing" / "file")
    else:
        Remembered("en", path.parent).add({"swaps": "swap"})
        with path.open("r+b") as file:
            file.truncate(remembered.LARGEST_FILE + 1)  # sparse: it takes no room
    with caplog.at_level(logging.INFO):
        words = Remembered("en", own, seed)
        words.add({"talks": "talk"})
        words.add({"camps": "camp"})
    assert words.known == {"talks": "talk", "camps": "camp"}
    assert len(say(caplog)) == (place == "own")
    if place == "seed":
        assert Remembered("en", own).known == words.known


def test_words_that_would_break_a_line_are_kept_in_memory_only(tmp_path: Path) -> None:
    words = Remembered("en", tmp_path)
    words.add({"a\tb": "", "c\nd": "", "\ud800": "", "talks": "talk"})
    assert len(words.known) == 4
    assert Remembered("en", tmp_path).known == {"talks": "talk"}


def say(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "parley.language"]


def test_a_folder_that_cannot_be_one_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with caplog.at_level(logging.INFO):
        words = Remembered("en", tmp_path / "file" / "words")
        words.add({"talks": "talk"})
        words.add({"swaps": "swap"})
    assert words.known == {"talks": "talk", "swaps": "swap"}
    assert len(say(caplog)) == 1
    assert str(tmp_path / "file" / "words") in say(caplog)[0]


def test_a_file_that_cannot_be_read_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file_of(tmp_path).mkdir()
    with caplog.at_level(logging.INFO):
        words = Remembered("en", tmp_path)
        words.add({"talks": "talk"})
    assert words.known == {"talks": "talk"}
    assert len(say(caplog)) == 1
