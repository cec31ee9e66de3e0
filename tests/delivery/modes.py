"""The table of everything a receiver may do to a message, and what must come of it.

One row a mode: its id in the catalogue of faults, what the other side does at each attempt, and the
fate of a message that is sent to it. `test_modes.py` plays every row beside a receiver that works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.delivery.hook_server import Reply
from tests.delivery.mail_sink import Mood

#: Attempts to a receiver that never answers are cut off after so many seconds of real time.
SHORT_S = 0.25
OK = Reply()


@dataclass(frozen=True)
class Mode:
    """One way to misbehave, and the fate of the first message that meets it.

    `tries` attempts are made at it, `taken` times it is accepted, repeats of a key counted. It ends
    as `fate`: sent, dead, or off (the channel is switched off, the message kept). `told` stands in
    the one sentence that `ops` is told, "" where nothing is to be told. `waits_s` are what the
    receiver asked for after each attempt: never undercut.
    """

    id: str
    name: str
    script: tuple[Reply, ...] | tuple[Mood, ...]
    tries: int
    taken: int = 1
    fate: str = "sent"
    told: str = ""
    waits_s: tuple[float, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    encrypted: bool = False

    @property
    def by_mail(self) -> bool:
        """Whether the receiver is a mail server."""
        return isinstance(self.script[0], Mood)


_LATE = {"deadline_s": SHORT_S}
#: So many attempts does each schedule hold before it gives up.
HOOK_TRIES, MAIL_TRIES = 10, 118

WEBHOOKS = (
    Mode("A08", "500-then-ok", (Reply(500), Reply(500), OK), 3, told="answered 500"),
    Mode("A08", "500-for-ever", (Reply(500),), HOOK_TRIES, 0, "dead", told="answered 500"),
    Mode("A09", "429-seconds", (Reply(429, ("Retry-After: 120",)), OK), 2, waits_s=(120,)),
    Mode("A09", "429-often", (*(Reply(429, ("Retry-After: 90",)),) * 6, OK), 7,
         waits_s=(90,) * 6),
    Mode("A09", "503-an-hour", (Reply(503, ("Retry-After: 3600",)), OK), 2, told="answered 503",
         waits_s=(3600,)),
    Mode("A09", "429-without-a-time", (Reply(429), OK), 2, told="answered 429"),
    Mode("A10", "410", (Reply(410),), 1, 0, "off", told="answered 410"),
    Mode("A11", "400", (Reply(400),), 1, 0, "dead", told="refuses every message"),
    Mode("A11", "401", (Reply(401),), HOOK_TRIES, 0, "dead", told="answered 401"),
    Mode("A11", "404", (Reply(404),), HOOK_TRIES, 0, "dead", told="answered 404"),
    Mode("A12", "mute", (Reply(how="mute", takes=False), OK), 2, told="no answer", options=_LATE),
    Mode("A12", "dribble", (Reply(how="dribble", takes=False), OK), 2, told="no answer",
         options=_LATE),
    Mode("A12", "no-http", (Reply(how="garbage", takes=False), OK), 2, told="answer"),
    Mode("A13", "accept-then-reset", (Reply(how="reset"), OK), 2, 2, told="connection"),
    Mode("A13", "accept-then-500", (Reply(500, takes=True), OK), 2, 2, told="answered 500"),
    Mode("A13", "accept-then-mute", (Reply(how="mute"), OK), 2, 2, told="no answer",
         options=_LATE),
    Mode("A14", "redirect", (Reply(302, ("Location: /leak",)), OK), 2, told="not followed"),
    Mode("A14", "redirect-to-internal",
         (Reply(307, ("Location: http://169.254.169.254/latest/meta-data",)), OK), 2,
         told="not followed"),
    Mode("A15", "endless", (Reply(how="endless"),), 1),
    Mode("A15", "endless-500", (Reply(500, how="endless"), OK), 2, told="answered 500"),
    Mode("A15", "bomb", (Reply(how="bomb"),), 1),
)  # fmt: skip

_TWICE = (Mood("421 busy"), Mood("421 busy"), Mood())

MAILS = (
    Mode("A01", "banner-421", _TWICE, 3, told="421"),
    Mode("A01", "banner-554", (Mood("554 no"), Mood()), 2, told="554"),
    Mode("A01", "hangs-up", (Mood("bye"), Mood()), 2, told="mail server"),
    Mode("A01", "mute", (Mood(how="mute"), Mood()), 2, told="no answer", options=_LATE),
    Mode("A01", "dribble", (Mood(how="dribble"), Mood()), 2, told="mail server", options=_LATE),
    Mode("A01", "endless", (Mood(how="endless"), Mood()), 2, told="mail server", options=_LATE),
    Mode("A02", "greylist-450", (Mood(grey=2),), 3, told="450"),
    Mode("A02", "451-after-the-data", (Mood(data="451 4.3.0 try again"), Mood()), 2, told="451"),
    Mode("A02", "452-full", (Mood(mail="452 4.3.1 no room"), Mood()), 2, told="452"),
    Mode("A03", "550", (Mood(recipients={"ann@example.org": "550 5.1.1 no such user"}),), 1, 0,
         "dead", told="no such user"),
    Mode("A04", "552-for-ever", (Mood(data="552 5.3.4 too large"),), 1, 0, "dead", told="552"),
    Mode("A04", "size-3k", (Mood(size=3000),), 1),
    Mode("A05", "tls-stripped", (Mood(how="stripped"),), MAIL_TRIES, 0, "dead",
         told="did not agree to encrypt", encrypted=True),
    Mode("A05", "tls-injected", (Mood(how="injected"),), 1, encrypted=True),
    Mode("A05", "tls", (Mood(),), 1, encrypted=True),
    Mode("A06", "login-535", (Mood(auth="535 5.7.8 no"), Mood(auth="235 2.7.0 yes")), 2,
         told="user and password", waits_s=(3600,), encrypted=True,
         options={"user": "parley", "password": "planted-password"}),
    Mode("A07", "lost-at-data", (Mood(how="lost-at-data"), Mood()), 2, told="connection was lost"),
    Mode("A07", "lost-after-the-dot", (Mood(how="lost-after-dot"), Mood()), 2, 2,
         told="connection was lost"),
)  # fmt: skip

MODES = (*WEBHOOKS, *MAILS)
