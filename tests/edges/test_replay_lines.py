"""Lines of a replay: what they may say of an item, and how a line that is none is named."""

from __future__ import annotations

import json

import pytest

from monitor.app.replay import Replay
from monitor.core.model import MAX_CONTENT, Item
from monitor.errors import CommandError
from tests.builders import book

LINE = {"id": "1", "published": "2025-06-03T09:00:00Z", "source": "bbc", "title": "A truce"}


def stored(*lines: dict[str, object]) -> Item:
    """Replay lines, and give the last item as the store has it."""
    replay = Replay(book())
    assert len(list(replay.run(json.dumps(line) for line in lines))) == len(lines)
    found = replay._store.reader().find_item(str(len(lines)))
    replay.close()
    assert found is not None
    return found.item


def test_a_line_may_carry_content_author_and_categories() -> None:
    one = stored(
        {
            **LINE,
            "summary": "Short",
            "content": "<p>The whole</p><p>text</p>",
            "author": "Ann\n Roe",
            "categories": ["war", " peace ", "war", "", 5],
        }
    )
    assert (one.summary, one.content) == ("Short", "The whole\ntext")
    assert (one.author, one.categories) == ("Ann Roe", ("war", "peace", "5"))


@pytest.mark.parametrize("nothing", [{}, {"content": None, "author": None, "categories": None}])
def test_a_line_without_them_has_none(nothing: dict[str, object]) -> None:
    one = stored({**LINE, **nothing})
    assert (one.feed, one.content, one.author, one.categories) == ("bbc", "", "", ())


def test_they_are_bounded_as_a_feeds_are() -> None:
    one = stored(
        {
            **LINE,
            "content": "word " * MAX_CONTENT,
            "author": "a" * 999,
            "categories": [f"c{n}" for n in range(99)],
        }
    )
    assert (len(one.content), len(one.author), len(one.categories)) == (MAX_CONTENT, 200, 50)
    assert one.content.endswith("\u2026")


@pytest.mark.parametrize("wrong", [{"categories": "war"}, {"categories": {"a": 1}}])
def test_a_line_whose_categories_are_no_list_is_named(wrong: dict[str, object]) -> None:
    replay = Replay(book())
    with pytest.raises(CommandError, match=r"line 1 is no item.*categories is no list"):
        list(replay.run([json.dumps({**LINE, **wrong})]))
    replay.close()
