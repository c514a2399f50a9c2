"""The books of offline gifts: a payment and a line of the ledger of our own making, and the line against it.

Both are known by `offline:<reference>`, what takes them back by `offline:<reference>:1`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from payments import ledger
from payments.gateway import BalanceTransaction
from payments.models.giving import Donation
from payments.models.money import Payment, Refund

BALANCE: Final = "offline"
"""The balance that our own lines are of: none of Stripe's."""


def write(session: Session, donation: Donation, *, arrived_at: datetime, now: datetime) -> None:
    """Write down the money of a gift that has its row."""
    name = _name(donation)
    session.add(
        Payment(
            payment_intent_id=name,
            # No charge of Stripe's: what the line of the ledger is about, as a payment's charge is.
            charge_id=name,
            donation_id=donation.id,
            amount=donation.amount,
            currency=donation.currency,
            method=donation.channel.value,
            paid_at=arrived_at,
        )
    )
    line = _line(donation, name, "charge", donation.amount, arrived_at)
    ledger.write(session, line, now=now)


def write_against(session: Session, donation: Donation, *, staff_id: int, now: datetime) -> Refund:
    """Write down that nothing of a gift came, in today's books: it stays in those of its day."""
    name = _name_against(donation)
    refund = Refund(
        refund_id=name,
        payment_intent_id=_name(donation),
        amount=donation.amount,
        currency=donation.currency,
        status="succeeded",
        made_at=now,
        asked_by=staff_id,
    )
    session.add(refund)
    ledger.write(session, _line(donation, name, "refund", -donation.amount, now), now=now)
    return refund


def taken_back(session: Session, gifts: Iterable[Donation]) -> set[int]:
    """Return the numbers of those of these gifts that have a line against them."""
    names = {_name_against(donation): donation.id for donation in gifts}
    against = select(Refund.refund_id).where(Refund.refund_id.in_(names))
    return {names[name] for name in session.scalars(against) if name is not None}


def is_taken_back(session: Session, donation: Donation) -> bool:
    """Tell whether there is a line against a gift."""
    return bool(taken_back(session, [donation]))


def _line(
    donation: Donation, name: str, category: str, amount: int, at: datetime
) -> BalanceTransaction:
    """Return a line as Stripe's are; a bank's own fees are no part of the gift."""
    return BalanceTransaction(
        id=name,
        source_id=name,
        type=donation.channel.value,
        reporting_category=category,
        amount=amount,
        fee=0,
        net=amount,
        currency=donation.currency,
        exchange_rate=None,
        balance_type=BALANCE,
        made_at=at,
        available_at=at,
    )


def _name(donation: Donation) -> str:
    return f"{ledger.OFFLINE}{donation.reference}"


def _name_against(donation: Donation) -> str:
    return f"{ledger.OFFLINE}{donation.reference}:1"
