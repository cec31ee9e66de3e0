"""How sure a sensitive state is, in words: planned, said by one side, or said by both."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.core.claims import BOTH, Claim
from monitor.core.deeds import PLANNED_AS, Modality
from monitor.core.rules import Tracker
from monitor.core.standing import state_of


def certainty(claim: Claim, tracker: Tracker, claimants: Iterable[str]) -> str:
    """Give the sentence that an alert says about a sensitive state; "" where none is touched.

    `claimants` are those who say so, the claim's own included. Sides are the parties of the
    tracker; where it names none, whoever is quoted.
    """
    state = state_of(tracker, claim.state)
    if state is not None and state.sensitive:
        return _who_says_so(state.name.replace("-", " "), tracker, set(claimants) - {""})
    planned = planned_state(claim, tracker)
    return f"Planned: nobody says yet that it is {planned.replace('-', ' ')}." if planned else ""


def planned_state(claim: Claim, tracker: Tracker) -> str:
    """Give the sensitive state that a claim only plans, "" for none."""
    if claim.modality is not Modality.PLANNED:
        return ""
    for state in tracker.states:
        if state.sensitive and any(PLANNED_AS.get(act) == claim.act for act in state.acts):
            return state.name
    return ""


def _who_says_so(state: str, tracker: Tracker, claimants: set[str]) -> str:
    if BOTH in claimants:
        claimants = claimants - {BOTH} | set(tracker.parties)
        if not tracker.parties:
            return f"Both sides say that it is {state}."
    sides = sorted(claimants & set(tracker.parties)) if tracker.parties else sorted(claimants)
    named = " and ".join(side.capitalize() for side in sides)
    if len(sides) > 1:
        return f"Both sides say that it is {state}: {named}."
    if sides:
        return f"One side says that it is {state}: {named}."
    others = " and ".join(sorted(claimants)).capitalize()
    quoted = f"; it is said by {others}" if others else " so far, and nobody is quoted"
    return f"Neither side says itself that it is {state}{quoted}."
