"""Outcomes: what a donor who comes back from Stripe's page is told of their gift; nothing is changed by it.

The id of the session comes out of an address, which anybody may type: it opens nothing but one of three
words about a gift that it does not name.
"""

import enum
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments.gateway import Gateway, PermanentFailure, TemporaryFailure
from payments.models.giving import Checkout, DonationState, PlanState


class Outcome(enum.Enum):
    """How a gift stands, as far as its donor is told on a page."""

    RECEIVED = "received"
    ON_ITS_WAY = "on its way"
    NOT_COMPLETED = "not completed"
    UNKNOWN = "unknown"


_OF_DONATIONS = {
    DonationState.PAID: Outcome.RECEIVED,
    DonationState.PROCESSING: Outcome.ON_ITS_WAY,
    DonationState.FAILED: Outcome.NOT_COMPLETED,
}


def of(
    stripe: Gateway, begin_transaction: Callable[[], AbstractContextManager[Session]], id_: str
) -> Outcome:
    """Return how the gift of a session stands; Stripe is asked where its news may not have come yet."""
    with begin_transaction() as session:
        checkout = _checkout(session, id_)
        if checkout is None:
            return Outcome.UNKNOWN
        written = _written(checkout)
    return written or _told(stripe, id_)


def _checkout(session: Session, id_: str) -> Checkout | None:
    if not id_ or len(id_) > limits.EVENT_WORD_LENGTH:
        return None
    return session.scalar(select(Checkout).where(Checkout.session_id == id_))


def _written(checkout: Checkout) -> Outcome | None:
    """Return what our own rows say, None where they say nothing yet."""
    if checkout.donation is not None:
        return _OF_DONATIONS.get(checkout.donation.state)
    started = checkout.plan is not None and checkout.plan.state is not PlanState.PENDING
    return Outcome.RECEIVED if started else None


def _told(stripe: Gateway, id_: str) -> Outcome:
    try:
        told = stripe.session(id_)
    except TemporaryFailure:
        return Outcome.ON_ITS_WAY
    except PermanentFailure:
        return Outcome.NOT_COMPLETED
    if told.status != "complete":
        return Outcome.NOT_COMPLETED
    return Outcome.RECEIVED if told.payment_status == "paid" else Outcome.ON_ITS_WAY
