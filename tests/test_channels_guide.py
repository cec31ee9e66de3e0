"""docs/channels.md: its examples load, and its tables are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.app.wiring import read_settings
from monitor.core.schedule import GIVE_UP_OTHER_S, MAIL_RETRIES_S
from monitor.core.schedule import next_attempt as plan
from monitor.notify import chat, ntfy, posting, registry, slack, telegram
from tests.builders import T0

PAGE = (Path(__file__).parents[1] / "docs" / "channels.md").read_text(encoding="utf-8")
KINDS = ("ntfy", "slack", "telegram", "atom", "apprise")
ENVIRONMENT = {
    "PARLEY_NTFY_TOPIC": "some-topic",
    "PARLEY_SLACK_URL": "https://hooks.slack.com/services/T/B/x",
    "PARLEY_SLACK_TOKEN": "xoxb-1",
    "PARLEY_TELEGRAM_TOKEN": "123456:" + "A" * 35,
    "PARLEY_APPRISE_URL": "matrixs://user:password@example.org/#room",
}
BLOCKS = re.findall(r"```yaml\n(channels:\n.*?)```", PAGE, re.DOTALL)


def chapter(title: str) -> str:
    return PAGE.lower().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split()[1])
def test_an_example_is_taken(block: str, tmp_path: Path) -> None:
    (tmp_path / "parley.yaml").write_text(f"version: 1\n{block}", encoding="utf-8")
    channels = [c for c in read_settings(tmp_path, ENVIRONMENT).channels if c.kind in KINDS]
    assert len(channels) == 1
    assert channels[0].options is not None


def test_each_kind_has_an_example() -> None:
    assert {kind for kind in KINDS if f"kind: {kind}\n" in "".join(BLOCKS)} == set(KINDS)
    assert set(registry.KINDS) - set(KINDS) == {"console", "email", "webhook"}


@pytest.mark.parametrize("kind", KINDS)
def test_its_options_are_those_of_the_program(kind: str) -> None:
    table = chapter(kind).partition("| key | default | what |")[2].partition("\n\n")[0]
    keys = {
        key
        for row in table.splitlines()
        for key in re.findall(r"`(\w+)`", row.split(" | ")[0] if " | " in row else "")
    }
    assert keys == set(registry.options_model(kind).model_fields)


def test_the_numbers_that_it_names_are_true() -> None:
    assert "at most five parts" in PAGE
    assert chat.MAX_PARTS == 5
    assert posting.PATIENCE_S == 3
    assert ntfy.MESSAGE_BYTES == 4096
    assert ntfy.QUOTA_WAIT_S == 3600
    assert (slack.BLOCK_CHARS, slack.MESSAGE_CHARS, slack.TEXT_CHARS) == (3000, 12_000, 4000)
    most = telegram.MESSAGE_UNITS - chat.MARK_UNITS - 2
    assert f"at most {most:,}" in PAGE


def test_waits_are_those_of_mail_and_the_end_is_a_day() -> None:
    for kind in KINDS:
        first = plan(kind, "k", 1, T0, T0)
        assert first is not None
        assert MAIL_RETRIES_S[0] <= (first - T0).total_seconds() <= MAIL_RETRIES_S[0] * 1.1
    assert GIVE_UP_OTHER_S == 86_400
