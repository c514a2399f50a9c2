"""Golden mails to donors: a gift's way, its receipt with the file, what went back, a year's statement."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from mailer import pattern, render
from mailer.organisation import Organisation
from mailer.surroundings import File

_NO_GOODS: Final = "No goods or services were provided in exchange for this contribution."
_CORRECTION: Final = (
    "This receipt takes the place of receipt 2025-00041: of your gift of €50.00, €20.00 has been "
    "given back, and €30.00 remains."
)
_VOID: Final = (
    "Receipt 2025-00041 is void: the gift of €50.00 that it names was entered wrongly, or did not "
    "come."
)
_ENGLISH: Final = {
    "donor": "Boris Example",
    "amount": "€50.00",
    "day": "4 March 2025",
    "number": "2025-00041",
}
_ABROAD: Final[dict[str, dict[str, Any]]] = {
    "es": {
        "donor": "Benito Ejemplo",
        "amount": "50,00\xa0€",
        "day": "4 de marzo de 2025",
        "notes": ["No ha recibido nada a cambio de este donativo."],
    },
    "fr": {
        "donor": "Benoît Exemple",
        "amount": "50,00\xa0€",
        "day": "4 mars 2025",
        "notes": ["Vous n’avez rien reçu en échange de ce don."],
    },
    "ru": {
        "donor": "Борис Примеров",
        "amount": "50,00\xa0€",
        "day": "4 марта 2025\xa0г.",
        "notes": ["За это пожертвование вы ничего не получили взамен."],
    },
    "ar": {
        "donor": "بشير المثالي",
        "amount": "\u200f50.00\xa0€",
        "day": "4 مارس 2025",
        "notes": ["لم تتلقَّ شيئًا مقابل هذا التبرع."],
    },
}


def mails(organisation: Organisation) -> dict[str, render.Mail]:
    """Render each mail in English, and all of them in the other languages."""

    def mail(name: str, language: str = "en", **more: Any) -> render.Mail:
        said: dict[str, Any] = _said(name) | _ABROAD.get(language, {}) | more
        return render.mail(name, language=language, organisation=organisation, **said)

    made = {name: mail(name) for name in _CONTEXTS}
    made |= {f"{name}-{code}": mail(name, code) for name in _CONTEXTS for code in _ABROAD}
    nobody: dict[str, Any] = {"donor": "", "fund": "Legal aid", "interval": "month"}
    abroad = {
        f"receipt-void-{code}": mail("receipt-corrected", code, void=True) for code in _ABROAD
    }
    made |= abroad | {"receipt-void": mail("receipt-corrected", void=True, notes=[_VOID])}
    made["receipt-monthly"] = mail("receipt", **nobody)
    made["statement-empty"] = mail("statement", totals=[])
    made["donor-erased-kept"] = mail("donor-erased", kept_until="2031")
    made["donor-erased-by-staff"] = mail("donor-erased", by_staff=True, had_plans=False)
    return made


def message(
    organisation: Organisation, headers: Mapping[str, str], reader: Mapping[str, str]
) -> bytes:
    """Return the receipt as bytes, with a file of a receipt's name."""
    file = File("2025-00041.pdf", "application/pdf", 15, "", b"%PDF-1.4\n%%EOF\n")
    mail = dataclasses.replace(mails(organisation)["receipt"], attached=(file,))
    return pattern.pattern(mail, headers=headers).fill(**reader)


def _said(name: str) -> dict[str, Any]:
    return _ENGLISH | _CONTEXTS[name]


_CONTEXTS: Final[dict[str, dict[str, Any]]] = {
    "donation-processing": {},
    "donation-failed": {},
    "donation-refunded": {},
    "tribute-notice": {"honoured": "Anna Example", "memory": True},
    "receipt": {
        "fund": "",
        "interval": "",
        "notes": [_NO_GOODS],
        "giving_url": "https://lantern.example.org/giving",
    },
    "receipt-corrected": {
        "number": "2025-00042",
        "fund": "",
        "interval": "",
        "void": False,
        "notes": [_CORRECTION, _NO_GOODS],
    },
    "donor-link": {
        "giving_url": "https://lantern.example.org/giving/WzcxMiwxLDE3NDExXQ.Z2l2aW5n.X4cN7bTq2LsVw9Ke",
        "minutes": 60,
    },
    "donor-erased": {"kept_until": "", "by_staff": False, "had_plans": True},
    "statement": {"year": "2025", "totals": ["€80.00", "£5.00"]},
}
