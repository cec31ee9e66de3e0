"""The dead man's switch is called only while looks, judging and delivery all make progress."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from monitor.app.heartbeat import PART, Pulse
from monitor.settings.model import Heartbeat
from monitor.telemetry.health import LANE_LIMITS_S, STORE, Health
from tests.builders import T0
from tests.delivery.hook_server import Reply, hook_server
from tests.fakes import FrozenClock
from tests.fakes_http import LoopbackHttp


class Hand:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Rig:
    def __init__(self) -> None:
        self.hand = Hand()
        self.health = Health(LANE_LIMITS_S, self.hand)
        self.pulse = Pulse(LoopbackHttp(), self.health, lambda: None)

    def pass_(self, seconds: float = 60.0, *still: str) -> None:
        """Let time pass in which all lanes but some have moved."""
        self.hand.now += seconds
        for lane in LANE_LIMITS_S:
            if lane not in still:
                self.health.beat(lane)


@pytest.mark.parametrize("lane", sorted(LANE_LIMITS_S))
def test_a_lane_that_stands_still_stops_it(lane: str) -> None:
    rig = Rig()
    rig.pass_(90.0, lane)
    assert rig.pulse.missing(60.0) == f"the {lane} lane stands still"
    rig.pass_()
    assert rig.pulse.missing(60.0) == ""


def test_feeds_that_all_fail_stop_it_until_one_can_be_read() -> None:
    rig = Rig()
    rig.pulse.looked(good=False)
    rig.pulse.looked(good=True)
    assert rig.pulse.missing(60.0) == ""  # one of two is an everyday matter
    rig.pulse.looked(good=False)
    assert rig.pulse.missing(60.0) == "no feed can be read"
    assert rig.pulse.missing(60.0) == "no feed can be read"  # nothing was due: it stands as it was
    rig.pulse.looked(good=True)
    assert rig.pulse.missing(60.0) == ""


def test_channels_that_accept_nothing_stop_it_and_nothing_to_send_does_not() -> None:
    rig = Rig()
    assert rig.pulse.missing(60.0) == ""
    rig.pulse.sent(good=False)
    assert rig.pulse.missing(60.0) == "no channel accepts anything"
    rig.pulse.sent(good=False)
    rig.pulse.sent(good=True)
    assert rig.pulse.missing(60.0) == ""


def test_a_database_that_takes_no_writes_stops_it() -> None:
    rig = Rig()
    rig.health.set_state(STORE, ok=False)
    assert rig.pulse.missing(60.0) == "the database takes no writes"


def test_the_address_is_called_and_its_failure_is_said_without_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig()

    async def run() -> list[bool]:
        async with hook_server(FrozenClock(T0)) as hooks:
            url = hooks.play("planted-check-id", Reply(), Reply(500), Reply(500), Reply())
            wanted = Heartbeat(SecretStr(url), 60.0)
            said = [await rig.pulse.turn(wanted) for _ in range(2)]
            assert PART in " ".join(rig.health.readiness().degraded)
            rig.pulse.sent(good=False)
            said.append(await rig.pulse.turn(wanted))
            assert len(hooks.hits) == 2  # the third time nobody was called
            rig.pulse.sent(good=True)
            said += [await rig.pulse.turn(wanted) for _ in range(2)]
            assert "planted-check-id" not in repr(wanted)
            return said

    with caplog.at_level("INFO"):
        assert asyncio.run(run()) == [True, False, False, False, True]
    assert "planted-check-id" not in caplog.text
    assert caplog.text.count("is not taken") == caplog.text.count("is taken again") == 1
    assert rig.health.readiness().degraded == ()
