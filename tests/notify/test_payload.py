"""What a webhook says of a change: its two sides, beside the headline; and that a digest keeps it."""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.core.model import Earlier, Headline
from monitor.core.sections import from_json, to_json
from monitor.notify import payload
from tests.notes import KEY, PUBLISHED, alert, section

CHANGED = replace(
    section("Exchange: 1,000 a side agreed -> 1,200 - both sides [pow-exchange]"),
    headlines=(
        Headline("en", "Exchange: 1,000 a side agreed -> 1,200", "1,000 a side agreed", "1,200"),
        Headline("de", "Austausch: 1.000 je Seite -> 1.200", "1.000 je Seite", "1.200"),
    ),
    said_by=("both",),
    denied_by=("russia",),
    earlier=(Earlier("Exchange: proposed", PUBLISHED),),
)


def test_both_sides_of_a_change_stand_in_the_body() -> None:
    (told,) = json.loads(payload.render(alert(CHANGED), KEY))["alert"]["developments"]
    assert (told["was"], told["is"]) == ("1,000 a side agreed", "1,200")
    german = replace(alert(CHANGED), language="de")
    (told,) = json.loads(payload.render(german, KEY))["alert"]["developments"]
    assert told["was"] == "1.000 je Seite"


def test_what_no_tracker_tells_has_neither() -> None:
    (told,) = json.loads(payload.render(alert(), KEY))["alert"]["developments"]
    assert (told["was"], told["is"]) == ("", "")


def test_a_receiver_of_an_older_version_needs_neither() -> None:
    (part,) = (each for name, each in payload.schema()["$defs"].items() if "Development" in name)
    assert {"was", "is"} <= part["properties"].keys()
    assert not {"was", "is"} & set(part["required"])


def test_a_folded_section_keeps_all_of_it() -> None:
    assert from_json(to_json(CHANGED)) == CHANGED
    older = json.loads(to_json(section()))
    for name in ("headlines", "said_by", "denied_by", "earlier"):
        del older[name]
    assert from_json(json.dumps(older).encode()) == section()
