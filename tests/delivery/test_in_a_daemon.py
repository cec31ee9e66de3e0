"""What delivery needs of the daemon: an edit that mends a channel, keys of `parley.yaml`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.core.rules import Escalation
from monitor.errors import ConfigError
from monitor.ports import OFF, Outcome, Receipt
from monitor.settings import ChannelConfig
from tests.builders import book, entry, watch
from tests.fakes import FakeNotifier
from tests.settings.home import KINDS, load
from tests.story.stage import Stage
from tests.story.test_reload import degraded, play

GONE = Receipt(Outcome.GONE, OFF, "the receiver answered 410")


def test_an_edit_of_a_channel_that_is_off_uses_it_again_and_any_other_does_not(
    tmp_path: Path,
) -> None:
    hook, other = FakeNotifier("hook", [GONE]), FakeNotifier("other")
    rules = replace(book(watch(notify=("hook",))), ops=("other",))
    stage = Stage(tmp_path, rules, hook, other)

    async def story() -> None:
        stage.publish("bbc")
        async with stage.daemon() as daemon:
            await stage.round()
            stage.publish("bbc", entry("Kremlin rejects 30-day truce", published=None))
            await stage.round()
            await stage.until(lambda: "parley outbox enable hook" in degraded(daemon))
            await stage.until(lambda: any("is off" in text for text in other.texts))
            daemon.reload()
            taken = b'parley_config_reloads_total{result="taken"} 1.0'
            await stage.until(lambda: taken in daemon.metrics.render())
            await stage.round()
            assert (len(hook.tried), len(hook.sent)) == (1, 0)
            mended = ChannelConfig("hook", "webhook", True, None)
            stage.edit = lambda settings: replace(settings, channels=(mended,))
            daemon.reload()
            await stage.until(lambda: len(hook.sent) == 1)
            await stage.until(lambda: "hook" not in degraded(daemon))
        assert len([text for text in other.texts if "is off" in text]) == 1

    play(story)


def test_the_keys_of_delivery_are_read_and_checked(tmp_path: Path) -> None:
    def written(text: str) -> Path:
        (tmp_path / "parley.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    lines = (
        "channels: {console: {kind: console}}\n"
        "escalate: {after_min: 10, to: [console]}\n"
        'heartbeat: {url: "https://check.example.org/${CHECK}", every_s: 30}\n'
    )
    env = {"CHECK": "planted-check-id"}
    settings = load(written(lines), channel_kinds=KINDS, env=env, use_cache=False)
    assert settings.rules.escalate == Escalation(600.0, ("console",))
    assert settings.heartbeat is not None
    assert settings.heartbeat.every_s == 30
    assert settings.heartbeat.url.get_secret_value().endswith("/planted-check-id")
    assert "planted-check-id" not in repr(settings)
    for wrong, said in (
        ("escalate: {to: [consle]}", "did you mean 'console'"),
        ("escalate: {to: []}", "at least"),
        ("escalate: {after_min: 0, to: [console]}", "at least 1"),
        ("heartbeat: {url: not-an-address}", "http"),
        ("heartbeat: {url: 'https://e.org', every_s: 1}", "at least 10"),
    ):
        folder = written(f"channels: {{console: {{kind: console}}}}\n{wrong}\n")
        with pytest.raises(ConfigError) as refused:
            load(folder, channel_kinds=KINDS, env={}, use_cache=False)
        assert said in str(refused.value)
