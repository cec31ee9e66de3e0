"""The words around numbers in nine languages: numerals, what is counted, what is no count.

Everything is folded as `text.fold` folds it when it is read. In lists of words a `*` at the end
stands for any ending. A slash parts the forms of one value.
"""

from __future__ import annotations

#: Numerals below a thousand by value, every form that news use; compounds are put together in code
#: for German, Italian and Turkish, which write them as one word.
NUMERALS = {
    "en": "1 one 2 two 3 three 4 four 5 five 6 six 7 seven 8 eight 9 nine 10 ten 11 eleven"
    " 12 twelve 13 thirteen 14 fourteen 15 fifteen 16 sixteen 17 seventeen 18 eighteen 19 nineteen"
    " 20 twenty 30 thirty 40 forty 50 fifty 60 sixty 70 seventy 80 eighty 90 ninety",
    "de": "1 ein/eins/eine/einen/einem/einer 2 zwei/zwo/zweier 3 drei/dreier 4 vier 5 fünf 6 sechs"
    " 7 sieben 8 acht 9 neun 10 zehn 11 elf 12 zwölf 13 dreizehn 14 vierzehn 15 fünfzehn"
    " 16 sechzehn 17 siebzehn 18 achtzehn 19 neunzehn 20 zwanzig 30 dreissig 40 vierzig 50 fünfzig"
    " 60 sechzig 70 siebzig 80 achtzig 90 neunzig",
    "fr": "1 un/une 2 deux 3 trois 4 quatre 5 cinq 6 six 7 sept 8 huit 9 neuf 10 dix 11 onze"
    " 12 douze 13 treize 14 quatorze 15 quinze 16 seize 20 vingt/vingts 30 trente 40 quarante"
    " 50 cinquante 60 soixante 70 septante 80 huitante 90 nonante",
    "es": "1 un/uno/una/ún 2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10 diez"
    " 11 once 12 doce 13 trece 14 catorce 15 quince 16 dieciséis/dieciseis 17 diecisiete"
    " 18 dieciocho 19 diecinueve 20 veinte 21 veintiuno/veintiún/veintiuna 22 veintidós/veintidos"
    " 23 veintitrés/veintitres 24 veinticuatro 25 veinticinco 26 veintiséis/veintiseis"
    " 27 veintisiete 28 veintiocho 29 veintinueve 30 treinta 40 cuarenta 50 cincuenta 60 sesenta"
    " 70 setenta 80 ochenta 90 noventa 100 cien/ciento 200 doscientos/doscientas"
    " 300 trescientos/trescientas 400 cuatrocientos/cuatrocientas 500 quinientos/quinientas"
    " 600 seiscientos/seiscientas 700 setecientos/setecientas 800 ochocientos/ochocientas"
    " 900 novecientos/novecientas",
    "it": "1 un/uno/una 2 due 3 tre/tré 4 quattro 5 cinque 6 sei 7 sette 8 otto 9 nove 10 dieci"
    " 11 undici 12 dodici 13 tredici 14 quattordici 15 quindici 16 sedici 17 diciassette"
    " 18 diciotto 19 diciannove 20 venti 30 trenta 40 quaranta 50 cinquanta 60 sessanta"
    " 70 settanta 80 ottanta 90 novanta",
    "tr": "1 bir 2 iki 3 üç 4 dört 5 beş 6 altı 7 yedi 8 sekiz 9 dokuz 10 on 20 yirmi 30 otuz"
    " 40 kırk 50 elli 60 altmış 70 yetmiş 80 seksen 90 doksan",
    "pl": "1 jeden/jedna/jedno/jednego/jednej/jedną 2 dwa/dwie/dwóch/dwu/dwaj/dwoje/dwóm/dwoma"
    " 3 trzy/trzech/trzej/trzem/troje/trzema 4 cztery/czterech/czterej/czterem/czterema"
    " 5 pięć/pięciu/pięcioro/pięcioma 6 sześć/sześciu/sześcioma 7 siedem/siedmiu/siedmioma"
    " 8 osiem/ośmiu/ośmioma 9 dziewięć/dziewięciu 10 dziesięć/dziesięciu"
    " 11 jedenaście/jedenastu 12 dwanaście/dwunastu 13 trzynaście/trzynastu"
    " 14 czternaście/czternastu 15 piętnaście/piętnastu 16 szesnaście/szesnastu"
    " 17 siedemnaście/siedemnastu 18 osiemnaście/osiemnastu 19 dziewiętnaście/dziewiętnastu"
    " 20 dwadzieścia/dwudziestu 30 trzydzieści/trzydziestu 40 czterdzieści/czterdziestu"
    " 50 pięćdziesiąt/pięćdziesięciu 60 sześćdziesiąt/sześćdziesięciu"
    " 70 siedemdziesiąt/siedemdziesięciu 80 osiemdziesiąt/osiemdziesięciu"
    " 90 dziewięćdziesiąt/dziewięćdziesięciu 100 sto/stu 200 dwieście/dwustu 300 trzysta/trzystu"
    " 400 czterysta/czterystu 500 pięćset/pięciuset 600 sześćset/sześciuset"
    " 700 siedemset/siedmiuset 800 osiemset/ośmiuset 900 dziewięćset/dziewięciuset",
    "uk": "1 один/одна/одну/одного/одне/однієї 2 два/дві/двох/двом/двома/двоє"
    " 3 три/трьох/трьом/трьома/троє 4 чотири/чотирьох/чотирьом/чотирма/четверо"
    " 5 п'ять/п'яти/п'ятьох/п'ятьма/п'ятеро 6 шість/шести/шістьох/шістьма/шестеро"
    " 7 сім/семи/сімох/сьома/семеро 8 вісім/восьми/вісьмох/вісьма 9 дев'ять/дев'яти/дев'ятьох"
    " 10 десять/десяти/десятьох/десятьма 11 одинадцять/одинадцяти 12 дванадцять/дванадцяти"
    " 13 тринадцять/тринадцяти 14 чотирнадцять/чотирнадцяти 15 п'ятнадцять/п'ятнадцяти"
    " 16 шістнадцять/шістнадцяти 17 сімнадцять/сімнадцяти 18 вісімнадцять/вісімнадцяти"
    " 19 дев'ятнадцять/дев'ятнадцяти 20 двадцять/двадцяти/двадцятьох 30"
    " тридцять/тридцяти/тридцятьох"
    " 40 сорок/сорока 50 п'ятдесят/п'ятдесяти/п'ятдесятьох 60 шістдесят/шістдесяти"
    " 70 сімдесят/сімдесяти 80 вісімдесят/вісімдесяти 90 дев'яносто/дев'яноста 100 сто/ста"
    " 200 двісті/двохсот/двомстам 300 триста/трьохсот 400 чотириста/чотирьохсот"
    " 500 п'ятсот/п'ятисот 600 шістсот/шестисот 700 сімсот/семисот 800 вісімсот/восьмисот"
    " 900 дев'ятсот/дев'ятисот",
    "ru": "1 один/одна/одну/одного/одно/одной 2 два/две/двух/двум/двумя/двое/двоих"
    " 3 три/трех/трем/тремя/трое/троих 4 четыре/четырех/четырем/четырьмя/четверо/четверых"
    " 5 пять/пяти/пятью/пятеро/пятерых 6 шесть/шести/шестью/шестеро/шестерых 7 семь/семи/семеро"
    " 8 восемь/восьми/восемью 9 девять/девяти/девятью 10 десять/десяти/десятью"
    " 11 одиннадцать/одиннадцати 12 двенадцать/двенадцати 13 тринадцать/тринадцати"
    " 14 четырнадцать/четырнадцати 15 пятнадцать/пятнадцати 16 шестнадцать/шестнадцати"
    " 17 семнадцать/семнадцати 18 восемнадцать/восемнадцати 19 девятнадцать/девятнадцати"
    " 20 двадцать/двадцати/двадцатью 30 тридцать/тридцати/тридцатью 40 сорок/сорока"
    " 50 пятьдесят/пятидесяти 60 шестьдесят/шестидесяти 70 семьдесят/семидесяти"
    " 80 восемьдесят/восьмидесяти 90 девяносто/девяноста 100 сто/ста"
    " 200 двести/двухсот/двумстам/двумястами 300 триста/трехсот/тремстам/тремястами"
    " 400 четыреста/четырехсот 500 пятьсот/пятисот/пятистам 600 шестьсот/шестисот"
    " 700 семьсот/семисот 800 восемьсот/восьмисот 900 девятьсот/девятисот",
}
#: Words that multiply what stands before them: value, then forms; alone they are the value itself.
#: Those after a `!` say a number only behind another: "thousands of" is none.
SCALES = {
    "en": "100 hundred 1000 thousand 1000000 million",
    "de": "100 hundert 1000 tausend 1000000 million/!millionen/!mio",
    "fr": "100 cent/!cents 1000 mille/mil 1000000 million/!millions",
    "es": "1000 mil 1000000 millón/!millones",
    "it": "100 cento 1000 mille/!mila 1000000 milione/!milioni",
    "tr": "100 yüz 1000 bin/!bine/binden 1000000 milyon",
    "pl": "1000 tysiąc/tysiąca/tysiącem/!tysiące/!tysięcy/!tys 1000000"
    " milion/!miliony/!milionów/!mln",
    "uk": "1000 тисяча/тисячу/тисячею/!тисячі/!тисяч/!тис"
    " 1000000 мільйон/!мільйони/!мільйонів/!мільйона/!млн",
    "ru": "1000 тысяча/тысячу/тысячей/!тысячи/!тысяч/!тыс"
    " 1000000 миллион/!миллиона/!миллионов/!млн",
}
#: Genitives that are a plural of no number alone, and one thousand behind "about" or "more than".
GENITIVE_THOUSAND = frozenset(("тысячи", "тисячі"))
#: Round numbers that are never meant exactly.
COLLECTIVES = {
    "en": "12 dozen",
    "de": "12 dutzend",
    "fr": "10 dizaine 12 douzaine 15 quinzaine 20 vingtaine 30 trentaine 40 quarantaine"
    " 50 cinquantaine 60 soixantaine 100 centaine 1000 millier",
    "es": "10 decena 12 docena 20 veintena 30 treintena 100 centenar 1000 millar",
    "it": "10 decina 12 dozzina 20 ventina 30 trentina 50 cinquantina 100 centinaio 1000 migliaio",
    "tr": "12 düzine",
    "pl": "12 tuzin 100 setka/setkę",
    "uk": "10 десяток 100 сотня/сотню",
    "ru": "10 десяток 100 сотня/сотню",
}
#: Halves before a scale word: how many halves of it.
HALVES = {
    "en": "1 half",
    "de": "1 halbe/halbes 3 anderthalb/eineinhalb",
    "fr": "1 demi",
    "es": "1 medio",
    "it": "1 mezzo",
    "tr": "1 yarım",
    "pl": "1 pół 3 półtora/półtorej",
    "uk": "1 пів 3 півтори/півтора",
    "ru": "1 пол 3 полторы/полтора",
}
#: One word for half a thousand.
HALF_THOUSANDS = frozenset(("полтысячи", "півтисячі"))
#: Turkish "so many each", folded: one word for a numeral and `each`.
DISTRIBUTIVES = (
    "2 ikişer 3 üçer 4 dörder 5 beşer 6 altışar 7 yedişer 8 sekizer 9 dokuzar 10 onar 20 yirmişer"
    " 30 otuzar 40 kırkar 50 ellişer 60 altmışar 100 yüzer 1000 biner"
)
#: Numerals that are other words as well: alone they count only where something counted follows.
AMBIGUOUS = {
    "fr": "neuf",
    "it": "sei",
    "tr": "yüz altı yedi on bin elli kırk",
    "de": "acht elf sieben",
}
#: Adverbs that make a number of any size: "several hundred" says none.
INDEFINITE = {
    "en": "several few many couple",
    "de": "mehrere mehreren einige einigen paar viele vielen",
    "fr": "plusieurs quelques",
    "es": "varios varias algunos algunas unos pocos",
    "it": "diverse diversi alcune alcuni qualche parecchie",
    "tr": "birkaç",
    "pl": "kilka kilku parę wiele",
    "uk": "кілька кількох декілька багато",
    "ru": "несколько нескольких много",
}
#: What may stand between the words of one number, and before what.
ANDS = {"en": "and", "es": "y", "fr": "et"}
#: "N for N": a connector between two equal numbers.
FOR = {
    "en": "for|against|in exchange for|in return for",
    "de": "gegen|für|zu|im austausch gegen|im tausch gegen",
    "fr": "contre|pour|en échange de",
    "es": "por|contra|a cambio de",
    "it": "per|contro|in cambio di|a",
    "tr": "karşı|karşılık|karşılığında|mukabil",
    "pl": "za|na|w zamian za",
    "uk": "на|за|в обмін на",
    "ru": "на|за|в обмен на",
}
#: "10 to 12": a connector between two numbers, the second larger; then "between 10 and 12".
TO = {
    "en": "to|or",
    "de": "bis|oder|bis zu",
    "fr": "à|ou",
    "es": "a|o|hasta",
    "it": "a|o",
    "tr": "ila|ile|veya|ya da",
    "pl": "do|lub|albo",
    "uk": "до|або|чи",
    "ru": "до|или",
}
BETWEEN = {
    "en": ("between", "and"),
    "de": ("zwischen", "und"),
    "fr": ("entre", "et"),
    "es": ("entre", "y"),
    "it": ("tra|fra", "e"),
    "pl": ("między|pomiędzy", "a|i"),
    "uk": ("між", "і|та|й"),
    "ru": ("между", "и"),
}
#: Before a number: it is not meant exactly.
ABOUT = {
    "en": "about|around|some|roughly|approximately|nearly|almost|more than|over|at least|up to"
    "|as many as|as few as|no fewer than|no less than|fewer than|less than|close to|an estimated"
    "|estimated|at most|well over|upwards of|in excess of|under|above",
    "de": "rund|etwa|circa|ca[.]?|ungefähr|fast|knapp|mehr als|über|mindestens|bis zu|wenigstens"
    "|weniger als|höchstens|nahezu|gut|an die|zirka|gegen|unter",
    "fr": "environ|quelque|près de|plus de|au moins|moins de|jusqu'à|presque|autour de|au plus"
    "|plus d'|près d'",
    "es": "unos|unas|cerca de|casi|más de|al menos|por lo menos|hasta|aproximadamente|alrededor de"
    "|menos de|en torno a|como mínimo|como máximo",
    "it": "circa|quasi|più di|oltre|almeno|fino a|meno di|intorno a|attorno a|ben|non meno di",
    "tr": "yaklaşık|en az|neredeyse|takriben|en fazla|asgari|azami|tahminen",
    "pl": "około|ok[.]?|prawie|niemal|ponad|co najmniej|przynajmniej|blisko|do|więcej niż"
    "|mniej niż|nawet|powyżej",
    "uk": "близько|приблизно|майже|понад|більше|більше ніж|більш ніж|щонайменше|не менше|до"
    "|менше|орієнтовно|якнайменше|мінімум|максимум",
    "ru": "около|примерно|почти|более|свыше|больше|более чем|больше чем|по меньшей мере|до|менее"
    "|как минимум|не менее|порядка|приблизительно|минимум|максимум|меньше",
}
#: After a number: the same.
ABOUT_AFTER = {
    "en": "or (?:more|so|fewer)|plus",
    "de": "oder mehr",
    "fr": "ou plus|environ",
    "es": "o más|aproximadamente",
    "it": "o più|circa",
    "tr": "(?:(?:den|dan|ten|tan) )?(?:fazla|az|çok)|civarında|kadar|(?:i|ı|u|ü) aşkın|y?[ea]"
    " yakın",
    "pl": "lub więcej",
    "uk": "або більше|чи більше",
    "ru": "или более|и более",
}
#: "Each" about a number, as regular expressions; what follows may not be a span of time.
EACH = {
    "en": "each|a side|per side|apiece|a piece|(?:on|from|by) either side",
    "de": "je(?: seite)?|jeweils|pro seite|jede[rn]? seite|beiderseits|jede[rn]? der",
    "fr": "chacune?|chaque|par camp|par côté|de part et d'autre",
    "es": "cada|por bando|por parte de ambos|por lado",
    "it": "ciascun[oa]?|ognuno|ognuna|per parte|a testa|per ogni parte|ogni parte",
    "tr": "karşılıklı|her iki taraf\\w*|her (?:bir )?taraf\\w*|taraf başına|'?(?:er|ar|şer|şar)",
    "pl": "każd\\w+|po obu stronach",
    "uk": "кожн\\w+",
    "ru": "кажд\\w+",
}
#: "So many each" by a word directly before the number.
EACH_BEFORE = {"de": "je", "pl": "po", "uk": "по", "ru": "по"}
#: What follows "each" where it says how often.
OFTEN = {
    "en": "day|week|month|year|night|hour|time|other|of these",
    "de": "tag|woche|monat|jahr|nacht|stunde|mal",
    "fr": "jour|semaine|mois|année|nuit|heure|fois|année",
    "es": "día|semana|mes|año|noche|hora|vez",
    "it": "giorno|settimana|mese|anno|notte|ora|volta",
    "tr": "gün|hafta|ay|yıl|gece|saat",
    "pl": "dzień|dnia|dni|tydzień|tygodni|miesiąc|rok|noc|godzin|raz",
    "uk": "день|дня|дні|тиж|місяц|рік|року|ніч|годин|раз|ноч",
    "ru": "день|дня|дни|недел|месяц|год|ноч|час|раз",
}
#: What is counted, by language. Spans of time have few words, people many.
UNITS = {
    "en": {
        "people": "prisoner* pow pows captive* soldier* troop* servicem* servicewom* servicepers*"
        " fighter* defender* civilian* people person* men women man woman child* detainee* hostage*"
        " inmate* marine* national* citizen* resident* official* ukrainian russian ukrainians"
        " russians wounded injured personnel members",
        "bodies": "bod* remains dead fallen corps* fatalit* deaths",
        "days": "day*", "hours": "hour*", "weeks": "week*", "months": "month*", "minutes":
        "minute*",
    },
    "de": {
        "people": "gefangen* kriegsgefangen* soldat* zivilist* mensch* person* männer* frauen"
        " kinder*"
        " kämpfer* inhaftiert* geisel* verteidiger* angehörige* bürger* militär* verwundet*"
        " verletzt*",
        "bodies": "leich* gefallen* tote* überreste* leichnam* getötet*",
        "days": "tag tage tagen tages tägig*", "hours": "stunde* stündig*",
        "weeks": "woche* wöchig*", "months": "monat* monatig*", "minutes": "minute* minütig*",
    },
    "fr": {
        "people": "prisonnier* soldat* militaire* civil* personne* homme* femme* détenu* captif*"
        " captifs otage* combattant* enfant* blessé* ukrainien* russe*",
        "bodies": "corps dépouille* mort* cadavre* restes défunt* tués",
        "days": "jour* journée*", "hours": "heure*", "weeks": "semaine*", "months": "mois",
        "minutes": "minute*",
    },
    "es": {
        "people": "prisioner* soldado* militar* civil* persona* hombre* mujer* detenid* cautiv*"
        " niño*"
        " rehen* rehén combatiente* herid* preso*",
        "bodies": "cuerpo* cadáver* muert* resto* caído* fallecid*",
        "days": "día*", "hours": "hora*", "weeks": "semana*", "months": "mes meses",
        "minutes": "minuto*",
    },
    "it": {
        "people": "prigionier* soldat* militar* civil* person* uomin* donn* detenut* ostagg*"
        " bambin*"
        " combattent* ferit*",
        "bodies": "corp* salm* cadaver* caduti mort* resti spoglie",
        "days": "giorn*", "hours": "ora ore", "weeks": "settiman*", "months": "mese mesi",
        "minutes": "minut*",
    },
    "tr": {
        "people": "esir* tutsak* asker* sivil* kişi* insan* savaşçı* mahkum* tutuklu* rehine*"
        " erkek*"
        " kadın* çocuk* yaralı*",
        "bodies": "cenaze* ceset* cesed* naaş* ölü ölünün naaşı*",
        "days": "gün*", "hours": "saat*", "weeks": "hafta*", "months": "ay aylık ayı ayın aydır",
        "minutes": "dakika*",
    },
    "pl": {
        "people": "jeńc* jeniec więźni* żołnierz* cywil* osób osoby osobę ludzi mężczyzn* kobiet*"
        " wojskow* dzieci obrońc* zakładnik* rannych ranni",
        "bodies": "ciał* ciało zwłok* szcząt* poległ* zabit* zmarł*",
        "days": "dni dzień dniow* dniam* dniach dzienn*", "hours": "godzin*",
        "weeks": "tydzień tygodn*", "months": "miesiąc* miesięc*", "minutes": "minut*",
    },
    "uk": {
        "people": "полонен* військовополонен* бран* солдат* військов* цивільн* осіб особ* людей"
        " люди"
        " людин* чоловік* жінок жінк* дітей діт* захисник* бійц* оборонц* в'язн* заручник* боєц*"
        " поранен* воїн* українц* росіян*",
        "bodies": "тіл тіла тілам* тілах останк* загибл* полегл* вбит* мертв* тілами",
        "days": "день дня дні днів дням* днях добу доби діб дюй ден денн* добов*",
        "hours": "годин*", "weeks": "тиж*", "months": "місяц*", "minutes": "хвилин*",
    },
    "ru": {
        "people": "пленн* военнопленн* солдат* военнослужащ* военн* гражданск* человек* людей люди"
        " лиц мужчин* женщин* детей дет* бойц* боец* защитник* заключенн* заложник* ранен*"
        " украинц* россиян*",
        "bodies": "тел тела телам* телах останк* погибш* убит* мертв* труп*",
        "days": "день дня дни дней дням* днях сутки суток дневн* суточн*",
        "hours": "час часа часов часам* часов*", "weeks": "недел*", "months": "месяц* месячн*",
        "minutes": "минут*",
    },
}  # fmt: skip
#: Numerals glued before a unit: тридцатидневный. The forms of `NUMERALS` serve besides these.
GLUED = {
    "pl": "2 dwu 3 trzy 4 cztero 5 pięcio 7 siedmio 10 dziesięcio 14 czternasto 30 trzydziesto",
    "uk": "1 одно 2 дво 3 три/трьох 4 чотири 30 тридцяти/тридцятьох 7 семи 10 десяти",
    "ru": "1 одно 2 двух 3 трех 4 четырех",
}
#: What may stand between a unit and the number behind it: bodies of 6,000 soldiers.
OF = {
    "en": "of",
    "de": "von",
    "fr": "de d des",
    "es": "de",
    "it": "di",
    "pl": "",
    "tr": "",
    "uk": "",
    "ru": "",
}
#: Words directly before a number that is a name: Article 5, Day 1,200.
LABELS = (
    "article|articles|art|section|paragraph|law|decree|resolution|bill|order|route|highway"
    "|flight|no"
    "|nr|number|day|round|phase|stage|chapter|page|channel|unit|brigade|boeing|point|version"
    "|room|bus"
    "|artikel|paragraf|absatz|gesetz|tag|runde|nummer|seite|kapitel|phase|flug|punkt|zimmer|boeing"
    "|article|loi|décret|jour|tour|numéro|page|phase|route|vol|point|étape"
    "|artículo|ley|decreto|día|ronda|número|fase|ruta|página|punto|vuelo|etapa"
    "|articolo|legge|giorno|numero|pagina|volo|tappa"
    "|madde|kanun|karar|gün|tur|sayı|sayfa|numaralı|faz"
    "|artykuł\\w*|ustaw\\w*|dzień|dnia|rund\\w+|numer\\w*|punkt\\w*|strona|faza"
    "|статт\\w+|ст|закон\\w*|указ\\w*|пункт\\w*|раунд\\w*|номер\\w*|маршрут\\w*|рейс\\w*|день"
    "|етап\\w*"
    "|стать\\w+|этап\\w*|п|резолюці\\w+|резолюци\\w+|постанов\\w+"
)
#: Signs and words of money, measures and shares, as beginnings of the word after a number.
MONEY = (
    "dollar|usd|euro|eur(?!op)|pound|sterling|rouble|ruble|rubel|hryvn|uah|złot|zlot|pln|lira"
    "|livre|libra"
    "|dólar|dollaro|rublo|dolar|долар|доллар|євро|евро|гривен|гривн|грн|рубл|руб|злот|фунт|yuan"
    "|юан|cents|centimes"
    "|peso|franc|frank|sterlin|avro|tl(?!\\w)|yen|єн(?!\\w)"
)
MEASURES = (
    "mm|cm|km|kg|mw|gw|kw|km²|m²|nm|mph|kph|kilom|kilo|meter|metre|mètre|metro|metri|metr|mile"
    "|meile"
    "|milla|tonn|ton(?!\\w)|tons|hect|hekt|ettar|hektar|degree|grad|degr|liter|litre|litro"
    "|barrel|knot"
    "|percent|per cent|prozent|pour cent|por ciento|per cento|percento|procent|pct|points? de"
    "|yüzde|derece|мм|см|км|кг|мвт|гвт|квт|кіл|кил|метр|тонн|гектар|градус|відсот|процент|литр"
    "|літр|бар+ел|миль|миля|squar|square|m(?!\\w)|м(?!\\w)|t(?!\\w)|т(?!\\w)"
)
#: What counts in a row: 3. Runde, 2nd, 3-й.
ORDINAL_NOUNS = (
    "runde|tag|jahrestag|treffen|gespräch|monat|armee|brigade|bataillon|kriegstag|division|regiment"
    "|mal|stufe|phase|sitzung"
)
ORDINAL_BEFORE = "der|die|das|dem|den|des|am|vom|zum|zur|im|beim|seit dem"
ORDINAL_SUFFIX = "-?(?:й|я|е|ю|го|му|м|х|ї|та|тя|те|тю|ої|ій|ша|ше|ий|им|ший|ої|шої|а|у)(?!\\w)"
ORDINAL_TURKISH = "'?(?:i|u|ü)?nc[iuü]\\w*"
