"""`parley feeds resume`: a feed that a flood has paused alerts again."""

from __future__ import annotations

from tests.cli.place import Place

FLOOD = [f"Bridge {n} over the strait of {n}" for n in range(60)]


def test_a_feed_paused_by_a_flood_is_shown_so_and_resumed(place: Place) -> None:
    place.publish("Rain in the hills", first_contact=True)
    place.publish(*FLOOD)
    why = "one look brought more than 50 new items for a watch"
    first, _ = place.cli("feeds", "--json").data
    assert (first["state"], first["store"]["paused"]) == (f"read, its alerts paused: {why}", why)
    assert "Alerts paused" in place.cli("feeds", "show", "first").out
    ops = [a for a in place.cli("alerts", "--json").data if a["kind"] == "ops"]
    assert [each["subject"] for each in ops] == ["Alerts of the feed First Gazette are paused"]
    done = place.cli("feeds", "resume", "first")
    assert (done.code, done.out) == (0, f"First Gazette alerts again; it was paused: {why}\n")
    assert place.cli("feeds", "first", "--json").data["store"]["paused"] == ""
    refused = place.cli("feeds", "resume", "First Gazette")
    assert (refused.code, "is not paused" in refused.err) == (1, True)
    assert "there is no feed" in place.cli("feeds", "resume", "nobody").err
