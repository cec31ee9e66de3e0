"""Feeds put into `feeds.yaml`: their lines are added, every other byte stays."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from monitor.errors import CommandError, ConfigError
from monitor.settings.document import read
from monitor.settings.feed_lines import FEEDS_FILE, lines_of, with_feeds, write_feeds
from monitor.settings.scaffold import shipped_config

NEW = {"name": "New: one", "url": "https://n.example.org/f?a=1", "language": "no", "tier": 2,
       "publisher": "", "tags": ["a", "b-c"]}  # fmt: skip
LINES = (
    '- {name: "New: one", url: "https://n.example.org/f?a=1",\n'
    '   language: "no", tier: 2, tags: [a, b-c]}\n'
)


def indented(columns: int) -> str:
    return "".join(" " * columns + line for line in LINES.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version: 1\n", f"version: 1\nfeeds:\n{indented(2)}"),
        ("feeds:\n", f"feeds:\n{indented(2)}"),
        ("feeds: []\nversion: 1\n", f"feeds:\n{indented(2)}version: 1\n"),
        ("feeds: [] # none\n", f"feeds:  # none\n{indented(2)}"),
        (
            "feeds:\n- name: a # ours\n  url: https://a.b/c\n  note: |\n    two\n    lines\n# end\n",
            ("feeds:\n- name: a # ours\n  url: https://a.b/c\n  note: |\n    two\n    lines\n"
            f"{indented(0)}# end\n"),
        ),
        (
            "feeds:\n    - {name: a,  url: https://a.b/c} # }\n\n    # later\nversion: 1\n",
            (f"feeds:\n    - {{name: a,  url: https://a.b/c}} # }}\n{indented(4)}\n    # later\n"
            "version: 1\n"),
        ),
        (
            "feeds:\n  - {name: a, tags: [x,\n    y] # ]\n    , url: https://a.b/c\n    }\n",
            ("feeds:\n  - {name: a, tags: [x,\n    y] # ]\n    , url: https://a.b/c\n    }\n"
            f"{indented(2)}"),
        ),
        ("feeds:\n  - {name: a, url: https://a.b/c}", f"feeds:\n  - {{name: a, url: https://a.b/c}}\n{indented(2)}"),
    ],
)  # fmt: skip
def test_lines_go_behind_the_last_feed_and_nothing_else_changes(before: str, after: str) -> None:
    assert with_feeds(before.encode(), [NEW], "feeds.yaml").decode() == after


def test_breaks_of_lines_and_the_mark_of_the_file_stay() -> None:
    windows = b"\xef\xbb\xbffeeds:\r\n  - {name: a, url: https://a.b/c}\r\n"
    made = with_feeds(windows, [NEW], "f")
    assert made == windows + indented(2).replace("\n", "\r\n").encode()


def test_the_shipped_file_keeps_every_line() -> None:
    before = (shipped_config() / FEEDS_FILE).read_bytes()
    after = with_feeds(before, [NEW, {**NEW, "name": "Two"}], "feeds.yaml")
    assert after.startswith(before)
    assert len(after.splitlines()) == len(before.splitlines()) + 4


@pytest.mark.parametrize(
    "before",
    [
        "feeds: [{name: a, url: https://a.b/c}]\n",
        "feeds: &all\n  - {name: a, url: https://a.b/c}\n  - {name: b, url: https://a.b/d, tags: *t}\n",
        "feeds: text\n",
        "- a\n",
        "feeds:\n  - {name: a\n",
        "feeds: []\nfeeds: []\n",
    ],
)
def test_a_form_into_which_no_line_fits_is_refused(before: str) -> None:
    with pytest.raises(CommandError):
        with_feeds(before.encode(), [NEW], "feeds.yaml")


@pytest.mark.parametrize(
    "name",
    ["yes", "null", "0x10", "12:30", "a: b", "- a", "#a", "a #b", "'a", '"a"', "a,b", "[a]", "{a}",
     "&a", "*a", "!a", "%a", "@a", "`a`", "Ö", "Новини", "a\\b", "é: ü", "~", "1e3", "Ta' b", "=",
     "\u2028x", "a\tb", "x\u0085y", "end ", "😀 news"],
)  # fmt: skip
def test_every_name_comes_back_as_it_was(name: str) -> None:
    made = lines_of({"name": name, "url": "https://a.example.org/"})
    assert read("f", f"feeds:\n{made}".encode()).data == {
        "feeds": [{"name": name, "url": "https://a.example.org/"}]
    }


def test_a_file_is_replaced_whole_with_its_mode_and_through_a_link(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.yaml"
    real.write_text("feeds: []\n")
    real.chmod(0o640)
    config = tmp_path / "config"
    config.mkdir()
    (config / FEEDS_FILE).symlink_to(real)
    assert write_feeds(config, [NEW], {}) == config / FEEDS_FILE
    assert (config / FEEDS_FILE).is_symlink()
    assert real.read_text() == f"feeds:\n{indented(2)}"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config", "elsewhere.yaml"]


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    write_feeds(tmp_path, [NEW], {})
    assert (tmp_path / FEEDS_FILE).read_text() == f"version: 1\nfeeds:\n{indented(2)}"


def test_what_a_reload_would_refuse_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / FEEDS_FILE
    path.write_text("feeds:\n  - {name: 'new: ONE', url: https://a.b/c}\n")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="is there already"):
        write_feeds(tmp_path, [NEW], {})
    with pytest.raises(ConfigError, match="language"):
        write_feeds(tmp_path, [{**NEW, "name": "x", "language": "xx"}], {})
    assert path.read_bytes() == before


def test_an_edit_in_the_meantime_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / FEEDS_FILE
    path.write_text("feeds: []\n")
    fsync = os.fsync

    def edited(descriptor: int) -> None:
        path.write_text("feeds: [] # mine\n")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", edited)
    with pytest.raises(CommandError, match="was edited in the meantime"):
        write_feeds(tmp_path, [NEW], {})
    assert path.read_text() == "feeds: [] # mine\n"
    assert [each.name for each in tmp_path.iterdir()] == [FEEDS_FILE]


def test_a_disk_that_refuses_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / FEEDS_FILE
    path.write_text("feeds: []\n")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError, match="cannot be written: no space left on device"):
        write_feeds(tmp_path, [NEW], {})
    assert path.read_text() == "feeds: []\n"
    assert [each.name for each in tmp_path.iterdir()] == [FEEDS_FILE]
