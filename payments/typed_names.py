"""Typed names: whether the name that was typed with a gift is its donor's; only the answer is kept.

Anybody may type anybody's mail address, and Gift Aid is claimed in a name: a gift that was given in another
is not claimed for. Until a gift is paid, its name is in its sealed words, or in those of its plan.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from payments import donors, giving, giving_events
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState, Plan

OTHER_NAME: Final = "other name"
"""The giving event of a gift or plan that was given in another name than its donor's, or in none."""


def agree(known: str, typed: str) -> bool:
    """Tell whether two names are one, in whatever case and spaces; who is not named agrees with nobody."""
    return bool(known.split()) and _words(known) == _words(typed)


def compare(session: Session, donation: Donation, *, now: datetime) -> None:
    """Hold the name typed with a paid gift against its donor's, and drop it.

    Under the gift's lock, after `declarations.make`, which may have named the donor. A plan's first payment
    answers for the plan: its renewals follow it.
    """
    given = donation.plan or donation
    if donation.donor_id is None or _is_renewal(session, donation):
        return
    said = giving.words_of(session, given)
    given.words = giving.seal(session, given, replace(said, name=""))
    note(session, given, locked(session, donation.donor_id), said.name, now=now)


def note(
    session: Session, given: Donation | Plan, donor: Donor, typed: str, *, now: datetime
) -> None:
    """Write down that a gift was given in another name than its donor's, where it was."""
    if not agree(donors.name_of(session, donor), typed):
        giving_events.once(session, given, OTHER_NAME, "", now=now)


def is_other(session: Session, donation: Donation) -> bool:
    """Tell whether a gift, or the plan that it is a payment of, was given in another name."""
    of_it: list[Donation | Plan] = [donation]
    if donation.plan is not None:
        of_it.append(donation.plan)
    return any(giving_events.happened(session, each, OTHER_NAME, "") for each in of_it)


def locked(session: Session, donor_id: int) -> Donor:
    """Return a donor whom nobody else names or has declare until the commit."""
    wanted = {"key_share": True}  # rows that merely name the donor need not wait
    return session.get_one(Donor, donor_id, with_for_update=wanted, populate_existing=True)


def _is_renewal(session: Session, donation: Donation) -> bool:
    if donation.plan_id is None:
        return False
    before = exists().where(
        Donation.plan_id == donation.plan_id,
        Donation.state == DonationState.PAID,
        Donation.id != donation.id,
    )
    return bool(session.scalar(select(before)))


def _words(name: str) -> list[str]:
    return name.casefold().split()
