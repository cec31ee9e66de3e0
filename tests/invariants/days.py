"""Some days of news for the invariants: every kind of verdict, at several feeds."""

from __future__ import annotations

from monitor.ports import Poll
from tests.builders import after, entry, feed, poll

BBC, DW, ARD = feed("bbc"), feed("dw"), feed("ard")


def days() -> list[Poll]:
    """Polls in their order: founds, repeats, turns, numbers, edits, old news, folded, weather."""
    one = "Kremlin rejects truce offered for 1,000 prisoners"
    return [
        poll(entry("Ceasefire anniversary march in Lutsk", guid="old"), feed=BBC, at=after(0), etag='"0"',
             first_contact=True),
        poll(entry(one, guid="a", published=after(9)), entry("Weather stays fine", guid="w"),
             feed=BBC, at=after(10), etag='"1"'),
        poll(entry(one, "Agencies say so.", guid="b", published=after(12)), feed=DW, at=after(13)),
        poll(entry("Vatican envoy offers to host", guid="v", published=after(14)), feed=ARD, at=after(15)),
        poll(entry("Kremlin accepts truce offered for 1,000 prisoners", guid="c", published=after(20)),
             feed=DW, at=after(21), etag='"2"'),
        poll(entry("Kremlin accepts truce offered for 1,200 prisoners", guid="d", published=after(30)),
             feed=ARD, at=after(31), etag='"2"'),
        poll(entry("Old truce of spring in Luhansk", guid="o", published=after(days=-5)),
             feed=ARD, at=after(32), etag='"3"'),
        poll(entry("Gaza ceasefire list handed over", guid="a", published=after(9)), feed=BBC, at=after(40),
             etag='"4"'),
    ]  # fmt: skip
