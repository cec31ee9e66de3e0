"""I8: what the desk remembers is what a new start would remember, whatever failed in between."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.ledger import FactEvent, Op
from monitor.errors import StoreError
from tests.builders import T0, after, entry, fact, feed, poll
from tests.fakes import Fault, plant
from tests.ingest.rig import Rig
from tests.invariants.days import days

TITLES = [
    "Kremlin rejects truce offered for 1,000 prisoners",
    "Kremlin accepts truce offered for 1,000 prisoners",
    "Kremlin accepts truce offered for 1,200 prisoners",
    "Naval ceasefire begins off Odesa",
    "Vatican envoy offers to host talks",
    "Weather stays fine",
]
LOOKS = st.tuples(
    st.sampled_from(["bbc", "dw"]),
    st.lists(st.tuples(st.sampled_from(TITLES), st.sampled_from("abc")), min_size=1, max_size=3),
    st.one_of(st.none(), st.integers(0, 70)),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LOOKS, max_size=8))
def test_i8_after_every_look_memory_is_what_a_new_start_would_remember(
    looks: list[tuple[str, list[tuple[str, str]], int | None, bool]],
) -> None:
    rig = Rig()
    for minute, (name, entries, fails_at, ends) in enumerate(looks):
        now = after(minute)
        made = poll(
            *(entry(title, guid=guid, published=now) for title, guid in entries),
            feed=feed(name),
            at=now,
        )
        if fails_at is not None:
            heal = plant(rig.store, Fault(fails_at, ends=ends))
            before = rig.memory()
            try:
                rig.ingest(made)
            except StoreError:
                assert rig.memory() == before
            finally:
                heal()
        else:
            rig.ingest(made)
        assert rig.memory() == rig.memory_anew(now)
    rig.close()


def test_i8_it_holds_over_some_days_of_news() -> None:
    rig = Rig()
    for each in days():
        rig.ingest(each)
        assert rig.memory() == rig.memory_anew(each.started_at)
    assert len(rig.memory()["stories"]) >= 4
    rig.close()


def test_i8_facts_in_memory_are_those_that_were_committed() -> None:
    rig = Rig()
    heal = plant(rig.store, Fault(4))
    try:
        with rig.store.unit() as unit:
            unit.append([FactEvent("x", Op.SET, "user:ann", T0, fact(id="x"))], T0)
            unit.facts("ceasefire")
            unit.meta("a")
            unit.meta("b")
    except StoreError:
        heal()
    with rig.store.unit() as unit:
        assert unit.facts("ceasefire") == ()
        unit.append([FactEvent("x", Op.SET, "user:ann", T0, fact(id="x"))], T0)
        assert [held.id for held in unit.facts("ceasefire")] == ["x"]
    with rig.store.unit() as unit:
        assert [held.id for held in unit.facts("ceasefire")] == ["x"]
    rig.close()
