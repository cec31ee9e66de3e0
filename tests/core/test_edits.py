"""Edits: what is said anew, what was put right, and what counts by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.edits import Change, change_of, retitled
from monitor.core.text import clean_text

TEXT = st.text(max_size=60).map(lambda text: clean_text(text, 200))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("Truce agreed", "TRUCE  AGREED!", Change.NONE),
        ('"Truce" agreed – at last', "\u201cTruce\u201d agreed: at last", Change.NONE),
        ("1,000 freed", "1 000 freed", Change.NONE),
        ("Truce agreed", "Truce agreed UPDATED", Change.NONE),
        ("Truce agreed", "UPDATED: Truce agreed", Change.NONE),
        ("Talks (updated 14:05)", "Talks (updated 15:10)", Change.NONE),
        ("Talks (12 comments)", "Talks (15 comments)", Change.NONE),
        ("Talks, 5 minutes ago", "Talks, 7 minutes ago", Change.NONE),
        ("Переговоры (12 комментариев)", "Переговоры (13 комментариев)", Change.NONE),
        ("The truce", "Truce", Change.COSMETIC),
        ("Kremlin to recieve envoy", "Kremlin to receive envoy", Change.COSMETIC),
        ("Istambul talks end", "Istanbul talks end", Change.COSMETIC),
        ("Güncelleme bekleniyor", "Guncelleme bekleniyor", Change.COSMETIC),
        ("Truce agreed", "Truce not agreed", Change.MATERIAL),
        ("Truce agreed", "Truce signed", Change.MATERIAL),
        ("1,000 freed", "1,200 freed", Change.MATERIAL),
        ("Talks moved to 14:00", "Talks moved to 15:00", Change.MATERIAL),
        ("Kyiv accepts Moscow plan", "Moscow accepts Kyiv plan", Change.MATERIAL),
        ("Россия отменила обмен", "Россия отметила обмен", Change.MATERIAL),
        ("Live fire at Sumy", "Fire at Sumy", Change.MATERIAL),
    ],
)  # fmt: skip
def test_what_changes_the_meaning_is_told_from_what_does_not(
    before: str, after: str, change: Change
) -> None:
    assert change_of((before, ""), (after, "")) is change
    assert change_of((after, ""), (before, "")) is change
    assert change_of(("Talks", before), ("Talks", after)) is change
    assert retitled(before, after) is (change is Change.MATERIAL)


def test_a_summary_that_is_gone_says_nothing_new() -> None:
    assert change_of(("Talks", "Truce agreed"), ("Talks", "")) is Change.COSMETIC
    assert change_of(("Talks", "Truce agreed"), ("Truce", "")) is Change.MATERIAL


@given(TEXT, TEXT)
def test_a_text_is_no_edit_of_itself_and_edits_go_both_ways(one: str, other: str) -> None:
    assert change_of((one, other), (one, other)) is Change.NONE
    assert change_of((one, ""), (other, "")) is change_of((other, ""), (one, ""))


@pytest.mark.parametrize("bait", ["1 " * 20_000, "!" * 40_000, "live " * 8_000, "1 min " * 6_000])
def test_a_summary_made_to_be_slow_is_read_in_one_pass(bait: str) -> None:
    assert change_of(("Talks", bait), ("Talks", bait + "truce")) is Change.MATERIAL
