"""Recipients: the donor as a document names them, and what they declared about their taxes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from payments import declarations, donors, giving
from payments.documents.gift import Declared
from payments.documents.issuer import Issuer
from payments.documents.parties import Recipient
from payments.models.donors import Donor
from payments.models.giving import Donation

_DECLARING = "uk"


def of(session: Session, donor: Donor | None) -> Recipient:
    """Return to whom a document is given; nobody is named where the donor is unknown or was erased."""
    if donor is None or donor.erased_at is not None:
        return Recipient()
    return Recipient(
        name=donors.name_of(session, donor),
        mail_address=donors.address_of(session, donor),
        postal_address=donors.postal_address_of(session, donor),
    )


def of_gift(session: Session, donation: Donation) -> Recipient:
    """Return to whom the receipt of a gift is given: its donor, or who was named with it and has no mail."""
    if donation.donor is not None:
        return of(session, donation.donor)
    said = giving.words_of(session, donation)
    return Recipient(name=said.name, postal_address=said.postal_address)


def is_known(session: Session, donation: Donation) -> bool:
    """Tell whether anybody can be given the receipt of a gift: of a transfer without a name nobody can."""
    return donation.donor_id is not None or bool(giving.words_of(session, donation).name)


def declared(
    session: Session, donor: Donor | None, issuer: Issuer, *, now: datetime
) -> Declared | None:
    """Return the declaration that stood at `now`, by the rules that ask for one."""
    if donor is None or donor.erased_at is not None or issuer.pack != _DECLARING:
        return None
    made = declarations.stood(session, donor, now)
    if made is None:
        return None
    return Declared(made.wording, made.made_at.astimezone(ZoneInfo(issuer.zone)).date())
