"""The mails that carry receipts and statements, each with its PDF; who cannot be named is mailed nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from payments import amounts
from payments.documents import figures
from payments.documents import gift as gifts
from payments.documents import year as years
from payments.documents.gift import Gift
from payments.documents.issuer import Issuer
from payments.documents.year import Year

_PDF: Final = "application/pdf"


def gift(
    session: Session, said: Gift, by: Issuer, pdf: bytes, *, interval: str, now: datetime
) -> bool:
    """Queue the mail of a receipt or a correction; return whether there is anybody to mail.

    `interval` is month or year where the gift is a plan's payment, else ''.
    """
    context = {
        "amount": amounts.said(said.given, said.currency, said.language),
        "day": figures.day(said.given_on, said.language),
        "fund": said.fund,
        "interval": interval,
        "void": said.is_offline,
        # The mail is read where no PDF can be opened, too.
        "notes": gifts.sentences(said, by),
        "giving_url": by.giving_url,
    }
    template = "receipt-corrected" if said.corrects else "receipt"
    return _queue(session, template, said, pdf, context, now=now)


def statement(session: Session, said: Year, pdf: bytes, *, now: datetime) -> bool:
    """Queue the mail of a statement; return whether there is anybody to mail."""
    totals = years.totals(said.entries).items()
    context = {
        "year": str(said.of_year),
        "totals": [amounts.said(each.kept, code, said.language) for code, each in totals],
    }
    return _queue(session, "statement", said, pdf, context, now=now)


def _queue(
    session: Session,
    template: str,
    said: Gift | Year,
    pdf: bytes,
    context: Mapping[str, object],
    *,
    now: datetime,
) -> bool:
    if not said.recipient.mail_address:
        return False
    outbox.queue(
        session,
        template=template,
        address=said.recipient.mail_address,
        language=said.language,
        context={**context, "number": said.number, "donor": said.recipient.name},
        now=now,
        expires_at=now + timedelta(seconds=limits.RECEIPT_MAIL_SECONDS),
        attached=[outbox.Attached(f"{said.number}.pdf", _PDF, pdf)],
    )
    return True
