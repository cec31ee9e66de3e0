"""Dictionaries in compressed pages answer as simplemma's own do, in a fraction of the memory."""

from __future__ import annotations

import logging
import lzma
import random
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from simplemma.strategies.dictionaries import frontcode
from simplemma.strategies.dictionaries.dictionary_factory import (
    DATA_FOLDER,
    DefaultDictionaryFactory,
)
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

from monitor.language import dictionaries as dictionaries_room
from monitor.language.dictionaries import Dictionaries, Loaded
from monitor.language.packed import BLOCKS, RECORDS, Packed, UnknownFormError

PAGE = BLOCKS * RECORDS
LETTERS = "abcdeé\u0142\u0436ы\U0001f54a"


def number(value: int) -> bytes:
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + number(high) if high else bytes([low])


def stream(lemmas: Mapping[str, str], *, backwards: bool = False) -> bytes:
    """Give a dictionary in simplemma's form, which simplemma itself must read."""
    step = -1 if backwards else 1
    rows = sorted((w.encode()[::step], lemma.encode()[::step]) for w, lemma in lemmas.items())
    parts = [b"SMFC1", bytes([backwards]), number(len(rows))]
    before, lemma_before = b"", b""
    for word, lemma in rows:
        shared = next((i for i, (a, b) in enumerate(zip(word, before, strict=False)) if a != b), -1)
        shared = min(len(word), len(before)) if shared < 0 else shared
        parts += [number(shared), number(len(word) - shared), word[shared:]]
        if lemma == lemma_before:
            parts.append(bytes([254]))
        elif word and lemma[:-1] == word[:-1]:
            parts += [b"\x01", number(1), lemma[-1:]]
        else:
            parts += [bytes([255]), number(len(lemma)), lemma]
        before, lemma_before = word, lemma
    data = b"".join(parts)
    told = {w.encode(): lemma.encode() for w, lemma in lemmas.items()}
    assert frontcode._decode_stream(data) == told
    return data


def file_with(folder: Path, data: bytes) -> Path:
    path = folder / "xx.plzma"
    path.write_bytes(lzma.compress(data))
    return path


def some(count: int) -> dict[str, str]:
    chance = random.Random(count)
    words = {"".join(chance.choices(LETTERS, k=chance.randint(1, 9))) for _ in range(3 * count)}
    lemmas = {}
    for word in sorted(words)[:count]:
        lemmas[word] = chance.choice([word, word[:-1] + "x", "common", "z" * 200])
    return lemmas


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "count", [0, 1, RECORDS - 1, RECORDS, RECORDS + 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE + 7]
)
def test_every_word_has_its_lemma_and_no_other_has_one(
    tmp_path: Path, count: int, backwards: bool
) -> None:
    lemmas = some(count)
    packed = Packed(file_with(tmp_path, stream(lemmas, backwards=backwards)))
    assert dict(packed) == lemmas
    assert len(packed) == len(lemmas) == count
    for word in lemmas:
        for other in (word + "q", word[:-1], "0" + word, word.upper()):
            assert packed.get(other) == lemmas.get(other)
            assert (other in packed) == (other in lemmas)
    for other in ("", "\0", "\U0010ffff", "z" * 300):
        assert packed.get(other, "none") == "none"
    with pytest.raises(KeyError):
        packed["qqq"]


def test_words_and_lemmas_of_more_than_127_bytes_are_read(tmp_path: Path) -> None:
    lemmas = {"a" * n: "b" * n for n in (1, 127, 128, 129, 200, 300)} | {"a" * 150 + "c": "c"}
    assert dict(Packed(file_with(tmp_path, stream(lemmas)))) == lemmas


@pytest.mark.parametrize("language", ["en", "id", "ms"])
def test_a_shipped_dictionary_is_as_simplemma_reads_it(language: str) -> None:
    theirs = DefaultDictionaryFactory(1).get_dictionary(language)
    ours = Packed(DATA_FOLDER / f"{language}.plzma")
    assert len(ours) == len(theirs)
    assert all(lemma == theirs[word] for word, lemma in walked(ours))
    words = random.Random(7).sample(sorted(theirs), 500)
    assert [ours.get(word) for word in words] == [theirs[word] for word in words]
    assert [ours.get(f"{word}x") for word in words] == [theirs.get(f"{word}x") for word in words]


def walked(packed: Packed) -> Iterable[tuple[str, str]]:
    """Give words and lemmas in the order of the file, so that each page is unpacked once."""
    return ((word, packed[word]) for number, word in enumerate(packed) if number % 23 == 0)


@pytest.mark.parametrize("damage", ["cut", "longer", "fewer", "more", "not packed", "missing"])
def test_a_damaged_dictionary_is_refused(tmp_path: Path, damage: str) -> None:
    whole = stream(some(PAGE + 1))
    counted = frontcode._read_header(whole)[1]
    behind = len(b"SMFC1") + 1 + len(number(counted))

    def said(count: int) -> bytes:
        return whole[:6] + number(count) + whole[behind:]

    data = {
        "cut": whole[:-3],
        "longer": whole + b"\0\1x\xfe",
        "fewer": said(counted - 1),
        "more": said(counted + 1),
    }.get(damage, whole)
    path = file_with(tmp_path, data)
    if damage == "not packed":
        path.write_bytes(data)
    elif damage == "missing":
        path.unlink()
    with pytest.raises((ValueError, lzma.LZMAError, OSError)):
        Packed(path)


def test_another_form_is_told_apart_and_left_to_simplemma(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = file_with(tmp_path, b"SMFC2" + stream({"a": "b"})[5:])
    with pytest.raises(UnknownFormError):
        Packed(path)
    monkeypatch.setattr(dictionaries_room, "Packed", lambda _: Packed(path))
    with caplog.at_level(logging.WARNING):
        dictionary = dictionaries_room._read("id")
    assert isinstance(dictionary, StreamMap)
    assert "not in the form SMFC1" in caplog.text


def test_a_code_without_a_dictionary_is_refused() -> None:
    for code in ("xx", "../en", ""):
        with pytest.raises(ValueError, match="no dictionary"):
            dictionaries_room._read(code)


def test_dictionaries_answer_from_pages() -> None:
    dictionaries = Dictionaries()
    assert dictionaries.lemma("en", "swapped") == "swap"
    assert isinstance(dictionaries.loaded.get_dictionary("en"), Packed)


MEASURED = """
import sys
from monitor.language.dictionaries import Dictionaries

def peak():  # of this program; getrusage begins with what the process was forked from
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

dictionaries = Dictionaries()
dictionaries.lemma("ms", "makan")
before = peak()
for language in ("fi", "pl"):
    dictionaries.lemma(language, "a")
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system tells no peak")
def test_the_two_largest_dictionaries_fit() -> None:
    """With simplemma's index they are 130 MB; here 12, and 20 more while one is loaded."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED], check=True, capture_output=True, text=True, timeout=120
    )
    assert 5 < int(done.stdout) < 48


# --- which are in memory ---------------------------------------------------------------------


class Shelved:
    """Gives dictionaries, counts who is reading one, and waits for the gate."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.most_at_once = self.now = 0
        self.entered, self.gate = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self, code: str) -> Mapping[str, str]:
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        self.entered.set()
        assert self.gate.wait(20)
        self.read.append(code)
        self.now -= 1
        return {code: code}


def test_what_was_asked_least_recently_makes_room() -> None:
    read = Shelved()
    loaded = Loaded(read, 2)
    for code in ("en", "de", "en", "fr", "en", "de"):
        assert loaded.get_dictionary(code) == {code: code}
    assert read.read == ["en", "de", "fr", "de"]
    assert loaded.held == ["en", "de"]


def test_what_cannot_be_read_is_asked_for_again() -> None:
    def fails(code: str) -> Mapping[str, str]:
        raise ValueError(code)

    loaded = Loaded(fails, 2)
    for _ in range(2):
        with pytest.raises(ValueError, match="xx"):
            loaded.get_dictionary("xx")
    assert loaded.held == []


def test_dictionaries_are_loaded_one_at_a_time_and_who_has_one_does_not_wait() -> None:
    read = Shelved()
    loaded = Loaded(read, 8)
    loaded.get_dictionary("en")
    read.gate.clear()
    read.entered.clear()
    threads = [
        threading.Thread(target=loaded.get_dictionary, args=(code,))
        for code in ("pl", "pl", "de", "ru")
    ]
    for thread in threads:
        thread.start()
    assert read.entered.wait(20)
    assert loaded.get_dictionary("en") == {"en": "en"}  # while a thread is held at its reading
    read.gate.set()
    for thread in threads:
        thread.join(20)
    assert read.most_at_once == 1
    assert sorted(read.read) == ["de", "en", "pl", "ru"]
