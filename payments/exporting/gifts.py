"""Gifts for an accountant: each that was received, what went back of it, and its receipts."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, load_only

from config import limits
from db.sealed import CannotOpen
from payments import numbering, recipients, standing
from payments.exporting import rows
from payments.exporting.rows import Cell, ExportBroken, Table
from payments.exporting.spans import Span
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation, DonationState, Fund, Interval, Plan
from payments.models.money import Payment
from payments.models.receipts import Receipt

COLUMNS: Final = (
    *("reference", "received_on", "channel", "state", "amount", "currency", "costs", "fund"),
    *("plan", "interval", "refunded", "lost", "kept", "receipts", "payment_intent", "donor"),
)
NAMES: Final = ("donor_name", "donor_address")
"""The columns that say who gave."""
_BETWEEN: Final = ";"
"""Stands between the numbers of several receipts."""


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift as it is listed; amounts are minor units of `currency`."""

    id: int
    reference: UUID
    channel: Channel
    state: DonationState
    amount: int
    costs: int
    currency: str
    paid_at: datetime | None
    received_on: date | None
    fund: str | None
    plan: UUID | None
    interval: Interval | None
    donor: UUID | None
    #: The intent of the payment that counts.
    payment_intent_id: str | None
    #: What all its payments brought, what was given back of them, and what was lost in disputes.
    received: int
    refunded: int
    lost: int

    @property
    def kept(self) -> int:
        """What is left of the gift."""
        return standing.kept(self.amount, self.received, self.refunded, self.lost)


def table(session: Session, span: Span, *, names: bool) -> Table:
    """Return the gifts that were received in a span, and those begun in it that are on their way.

    `names` adds who gave.
    """
    return Table(COLUMNS + NAMES if names else COLUMNS, _rows(session, span, names=names))


def _rows(session: Session, span: Span, *, names: bool) -> Iterator[tuple[Cell, ...]]:
    statement = _gifts(span).execution_options(yield_per=limits.EXPORT_LINES)
    with session.execute(statement) as found:
        for chunk in found.partitions():
            listed = [Gift(*row) for row in chunk]
            numbers = _receipts(session, [gift.id for gift in listed])
            givers = _givers(session, [gift.id for gift in listed]) if names else {}
            for gift in listed:
                row = _row(gift, span, numbers.get(gift.id, ()))
                yield (*row, *givers.get(gift.id, ()))


def _row(gift: Gift, span: Span, numbers: Iterable[str]) -> tuple[Cell, ...]:
    refunded, lost, kept = (
        rows.amount(int(each), gift.currency) for each in (gift.refunded, gift.lost, gift.kept)
    )
    return (
        str(gift.reference),
        gift.received_on or (span.day(gift.paid_at) if gift.paid_at else None),
        gift.channel,
        gift.state,
        rows.amount(gift.amount, gift.currency),
        gift.currency,
        rows.amount(gift.costs, gift.currency),
        gift.fund,
        str(gift.plan) if gift.plan else None,
        gift.interval,
        *(refunded, lost, kept),
        _BETWEEN.join(numbers),
        gift.payment_intent_id,
        str(gift.donor) if gift.donor else None,
    )


def _receipts(session: Session, donation_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the numbers of the receipts of these gifts, the oldest first."""
    numbers: dict[int, list[str]] = {}
    theirs = select(Receipt).where(Receipt.donation_id.in_(donation_ids)).order_by(Receipt.id)
    needed = load_only(Receipt.donation_id, Receipt.year, Receipt.number)
    for receipt in session.scalars(theirs.options(needed)):
        numbers.setdefault(receipt.donation_id or 0, []).append(numbering.said(receipt))
    return numbers


def _givers(session: Session, donation_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return the name and the mail address of who gave each of these; raise ExportBroken."""
    theirs = select(Donation).where(Donation.id.in_(donation_ids))
    found = session.scalars(theirs.options(joinedload(Donation.donor)))
    return {donation.id: _named(session, donation) for donation in found}


def _named(session: Session, donation: Donation) -> tuple[str, str]:
    try:
        giver = recipients.of_gift(session, donation)
    except CannotOpen as fault:
        raise ExportBroken(
            f"Who gave {donation.reference} does not open: {fault}. The gifts were not exported whole."
        ) from None
    return giver.name, giver.mail_address


def _gifts(span: Span) -> Select[*tuple[Any, ...]]:
    """Return what makes each `Gift`, the first paid first."""
    first = and_(Payment.donation_id == Donation.id, ~Payment.duplicate)
    return (
        select(*_FIELDS)
        .select_from(Donation)
        .outerjoin(Payment, first)
        .outerjoin(Donation.donor)
        .outerjoin(Donation.plan)
        .outerjoin(Donation.fund)
        .where(_in(span))
        .order_by(func.coalesce(Donation.paid_at, Donation.created_at), Donation.id)
    )


def _in(span: Span) -> ColumnElement[bool]:
    online = Donation.channel == Channel.STRIPE
    paid = Donation.state == DonationState.PAID
    on_its_way = Donation.state == DonationState.PROCESSING
    return or_(
        and_(paid, online, Donation.paid_at >= span.begins, Donation.paid_at < span.ends),
        and_(paid, ~online, Donation.received_on.between(span.first, span.last)),
        and_(on_its_way, Donation.created_at >= span.begins, Donation.created_at < span.ends),
    )


_FIELDS: Final = (
    *(Donation.id, Donation.reference, Donation.channel, Donation.state, Donation.amount),
    *(Donation.costs, Donation.currency, Donation.paid_at, Donation.received_on),
    *(Fund.slug, Plan.reference, Plan.interval, Donor.reference, Payment.payment_intent_id),
    *(standing.RECEIVED_SUM, standing.REFUNDED_SUM, standing.LOST_SUM),
)
"""The fields of a `Gift`, in its order."""
