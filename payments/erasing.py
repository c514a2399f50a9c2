"""Erasing: a donor asks to be forgotten. What was given stays in the books, and leads to nobody.

1. What could still be paid is closed at Stripe, running plans are ended there, and customers are deleted.
2. One transaction takes away all that is personal here, and queues one last mail, which says so.

Stripe may fail in between, and nothing is taken back then: asked again, it goes on where it stopped.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from payments import (
    checkouts,
    donor_mails,
    donors,
    plans,
    receipt_copies,
    second_subscriptions,
    stripping,
)
from payments.applying import disputes
from payments.gateway import Gateway
from payments.models.asking import DonorLinkRequest
from payments.models.donors import Donor
from payments.models.giving import (
    Checkout,
    CheckoutState,
    Donation,
    DonationState,
    Plan,
    PlanState,
)
from payments.models.money import Dispute, Payment
from payments.plans import Begin

log = logging.getLogger(__name__)

TEMPLATE: Final = "donor-erased"
_ON_ITS_WAY: Final = (
    "A gift is on its way through the banks, and its receipt needs a name. Erase once it is here."
)
_DISPUTED: Final = (
    "A bank asks about a gift. Erase once that is decided: until then it may be answered."
)
_PAYABLE: Final = (CheckoutState.NEW, CheckoutState.OPEN)


class NotYet(Exception):
    """Something is not settled that needs the donor's name; the sentence says what to wait for."""


class JustBegun(NotYet):
    """A gift was begun meanwhile, which the next try closes."""

    def __init__(self) -> None:
        super().__init__("A gift was begun with this address just now. Erase once more.")


class NoStripe(Exception):
    """Something is to be ended at Stripe first, and no key for it is set."""

    def __init__(self) -> None:
        super().__init__("Set STRIPE_API_KEY first: something of this donor's is ended at Stripe.")


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing has done: plans ended at Stripe, copies of receipts deleted, copies kept by law.

    All are 0 where the donor was erased before.
    """

    plans: int
    copies_deleted: int
    copies_kept: int


def erase(
    stripe: Gateway | None,
    begin: Begin,
    donor_id: int,
    *,
    keep_years: int,
    now: datetime,
    by_staff: bool = False,
) -> Erased:
    """Erase a donor, at Stripe first and then here; once erased, it changes nothing.

    `stripe` is None where no key is set: then only who has nothing there is erased. `keep_years` is
    RECEIPT_KEEP_YEARS; `by_staff` is what the last mail says. Raises NotYet, NoStripe, and the failures of
    payments.gateway.
    """
    with begin() as session:
        donor = session.get_one(Donor, donor_id)
        if donor.erased_at is not None:
            return Erased(0, 0, 0)
        _check_settled(session, donor)
    ended = _end_at_stripe(stripe, begin, donor_id, now=now)
    with begin() as session:
        donor = _hold(session, donor_id)
        if donor.erased_at is not None:
            return Erased(0, 0, 0)
        _check_settled(session, donor)
        if _payable(session, donor_id) or _running(session, donor_id):
            raise JustBegun
        _write_last(session, donor, by_staff=by_staff, keep_years=keep_years, now=now)
        stripping.strip_donors(session, [donor.id], what=stripping.ERASED, now=now)
        gone, kept = receipt_copies.forget_of(session, donor, keep_years=keep_years, now=now)
    log.info("donor %d was erased", donor_id)
    return Erased(ended, gone, kept)


def kept_until(session: Session, donor: Donor, *, keep_years: int, now: datetime) -> int | None:
    """Return the last year to whose end copies of receipts would be kept, None where none would be."""
    return receipt_copies.last_year(session, donor, keep_years=keep_years, now=now)


# -- At Stripe -------------------------------------------------------------------------------------


def _end_at_stripe(stripe: Gateway | None, begin: Begin, donor_id: int, *, now: datetime) -> int:
    """Have nothing of a donor's paid any more, and their customers deleted; return how many plans ended.

    Raises NotYet before any plan is ended, and NoStripe before anything is.
    """
    with begin() as session:
        payable = _payable(session, donor_id)
        known_there = payable or _customers(session, donor_id) or _running(session, donor_id)
    if stripe is None:
        if known_there:
            raise NoStripe
        return 0
    for checkout_id in payable:
        checkouts.withdraw(stripe, begin, checkout_id, now=now)
    # Only now: a page that was paid in the meantime has begun a plan, or sent a debit on its way.
    with begin() as session:
        _check_settled(session, session.get_one(Donor, donor_id))
        running = _running(session, donor_id)
    for plan_id in running:
        plans.cancel(stripe, begin, plan_id, now=now)
    with begin() as session:
        customers = _customers(session, donor_id)
    for customer_id in customers:
        stripe.forget_customer(customer_id)
    return len(running)


def _payable(session: Session, donor_id: int) -> Sequence[int]:
    """Return the attempts at payment pages that somebody may still pay at."""
    theirs = (
        select(Checkout.id)
        .outerjoin(Donation, Donation.id == Checkout.donation_id)
        .outerjoin(Plan, Plan.id == Checkout.plan_id)
        .where(or_(Donation.donor_id == donor_id, Plan.donor_id == donor_id))
    )
    return session.scalars(theirs.where(Checkout.state.in_(_PAYABLE)).order_by(Checkout.id)).all()


def _running(session: Session, donor_id: int) -> Sequence[int]:
    """Return the plans that Stripe may ask payments for."""
    begun = select(Plan.id).where(Plan.donor_id == donor_id, Plan.subscription_id.is_not(None))
    asking = or_(Plan.state != PlanState.ENDED, second_subscriptions.is_asking())
    return session.scalars(begun.where(asking).order_by(Plan.id)).all()


def _had_plans(session: Session, donor: Donor) -> bool:
    begun = Plan.donor_id == donor.id, Plan.subscription_id.is_not(None)
    return bool(session.scalar(select(exists().where(*begun))))


def _customers(session: Session, donor_id: int) -> list[str]:
    theirs = session.scalars(select(Plan).where(Plan.donor_id == donor_id)).all()
    known = {plan.customer_id for plan in theirs if plan.customer_id is not None}
    seconds = (second_subscriptions.customers(session, plan) for plan in theirs)
    return sorted(known.union(*seconds))


# -- What must settle first ------------------------------------------------------------------------


def _check_settled(session: Session, donor: Donor) -> None:
    """Raise NotYet while a gift is on its way, or a bank asks about one."""
    theirs = Donation.donor_id == donor.id
    on_its_way = select(Donation.id).where(theirs, Donation.state == DonationState.PROCESSING)
    if session.scalar(select(on_its_way.exists())):
        raise NotYet(_ON_ITS_WAY)
    disputed = (
        select(Dispute.id)
        .join(Payment, Payment.payment_intent_id == Dispute.payment_intent_id)
        .join(Donation, Donation.id == Payment.donation_id)
        .where(theirs, Dispute.status.not_in(disputes.OVER))
    )
    if session.scalar(select(disputed.exists())):
        raise NotYet(_DISPUTED)


# -- Here ------------------------------------------------------------------------------------------


def _hold(session: Session, donor_id: int) -> Donor:
    """Lock whatever of a donor may be written to, in the order of all others, and the donor last.

    Requests for links come first (`payments.donor_links`), then plans and donations (`applying.locks`): so
    nobody queues a mail to them meanwhile. Behind the donor's own lock no other gift can be begun.
    """
    donor = session.get_one(Donor, donor_id)
    asked = DonorLinkRequest.address_index == donor.address_index
    session.execute(delete(DonorLinkRequest).where(asked))
    for kind in (Plan, Donation):
        theirs = select(kind.id).where(kind.donor_id == donor_id).order_by(kind.id)
        session.execute(theirs.with_for_update())
    session.refresh(donor, with_for_update=True)
    return donor


def _write_last(
    session: Session, donor: Donor, *, by_staff: bool, keep_years: int, now: datetime
) -> None:
    """Empty all mails to a donor, also those that wait, and queue the one that says what was done."""
    until = kept_until(session, donor, keep_years=keep_years, now=now)
    outbox.empty(session, [mail.delivery_id for mail in donor_mails.held(session, donor)])
    outbox.queue(
        session,
        template=TEMPLATE,
        address=donors.address_of(session, donor),
        language=donor.language,
        context={
            "kept_until": str(until or ""),
            "by_staff": by_staff,
            "had_plans": _had_plans(session, donor),
        },
        now=now,
        expires_at=now + timedelta(seconds=limits.ERASED_MAIL_SECONDS),
    )
