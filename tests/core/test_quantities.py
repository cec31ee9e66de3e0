"""The numbers of a news item: counts in ten languages, and all that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.quantities import MOST, quantities
from monitor.core.text import clean_text
from tests.core.spans import costs_its_length, inside_and_in_order

LANGUAGES = "en de fr es it pl tr uk ru".split()


def told(text: str, language: str) -> list[str]:
    """Write each quantity as `value[~][x][ unit]`: ~ is not exact, x is for each side."""
    return [
        f"{q.value}{'' if q.exact else '~'}{'x' if q.each else ''} {q.unit}".strip()
        for q in quantities(text, language)
    ]


#: Language, text, what is found (several with `; `), nothing for none.
ROWS = """
en | 1,000 prisoners were released | 1000 people
en | Russia returned 1,212 bodies | 1212 bodies
en | a swap of 1,000 for 1,000 | 1000x
en | 1,000-for-1,000 exchange of captives | 1000x people
en | Exchange of prisoners 390 for 390 | 390x people
en | six thousand bodies | 6000 bodies
en | the remains of 1,212 soldiers | 1212 bodies
en | bodies of 6,000 fallen soldiers | 6000 bodies
en | each side will return 6,000 bodies | 6000x bodies
en | 1,200 prisoners each | 1200x people
en | at least 25 civilians were freed | 25~ people
en | about 300 captives | 300~ people
en | more than a thousand soldiers | 1000~ people
en | up to 1,200 prisoners from each side | 1200~x people
en | nearly two hundred and fifty men | 250~ people
en | twenty-five soldiers and thirty civilians | 25 people; 30 people
en | one hundred and one prisoners | 101 people
en | two thousand three hundred and five bodies | 2305 bodies
en | a truce of thirty days | 30 days
en | a 30-day ceasefire | 30 days
en | a thirty-day truce | 30 days
en | a 48-hour ultimatum | 48 hours
en | talks lasted two hours | 2 hours
en | within three weeks | 3 weeks
en | six months of talks and 90 minutes | 6 months; 90 minutes
en | 10 to 12 people | 12~ people
en | between 10 and 12 people | 12~ people
en | 10-12 people | 12~ people
en | 1,000 prisoners for 1,000 prisoners | 1000x people
en | 6 thousand bodies | 6000 bodies
en | 1.2 million people | 1200000 people
en | half a thousand soldiers | 500 people
en | two dozen civilians | 24~ people
en | 1,212 bodies in exchange for 27 | 1212 bodies; 27
en | 2,000 soldiers | 2000 people
en | 2000 soldiers came home | 2000 people
en | 1 000 prisoners | 1000 people
en | 1'000 prisoners | 1000 people
en | 1,000 or more prisoners | 1000~ people
en | 307 soldiers and civilians came home on Saturday, 390 on Friday | 307 people; 390
en | in 2022 the talks failed |
en | since 2014 |
en | the 2022 memorandum |
en | soldiers aged 18 to 25 |
en | those under 25 |
en | a 25-year-old soldier |
en | 25 years old |
en | the 2nd round, the 21st century |
en | at 12:30 on Sunday |
en | at 10 a.m. |
en | the score was 2-1 |
en | version 3.5.1 and 3.5 points |
en | on 2 June and June 3 |
en | June 16, 2025 |
en | 5% of voters, 5 percent, 12 per cent |
en | $500 and 5 million dollars |
en | EUR 500 and 300 euros |
en | Article 5, route 66, No. 12 |
en | 155 mm shells, 155mm shells |
en | Day 1,200 of the war |
en | a drone flew 300 km |
en | F-16 jets and Su-34 bombers |
en | the G7 and the G20 |
en | on 02.06.2025 and 2025-06-02 |
en | one of the envoys |
en | several hundred soldiers |
en | thousands of soldiers |
en | call 24/7 or 9/11 |
de | 1.000 Gefangene kamen frei | 1000 people
de | 1000 gegen 1000 | 1000x
de | 1.000 Gefangene gegen 1.000 Gefangene | 1000x people
de | sechstausend Leichen | 6000 bodies
de | zweihundertfünfzig Soldaten | 250 people
de | fünfundzwanzig Zivilisten | 25 people
de | tausendzweihundert Kriegsgefangene | 1200 people
de | zwölfhundert Gefangene | 1200 people
de | dreißig Tage | 30 days
de | eine 30-tägige Waffenruhe | 30 days
de | eine dreißigtägige Feuerpause | 30 days
de | 30-Tage-Waffenruhe | 30 days
de | die 48-Stunden-Frist | 48 hours
de | rund 300 Soldaten | 300~ people
de | mindestens 25 Menschen | 25~ people
de | über tausend Gefangene | 1000~ people
de | je 1000 Gefangene | 1000x people
de | 6000 Leichen je Seite | 6000x bodies
de | 10 bis 12 Menschen | 12~ people
de | zwischen 10 und 12 Personen | 12~ people
de | die Leichen von 1212 Soldaten | 1212 bodies
de | im Jahr 2024 |
de | die 3. Runde |
de | am 2. Juni |
de | um 10 Uhr |
de | 5 Prozent und 300 Euro |
de | Soldaten unter 25 Jahren |
de | im Alter von 18 bis 25 |
de | mehrere hundert Menschen |
de | Tausende Soldaten |
de | Tag 1200 des Krieges |
de | ein Soldat |
fr | 1 000 prisonniers | 1000 people
fr | mille prisonniers contre mille | 1000x people
fr | 1 000 contre 1 000 | 1000x
fr | six mille corps | 6000 bodies
fr | deux cent cinquante soldats | 250 people
fr | quatre-vingt-dix civils | 90 people
fr | soixante et onze soldats | 71 people
fr | une trêve de trente jours | 30 days
fr | environ 300 soldats | 300~ people
fr | plus de 1 200 prisonniers | 1200~ people
fr | au moins 25 personnes | 25~ people
fr | 1 200 prisonniers par camp | 1200x people
fr | une centaine de soldats | 100~ people
fr | les corps de 6 000 soldats | 6000 bodies
fr | en 2022 |
fr | âgés de 18 à 25 ans |
fr | le 2 juin |
fr | à 10 heures |
fr | 300 euros et 5 % |
fr | un avion neuf |
es | mil por mil | 1000x
es | 1.000 prisioneros | 1000 people
es | 1.000 por 1.000 prisioneros | 1000x people
es | seis mil cuerpos | 6000 bodies
es | doscientos cincuenta soldados | 250 people
es | treinta y cinco civiles | 35 people
es | una tregua de treinta días | 30 days
es | al menos 25 civiles | 25~ people
es | unos 300 soldados | 300~ people
es | 1.200 prisioneros de cada bando | 1200x people
es | miles de personas |
es | en 2022 |
es | el 2 de junio |
es | menores de 25 años |
es | 300 euros |
it | mille prigionieri | 1000 people
it | mille per mille | 1000x
it | seimila salme | 6000 bodies
it | duecentocinquanta soldati | 250 people
it | ventuno civili | 21 people
it | trentotto soldati | 38 people
it | milleduecento prigionieri | 1200 people
it | una tregua di trenta giorni | 30 days
it | circa 300 soldati | 300~ people
it | oltre 1.200 prigionieri per parte | 1200~x people
it | nel 2022 |
it | il 2 giugno |
it | di 25 anni |
it | tu sei qui |
pl | 1000 jeńców | 1000 people
pl | tysiąc za tysiąc | 1000x
pl | 1000 na 1000 jeńców | 1000x people
pl | sześć tysięcy ciał | 6000 bodies
pl | dwieście pięćdziesiąt żołnierzy | 250 people
pl | pół tysiąca żołnierzy | 500 people
pl | półtora tysiąca jeńców | 1500 people
pl | 30-dniowe zawieszenie broni | 30 days
pl | trzydziestodniowy rozejm | 30 days
pl | około 300 żołnierzy | 300~ people
pl | co najmniej 25 osób | 25~ people
pl | po 1200 jeńców z każdej strony | 1200x people
pl | ciała 1212 żołnierzy | 1212 bodies
pl | dwustu pięćdziesięciu jeńców | 250 people
pl | w 2022 roku |
pl | 2 czerwca |
pl | poniżej 25 lat |
pl | kilka tysięcy osób |
tr | 1.000 esir | 1000 people
tr | Bin esir takas edildi | 1000 people
tr | 1000'e karşı 1000 esir | 1000x people
tr | bine karşı bin | 1000x
tr | biner esir | 1000x people
tr | altı bin ceset | 6000 bodies
tr | bin iki yüz esir | 1200 people
tr | iki yüz elli asker | 250 people
tr | ikiyüzelli asker | 250 people
tr | 1 bin 200 esir | 1200 people
tr | 30 günlük ateşkes | 30 days
tr | otuz günlük ateşkes | 30 days
tr | yaklaşık 300 asker | 300~ people
tr | en az 25 kişi | 25~ people
tr | 1.000'den fazla esir | 1000~ people
tr | 6.000 askerin cenazesi | 6000 bodies
tr | 2022 yılında |
tr | 25 yaş altı |
tr | 3. tur görüşmeler |
tr | 3'üncü tur |
tr | 2 Haziran |
tr | saat 10 |
tr | yüz yüze görüşme |
uk | 1000 полонених | 1000 people
uk | 1000 на 1000 | 1000x
uk | тисяча на тисячу | 1000x
uk | шість тисяч тіл | 6000 bodies
uk | двісті п'ятдесят військових | 250 people
uk | 6 тис. тіл | 6000 bodies
uk | тридцятиденне перемир'я | 30 days
uk | 30-денне припинення вогню | 30 days
uk | близько 300 захисників | 300~ people
uk | щонайменше 25 осіб | 25~ people
uk | по 1200 полонених з кожного боку | 1200x people
uk | тіла 1212 військових | 1212 bodies
uk | понад тисячу полонених | 1000~ people
uk | близько тисячі полонених | 1000~ people
uk | півтори тисячі тіл | 1500 bodies
uk | у 2022 році |
uk | військові до 25 років |
uk | третій раунд, 3-й раунд |
uk | 2 червня |
uk | о 10:00 |
uk | 500 гривень |
uk | стаття 5 |
ru | 1000 пленных | 1000 people
ru | 1000 на 1000 | 1000x
ru | тысячу двести военнопленных | 1200 people
ru | тысяча на тысячу | 1000x
ru | шесть тысяч тел | 6000 bodies
ru | тела 1212 военных | 1212 bodies
ru | тридцатидневное перемирие | 30 days
ru | 30-дневное перемирие | 30 days
ru | трёхдневное перемирие | 3 days
ru | 72 часа | 72 hours
ru | двести пятьдесят человек | 250 people
ru | более 1,2 тысячи пленных | 1200~ people
ru | около тысячи солдат | 1000~ people
ru | не менее 25 человек | 25~ people
ru | по 1200 человек с каждой стороны | 1200x people
ru | от 10 до 12 человек | 12~ people
ru | полторы тысячи тел | 1500 bodies
ru | тысячи людей |
ru | в 2022 году |
ru | моложе 25 лет |
ru | 2 июня |
ru | 3-й раунд |
ru | 500 рублей и 5 процентов |
ru | 155 мм |
ru | несколько тысяч человек |
xx | 1,000 of something and six thousand | 1000
xx | 3.5 and 12:30 |
"""
CASES = [tuple(part.strip() for part in row.split("|")) for row in ROWS.strip().splitlines()]


def test_the_table_is_worth_its_name() -> None:
    assert len(CASES) >= 150
    assert {row[0] for row in CASES} >= set(LANGUAGES)


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_what_a_text_counts(language: str, text: str, expected: str) -> None:
    assert told(text, language) == [part for part in expected.split("; ") if part]


def test_a_span_is_the_number_and_no_more() -> None:
    text = "They swapped 1,000 for 1,000 prisoners and twenty-five bodies."
    assert [text[q.start : q.end] for q in quantities(text, "en")] == [
        "1,000 for 1,000",
        "twenty-five",
    ]


PIECES = st.sampled_from(
    "1,000 1 000 12:30 3.5 - for на gegen thousand тысяч bin each кожен 2025 juni . , ' ( % $ six"
    " zweihundertfünfzig iki yüz and 02.06.2025 по від bodies tage 25-year \n".split(" ")
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join)), st.sampled_from([*LANGUAGES, ""]))
def test_spans_are_inside_and_in_order(source: str, language: str) -> None:
    text = clean_text(source, 10_000)
    for quantity in inside_and_in_order(text, quantities(text, language)):
        assert quantity.value > 0


HOSTILE = {
    "digits": "7" * 65536,
    "groups": "1,000," * 10922,
    "blanks": "1 000 " * 10922,
    "dots": "1.1" * 21845,
    "hyphens": "1-" * 32768,
    "chain": "1000 for " * 7281,
    "each": "each " * 13107,
    "words": "hundred thousand " * 3855,
    "zweihundert": "hundert" * 9362,
    "colons": "12:30:" * 10922,
}


@pytest.mark.parametrize("language", ["en", "de", "tr", ""])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_costs_what_its_length_says(kind: str, language: str) -> None:
    costs_its_length(lambda text: quantities(text, language), HOSTILE[kind], MOST)
