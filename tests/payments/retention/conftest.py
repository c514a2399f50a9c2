"""Gifts that were begun, and runs of the rules some days later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from db import due
from db.session import transaction
from mailer import retention
from payments import giving, periods
from payments.models.donors import Donor
from payments.models.giving import (
    Checkout,
    CheckoutState,
    Donation,
    DonationState,
    Plan,
    Tribute,
)
from tests.builders import NOW
from tests.cast import AMIRA
from tests.payments import wishes
from wiring.core import core

Later = Callable[..., dict[str, int]]
SAID = {
    "tribute": Tribute.MEMORY,
    "tribute_name": "Anna",
    "notice_address": AMIRA,
    "message": "For the printers",
}
"""What Boris writes with a gift."""


@pytest.fixture
def later(app: Flask) -> Later:
    """Apply the rules of the money so many days from now; return what was taken away."""

    def apply(days: float, **chosen: int) -> dict[str, int]:
        settings = core().settings.model_copy(update=chosen)
        run = due.Run(settings, NOW + timedelta(days=days))
        taken = retention.apply(transaction, periods.RULES, run, again=True)
        return {name: count for name, count in (taken or {}).items() if count}

    return apply


def begun(nonce: str = "a form", **changes: object) -> Donation | Plan:
    """Begin a gift of Boris's now, with all that he may write."""
    wish = replace(wishes.WISH, nonce=nonce, **SAID | changes)  # type: ignore[arg-type] # each has its own type
    with transaction() as session:
        given = giving.begin(session, wish, now=NOW)
        given.created_at = NOW
        return given


def paid(given: Donation | Plan, at: datetime = NOW) -> Donation:
    """Have a gift, or the first payment of a plan, arrive."""
    with transaction() as session:
        if isinstance(given, Plan):
            donation = Donation(
                donor_id=given.donor_id, plan_id=given.id, amount=900, currency="EUR", language="en"
            )
            session.add(donation)
        else:
            donation = session.get_one(Donation, given.id)
        donation.state, donation.paid_at = DonationState.PAID, at
        return donation


def attempt(given: Donation | Plan, state: str, *, at: datetime = NOW) -> None:
    """Have a page of Stripe's for a gift stand in this state."""
    of = {"plan_id": given.id} if isinstance(given, Plan) else {"donation_id": given.id}
    with transaction() as session:
        session.add(
            Checkout(
                **of,
                attempt=1,
                state=CheckoutState(state),
                request={},
                expires_at=at,
                created_at=at,
            )
        )


def put(given: Donation | Plan, **values: object) -> None:
    """Set columns of a gift or a plan."""
    with transaction() as session:
        kind = type(given)
        session.execute(update(kind).where(kind.id == given.id).values(**values))


def donor() -> Donor:
    """Return the one donor there is."""
    with transaction() as session:
        return session.scalars(select(Donor)).one()


def said(given: Donation | Plan) -> giving.Words:
    """Return what is still known of what was written with a gift."""
    with transaction() as session:
        found = session.get_one(type(given), given.id)
        assert isinstance(found, Donation | Plan)
        return giving.words_of(session, found)
