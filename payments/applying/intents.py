"""Payment intents: money exists where one has succeeded, and nothing else makes a gift paid.

What came before it, a refund, a dispute or a warning, has waited under its id and is followed now.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config import limits
from payments import (
    declarations,
    gateway,
    giving_events,
    ledger,
    lifecycle,
    notices,
    receipts,
    tasks,
    typed_names,
)
from payments.applying import disputes, letters, locks, refunds, warnings
from payments.lifecycle import DonationNews
from payments.models.events import TaskKind
from payments.models.giving import Donation, DonationState
from payments.models.money import Payment

PAID: Final = "paid"
PAID_AGAIN: Final = "paid again"
ON_ITS_WAY: Final = "on its way"
FAILED: Final = "did not go through"

_REFUSED: Final = frozenset({"requires_payment_method", "canceled"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An intent as it was fetched, how it was paid, its line of Stripe's books, and the invoice it pays."""

    intent: gateway.Intent
    charge: gateway.Charge | None
    entry: gateway.BalanceTransaction | None
    invoice_id: str | None


def fetch(stripe: gateway.Gateway, intent_id: str) -> Snapshot:
    """Fetch an intent with its charge; one without our reference may pay an invoice of a plan."""
    intent = stripe.intent(intent_id)
    charge = stripe.charge(intent.charge_id) if intent.charge_id else None
    line = charge.balance_transaction_id if charge else None
    return Snapshot(
        intent,
        charge,
        stripe.balance_transaction(line) if line else None,
        stripe.invoice_of(intent_id) if intent.reference is None else None,
    )


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Apply what an intent says: the gift is paid, or its debit is on its way or has failed."""
    intent = snapshot.intent
    locks.intent(session, intent.id)
    donation = locks.donation(session, intent.reference) or locks.donation_of_invoice(
        session, snapshot.invoice_id
    )
    settled = settle(session, donation, snapshot, now=now)
    if donation is not None and not settled:
        follow_unpaid(session, donation, intent, now=now)


def settle(
    session: Session, donation: Donation | None, snapshot: Snapshot, *, now: datetime
) -> bool:
    """Write down the money of an intent, where it has succeeded; False where there is none.

    The caller has locked the intent and the donation. Without a donation the payment waits for its invoice,
    or staff are asked whose it is.
    """
    if snapshot.intent.status != "succeeded":
        return False
    if snapshot.entry is not None:
        ledger.write(session, snapshot.entry, now=now)
    payment = _mirror(session, snapshot)
    if donation is not None and payment.donation_id is None:
        _link(session, donation, payment, now=now)
    elif payment.donation_id is None and snapshot.invoice_id is None:
        tasks.ask_whose(session, payment.payment_intent_id, now=now)
    return True


def follow_unpaid(
    session: Session, donation: Donation, intent: gateway.Intent, *, now: datetime
) -> None:
    """Follow a debit of a donation that the caller has locked: it is on its way, or it has failed.

    A card that is refused is no debit that failed, and may be heard of late: its donor is still at Stripe's
    page, or has gone on to pay by a debit there, with the same intent.
    """
    if intent.status == "processing":
        set_out(session, donation, intent, now=now)
        return
    was_out = giving_events.happened(session, donation, ON_ITS_WAY, _charge_id(intent))
    if was_out and intent.status in _REFUSED and _move(donation, DonationNews.FAILED):
        giving_events.add(session, donation, FAILED, intent.id, now=now)
        letters.tell(session, donation, letters.FAILED, donation.amount, now=now)


def set_out(session: Session, donation: Donation, intent: gateway.Intent, *, now: datetime) -> None:
    """Note that a donation's money is on its way; one debit sets out once, also where that is heard late."""
    charge_id = _charge_id(intent)
    if giving_events.happened(session, donation, ON_ITS_WAY, charge_id):
        return
    if _move(donation, DonationNews.ON_ITS_WAY):
        giving_events.add(session, donation, ON_ITS_WAY, charge_id, now=now)
        if intent.status not in _REFUSED:
            letters.tell(session, donation, letters.ON_ITS_WAY, donation.amount, now=now)


def _charge_id(intent: gateway.Intent) -> str:
    """Return what a debit is known by: an intent is one for all the tries at Stripe's page."""
    return intent.charge_id or intent.id


def _mirror(session: Session, snapshot: Snapshot) -> Payment:
    intent, charge = snapshot.intent, snapshot.charge
    row = session.scalar(select(Payment).where(Payment.payment_intent_id == intent.id))
    if row is None:
        row = Payment(payment_intent_id=intent.id, duplicate=False)
        session.add(row)
    row.amount, row.currency = intent.amount_received, intent.currency
    row.paid_at = charge.made_at if charge else intent.made_at
    if charge is not None:
        row.charge_id, row.method = charge.id, charge.method
    session.flush()
    return row


def _link(session: Session, donation: Donation, payment: Payment, *, now: datetime) -> None:
    """Give a payment to its donation: the first makes it paid, every other is paid twice."""
    payment.duplicate = _has_payment(session, donation)
    payment.donation_id = donation.id
    intent_id = payment.payment_intent_id
    if payment.duplicate:
        giving_events.add(session, donation, PAID_AGAIN, intent_id, now=now)
        _ask(session, TaskKind.DUPLICATE, donation, intent_id, now=now)
    else:
        _pay(session, donation, payment, now=now)
    outcome = "its gift was found"
    tasks.settle(session, TaskKind.UNMATCHED, intent_id, outcome=outcome, staff_id=None, now=now)
    session.flush()
    for refund in refunds.held(session, intent_id):
        refunds.follow(session, donation, refund, now=now)
    for dispute in disputes.held(session, intent_id):
        disputes.follow(session, donation, dispute, now=now)
    for warning in warnings.held(session, intent_id):
        warnings.follow(session, donation, warning, now=now)
    if payment.duplicate:
        # Where the first was given back before this one was heard of, the gift is whole again.
        receipts.correct(session, donation, cause=f"{intent_id}:{PAID_AGAIN}", now=now)


def _pay(session: Session, donation: Donation, payment: Payment, *, now: datetime) -> None:
    donation.paid_at = payment.paid_at
    _move(donation, DonationNews.SUCCEEDED)
    giving_events.add(session, donation, PAID, payment.payment_intent_id, now=now)
    if (payment.amount, payment.currency) != (donation.amount, donation.currency):
        _ask(session, TaskKind.DIFFERENCE, donation, payment.payment_intent_id, now=now)
    declarations.make(session, donation, now=now)
    typed_names.compare(session, donation, now=now)
    receipts.issue(session, donation, now=now)
    notices.tell(session, donation, now=now)


def _has_payment(session: Session, donation: Donation) -> bool:
    paid = exists().where(Payment.donation_id == donation.id)
    return bool(session.scalar(select(paid)))


def _move(donation: Donation, news: DonationNews) -> bool:
    before: DonationState = donation.state
    donation.state = lifecycle.donation_after(before, news)
    return donation.state is not before


def _ask(
    session: Session, kind: TaskKind, donation: Donation, about: str, *, now: datetime
) -> None:
    due_at = now + timedelta(seconds=limits.MONEY_TASK_DUE_SECONDS)
    tasks.ask(session, kind, about, donation_id=donation.id, due_at=due_at, now=now)
