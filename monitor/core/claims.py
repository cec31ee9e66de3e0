"""Claims: what an item says is done, about which question of a watch, by whom and how surely.

They are read by `claim_reader`, and held against the ledger by `standing`.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.deeds import Modality

#: The party of what the sides do together.
BOTH = "both"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement: `act` brings the `tracker` of a watch to `state` ("" where to none).

    `scope` are its values in the order of the tracker; `party` is who acts or whose stance it is,
    `claimant` who says so; both are "" where the text does not tell. `distance` says how loosely
    act and topic hang together (0 close); `denied` is the act that is denied, "" for none; `count`
    and `day` (ISO) what the sentence counts and dates. The sentence is `field`[start:end], the act
    at `at`; `by_words` says that no act told it, but the words of a state.
    """

    watch: str
    tracker: str
    act: str
    state: str
    modality: Modality
    scope: tuple[tuple[str, str], ...] = ()
    party: str = ""
    claimant: str = ""
    categories: tuple[str, ...] = ()
    field: str = "title"
    start: int = 0
    end: int = 0
    at: int = 0
    distance: float = 0.0
    denied: str = ""
    count: str = ""
    day: str = ""
    by_words: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What an item says: its claims, best first for each tracker, and how it is written.

    `looks_back` that its title tells of the past, `reviews` that it explains, sums up or comments,
    `digest` that it holds several pieces, `asks` that its title is a question, `plain` that nothing
    marks it as a question, a reserve or an explainer, `denies` that it has a word of denial;
    `titled` are the watches of which the title has the subject of a tracker. `denials` say of a
    subject that something is not so, and not what (their state is "").
    """

    claims: tuple[Claim, ...] = ()
    looks_back: bool = False
    reviews: bool = False
    digest: bool = False
    asks: bool = False
    denies: bool = False
    titled: frozenset[str] = frozenset()
    plain: bool = True
    denials: tuple[Claim, ...] = ()

    def of(self, watch: str) -> tuple[Claim, ...]:
        """Give the claims that concern a watch."""
        return tuple(claim for claim in self.claims if claim.watch == watch)
