"""Apprise: an extra, by a thread, within a deadline, and silent about addresses."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.errors import ConfigError
from monitor.notify import apprise_, registry
from monitor.ports import Notifier, Outcome
from tests.fakes_apprise import SECRET, FakeApprise
from tests.fakes_http import LoopbackHttp
from tests.notes import KEY, FixedClock, alert, section


def channel(**changed: Any) -> Notifier:
    said = {"url": f"matrix://u:{SECRET}@example.org/room", **changed}
    return registry.build("more", "apprise", said, http=LoopbackHttp(), clock=FixedClock())


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApprise]:
    made = FakeApprise()
    made.put_in(monkeypatch)
    log = logging.getLogger("apprise")
    handlers = list(log.handlers)
    yield made
    log.handlers, log.propagate = handlers, True


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "apprise", raising=False)
    monkeypatch.setattr(apprise_, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="pip install 'parley-monitor\\[apprise\\]'") as refused:
        channel()
    assert SECRET not in str(refused.value)


def test_a_configuration_is_read_without_the_library() -> None:
    assert registry.options_model("apprise").model_validate({"url": "matrix://e.org/room"})


def test_it_sends_by_a_thread_of_its_own(fake: FakeApprise) -> None:
    made = channel()
    receipt = asyncio.run(made.send(made.render(alert(), "apprise", KEY), "apprise", KEY))
    assert receipt.outcome is Outcome.SENT
    (said,) = fake.sent
    assert said["title"].startswith("Moscow accepts 30-day truce")
    assert said["body_format"] == "text"
    assert "https://example.net/uk/2025/06/03/truce?from=rss&lang=uk" in said["body"]
    assert fake.threads == {"notify-more"}


def test_what_is_late_is_waited_for_and_not_sent_again(fake: FakeApprise) -> None:
    let_go = threading.Event()
    fake.outcome = lambda: let_go.wait(30)
    made = channel(deadline_s=0.3)
    body = made.render(alert(), "apprise", KEY)

    async def story() -> list[str]:
        first = await made.send(body, "apprise", KEY)
        let_go.set()
        return [first.code, (await made.send(body, "apprise", KEY)).code]

    assert asyncio.run(story()) == ["timeout", "sent"]
    assert len(fake.sent) == 1


def test_a_part_that_failed_is_sent_again_alone(fake: FakeApprise) -> None:
    answers = iter([True, False, True, True])
    fake.outcome = lambda: next(answers)
    made = channel()
    many = [section(f"Part {n}", "word " * 120, key=f"k{n}") for n in range(9)]
    body = made.render(alert(*many), "apprise", KEY)
    assert asyncio.run(made.send(body, "apprise", KEY)).outcome is Outcome.LATER
    fake.outcome = lambda: True
    assert asyncio.run(made.send(body, "apprise", KEY)).outcome is Outcome.SENT
    sent = [said["body"] for said in fake.sent]
    assert sent[1] == sent[2]
    assert len(sent) == len(set(sent)) + 1


def test_its_own_log_and_its_errors_show_no_address(
    fake: FakeApprise, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> bool:
        logging.getLogger("apprise").error("cannot reach %s", SECRET)
        raise RuntimeError(f"no way to {SECRET}")

    fake.outcome = fails
    made = channel()
    with caplog.at_level(logging.DEBUG):
        receipt = asyncio.run(made.send(made.render(alert(), "apprise", KEY), "apprise", KEY))
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "apprise")
    assert SECRET not in repr(receipt) + repr(made) + repr(vars(made)) + caplog.text


@pytest.mark.filterwarnings("ignore")  # the library's own, at its import
@pytest.mark.skipif(importlib.util.find_spec("apprise") is None, reason="the extra is not there")
def test_the_library_itself_is_as_it_is_used_here() -> None:
    made = channel(url="nosuchservice://example.org/")
    receipt = asyncio.run(made.send(made.render(alert(), "apprise", KEY), "apprise", KEY))
    assert (receipt.outcome, receipt.code) == (Outcome.GONE, "bad-url")
