"""The golden mails about a regular gift: of each one sort in English, and each in every other language."""

from datetime import date
from typing import Final

from config import languages
from mailer import render
from mailer.organisation import Organisation
from payments import amounts
from payments.documents import figures

_MEND: Final = {"mend_url": "https://invoice.example.org/i/in_1QxYzA2b"}
_ANEW: Final = {"donate_url": "https://lantern.example.org/donate"}
_CHANGED: Final[dict[str, object]] = {"change": "amount", "interval": "month"}
SORTS: Final[dict[str, tuple[str, dict[str, object], tuple[str, ...]]]] = {
    "plan-payment-failed": ("plan-payment-failed", {**_MEND}, ("day",)),
    "plan-last-try": ("plan-last-try", {**_MEND}, ()),
    "plan-action-needed": ("plan-action-needed", {**_MEND}, ()),
    "plan-renewal-notice": ("plan-renewal-notice", {}, ("day",)),
    "plan-changed": ("plan-changed", {**_CHANGED, "day": ""}, ()),
    "plan-paused": ("plan-changed", _CHANGED | {"change": "paused"}, ("day",)),
    "plan-resumed": ("plan-changed", _CHANGED | {"change": "resumed"}, ("day",)),
    "plan-ended": ("plan-ended", {**_ANEW, "failed": False}, ()),
    "plan-given-up": ("plan-ended", {**_ANEW, "failed": True}, ()),
}
"""A mail's golden name -> its template, its context, and the days that it says."""


def mail(sort: str, language: str, organisation: Organisation) -> render.Mail:
    """Render one golden mail about a plan of ten euros."""
    template, context, days = SORTS[sort]
    day = figures.day(date(2025, 3, 4), language)
    return render.mail(
        template,
        language=language,
        organisation=organisation,
        amount=amounts.said(1_000, "EUR", language),
        giving_url="https://lantern.example.org/giving",
        **context,
        **dict.fromkeys(days, day),
    )


def mails(organisation: Organisation) -> dict[str, render.Mail]:
    """Render them all."""
    return {
        sort if code == languages.SOURCE else f"{sort}-{code}": mail(sort, code, organisation)
        for sort in SORTS
        for code in languages.BY_CODE
    }
