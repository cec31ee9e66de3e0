"""Stories: copies and same words meet, drafts leave no trace, memory forgets what has closed."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest

from monitor.core.model import Item, Placement
from monitor.core.stories import OPEN_FOR, StoryBook, Telling
from tests.builders import T0, after, item

LONG = (
    "The statement came after a second round of talks in Istanbul, where both delegations exchanged"
    " memoranda, lists of names and a plan for the return of bodies over the coming weeks."
)


class Desk:
    """Places items as the path does, each in a draft that is adopted at once."""

    def __init__(self) -> None:
        self.book = StoryBook()
        self.number = 0

    def read(
        self, told: Item, *claims: str, edit: bool = False, **more: frozenset[str]
    ) -> Placement:
        telling = Telling(frozenset({"ceasefire"}), claims=frozenset(claims), **more)
        draft = self.book.draft()
        placement = draft.place(told, telling, edit=edit)
        self.number += 1
        draft.add(told, self.number, placement, telling)
        self.book.adopt(draft, told.published_at)
        return placement


def test_the_same_text_at_another_outlet_is_a_copy() -> None:
    desk = Desk()
    first = desk.read(item("Kremlin rejects 30-day truce", LONG, feed="bbc", identity="a"))
    second = desk.read(item("KREMLIN rejects 30-day truce!", LONG, feed="dw", identity="b"))
    assert first.founds
    assert (second.story, second.copy_of, second.similarity) == (first.story, 1, 1.0)
    assert (second.reports, second.publishers) == (2, 2)
    assert second.closeness > 1


def test_nearly_the_same_words_are_a_copy_too() -> None:
    desk = Desk()
    desk.read(item("Kremlin rejects 30-day truce", LONG))
    placement = desk.read(item("The Kremlin rejects 30-day truce today", LONG, feed="dw"))
    assert placement.copy_of == 1


def test_other_words_about_the_same_are_a_report_of_the_story() -> None:
    desk = Desk()
    first = desk.read(item("Kremlin rejects 30-day truce after talks in Istanbul"))
    placement = desk.read(item("Truce: Kremlin rejects 30-day halt in Istanbul talks"))
    assert placement.story == first.story
    assert placement.copy_of is None
    assert placement.closeness >= 1 > placement.similarity


def test_another_matter_founds_a_story_of_its_own() -> None:
    desk = Desk()
    first = desk.read(item("Kremlin rejects 30-day truce"))
    placement = desk.read(item("Holiday truce in the Black Sea proposed by Ankara"))
    assert placement.story != first.story
    assert placement.founds


@pytest.mark.parametrize("summary", ["", LONG])
def test_an_opposite_headline_is_of_the_same_story_and_sees_what_it_claimed(summary: str) -> None:
    """All words but one are the same, and with a long summary the texts are near copies."""
    desk = Desk()
    first = desk.read(item("Kremlin rejects 30-day truce", summary, identity="a"), "truce:rejected")
    told = item("Kremlin accepts 30-day truce", summary, identity="b", published=after(1))
    placement = desk.read(told, "truce:agreed")
    assert placement.story == first.story
    assert placement.claims == ("truce:rejected",)
    third = desk.read(item("Kremlin accepts 30-day truce now", summary, identity="c"))
    assert third.claims == ("truce:agreed", "truce:rejected")  # the newest first


@pytest.mark.parametrize("summary", ["", LONG])
def test_a_number_that_changed_is_told_once(summary: str) -> None:
    desk = Desk()
    desk.read(item("Exchange of 1,000 prisoners under a truce agreed", summary))
    placement = desk.read(item("Exchange of 1,200 prisoners under a truce agreed", summary))
    assert placement.new_numbers == ("1200",)
    again = desk.read(item("Exchange of 1,200 prisoners under a truce agreed now", summary))
    assert again.new_numbers == ()


def test_an_edit_that_tells_another_story_founds_one_that_has_no_name_yet() -> None:
    """A feed that uses one guid for everything: each time it is news (C16)."""
    desk = Desk()
    first = desk.read(item("Kremlin rejects 30-day truce", identity="live"))
    second = desk.read(item("Pope offers Vatican for Gaza ceasefire", identity="live"), edit=True)
    third = desk.read(item("Grain harbour under naval ceasefire", identity="live"), edit=True)
    assert len({first.story, second.story, third.story}) == 3
    assert len({p.founder_identity for p in (first, second, third)}) == 3
    assert all(p.founds for p in (first, second, third))


def test_an_edit_that_stays_with_its_story_is_quiet() -> None:
    desk = Desk()
    first = desk.read(item("Kremlin rejects 30-day truce", identity="a"))
    placement = desk.read(item("Kremlin flatly rejects 30-day truce", identity="a"), edit=True)
    assert placement.story == first.story
    assert placement.founds is False


def test_a_story_takes_nothing_after_a_week_of_silence() -> None:
    desk = Desk()
    first = desk.read(item("Kremlin rejects 30-day truce", published=T0))
    late = T0 + OPEN_FOR + timedelta(minutes=1)
    placement = desk.read(item("Kremlin rejects 30-day truce", published=late, identity="later"))
    assert placement.founds
    assert placement.story != first.story


def test_the_time_between_two_reports_counts() -> None:
    title = "Kremlin rejects truce of thirty days in Istanbul"
    other = "Thirty days: Kremlin rejects Istanbul truce, calls it trick of enemies"
    desk = Desk()
    desk.read(item(title))
    near = desk.read(item(other, published=after(60)))
    desk = Desk()
    desk.read(item(title))
    far = desk.read(item(other, published=after(days=6)))
    assert not near.founds
    assert far.founds


def test_a_draft_that_is_dropped_leaves_no_trace() -> None:
    desk = Desk()
    desk.read(item("Kremlin rejects 30-day truce"), "truce:rejected")
    before = copy.deepcopy(vars(desk.book._shelf))
    draft = desk.book.draft()
    for n, title in enumerate(("Kremlin accepts 30-day truce", "Vatican truce", "1,000 swapped")):
        told = item(title)
        telling = Telling(frozenset({"other"}), claims=frozenset({"truce:agreed"}))
        draft.add(told, 10 + n, draft.place(told, telling), telling)
    del draft
    assert vars(desk.book._shelf) == before
    placement = desk.read(item("Kremlin accepts 30-day truce"), "truce:agreed")
    assert (placement.claims, placement.watches) == (("truce:rejected",), {"ceasefire"})


def test_a_draft_sees_what_it_has_added() -> None:
    stories = StoryBook()
    draft = stories.draft()
    first = item("Kremlin rejects 30-day truce", identity="a")
    placement = draft.place(first, Telling())
    draft.add(first, 1, placement, Telling(watches=frozenset({"ceasefire"})))
    second = draft.place(item("Kremlin rejects 30-day truce", identity="b"), Telling())
    assert (second.story, second.copy_of) == (placement.story, 1)
    assert draft.story_of("a") == placement.story
    assert draft.story_of("b") is None


def test_the_name_of_a_story_stands_on_its_founder_alone() -> None:
    one, other = Desk(), Desk()
    other.read(item("Holiday truce in the Black Sea proposed by Ankara"))
    told = item("Kremlin rejects 30-day truce", identity="a")
    assert one.read(told).story == other.read(told).story


def test_closed_stories_are_forgotten_together_with_what_found_them() -> None:
    desk = Desk()
    for n in range(80):
        place = chr(97 + n // 26) + chr(97 + n % 26)
        desk.read(item(f"v{place} r{place} m{place} truce", identity=str(n)))
    assert len(desk.book) == 80
    desk.read(item("Kremlin rejects 30-day truce", published=T0 + OPEN_FOR + timedelta(hours=1)))
    assert len(desk.book) == 1
    shelf = desk.book._shelf
    assert {name for names in shelf.by_word.values() for name in names} == set(shelf.stories)
    assert {name for name, _ in shelf.by_print.values()} == set(shelf.stories)


def test_two_short_titles_are_not_one_story_by_chance() -> None:
    desk = Desk()
    first = desk.read(item("Sumy truce", identity="a"))
    placement = desk.read(item("Odesa truce", identity="b"))
    assert placement.story != first.story


def test_one_headline_over_another_text_the_next_day_is_a_column() -> None:
    """ "War in Ukraine: the latest" stands over other news each day."""
    title = "War in Ukraine: the latest on the truce"
    desk = Desk()
    first = desk.read(item(title, "Drones hit a depot near Kharkiv at dawn.", identity="a"))
    other = "Both sides sign a halt of fire for Odesa, Ankara says."
    placement = desk.read(item(title, other, identity="b", published=after(days=1)))
    assert placement.story != first.story


def test_one_headline_with_and_without_its_text_is_a_copy() -> None:
    title = "War in Ukraine: the latest on the truce"
    desk = Desk()
    desk.read(item(title, "Drones hit a depot near Kharkiv at dawn.", identity="a"))
    placement = desk.read(item(title, "", identity="b", published=after(days=1)))
    assert placement.copy_of == 1
