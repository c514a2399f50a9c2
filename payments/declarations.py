"""Declarations: a donor's word that their gifts are from taxed income (UK Gift Aid), kept as it was given.

It is typed into the form with a gift, and counts once that gift is paid. HMRC asks that a donor be sent a
record of what they declared orally; what was ticked on a form is a record already, so it needs no mail.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from payments import donors, giving, giving_events
from payments.models.donors import Declaration, Donor
from payments.models.giving import Donation, DonationState

DECLARED: Final = "declared"
"""The giving event of a gift by which its donor declared."""
NOT_TAKEN: Final = "declaration not taken"
"""The giving event of a gift whose declaration names another person or home than those we know."""


def make(session: Session, donation: Donation, *, now: datetime) -> Declaration | None:
    """Make what was declared with a gift, or with its plan, its donor's declaration; None where nothing was.

    In the transaction that makes the donation paid, under its row's lock, before its receipt. Name and home
    leave the sealed words whatever becomes of them.

    Anybody may type anybody's mail address. With a donor's first paid gift, name and home become what was
    typed, as `donors.find_or_make` has it. Of a donor who has paid before, what is missing is filled in and
    nothing is replaced: where name or home are not the known ones, nothing is declared, and an event of the
    gift says so. The receipt goes to the donor and quotes the declaration: who was spoken for can end it.
    """
    given = donation.plan or donation
    said = giving.words_of(session, given)
    if not said.declaration or donation.donor_id is None:
        return None
    kept = replace(said, declaration="", name="", postal_address="")
    given.words = giving.seal(session, given, kept)
    donor = _locked(session, donation.donor_id)
    declared_at = min(given.created_at, now)
    if donor.erased_at is not None or _spoke_since(session, donor, declared_at):
        return None
    name, home = _known(session, donor, donation)
    if not (_agree(name, said.name) and _agree(home, said.postal_address)):
        giving_events.add(session, donation, NOT_TAKEN, now=now)
        return None
    donors.describe(
        session, donor, name=name or said.name, postal_address=home or said.postal_address
    )
    giving_events.add(session, donation, DECLARED, now=now)
    return _stand(session, donor, said.declaration, at=declared_at)


def standing(session: Session, donor: Donor) -> Declaration | None:
    """Return the declaration that stands, None where a donor has made none, or has ended it."""
    theirs = Declaration.donor_id == donor.id, Declaration.ended_at.is_(None)
    return session.scalar(select(Declaration).where(*theirs))


def stood(session: Session, donor: Donor, at: datetime) -> Declaration | None:
    """Return the declaration that stood at a time, also where it has been ended since."""
    theirs = (
        Declaration.donor_id == donor.id,
        Declaration.made_at <= at,
        or_(Declaration.ended_at.is_(None), Declaration.ended_at > at),
    )
    newest = select(Declaration).where(*theirs).order_by(Declaration.id.desc())
    return session.scalar(newest.limit(1))


def end(session: Session, donor: Donor, *, now: datetime) -> bool:
    """End the declaration that stands, as its donor asks; return whether there was one."""
    _locked(session, donor.id)
    stands = standing(session, donor)
    if stands is None:
        return False
    stands.ended_at = now
    session.flush()
    return True


def _locked(session: Session, donor_id: int) -> Donor:
    """Return a donor whom nobody else describes or has declare until the commit."""
    locked = {"key_share": True}  # rows that merely name the donor need not wait
    return session.get_one(Donor, donor_id, with_for_update=locked, populate_existing=True)


def _spoke_since(session: Session, donor: Donor, at: datetime) -> bool:
    """Tell whether a donor has declared or ended anything since this was ticked: the later word holds."""
    later = func.greatest(Declaration.made_at, Declaration.ended_at) > at
    return bool(session.scalar(select(exists().where(Declaration.donor_id == donor.id, later))))


def _known(session: Session, donor: Donor, donation: Donation) -> tuple[str, str]:
    """Return the name and home that no form may change any more: none before another gift was paid."""
    paid_before = exists().where(
        Donation.donor_id == donor.id,
        Donation.state == DonationState.PAID,
        Donation.id != donation.id,
    )
    if not session.scalar(select(paid_before)):
        return "", ""
    return donors.name_of(session, donor), donors.postal_address_of(session, donor)


def _agree(known: str, typed: str) -> bool:
    """Tell whether nothing is known, or what was typed is that, however it is spaced and punctuated."""
    return not known or _words(known) == _words(typed)


def _words(text: str) -> list[str]:
    return re.sub(r"\W+", " ", text).casefold().split()


def _stand(session: Session, donor: Donor, wording: str, *, at: datetime) -> Declaration:
    """Return the declaration with this wording, the one that stands or a new one in its place."""
    stands = standing(session, donor)
    if stands is not None:
        if stands.wording == wording:
            return stands
        stands.ended_at = at
        session.flush()  # of each donor one stands at most, and inserts would be written before updates
    made = Declaration(donor_id=donor.id, wording=wording, made_at=at)
    session.add(made)
    session.flush()
    return made
