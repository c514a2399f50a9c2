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

from payments import donors, giving, giving_events, typed_names
from payments.giving import Words
from payments.models.donors import Declaration, Donor
from payments.models.giving import Donation, DonationState

DECLARED: Final = "declared"
"""The giving event of a gift by which its donor declared."""
NOT_TAKEN: Final = "declaration not taken"
"""The giving event of a gift whose declaration names another person or home than those we know."""


def make(session: Session, donation: Donation, *, now: datetime) -> Declaration | None:
    """Make what was declared with a gift, or with its plan, its donor's declaration; None where nothing was.

    In the transaction that makes the donation paid, under its row's lock, before its receipt. The home leaves
    the sealed words whatever becomes of it; the name does in `typed_names.compare`, which comes next.

    Anybody may type anybody's mail address. With a donor's first paid gift, name and home become what was
    typed, as `donors.find_or_make` has it. Who has paid before declares in the name that is known, and only a
    home that is missing is filled in: where the name is another or none is known, or the home is another,
    nothing is declared, and an event of the gift says so. The receipt goes to the donor and quotes the
    declaration. Who was spoken for sets their name right on their own page (`payments.renaming`), which ends
    what a stranger declared, and declares with their next gift.
    """
    given = donation.plan or donation
    said = giving.words_of(session, given)
    if not said.declaration or donation.donor_id is None:
        return None
    kept = replace(said, declaration="", postal_address="")
    given.words = giving.seal(session, given, kept)
    donor = typed_names.locked(session, donation.donor_id)
    declared_at = min(given.created_at, now)
    if donor.erased_at is not None or _spoke_since(session, donor, declared_at):
        return None
    if _has_given(session, donor, donation) and not _is_theirs(session, donor, said):
        giving_events.add(session, donation, NOT_TAKEN, now=now)
        return None
    _describe(session, donor, said)
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
    typed_names.locked(session, donor.id)
    stands = standing(session, donor)
    if stands is None:
        return False
    stands.ended_at = now
    session.flush()
    return True


def _spoke_since(session: Session, donor: Donor, at: datetime) -> bool:
    """Tell whether a donor has declared or ended anything since this was ticked: the later word holds."""
    later = func.greatest(Declaration.made_at, Declaration.ended_at) > at
    return bool(session.scalar(select(exists().where(Declaration.donor_id == donor.id, later))))


def has_ever(session: Session, donor: Donor) -> bool:
    """Tell whether a donor has ever declared, also where it has ended since."""
    return bool(session.scalar(select(exists().where(Declaration.donor_id == donor.id))))


def _has_given(session: Session, donor: Donor, donation: Donation) -> bool:
    """Tell whether another gift of a donor was paid: then no form names them any more."""
    paid_before = exists().where(
        Donation.donor_id == donor.id,
        Donation.state == DonationState.PAID,
        Donation.id != donation.id,
    )
    return bool(session.scalar(select(paid_before)))


def _is_theirs(session: Session, donor: Donor, said: Words) -> bool:
    """Tell whether name and home are those we know, however the home is punctuated; it may be missing."""
    home = donors.postal_address_of(session, donor)
    return typed_names.agree(donors.name_of(session, donor), said.name) and (
        not home or _words(home) == _words(said.postal_address)
    )


def _describe(session: Session, donor: Donor, said: Words) -> None:
    """Name and place a donor as they declared; what was known already stays as it was spelled."""
    name, home = donors.name_of(session, donor), donors.postal_address_of(session, donor)
    known = typed_names.agree(name, said.name)
    donors.describe(
        session,
        donor,
        name="" if known else said.name,
        postal_address=said.postal_address if _words(home) != _words(said.postal_address) else "",
    )


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
