"""Finding gifts: by a receipt's number, our reference, or an id of Stripe's; each leads to one thing."""

import uuid
from collections.abc import Callable
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from payments import numbering
from payments.models.donors import Donor
from payments.models.giving import Checkout, Donation, Plan
from payments.models.money import Dispute, FraudWarning, Payment, Refund

Found = Donation | Plan | Donor
_Ids = Select[int | None] | Select[int]


class NotFound(LookupError):
    """Nothing here is called so."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing here is called so. Give the whole of it: a receipt's number such as 2026-00042, a "
            "reference, an id of Stripe's such as pi_… or cs_…, or a donor's mail address."
        )


def find(session: Session, text: str) -> Found:
    """Return what a receipt's number, a reference or one of Stripe's ids is about; raise NotFound."""
    name = text.strip()
    found = _by_reference(session, name) or _by_id(session, name) or _by_receipt(session, name)
    if found is None:
        raise NotFound
    return found


def gift(session: Session, reference: str) -> Donation | None:
    """Return the gift of a reference, None where there is none."""
    known = _uuid(reference)
    return session.scalar(select(Donation).where(Donation.reference == known)) if known else None


def plan(session: Session, reference: str) -> Plan | None:
    """Return the plan of a reference, None where there is none."""
    known = _uuid(reference)
    return session.scalar(select(Plan).where(Plan.reference == known)) if known else None


def donor(session: Session, reference: str) -> Donor | None:
    """Return the donor of a reference, None where there is none."""
    known = _uuid(reference)
    return session.scalar(select(Donor).where(Donor.reference == known)) if known else None


def _by_reference(session: Session, name: str) -> Found | None:
    return gift(session, name) or plan(session, name) or donor(session, name)


def _by_receipt(session: Session, name: str) -> Found | None:
    """Return what a receipt is about: a gift, or for a statement its donor."""
    try:
        receipt = numbering.named(session, name)
    except numbering.UnknownNumber:
        return None
    if receipt.donation_id is not None:
        return session.get_one(Donation, receipt.donation_id)
    return session.get(Donor, receipt.donor_id)


def _by_id(session: Session, name: str) -> Donation | Plan | None:
    prefix = name.partition("_")[0]
    if prefix in _GIFTS and (number := session.scalar(_GIFTS[prefix](name))):
        return session.get_one(Donation, number)
    if prefix in _PLANS and (number := session.scalar(_PLANS[prefix](name))):
        return session.get_one(Plan, number)
    return None


def _of_intent(about: Select[str]) -> _Ids:
    return select(Payment.donation_id).where(
        Payment.payment_intent_id == about.limit(1).scalar_subquery()
    )


def _of_charge(name: str) -> _Ids:
    return select(Payment.donation_id).where(Payment.charge_id == name)


def _of_refund(name: str) -> _Ids:
    return _of_intent(select(Refund.payment_intent_id).where(Refund.refund_id == name))


def _of_dispute(name: str) -> _Ids:
    return _of_intent(select(Dispute.payment_intent_id).where(Dispute.dispute_id == name))


def _of_warning(name: str) -> _Ids:
    about = select(FraudWarning.payment_intent_id).where(FraudWarning.warning_id == name)
    return _of_intent(about)


_GIFTS: Final[dict[str, Callable[[str], _Ids]]] = {
    "pi": lambda name: select(Payment.donation_id).where(Payment.payment_intent_id == name),
    "ch": _of_charge,
    "py": _of_charge,
    "re": _of_refund,
    "pyr": _of_refund,
    "dp": _of_dispute,
    "du": _of_dispute,
    "issfr": _of_warning,
    "in": lambda name: select(Donation.id).where(Donation.invoice_id == name),
    "cs": lambda name: select(Checkout.donation_id).where(Checkout.session_id == name),
}
"""The beginning of an id of Stripe's -> which gift it is about."""
_PLANS: Final[dict[str, Callable[[str], _Ids]]] = {
    "sub": lambda name: select(Plan.id).where(Plan.subscription_id == name),
    "cs": lambda name: select(Checkout.plan_id).where(Checkout.session_id == name),
}
"""The same for plans."""


def _uuid(reference: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(reference)
    except ValueError:
        return None
