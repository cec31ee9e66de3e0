"""The caret stands beneath the place, in a terminal's columns, and people see it."""

from __future__ import annotations

import json
import unicodedata

import pytest

from monitor.cli.main import main
from monitor.errors import Problem
from monitor.settings.excerpt import WIDTH, excerpt
from monitor.settings.hidden import Vault
from tests.settings.home import Home


@pytest.mark.parametrize(
    ("line", "offset", "caret"),
    [
        ("$truce AND $gazza", 11, "           ^^^^^^"),
        ("$gazza", 0, "^^^^^^"),
        ("$truce AND (", 12, "            ^"),
        ("(a, $gazza)", 4, "    ^^^^^^"),
        ("a ) b", 2, "  ^"),
        ("", 0, "^"),
        ("停戦 AND $gazza", 7, "         ^^^^^^"),
        ("cafe\u0301 AND $gazza", 10, "         ^^^^^^"),
        ("a\tb", 2, "  ^"),
        ("\uff04\uff47 x", 0, "^^^^"),
    ],
)
def test_the_caret_stands_beneath_the_word(line: str, offset: int, caret: str) -> None:
    shown, beneath = excerpt(line, offset).split("\n")
    assert beneath == caret
    assert shown == line.replace("\t", " ").strip()


@pytest.mark.parametrize("at", [0, 1, 50, 99, 100, 150, 2_000, 2_900])
def test_a_long_line_is_cut_around_the_place(at: int) -> None:
    line = "x " * at + "$gazza" + " y" * (3_000 - at)
    shown, beneath = excerpt(line, 2 * at).split("\n")
    start = beneath.index("^")
    assert shown[start : start + 6] == "$gazza"
    assert beneath.strip() == "^^^^^^"
    assert len(shown) <= WIDTH
    assert shown.endswith("…")
    assert shown.startswith("…") == (at >= 50)


def test_a_word_longer_than_the_line_is_cut() -> None:
    shown, beneath = excerpt("$" + "a" * 5_000, 0).split("\n")
    assert len(shown) <= WIDTH
    assert len(beneath) <= WIDTH


def test_nothing_steers_the_terminal() -> None:
    shown = excerpt("a \x1b[31m \u202e $gazza", 2)
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert "\u202e" not in unicodedata.normalize("NFC", shown)


def test_a_problem_is_one_line_and_its_excerpt_follows_for_people() -> None:
    problem = Problem("a.yaml", 1, 2, "wrong", "write it", "a b\n  ^")
    assert str(problem) == "a.yaml:1:2: wrong (write it)"
    assert problem.told == "a.yaml:1:2: wrong (write it)\n    a b\n      ^"
    assert Problem("a.yaml", None, None, "wrong").told == "a.yaml: wrong"


def test_an_excerpt_with_a_secret_in_it_is_blotted_out_whole() -> None:
    vault = Vault()
    vault.keep(["hunter2"])
    blotted = vault.blotted(Problem("a", 1, 1, "no hunter2", "", "hunter2\n^^^^^^^"))
    assert (blotted.message, blotted.excerpt) == ("no ***", "")


def test_check_shows_it_to_people_and_programs(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write("watches/quakes.yaml", "title: x\nquery: quake AND $gazza\n")
    for more, code in ((), 2), (("--json",), 2):
        monkeypatch.setattr("sys.argv", ["parley", "check", "--config", str(home.root), *more])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == code
        out, err = capsys.readouterr()
        assert "    query: quake AND $gazza\n                     ^^^^^^\n" in err
        if more:
            [error] = json.loads(out)["errors"]
            assert error["excerpt"] == "query: quake AND $gazza\n                 ^^^^^^"
