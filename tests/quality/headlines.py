"""What the world says in `test_developments.py`: headlines by language, and what each must do.

Every headline is invented for these tests, and says what the issue on baselines asks for: copies in
eight languages, denials, reserves, stages, two sides, a month of June, and futures that never were.
"""

from __future__ import annotations

from datetime import UTC, datetime

TALKS, TRUCE, SWAP = "istanbul-talks", "ceasefire", "pow-exchange"
WATCHES = {TALKS, TRUCE, SWAP}
START = datetime(2025, 7, 5, 6, 0, tzinfo=UTC)
#: Hours after START, language, headline; then the outlet where it matters, and the summary.
Line = tuple[float, str, str] | tuple[float, str, str, str] | tuple[float, str, str, str, str]

#: Exchange, thirty reports in eight languages.
COPIES = [
    ("en", "Ukraine and Russia swap 250 captured soldiers on each side"),
    ("en", "Two hundred and fifty prisoners of war each: Kyiv and Moscow carry out exchange"),
    ("en", "250 Ukrainian captives come home in swap with Russia"),
    ("en", "Russia, Ukraine exchange 250 POWs apiece at Belarus border"),
    ("en", "Kyiv brings back 250 defenders from Russian captivity"),
    ("de", "Ukraine und Russland tauschen je 250 Kriegsgefangene aus"),
    ("de", "Gefangenenaustausch: 250 Soldaten auf jeder Seite kehren heim"),
    ("de", "Kiew und Moskau lassen jeweils 250 Gefangene frei"),
    ("de", "250 ukrainische Kriegsgefangene aus russischer Haft zurück"),
    ("fr", "L'Ukraine et la Russie échangent 250 prisonniers de guerre chacune"),
    ("fr", "Échange de prisonniers : 250 soldats de chaque côté rentrent chez eux"),
    ("fr", "Kiev récupère 250 de ses soldats capturés par la Russie"),
    ("uk", "Україна повернула з російського полону 250 захисників"),
    ("uk", "Відбувся обмін полоненими: додому повернулися 250 військових"),
    ("uk", "Обмін 250 на 250: Київ і Москва звільнили військовополонених"),
    ("uk", "250 українців повернулися з полону - Зеленський"),
    ("ru", "Россия и Украина обменялись пленными по формуле 250 на 250"),
    ("ru", "Минобороны: 250 российских военнослужащих возвращены из плена"),
    ("ru", "Состоялся обмен военнопленными: по 250 человек с каждой стороны"),
    ("ru", "Из украинского плена вернулись 250 российских солдат"),
    ("tr", "Rusya ve Ukrayna 250'şer savaş esirini takas etti"),
    ("tr", "Esir takası yapıldı: her iki taraftan 250 asker evine döndü"),
    ("tr", "Ukrayna 250 askerini Rus esaretinden geri aldı"),
    ("pl", "Ukraina i Rosja wymieniły po 250 jeńców"),
    ("pl", "Wymiana jeńców: po 250 żołnierzy z każdej strony wróciło do domu"),
    ("pl", "250 ukraińskich żołnierzy wróciło z rosyjskiej niewoli"),
    ("es", "Ucrania y Rusia canjean 250 prisioneros de guerra cada una"),
    ("es", "Canje de prisioneros: 250 soldados de cada bando vuelven a casa"),
    ("es", "Kiev recupera a 250 militares cautivos en Rusia"),
    ("es", "Rusia y Ucrania intercambian 250 prisioneros por cada lado"),
]  # fmt: skip
#: A truce that never was, as sixteen outlets would tell it.
TRUCE_COPIES = [
    ("en", "Russia and Ukraine agree on a ceasefire of thirty days"),
    ("en", "Ukraine and Russia sign 30-day truce"),
    ("de", "Russland und die Ukraine einigen sich auf eine Waffenruhe von 30 Tagen"),
    ("de", "30 Tage Waffenruhe zwischen Kiew und Moskau vereinbart"),
    ("fr", "La Russie et l'Ukraine s'accordent sur un cessez-le-feu de 30 jours"),
    ("fr", "Kiev et Moscou signent une trêve de trente jours"),
    ("uk", "Україна і Росія домовилися про перемир'я на 30 днів"),
    ("uk", "Київ і Москва погодили припинення вогню на тридцять днів"),
    ("ru", "Россия и Украина договорились о перемирии на 30 дней"),
    ("ru", "Москва и Киев подписали соглашение о прекращении огня на 30 дней"),
    ("tr", "Rusya ve Ukrayna 30 günlük ateşkeste anlaştı"),
    ("tr", "Kiev ile Moskova otuz günlük ateşkes imzaladı"),
    ("pl", "Rosja i Ukraina uzgodniły zawieszenie broni na 30 dni"),
    ("pl", "Kijów i Moskwa podpisały trzydziestodniowy rozejm"),
    ("es", "Rusia y Ucrania acuerdan un alto el fuego de 30 días"),
    ("es", "Kiev y Moscú firman una tregua de treinta días"),
]  # fmt: skip
QUAKE = [
    ("en", "Earthquake of magnitude 5.2 shakes Istanbul, 250 people hurt in panic"),
    ("tr", "İstanbul'da 5,2 büyüklüğünde deprem: 250 kişi yaralandı"),
    ("ru", "В Стамбуле произошло землетрясение, пострадали 250 человек"),
    ("de", "Erdbeben erschüttert Istanbul, 250 Verletzte"),
]
ORDERS = ("as written", "backwards", "by turns", "shuffled", "shuffled again")

#: What changes nothing, whatever is known: language, headline.
NO_CHANGE = {
    "not ruled out": [
        ("en", "A truce with Ukraine is not ruled out, Kremlin says"),
        ("de", "Kreml: Waffenruhe mit der Ukraine nicht ausgeschlossen"),
        ("fr", "Le Kremlin n'exclut pas une trêve avec l'Ukraine"),
        ("uk", "У Кремлі не виключають перемир'я з Україною"),
        ("ru", "Песков: перемирие с Украиной не исключено"),
        ("tr", "Kremlin Ukrayna ile ateşkesi dışlamıyor"),
        ("pl", "Kreml nie wyklucza rozejmu z Ukrainą"),
        ("es", "El Kremlin no descarta una tregua con Ucrania"),
        ("it", "Il Cremlino non esclude una tregua con l'Ucraina"),
    ],
    "could agree": [
        ("en", "Moscow could agree to a ceasefire in Ukraine, diplomat says"),
        ("de", "Moskau könnte einer Waffenruhe in der Ukraine zustimmen"),
        ("fr", "Moscou pourrait accepter un cessez-le-feu en Ukraine"),
        ("uk", "Москва може погодитися на перемир'я в Україні, вважає дипломат"),
        ("ru", "Москва может согласиться на перемирие с Украиной, считает эксперт"),
        ("tr", "Moskova Ukrayna'da ateşkesi kabul edebilir"),
        ("pl", "Moskwa mogłaby zgodzić się na rozejm w Ukrainie"),
        ("es", "Moscú podría aceptar un alto el fuego en Ucrania"),
        ("it", "Mosca potrebbe accettare un cessate il fuoco in Ucraina"),
    ],
    "if Moscow accepts": [
        ("en", "If Moscow accepts the truce, sanctions on Russia wait"),
        ("de", "Falls Moskau die Waffenruhe annimmt, warten die Sanktionen gegen Russland"),
        ("fr", "Si Moscou accepte la trêve, les sanctions contre la Russie attendront"),
        ("uk", "Якщо Москва погодиться на перемир'я, санкції проти Росії почекають"),
        ("ru", "Если Москва примет перемирие, санкции против России подождут"),
        ("tr", "Moskova ateşkesi kabul ederse Rusya'ya yaptırımlar bekleyecek"),
        ("pl", "Jeśli Moskwa przyjmie rozejm, sankcje wobec Rosji poczekają"),
        ("es", "Si Moscú acepta la tregua, las sanciones a Rusia esperarán"),
        ("it", "Se Mosca accetta la tregua, le sanzioni alla Russia aspettano"),
    ],
    "1953 armistice": [
        ("en", "What Kyiv can learn from the 1953 armistice agreed in Korea"),
        ("de", "1953 vereinbarten sie den Waffenstillstand: das Korea-Modell für die Ukraine"),
        ("fr", "L'armistice signé en Corée en 1953, un modèle pour l'Ukraine et la Russie"),
        ("uk", "Перемир'я 1953 року підписали в Кореї: чи підходить це Україні"),
        ("ru", "Перемирие, подписанное в Корее в 1953 году: пример для Украины"),
        ("tr", "1953'te imzalanan Kore ateşkesi Ukrayna için model olabilir mi"),
        ("pl", "Rozejm podpisany w Korei w 1953 roku: wzór dla Ukrainy"),
        ("es", "El armisticio firmado en Corea en 1953, modelo para Ucrania y Rusia"),
        ("it", "L'armistizio firmato in Corea nel 1953, un modello per l'Ucraina"),
    ],
}  # fmt: skip
SAYS_NO = [
    ("en", "Moscow says no to a truce with Ukraine"),
    ("de", "Moskau sagt Nein zu einer Waffenruhe mit der Ukraine"),
    ("fr", "Moscou dit non à une trêve avec l'Ukraine"),
    ("uk", "Москва сказала ні перемир'ю з Україною"),
    ("ru", "Москва сказала нет перемирию с Украиной"),
    ("tr", "Moskova Ukrayna ile ateşkese hayır dedi"),
    ("pl", "Moskwa mówi nie rozejmowi z Ukrainą"),
    ("es", "Moscú dice no a una tregua con Ucrania"),
    ("it", "Mosca dice no a una tregua con l'Ucraina"),
]

#: Ten recaps of each of two days: what the baseline holds, said once more.
RECAPS = {
    datetime(2025, 6, 2, 20, 30, tzinfo=UTC): [
        ("en", "Second round in Istanbul is over after little more than an hour", TALKS),
        ("de", "Zweite Runde in Istanbul nach gut einer Stunde beendet", TALKS),
        ("fr", "Istanbul : le deuxième round de pourparlers terminé en une heure", TALKS),
        ("tr", "Çırağan'daki ikinci tur müzakereler bir saatte bitti", TALKS),
        ("uk", "Другий раунд переговорів у Стамбулі завершився за годину", TALKS),
        ("ru", "Россия и Украина договорились об обмене тяжелоранеными и молодыми пленными", SWAP),
        ("pl", "Ukraina i Rosja uzgodniły wymianę ciężko rannych jeńców i młodych żołnierzy", SWAP),
        ("es", "Rusia y Ucrania acuerdan canjear a los heridos graves y a los menores de 25", SWAP),
        ("it", "Mosca rifiuta di nuovo la tregua di trenta giorni chiesta da Kiev", TRUCE),
        ("en", "Six thousand bodies of fallen soldiers to be returned, Medinsky says", SWAP),
    ],
    datetime(2025, 6, 3, 5, 0, tzinfo=UTC): [
        ("en", "Russia refused an unconditional truce of thirty days at the second round", TRUCE),
        ("de", "Russland lehnt Waffenruhe von dreißig Tagen erneut ab", TRUCE),
        ("fr", "La Russie refuse encore la trêve de trente jours demandée par Kiev", TRUCE),
        ("tr", "Rusya 30 günlük koşulsuz ateşkesi yine reddetti", TRUCE),
        ("uk", "Росія знову відмовилася від перемир'я на тридцять днів", TRUCE),
        ("ru", "Второй раунд переговоров в Стамбуле завершился", TALKS),
        ("pl", "Druga runda rozmów w Stambule zakończona po godzinie", TALKS),
        ("es", "Concluye en Estambul la segunda ronda entre Rusia y Ucrania", TALKS),
        ("it", "Scambio di prigionieri concordato a Istanbul: feriti gravi e under 25", SWAP),
        ("en", "Kyiv and Moscow agreed at the second round to swap captives under 25", SWAP),
    ],
}  # fmt: skip

#: What June and July brought: when, two reports of each, and the watch that must be told.
MONTHS = {
    "the dispute of 7 June": (datetime(2025, 6, 7, 12, 0, tzinfo=UTC), SWAP, [
        ("en", "Moscow says Kyiv postponed the exchange of prisoners and bodies indefinitely"),
        ("de", "Moskau: Kiew verschiebt Austausch von Gefangenen und Leichen auf unbestimmte Zeit"),
    ]),
    "the first exchange of 9 June": (datetime(2025, 6, 9, 13, 0, tzinfo=UTC), SWAP, [
        ("uk", "Перший етап обміну: з полону повернулися бійці до 25 років"),
        ("fr", "L'Ukraine et la Russie ont échangé les premiers prisonniers de moins de 25 ans"),
    ]),
    "1,212 bodies on 11 June": (datetime(2025, 6, 11, 10, 0, tzinfo=UTC), SWAP, [
        ("pl", "Ukraina odzyskała ciała 1212 poległych żołnierzy"),
        ("ru", "Россия передала Украине тела 1212 погибших военных"),
    ]),
    "the third round of 23 July": (datetime(2025, 7, 23, 18, 30, tzinfo=UTC), TALKS, [
        ("tr", "İstanbul'da üçüncü tur görüşmeler sona erdi"),
        ("en", "Third round of Russia-Ukraine talks in Istanbul ends within an hour"),
    ]),
    "its 1,200": (datetime(2025, 7, 23, 19, 30, tzinfo=UTC), SWAP, [
        ("es", "Rusia y Ucrania acuerdan en Estambul canjear 1.200 prisioneros por cada lado"),
        ("de", "Istanbul: Kiew und Moskau vereinbaren Austausch von je 1200 Gefangenen"),
    ]),
}  # fmt: skip

#: Futures: hours, language, headline, and the watch to be told (None: silence).
FUTURES: dict[str, list[tuple[float, str, str, str | None]]] = {
    "a truce signed, in force, broken, extended, expired": [
        (0, "en", "Ukraine and Russia sign a full ceasefire of 30 days", TRUCE),
        (2, "de", "Kiew und Moskau unterzeichnen Waffenruhe für 30 Tage", None),
        (48, "fr", "Le cessez-le-feu entre l'Ukraine et la Russie est entré en vigueur", TRUCE),
        (49, "ru", "Вступило в силу перемирие между Россией и Украиной", None),
        (72, "uk", "Росія порушила перемир'я: обстріл Харкова", TRUCE),
        (500, "pl", "Ukraina i Rosja przedłużyły zawieszenie broni o 30 dni", TRUCE),
        (502, "es", "Ucrania y Rusia prorrogan el alto el fuego 30 días", None),
        (1300, "tr", "Ukrayna ile Rusya arasındaki ateşkesin süresi doldu", TRUCE),
        (1302, "en", "Ceasefire between Russia and Ukraine expires", None),
    ],
    "a round set, moved, cancelled": [
        (0, "en", "Fourth round of Ukraine-Russia talks in Istanbul set for 14 July", TALKS),
        (3, "de", "Vierte Runde der Gespräche zwischen Kiew und Moskau am 14. Juli in Istanbul", None),
        (40, "uk", "Четвертий раунд переговорів у Стамбулі перенесли на 18 липня", TALKS),
        (42, "fr", "Le quatrième round de pourparlers d'Istanbul reporté au 18 juillet", None),
        (90, "tr", "İstanbul'daki dördüncü tur görüşmeler iptal edildi", TALKS),
        (92, "en", "Fourth round of Russia-Ukraine talks in Istanbul is cancelled", None),
    ],
    "a round held by video": [
        (0, "en", "Ukrainian and Russian delegations held a round of talks by video link", TALKS),
        (2, "ru", "Делегации России и Украины провели раунд переговоров по видеосвязи", None),
        (3, "es", "Las delegaciones de Ucrania y Rusia celebraron una ronda por videoconferencia", None),
    ],
    "a swap of all for all": [
        (0, "en", "Russia and Ukraine agree to exchange all prisoners for all", SWAP),
        (2, "uk", "Україна і Росія домовилися про обмін полоненими всіх на всіх", None),
        (96, "de", "Alle gegen alle: Ukraine und Russland haben ihre Kriegsgefangenen ausgetauscht", SWAP),
        (98, "ru", "Россия и Украина обменяли всех пленных на всех", None),
    ],
}  # fmt: skip
