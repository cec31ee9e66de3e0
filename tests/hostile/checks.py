"""Checks of single cases, beyond the outcome: what was stored, told, sent back or asked again."""

from __future__ import annotations

from collections.abc import Callable

from tests.hostile.case import Check, Evidence


def _named(name: str, check: Check) -> Check:
    check.__name__ = name
    return check


def never_stored(*needles: str) -> Check:
    """None of these stands in a title or link that was stored."""

    def check(of: Evidence) -> str:
        text = " ".join((*of.titles, *of.links, *of.alerts)).casefold()
        found = [needle for needle in needles if needle.casefold() in text]
        return f"stored: {found}" if found else ""

    return _named(f"never stores {', '.join(needles)}", check)


def titled(*titles: str) -> Check:
    """Exactly these titles were stored, in any order."""

    def check(of: Evidence) -> str:
        if sorted(of.titles) == sorted(titles):
            return ""
        return f"titles {sorted(of.titles)!r:.300} and not {sorted(titles)!r:.300}"

    return _named("titles exact", check)


def titles_hold(*parts: str) -> Check:
    """Each of these stands in some stored title."""

    def check(of: Evidence) -> str:
        missing = [part for part in parts if not any(part in title for title in of.titles)]
        return f"no title holds {missing!r:.200}: {of.titles!r:.300}" if missing else ""

    return _named("text kept", check)


def titles_satisfy(name: str, so: Callable[[str], bool]) -> Check:
    """Something is so of every stored title."""

    def check(of: Evidence) -> str:
        wrong = [title for title in of.titles if not so(title)]
        return f"not {name}: {wrong!r:.300}" if wrong else ""

    return _named(name, check)


def links_satisfy(name: str, so: Callable[[str], bool]) -> Check:
    """Something is so of every stored link."""

    def check(of: Evidence) -> str:
        wrong = [link for link in of.links if not so(link)]
        return f"not {name}: {wrong!r:.300}" if wrong else ""

    return _named(name, check)


def told(least: int, most: int) -> Check:
    """So many alerts were told of its items."""

    def check(of: Evidence) -> str:
        count = len(of.alerts)
        return "" if least <= count <= most else f"{count} alerts: {of.alerts!r:.300}"

    return _named(f"{least} alerts" if least == most else f"{least} to {most} alerts", check)


def told_together(least: int, most: int) -> Callable[[list[Evidence]], str]:
    """So many alerts were told of all the feeds of a case."""

    def check(of: list[Evidence]) -> str:
        count = sum(len(one.alerts) for one in of)
        return "" if least <= count <= most else f"{count} alerts of all its feeds together"

    return check


def asked_again(times: int) -> Check:
    """It was asked so many times at least: nothing that it said stopped the watch."""

    def check(of: Evidence) -> str:
        return "" if len(of.asked) >= times else f"asked {len(of.asked)} times only"

    return _named(f"asked {times} times or more", check)


def asked_at_most(times: int) -> Check:
    """It was asked no more than so often."""

    def check(of: Evidence) -> str:
        return "" if len(of.asked) <= times else f"asked {len(of.asked)} times"

    return _named(f"asked {times} times at most", check)


def rests(news_s: float) -> Check:
    """Between its requests so many seconds of news time passed, as it had asked for."""

    def check(of: Evidence) -> str:
        waits = [b - a for a, b in zip(of.asked, of.asked[1:], strict=False)]
        least = min(waits, default=news_s) * of.factor
        return "" if least >= 0.95 * news_s else f"asked again after {least:.0f} s of news time"

    return _named(f"rests {news_s:g} s", check)


def sends_back(header: str, value: str | None) -> Check:
    """From the second request on a header is sent with that value; None: never sent at all."""

    def check(of: Evidence) -> str:
        sent = {headers.get(header) for headers in of.headers[1:]}
        return "" if sent <= {value} else f"{header} was sent as {sent}"

    return _named(f"{header} {'exactly' if value else 'never'} sent back", check)


def moved(to_suffix: str) -> Check:
    """The store holds where it has moved to; "" that it holds nothing of the kind."""

    def check(of: Evidence) -> str:
        store = of.row.get("store")
        held = str(store.get("moved_to") or "") if isinstance(store, dict) else ""
        right = held.endswith(to_suffix) if to_suffix else not held
        return "" if right else f"moved_to is {held!r}"

    return _named(f"moved to {to_suffix}" if to_suffix else "not moved", check)
