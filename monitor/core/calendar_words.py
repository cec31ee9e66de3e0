"""The words of the calendar in nine languages, folded when they are read.

A `*` at the end stands for any ending. Months and weekdays are given in order, one group of forms
each, with slashes between the forms.
"""

from __future__ import annotations

#: January first. A form with `!` before it is another word as well: it needs a number, a year or a
#: preposition beside it.
MONTHS = {
    "en": "january february !march april !may june july august september october november december",
    "de": "januar/jänner februar/feber märz/maerz april mai juni juli august september oktober"
    " november dezember",
    "fr": "janvier février/fevrier !mars avril mai juin juillet août/aout septembre octobre"
    " novembre décembre/decembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre"
    " noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "tr": "!ocak şubat !mart !nisan mayıs haziran temmuz ağustos !eylül !ekim !kasım aralık",
    "pl": "styczeń/stycznia/styczniu/styczniem luty/!lutego/lutym !marzec/marca/marcu/marcem"
    " kwiecień/kwietnia/kwietniu !maj/!maja/maju czerwiec/czerwca/czerwcu lipiec/lipca/lipcu"
    " sierpień/sierpnia/sierpniu wrzesień/września/wrześniu październik/października/październiku"
    " listopad/listopada/listopadzie grudzień/grudnia/grudniu",
    "uk": "січень/січня/січні лютий/!лютого/!лютому березень/березня/березні"
    " квітень/квітня/квітні травень/травня/травні червень/червня/червні липень/липня/липні"
    " серпень/серпня/серпні вересень/вересня/вересні жовтень/жовтня/жовтні"
    " !листопад/!листопада/листопаді грудень/грудня/грудні",
    "ru": "январь/января/январе/январю февраль/февраля/феврале !март/марта/марте"
    " апрель/апреля/апреле !май/мая/мае июнь/июня/июне/июню июль/июля/июле/июлю"
    " август/августа/августе сентябрь/сентября/сентябре октябрь/октября/октябре"
    " ноябрь/ноября/ноябре декабрь/декабря/декабре",
}
#: Short forms: only beside a day of the month.
SHORT_MONTHS = {
    "en": "jan feb mar apr - jun jul aug sep/sept oct nov dec",
    "de": "jan feb - apr - - - aug sept okt nov dez",
    "fr": "janv févr - avr - - juil - sept oct nov déc",
    "es": "ene feb mar abr - jun jul ago sept oct nov dic",
}
#: Monday first.
WEEKDAYS = {
    "en": "monday* tuesday* wednesday* thursday* friday* saturday* sunday*",
    "de": "montag/montagabend/montagmorgen/montagnacht/montagmittag/montagnachmittag"
    "/montagvormittag"
    ""
    " dienstag/dienstagabend/dienstagmorgen/dienstagnacht/dienstagmittag/dienstagnachmittag"
    " mittwoch/mittwochabend/mittwochmorgen/mittwochnacht/mittwochmittag/mittwochnachmittag"
    " donnerstag/donnerstagabend/donnerstagmorgen/donnerstagmittag/donnerstagnachmittag"
    " freitag/freitagabend/freitagmorgen/freitagnacht/freitagmittag/freitagnachmittag"
    " samstag/sonnabend/samstagabend/samstagmorgen/samstagnacht/samstagmittag"
    " sonntag/sonntagabend/sonntagmorgen/sonntagnacht/sonntagmittag/sonntagnachmittag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles/miercoles jueves viernes sábado/sabado domingo",
    "it": "lunedì/lunedi martedì/martedi mercoledì/mercoledi giovedì/giovedi venerdì/venerdi"
    " sabato domenica",
    "tr": "pazartesi* !salı/salıya/salıdan çarşamba* perşembe* !cuma/cumaya/cumadan cumartesi*"
    " !pazar",
    "pl": "poniedziałek/poniedziałku/poniedziałkiem/poniedziałkow* wtorek/wtorku/wtorkow*"
    " środa/środę/środy/środzie/środow* czwartek/czwartku/czwartkow* piątek/piątku/piątkow*"
    " sobota/sobotę/soboty/sobocie/sobotni* niedziela/niedzielę/niedzieli/niedzieln*",
    "uk": "понеділок/понеділка/понеділку вівторок/вівторка/вівторку середу/середи/середа"
    " четвер/четверга/четвергу п'ятницю/п'ятниці/п'ятниця суботу/суботи/субота"
    " неділю/неділі/неділя",
    "ru": "понедельник/понедельника/понедельнику вторник/вторника/вторнику среду/среда"
    " четверг/четверга/четвергу пятницу/пятницы/пятница/пятнице субботу/субботы/суббота/субботе"
    " воскресенье/воскресенья/воскресенью",
}
#: Words and short phrases by how many days they are from the day of publication.
RELATIVE = {
    "en": {-1: "yesterday|last night", 0: "today|tonight|this morning|this afternoon|this evening",
           1: "tomorrow", 2: "day after tomorrow", -2: "day before yesterday"},
    "de": {-1: "gestern", 0: "heute", 1: "morgen", 2: "übermorgen", -2: "vorgestern"},
    "fr": {-1: "hier", 0: "aujourd'hui|ce soir|cette nuit|ce matin|cet après-midi", 1: "demain",
           2: "après-demain", -2: "avant-hier"},
    "es": {-1: "ayer|anoche", 0: "hoy|esta noche|esta mañana|esta tarde", 1: "mañana",
           2: "pasado mañana", -2: "anteayer|antes de ayer"},
    "it": {-1: "ieri", 0: "oggi|stasera|stanotte|stamattina|stamane|questa sera|questa mattina",
           1: "domani", 2: "dopodomani", -2: "l'altro ieri|altroieri"},
    "tr": {-1: "dün|dünkü", 0: "bugün|bu gece|bu akşam|bu sabah|bugünkü", 1: "yarın|yarınki",
           2: "öbür gün", -2: "evvelsi gün"},
    "pl": {-1: "wczoraj|wczorajsz*", 0: "dziś|dzisiaj|dzisiejsz*|tej nocy", 1: "jutro|jutra"
    "|jutrzejsz*",
           2: "pojutrze", -2: "przedwczoraj"},
    "uk": {-1: "вчора|учора|вчорашн*", 0: "сьогодні|сьогоднішн*", 1: "завтра|завтрашн*",
           2: "післязавтра", -2: "позавчора"},
    "ru": {-1: "вчера|вчерашн*", 0: "сегодня|сегодняшн*", 1: "завтра|завтрашн*",
           2: "послезавтра", -2: "позавчера"},
}  # fmt: skip
#: Spans of time that a report names relative to itself.
SPANS = {
    "en": {"day": "day/days", "week": "week/weeks", "weekend": "weekend", "month": "month/months",
           "year": "year/years"},
    "de": {"day": "tag/tage/tagen", "week": "woche/wochen", "weekend": "wochenende",
           "month": "monat/monate/monaten/monats", "year": "jahr/jahre/jahren/jahres"},
    "fr": {"day": "jour/jours", "week": "semaine/semaines", "weekend": "week-end/weekend",
           "month": "mois", "year": "an/ans/année"},
    "es": {"day": "día/días", "week": "semana/semanas", "weekend": "fin de semana",
           "month": "mes/meses", "year": "año/años"},
    "it": {"day": "giorno/giorni", "week": "settimana/settimane",
           "weekend": "fine settimana/weekend", "month": "mese/mesi", "year": "anno/anni"},
    "tr": {"day": "gün", "week": "hafta/haftanın", "weekend": "hafta sonu/haftasonu",
           "month": "ay/ayın", "year": "yıl/yılın/sene"},
    "pl": {"day": "dzień/dni", "week": "tydzień/tygodnie/tygodni/tygodniu/tygodnia",
           "weekend": "weekend/weekendu", "month": "miesiąc/miesiące/miesięcy/miesiącu/miesiąca",
           "year": "rok/lata/lat/roku"},
    "uk": {"day": "день/дні/днів/дня", "week": "тиждень/тижні/тижнів/тижня/тижні/тижнем",
           "weekend": "вихідні/вихідними/вихідних",
           "month": "місяць/місяці/місяців/місяця", "year": "рік/роки/років/року/році"},
    "ru": {"day": "день/дня/дней", "week": "неделя/неделю/недели/недель/неделе",
           "weekend": "выходные/выходных", "month": "месяц/месяца/месяцев/месяце",
           "year": "год/года/лет/году"},
}  # fmt: skip
#: Next, last and this, beside a weekday or a span; a `*` stands for any ending.
NEXT = {
    "en": "next|coming|upcoming|this coming",
    "de": "nächst*|kommend*",
    "fr": "prochain*",
    "es": "próxim*|que viene",
    "it": "prossim*",
    "tr": "gelecek|önümüzdeki",
    "pl": "przyszł*|najbliższ*|następn*",
    "uk": "наступн*|найближч*",
    "ru": "следующ*|ближайш*|будущ*",
}
LAST = {
    "en": "last|past|previous",
    "de": "letzt*|vergangen*|vorig*",
    "fr": "dernier*|dernièr*|passé*",
    "es": "pasad*|últim*",
    "it": "scors*|passat*",
    "tr": "geçen|geçtiğimiz",
    "pl": "ubiegł*|zeszł*|minion*|ostatni*",
    "uk": "минул*|останн*",
    "ru": "прошл*|минувш*|последн*|прошедш*",
}
THIS = {
    "en": "this|at the|over the",
    "de": "dieser|diese|diesem|dieses|am",
    "fr": "ce|cet|cette",
    "es": "este|esta",
    "it": "questo|questa",
    "tr": "bu",
    "pl": "ten|tym|tej|tego|w",
    "uk": "цей|цього|цьому|ці|на цих|цими|на",
    "ru": "этот|этой|этом|эту|эти|на этих|в эти|на",
}
#: Parts of a month or span before it: early, middle, late; a preposition may stand between.
EARLY = {
    "en": "early|beginning of|the start of|start of",
    "de": "anfang|beginn",
    "fr": "début|au début de|début de",
    "es": "principios de|comienzos de|inicios de",
    "it": "inizio|inizio di|inizi di|primi di",
    "pl": "początku|początkiem|początek",
    "uk": "початку|початок",
    "ru": "начале|начала|начало",
}
MIDDLE = {
    "en": "mid|mid-|middle of",
    "de": "mitte",
    "fr": "mi|mi-",
    "es": "mediados de",
    "it": "metà|metà di",
    "pl": "połowie|połowy",
    "uk": "середині|середини",
    "ru": "середине|середины",
}
LATE = {
    "en": "late|end of|the end of",
    "de": "ende",
    "fr": "fin|la fin de|fin de",
    "es": "finales de|fines de|final de",
    "it": "fine|fine di|la fine di",
    "pl": "końca|koniec|końcem|końcu",
    "uk": "кінця|наприкінці|кінці",
    "ru": "конца|конце",
}
#: Turkish says the part behind the month: Haziran sonuna kadar.
PARTS_AFTER = {"tr": {"early": "baş*", "middle": "ortas*", "late": "sonu*|sonla*"}}
#: Before "the end of": the time runs from now to then.
UNTIL = {
    "en": "by|before|until|till|through",
    "de": "bis|bis zum|bis",
    "fr": "d'ici|d'ici à|avant|jusqu'à|d'ici la|avant la",
    "es": "antes de|hasta|para",
    "it": "entro|entro la|fino a|prima della",
    "pl": "do|przed",
    "uk": "до",
    "ru": "до|к",
}
#: "Ago" before the number, "ago" after it, "in" before it, "in" after it.
AGO = {
    "en": ("", "ago", "in", "from now"),
    "de": ("vor", "", "in", ""),
    "fr": ("il y a|voici", "", "dans|d'ici", ""),
    "es": ("hace", "atrás", "en|dentro de", ""),
    "it": ("", "fa", "tra|fra|entro", ""),
    "tr": ("", "önce|evvel", "", "sonra"),
    "pl": ("", "temu", "za", ""),
    "uk": ("", "тому", "через", ""),
    "ru": ("", "назад", "через", ""),
}
#: One of a span: an article, or nothing at all in the languages without.
ONE = {
    "en": "a an one", "de": "einem einer ein eine", "fr": "un une", "es": "un una", "it": "un una",
    "tr": "bir", "pl": "", "uk": "", "ru": "",
}  # fmt: skip
#: Before a month or a year that stands without a day.
IN = {
    "en": "in|of|since|by|until|till|from|during|before|after|through|for|year|early|late|mid-"
    "|mid|this|next|last|and|between|throughout",
    "de": "im|in|seit|ab|bis|von|vom|jahr|jahre|ende|anfang|mitte|vor|nach|jahres",
    "fr": "en|depuis|de|fin|début|mi-|d'ici|avant|après|année|jusqu'en|dès",
    "es": "en|desde|de|hasta|para|año|del",
    "it": "nel|dal|del|in|a|di|da|entro|anno|al|fino al",
    "tr": "",
    "pl": "w|od|do|z|rok|roku|przed|po",
    "uk": "у|в|з|до|від|після|з|на|кінця|початку|року|рік",
    "ru": "в|с|до|к|от|после|на|конца|начала|год|года",
}
#: After four digits: it is a year.
YEAR_AFTER = {
    "tr": "yıl*",
    "pl": "roku|rok|r",
    "uk": "року|році|рік|р|роком",
    "ru": "года|году|год|г|годом",
}
#: Directly before a weekday: it lies ahead; or it is past.
AHEAD_BESIDE = {
    "en": "from|by|until|till|starting|before|starting on|beginning",
    "de": "ab|bis|bis zum|von",
    "fr": "à partir de|dès|d'ici|d'ici à|avant|jusqu'à",
    "es": "a partir del|hasta el|antes del|hasta|para el",
    "it": "entro|a partire da|da|prima di|fino a",
    "tr": "",
    "pl": "od|do|przed",
    "uk": "з|від|до|із",
    "ru": "с|до|к|со",
}
PAST_BESIDE = {
    "en": "since",
    "de": "seit",
    "fr": "depuis",
    "es": "desde el|desde",
    "it": "",
    "tr": "",
    "pl": "",
    "uk": "",
    "ru": "",
}
#: Anywhere in the clause of a weekday: it lies ahead, unless a past word stands nearer before it.
FUTURE = {
    "en": "will|shall|ll|set|scheduled|due|expected|planned|plans|plan|upcoming|going|would|ahead"
    "|postponed|slated|may|could|tomorrow|starts|begins",
    "de": "wird|werden|soll|sollen|wollen|will|geplant*|plant|planen|angesetzt*|erwartet*"
    "|bevorsteh*"
    "|verschoben|könnte|könnten|möchte|beginnt",
    "fr": "doit|doivent|devrait|devraient|prévu*|prévoi*|va|vont|attendu*|reporté*|prochain*",
    "es": "va|van|debe|deben|previst*|prevé*|planea*|programad*|aplazad*|celebrará*|será*|podría*",
    "it": "previst*|dovrebbe|dovrebbero|deve|devono|programmat*|sarà|saranno|atteso|attesa|attesi"
    "|rinviat*",
    "tr": "planlan*|beklen*|ertelendi|ertelen*",
    "pl": "będzie|będą|odbędzie|odbędą|spotka|spotkają|planowan*|planuj*|zaplanowan*|rozpocznie"
    "|rozpoczną|mają|ma|wejdzie|przełożon*|oczekiwan*|powinn*|przyjedzie|poleci",
    "uk": "буде|будуть|відбудеться|відбудуться|зустрінеться|зустрінуться|розпочнеться|почнеться"
    "|почнуться|запланован*|планує*|планують|очікує*|очікують|має|мають|прибуде|прибудуть|набуде"
    "|перенесен*|перенесл*|пройде|пройдуть|вирушить|прилетить|розпочнуться",
    "ru": "будет|будут|состоится|состоятся|встретится|встретятся|начнется|начнутся|пройдет|пройдут"
    "|запланирован*|планиру*|ожида*|намерен*|должн*|прибудет|прибудут|вступит|перенесен*|перенесл*"
    "|прилетит|вылетит|отправится",
}
#: Endings of future verbs, behind at least four letters.
FUTURE_ENDINGS = {
    "fr": ("era", "eront", "ira", "iront", "dra", "dront", "ndra"),
    "es": ("ará", "arán", "erá", "erán", "irá", "irán", "drá", "drán"),
    "it": ("erà", "eranno", "irà", "iranno", "arà", "rrà", "rranno"),
    "tr": ("acak", "ecek", "acaklar", "ecekler", "acaği", "eceği"),
}
PAST = {
    "en": "said|told|was|were|had|did|held|met|began|took|came|went|agreed|announced|after|ended"
    "|has"
    "|have|reported|wrote|spoke|launched|arrived|killed|struck|returned",
    "de": "hat|haben|hatte|hatten|war|waren|sagte|teilte|erklärte|traf|trafen|fand|fanden|wurde"
    "|wurden|meldete|kündigte|nachdem|begann|kam",
    "fr": "a|ont|avait|était|étaient|déclaré|annoncé|indiqué|affirmé|après|est|sont",
    "es": "dijo|anunció|fue|fueron|había|ha|han|informó|afirmó|declaró|tras|celebró|aseguró",
    "it": "ha|hanno|è|era|erano|detto|annunciato|dichiarato|dopo|aveva",
    "tr": "dedi|açıkladı|oldu|söyledi|duyurdu|bildirdi|yapıldı",
    "pl": "powiedział|powiedziała|był|była|było|były|poinformował|poinformowała|oświadczył|odbyło"
    "|odbyły|odbyła|spotkali|przekazał",
    "uk": "сказав|сказала|був|була|було|були|повідомив|повідомила|повідомили|заявив|заявила|заявили"
    "|відбулася|відбулися|відбувся|відбулось|зустрілися|оголосив",
    "ru": "сказал|сказала|был|была|было|были|сообщил|сообщила|сообщили|заявил|заявила|заявили"
    "|состоялась|состоялись|состоялся|прошел|прошли|прошла|встретились|объявил",
}
#: Words after a number that make it an age or a date, as beginnings: years are nothing we count.
YEARS = {
    "en": "year|yr",
    "de": "jahr|jähr",
    "fr": "ans?(?!\\w)|année",
    "es": "año",
    "it": "ann[oi](?!\\w)|enn[ei](?!\\w)",
    "tr": "yaş|yıl|sene",
    "pl": "lat(?!\\w)|lata|latk|roku?(?!\\w)|letni|r[.]",
    "uk": "рок|рік|річ|р[.]|рр[.]",
    "ru": "лет(?!\\w)|год|летн|г[.]|гг[.]",
}
#: Words before a number that make it an age.
AGE = {
    "en": "aged|age|ages|age of|aged under|aged over|aged between|the age of|those under|anyone"
    " under",
    "de": "im alter von|alter von|unter|jünger als|im alter zwischen|u",
    "fr": "âgée?s? de|moins de|âge de|âgée?s? d'au moins",
    "es": "edad de|de entre|menores de|mayores de|edad",
    "it": "età di|tra i|fra i|sotto i|under|sopra i",
    "tr": "yaşı",
    "pl": "w wieku|poniżej|wieku od|wieku do",
    "uk": "віком|віці|віком від|віком до|віці до|віці від",
    "ru": "возрасте|возрасте от|возрасте до|возрастом|моложе|младше",
}
#: Ages only where nothing counted follows: "under 25", but "under 25 prisoners".
AGE_UNLESS_COUNTED = {
    "en": "under|below|over",
    "de": "unter",
    "fr": "moins de",
    "es": "menores de|menos de",
    "it": "sotto i|under|meno di",
    "pl": "poniżej|do",
    "uk": "до",
    "ru": "до",
}
#: The time of day: what stands before the number, and what stands after it.
AT = {
    "en": ("at", "a[.]?m|p[.]?m|o'clock|gmt|utc|hrs|h(?!\\w)"),
    "de": ("um|gegen|ab|bis", "uhr"),
    "fr": ("à|vers|dès", "h(?!\\w)"),
    "es": ("a las|las", "h(?!\\w)"),
    "it": ("alle|ore|dalle|le ore|alle ore", "h(?!\\w)"),
    "tr": ("saat|saati", ""),
    "pl": ("o|godz[.]?|o godz[.]?|godzinie|godziny", ""),
    "uk": ("о|об", "год(?!\\w)"),
    "ru": ("в", "ч(?!\\w)"),
}
#: Prepositions and month-like words before four digits that make a year of them.
YEAR_BEFORE = (
    "in|since|by|until|from|of|year|before|after|during|im jahr|jahr|seit|von|bis|en|depuis|année"
    "|an|desde|nel|dal|del|w|od|z|у|в|з|з|с|до|від|после|після|mid|early|late|and|to"
)
