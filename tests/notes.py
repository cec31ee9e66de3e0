"""Notes for tests of channels: one alert, one digest, and text that means harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from monitor.core.model import Development, Known, Note, Reason, Section, Severity, Verdict

PUBLISHED = datetime(2025, 6, 3, 15, 5, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"


class FixedClock:
    """News time stands still; wire time is real unless set."""

    def __init__(self, wire: datetime | None = None) -> None:
        self._wire = wire

    def now(self) -> datetime:
        return PUBLISHED

    def wire(self) -> datetime:
        return self._wire or datetime.now(UTC)


def section(
    headline: str = "Moscow accepts 30-day truce (was: refused) [ceasefire]",
    sentence: str = "Росія погодилася на 30-денне перемир'я, повідомили обидві сторони.",
    language: str = "uk",
    *,
    watch: str = "ceasefire",
    watch_title: str = "A ceasefire in the war against Ukraine",
    outlet: str = "Ukrinform",
    link: str = "https://example.net/uk/2025/06/03/truce?from=rss&lang=uk",
    seen_after: timedelta = timedelta(minutes=2),
    known: tuple[Known, ...] = (),
    key: str = "5f1c2e9ab3d4",
    item_id: int = 41,
) -> Section:
    return Section(
        development=Development(
            key=key,
            watch=watch,
            thread=f"{watch}/truce",
            number=1,
            verdict=Verdict.CONTRADICTS,
            reason=Reason.NUMBER_CHANGED,
            severity=Severity.CRITICAL,
            headline=headline,
        ),
        watch_title=watch_title,
        sentence=sentence,
        language=language,
        outlet=outlet,
        link=link,
        published_at=PUBLISHED,
        seen_at=PUBLISHED + seen_after,
        item_id=item_id,
        story="s-truce",
        known=known,
        why=("$truce: перемир'я", "$russia: Росія, Москва"),
        reports=3,
        publishers=2,
        baseline_as_of=datetime(2025, 6, 2, 20, 0, tzinfo=UTC),
    )


KNOWN = (
    Known(
        "thirty-days-refused",
        "The unconditional truce of 30 days that Kyiv asked for was refused in the second round.",
        datetime(2025, 6, 2, 20, 0, tzinfo=UTC),
    ),
    Known("no-truce", "No truce of any kind is in force.", None),
)


def alert(*sections: Section, subject: str = "") -> Note:
    told = sections or (section(known=KNOWN, seen_after=timedelta(minutes=47)),)
    return Note(
        kind="alert",
        subject=subject or f"{told[0].development.headline}",
        created_at=PUBLISHED + timedelta(minutes=50),
        thread="ceasefire/truce",
        sections=told,
        timezone="Europe/Istanbul",
        alert="a-7c01",
    )


def digest() -> Note:
    return Note(
        kind="digest",
        subject="Daily digest 2025-06-03: 3 developments",
        created_at=datetime(2025, 6, 4, 4, 0, tzinfo=UTC),
        thread="digest",
        sections=(
            section(known=KNOWN),
            section(
                "Each side frees 200 prisoners on Saturday [pow-exchange]",
                "تبادل الطرفان مئتي أسير يوم السبت، بحسب الوزارة.",
                "ar",
                watch="pow-exchange",
                watch_title="Exchanges of prisoners of war",
                outlet="Al Example",
                link="javascript:alert(1)",
                key="77aa01",
                item_id=52,
            ),
            section(
                "Kyiv names a date for the truce [ceasefire]",
                "The truce starts on Monday at dawn, <b>Kyiv</b> said.",
                "en",
                outlet="BBC World",
                seen_after=timedelta(hours=5, minutes=3),
                key="99bb02",
                item_id=60,
            ),
        ),
        timezone="Europe/Istanbul",
        period="2025-06-03",
    )


def message(kind: str, text: str = "feed bbc-world answers 410 since 07:12") -> Note:
    return Note(
        kind=kind,
        subject="A feed is gone",
        created_at=PUBLISHED,
        thread="",
        text=text,
        timezone="Europe/Istanbul",
    )


#: Pieces that break careless programs: header injection, encoded words, boundaries, escapes.
_NASTY = st.sampled_from(
    ["\r\nBcc: evil@example.org", "\r\n.\r\n", "\n\n--=_", "\u2028", "\x0b", "\x85", "\x00", "\ud800",
     "\udfff\ud800", "=?utf-8?q?a=0D=0ABcc:_evil@example.org?=", "<script>alert(1)</script>",
     '"><img src=x onerror=alert(1)>', "\x1b]0;title\x07", "\x9b31m", "\u202e", "\u2066", "%s{0}${x}",
     "\U0001f600", "\ufffe", "'", "&amp;", "javascript:alert(1)", "https://[", "https://e.org/ x"]
)  # fmt: skip
HOSTILE = st.lists(
    st.one_of(_NASTY, st.text(st.characters(exclude_categories=()), max_size=40)), max_size=6
).map("".join)


@st.composite
def hostile_notes(draw: st.DrawFn) -> Note:
    """Notes of every kind whose every text was written by an enemy."""

    def one() -> Section:
        return section(
            draw(HOSTILE), draw(HOSTILE), draw(HOSTILE), watch=draw(HOSTILE),
            watch_title=draw(HOSTILE), outlet=draw(HOSTILE), link=draw(HOSTILE),
            known=(Known(draw(HOSTILE), draw(HOSTILE), None),), key=draw(HOSTILE),
        )  # fmt: skip

    return Note(
        kind=draw(st.sampled_from(["alert", "digest", "ops", "test"])),
        subject=draw(HOSTILE),
        created_at=PUBLISHED,
        thread=draw(HOSTILE),
        sections=tuple(one() for _ in range(draw(st.integers(0, 2)))),
        text=draw(HOSTILE),
        timezone=draw(st.one_of(st.just("Europe/Istanbul"), HOSTILE)),
        period=draw(HOSTILE),
        alert=draw(HOSTILE),
    )
