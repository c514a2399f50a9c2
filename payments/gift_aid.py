"""Gift Aid: what a charity claims from HMRC, as the rows of its schedule of donations.

Which gifts were claimed before, and what was given back of them since, nobody here knows: that is between the
charity and HMRC, who has it taken off the next claim.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from payments import claimants, donors, numbering, receipts, standing, typed_names
from payments.claimants import Home, Name
from payments.documents import issuer
from payments.models.donors import Declaration, Donor
from payments.models.giving import Channel, Donation, DonationState
from payments.standing import Standing

CURRENCY: Final = "GBP"
COLUMNS: Final = (
    "Item",
    "Title",
    "First name or initial",
    "Last name",
    "House name or number",
    "Postcode",
    "Aggregated donations",
    "Sponsored event",
    "Donation date",
    "Amount",
)
"""The schedule's columns in their order; two of them are for what is not given here."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One gift that is claimed for; `amount` is what is kept of it, in pence."""

    name: Name
    home: Home
    given_on: date
    amount: int

    def row(self, item: int) -> tuple[str, ...]:
        """Return the schedule's row with this number."""
        pounds = f"{self.amount // 100}.{self.amount % 100:02}"
        who = self.name.title, self.name.first, self.name.last
        where = self.home.house, self.home.postcode
        return (str(item), *who, *where, "", "", f"{self.given_on:%d/%m/%y}", pounds)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A declared gift that cannot be claimed for as it stands: its receipt's number, and why."""

    receipt: str
    why: str


def claims(session: Session, first: date, last: date) -> Iterator[Claim | LeftOut]:
    """Give the declared gifts in pounds of these days, both included, by the day they were paid.

    A gift counts with what is kept of it; who wishes to be named nowhere is named to HMRC all the same.
    """
    zone = issuer.of(session).zone
    for donation in session.scalars(_given(first, last, zone)):
        stands = standing.of(session, donation)
        if stands.kept and _is_declared(session, donation, zone):
            yield _claim(session, donation, stands, receipts.given_on(donation, zone))


def covers(declaration: Declaration, day: date, zone: str) -> bool:
    """Tell whether a declaration covers gifts of a day in the IANA time zone `zone`.

    It does from the day it was made until the day before it was ended (notes to HMRC's model declaration).
    HMRC would have it reach back four years; nobody has proven who gave with the same mail address then.
    """
    if declaration.ended_at and day >= declaration.ended_at.astimezone(ZoneInfo(zone)).date():
        return False
    return day >= declaration.made_at.astimezone(ZoneInfo(zone)).date()


def _given(first: date, last: date, zone: str) -> Select[Donation]:
    """Select the paid gifts in pounds of these days that a donor gave who has ever declared."""
    begin = datetime.combine(first, time.min, ZoneInfo(zone))
    end = datetime.combine(last, time.max, ZoneInfo(zone))
    of_these_days = or_(
        and_(Donation.received_on.is_(None), Donation.paid_at.between(begin, end)),
        Donation.received_on.between(first, last),
    )
    paid = Donation.state == DonationState.PAID, Donation.currency == CURRENCY
    declaring = Donation.donor_id.in_(select(Declaration.donor_id))
    found = select(Donation).where(*paid, of_these_days, declaring)
    return found.order_by(Donation.paid_at, Donation.id)


def _is_declared(session: Session, donation: Donation, zone: str) -> bool:
    """Tell whether a declaration covers a gift's day, and was made no later than the gift itself.

    Words that took the place of others on a day go on from where those began.
    """
    theirs = select(Declaration).where(Declaration.donor_id == donation.donor_id)
    day = receipts.given_on(donation, zone)
    first = end = None
    for each in session.scalars(theirs.order_by(Declaration.id)):
        first = first if first is not None and end == each.made_at else each.made_at
        if covers(each, day, zone) and _is_begun_since(donation, first):
            return True
        end = each.ended_at
    return False


def _is_begun_since(donation: Donation, at: datetime) -> bool:
    """Tell whether a gift was begun at a time or later; of an offline gift the day alone is known."""
    return donation.channel is not Channel.STRIPE or donation.created_at >= at


def _claim(
    session: Session, donation: Donation, stands: Standing, given_on: date
) -> Claim | LeftOut:
    donor = session.get_one(Donor, donation.donor_id)
    name = claimants.name(donors.name_of(session, donor))
    home = claimants.home(donors.postal_address_of(session, donor))
    if donor.erased_at is not None:
        return _left_out(session, donation, "the donor was erased")
    if typed_names.is_other(session, donation):
        return _left_out(session, donation, "it was given in another name than the donor's")
    if stands.disputed:
        return _left_out(session, donation, "the donor's bank disputes it")
    if name is None:
        return _left_out(session, donation, "no first and last name is known")
    if home is None:
        return _left_out(session, donation, "no house with a UK postcode is known")
    return Claim(name, home, given_on, stands.kept)


def _left_out(session: Session, donation: Donation, why: str) -> LeftOut:
    receipt = receipts.last(session, donation)
    known_by = numbering.said(receipt) if receipt else f"gift {donation.reference}"
    return LeftOut(known_by, why)
