"""What an answer of a service means: one table a service, read from the top.

Nothing that a service says is repeated: it may echo what was sent to it, an address or a token. A
receipt holds the table's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.notify import wording
from monitor.ports import Failure, Outcome, Receipt

_ADDRESSES = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: answers of these statuses, and with this word in them, have this outcome.

    No statuses, or no word, means any. `wait_s` is waited where the service names no time itself.
    """

    outcome: Outcome
    code: str
    said: str
    statuses: tuple[int, ...] = ()
    word: str = ""
    wait_s: float | None = None

    def fits(self, status: int, word: str) -> bool:
        """Whether an answer falls under this row; `word` in lower case."""
        return (not self.statuses or status in self.statuses) and self.word in word


def rules(
    outcome: Outcome, code: str, said: str, *words: str, statuses: tuple[int, ...] = ()
) -> tuple[Rule, ...]:
    """Give a row for each of several words that mean the same."""
    return tuple(Rule(outcome, code, said, statuses, word) for word in words)


_OK = tuple(range(200, 300))
_REDIRECTS = tuple(range(300, 400))

#: What holds for every service, below its own rows. What is not known is tried again: an alert is
#: rather late than lost.
COMMON: tuple[Rule, ...] = (
    Rule(Outcome.SENT, "sent", "accepted", _OK),
    Rule(Outcome.LATER, "redirected", "redirects are not followed", _REDIRECTS),
    Rule(Outcome.LATER, "rate-limited", "it asks for fewer messages", (429,)),
    Rule(Outcome.GONE, "gone", "it wants no more messages", (410,)),
    Rule(Outcome.REFUSED, "too-long", "the message is too large for it", (413,)),
)


def judge(table: Sequence[Rule], status: int, word: str, wait_s: float | None) -> Receipt:
    """Give the receipt for an answer: that of the first row which fits, in a service's table.

    `wait_s` is what the service asked for, in seconds.
    """
    lowered = word.lower()
    for rule in (*table, *COMMON):
        if rule.fits(status, lowered):
            asked = rule.wait_s if wait_s is None else wait_s
            return Receipt(
                rule.outcome, rule.code, _sentence(status, rule),
                asked if rule.outcome is Outcome.LATER else None,
            )  # fmt: skip
    return Receipt(Outcome.LATER, f"http-{status}", f"the service answered {status}", wait_s)


def _sentence(status: int, rule: Rule) -> str:
    if rule.outcome is Outcome.SENT:
        return rule.said
    named = f" ({rule.word})" if rule.word else ""
    return f"the service answered {status}{named}: {rule.said}"


def failed(failure: Failure, secrets: Sequence[str] = ()) -> Receipt:
    """Give the receipt for a request that got no answer, without addresses and `secrets`."""
    said = _ADDRESSES.sub("(address)", wording.one_line(failure.message, 200))
    for secret in secrets:
        said = said.replace(secret, "(secret)") if secret else said
    return Receipt(Outcome.LATER, failure.code, said, failure.retry_after_s)
