"""Notices: who should know of a gift in somebody's honour or memory gets one mail, once the gift is paid.

The words are ours but for the name, nothing is said of giver or amount, and an address gets one in a month
whoever gives: so this is no way to mail a stranger what one likes.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from mailer import outbox
from payments import giving, giving_events
from payments.models.giving import Donation, GivingEvent, Plan, Tribute

TEMPLATE: Final = "tribute-notice"
TOLD: Final = "notice"
"""The giving event of a notice; its detail is a keyed hash that says only whether two went to one address."""


def tell(session: Session, donation: Donation, *, now: datetime) -> bool:
    """Queue the notice of a paid donation, or of the plan it is the first payment of; tell whether it was.

    In the transaction that makes the donation paid, under its row's lock and its plan's.
    """
    given = donation.plan or donation
    said = giving.words_of(session, given)
    if given.tribute is None or not said.notice_address:
        return False
    tag = keyring(session).index("notice", said.notice_address.lower()).hex()
    if _was_told(session, tag, now) or not _once(session, given, tag, now):
        return False
    outbox.queue(
        session,
        template=TEMPLATE,
        address=said.notice_address,
        language=given.language,
        context={"honoured": said.tribute_name, "memory": given.tribute is Tribute.MEMORY},
        now=now,
        expires_at=now + timedelta(seconds=limits.GIFT_MAIL_SECONDS),
    )
    return True


def _once(session: Session, given: Donation | Plan, tag: str, now: datetime) -> bool:
    return giving_events.once(session, given, TOLD, tag, now=now)


def _was_told(session: Session, tag: str, now: datetime) -> bool:
    """Tell whether this address had a notice lately, whoever gave."""
    since = now - timedelta(days=limits.NOTICE_DAYS)
    lately = exists().where(
        GivingEvent.what == TOLD, GivingEvent.detail == tag, GivingEvent.at > since
    )
    return bool(session.scalar(select(lately)))
