"""Recipients: the donor as a document names them, and what they declared about their taxes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sealed import keyring
from payments import donors
from payments.documents.gift import Declared
from payments.documents.issuer import Issuer
from payments.documents.parties import Recipient
from payments.models.donors import Declaration, Donor

_DECLARING = "uk"


def of(session: Session, donor: Donor | None) -> Recipient:
    """Return to whom a document is given; nobody is named where the donor is unknown or was erased."""
    if donor is None or donor.erased_at is not None:
        return Recipient()
    return Recipient(
        name=donors.name_of(session, donor),
        mail_address=donors.address_of(session, donor),
        postal_address=_postal_address(session, donor),
    )


def declared(
    session: Session, donor: Donor | None, issuer: Issuer, *, now: datetime
) -> Declared | None:
    """Return the declaration that stands now, by the rules that ask for one."""
    if donor is None or donor.erased_at is not None or issuer.pack != _DECLARING:
        return None
    standing = select(Declaration).where(
        Declaration.donor_id == donor.id,
        Declaration.made_at <= now,
        Declaration.ended_at.is_(None),
    )
    made = session.scalar(standing)
    if made is None:
        return None
    return Declared(made.wording, made.made_at.astimezone(ZoneInfo(issuer.zone)).date())


def _postal_address(session: Session, donor: Donor) -> str:
    if donor.postal_address is None:
        return ""
    return keyring(session).open(
        donor.postal_address, column=donors.POSTAL_ADDRESS_COLUMN, row=donor.reference.bytes
    )
