"""What confirms a fact: not how many carry it, but who is quoted as knowing.

Thirty outlets that quote one ministry confirm that it said so, not that it is so.
"""

from __future__ import annotations

from monitor.core.claims import BOTH, Claim
from monitor.core.ledger import Fact
from monitor.core.rules import Tracker
from monitor.core.standing import Support

#: So many claimants confirm where a tracker asks for two, or for both parties.
ENOUGH = 2


def confirms(claim: Claim, fact: Fact, tracker: Tracker, support: Support) -> bool:
    """Say whether a further claim of a fact confirms it, as its tracker asks.

    `both_parties`: each of the tracker's parties has said so (any two parties, where it names
    none); `own_word`: he whose stance it is; `two_claimants`: any two.
    """
    claimants = set(support.claimants) | {claim.claimant} - {""}
    if claim.claimant == BOTH:
        claimants |= set(tracker.parties)
    if tracker.confirm == "own_word":
        party = str(fact.scope.get("party") or claim.party)
        return bool(party) and party in claimants
    if tracker.confirm == "both_parties":
        parties = claimants & set(tracker.parties) if tracker.parties else claimants - {BOTH}
        return len(parties) >= (len(tracker.parties) or ENOUGH)
    if tracker.confirm == "two_claimants":
        return len(claimants) >= ENOUGH
    return False
