"""One event in many languages is one story; what merely resembles it is another."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from monitor.core.model import Item, Placement
from monitor.core.stories import OPEN_FOR, StoryBook, Telling
from monitor.core.text import fold
from tests.builders import T0, after, item

#: Beginnings of words by concept, as a vocabulary would find them.
CONCEPTS = {
    "captives": "prisoner pow captive gefangen prisonnier captif esir полонен бранц плен jeńc jeniec"
    " prisionero cautivo",
    "swap": "swap exchang austausch échang takas обмін обмен wymian canje intercambi",
    "agree": "agree deal einig vereinbar accord conviennent s'entendent anlaş uzlaş домов погод"
    " договор соглас uzgodni porozumie uzgadnia acuerd pacta",
    "istanbul": "istanbul стамбул stambuł stambul estambul",
    "delegations": "delegation négociateur delegacj heyet делегац delegacion negociador unterhändl",
    "ukraine": "ukrain kyiv kiew kijów україн київ украин киев ucran kiev",
    "russia": "russ moscow moskau moscou росі москв росси rosj rosyj moskw rusia rus moskova",
    "quake": "quake erdbeben deprem séisme",
}
#: Thirty reports of one event, the way outlets word it: each language on its own.
TOLD = """
en|Kyiv and Moscow agree to swap 1,200 prisoners each in Istanbul|Umerov and Medinsky announced it.
en|Istanbul talks end with deal on 1,200 captives|Rustem Umerov said the exchange follows in weeks.
en|Russia, Ukraine to exchange 1,200 POWs after third meeting|Medinsky spoke after the delegations met.
en|Medinsky: prisoner swap of 1,200 agreed with Ukraine|The deal came at the Istanbul table.
en|Biggest swap yet: 1,200 prisoners to go home under Istanbul deal|Umerov thanked Turkey.
de|Kiew und Moskau einigen sich auf Austausch von 1.200 Gefangenen|Das teilten Umerow und Medinski in Istanbul mit.
de|Istanbul: Unterhändler vereinbaren Austausch von 1200 Kriegsgefangenen|Medinski sprach von einem Ergebnis.
de|1.200 Gefangene sollen heimkehren|Die Delegationen Russlands und der Ukraine einigten sich in Istanbul, so Umerow.
de|Russland und Ukraine tauschen je 1.200 Gefangene aus|Die Einigung in Istanbul gab Medinski bekannt; Austausch bald.
fr|Kiev et Moscou s'entendent pour échanger 1 200 prisonniers|L'accord a été trouvé à Istanbul, dit Oumerov.
fr|Istanbul : accord sur 1.200 prisonniers de guerre|Medinski a annoncé un échange entre la Russie et l'Ukraine.
fr|Échange de 1 200 captifs convenu entre Ukraine et Russie|Les négociateurs Medinski et Umerov sont d'accord.
fr|Medinski annonce un échange de 1 200 prisonniers|Les délégations se sont quittées à Istanbul sur cet accord.
es|Kiev y Moscú acuerdan canje de 1.200 prisioneros|Medinski lo anunció en Estambul tras ver a Umerov.
es|Estambul: acuerdo para intercambiar 1.200 prisioneros de guerra|Las delegaciones de Rusia y Ucrania se despiden.
es|Rusia y Ucrania pactan el canje de 1200 cautivos|Umerov confirmó el acuerdo en Estambul.
es|Medinski: habrá un canje de 1.200 prisioneros con Ucrania|El acuerdo se cerró en Estambul.
tr|İstanbul'da anlaşma: 1.200 esir takas edilecek|Medinskiy ve Umerov açıkladı.
tr|Rusya ile Ukrayna 1200 esirin takasında anlaştı|Heyetler İstanbul'da üçüncü kez buluştu, Medinskiy duyurdu.
tr|Umerov: 1.200 esir için takas anlaşması sağlandı|Ukrayna ve Rusya heyetleri İstanbul'dan ayrıldı.
uk|Київ і Москва домовилися про обмін 1200 полонених|Про це в Стамбулі сказав Умєров.
uk|У Стамбулі погодили обмін: додому повернуться 1200 бранців|Умєров подякував делегації.
uk|Умєров: обмін 1200 на 1200 погоджено|Делегації України та Росії завершили зустріч у Стамбулі, полонені чекають.
uk|Мединський оголосив про обмін 1200 полонених з Україною|Сторони домовились у Стамбулі.
ru|Москва и Киев договорились об обмене 1200 пленных|Мединский рассказал об итогах в Стамбуле.
ru|Мединский: согласован обмен 1200 военнопленных с Украиной|Делегации встретились в Стамбуле.
ru|В Стамбуле договорились обменять 1200 пленных|Об этом сообщил Умеров после встречи делегаций России и Украины.
pl|Kijów i Moskwa uzgodniły wymianę 1200 jeńców|Poinformowali o tym w Stambule Umierow i Miedinski.
pl|Stambuł: porozumienie o wymianie 1200 jeńców|Delegacje Rosji i Ukrainy zakończyły spotkanie, mówi Umerow.
pl|Medinski ogłasza wymianę 1200 jeńców z Ukrainą|Delegacje porozumiały się w Stambule.
"""
REPORTS = [tuple(line.split("|")) for line in TOLD.strip().splitlines()]


def found_in(text: str) -> frozenset[str]:
    said = f" {fold(text)}".replace("-", " ")
    return frozenset(
        concept
        for concept, words in CONCEPTS.items()
        if any(f" {fold(word)}" in said or f"'{fold(word)}" in said for word in words.split())
    )


class Desk:
    """Places items with the tokens that the vocabulary above finds in them."""

    def __init__(self) -> None:
        self.book = StoryBook()
        self.number = 0

    def read(
        self, language: str, title: str, summary: str = "", at: datetime = T0, **more: str
    ) -> Placement:
        self.number += 1
        told = item(
            title, summary, identity=f"i{self.number}", feed=f"f{self.number}", language=language,
            published=at,
        )  # fmt: skip
        kinds = {kind: frozenset(said.split()) for kind, said in more.items()}
        return self.place(told, Telling(tokens=found_in(f"{title} {summary}"), **kinds))

    def place(self, told: Item, telling: Telling) -> Placement:
        draft = self.book.draft()
        placement = draft.place(told, telling)
        draft.add(told, self.number, placement, telling)
        self.book.adopt(draft, told.published_at)
        return placement


def background(desk: Desk) -> None:
    """Let some other matters of the same saga be open, as they always are."""
    for language, title, summary in (
        ("en", "Kremlin rejects 30-day truce once more", "Peskov spoke in Moscow."),
        ("en", "Drones hit Kharkiv at dawn", "Ukraine says Russia sent 120 drones."),
        ("de", "Selenskyj fordert Treffen mit Putin", "Kiew wartet auf Antwort aus Moskau."),
        ("tr", "Fidan yarın Kiev'e gidecek", "Ukrayna ziyareti iki gün sürecek."),
        ("en", "Istanbul prepares to host the delegations", "Fidan invited Russia and Ukraine."),
        ("pl", "Rosja przekazała 6000 ciał", "Ukraina potwierdza na granicy."),
    ):
        desk.read(language, title, summary, after(hours=-14))


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("claims", ["", "exchange:agreed"])
def test_thirty_reports_in_eight_languages_are_one_story(order: int, claims: str) -> None:
    desk = Desk()
    background(desk)
    reports = REPORTS if not order else random.Random(order).sample(REPORTS, len(REPORTS))
    stories = Counter(
        desk.read(*report, at=after(minutes=12 * n), claims=claims).story
        for n, report in enumerate(reports)
    )
    assert len(stories) == 1, stories


def test_the_last_of_them_counts_reports_and_publishers() -> None:
    desk = Desk()
    placements = [desk.read(*report, claims="exchange:agreed") for report in REPORTS]
    assert (placements[-1].reports, placements[-1].publishers) == (30, 30)
    assert placements[-1].claims == ("exchange:agreed",)


@pytest.mark.parametrize(
    "report",
    [
        ("en", "Earthquake of magnitude 6.2 shakes Istanbul", "People ran from their homes."),
        ("de", "Erdbeben erschüttert Istanbul", "Das Beben hatte die Stärke 6,2."),
        ("tr", "İstanbul'da 6,2 büyüklüğünde deprem", "Vatandaşlar sokağa çıktı."),
        ("fr", "Séisme à Istanbul", "La terre a tremblé pendant treize secondes."),
    ],
)
def test_an_earthquake_in_the_same_city_stays_out(report: tuple[str, str, str]) -> None:
    desk = Desk()
    background(desk)
    for n, told in enumerate(REPORTS):
        desk.read(*told, at=after(minutes=n))
    assert desk.read(*report, at=after(hours=1)).founds


def test_a_second_exchange_two_days_later_founds_its_own() -> None:
    """With other words and another number, whoever reports it, in the same frame of words."""
    desk = Desk()
    background(desk)
    first = desk.read("en", "Russia and Ukraine swap 303 prisoners each", "Zelensky welcomed them.")
    for language, title in (
        ("de", "Russland und Ukraine tauschen je 205 Gefangene aus"),
        ("en", "Russia and Ukraine swap 205 prisoners each"),
    ):
        second = desk.read(language, title, at=after(days=2))
        assert second.story != first.story


def test_other_exact_numbers_of_the_same_things_are_two_events() -> None:
    desk = Desk()
    first = desk.read("en", "Ukraine and Russia free 390 captives each", counts="people:390")
    other = desk.read("en", "Ukraine and Russia free 303 captives each", counts="people:303")
    assert other.story != first.story
    both = "Ukraine and Russia free 303 captives each after 390 on Friday"
    assert desk.read("en", both, counts="people:303 people:390").story in {first.story, other.story}
    said = desk.read("en", "Ukraine and Russia free hundreds of captives each", counts="bodies:9")
    assert not said.founds, (
        "what counts other things, or nothing exactly, speaks for no other event"
    )


@pytest.mark.parametrize(("day", "same"), [("2025-06-03", True), ("2025-06-05", False)])
def test_days_that_lie_apart_are_two_events(day: str, same: bool) -> None:
    desk = Desk()
    title = "Ukraine and Russia exchange prisoners at the border"
    first = desk.read("en", title, "Buses arrived.", days="2025-06-02")
    second = desk.read("en", f"{title} again", "Buses left.", days=day)
    assert (second.story == first.story) is same


def closeness(first: str, second: str) -> float:
    """Give how close a German report with a claim is to an English one with another."""
    desk = Desk()
    background(desk)
    desk.read(*REPORTS[0], claims=first)
    return desk.read(*REPORTS[5], at=after(hours=1), claims=second).closeness


def test_claims_speak_for_one_event_or_for_two() -> None:
    agreed, rejected = "exchange:agreed", "exchange:rejected"
    assert closeness(agreed, agreed) > closeness(agreed, "") > closeness(agreed, rejected) > 0
    assert closeness(agreed, "") == closeness(agreed, "truce:rejected")


def test_a_claim_of_days_ago_says_nothing() -> None:
    desk = Desk()
    desk.read(*REPORTS[0], claims="exchange:agreed")
    told = desk.read(*REPORTS[5], at=after(hours=36), claims="exchange:postponed").closeness
    desk = Desk()
    desk.read(*REPORTS[0])
    assert told == desk.read(*REPORTS[5], at=after(hours=36)).closeness


def test_a_recap_days_later_is_no_report_of_the_story() -> None:
    desk = Desk()
    background(desk)
    first = desk.read(*REPORTS[0])
    recap = "What we know about the 1,200 prisoners whom Kyiv and Moscow agreed to swap in Istanbul"
    assert desk.read("en", recap, at=after(days=4)).story != first.story


def test_an_item_without_tokens_is_gathered_by_names_and_numbers() -> None:
    """A language that no vocabulary has: Dutch."""
    desk = Desk()
    background(desk)
    first = desk.read(*REPORTS[0])
    told = item(
        "Medinsky en Umerov bereiken akkoord over 1.200 gevangenen", "", identity="nl",
        language="nl", published=after(hours=1),
    )  # fmt: skip
    assert desk.place(told, Telling()).story == first.story


def linked() -> tuple[Desk, Placement, Placement, Placement]:
    """Give a desk where two stories of one event stood apart until a report told both."""
    desk = Desk()
    background(desk)
    draft = desk.book.draft()
    placements = []
    for n, report in enumerate((REPORTS[0], REPORTS[3])):
        told = item(*report[1:], identity=f"apart {n}", feed=f"x{n}", published=after(n))
        telling = Telling(tokens=found_in(" ".join(report)))
        placements.append(
            Placement(f"s{n}", founds=True, founder_identity=told.identity)
        )  # as if nothing had been alike
        draft.add(told, 100 + n, placements[-1], telling)
    desk.book.adopt(draft, T0)
    both = desk.read(
        "en", "Kyiv and Moscow agree to swap 1,200 prisoners each, Medinsky says",
        "The prisoner swap of 1,200 was agreed with Ukraine in Istanbul; Umerov and Medinsky.",
        after(hours=1),
    )  # fmt: skip
    return desk, placements[0], placements[1], both


def test_a_report_of_two_stories_links_them_under_the_elder() -> None:
    desk, elder, younger, both = linked()
    assert (both.story, both.alias) == (elder.story, younger.story)
    again = desk.read(*REPORTS[3][:2], "A deal with Umerov on a prisoner swap.", at=after(hours=2))
    assert (again.story, again.alias) == (elder.story, "")
    assert (again.reports, again.publishers) == (4, 4)


def test_a_copy_of_a_text_of_the_younger_goes_to_the_elder() -> None:
    desk, elder, _, _ = linked()
    copy = desk.read(*REPORTS[3], at=after(hours=2))
    assert (copy.story, copy.copy_of) == (elder.story, 101)


def test_what_has_closed_leaves_nothing_behind_and_alias_neither() -> None:
    desk, *_ = linked()
    for n, report in enumerate(REPORTS):
        desk.read(*report, at=after(minutes=n))
    desk.book.adopt(desk.book.draft(), T0 + OPEN_FOR + timedelta(days=2))
    assert len(desk.book) == 0
    shelf = desk.book._shelf
    assert (shelf.by_word, shelf.by_print, shelf.elder) == ({}, {}, {})


def test_a_story_remembers_no_more_than_it_compares() -> None:
    """A story that goes on for a thousand reports costs no more than one of thirty."""
    desk = Desk()
    sizes = []
    for n in range(120):
        words = f"w{chr(97 + n % 26)}{chr(97 + n // 26)}xyz"
        placed = desk.read("en", f"Kyiv and Moscow agree prisoner swap {words}", at=after(n))
        story = desk.book._shelf.stories[placed.story]
        sizes.append((len(list(story.centre.everything())), len(story.told)))
    assert placed.reports == 120
    assert sizes[-1] == sizes[60]


def test_reading_in_two_halves_or_one_draft_is_the_same() -> None:
    """A start that loads all in one draft remembers what item after item has left."""
    one, other = Desk(), StoryBook()
    draft = other.draft()
    for n, (language, title, summary) in enumerate(REPORTS):
        placed = one.read(language, title, summary, after(minutes=n))
        told = item(
            title, summary, identity=f"i{n + 1}", feed=f"f{n + 1}", language=language,
            published=after(minutes=n),
        )  # fmt: skip
        kept = Placement(
            placed.story, founds=placed.founds, founder_identity=placed.founder_identity,
            alias=placed.alias,
        )  # fmt: skip
        draft.add(told, n + 1, kept, Telling(tokens=found_in(f"{title} {summary}")))
    other.adopt(draft, T0)
    assert vars(other._shelf) == vars(one.book._shelf)
