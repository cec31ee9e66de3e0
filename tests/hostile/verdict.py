"""Was everything as the table says? Case by case, and for the daemon as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.hostile.case import Case, Evidence, Must, Seen
from tests.hostile.run import INTERVAL_S, TOTAL_S, Ran
from tests.hostile.server import Visit

#: What must hold beside the cases.
MOST_MEMORY_MB = 300.0
MOST_LATER_S = 0.5
MOST_DELAY_S = INTERVAL_S + 5.0
#: A server sees a client go a little after the deadline, on a machine that is busy.
DEADLINE_SLACK_S = 1.5
#: Between two connections of one fetch less time passes than this.
_PAUSE_S = 1.0
_READ = ("body", "unchanged")


def judge_case(case: Case, ran: Ran) -> list[str]:
    """Give what is wrong with a case, empty where nothing is."""
    found = []
    for name in case.names():
        wrong = judge_feed(case.must, ran.evidence[name])
        found += [f"{name}: {one}" for one in wrong]
    all_of = [ran.evidence[name] for name in case.names()]
    return found + [one for check in case.together if (one := check(all_of))]


def judge_feed(must: Must, of: Evidence) -> list[str]:
    """Give what is wrong with one feed."""
    if not of.seen:
        return ["it was never looked at"] if must.looked else []
    looks = of.seen[-1:] if must.at_last else of.seen
    found = list(dict.fromkeys(one for look in looks if (one := _of_look(must, look))))
    least, most = must.items
    if must.codes and of.seen[-1].outcome not in _READ and must.reads:
        least = 0
    if not least <= len(of.titles) <= most:
        found.append(f"{len(of.titles)} items are stored, not {least} to {most}")
    return found + [one for check in must.also if (one := check(of))]


def _of_look(must: Must, look: Seen) -> str:
    if look.outcome in _READ:
        return "" if must.reads else f"it was taken for good ({look.outcome})"
    if look.code in must.codes:
        return ""
    return f"it failed with {look.code or look.outcome}"


@dataclass(slots=True)
class Figures:
    """The daemon as a whole, beside the run without attacks; seconds and MB."""

    median_s: float
    p95_s: float
    worst_s: float
    quiet_median_s: float
    quiet_p95_s: float
    good_items: int
    lost: int
    memory_mb: float
    longest_fetch_s: float
    longest_fetch: str
    canary: int
    cpu_s: float
    looks: int
    wrong: list[str] = field(default_factory=list)


def share(values: Sequence[float], part: float) -> float:
    """Give the value below which a part (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")


def judge_run(ran: Ran, quiet: Ran) -> Figures:
    """Give the figures of a run under attack, and what is wrong with it."""
    longest, whose = longest_fetch(ran.visits)
    figures = Figures(
        share(ran.delays_s, 0.5), share(ran.delays_s, 0.95), share(ran.delays_s, 1.0),
        share(quiet.delays_s, 0.5), share(quiet.delays_s, 0.95), len(ran.delays_s), ran.lost,
        ran.memory.most_mb, longest, whose, len(ran.canary), ran.cpu_s, ran.looks,
    )  # fmt: skip
    leaked = [head for head in ran.told_strangers if "secret" in head.replace("/secret-check", "")]
    wrong = {
        f"memory rose to {ran.memory.most_mb:.0f} MB": ran.memory.most_mb >= MOST_MEMORY_MB,
        f"the canary was reached: {ran.canary[:3]}": bool(ran.canary),
        f"a secret went to a stranger: {leaked[:1]}": bool(leaked),
        f"a fetch of {whose} took {longest:.1f} s": longest > TOTAL_S + DEADLINE_SLACK_S,
        f"good feeds were never looked at: {ran.unread}": bool(ran.unread),
        f"{ran.lost} good items did not arrive": ran.lost > 0,
        f"a good item came after {figures.worst_s:.1f} s": figures.worst_s > MOST_DELAY_S,
        f"median {figures.median_s:.2f} s, {figures.quiet_median_s:.2f} s without attacks":
            figures.median_s > figures.quiet_median_s + MOST_LATER_S,
        f"p95 {figures.p95_s:.2f} s, {figures.quiet_p95_s:.2f} s without attacks":
            figures.p95_s > figures.quiet_p95_s + MOST_LATER_S,
        "the log holds a traceback": "Traceback" in ran.log or "failed inside Parley" in ran.log,
        f"{ran.orphans} processes outlived the daemon": ran.orphans > 0,
    }  # fmt: skip
    figures.wrong = [said for said, so in wrong.items() if so]
    return figures


def longest_fetch(visits: Sequence[Visit]) -> tuple[float, str]:
    """Give the longest that a fetch lasted for the server, over all its redirects, and whose it was.

    A fetch begins with a request for the feed's own address, or after a pause, and ends with the
    last connection before the next one begins.
    """
    by_feed: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_feed[visit.feed].append(visit)
    longest, whose = 0.0, ""
    for feed, own in by_feed.items():
        began = ended = 0.0
        for visit in sorted(own, key=lambda visit: visit.began):
            if not visit.path or visit.began > ended + _PAUSE_S:
                began = visit.began
            ended = visit.ended or visit.began
            lasted = (visit.ended or visit.began) - began
            if lasted > longest:
                longest, whose = lasted, feed
    return longest, whose
