"""Renaming: donors set right who they are, on their own page, which only the mailbox leads to.

So who gave without a name can declare, and so can one under whose address a stranger has: what the stranger
declared ends, and the donor's next ticked gift declares with their own name and home. A form alone can do
neither: whoever types an address there holds no mailbox.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import declarations, donors, giving_events, typed_names
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState, Plan


class BadName(ValueError):
    """A name is one line with something in it, and no longer than the form takes."""


def rename(session: Session, donor: Donor, name: str, *, now: datetime) -> None:
    """Name a donor as they ask; raise BadName.

    Another name is another person's word: the declaration that stands ends, the home goes that was declared,
    and nothing that was given until now is claimed for in the new name, nor are running plans.
    """
    said = " ".join(name.split())
    if not said or len(said) > limits.DONOR_NAME_LENGTH or not said.isprintable():
        raise BadName
    _hold(session, donor)
    if not typed_names.agree(donors.name_of(session, donor), said):
        declarations.end(session, donor, now=now)
        donor.postal_address = None
        _part(session, donor, now=now)
    donors.describe(session, donor, name=said, postal_address="")


def _hold(session: Session, donor: Donor) -> None:
    """Lock plans and donations before their donor, as `applying.locks` has it."""
    for kind in (Plan, Donation):
        theirs = select(kind.id).where(kind.donor_id == donor.id).order_by(kind.id)
        session.execute(theirs.with_for_update())
    typed_names.locked(session, donor.id)


def _part(session: Session, donor: Donor, *, now: datetime) -> None:
    """Note of what was paid so far, and of plans for good, that it was given in another name."""
    paid = Donation.donor_id == donor.id, Donation.state == DonationState.PAID
    for gift in session.scalars(select(Donation).where(*paid).order_by(Donation.id)).all():
        giving_events.once(session, gift.plan or gift, typed_names.OTHER_NAME, "", now=now)
