"""Own gifts: what a donor's own page lists of their gifts, receipts and plans; it changes nothing."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import mirroring, numbering, receipts, standing
from payments.documents import issuer
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation, DonationState, Interval, Plan, PlanState
from payments.models.receipts import Receipt
from payments.standing import Standing


class Fate(enum.Enum):
    """How a gift stands, as its donor would say it."""

    RECEIVED = "received"
    ON_ITS_WAY = "on its way"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly refunded"
    #: Their bank has asked for it, and nobody has decided.
    DISPUTED = "disputed"
    #: Their bank has taken it back.
    TAKEN_BACK = "taken back"
    #: Staff had entered it by mistake, and took it back.
    VOID = "void"
    NOT_COMPLETED = "not completed"


@dataclass(frozen=True, slots=True)
class OwnGift:
    """One gift: amounts in minor units, the day in the organisation's time zone."""

    day: date
    amount: int
    kept: int
    currency: str
    fate: Fate
    #: '' where none was chosen.
    fund: str
    #: How often the plan gives that it is a payment of, None where it is of none.
    interval: Interval | None
    #: The numbers of its receipts, the newest first: that one holds.
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """A regular gift; days are the organisation's, None where there is none or nobody knows it."""

    reference: str
    amount: int
    currency: str
    interval: Interval
    state: PlanState
    fund: str
    next_on: date | None
    is_paused: bool
    paused_until: date | None
    ends_on: date | None

    @property
    def is_running(self) -> bool:
        """Whether anything of it can be changed."""
        return self.state is not PlanState.ENDED


@dataclass(frozen=True, slots=True)
class OwnGifts:
    """Everything that the page lists."""

    #: The newest first, at most limits.OWN_GIFTS of them.
    gifts: tuple[OwnGift, ...]
    #: How many older ones are not listed.
    older: int
    #: The years in which something was given, the last first.
    years: tuple[int, ...]
    #: Those that run before those that ended, the newest first.
    plans: tuple[OwnPlan, ...]


def of(session: Session, donor: Donor) -> OwnGifts:
    """Return what a donor gave and gives."""
    zone = issuer.of(session).zone
    dated = sorted(_dated(session, donor, zone), key=lambda each: each[:2], reverse=True)
    listed = dated[: limits.OWN_GIFTS]
    numbers = _numbers(session, donor)
    return OwnGifts(
        gifts=tuple(_gift(session, gift, day, numbers) for day, _, gift in listed),
        older=len(dated) - len(listed),
        years=_years(dated),
        plans=_plans(session, donor, zone),
    )


def years(session: Session, donor: Donor) -> tuple[int, ...]:
    """Return the years that a donor can have a statement of, the last first."""
    return _years(_dated(session, donor, issuer.of(session).zone))


def receipt(session: Session, donor: Donor, number: str) -> Receipt | None:
    """Return a receipt by the number that people read, None where it is not this donor's."""
    try:
        found = numbering.named(session, number)
    except numbering.UnknownNumber:
        return None
    return found if found.donor_id == donor.id else None


def plan(session: Session, donor: Donor, reference: str) -> Plan | None:
    """Return a plan by its reference, None where it is not this donor's."""
    try:
        wanted = UUID(reference)
    except ValueError:
        return None
    theirs = Plan.donor_id == donor.id, Plan.reference == wanted
    return session.scalar(select(Plan).where(*theirs))


# -- Gifts -----------------------------------------------------------------------------------------


def _dated(session: Session, donor: Donor, zone: str) -> list[tuple[date, int, Donation]]:
    """Return all gifts of a donor, each with its day and its number in the table."""
    theirs = session.scalars(select(Donation).where(Donation.donor_id == donor.id))
    return [(_day(each, zone), each.id, each) for each in theirs]


def _day(donation: Donation, zone: str) -> date:
    if donation.state is DonationState.PAID:
        return receipts.given_on(donation, zone)
    return donation.created_at.astimezone(ZoneInfo(zone)).date()


def _years(dated: Sequence[tuple[date, int, Donation]]) -> tuple[int, ...]:
    paid = {day.year for day, _, gift in dated if gift.state is DonationState.PAID}
    return tuple(sorted(paid, reverse=True))


def _numbers(session: Session, donor: Donor) -> Mapping[int, Sequence[str]]:
    """Return the number of a gift in its table -> the numbers of its receipts, the newest first."""
    found: dict[int, list[str]] = {}
    for each in receipts.of_donor(session, donor):
        if each.donation_id is not None:
            found.setdefault(each.donation_id, []).append(numbering.said(each))
    return found


def _gift(
    session: Session, donation: Donation, day: date, numbers: Mapping[int, Sequence[str]]
) -> OwnGift:
    stands = standing.of(session, donation)
    return OwnGift(
        day=day,
        amount=donation.amount,
        kept=stands.kept,
        currency=donation.currency,
        fate=_fate(donation, stands),
        fund=donation.fund.name if donation.fund else "",
        interval=donation.plan.interval if donation.plan else None,
        receipts=tuple(numbers.get(donation.id, ())),
    )


def _fate(donation: Donation, stands: Standing) -> Fate:
    if donation.state is DonationState.PROCESSING:
        return Fate.ON_ITS_WAY
    if donation.state is not DonationState.PAID:
        return Fate.NOT_COMPLETED
    # Of a gift that was paid twice, one payment given back takes nothing from it.
    if stands.kept == donation.amount or not stands.refunded + stands.lost:
        return Fate.DISPUTED if stands.disputed else Fate.RECEIVED
    if donation.channel is not Channel.STRIPE:
        return Fate.VOID
    if stands.lost:
        return Fate.TAKEN_BACK
    return Fate.PARTLY_REFUNDED if stands.kept else Fate.REFUNDED


# -- Plans -----------------------------------------------------------------------------------------


def _plans(session: Session, donor: Donor, zone: str) -> tuple[OwnPlan, ...]:
    """Return the plans that Stripe knows of; one whose form was never paid has not begun."""
    begun = Plan.donor_id == donor.id, Plan.subscription_id.is_not(None)
    rows = session.scalars(select(Plan).where(*begun).order_by(Plan.id.desc()))
    return tuple(sorted((_plan(each, zone) for each in rows), key=lambda each: not each.is_running))


def _plan(row: Plan, zone: str) -> OwnPlan:
    return OwnPlan(
        reference=str(row.reference),
        amount=row.amount,
        currency=row.currency,
        interval=row.interval,
        state=row.state,
        fund=row.fund.name if row.fund else "",
        next_on=_local(row.next_payment_at, zone),
        is_paused=row.paused_until is not None,
        paused_until=_local(row.paused_until, zone),
        ends_on=_local(row.ends_at, zone),
    )


def _local(at: datetime | None, zone: str) -> date | None:
    # 'For ever' is the last moment there is: no time zone east of Greenwich has it.
    if at is None or at == mirroring.FOR_EVER:
        return None
    return at.astimezone(ZoneInfo(zone)).date()
