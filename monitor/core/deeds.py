"""What acts come to: an act denied or planned is another, and each has its kin.

A tracker lists the acts that bring its states about. Reports use whichever act comes to mind: of a
round of talks they say that it is proposed, of an exchange that it begins. `state_for` finds the
state that an act stands for in a tracker, by the act itself and then by its nearest kin.
"""

from __future__ import annotations

from enum import StrEnum

from monitor.core.rules import Tracker, TrackerState


class Modality(StrEnum):
    """How an act is told of, from what counts most."""

    ASSERTED = "asserted"
    PLANNED = "planned"
    DENIED = "denied"
    HEDGED = "hedged"
    HISTORICAL = "historical"


#: The act that says of another that it is not so.
DENY = "deny"
#: What an act comes to when it is denied: an agreement not reached has failed. None of the others
#: says anything new when it is denied: "has not refused" is no consent.
DENIED_AS = {
    "agree": "fail",
    "accept": "reject",
    "hold": "cancel",
    "start": "postpone",
    "carry-out": "postpone",
    "tally": "postpone",
    "take-effect": "fail",
    "extend": "expire",
    "schedule": "announce",
    "ready": "reject",
}
#: What an act comes to when it is only planned: what will be carried out has been agreed on.
PLANNED_AS = {
    "hold": "schedule",
    "start": "schedule",
    "end": "schedule",
    "carry-out": "agree",
    "take-effect": "agree",
    "extend": "agree",
}
#: What an act is spoken of where it is hedged: "ready to accept" is no consent, but an offer.
HEDGED_AS = {
    **dict.fromkeys(("agree", "accept", "take-effect", "extend"), "propose"),
    **dict.fromkeys(("hold", "start", "schedule"), "announce"),
    "carry-out": "agree",
}
#: Acts that are plans themselves: `will`, `on Monday` make them no less certain.
FORWARD = frozenset({"announce", "schedule", "propose", "ready", "reject", "postpone", "cancel"})
#: Acts to be tried, the nearest first, where a tracker has no state for one.
KIN = {
    "accept": ("agree",),
    "agree": ("accept",),
    "announce": ("propose", "schedule"),
    "cancel": ("postpone", "reject"),
    "carry-out": ("hold",),
    "end": ("hold", "expire"),
    "expire": ("end",),
    "extend": ("agree",),
    "fail": ("reject", "postpone"),
    "hold": ("end", "start"),
    "postpone": ("cancel",),
    "propose": ("announce",),
    "reject": ("cancel", "postpone"),
    "schedule": ("announce",),
    "start": ("carry-out", "take-effect"),
    "take-effect": ("start",),
    "deadline": ("propose",),
    "ready": ("propose",),
    "tally": ("carry-out",),
    "violate": (),
}
#: Acts that say yes or go ahead, and acts that say no or undo: what turns from one to the other is
#: a turn of events, however soon. An offer, an announcement, an end are neither.
YES = frozenset(
    {"agree", "accept", "schedule", "start", "hold", "carry-out", "take-effect", "extend"}
)
NO = frozenset({"reject", "postpone", "cancel", "violate", "expire", "deny"})
#: What a claim by kin is further from its topic than one by the act itself, for each step.
KIN_STEP = 0.1


def state_for(tracker: Tracker, act: str) -> tuple[TrackerState, float] | None:
    """Give the state of a tracker that an act brings about, and how far by kin it was found."""
    for steps, each in enumerate((act, *KIN.get(act, ()))):
        for state in tracker.states:
            if each in state.acts:
                return state, steps * KIN_STEP
    return None


def turns(one: TrackerState, other: TrackerState) -> bool:
    """Say whether two states are opposed: one says yes or goes ahead, the other no."""
    return _way(one) * _way(other) < 0


def goes_ahead(state: TrackerState) -> bool:
    """Say whether a state says yes or that something has been done, so that it can be denied."""
    return _way(state) > 0


def _way(state: TrackerState) -> int:
    if YES.intersection(state.acts[:1]):
        return 1
    return -1 if NO.intersection(state.acts[:1]) else 0
