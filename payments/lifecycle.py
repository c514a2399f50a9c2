"""The lives of a donation and of a plan as two tables: (state, news) -> state. No I/O, every pair tested.

News of money comes late, twice and out of order, and is no fault: a pair that no table has changes nothing.
"""

import enum
from typing import Final

from payments.models.giving import DonationState, PlanState


class DonationNews(enum.StrEnum):
    """What may be heard of a donation."""

    OPENED = "a session was opened"
    EXPIRED = "it was not paid in time"
    #: The session is complete, and a debit takes days.
    ON_ITS_WAY = "the money is on its way"
    SUCCEEDED = "the payment succeeded"
    FAILED = "the debit failed"


class PlanNews(enum.StrEnum):
    """What Stripe may say of a plan's subscription."""

    #: The first payment is not made.
    INCOMPLETE = "incomplete"
    ACTIVE = "active"
    PAST_DUE = "past due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    ENDING = "it will end"
    ENDED = "it has ended"


DONATION_MOVES: Final = {
    (DonationState.CREATED, DonationNews.OPENED): DonationState.OPEN,
    (DonationState.CREATED, DonationNews.EXPIRED): DonationState.EXPIRED,
    (DonationState.OPEN, DonationNews.EXPIRED): DonationState.EXPIRED,
    (DonationState.CREATED, DonationNews.ON_ITS_WAY): DonationState.PROCESSING,
    (DonationState.OPEN, DonationNews.ON_ITS_WAY): DonationState.PROCESSING,
    (DonationState.FAILED, DonationNews.ON_ITS_WAY): DonationState.PROCESSING,
    (DonationState.EXPIRED, DonationNews.ON_ITS_WAY): DonationState.PROCESSING,
    (DonationState.PROCESSING, DonationNews.FAILED): DonationState.FAILED,
    **{(state, DonationNews.SUCCEEDED): DonationState.PAID for state in DonationState},
}
"""Every move of a donation; nothing leads out of 'paid'."""

_HEARD: Final = {
    PlanNews.ACTIVE: PlanState.ACTIVE,
    PlanNews.PAST_DUE: PlanState.PAST_DUE,
    PlanNews.UNPAID: PlanState.UNPAID,
    PlanNews.PAUSED: PlanState.PAUSED,
    PlanNews.ENDING: PlanState.ENDING,
    PlanNews.ENDED: PlanState.ENDED,
}

PLAN_MOVES: Final[dict[tuple[PlanState, PlanNews], PlanState]] = {
    (state, news): heard
    for state in PlanState
    if state is not PlanState.ENDED
    for news, heard in _HEARD.items()
}
"""Every move of a plan: as Stripe says, until it has ended."""

_STRIPE_SAYS: Final = {
    "incomplete": PlanNews.INCOMPLETE,
    "trialing": PlanNews.ACTIVE,
    "active": PlanNews.ACTIVE,
    "past_due": PlanNews.PAST_DUE,
    "unpaid": PlanNews.UNPAID,
    "paused": PlanNews.PAUSED,
    "canceled": PlanNews.ENDED,
    "incomplete_expired": PlanNews.ENDED,
}


def donation_after(state: DonationState, news: DonationNews) -> DonationState:
    """Return the state of a donation after some news: the same where it changes nothing."""
    return DONATION_MOVES.get((state, news), state)


def plan_after(state: PlanState, news: PlanNews) -> PlanState:
    """Return the state of a plan after some news: the same where it changes nothing."""
    return PLAN_MOVES.get((state, news), state)


def plan_news(status: str, *, paused: bool, ends: bool) -> PlanNews | None:
    """Return what a subscription's status, pause and known end amount to; None for a word we do not know.

    A plan that is owed for is past due though it will end: its donor is asked to mend it until then.
    """
    heard = _STRIPE_SAYS.get(status)
    if heard is not PlanNews.ACTIVE:
        return heard
    if ends:
        return PlanNews.ENDING
    return PlanNews.PAUSED if paused else PlanNews.ACTIVE
