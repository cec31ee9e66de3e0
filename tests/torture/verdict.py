"""What was served against what arrived: pure, so that it can be shown to notice what it must."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.torture.sinks import Accepted

Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """All of a run. `served`: mark -> the first life that was given it in a whole 200 answer.

    `quiet`: marks of the first contact, which must not be told. `targets`: who gets everything.
    `deaths`: life -> where it was killed; a life that is not there ended as it was asked to.
    """

    served: Mapping[str, int]
    quiet: frozenset[str]
    targets: frozenset[Target]
    taken: Sequence[Accepted]
    deaths: Mapping[int, str]


@dataclass
class Verdict:
    """Counts by the point of the death that each belongs to, and every breach in words."""

    lost: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)


def judge(record: Record) -> Verdict:
    """Hold a run against what is promised: nothing lost, once by key, the same bytes by key."""
    verdict = Verdict()
    _lost_or_doubled(record, verdict)
    by_key: dict[str, list[Accepted]] = defaultdict(list)
    for message in record.taken:
        by_key[message.key].append(message)
        if not message.sound:
            verdict.breaches.append(f"{message.channel}: {message.key} is not sound")
        if message.mark not in record.served:
            verdict.breaches.append(
                f"{message.channel}: {message.mark or 'nothing known'} was never served"
            )
        if message.mark in record.quiet:
            verdict.breaches.append(
                f"{message.channel}: {message.mark} of the first contact was told"
            )
    for key, messages in by_key.items():
        _one_key(key, messages, record, verdict)
    return verdict


def _lost_or_doubled(record: Record, verdict: Verdict) -> None:
    keys: dict[tuple[str, Target], dict[str, int]] = defaultdict(dict)
    for message in record.taken:
        held = keys[message.mark, (message.channel, message.recipient)]
        held.setdefault(message.key, message.life)
    for mark, life in record.served.items():
        if mark in record.quiet:
            continue
        for target in sorted(record.targets):
            got = keys.get((mark, target), {})
            if not got:
                verdict.lost[record.deaths.get(life, "")] += 1
                verdict.breaches.append(f"lost: {mark}, served in life {life}, for {target[1]}")
            if len(got) > 1:
                before = (
                    max(n for n in record.deaths if n < max(got.values())) if record.deaths else 0
                )
                verdict.doubled[record.deaths.get(before, "")] += 1
                verdict.breaches.append(f"doubled: {mark} has {len(got)} keys for {target[1]}")


def _one_key(key: str, messages: Sequence[Accepted], record: Record, verdict: Verdict) -> None:
    """A key may come again once for each crash that followed its acceptance, with the same bytes."""
    if len({message.body for message in messages}) > 1:
        verdict.breaches.append(f"changed: {key} came with different bytes")
    if len({(message.channel, message.recipient, message.mark) for message in messages}) > 1:
        verdict.breaches.append(f"mixed up: {key} stands for several messages")
    inorder = sorted(messages, key=lambda message: message.at)
    for before, after in pairwise(inorder):
        point = record.deaths.get(before.life)
        if after.life == before.life or point is None:
            verdict.breaches.append(f"repeated without a crash: {key} in life {after.life}")
        else:
            verdict.repeats[point] += 1
