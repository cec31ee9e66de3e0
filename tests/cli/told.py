"""A place with a watch for a truce, and news of it from many outlets, judged and stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tests.cli.place import Place

TRUCE = """\
title: A truce
query: $truce
trackers:
  truce:
    kind: state
    topic: $truce
    confirm: both_parties
    parties: [ukraine, russia]
    states:
      proposed: {act: propose}
      rejected: {act: [reject, fail], severity: high}
      agreed: {act: agree, severity: critical, joint: true}
"""
REFUSED = """\
version: 1
as_of: 2025-06-02T20:00:00Z
facts:
  - {id: refused, watch: truce, tracker: truce, state: rejected, date: 2025-06-02, text: Moscow refused a truce in the second round, source: reports}
"""
AGREED = "Ukraine and Russia agree to a ceasefire, Kremlin says"
DENIED = "No ceasefire was agreed with Russia, Zelensky says"
CONFIRMED = "Ukraine confirms: ceasefire with Russia agreed, Zelensky says"
#: One event in the words of four languages, each quoting the Kremlin and nobody else.
WORDINGS = (
    ("en", AGREED),
    ("en", "Ceasefire agreed between Kyiv and Moscow, says the Kremlin"),
    ("de", "Ukraine und Russland vereinbaren Waffenruhe, sagt der Kreml"),
    ("uk", "Україна і Росія домовилися про перемир'я, заявили в Кремлі"),
    ("fr", "L'Ukraine et la Russie conviennent d'un cessez-le-feu, dit le Kremlin"),
)
#: When the first report is published.
FIRST = datetime(2025, 6, 10, 8, tzinfo=UTC)


def with_truce(place: Place) -> Place:
    """Put the watch for a truce in the place of the one for a bridge."""
    (place.config / "watches/bridge.yaml").unlink()
    place.write("watches/truce.yaml", TRUCE)
    place.write("baselines/start.yaml", REFUSED)
    return place


def news(place: Place, told: Iterable[tuple[str, str, str]], first: datetime = FIRST) -> None:
    """Judge what outlets tell (outlet, language, title), five minutes apart, and keep it."""
    lines = [
        {
            "id": f"n{number}", "published": (first + timedelta(minutes=5 * number)).isoformat(),
            "source": outlet, "lang": language, "title": title, "summary": "",
            "link": f"https://example.org/n{number}",
        }
        for number, (outlet, language, title) in enumerate(told)
    ]  # fmt: skip
    stream = place.root / "stream.jsonl"
    stream.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    place.database.parent.mkdir(exist_ok=True)
    done = place.cli("replay", stream, "--keep", place.database)
    assert done.code == 0, done.err
