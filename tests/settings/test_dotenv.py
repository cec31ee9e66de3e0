from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.settings.dotenv import environment, read_dotenv


def test_what_a_file_sets(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "\ufeff# a comment\n\n"
        "A=plain\n  B = spaced out  # and why\nexport C='as $it \\ is' # x\n"
        'D="line\\nbreak \\"q\\" \\$x \\\\"\nE=\nF=a#b\nG=#\nH=a=b=c\nI=""\r\nJ=smtps://u:p%40@h:1\n',
        encoding="utf-8",
    )
    assert read_dotenv(path) == {
        "A": "plain", "B": "spaced out", "C": "as $it \\ is", "D": 'line\nbreak "q" $x \\', "E": "",
        "F": "a#b", "G": "", "H": "a=b=c", "I": "", "J": "smtps://u:p%40@h:1",
    }  # fmt: skip


def test_no_file_sets_nothing_and_the_real_environment_wins(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert read_dotenv(path) == {}
    path.write_text("A=1\nB=2\n")
    assert environment(path, {"B": "3", "C": "4"}) == {"A": "1", "B": "3", "C": "4"}


def test_every_bad_line_is_told_without_its_value(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text('A=\'s3cret\nOK=1\ns3cret\nB="s3cret" s3cret\n1X=s3cret\n')
    with pytest.raises(ConfigError) as caught:
        read_dotenv(path)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [
        (1, 3),
        (3, 1),
        (4, 3),
        (5, 1),
    ]
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("content", [b"A=\xff\n", b"A=\0\n", "A=1\n".encode("utf-16")])
def test_what_is_no_text_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / ".env"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"\.env:1:"):
        read_dotenv(path)


def test_a_folder_named_dotenv_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(ConfigError, match="this is not a file"):
        read_dotenv(tmp_path / ".env")
