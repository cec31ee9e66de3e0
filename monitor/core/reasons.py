"""The words of judgement: verdicts, how much a change matters, and the reason of everything."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much a change matters, from least to most."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Severity).index(self)


class Verdict(StrEnum):
    """How a hit stands to what is known."""

    NEW = "new"
    UPDATE = "update"
    CONTRADICTS = "contradicts"
    POSSIBLE = "possible"
    REPEAT = "repeat"
    BACKGROUND = "background"


#: Verdicts about which somebody is told at once.
PUSHED = frozenset({Verdict.NEW, Verdict.UPDATE, Verdict.CONTRADICTS})


class Reason(StrEnum):
    """Why a verdict is what it is, or why an alert was sent, held back or folded.

    The value is the stable code that is stored; `text` is the sentence for people.
    """

    # why a hit is a development
    FOUNDS_STORY = "founds-story"
    NUMBER_CHANGED = "number-changed"
    NEW_STATE = "new-state"
    STATE_CHANGED = "state-changed"
    DATE_CHANGED = "date-changed"
    SAID_AGAIN = "said-again"
    ANOTHER_INSTANCE = "another-instance"
    STAGE = "another-stage"
    OTHER_SIDE = "other-side"
    DENIES_FACT = "denies-fact"
    HEDGED = "hedged"
    NOT_UNDERSTOOD = "wording-not-understood"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    CORRECTED = "corrected"
    # why it is none
    COPY_OF_ITEM = "copy-of-item"
    SAME_STORY = "same-story"
    SAYS_KNOWN_FACT = "says-known-fact"
    OLDER_THAN_BASELINE = "older-than-baseline"
    OLD_NEWS = "old-news"
    LATE_REPORT = "late-report"
    LOOKS_BACK = "looks-back"
    REVIEW = "review"
    IN_PASSING = "in-passing"
    ALREADY_TOLD = "already-told"
    # what became of a development
    PUSH = "push"
    FIRST_CONTACT = "first-contact"
    FOLDED = "folded-into-digest"
    UNCONFIRMED = "unconfirmed"
    PROMOTED = "promoted"
    LISTED = "listed-in-digest"

    @property
    def text(self) -> str:
        """The reason as a short sentence for people."""
        return _REASON_TEXT[self]


_REASON_TEXT = {
    Reason.FOUNDS_STORY: "the first report of this story",
    Reason.NUMBER_CHANGED: "a number that no report of this story gave before",
    Reason.NEW_STATE: "a state of affairs that was not known",
    Reason.STATE_CHANGED: "the state of affairs has changed",
    Reason.DATE_CHANGED: "the date has changed",
    Reason.SAID_AGAIN: "said again after a long silence",
    Reason.ANOTHER_INSTANCE: "another one, after the one that is known",
    Reason.STAGE: "a further stage of what was agreed",
    Reason.OTHER_SIDE: "the other side says so too",
    Reason.DENIES_FACT: "denies what is held as known",
    Reason.HEDGED: "said with a reserve: possible, no change yet",
    Reason.NOT_UNDERSTOOD: "on the subject, in words that tell no act that is known",
    Reason.CONFIRMED: "confirmed since it was told",
    Reason.DISPUTED: "denied by another side since it was told",
    Reason.CORRECTED: "taken back since it was told",
    Reason.COPY_OF_ITEM: "a copy of an item already read",
    Reason.SAME_STORY: "another report of a story already open",
    Reason.SAYS_KNOWN_FACT: "says what the baseline already holds",
    Reason.OLDER_THAN_BASELINE: "published before the baseline's date",
    Reason.OLD_NEWS: "published long before it was seen",
    Reason.LATE_REPORT: "tells how it was before what is known by now",
    Reason.LOOKS_BACK: "looks back on what was",
    Reason.IN_PASSING: "speaks of it in passing: its headline is about something else",
    Reason.REVIEW: "explains, sums up or comments, and tells no change",
    Reason.ALREADY_TOLD: "this development was already told",
    Reason.PUSH: "told at once",
    Reason.FIRST_CONTACT: "the feed was read for the first time: learned quietly",
    Reason.FOLDED: "folded into the daily digest",
    Reason.UNCONFIRMED: "held until it is confirmed, as the watch asks",
    Reason.PROMOTED: "several reports in words that are not understood: please look",
    Reason.LISTED: "listed in the daily digest, for whoever wants to look",
}
