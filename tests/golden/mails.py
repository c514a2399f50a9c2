"""The invented organisation and releases of the golden mails, and the mails made of them."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Final

from mailer import pattern, render, telling
from mailer.models.releases import Amends
from mailer.organisation import Organisation
from mailer.parts import Contact, Dateline, Parts
from mailer.surroundings import Amendment, Embargo, File, Surroundings
from tests.golden import gifts, plans

ORGANISATION: Final = Organisation(
    name="Lantern Rights Watch",
    postal_address="Lantern Rights Watch\n18 Harbour Row\nDublin D02 XY00\nIreland",
    home_url="https://lantern.example.org/",
    contact_email="press@lantern.example.org",
    privacy_url="https://lantern.example.org/privacy",
)
UNSUBSCRIBE_URL: Final = "https://lantern.example.org/unsubscribe/WzcxMiwxXQ.dW5zdWJzY3JpYmU.q4Jr0u9mXcT1c5h2kE8wYb7LzSgA3nPd"
MANAGE_URL: Final = (
    "https://lantern.example.org/manage/WzcxMiwxXQ.bWFuYWdl.Zq0Xn4t7LkVb2Yw9RsD1cPj5Hu8EaMgF"
)
HEADERS: Final = {
    "From": "Lantern Rights Watch <press@lantern.example.org>",
    "List-Id": "Lantern Rights Watch <releases.lantern.example.org>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "Precedence": "bulk",
}
READER: Final = {
    "to": "amira@example.org",
    "message_id": "<5mzqf3k2@lantern.example.org>",
    "date": "Tue, 04 Mar 2025 09:00:00 +0000",
}

NOTHING: Final = Surroundings()
MONEY_TASKS: Final = {
    "count": 4,
    "overdue": ["Refund failed: 1, due on 3 March 2025."],
    "waiting": [
        "Dispute: 2, the first due on 6 March 2025.",
        "Dead event: 1, due on 7 March 2025.",
    ],
    "page_url": "https://lantern.example.org/staff/money/tasks/",
}
DIFFERENCES: Final = [
    "EUR: Stripe holds €2,910.50 for us, our books say €2,900.50; the difference is -€10.00.",
    "Missing entry: 1.",
]

ENGLISH: Final = Parts(
    headline="Vesmar: Court frees printer Ilse Maran after 412 days, but the charge stands",
    subhead="Lantern Rights Watch asks the government to drop the case and return her press",
    dateline=Dateline("Dublin", date(2025, 3, 4)),
    language="en",
    body="""A court in the Vesmari capital today released **Ilse Maran**, the printer of the weekly
*Morning Sheet*, after 412 days in pre-trial detention. She may not leave the city, and her two
presses remain sealed. Lantern Rights Watch has [read the ruling](https://lantern.example.org/documents/maran-ruling.pdf)
and finds that none of its grounds meets the test of the country’s own constitution.

> “They unlocked the door and kept the key,” said Oona Verrill, director of Lantern Rights Watch.
> “A newspaper that cannot be printed has not been set free.”

## What the ruling says

The judges held that:

1. the detention went on for seven weeks longer than the law allows;
2. the search of the print shop had no warrant, as [our report of last
   June](https://lantern.example.org/reports/june) showed;
3. the charge of “printing without a reason” may nevertheless be tried.

Since January, at least nine printers have been questioned:

- four in the capital,
- three in the port of Hallin, where the harbour paper closed in February,
- two whose families asked us not to name the place.

| Month | Questioned | Released |
|:------|-----------:|---------:|
| January | 3 | 1 |
| February | 6 | 2 |

The full documents are at [lantern.example.org/vesmar](https://lantern.example.org/vesmar).
""",
    contacts=(
        Contact("Oona Verrill", "oona@lantern.example.org", "+353 1 555 0142"),
        Contact("Press desk, out of hours", "", "+353 1 555 0199"),
    ),
    boilerplate="Lantern Rights Watch defends people who print, write and read. It takes no money "
    "from governments. [How we work](https://lantern.example.org/about).",
)
ARABIC: Final = Parts(
    headline="فسمار: المحكمة تفرج عن الطابعة إلزي ماران بعد ٤١٢ يومًا والتهمة باقية",
    subhead="منظمة Lantern تطالب الحكومة بإسقاط القضية وإعادة المطبعة",
    dateline=Dateline("دبلن", date(2025, 3, 4)),
    language="ar",
    body="""أفرجت محكمة في العاصمة اليوم عن **إلزي ماران**، صاحبة مطبعة
الأسبوعية Morning Sheet، بعد ٤١٢ يومًا من
الحبس الاحتياطي. ولا يجوز لها مغادرة المدينة، وما زالت مطبعتاها مختومتين. وقد
[قرأت المنظمة الحكم](https://lantern.example.org/documents/maran-ruling.pdf)
ولم تجد فيه سندًا من الدستور.

> «فتحوا الباب واحتفظوا بالمفتاح»، قالت أونا فيريل، مديرة المنظمة. «الصحيفة التي لا تُطبع ليست حرة».

## ما جاء في الحكم

1. استمر الحبس سبعة أسابيع أكثر مما يسمح به القانون؛
2. جرى تفتيش المطبعة بلا إذن؛
3. تبقى تهمة «الطباعة بلا سبب» قائمة.

واستُجوب منذ كانون الثاني تسعة من أصحاب المطابع على الأقل.
""",
    contacts=(Contact("أونا فيريل", "oona@lantern.example.org", "+353 1 555 0142"),),
    boilerplate="تدافع المنظمة عمن يطبعون ويكتبون ويقرؤون، ولا تقبل مالًا من الحكومات.",
)


SPANISH: Final = Parts(
    headline="Vesmar: el tribunal libera a la impresora Ilse Maran tras 412 días, pero la acusación sigue",
    subhead="Lantern Rights Watch pide al Gobierno que retire el caso y devuelva la imprenta",
    dateline=Dateline("Dublín", date(2025, 3, 4)),
    language="es",
    body="""Un tribunal de la capital ha puesto hoy en libertad a **Ilse Maran**, impresora del semanario
*Morning Sheet*, tras 412 días de prisión preventiva. No puede salir de la ciudad, y sus dos prensas
siguen precintadas.

> «Abrieron la puerta y se quedaron con la llave», dijo Oona Verrill, directora de la organización.
""",
    contacts=(
        Contact("Oona Verrill", "oona@lantern.example.org", "+353 1 555 0142"),
        Contact("Prensa, fuera de horario", "", "+353 1 555 0199"),
    ),
    boilerplate="Lantern Rights Watch defiende a quienes imprimen, escriben y leen.",
)


_SITE: Final = "https://lantern.example.org/releases/vesmar-court-frees-printer"
EMBARGOED: Final = Surroundings(
    embargo=Embargo(datetime(2025, 3, 4, 23, 30, tzinfo=UTC), "Europe/Paris"),
    files=(
        File(
            name="Ruling (translated).pdf",
            media_type="application/pdf",
            size=44,
            url=f"{_SITE}/attachments/Ruling%20%28translated%29.pdf",
            content=b"%PDF-1.4\nAn invented ruling, shortened.\n%%EOF",
        ),
        File(
            "حكم المحكمة.pdf",
            "application/pdf",
            15,
            f"{_SITE}/attachments/x.pdf",
            b"%PDF-1.4\n%%EOF\n",
        ),
        File("Press.jpg", "image/jpeg", 2_411_725, f"{_SITE}/attachments/Press.jpg"),
    ),
)
"""What goes to the press ahead of time: two files travel, one is a link."""
_EARLIER: Final = "https://lantern.example.org/releases/vesmar-printer-held"
CORRECTING: Final = Surroundings(
    amends=Amendment(
        kind=Amends.CORRECTION,
        slug="vesmar-printer-held",
        headline="Vesmar: Printer held for the 400th day",
        language="en",
        day=date(2025, 2, 20),
        url=_EARLIER,
    ),
    files=(File("Figures.csv", "text/csv", 1_800, f"{_SITE}/attachments/Figures.csv"),),
)
RETRACTING: Final = dataclasses.replace(
    CORRECTING,
    amends=dataclasses.replace(CORRECTING.amends, kind=Amends.RETRACTION),  # type: ignore[type-var] # it is one
)


STAFF_NOTICE: Final[dict[str, object]] = {
    **dataclasses.asdict(telling.POLICY),
    "number": 7,
    "note": "The mail server refuses us by policy: 5.7.1 550 Sender not trusted",
    "page_url": "https://lantern.example.org/staff/announcements/7",
}


def release(
    parts: Parts,
    unsubscribe_url: str = UNSUBSCRIBE_URL,
    manage_url: str = MANAGE_URL,
    *,
    around: Surroundings = NOTHING,
) -> render.Mail:
    """Render a golden release."""
    return render.mail(
        "release",
        language=parts.language,
        organisation=ORGANISATION,
        parts=parts,
        around=around,
        release_url="https://lantern.example.org/releases/vesmar-court-frees-printer",
        unsubscribe_url=unsubscribe_url,
        manage_url=manage_url,
    )


def confirm(language: str = "en") -> render.Mail:
    """Render the golden confirmation."""
    return render.mail(
        "confirm",
        language=language,
        organisation=ORGANISATION,
        topics=["Freedom of the press", "Vesmar"],
        confirm_url="https://lantern.example.org/confirm/IjVtenFmM2syIg.Z8bFkA.2m0cV4tq7JwT",
        hours=72,
        manage_url=MANAGE_URL,
    )


def notice(name: str, **context: object) -> render.Mail:
    """Render a golden mail of fixed words."""
    return render.mail(name, language="en", organisation=ORGANISATION, **context)


def notices() -> dict[str, render.Mail]:
    """Render what a subscriber's own page makes us mail."""
    fresh = "https://lantern.example.org/manage/WzcxMiwxLDE3NDExXQ.ZnJlc2g.T9bR3xV6mK1qWd8N"
    change = {
        "confirm_url": "https://lantern.example.org/address/IlRrMnEi.Z8bFkA.Yc7uQ2vL0pXe",
        "subscribe_url": "https://lantern.example.org/subscribe",
        "hours": 24,
    }
    return {
        "manage-link": notice("manage-link", fresh_url=fresh, minutes=60),
        "address-change": notice("address-change", **change),
        "address-taken": notice("address-change", **change | {"confirm_url": ""}),
        "address-change-told": notice("address-change-told", manage_url=MANAGE_URL),
        "address-changed": notice("address-changed", subscribe_url=change["subscribe_url"]),
        "erased": notice("erased"),
        "key-expired": notice("key-expired", manage_url=MANAGE_URL),
        "books-differ": notice("books-differ", differences=DIFFERENCES),
        "money-tasks": notice("money-tasks", **MONEY_TASKS),
        "staff-notice": notice("staff-notice", **STAFF_NOTICE),
    }


def message(parts: Parts, around: Surroundings = NOTHING) -> bytes:
    """Return a golden release as the bytes that one reader is sent."""
    holes = (pattern.marker(name) for name in pattern.URL_HOLES)
    mail = release(parts, *holes, around=around)
    return pattern.pattern(mail, headers=HEADERS).fill(
        **READER,
        list_unsubscribe=f"<{UNSUBSCRIBE_URL}>",
        unsubscribe_url=UNSUBSCRIBE_URL,
        manage_url=MANAGE_URL,
    )


def confirmation(language: str = "en") -> bytes:
    """Return the golden confirmation as bytes."""
    headers = {"From": HEADERS["From"], "Auto-Submitted": "auto-replied"}
    return pattern.pattern(confirm(language), headers=headers).fill(**READER)


def files() -> dict[str, bytes]:
    """Return every golden file's content by its name."""
    mails = {"release-en": release(ENGLISH), "release-ar": release(ARABIC), "confirm": confirm()}
    mails |= {"release-es": release(SPANISH), "confirm-ar": confirm("ar")}
    mails |= {
        "embargoed-en": release(ENGLISH, around=EMBARGOED),
        "embargoed-ar": release(ARABIC, around=EMBARGOED),
        "correction-es": release(SPANISH, around=CORRECTING),
        "retraction-en": release(ENGLISH, around=RETRACTING),
    }
    mails |= notices()
    mails |= plans.mails(ORGANISATION)
    mails |= gifts.mails(ORGANISATION)
    parts = {f"{name}.txt": mail.text.encode() for name, mail in mails.items()}
    parts |= {f"{name}.html": mail.html.encode() for name, mail in mails.items()}
    return parts | {
        "release-en.eml": message(ENGLISH),
        "release-ar.eml": message(ARABIC),
        "embargoed-en.eml": message(ENGLISH, EMBARGOED),
        "embargoed-ar.eml": message(ARABIC, EMBARGOED),
        "correction-es.eml": message(SPANISH, CORRECTING),
        "confirm.eml": confirmation(),
        "confirm-ar.eml": confirmation("ar"),
        "receipt.eml": gifts.message(ORGANISATION, {"From": HEADERS["From"]}, READER),
    }
