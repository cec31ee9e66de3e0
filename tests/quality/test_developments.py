"""One alert a development, and silence for what is known, under the shipped watches and words.

The headlines stand in `headlines.py`. What does not come out as it should yet is listed in
`KNOWN_GAPS`, and has to fail: a mend is noticed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.app.replay import Replay, Replayed
from monitor.app.wiring import read_settings
from monitor.core.model import PUSHED, Verdict
from monitor.core.rules import RuleBook
from monitor.language import SimplemmaLexicon
from tests.quality.headlines import (
    COPIES,
    FUTURES,
    MONTHS,
    NO_CHANGE,
    ORDERS,
    QUAKE,
    RECAPS,
    SAYS_NO,
    START,
    SWAP,
    TRUCE,
    TRUCE_COPIES,
    WATCHES,
    Line,
)

#: What does not come out as it should yet: each has to fail (see `expect`).
KNOWN_GAPS: frozenset[str] = frozenset(
    {
        "1953 armistice de",  # a year that begins a headline is no date yet
        # stages of one exchange that was announced before are exchanges of their own
        "stages name the deal",
    }
)


@pytest.fixture(scope="module")
def rules() -> RuleBook:
    return read_settings(Path(__file__).parents[2] / "config", env={}).rules


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> SimplemmaLexicon:
    return SimplemmaLexicon(tmp_path_factory.mktemp("words"))


class Press:
    """Publishes headlines to a replay of the shipped watches, and keeps what became of them."""

    def __init__(self, rules: RuleBook, lexicon: SimplemmaLexicon) -> None:
        self._rules, self._lexicon = rules, lexicon

    def run(
        self, lines: Iterable[Line], start: datetime = START, *, baseline: bool = True
    ) -> list[Replayed]:
        replay = Replay(self._rules, baseline=baseline, lexicon=self._lexicon)
        try:
            return list(replay.run(as_json(lines, start)))
        finally:
            replay.close()


@pytest.fixture(scope="module")
def press(rules: RuleBook, lexicon: SimplemmaLexicon) -> Press:
    return Press(rules, lexicon)


def as_json(lines: Iterable[Line], start: datetime) -> Iterable[str]:
    for number, line in enumerate(lines):
        hours, language, title = line[0], line[1], line[2]
        source = line[3] if len(line) > 3 else ""
        yield json.dumps(
            {
                "id": str(number),
                "lang": language,
                "published": (start + timedelta(hours=hours)).isoformat(),
                "source": source or f"Outlet {number}",
                "title": title,
                "summary": line[4] if len(line) > 4 else "",
                "link": f"https://example.org/{number}",
            }
        )


def pushed(answers: Sequence[Replayed], key: str = "alerts") -> list[tuple[str, str]]:
    """Give what was told: the watch and the headline of each alert (or follow-up)."""
    return [
        (watch, each.title)
        for each in answers
        for watch in each.as_json()[key]  # type: ignore[attr-defined]
        if watch in WATCHES
    ]


def made(answers: Sequence[Replayed]) -> list[str]:
    """Give the headlines of which a fact was made: those that changed what is known."""
    return [each.title for each in answers for d in each.decisions if d.watch in WATCHES and d.fact]


def expect(name: str, wrong: object) -> None:
    """Fail where something is wrong and is no known gap, or where a known gap is gone."""
    if name in KNOWN_GAPS:
        assert wrong, f"{name} works now: take it out of KNOWN_GAPS"
        return
    assert not wrong, wrong


def in_order(lines: list[tuple[str, str]], order: str) -> list[tuple[str, str]]:
    if order == "backwards":
        return lines[::-1]
    if order == "by turns":
        return [line for step in range(5) for line in lines[step::5]]
    if order.startswith("shuffled"):
        return random.Random(order).sample(lines, len(lines))
    return lines


@pytest.mark.parametrize("order", ORDERS)
def test_thirty_copies_are_one_alert_and_an_earthquake_stays_out(press: Press, order: str) -> None:
    lines = in_order(COPIES, order)
    lines[10:10], lines[20:20] = QUAKE[:2], QUAKE[2:]
    answers = press.run([(n / 4, *line) for n, line in enumerate(lines)])
    quakes = {title for _, title in QUAKE}
    wrong = [w for w, t in pushed(answers) if t in quakes]
    told = pushed(answers)
    by_watch = {w: [t for watch, t in told if watch == w] for w, _ in told}
    wrong += [f"{w}: {titles}" for w, titles in by_watch.items() if len(titles) != 1]
    wrong += [] if SWAP in by_watch else ["the exchange was not told"]
    wrong += [f"hit: {e.title}" for e in answers if e.title in quakes
              and WATCHES & {d.watch for d in e.decisions}]  # fmt: skip
    expect(f"copies {order}", wrong)


@pytest.mark.parametrize("order", ORDERS)
def test_sixteen_reports_of_a_truce_are_one_alert(press: Press, order: str) -> None:
    answers = press.run([(n / 4, *line) for n, line in enumerate(in_order(TRUCE_COPIES, order))])
    told = [w for w, _ in pushed(answers)]
    expect(f"truce copies {order}", None if told == [TRUCE] else pushed(answers))


def test_a_second_exchange_is_a_new_alert(press: Press) -> None:
    again = [
        (72.0, "en", "Ukraine and Russia exchange another group of prisoners of war"),
        (73.0, "uk", "Відбувся новий обмін полоненими між Україною та Росією"),
    ]
    answers = press.run([(n / 4, *line) for n, line in enumerate(COPIES[:8])] + again)
    told = pushed(answers)
    wrong = told if [w for w, _ in told] != [SWAP, SWAP] or told[1][1] != again[0][2] else None
    expect("second exchange", wrong)
    same = press.run([(0, *COPIES[0]), (72, *COPIES[3]), (144, *COPIES[6])])
    expect("the same words again", None if len(pushed(same)) == 3 else pushed(same))


@pytest.mark.parametrize("baseline", [True, False])
@pytest.mark.parametrize(
    ("kind", "language", "title"), [(k, *line) for k, lines in NO_CHANGE.items() for line in lines]
)
def test_a_reserve_changes_nothing(
    press: Press, kind: str, language: str, title: str, baseline: bool
) -> None:
    answers = press.run([(0, language, title)], baseline=baseline)
    expect(f"{kind} {language}", pushed(answers) or made(answers))


@pytest.mark.parametrize(("language", "title"), SAYS_NO)
def test_a_no_is_a_refusal_and_told_once(press: Press, language: str, title: str) -> None:
    again = [line for line in SAYS_NO if line[0] != language][:3]
    answers = press.run(
        [(0, language, title), *((n + 1, *line) for n, line in enumerate(again))], baseline=False
    )
    states = [d.judgement.state for d in answers[0].decisions if d.watch == TRUCE]
    wrong = None if pushed(answers) == [(TRUCE, title)] else pushed(answers)
    expect(f"says no {language}", wrong or (states != ["rejected"] and states))


def test_the_stages_of_a_thousand(press: Press) -> None:
    deal = "Russia and Ukraine agree to exchange 1,000 prisoners for 1,000"
    stages = [
        (190, "en", "First stage of the big swap: 390 captives freed on each side"),
        (191, "uk", "Перший етап великого обміну: з полону повернулися 390 українців"),
        (
            214,
            "de",
            "Zweite Etappe: Ukraine und Russland tauschen weitere 307 Gefangene je Seite aus",
        ),
        (
            238,
            "en",
            "Last stage: 303 prisoners on each side exchanged, thousand for thousand complete",
        ),
    ]
    answers = press.run([(0, "en", deal), *stages], baseline=False)
    told = [title for watch, title in pushed(answers) if watch == SWAP]
    told += [title for watch, title in pushed(answers, "followups") if watch == SWAP]
    wanted = [deal, stages[0][2], stages[2][2], stages[3][2]]
    expect("stages told", None if told == wanted else told)
    threads = {d.development.thread for e in answers for d in e.decisions
               if d.watch == SWAP and d.development}  # fmt: skip
    expect("stages in one thread", threads if len(threads) != 1 else None)
    details = [d.judgement.detail for e in answers[1:] for d in e.decisions
               if d.watch == SWAP and d.judgement.verdict in PUSHED]  # fmt: skip
    verdicts = [d.judgement.verdict for e in answers[1:] for d in e.decisions
                if d.watch == SWAP and d.judgement.verdict in PUSHED]  # fmt: skip
    expect("stages are updates", None if set(verdicts) == {Verdict.UPDATE} else verdicts)
    expect("stages name the deal", None if all("1000" in each for each in details) else details)


@pytest.mark.parametrize("baseline", [True, False])
def test_a_number_that_changes_names_both(press: Press, baseline: bool) -> None:
    answers = press.run(
        [
            (0, "en", "Russia and Ukraine agree to exchange 1,000 prisoners of war each"),
            (
                5,
                "de",
                "Kiew und Moskau vereinbaren Austausch von je 1200 Kriegsgefangenen statt 1000",
            ),
            (6, "en", "Swap agreed by Ukraine and Russia grows: 1,200 prisoners of war each"),
        ],
        START - timedelta(days=30),
        baseline=baseline,
    )
    told = [d for d in answers[1].decisions if d.watch == SWAP]
    judged = [(d.judgement.verdict, d.judgement.detail) for d in told]
    name = f"1,000 to 1,200, {'with' if baseline else 'without'} baseline"
    right = judged and judged[0][0] is Verdict.UPDATE
    right = right and "1000" in judged[0][1] and "1200" in judged[0][1]
    expect(name, None if right else judged)
    expect(f"{name}, once", [w for w in answers[2].as_json()["alerts"] if w == SWAP])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Moscow accepts thirty days of truce with Ukraine"),
        ("de", "Moskau nimmt die Waffenruhe von dreißig Tagen mit der Ukraine an"),
        ("fr", "Moscou accepte la trêve de trente jours avec l'Ukraine"),
        ("ru", "Москва приняла тридцатидневное перемирие с Украиной"),
        ("uk", "Москва прийняла тридцятиденне перемир'я з Україною"),
        ("tr", "Moskova Ukrayna ile otuz günlük ateşkesi kabul etti"),
        ("pl", "Moskwa przyjęła trzydziestodniowy rozejm z Ukrainą"),
        ("es", "Moscú acepta la tregua de treinta días con Ucrania"),
        ("it", "Mosca accetta la tregua di trenta giorni con l'Ucraina"),
    ],
)
def test_refused_then_accepted_names_what_it_contradicts(
    press: Press, language: str, title: str
) -> None:
    answers = press.run([(0, language, title)])
    judged = [d.judgement for d in answers[0].decisions if d.watch == TRUCE]
    right = pushed(answers) == [(TRUCE, title)] and judged[0].known == ("thirty-days-refused",)
    right = right and judged[0].verdict in {Verdict.UPDATE, Verdict.CONTRADICTS}
    expect(f"accepted {language}", None if right else judged)


@pytest.mark.parametrize("one", ["ukraine", "russia"])
def test_one_ministry_confirms_nothing_and_the_other_side_does(press: Press, one: str) -> None:
    ours = [
        (0, "en", "Kyiv says 100 prisoners of war exchanged with Russia"),
        (1, "de", "Kiew meldet Austausch von 100 Kriegsgefangenen mit Russland"),
        (2, "fr", "Kiev annonce un échange de 100 prisonniers de guerre avec la Russie"),
        (3, "pl", "Kijów: 100 jeńców wojennych wymienionych z Rosją"),
    ]
    theirs = [
        (0, "en", "Moscow says 100 prisoners of war exchanged with Ukraine"),
        (1, "de", "Moskau meldet Austausch von 100 Kriegsgefangenen mit der Ukraine"),
        (2, "fr", "Moscou annonce un échange de 100 prisonniers de guerre avec l'Ukraine"),
        (3, "pl", "Moskwa: 100 jeńców wojennych wymienionych z Ukrainą"),
    ]
    first, second = (ours, theirs) if one == "ukraine" else (theirs, ours)
    alone = press.run(first)
    expect(f"one side, {one}", None if [w for w, _ in pushed(alone)] == [SWAP] else pushed(alone))
    expect(f"not confirmed, {one}", pushed(alone, "followups"))
    both = press.run([*first, (5, *second[0][1:]), (6, *second[1][1:])])
    sure = pushed(both, "followups")
    expect(f"confirmed once, {one}", None if sure == [(SWAP, second[0][2])] else sure)
    expect(f"told once, {one}", None if len(pushed(both)) == 1 else pushed(both))
    threads = {d.development.thread for e in both for d in e.decisions if d.development}
    expect(f"in its thread, {one}", None if len(threads) == 1 else threads)


def test_the_official_voices_of_both_confirm(press: Press) -> None:
    answers = press.run(
        [
            (
                0,
                "en",
                "100 prisoners of war were exchanged today",
                "President of Ukraine in English",
            ),
            (1, "ru", "Проведён обмен: по 100 военнопленных", "Kremlin"),
        ]
    )
    sure = [w for w, _ in pushed(answers, "followups")]
    expect("official voices", None if sure == [SWAP] else sure)


@pytest.mark.parametrize(
    ("at", "language", "title", "watch"),
    [(at, *line) for at, lines in RECAPS.items() for line in lines],
)
def test_a_recap_is_silent_and_names_the_fact(
    press: Press, at: datetime, language: str, title: str, watch: str, rules: RuleBook
) -> None:
    answers = press.run([(0, language, title)], at)
    seeds = {seed.id for seed in rules.seeds}
    judged = [d.judgement for d in answers[0].decisions if d.watch == watch]
    expect(f"recap silent: {title}", pushed(answers) or made(answers))
    expect(f"recap hit: {title}", not judged)
    known = {fact for each in judged for fact in each.known}
    expect(f"recap names: {title}", None if known & seeds else judged)


def test_what_june_and_july_brought_is_told(press: Press) -> None:
    lines: list[Line] = [
        ((at - START).total_seconds() / 3600 + n, *line)
        for at, _, pair in MONTHS.values()
        for n, line in enumerate(pair)
    ]
    told = pushed(press.run(lines))
    for name, (_, watch, pair) in MONTHS.items():
        titles = [title for _, title in pair]
        mine = [(w, t) for w, t in told if t in titles]
        expect(name, None if mine == [(watch, titles[0])] else (mine, told))


@pytest.mark.parametrize("future", FUTURES)
def test_a_future_that_never_was(press: Press, future: str) -> None:
    lines = FUTURES[future]
    answers = press.run([line[:3] for line in lines])
    wrong = []
    for answer, (_, _, title, watch) in zip(answers, lines, strict=True):
        told = [w for w in answer.as_json()["alerts"] if w in WATCHES]  # type: ignore[attr-defined]
        if told != ([watch] if watch else []):
            wrong.append((title, told, [(d.watch, d.judgement) for d in answer.decisions]))
    expect(future, wrong)


def test_few_things_are_left() -> None:
    assert len(KNOWN_GAPS) <= 16


def test_the_same_items_again_say_nothing(press: Press) -> None:
    lines = [(n / 4, *line, f"Outlet {n}") for n, line in enumerate([*COPIES[:9], *TRUCE_COPIES])]
    answers = press.run([*lines, *((9 + n / 4, *line[1:]) for n, line in enumerate(lines))])
    again = answers[len(lines) :]
    expect("the same again", pushed(again) + pushed(again, "followups") or made(again))


def test_two_parties_that_take_one_step_are_told_each(press: Press) -> None:
    first = (48.0, "en", "Ukraine rejects a full thirty-day ceasefire with Russia, Zelensky says")
    second = (
        480.0, "en", "United States now rejects a ceasefire in Ukraine, Trump says in Washington",
    )  # fmt: skip
    told = pushed(press.run([first, second]))
    assert [title for watch, title in told if watch == TRUCE] == [first[2], second[2]]
