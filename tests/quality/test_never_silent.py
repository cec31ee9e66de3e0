"""What must never be taken for a repeat, under the shipped watches, words and baseline.

Each case is headlines in the order of their publication, hours apart; `told` says which of them
must be told. The last ones say what must stay silent, so that silence is not bought by telling all.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app.replay import Replay
from monitor.app.wiring import read_settings
from monitor.core.rules import RuleBook

START = datetime(2025, 7, 1, 6, 0, tzinfo=UTC)
CASES = {
    "denied after told": (
        [("Russia agrees to ceasefire with Ukraine", 0),
         ("Russia did not agree to ceasefire with Ukraine", 1)], [True, True]),
    "ready and not ready": (
        [("Zelensky says Ukraine ready for ceasefire with Russia from Monday", 0),
         ("Zelensky says Ukraine not ready for ceasefire with Russia from Monday", 1)],
        [True, True]),
    "the other side does the same": (
        [("Moscow accepts ceasefire proposal in war against Ukraine", 0),
         ("Kyiv accepts ceasefire proposal in war against Ukraine", 1)], [True, True]),
    "three days, seven days": (
        [("Russia and Ukraine agree 3-day ceasefire", 0),
         ("Russia and Ukraine agree 7-day ceasefire", 1)], [True, True]),
    "another day": (
        [("Russia, Ukraine to hold talks in Istanbul on Monday", 0),
         ("Russia, Ukraine to hold talks in Istanbul on Friday", 3)], [True, True]),
    "another date": (
        [("Russia-Ukraine talks in Istanbul set for 5 July", 0),
         ("Russia-Ukraine talks in Istanbul set for 9 July", 3)], [True, True]),
    "a series of exchanges": (
        [("Russia and Ukraine exchange 300 prisoners of war", hours) for hours in (0, 26, 74, 122)],
        [True, True, True, True]),
    "there and back": (
        [("Kremlin accepts 30-day truce with Ukraine", 0),
         ("Kremlin rejects 30-day truce with Ukraine", 3),
         ("Kremlin accepts 30-day truce with Ukraine", 4),
         ("Kremlin accepts 30-day truce with Ukraine after all", 20),
         ("Kremlin rejects 30-day truce with Ukraine again", 30)],
        [True, True, False, True, True]),
    "against the baseline's own words": (
        [("Moscow agreed to a meeting of the presidents", 0)], [True]),
    "a copy": (
        [("Kremlin rejects 30-day truce with Ukraine", 0),
         ("Kremlin rejects 30-day truce with Ukraine", 1),
         ("The Kremlin rejects a 30-day truce with Ukraine", 2)], [True, False, False]),
    "what the baseline says": (
        [("Russia again refused the unconditional truce that Kyiv asks for", 0)], [False]),
}  # fmt: skip
SUMMARY = {
    "against the baseline's own words": "Putin and Zelensky would meet in Istanbul, Ankara says."
}


@pytest.fixture(scope="module")
def rules() -> RuleBook:
    return read_settings(Path(__file__).parents[2] / "config", env={}).rules


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_told_and_a_repeat_is_not(case: str, rules: RuleBook) -> None:
    headlines, told = CASES[case]
    lines = [
        json.dumps(
            {
                "id": str(number),
                "lang": "en",
                "published": (START + timedelta(hours=hours)).isoformat(),
                "source": f"Outlet {number}",
                "title": title,
                "summary": SUMMARY.get(case, ""),
                "link": f"https://example.org/{number}",
            }
        )
        for number, (title, hours) in enumerate(headlines)
    ]
    replay = Replay(rules)
    answers = [each.as_json() for each in replay.run(lines)]
    replay.close()

    assert all(answer["hits"] for answer in answers)
    assert [bool(answer["alerts"]) for answer in answers] == told, answers
