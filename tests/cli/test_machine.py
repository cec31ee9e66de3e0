"""`init`, `config diff`, `healthcheck`, `send-test`, `once`."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.healthcheck import listen_of
from monitor.settings.scaffold import shipped_config
from tests.cli.place import FeedServer, Place, environment

NEWS = "The bridge over the strait opens at dawn"


# --- init, config diff -----------------------------------------------------------------------


def test_init_writes_a_folder_that_check_accepts_and_never_writes_over_one(place: Place) -> None:
    done = place.cli("init", "mine")
    assert done.code == 0
    assert "mine/parley.yaml" in done.out.splitlines()
    assert place.cli("check", "--quick", "--config", "mine").code == 0
    again = place.cli("init", "mine")
    assert again.code == 1
    assert "Nothing was written" in again.err


def test_config_diff_shows_what_one_changed(place: Place) -> None:
    shutil.copytree(shipped_config(), "mine")
    assert place.cli("config", "diff", "--config", "mine").out == ""
    path = Path("mine/parley.yaml")
    path.write_text(path.read_text().replace("version: 1", "version: 1  # mine"))
    Path("mine/watches/own.yaml").write_text("title: Own\nquery: own\n")
    Path("mine/watches/ceasefire.yaml").unlink()
    done = place.cli("config", "diff", "--config", "mine")
    assert "+version: 1  # mine" in done.out
    assert "watches/own.yaml: here, not shipped" in done.out
    assert "watches/ceasefire.yaml: shipped, not here" in done.out
    one = place.cli("config", "diff", "watches/own.yaml", "--config", "mine", "--json").data
    assert [(each["name"], each["state"]) for each in one] == [("watches/own.yaml", "added")]


# --- healthcheck -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("listen: 127.0.0.1:9000", ("127.0.0.1", 9000)),
        ('listen: "[::1]:9001"  # home', ("::1", 9001)),
        ("listen: localhost:9002 # home", ("localhost", 9002)),
        ("{listen: 127.0.0.1:9003}", ("127.0.0.1", 9003)),
        ("listen:\n  127.0.0.1:9004", ("127.0.0.1", 9004)),
        ("listen: &here 127.0.0.1:9005", ("127.0.0.1", 9005)),
        ("# listen: 127.0.0.1:1\nversion: 1", ("127.0.0.1", 8420)),
        ("version: 1", ("127.0.0.1", 8420)),
    ],
)  # fmt: skip
def test_the_address_is_read_however_it_is_written(
    place: Place, line: str, address: tuple[str, int]
) -> None:
    place.write("parley.yaml", line + "\n")
    assert listen_of(place.config) == address
    assert listen_of(place.config) == place.settings.listen


def test_the_environment_and_dotenv_name_the_address_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env").write_text("PARLEY_LISTEN='127.0.0.1:9010'\n")
    assert listen_of(place.config) == ("127.0.0.1", 9010)
    monkeypatch.setenv("PARLEY_LISTEN", "127.0.0.1:9011")
    assert listen_of(place.config) == ("127.0.0.1", 9011)


def test_an_edit_that_is_refused_does_not_make_the_daemon_look_ill(place: Place) -> None:
    place.write("watches/broken.yaml", "title: [")
    done = place.cli("healthcheck", "--json")
    assert done.code == 1
    assert done.data == {
        "well": False, "said": f"no daemon answers on 127.0.0.1:{place.port}: Connection refused",
    }  # fmt: skip


# --- send-test -------------------------------------------------------------------------------


def test_the_console_takes_a_test(place: Place) -> None:
    done = place.cli("send-test", "console")
    assert done.code == 0
    assert "Parley: a test of the channel console" in done.out
    assert "console (console): accepted" in done.out
    data = place.cli("send-test", "--json").data
    assert [(one["channel"], one["outcome"]) for one in data] == [("console", "sent")]


def test_a_webhook_is_tried_for_real_and_a_refusal_is_a_failure(
    place: Place, server: FeedServer
) -> None:
    place.write(
        "parley.yaml",
        f"fetch: {{allow_private: ['{server.address}']}}\n"
        "channels:\n  console: {kind: console}\n"
        f"  hook: {{kind: webhook, url: 'http://{server.address}/', secret: whsec_{'QUJD' * 8}}}\n"
        "  desk: {kind: email, enabled: false, host: h, from: a@b.example, to: c@d.example}\n",
    )
    assert place.cli("send-test", "hook").code == 0
    assert server.asked == 1
    server.status = 500
    refused = place.cli("send-test", "hook")
    assert refused.code == 1
    assert "hook (webhook): not accepted (http-500)" in refused.out
    assert place.cli("send-test", "--json").code == 1
    off = place.cli("send-test", "desk")
    assert off.code == 2
    assert "the channel desk is off" in off.err
    assert "did you mean hook?" in place.cli("send-test", "hok").err
    assert place.cli("send-test", "hook", "--recipient", "me").code == 2
    assert not place.database.exists()


# --- once ------------------------------------------------------------------------------------


def test_one_round_reads_judges_delivers_and_ends(fed: Place, server: FeedServer) -> None:
    server.items = [NEWS]
    first = fed.run("once")
    assert first.code == 0, first.err
    assert "Looked at 1 feed" in first.out
    assert "1 would have alerted" in first.out
    assert server.asked == 1
    again = fed.run("once")
    assert again.code == 0, again.err
    assert server.asked == 1  # it is not due
    assert "Looked at 0 feeds" in again.out
    server.items = ["Protesters delay bridge, strait ferries overflow with commuters", NEWS]
    told = fed.run("once", "--all")
    assert told.code == 0, told.err
    assert server.asked == 2
    assert "Protesters delay bridge, strait ferries overflow with commuters" in told.out
    assert "1 development" in told.out
    assert "1 message accepted, 0 waiting in the outbox" in told.out
    (row,) = fed.cli("outbox", "list", "--json").data
    assert row["status"] == "sent"


def test_rounds_are_repeated_with_a_line_of_figures_each(fed: Place, server: FeedServer) -> None:
    server.items = [NEWS]
    done = fed.run("once", "--all", "--repeat", 3, "--json")
    assert done.code == 0, done.err
    assert [one["feeds"] for one in done.data] == [1, 1, 1]
    assert [one["items"] for one in done.data] == [1, 0, 0]
    assert server.asked == 3
    assert [line[:12] for line in done.err.splitlines()] == [f"round {n} of 3" for n in (1, 2, 3)]


def test_where_no_feed_can_be_read_a_round_fails_and_says_why(
    fed: Place, server: FeedServer
) -> None:
    server.status = 503
    done = fed.run("once", "--all", "--json")
    assert done.code == 1
    assert done.data[0]["failed"] == {"http-503": 1}
    (feed,) = fed.cli("feeds", "--json").data
    assert feed["state"] == "failing, 1 look in a row: http-503"


def test_what_a_channel_does_not_take_waits_for_the_next_round(
    fed: Place, server: FeedServer
) -> None:
    fed.edit(
        "parley.yaml", "console: {kind: console}",
        f"hook: {{kind: webhook, url: 'http://{server.address}/', secret: whsec_{'QUJD' * 8}}}",
    )  # fmt: skip
    fed.edit("watches/bridge.yaml", "concepts:", "notify: [hook]\nconcepts:")
    fed.publish(NEWS)
    server.status = 503
    (refused,) = fed.run("once", "--json").data
    assert (refused["sent"], refused["waiting"]) == (0, 1)
    server.status = 200
    assert fed.cli("outbox", "retry", "1").code == 0
    (taken,) = fed.run("once", "--json").data
    assert (taken["sent"], taken["waiting"]) == (1, 0)


def test_a_signal_ends_rounds_in_good_order(fed: Place, server: FeedServer) -> None:
    server.items = [NEWS]
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "once", "--all", "--repeat", "1000000"],
        cwd=fed.root, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        assert process.stderr.readline().startswith("round 1 of 1000000: 1 feed, 1 new item")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, err
    assert "Looked at" in out
    assert not [line for line in err.splitlines() if not line.startswith("round ")]
