"""The list of gifts that staff read, newest first, page by page; it names no donor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from config import limits
from payments import standing
from payments.models.giving import Channel, Donation, DonationState
from payments.models.money import Dispute, Payment, Refund


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which gifts of the list are wanted; None wants any."""

    state: DonationState | None = None
    channel: Channel | None = None
    fund_id: int | None = None
    #: Any day of the month that the gift is of, in the organisation's time zone.
    month: date | None = None
    donor_id: int | None = None
    plan_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One gift of the list, and whether something happened to its money since."""

    gift: Donation
    given_back: bool
    disputed: bool
    paid_twice: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some gifts, and the number before which the next page begins; None behind the last."""

    lines: Sequence[Line]
    before: int | None


def page(session: Session, wanted: Wanted, *, zone: str, before: int | None = None) -> Page:
    """Return the newest gifts that are wanted, of those with a number below `before`."""
    found = _wanted(wanted, zone).order_by(Donation.id.desc()).limit(limits.PAGE_ROWS + 1)
    if before is not None:
        found = found.where(Donation.id < before)
    rows = session.execute(found.options(joinedload(Donation.fund))).all()
    shown = rows[: limits.PAGE_ROWS]
    more = len(rows) > len(shown)
    lines = [Line(*row) for row in shown]
    return Page(lines, lines[-1].gift.id if more else None)


def any_at_all(session: Session) -> bool:
    """Tell whether anything was ever given, or begun."""
    return session.scalar(select(Donation.id).limit(1)) is not None


def _wanted(wanted: Wanted, zone: str) -> Select[Donation, bool, bool, bool]:
    rows = select(Donation, _given_back(), _disputed(), _paid_twice())
    for column, value in (
        (Donation.state, wanted.state),
        (Donation.channel, wanted.channel),
        (Donation.fund_id, wanted.fund_id),
        (Donation.donor_id, wanted.donor_id),
        (Donation.plan_id, wanted.plan_id),
    ):
        if value is not None:
            rows = rows.where(column == value)
    return rows.where(_in_month(wanted.month, zone)) if wanted.month else rows


def _in_month(day: date, zone: str) -> ColumnElement[bool]:
    """Tell which gifts are of a month: paid in it, arrived by another way, or begun and never paid."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    at = func.coalesce(Donation.paid_at, Donation.created_at)
    online = and_(at >= _midnight(first, zone), at < _midnight(after, zone))
    offline = and_(Donation.received_on >= first, Donation.received_on < after)
    return or_(and_(Donation.received_on.is_(None), online), offline)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def _given_back() -> ColumnElement[bool]:
    back = Refund.payment_intent_id == Payment.payment_intent_id
    return exists().where(
        Payment.donation_id == Donation.id, back, Refund.status.in_(standing.GIVEN_BACK)
    )


def _disputed() -> ColumnElement[bool]:
    about = Dispute.payment_intent_id == Payment.payment_intent_id
    against = standing.DISPUTED | standing.LOST
    return exists().where(Payment.donation_id == Donation.id, about, Dispute.status.in_(against))


def _paid_twice() -> ColumnElement[bool]:
    return exists().where(Payment.donation_id == Donation.id, Payment.duplicate)
