"""`parley check`: everything that is wrong, with its place, and what the ledger says otherwise."""

from __future__ import annotations

import pytest
import trustme

from monitor.notify.email import EmailNotifier
from tests.cli.place import Place

DESK = """\
  desk: {{kind: email, host: localhost, from: a@example.org, to: b@example.org{more}}}
"""


def test_a_right_configuration_is_summed_up_in_a_line(place: Place) -> None:
    done = place.cli("check")
    assert done.code == 0
    assert done.out.splitlines() == [
        "1 watch, 2 feeds, 2 facts, 3 tests: all pass",
        "1 state in tests were read; states are not judged yet.",
    ]


def test_a_test_that_fails_is_named_with_its_line_and_what_it_lacks(place: Place) -> None:
    place.edit("watches/bridge.yaml", "The bridge over the strait opens,", "The bridge opens,")
    place.edit(
        "watches/bridge.yaml",
        "hit: false",
        "hit: false}\n  - {text: A bridge over the strait, hit: false",
    )
    done = place.cli("check")
    assert done.code == 1
    assert (
        "watches/bridge.yaml:13: bridge: no hit: 'The bridge opens' (en) lacks any of strait"
        in done.out
    )
    assert (
        "a hit that should be none: 'A bridge over the strait' (en) has $bridge: bridge" in done.out
    )
    assert "4 tests: 2 fail" in done.out
    data = place.cli("check", "--json").data
    assert [(one["line"], one["expected_hit"]) for one in data["failed"]] == [
        (13, True),
        (16, False),
    ]
    assert data["ok"] is False


def test_every_mistake_is_told_with_file_line_and_column(place: Place) -> None:
    place.edit("watches/bridge.yaml", "query:", "qeury:")
    place.edit("feeds.yaml", "pace: fast", "pace: quick")
    done = place.cli("check")
    assert (done.code, done.out) == (2, "")
    assert "config/feeds.yaml:3:" in done.err
    assert (
        "config/watches/bridge.yaml:2:1: there is no key 'qeury' here (did you mean 'query'?)"
        in done.err
    )
    refused = place.cli("check", "--json")
    assert refused.code == 2
    assert {error["file"] for error in refused.data["errors"]} >= {"config/feeds.yaml"}


def test_warnings_go_to_stderr_and_change_nothing(place: Place) -> None:
    (place.config / "watch.yaml").write_text("title: lost\n")
    done = place.cli("check")
    assert done.code == 0
    assert "warning: config/watch.yaml: is not read" in done.err


def test_quick_runs_no_test(place: Place) -> None:
    place.edit("watches/bridge.yaml", "hit: false", "hit: true")
    assert place.cli("check").code == 1
    done = place.cli("check", "--quick")
    assert (done.code, done.out) == (0, "1 watch, 2 feeds, 2 facts, 3 tests: not run\n")


def test_where_ledger_and_files_differ_is_said_by_id(place: Place) -> None:
    place.publish("Rain")
    assert place.cli("check", "--json").data["ledger_differs"] == []
    place.cli("baseline", "set", "two-bridges", "--text", "Three bridges are planned")
    place.edit("baselines/start.yaml", "id: old-ferry", "id: new-ferry")
    found = {
        one["fact"]: one["what"] for one in place.cli("check", "--json").data["ledger_differs"]
    }
    assert set(found) == {"two-bridges", "new-ferry", "old-ferry"}
    assert "changed by ada in the ledger" in found["two-bridges"]
    assert "parley baseline set two-bridges --from-file" in found["two-bridges"]
    assert "not in the ledger yet" in found["new-ferry"]
    assert "no file holds it any more" in found["old-ferry"]
    assert place.cli("check").code == 0
    place.cli("baseline", "set", "two-bridges", "--from-file")
    again = [one["fact"] for one in place.cli("check", "--json").data["ledger_differs"]]
    assert again == []  # the commands between brought the ledger in line, as a start does


def test_a_changed_line_that_nobody_else_touched_is_taken_with_the_next_start(place: Place) -> None:
    place.publish("Rain")
    place.edit("baselines/start.yaml", "since 1950", "since 1951")
    (one,) = place.cli("check", "--json").data["ledger_differs"]
    assert one["fact"] == "old-ferry"
    assert "the file's line changed" in one["what"]


@pytest.mark.parametrize(
    "content", ["", "this is no certificate\n", "-----BEGIN CERTIFICATE-----\n"]
)
def test_an_authority_without_a_certificate_is_refused_with_its_place(
    place: Place, content: str
) -> None:
    place.write("bad.pem", content)
    place.edit("parley.yaml", "{kind: console}\n", "{kind: console}\n" + DESK.format(
        more=", ca_file: config/bad.pem"
    ))  # fmt: skip
    done = place.cli("check")
    assert done.code == 2
    assert "config/parley.yaml:6:" in done.err
    assert "holds no certificate in PEM form" in done.err


def test_an_authority_that_is_one_is_taken(place: Place) -> None:
    trustme.CA().cert_pem.write_to_path(str(place.root / "good.pem"))
    place.edit("parley.yaml", "{kind: console}\n", "{kind: console}\n" + DESK.format(
        more=", ca_file: good.pem"
    ))  # fmt: skip
    assert place.cli("check").code == 0


def test_a_channel_that_its_kind_cannot_make_is_found_before_the_daemon_does(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.edit("parley.yaml", "{kind: console}\n", "{kind: console}\n" + DESK.format(more=""))
    assert place.cli("check").code == 0

    def broken(self: object, *args: object) -> None:
        raise OSError("planted")

    monkeypatch.setattr(EmailNotifier, "__init__", broken)
    done = place.cli("check")
    assert done.code == 2
    assert "the channel desk cannot be made: OSError: planted" in done.err
    assert place.cli("check", "--json").data["ok"] is False
