"""Of a sensitive state is always said whether it is planned, said by one side, or by both."""

from __future__ import annotations

import pytest

from monitor.core.certainty import certainty
from monitor.core.claims import BOTH, Claim
from monitor.core.deeds import Modality
from monitor.core.rules import Tracker, TrackerState

SWAP = Tracker(
    "exchange", "series", "Which?", "$captives", parties=("ukraine", "russia"),
    states=(
        TrackerState("agreed", ("agree",)),
        TrackerState("carried-out", ("carry-out",), sensitive=True),
    ),
)  # fmt: skip
DONE = Claim("w", "exchange", "carry-out", "carried-out", Modality.ASSERTED)
#: "Captives will be exchanged on Monday": what is only planned has been agreed on.
PLANNED = Claim("w", "exchange", "agree", "agreed", Modality.PLANNED)
AGREED = Claim("w", "exchange", "agree", "agreed", Modality.ASSERTED)


@pytest.mark.parametrize(
    ("claim", "claimants", "said"),
    [
        (DONE, ["ukraine"], "One side says that it is carried out: Ukraine."),
        (DONE, ["ukraine", "russia", "turkey"],
         "Both sides say that it is carried out: Russia and Ukraine."),
        (DONE, [BOTH], "Both sides say that it is carried out: Russia and Ukraine."),
        (DONE, ["turkey"],
         "Neither side says itself that it is carried out; it is said by Turkey."),
        (DONE, [""],
         "Neither side says itself that it is carried out so far, and nobody is quoted."),
        (PLANNED, ["russia"], "Planned: nobody says yet that it is carried out."),
        (AGREED, ["russia"], ""),
    ],
)  # fmt: skip
def test_certainty(claim: Claim, claimants: list[str], said: str) -> None:
    assert certainty(claim, SWAP, claimants) == said
