"""When things happen next: arithmetic over rows. Jitter comes from a hash, never from chance.

Looks at feeds are planned in `core/polling`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: A server's own Retry-After is honoured up to a day.
MAX_RETRY_AFTER_S = 24 * 3600.0
#: Jitter shortens an interval by up to this share, so that `fast` stays within its sixty seconds.
JITTER = 0.1
#: Seconds before each further attempt; the last one repeats until `GIVE_UP_S` after the first.
MAIL_RETRIES_S = (60.0, 300.0, 900.0, 1800.0, 3600.0)
#: The schedule of Standard Webhooks 1.0.0: 5 s to 24 h, 75.6 hours in all.
WEBHOOK_RETRIES_S = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
CONSOLE_RETRIES_S = (5.0, 60.0, 300.0)
#: A delivery is dead this long after its first attempt. Of a webhook that is the whole of its
#: schedule with the longest jitter (83.2 h), so that the last attempt is always made.
GIVE_UP_S = {"email": 5 * 86400.0, "webhook": 84 * 3600.0}
GIVE_UP_OTHER_S = 86400.0
#: What waits for a channel that wants no more messages is kept for so long: a week.
KEPT_OFF_S = 7 * 86400.0
_RETRIES_S = {"email": MAIL_RETRIES_S, "webhook": WEBHOOK_RETRIES_S, "console": CONSOLE_RETRIES_S}


def spread(key: str) -> float:
    """Give a number in [0, 1) that depends on `key` alone."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=6).digest()) / 2**48


def first_check(feed: str, now: datetime, within_s: float) -> datetime:
    """Give the first look at a new feed: spread over seconds, so that hosts are not rushed."""
    return now + timedelta(seconds=within_s * spread(f"first|{feed}"))


def next_attempt(
    kind: str,
    key: str,
    attempts: int,
    first_attempt_at: datetime,
    now: datetime,
    retry_after_s: float | None = None,
    waits: int = 0,
) -> datetime | None:
    """Give when a delivery is tried again after `attempts` tries, None where it is given up.

    Jitter adds up to a tenth; Retry-After is a lower bound, at most a day. An attempt after which
    the other side asked for time is no failure: the `waits` of them (this one not counted) move
    nothing along the schedule, and this one waits what was asked, the schedule's first step at
    least.
    """
    steps = _RETRIES_S.get(kind, MAIL_RETRIES_S)
    failures = attempts - waits if retry_after_s is None else min(attempts, 1)
    wait = steps[min(failures, len(steps)) - 1] if failures > 0 else 0.0
    wait *= 1.0 + JITTER * spread(f"{key}|{attempts}")
    if retry_after_s is not None:
        wait = max(wait, min(retry_after_s, MAX_RETRY_AFTER_S))
    at = now + timedelta(seconds=wait)
    last = first_attempt_at + timedelta(seconds=GIVE_UP_S.get(kind, GIVE_UP_OTHER_S))
    return at if at <= last else None


def due_digest(
    last: datetime | None, now: datetime, zone: str, hour: int, minute: int
) -> str | None:
    """Give the local day (YYYY-MM-DD) of the newest digest time since `last`, or None.

    A digest time that a clock change skips counts as come once the clock has passed it; one that
    a clock change repeats counts once, for the day names it.
    """
    local = now.astimezone(ZoneInfo(zone))
    for day in (local.date(), local.date() - timedelta(days=1)):
        at = digest_moment(day, zone, hour, minute)
        if at <= now and (last is None or at > last):
            return day.isoformat()
    return None


def digest_moment(day: date, zone: str, hour: int, minute: int) -> datetime:
    """Give the UTC moment of a local wall time on a day; the first where it comes twice."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Give the value below which `share` (0..1) of the values lie, None where there are none."""
    if not values:
        return None
    listed = sorted(values)
    return listed[min(len(listed) - 1, int(share * len(listed)))]
