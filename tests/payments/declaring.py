"""Boris, who ticks Gift Aid: what he declares, and his gifts once they are paid."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from payments import declarations, donors, giving, typed_names
from payments.models.donors import Declaration, Donor
from payments.models.giving import Donation, DonationState, Plan
from tests.builders import NOW
from tests.payments.begin.conftest import wish

WORDING: Final = "I want to Gift Aid this gift."
HOME: Final = "12 High Street\nBristol\nBS1 4DJ"
TICKED: Final[dict[str, Any]] = {"currency": "GBP", "declaration": WORDING, "postal_address": HOME}


def paid(session: Session, nonce: str = "a form", *, at: datetime = NOW, **said: Any) -> Donation:
    """Give, or make the first payment of a plan; nothing of it was applied but that it is paid."""
    given = giving.begin(session, wish(nonce=nonce, **{"currency": "GBP"} | said), now=at)
    return payment(session, given, at) if isinstance(given, Plan) else _paid(session, given, at)


def payment(session: Session, plan: Plan, at: datetime = NOW) -> Donation:
    """Make a payment of a plan."""
    gift = Donation(donor_id=plan.donor_id, plan=plan, amount=5_000, currency="GBP", language="en")
    session.add(gift)
    return _paid(session, gift, at)


def declare(session: Session, nonce: str = "a form", **said: Any) -> Declaration | None:
    """Give and declare, and have the gift paid within the same moment."""
    return hear(session, paid(session, nonce, **TICKED | said))


def hear(session: Session, donation: Donation) -> Declaration | None:
    """Do what is done once a gift is paid: what was ticked is declared, and the typed name compared."""
    made = declarations.make(session, donation, now=NOW)
    typed_names.compare(session, donation, now=NOW)
    return made


def known(session: Session, donation: Donation) -> tuple[str, str]:
    """Return the name and home of a gift's donor."""
    donor = session.get_one(Donor, donation.donor_id)
    return donors.name_of(session, donor), donors.postal_address_of(session, donor)


def _paid(session: Session, gift: Donation, at: datetime) -> Donation:
    gift.state, gift.paid_at = DonationState.PAID, at
    session.flush()
    return gift
