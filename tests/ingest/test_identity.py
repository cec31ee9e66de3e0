"""Which item is it: guids, links and words that agree, lack, are made anew, or are given away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.core.model import ParsedItem
from tests.builders import T0, after, entry, poll
from tests.ingest.rig import Rig, tracked

SUMY = "Truce monitors reach Sumy border post"
ODESA = "Odesa harbour reopens under naval ceasefire"
LVIV = "Lviv hosts doctors' talk on Easter truce"
THREE = (SUMY, ODESA, LVIV)


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


def look(rig: Rig, minutes: float, *entries: ParsedItem) -> int:
    """How many items a look brought, new or changed."""
    return rig.ingest(poll(*entries, at=after(minutes))).new_items


def alerts(rig: Rig) -> int:
    return len(rig.outbox())


def items(rig: Rig) -> int:
    return int(rig.rows("SELECT count(*) FROM items")[0][0])


# --- made anew ----------------------------------------------------------------------------------


@pytest.mark.parametrize("links", ["kept", "made anew", "none"])
@pytest.mark.parametrize("dates", ["kept", "made anew", "none"])
def test_guids_made_anew_at_each_look_bring_nothing(rig: Rig, links: str, dates: str) -> None:
    """Forty looks, four hours apart: a week. What is served stays known."""
    for n in range(40):
        at = after(240 * n)
        link = {"kept": "https://e.org/{}", "made anew": "https://e.org/{}?s={}", "none": ""}[links]
        new = look(
            rig, 240 * n,
            *(
                entry(
                    title, guid=f"{number}-{n}", link=link.format(number, n),
                    published={"kept": T0, "made anew": at, "none": None}[dates],
                )
                for number, title in enumerate(THREE)
            ),
        )  # fmt: skip
        assert new == (3 if n == 0 else 0)
    assert (alerts(rig), items(rig)) == (3, 3)
    assert len(rig.rows("SELECT 1 FROM item_names")) <= 6  # nothing grows with the looks
    assert rig.rows("SELECT paused FROM feeds WHERE name = 'bbc'") == [("",)]


def test_a_new_story_of_a_feed_that_makes_its_guids_anew_is_told(rig: Rig) -> None:
    look(rig, 0, entry(SUMY, guid="1-0", link="https://e.org/1"))
    both = [entry(SUMY, guid="1-1", link="https://e.org/1"), entry(ODESA, guid="2-1")]
    assert look(rig, 5, *both) == 1
    assert alerts(rig) == 2


def test_after_guids_were_changed_once_an_edit_is_an_edit(rig: Rig) -> None:
    look(rig, 0, entry("Kremlin rejects 30-day truce", guid="old", link="https://e.org/1"))
    look(rig, 5, entry("Kremlin rejects 30-day truce", guid="new", link="https://e.org/1"))
    look(rig, 9, entry("Kremlin rejects 60-day truce", guid="new", link="https://e.org/2"))
    assert rig.rows("SELECT version, title FROM items") == [(2, "Kremlin rejects 60-day truce")]


# --- given to another story -----------------------------------------------------------------------


@pytest.mark.parametrize("published", [T0, after(60), None], ids=["kept", "new", "none"])
def test_a_guid_given_to_another_story_is_a_new_item_and_one_alert(
    rig: Rig, published: datetime | None
) -> None:
    first = entry(SUMY, guid="top", link="https://e.org/1")
    other = entry(ODESA, guid="top", link="https://e.org/2", published=published)
    look(rig, 0, first)
    assert look(rig, 60, other) == 1
    assert (alerts(rig), items(rig)) == (2, 2)
    for n in range(5):
        assert look(rig, 61 + n, other) == 0
    edit = entry(
        "Odesa harbour stays shut under naval ceasefire", guid="top", link="https://e.org/3",
        published=published,
    )  # fmt: skip
    assert look(rig, 70, edit) == 1
    assert rig.rows("SELECT version FROM items ORDER BY id") == [(1,), (2,)]
    assert look(rig, 80, first) == 0  # and the story that had it first comes back


def test_guids_that_are_places_in_the_document_move_on_with_each_story(rig: Rig) -> None:
    def document(*titles: str) -> list[ParsedItem]:
        return [
            entry(title, guid=str(n), link=f"https://e.org/{title[:5]}")
            for n, title in enumerate(titles)
        ]

    assert look(rig, 0, *document(SUMY, LVIV)) == 2
    assert look(rig, 5, *document(ODESA, SUMY, LVIV)) == 1
    assert look(rig, 9, *document(ODESA, SUMY, LVIV)) == 0
    assert (alerts(rig), items(rig)) == (3, 3)


# --- links that name nothing ----------------------------------------------------------------------


def test_a_page_that_tells_one_thing_after_the_other_names_none_of_them(rig: Rig) -> None:
    live = "https://e.org/live"
    for n, title in enumerate(THREE):
        assert look(rig, n, entry(title, guid=f"g{n}", link=live)) == 1
    assert look(rig, 9, *(entry(t, guid=f"g{n}", link=live) for n, t in enumerate(THREE))) == 0
    assert look(rig, 10, *(entry(t, guid=f"h{n}", link=live) for n, t in enumerate(THREE))) == 0
    assert (alerts(rig), items(rig)) == (3, 3)


@pytest.mark.parametrize("copies", [2, 5])
def test_what_stands_twice_in_a_document_is_one_item(rig: Rig, copies: int) -> None:
    same = entry(SUMY, guid="1", link="https://e.org/1")
    assert look(rig, 0, *[same] * copies) == 1
    assert look(rig, 1, same) == 0
    assert look(rig, 2, *[same] * copies, entry(ODESA, guid="2", link="https://e.org/2")) == 1


def test_guids_and_links_that_are_lost_again_leave_the_items_known(rig: Rig) -> None:
    full = entry(SUMY, guid="1", link="https://e.org/1")
    looks = [full, entry(SUMY, link="https://e.org/1"), entry(SUMY), entry(SUMY, guid="1"), full]
    assert [look(rig, n, one) for n, one in enumerate(looks)] == [1, 0, 0, 0, 0]


# --- dates and order --------------------------------------------------------------------------------


def test_a_date_is_no_watermark(rig: Rig) -> None:
    look(rig, 0, entry(SUMY, guid="1", published=datetime(2099, 1, 1, tzinfo=UTC)))
    late = entry(ODESA, guid="2", published=after(hours=-2))
    assert look(rig, 5, late) == 1
    assert alerts(rig) == 2
    old = entry(LVIV, guid="3", published=datetime(1601, 1, 1, tzinfo=UTC))
    assert look(rig, 6, old) == 1  # kept, as background
    assert (alerts(rig), items(rig)) == (2, 3)


def test_what_was_gone_for_ninety_days_and_returns_is_known(rig: Rig) -> None:
    one = entry(SUMY, guid="1", link="https://e.org/1")
    look(rig, 0, one)
    look(rig, 5)  # a clean feed without items
    assert look(rig, 60 * 24 * 90, one) == 0
    assert look(rig, 60 * 24 * 200, entry(SUMY, guid="2", link="https://e.org/1")) == 0
    assert alerts(rig) == 1


# --- edits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "KREMLIN REJECTS TRUCE AT ISTANBUL TALKS", "\u201cKremlin\u201d rejects truce at Istanbul talks!",
        "Kremlin rejects truce at Istanbul talks UPDATED", "Kremlin rejects truce at Istambul talks",
        "Live: Kremlin rejects truce at Istanbul talks", "Kremlin rejects truce at Istanbul talks (3 comments)",
    ],
)  # fmt: skip
def test_a_cosmetic_edit_is_silent(title: str) -> None:
    rig = Rig(tracked())
    look(rig, 0, entry("Kremlin rejects truce at Istanbul talks", guid="a"))
    assert look(rig, 5, entry(title, guid="a")) == 0
    assert look(rig, 9, entry("Kremlin rejects truce at Istanbul talks", guid="a")) == 0
    assert alerts(rig) == 1
    rig.close()


@pytest.mark.parametrize("where", ["title", "summary"])
def test_an_item_edited_into_a_truce_is_one_alert_in_one_go(where: str) -> None:
    rig = Rig(tracked())
    before = entry("Kremlin envoys talk on in Istanbul", "No result so far.", guid="a",
                   link="https://e.org/a")  # fmt: skip
    look(rig, 0, before)
    assert alerts(rig) == 0
    said = "Kremlin agrees to the 30-day truce"
    edit = entry(
        said if where == "title" else before.title, f"{said}." if where == "summary" else "",
        guid="a", link="https://e.org/a",
    )  # fmt: skip
    for n in range(4):
        look(rig, 5 + n, edit)
    assert alerts(rig) == 1
    assert rig.rows("SELECT version FROM items") == [(2,)]
    rig.close()


def test_a_not_that_comes_into_a_summary_is_judged_again(rig: Rig) -> None:
    text = "The truce has been agreed, the ministry says, and begins on Monday at noon."
    look(rig, 0, entry("Talks end", text, guid="a"))
    assert look(rig, 5, entry("Talks end", text.replace("been", "not been"), guid="a")) == 1
    assert look(rig, 6, entry("Talks end", text.replace("noon", "nine"), guid="a")) == 1


def test_an_edit_that_is_taken_back_is_told_and_wordings_that_take_turns_are_not() -> None:
    rig = Rig(tracked())
    for n in range(12):
        act = ("rejects", "accepts")[n % 2]
        look(rig, 300 * n, entry(f"Kremlin {act} 30-day truce", guid="a"))
    assert rig.rows("SELECT version FROM items") == [(4,)]
    assert alerts(rig) == 4  # each wording twice
    rig.close()
