"""Files that are no good YAML: whatever their bytes, there is a place and a plain sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.settings.home import Home, sure

BROKEN = [
    ("a:\n\tb: 1\n", "2:1: a tab is used for indentation (YAML indents with spaces only)"),
    ("title: A truce: at last\n", "1:15: a second ': ' in one line (put the text in quotes)"),
    ("title: 'x\nquery: y\n", "1:8: this quote is never closed"),
    ('title: "x\nquery: y\n', "1:8: this quote is never closed"),
    ("notify: [a, b\nquery: y\n", "1:9: the bracket '[' is not closed, or a comma is missing before line 2 (close it with ']')"),
    ("x: {a: 1\n", "1:4: the bracket '{' is not closed, or a comma is missing before line 2 (close it with '}')"),
    ("title: x\n  query: y\n", "2:8: this line does not fit the one above"),
    (" title: x\nquery: y\n", "2:1: this line is indented differently"),
    ("a:\n  - x\n - y\n", "3:2: this line is indented differently"),
    ("title: @x\n", "1:8: text cannot begin with '@' (put it in quotes)"),
    ('query: "x y" AND z\n', "1:14: text goes on after the closing quote (put the whole in single quotes)"),
    ('query: "x y", "z", w\n', """1:13: a list goes on after the closing quote (put the whole in single quotes: '"a", "b", c')"""),
    ("query: 'x', y\n", """1:11: a list goes on after the closing quote (put the whole in double quotes: "'a', 'b', c")"""),
    ('query:\n  "x" , y\n', "2:7: a list goes on after the closing quote"),
    ("title: x\nquery\n", "2:1: a key without a colon"),
    ('title: "\\q"\n', "1:10: a backslash in double quotes begins an unknown escape"),
    ('title: "\\UFFFFFFFF"\n', "1:1: this is not valid YAML"),
    ("title: *nothing\n", "1:8: nothing above is named by an anchor '&nothing' (text that begins with * needs quotes)"),
    ("title: !!python/object:os.system x\n", "1:8: the tag 'tag:yaml.org,2002:python/object:os.system' is refused"),
    ("title: !mine x\n", "1:8: the tag '!mine' is refused"),
    ("title: x\n---\ntitle: y\n", "2:1: a second document starts here"),
    ("- title\n", "1:1: the file must be a mapping"),
    ("just text\n", "1:1: the file must be a mapping"),
    ("title: x\ntitle: y\n", "2:1: the key 'title' is there twice (first on line 1)"),
    ("? [a]\n: b\n", "1:3: a key must be a word"),
    ("title: }\n", "1:8: a bracket or comma that nothing opened"),
    ('title: "\\ud800"\n', "1:8: half of a character"),
    ("a: &a [*a]\n", "1:8: nothing above is named by an anchor"),
    ("[" * 40 + "]" * 40, "1:33: nested more than 32 deep"),
    ("[" * 100_000, "1:33: nested more than 32 deep"),
    ("x: [" + "*a, " * 101 + "]\n", "1:5: nothing above"),
    ("a: &a b\nx: [" + "*a, " * 101 + "]\n", "2:405: more than 100 aliases"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), BROKEN, ids=[says[:40] for _, says in BROKEN])
def test_bad_yaml_is_explained(empty: Home, text: str, says: str) -> None:
    empty.write("watches/w.yaml", text.encode())
    told = [str(problem) for problem in empty.problems()]
    assert any(one.startswith(f"watches/w.yaml:{says}") for one in told), told


def test_a_bomb_of_aliases_is_refused(empty: Home) -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    rows += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    empty.write("parley.yaml", "\n".join(rows))
    assert "aliases make more than 200,000 values of this file" in empty.only()


def test_anchors_and_aliases_may_be_used(empty: Home) -> None:
    empty.write(
        "watches/w.yaml",
        "title: x\nquery: y1\nnotify: &who [console]\ntests:\n- {text: &t y1, lang: en}\n- {text: *t}\n",
    )
    assert [test.text for test in sure(empty.load().rules.watch("w")).tests] == ["y1", "y1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            "title: x\nquery: y1\n".encode("utf-16"),
            "1:1: the file is saved as UTF-16 (save it as UTF-8)",
        ),
        ("title: x\nquery: y1\n".encode("utf-16-le"), "1:2: the file holds a NUL byte"),
        (b"title: x\nquery: \xff\n", "2:8: the byte 0xff is not UTF-8 (save the file as UTF-8)"),
        ("title: x\nquery: café\n".encode("latin-1"), "2:11: the byte 0xe9 is not UTF-8"),
        (b"title: x\nquery: y\0\n", "2:9: the file holds a NUL byte"),
        (b"title: x\nquery: y\x1b[0m\n", "2:9: the file holds a control character U+001B"),
        (b"title: x # " + b"x" * 1024 * 1024, " the file is larger than 1024 KiB"),
    ],
)
def test_bytes_that_are_no_text_are_said(empty: Home, content: bytes, says: str) -> None:
    empty.write("watches/w.yaml", content)
    assert empty.only().startswith(f"watches/w.yaml:{says}")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbftitle: x\nquery: y1\n",
        b"title: x\r\nquery: y1\r\n",
        b"title: x\nquery: y1",
        b"---\ntitle: x\nquery: y1\n...\n",
        b'{"title": "x", "query": "y1"}',
        b'title: "\\ud83d\\ude00"\nquery: y1\n',
    ],
)
def test_other_ways_to_write_yaml_are_read(empty: Home, content: bytes) -> None:
    empty.write("watches/w.yaml", content)
    assert sure(empty.load().rules.watch("w")).query == "y1"


def test_a_link_out_of_the_folder_is_refused(home: Home, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("title: x\nquery: y1\n")
    (home.root / "watches" / "link.yaml").symlink_to(outside)
    (home.root / "watches" / "loop.yaml").symlink_to(home.root / "watches" / "loop.yaml")
    first, second = (str(problem) for problem in home.problems())
    assert first.startswith("watches/link.yaml: the link leads out of the configuration folder")
    assert second.startswith("watches/loop.yaml: cannot be read")


def test_a_link_within_the_folder_is_followed(home: Home) -> None:
    (home.root / "..data").mkdir()
    (home.root / "..data" / "q.yaml").write_text("title: x\nquery: y1\n")
    (home.root / "watches" / "q.yaml").symlink_to("../..data/q.yaml")
    assert sure(home.load().rules.watch("q")).title == "x"


def test_what_is_no_file_is_said(home: Home) -> None:
    (home.root / "watches" / "folder.yaml").mkdir()
    os.mkfifo(home.root / "watches" / "pipe.yaml")
    assert [str(problem) for problem in home.problems()] == [
        "watches/folder.yaml: this is not a file (remove or rename it)",
        "watches/pipe.yaml: this is not a file (remove or rename it)",
    ]


def test_a_folder_that_is_a_file_is_said(empty: Home) -> None:
    empty.write("watches", "x")
    assert empty.only().startswith("watches: cannot be read: not a directory")


@contextmanager
def as_nobody(root: Path) -> Iterator[None]:
    """Root may read everything: be somebody else, who can reach `root` but owns nothing there."""
    for folder in (root, *root.parents):
        if folder != Path("/") and folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o111)
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if mine == 0:
            os.seteuid(0)


def test_a_file_that_may_not_be_read_is_said(home: Home) -> None:
    (home.root / "watches" / "ceasefire.yaml").chmod(0)
    (home.root / "feeds.yaml").chmod(0)
    with as_nobody(home.root.parent):
        told = [str(problem) for problem in home.problems()]
    denied = "cannot be read: permission denied (who runs Parley must be able to read it)"
    assert told == [f"feeds.yaml: {denied}", f"watches/ceasefire.yaml: {denied}"]


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_a_folder_that_may_not_be_read_is_said(home: Home, mode: int) -> None:
    with as_nobody(home.root.parent):
        pass
    home.root.chmod(mode)
    try:
        with as_nobody(home.root.parent):
            told = [str(problem) for problem in home.problems()]
    finally:
        home.root.chmod(0o755)
    assert told
    assert all("cannot be read: permission denied" in one for one in told)


def test_a_name_that_is_no_unicode_is_shown(home: Home) -> None:
    name = os.fsdecode(b"\xff.yaml")
    (home.root / "watches" / name).write_bytes(b"title: x\nquery: y1\n")
    assert "is no id of a watch" in home.only()
