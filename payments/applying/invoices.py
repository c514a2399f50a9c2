"""Invoices of plans: each that was paid with more than nothing is a gift; what fails is told twice at most.

The subscription is fetched with its invoice, so that the plan is what Stripe says now, however late and in
whatever order the two are heard of. Money never asks what state we believed the plan to be in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from payments import gateway, giving, giving_events, mirroring, plan_mails, tasks
from payments.applying import intents, locks
from payments.models.events import TaskKind
from payments.models.giving import Channel, Donation, DonationState, Plan, PlanState

REFUSED: Final = "payment refused"
GIVEN_UP: Final = "payment given up"
NOTHING_DUE: Final = "nothing was due"
FIRST: Final = "subscription_create"
"""Stripe's reason for the invoice that begins a subscription."""

_CLOSED: Final = frozenset({"void", "uncollectible"})
_NOT_BEGUN: Final = frozenset({PlanState.PENDING, PlanState.ENDED})
"""Plans whose donor is not told of a refused payment: still at Stripe's page, or told that it is over."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An invoice, its subscription, and the intents that paid it or are to."""

    invoice: gateway.Invoice
    subscription: gateway.Subscription | None
    payments: tuple[intents.Snapshot, ...]


def fetch(stripe: gateway.Gateway, invoice_id: str) -> Snapshot:
    """Fetch an invoice with its intents, and then its subscription, which is as new at least."""
    invoice = stripe.invoice(invoice_id)
    payments = tuple(intents.fetch(stripe, each) for each in sorted(invoice.payment_intent_ids))
    return Snapshot(invoice, _subscription(stripe, invoice.subscription_id), payments)


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Make a paid invoice a gift, tell the donor of a refused one; the plan follows its subscription."""
    invoice = snapshot.invoice
    for payment in snapshot.payments:
        locks.intent(session, payment.intent.id)
    plan = mirroring.locked(
        session, subscription_id=invoice.subscription_id, reference=invoice.plan_reference
    )
    if plan is None:
        _ask_whose(session, snapshot, now=now)
        return
    if snapshot.subscription is not None:
        mirroring.mirror(session, plan, snapshot.subscription, now=now)
    if invoice.status == "paid":
        _paid(session, plan, snapshot, now=now)
    elif invoice.status in _CLOSED:
        giving_events.once(session, plan, GIVEN_UP, invoice.id, now=now)
    elif invoice.attempts and plan.state not in _NOT_BEGUN:
        _refused(session, plan, snapshot, now=now)


def _subscription(stripe: gateway.Gateway, id_: str | None) -> gateway.Subscription | None:
    """Fetch a subscription; None where there is none, or none any more: the money is there all the same."""
    try:
        return stripe.subscription(id_) if id_ else None
    except gateway.NotFound:
        return None


def _paid(session: Session, plan: Plan, snapshot: Snapshot, *, now: datetime) -> None:
    invoice = snapshot.invoice
    if not invoice.amount_paid:
        giving_events.once(session, plan, NOTHING_DUE, invoice.id, now=now)
    elif not snapshot.payments:
        # Paid past Stripe, so not in its books: staff enter it as what it was, a transfer or a cheque.
        tasks.ask_whose(session, invoice.id, now=now)
    else:
        donation = locks.donation_of_invoice(session, invoice.id) or _gift(session, plan, invoice)
        for payment in snapshot.payments:
            intents.settle(session, donation, payment, now=now)
        _settle(session, invoice, now=now)


def _gift(session: Session, plan: Plan, invoice: gateway.Invoice) -> Donation:
    """Add the gift that an invoice of a plan is; whom it honours and what was said stays in the plan."""
    donation = Donation(
        donor_id=plan.donor_id,
        plan_id=plan.id,
        fund_id=plan.fund_id,
        channel=Channel.STRIPE,
        state=DonationState.CREATED,
        amount=invoice.amount_paid,
        costs=plan.costs if plan.costs < invoice.amount_paid else 0,
        currency=invoice.currency,
        language=plan.language,
        anonymous=plan.anonymous,
        invoice_id=invoice.id,
        # Of a plan's gifts the first asks for the list; the wish is in the plan's words.
        joins_list=invoice.reason == FIRST and giving.words_of(session, plan).joins_list,
    )
    session.add(donation)
    session.flush()
    return donation


def _settle(session: Session, invoice: gateway.Invoice, *, now: datetime) -> None:
    """Take back the question whose money it is, where it was asked before Stripe told of the intent."""
    outcome = "its payment was found"
    tasks.settle(session, TaskKind.UNMATCHED, invoice.id, outcome=outcome, staff_id=None, now=now)


def _ask_whose(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Write money down that a subscription of somebody else's making brought, and ask staff whose it is."""
    if snapshot.invoice.status != "paid":
        return
    for payment in snapshot.payments:
        intents.settle(session, None, payment, now=now)
        tasks.ask_whose(session, payment.intent.id, now=now)


def _refused(session: Session, plan: Plan, snapshot: Snapshot, *, now: datetime) -> None:
    """Tell the donor of the first try that failed and of the last; of those between, nothing."""
    invoice, again = snapshot.invoice, snapshot.invoice.next_attempt_at
    mend_url = invoice.hosted_url or ""
    if again is None:
        if giving_events.once(session, plan, GIVEN_UP, invoice.id, now=now):
            plan_mails.last_try(session, plan, mend_url=mend_url, now=now)
    elif giving_events.once(session, plan, REFUSED, invoice.id, now=now):
        if any(payment.intent.status == "requires_action" for payment in snapshot.payments):
            plan_mails.action_needed(session, plan, mend_url=mend_url, now=now)
        else:
            plan_mails.failed(session, plan, next_on=again, mend_url=mend_url, now=now)
