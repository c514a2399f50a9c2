"""Tables: what is given. Each gift is a donation; a plan is the promise of one each month or year."""

import enum
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Dated, Numbered
from db.rotation import sealed
from db.types import Word
from payments.models.donors import Donor


class DonationState(enum.StrEnum):
    """Where a gift stands; refunds and disputes are rows of their own, from which the rest follows."""

    CREATED = "created"
    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class PlanState(enum.StrEnum):
    """Where a recurring gift stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAST_DUE = "past due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    ENDING = "ending"
    ENDED = "ended"


class Interval(enum.StrEnum):
    """How often a plan gives."""

    MONTH = "month"
    YEAR = "year"


class Channel(enum.StrEnum):
    """By which way the money came."""

    STRIPE = "stripe"
    CHEQUE = "cheque"
    TRANSFER = "transfer"
    CASH = "cash"


class CheckoutState(enum.StrEnum):
    """Where one attempt at Stripe's hosted page stands; NEW is written before Stripe is asked."""

    NEW = "new"
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"
    REFUSED = "refused"


class Tribute(enum.StrEnum):
    """In whose name a gift is made."""

    HONOUR = "honour"
    MEMORY = "memory"


class Fund(Numbered, Dated, Base):
    """What a gift is for; a retired one is offered to nobody."""

    __tablename__ = "fund"
    __table_args__ = (UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    retired_at: Mapped[datetime | None]


class Given:
    """What a donation and a plan have in common: how much, for what, in whose name."""

    #: What Stripe knows it by, in `metadata` and `client_reference_id`; says nothing.
    reference: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    #: In the currency's minor units (payments/currencies.py), costs included.
    amount: Mapped[int]
    #: How much of it the donor added for the costs.
    costs: Mapped[int] = mapped_column(default=0, server_default="0")
    #: ISO 4217, in capitals.
    currency: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    #: Not to be named on any page or list.
    anonymous: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    tribute: Mapped[Tribute | None] = mapped_column(Word(Tribute))
    #: JSON: in whose name, whom to notify, a message to us; sealed and bound to `reference`.
    words: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("reference"))
    #: The form's nonce: a double click is one gift.
    nonce: Mapped[str | None] = mapped_column(Text, unique=True)


class Plan(Numbered, Dated, Given, Base):
    """A recurring gift: Stripe asks for each payment, and each that is paid is a donation of its own."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("amount > 0 AND costs >= 0 AND costs < amount", name="amount"),
        UniqueConstraint("subscription_id"),
        Index("ix_plan_donor_id", "donor_id"),
        Index("ix_plan_customer_id", "customer_id"),
    )

    donor_id: Mapped[int] = mapped_column(ForeignKey("donor.id", ondelete="RESTRICT"))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id", ondelete="RESTRICT"))
    interval: Mapped[Interval] = mapped_column(Word(Interval))
    state: Mapped[PlanState] = mapped_column(Word(PlanState), server_default="pending")
    subscription_id: Mapped[str | None] = mapped_column(Text)
    customer_id: Mapped[str | None] = mapped_column(Text)
    #: When Stripe asks for the next payment.
    next_payment_at: Mapped[datetime | None]
    #: Until when nothing is asked for.
    paused_until: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    #: Stripe's word for why it ended.
    ended_reason: Mapped[str | None] = mapped_column(Text)
    #: For which renewal the donor was last given notice.
    noticed_for: Mapped[datetime | None]

    donor: Mapped[Donor] = relationship()
    fund: Mapped[Fund | None] = relationship()


class Donation(Numbered, Dated, Given, Base):
    """One gift. Money exists where its state is 'paid', and not before."""

    __tablename__ = "donation"
    __table_args__ = (
        CheckConstraint("amount > 0 AND costs >= 0 AND costs < amount", name="amount"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_at"),
        CheckConstraint("(channel = 'stripe') = (received_on IS NULL)", name="received_on"),
        CheckConstraint("(channel = 'stripe') = (entered_by IS NULL)", name="entered_by"),
        UniqueConstraint("invoice_id"),
        Index("ix_donation_donor_id", "donor_id"),
        Index("ix_donation_plan_id", "plan_id"),
        Index("ix_donation_paid_at", "paid_at"),
        Index("ix_donation_joins_list", "id", postgresql_where="joins_list"),
    )

    #: None for a gift by transfer whose giver nobody knows.
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("donor.id", ondelete="RESTRICT"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="RESTRICT"))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id", ondelete="RESTRICT"))
    channel: Mapped[Channel] = mapped_column(Word(Channel), server_default="stripe")
    state: Mapped[DonationState] = mapped_column(Word(DonationState), server_default="created")
    #: The invoice of a plan's payment: one gift for each.
    invoice_id: Mapped[str | None] = mapped_column(Text)
    paid_at: Mapped[datetime | None]
    #: When an offline gift arrived, and who entered it.
    received_on: Mapped[date | None] = mapped_column(Date)
    entered_by: Mapped[int | None] = mapped_column(
        ForeignKey("staff_member.id", ondelete="RESTRICT")
    )
    #: 'Join the mailing list' was ticked; taken back once the request was made.
    joins_list: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")

    donor: Mapped[Donor | None] = relationship()
    plan: Mapped[Plan | None] = relationship()
    fund: Mapped[Fund | None] = relationship()


class Checkout(Numbered, Dated, Base):
    """One attempt at Stripe's hosted page, for a donation or for a plan; written before Stripe is asked.

    The request is frozen here, so that a repeated call is the same call: its idempotency key is made of the
    reference and the attempt. Of one gift at most one attempt may be payable.
    """

    __tablename__ = "checkout"
    __table_args__ = (
        CheckConstraint("num_nonnulls(donation_id, plan_id) = 1", name="of_one"),
        UniqueConstraint("donation_id", "attempt"),
        UniqueConstraint("plan_id", "attempt"),
        UniqueConstraint("session_id"),
        Index(
            "uq_checkout_payable_donation",
            "donation_id",
            unique=True,
            postgresql_where="state IN ('new', 'open')",
        ),
        Index(
            "uq_checkout_payable_plan",
            "plan_id",
            unique=True,
            postgresql_where="state IN ('new', 'open')",
        ),
        Index("ix_checkout_expires_at", "expires_at", postgresql_where="state IN ('new', 'open')"),
    )

    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id", ondelete="RESTRICT"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="RESTRICT"))
    attempt: Mapped[int]
    state: Mapped[CheckoutState] = mapped_column(Word(CheckoutState), server_default="new")
    #: What Stripe is asked, as it is asked: opaque ids and amounts, nothing of the person.
    request: Mapped[dict[str, object]] = mapped_column(JSONB)
    session_id: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime]

    donation: Mapped[Donation | None] = relationship()
    plan: Mapped[Plan | None] = relationship()


class GivingEvent(Numbered, Base):
    """What happened to a donation or a plan; rows are only ever added, and name ids alone."""

    __tablename__ = "giving_event"
    __table_args__ = (
        CheckConstraint("num_nonnulls(donation_id, plan_id) >= 1", name="of_something"),
        Index("ix_giving_event_donation_id", "donation_id"),
        Index("ix_giving_event_plan_id", "plan_id"),
    )

    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id", ondelete="RESTRICT"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text)
    #: An id of Stripe's, or a state; never a name.
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="RESTRICT"))
