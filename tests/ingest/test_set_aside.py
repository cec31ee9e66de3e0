"""Digests with a part that cannot be written, rows of a channel that is gone, an old address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.core.model import Note
from monitor.errors import CommandError
from monitor.ports import Ingested
from tests.builders import after, book, entry, feed, in_force, poll, watch
from tests.fakes import FakeNotifier
from tests.ingest.rig import RULES, Rig


class Choosy(FakeNotifier):
    """Cannot render a digest that tells of certain words; `limit` bounds its developments."""

    def __init__(self, name: str = "desk", *, words: str = "Ankara", limit: int = 99) -> None:
        super().__init__(name, recipients=("ann@example.org", "bob@example.org"))
        self.words, self.limit = words, limit

    def render(self, note: Note, recipient: str, key: str) -> bytes:
        body = super().render(note, recipient, key)
        poisoned = self.words and self.words in body.decode() and recipient.startswith("ann")
        if note.kind == "digest" and (poisoned or len(note.sections) > self.limit):
            raise ZeroDivisionError("planted")
        return body


def rig_with(*channels: FakeNotifier) -> Rig:
    diplomacy = watch(
        "diplomacy", "vatican OR envoy", delivery="digest", notify=tuple(c.name for c in channels)
    )
    rig = Rig(in_force(book(diplomacy, feeds=RULES.feeds), *channels, FakeNotifier("console")))
    rig.tick(after(0))
    for number, title in enumerate(("Vatican offers to host", "An envoy flies to Ankara")):
        rig.ingest(poll(entry(title, guid=title, published=after(number)), at=after(10 + number)))
    return rig


@pytest.fixture
def choosy() -> Choosy:
    return Choosy()


@pytest.fixture
def rig(choosy: Choosy) -> Iterator[Rig]:
    made = rig_with(choosy, FakeNotifier("other"))
    yield made
    made.close()


def digests(rig: Rig) -> list[tuple[str, str, bool, bool]]:
    """Channel, recipient, and whether each of the two developments is told, of every digest."""
    rows = rig.rows(
        "SELECT d.channel, d.recipient, d.body FROM deliveries d JOIN alerts a ON a.id = d.alert"
        " WHERE a.kind = 'digest' ORDER BY d.id"
    )
    return [(c, r.partition("@")[0], b"Vatican" in body, b"Ankara" in body) for c, r, body in rows]


def dead(rig: Rig) -> list[tuple[int, str, str, str]]:
    reader = rig.store.reader()
    rows = reader.deliveries("dead")
    reader.close()
    return [(row.id, row.recipient, row.error_code, row.error) for row in rows]


def test_a_part_of_a_digest_that_cannot_be_written_costs_nobody_the_rest(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "parley"):
        assert rig.tick(after(hours=19)) == 3
    assert digests(rig) == [
        ("desk", "ann", True, False), ("desk", "bob", True, True), ("other", "reader", True, True),
    ]  # fmt: skip
    ((number, recipient, code, error),) = dead(rig)
    assert (recipient, code) == ("ann@example.org", "bug")
    assert error == "ZeroDivisionError inside Parley: planted"
    (record,) = caplog.records
    assert f"part {number} of a digest cannot be written" in record.getMessage()
    assert record.exc_info is not None
    assert rig.tick(after(hours=19, minutes=1)) == 0  # it does not come again for ever
    assert len(caplog.records) == 1


def test_what_was_set_aside_and_is_sent_again_goes_into_the_next_digest(
    rig: Rig, choosy: Choosy
) -> None:
    rig.tick(after(hours=19))
    ((number, *_),) = dead(rig)
    choosy.words = ""
    done = rig.desk.do_now("outbox.retry", {"ids": [number]}, after(hours=20))
    assert done["before"] == {str(number): "dead"}
    assert rig.rows("SELECT status, error FROM deliveries WHERE id = ?", number) == [("folded", "")]
    assert rig.tick(after(days=1, hours=19)) == 1
    assert digests(rig)[-1] == ("desk", "ann", False, True)


def test_a_digest_that_breaks_only_as_a_whole_is_set_aside_as_a_whole() -> None:
    rig = rig_with(Choosy(words="", limit=1), FakeNotifier("other"))
    assert rig.tick(after(hours=19)) == 1
    assert [name for name, *_ in digests(rig)] == ["other"]
    assert len(dead(rig)) == 4
    assert rig.rows("SELECT count(*) FROM deliveries WHERE status = 'folded'") == [(0,)]
    rig.close()


def test_a_folded_row_that_cannot_be_read_any_more_is_set_aside(rig: Rig, choosy: Choosy) -> None:
    choosy.words = ""
    with rig.store.unit() as unit:
        first = unit.folded(after(days=1))[0]
        unit._sql.run("UPDATE deliveries SET body = ? WHERE id = ?", [b"{", first.id])
    assert rig.tick(after(hours=19)) == 3
    assert [row for row, *_ in dead(rig)] == [first.id]


# --- a channel that is gone -------------------------------------------------------------------


def test_all_that_waits_for_a_channel_is_given_up_at_once_and_taken_back(rig: Rig) -> None:
    rig.ingest(poll(entry("Envoy says more", guid="3", published=after(20)), at=after(20)))
    reader = rig.store.reader()
    assert reader.waiting_by_channel() == {"desk": 6, "other": 3}
    done = rig.desk.do_now("outbox.drop-channel", {"channel": "desk"}, after(30))
    assert done["dropped"] == 6
    before = done["before"]
    assert isinstance(before, dict)
    assert set(before.values()) == {"folded"}
    assert reader.waiting_by_channel() == {"other": 3}
    reader.close()
    again = rig.desk.do_now("outbox.retry", {"ids": [int(n) for n in before]}, after(40))
    assert again["retried"] == 6
    assert rig.tick(after(hours=19)) == 3
    with pytest.raises(CommandError, match="channel is missing"):
        rig.desk.do_now("outbox.drop-channel", {}, after(50))


def test_what_is_being_sent_is_not_given_up_with_its_channel() -> None:
    rig = Rig()
    entries = [entry(f"Truce number {word}", guid=word) for word in ("one", "two")]
    rig.ingest(poll(*entries, at=after(1)))
    assert len(rig.desk._claim(after(1), 1, ["desk"])) == 1
    done = rig.desk.do_now("outbox.drop-channel", {"channel": "desk"}, after(1))
    assert done["before"] == {"2": "pending"}
    late = rig.desk.do_now("outbox.drop-channel", {"channel": "desk"}, after(60))
    assert late["before"] == {"1": "sending"}  # its claim has run out, and nobody renews it
    rig.close()


# --- an address that an edit replaced ---------------------------------------------------------


def test_a_look_at_an_address_that_was_replaced_meanwhile_vouches_for_nothing() -> None:
    old, new = feed("bbc"), feed("bbc", url="https://elsewhere.example.org/feed")
    rig = Rig(in_force(book(watch(), feeds=[old]), FakeNotifier("console")))
    look = poll(entry("Kremlin rejects truce"), feed=old, at=after(1), etag='"old"')
    rules = in_force(book(watch(), feeds=[new]), FakeNotifier("console"))
    validators = "SELECT etag, last_modified, body_hash, checks, next_check_at FROM feeds"

    async def story() -> Ingested:
        rig.desk.start()
        await rig.desk.swap(rules, after(2))
        swapped = rig.rows(validators)
        told = await rig.desk.ingest(look, after(3))
        assert rig.rows(validators) == swapped
        assert told == Ingested("bbc")
        done = await rig.desk.ingest(replace(look, feed=new, started_at=after(4)), after(4))
        await rig.desk.stop()
        return done

    assert asyncio.run(story()).new_items == 1
    assert rig.rows("SELECT etag, checks FROM feeds") == [('"old"', 1)]
    rig.close()
