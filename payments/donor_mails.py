"""Donor mails: which kinds of mail speak to a donor, and what the outbox holds of them to one."""

from typing import Final

from sqlalchemy.orm import Session

from mailer import outbox
from mailer.outbox import Queued
from payments import donors
from payments.models.donors import Donor

TEMPLATES: Final = frozenset(
    {
        "donation-failed",
        "donation-processing",
        "donation-refunded",
        "donor-link",
        "plan-action-needed",
        "plan-changed",
        "plan-ended",
        "plan-last-try",
        "plan-payment-failed",
        "plan-renewal-notice",
        "receipt",
        "receipt-corrected",
        "statement",
    }
)
"""Not the notice of a gift in somebody's name: it speaks to another person, and says nothing of the donor."""


def held(session: Session, donor: Donor) -> list[Queued]:
    """Return what the outbox holds to a donor, waiting or sent lately, the oldest first."""
    address = donors.address_of(session, donor)
    return outbox.addressed(session, address, TEMPLATES) if address else []
