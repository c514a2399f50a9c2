"""The locks under which news of money is applied, and their order, by which no two can wait for each other.

1. The rows of the events that rang (`payments.events`), in the order of their ids.
2. The payment intent, by an advisory lock: a refund may come before there is any row of its payment, and
   the two, applied at once without it, would each miss the other. Several are taken in the order of ids.
3. The plan's row.
4. The donation's row.
5. The donor's row, where a gift is paid, and where a declaration is made or ended.
6. Rows keyed by Stripe's ids (of the ledger in the order of ids), a checkout's row, money tasks.
7. The series of receipts, which stays locked until the commit: nothing is waited for behind it.
"""

import uuid
from typing import Final, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from payments.models.giving import Donation, Plan
from payments.models.money import Payment

Given = TypeVar("Given", Donation, Plan)

_SEED: Final = 5_106_811_700
"""The seed of the hash that makes an advisory lock's number, so that no other lock has the same by rule."""


def intent(session: Session, payment_intent_id: str) -> None:
    """Wait until nobody else applies anything of this payment intent."""
    _by_name(session, payment_intent_id)


def payout(session: Session, payout_id: str) -> None:
    """Wait until nobody else applies anything of this payout; taken alone."""
    _by_name(session, payout_id)


def plan(session: Session, reference: str | None) -> Plan | None:
    """Lock the plan with this reference; None where it is none of ours."""
    known = _uuid(reference)
    if known is None:
        return None
    return _locked(session, select(Plan).where(Plan.reference == known))


def donation(session: Session, reference: str | None) -> Donation | None:
    """Lock the donation with this reference; None where it is none of ours."""
    known = _uuid(reference)
    if known is None:
        return None
    return _locked(session, select(Donation).where(Donation.reference == known))


def donation_of_invoice(session: Session, invoice_id: str | None) -> Donation | None:
    """Lock the donation that an invoice became; None where it has become none yet."""
    if invoice_id is None:
        return None
    return _locked(session, select(Donation).where(Donation.invoice_id == invoice_id))


def donation_of_intent(session: Session, payment_intent_id: str) -> Donation | None:
    """Lock the donation that a payment intent paid; None where that is not known yet."""
    paid_by = select(Payment.donation_id).where(Payment.payment_intent_id == payment_intent_id)
    return _locked(session, select(Donation).where(Donation.id == paid_by.scalar_subquery()))


def _locked(session: Session, wanted: Select[Given]) -> Given | None:
    """Lock a row and read it as it is now, whatever this session has read of it before."""
    return session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def _by_name(session: Session, name: str) -> None:
    number = func.hashtextextended(name, _SEED)
    session.execute(select(func.pg_advisory_xact_lock(number)))


def _uuid(reference: str | None) -> uuid.UUID | None:
    """Read a reference; an account that others use too has objects with any."""
    try:
        return uuid.UUID(reference or "")
    except ValueError:
        return None
