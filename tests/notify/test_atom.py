"""Feed files: whole or not at all, each message once, the newest, and nobody else's file."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from monitor.core.model import Note, Reason
from monitor.notify import atom, registry
from monitor.ports import Notifier, Outcome, Receipt
from tests.delivery.chats import follow_up, notes
from tests.fakes_http import LoopbackHttp
from tests.notes import FixedClock, alert, digest, message, section

NS = "{http://www.w3.org/2005/Atom}"


def channel(folder: Path, **changed: Any) -> Notifier:
    said = {"folder": str(folder), **changed}
    return registry.build("feeds", "atom", said, http=LoopbackHttp(), clock=FixedClock())


async def put(made: Notifier, note: Note, key: str = "k") -> Receipt:
    return await made.send(made.render(note, "atom", key), "atom", key)


def titles(path: Path) -> list[str]:
    return [entry.findtext(f"{NS}title") or "" for entry in ET.parse(path).iter(f"{NS}entry")]


def aged(note: Note, minutes: int) -> Note:
    said = {name: getattr(note, name) for name in note.__dataclass_fields__}
    return Note(**{**said, "created_at": note.created_at + timedelta(minutes=minutes)})


def test_each_watch_has_its_feed_and_so_has_the_machine(tmp_path: Path) -> None:
    made = channel(tmp_path / "feeds")
    for key, note in (("a", digest()), ("b", message("ops"))):
        assert asyncio.run(put(made, note, key)).outcome is Outcome.SENT
    there = sorted(path.name for path in (tmp_path / "feeds").iterdir())
    assert there == ["ceasefire.atom", "parley.atom", "pow-exchange.atom"]
    assert titles(tmp_path / "feeds" / "parley.atom") == ["A feed is gone"]


def test_a_reader_takes_the_feed(tmp_path: Path) -> None:
    evil = "<b>&amp; ]]></entry><entry>\n</entry>\n \u202e\x00\ud800 \U0001f600 'x' \"y\""
    link = "https://e.org/?a=1&b=2"
    made = channel(tmp_path, address="https://e.org/feeds")
    asyncio.run(put(made, alert(section(evil, evil, outlet=evil, watch_title=evil, link=link))))
    read = feedparser.parse((tmp_path / "ceasefire.atom").read_bytes())
    assert not read.bozo
    assert read.version == "atom10"
    (entry,) = read.entries
    assert entry.title == "<b>&amp; ]]></entry><entry> </entry> \ufffd \U0001f600 'x' \"y\""
    assert entry.link == link
    assert entry.id.startswith("urn:uuid:")
    assert read.feed.links[0].href == "https://e.org/feeds/ceasefire.atom"
    assert "script" not in entry.content[0].value


def test_what_is_sent_twice_stands_there_once_and_under_the_same_id(tmp_path: Path) -> None:
    for made in (channel(tmp_path), channel(tmp_path)):  # as after a restart
        for _ in range(2):
            asyncio.run(put(made, alert()))
    assert len(titles(tmp_path / "ceasefire.atom")) == 1


def test_the_newest_are_kept_in_their_order_whenever_they_come(tmp_path: Path) -> None:
    made = channel(tmp_path, entries=3)
    told = [aged(note, minutes) for minutes, note in enumerate(notes(5))]
    for place in (4, 0, 2, 3, 1):
        asyncio.run(put(made, told[place], str(place)))
    wanted = [f"Development {n} of the day" for n in (4, 3, 2)]
    assert titles(tmp_path / "ceasefire.atom") == wanted


def test_two_hundred_at_once_are_all_there(tmp_path: Path) -> None:
    made = channel(tmp_path, entries=200)

    async def story() -> list[Receipt]:
        told = [aged(note, minutes) for minutes, note in enumerate(notes(200))]
        return await asyncio.gather(*(put(made, note, str(n)) for n, note in enumerate(told)))

    assert {receipt.outcome for receipt in asyncio.run(story())} == {Outcome.SENT}
    assert len(set(titles(tmp_path / "ceasefire.atom"))) == 200
    assert [path.name for path in tmp_path.iterdir()] == ["ceasefire.atom"]


def test_a_correction_is_an_entry_and_is_written_over_the_first(tmp_path: Path) -> None:
    made = channel(tmp_path)
    asyncio.run(put(made, next(notes(1)), "one"))
    later = aged(follow_up(Reason.CORRECTED, "CORRECTED: no truce"), 60)
    for _ in range(2):
        asyncio.run(put(made, later, "two"))
    assert sorted(titles(tmp_path / "ceasefire.atom")) == [
        "CORRECTED: no truce", "[Taken back since it was told] Development 0 of the day",
    ]  # fmt: skip


def test_nobody_s_file_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "ceasefire.atom"
    path.write_text("<feed>mine</feed>")
    receipt = asyncio.run(put(channel(tmp_path), alert()))
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "foreign-file")
    assert "ceasefire.atom" in receipt.message
    assert path.read_text() == "<feed>mine</feed>"


@pytest.mark.parametrize("watch", ["../../etc/passwd", "a b", "", ".", "x" * 300, "\x00", "\ud800"])
def test_no_watch_s_name_leads_out_of_the_folder(tmp_path: Path, watch: str) -> None:
    folder = tmp_path / "deep" / "feeds"
    receipt = asyncio.run(put(channel(folder), alert(section(watch=watch))))
    assert receipt.outcome is Outcome.SENT
    assert [path.parent for path in tmp_path.rglob("*.atom")] == [folder]


def test_a_write_that_fails_leaves_the_old_feed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = channel(tmp_path)
    asyncio.run(put(made, alert()))
    before = (tmp_path / "ceasefire.atom").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atom.os, "fsync", full)
    receipt = asyncio.run(put(made, next(notes(1)), "two"))
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "disk")
    assert "No space left on device" in receipt.message
    assert (tmp_path / "ceasefire.atom").read_bytes() == before
    monkeypatch.undo()
    assert asyncio.run(put(made, next(notes(1)), "two")).outcome is Outcome.SENT
    assert len(titles(tmp_path / "ceasefire.atom")) == 2


def test_a_disk_that_stands_still_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    there = atom.os.fsync

    def still(number: int) -> None:
        let_go.wait(30)
        there(number)

    monkeypatch.setattr(atom.os, "fsync", still)
    made = channel(tmp_path, deadline_s=0.3)

    async def story() -> list[str]:
        first = await put(made, alert(), "one")
        second = await put(made, next(notes(1)), "two")
        let_go.set()
        return [first.code, second.code, (await put(made, alert(), "one")).code,
                (await put(made, next(notes(1)), "two")).code]  # fmt: skip

    assert asyncio.run(story()) == ["blocked", "blocked", "sent", "sent"]
    assert len(titles(tmp_path / "ceasefire.atom")) == 2
