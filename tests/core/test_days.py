"""The days that a text names, in ten languages; published on Wednesday, 11 June 2025 unless said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.calendar_reading import nearest_year
from monitor.core.days import MOST, days
from monitor.core.text import clean_text
from tests.core.spans import costs_its_length, inside_and_in_order

LANGUAGES = "en de fr es it pl tr uk ru".split()
PUBLISHED = datetime(2025, 6, 11, 9, 30, tzinfo=UTC)


def told(text: str, language: str, published: datetime = PUBLISHED) -> list[str]:
    """Write each day as month-day, a span with `..`; the year where it is not 2025."""
    return [
        _short(day.first) if day.first == day.last else f"{_short(day.first)}..{_short(day.last)}"
        for day in days(text, language, published)
    ]


def _short(day: date) -> str:
    return day.strftime("%m-%d") if day.year == 2025 else day.isoformat()


#: Language, text, what is found (several with `; `), nothing for none.
ROWS = """
en | the talks of 2 June | 06-02
en | on June 2 in Istanbul | 06-02
en | June 16, 2025 | 06-16
en | 2 June 2024 | 2024-06-02
en | on the 2nd of June | 06-02
en | on 3 December | 12-03
en | on 28 December | 2024-12-28
en | 2-3 June | 06-02..06-03
en | June 2-3 | 06-02..06-03
en | 2025-06-02 | 06-02
en | on 31 June |
en | 2025-02-30 |
en | 30 February |
en | 29 February 2024 | 2024-02-29
en | on 9 May | 05-09
en | on May 9 | 05-09
en | in May | 05-01..05-31
en | in March 2022 | 2022-03-01..2022-03-31
en | March 2022 | 2022-03-01..2022-03-31
en | they may meet |
en | the march on the capital |
en | Russia may 3 times refuse |
en | in June | 06-01..06-30
en | in early July | 07-01..07-10
en | in mid-July | 07-11..07-20
en | late June | 06-21..06-30
en | by the end of June | 06-11..06-30
en | at the end of June | 06-21..06-30
en | by the end of the year | 06-11..12-31
en | in 2022 | 2022-01-01..2022-12-31
en | since 2014 | 2014-01-01..2014-12-31
en | 2022 soldiers |
en | today | 06-11
en | tonight | 06-11
en | yesterday | 06-10
en | tomorrow | 06-12
en | the day after tomorrow | 06-13
en | next week | 06-16..06-22
en | last week | 06-02..06-08
en | this weekend | 06-14..06-15
en | next month | 07-01..07-31
en | last year | 2024-01-01..2024-12-31
en | a year ago | 2024-01-01..2024-12-31
en | three months ago | 03-01..03-31
en | in two weeks | 06-23..06-29
en | two days ago | 06-09
en | in 10 days | 06-21
en | It ended on Monday | 06-09
en | They will meet on Monday | 06-16
en | Putin said on Monday that talks will resume | 06-09
en | Zelensky said he will go on Friday | 06-13
en | a truce from Monday | 06-16
en | a truce by Friday | 06-13
en | talks set for Thursday | 06-12
en | last Monday | 06-09
en | next Monday | 06-16
en | since Monday | 06-09
en | on Wednesday he flew | 06-11
en | On Wednesday they will meet | 06-18
en | on Monday, 2 June | 06-02
en | Monday's talks | 06-09
de | am 2. Juni | 06-02
de | 2. Juni 2025 | 06-02
de | am 02.06.2025 | 06-02
de | am 31.06.2025 |
de | im Juni | 06-01..06-30
de | bis Ende Juni | 06-11..06-30
de | Anfang Juli | 07-01..07-10
de | im Mai | 05-01..05-31
de | am Montag | 06-09
de | ab Montag | 06-16
de | Waffenruhe ab Montag vereinbart | 06-16
de | am Montag sollen die Gespräche beginnen | 06-16
de | am nächsten Freitag | 06-13
de | Montag, 2. Juni | 06-02
de | heute | 06-11
de | gestern | 06-10
de | morgen in Istanbul | 06-12
de | am Morgen |
de | heute Morgen | 06-11
de | nächste Woche | 06-16..06-22
de | vor drei Monaten | 03-01..03-31
de | in zwei Wochen | 06-23..06-29
de | vor einem Jahr | 2024-01-01..2024-12-31
de | im Jahr 2022 | 2022-01-01..2022-12-31
de | seit 2014 | 2014-01-01..2014-12-31
fr | le 2 juin | 06-02
fr | le 1er juin 2025 | 06-01
fr | le 02/06/2025 | 06-02
fr | en mars | 03-01..03-31
fr | la planète mars |
fr | en juin | 06-01..06-30
fr | d'ici fin juin | 06-11..06-30
fr | début juillet | 07-01..07-10
fr | à la mi-juillet | 07-11..07-20
fr | lundi | 06-09
fr | la réunion se tiendra lundi | 06-16
fr | lundi prochain | 06-16
fr | lundi dernier | 06-09
fr | à partir de lundi | 06-16
fr | lundi 2 juin | 06-02
fr | aujourd'hui | 06-11
fr | hier | 06-10
fr | demain | 06-12
fr | la semaine prochaine | 06-16..06-22
fr | il y a trois mois | 03-01..03-31
fr | dans deux semaines | 06-23..06-29
fr | en 2022 | 2022-01-01..2022-12-31
es | el 2 de junio | 06-02
es | el 2 de junio de 2025 | 06-02
es | en marzo de 2022 | 2022-03-01..2022-03-31
es | a finales de junio | 06-21..06-30
es | hasta finales de junio | 06-11..06-30
es | el lunes | 06-09
es | se reunirán el lunes | 06-16
es | el próximo lunes | 06-16
es | el lunes pasado | 06-09
es | a partir del lunes | 06-16
es | hoy | 06-11
es | ayer | 06-10
es | mañana | 06-12
es | por la mañana |
es | la próxima semana | 06-16..06-22
es | hace tres meses | 03-01..03-31
es | dentro de dos semanas | 06-23..06-29
es | en 2022 | 2022-01-01..2022-12-31
it | il 2 giugno | 06-02
it | 2 giugno 2025 | 06-02
it | in giugno | 06-01..06-30
it | entro la fine di giugno | 06-11..06-30
it | lunedì | 06-09
it | si incontreranno lunedì | 06-16
it | lunedì prossimo | 06-16
it | lunedì scorso | 06-09
it | oggi | 06-11
it | ieri | 06-10
it | domani | 06-12
it | la prossima settimana | 06-16..06-22
it | tre mesi fa | 03-01..03-31
it | tra due settimane | 06-23..06-29
it | nel 2022 | 2022-01-01..2022-12-31
pl | 2 czerwca | 06-02
pl | 2 czerwca 2025 roku | 06-02
pl | w marcu | 03-01..03-31
pl | marsz protestacyjny |
pl | do końca czerwca | 06-11..06-30
pl | na początku lipca | 07-01..07-10
pl | w poniedziałek | 06-09
pl | w poniedziałek odbędzie się spotkanie | 06-16
pl | od poniedziałku | 06-16
pl | w przyszły poniedziałek | 06-16
pl | w ubiegły poniedziałek | 06-09
pl | dziś | 06-11
pl | wczoraj | 06-10
pl | jutro | 06-12
pl | w przyszłym tygodniu | 06-16..06-22
pl | trzy miesiące temu | 03-01..03-31
pl | za dwa tygodnie | 06-23..06-29
pl | rok temu | 2024-01-01..2024-12-31
pl | w 2022 roku | 2022-01-01..2022-12-31
tr | 2 Haziran | 06-02
tr | 2 Haziran 2025 | 06-02
tr | 2 Haziran'da | 06-02
tr | Haziran ayında | 06-01..06-30
tr | Haziran sonuna kadar | 06-11..06-30
tr | Mart 2022 | 2022-03-01..2022-03-31
tr | ocak başında yemek |
tr | pazartesi günü | 06-09
tr | pazartesi günü toplanacak | 06-16
tr | gelecek pazartesi | 06-16
tr | geçen pazartesi | 06-09
tr | pazar yerinde |
tr | bugün | 06-11
tr | dün | 06-10
tr | yarın | 06-12
tr | gelecek hafta | 06-16..06-22
tr | üç ay önce | 03-01..03-31
tr | iki hafta sonra | 06-23..06-29
tr | 2022 yılında | 2022-01-01..2022-12-31
uk | 2 червня | 06-02
uk | 2 червня 2025 року | 06-02
uk | 02.06.2025 | 06-02
uk | у червні | 06-01..06-30
uk | до кінця червня | 06-11..06-30
uk | на початку липня | 07-01..07-10
uk | листопад на вулиці |
uk | у листопаді 2024 року | 2024-11-01..2024-11-30
uk | у понеділок | 06-09
uk | у понеділок відбудеться зустріч | 06-16
uk | з понеділка | 06-16
uk | минулого понеділка | 06-09
uk | сьогодні | 06-11
uk | вчора | 06-10
uk | завтра | 06-12
uk | наступного тижня | 06-16..06-22
uk | три місяці тому | 03-01..03-31
uk | через два тижні | 06-23..06-29
uk | рік тому | 2024-01-01..2024-12-31
uk | у 2022 році | 2022-01-01..2022-12-31
ru | 2 июня | 06-02
ru | 2 июня 2025 года | 06-02
ru | в июне | 06-01..06-30
ru | до конца июня | 06-11..06-30
ru | в начале июля | 07-01..07-10
ru | в марте 2022 года | 2022-03-01..2022-03-31
ru | в понедельник | 06-09
ru | в понедельник состоится встреча | 06-16
ru | с понедельника | 06-16
ru | в прошлый понедельник | 06-09
ru | в понедельник, 2 июня | 06-02
ru | сегодня | 06-11
ru | вчера | 06-10
ru | завтра | 06-12
ru | на следующей неделе | 06-16..06-22
ru | три месяца назад | 03-01..03-31
ru | через две недели | 06-23..06-29
ru | год назад | 2024-01-01..2024-12-31
ru | в 2022 году | 2022-01-01..2022-12-31
xx | 2025-06-02 and 2 June | 06-02
en | It was 3.5 points and 12:30 |
de | Er kam mit 2022 Soldaten |
"""
CASES = [tuple(part.strip() for part in row.split("|")) for row in ROWS.strip().splitlines()]


def test_the_table_is_worth_its_name() -> None:
    assert len(CASES) >= 150
    assert {row[0] for row in CASES} >= set(LANGUAGES)


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_the_days_of_a_text(language: str, text: str, expected: str) -> None:
    assert told(text, language) == [part for part in expected.split("; ") if part]


def test_a_weekday_says_what_put_it_where_it_is() -> None:
    texts = ("They will meet on Monday", "He said on Monday", "Monday in Istanbul")
    assert [days(text, "en", PUBLISHED)[0].ahead for text in texts] == [True, False, None]


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("on 30 December", datetime(2026, 1, 2, tzinfo=UTC), "2025-12-30"),
        ("on 5 January", datetime(2025, 12, 28, tzinfo=UTC), "2026-01-05"),
        ("on 29 February", datetime(2024, 3, 1, tzinfo=UTC), "2024-02-29"),
        ("on Monday", datetime(2025, 6, 9, 23, 59, tzinfo=UTC), "2025-06-09"),
        ("next month", datetime(2025, 12, 28, tzinfo=UTC), "2026-01-01"),
        ("tomorrow", datetime(2025, 12, 31, tzinfo=UTC), "2026-01-01"),
    ],
)
def test_the_edges_of_a_year(text: str, published: datetime, expected: str) -> None:
    assert [day.first.isoformat() for day in days(text, "en", published)] == [expected]


def test_a_day_that_is_in_no_near_year_is_none() -> None:
    assert nearest_year(2, 29, date(2026, 6, 1)) is None
    assert nearest_year(6, 31, date(2026, 6, 1)) is None


def test_a_span_is_the_date_and_no_more() -> None:
    text = "The round of 2 June 2025 ended; by the end of July they return."
    told = [text[day.start : day.end] for day in days(text, "en", PUBLISHED)]
    assert told == ["2 June 2025", "by the end of July"]


PIECES = st.sampled_from(
    "2 31 June may May, 2025 2025-06-02 02.06.2025 on Monday will next week ago a two in 2022 by the"
    " end of Haziran sonuna kadar лютого до кінця понеділок тому рік vor drei Monaten morgen . \n"
    " mi-juin 999 years 0".split(" ")
)


@given(
    st.one_of(st.text(), st.lists(PIECES).map(" ".join)),
    st.sampled_from([*LANGUAGES, ""]),
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_spans_are_inside_and_in_order(source: str, language: str, published: datetime) -> None:
    text = clean_text(source, 10_000)
    for day in inside_and_in_order(text, days(text, language, published)):
        assert day.first <= day.last


HOSTILE = {
    "digits": "7" * 65536,
    "dates": "2.6.2025." * 7281,
    "iso": "2025-06-02" * 6553,
    "numbers": "2025 " * 13107,
    "june": "2 June " * 9362,
    "monday": "Monday will " * 5461,
    "hyphens": "mid-" * 16384,
    "ends": "by the end of " * 4681,
}


@pytest.mark.parametrize("language", ["en", "fr", ""])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_costs_what_its_length_says(kind: str, language: str) -> None:
    costs_its_length(lambda text: days(text, language, PUBLISHED), HOSTILE[kind], MOST)
