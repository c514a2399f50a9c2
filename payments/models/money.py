"""Tables: what Stripe says of the money. Each row has Stripe's own id, and is written as often as told."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Dated, Numbered


class Payment(Numbered, Dated, Base):
    """A payment intent that has succeeded: the money of a donation, in the donor's currency."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("payment_intent_id"),
        UniqueConstraint("charge_id"),
        Index("ix_payment_donation_id", "donation_id"),
        Index(
            "uq_payment_first",
            "donation_id",
            unique=True,
            postgresql_where="NOT duplicate",
        ),
    )

    payment_intent_id: Mapped[str] = mapped_column(Text)
    charge_id: Mapped[str | None] = mapped_column(Text)
    #: None while nobody knows whose it is: a refund or a dispute may come first.
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id", ondelete="RESTRICT"))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    #: Stripe's word for the kind of means: card, sepa_debit.
    method: Mapped[str | None] = mapped_column(Text)
    paid_at: Mapped[datetime]
    #: The gift was paid before: staff decide about giving this one back.
    duplicate: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")


class Refund(Numbered, Dated, Base):
    """Money given back, ours or made in Stripe's dashboard; a failed one has come back to us."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("refund_id"),
        Index("ix_refund_payment_intent_id", "payment_intent_id"),
    )

    #: None between our row and Stripe's answer: the idempotency key is made of this row's number.
    refund_id: Mapped[str | None] = mapped_column(Text)
    payment_intent_id: Mapped[str] = mapped_column(Text)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    #: Stripe's word: pending, requires_action, succeeded, failed, canceled; 'new' before it was asked.
    status: Mapped[str] = mapped_column(Text)
    failure_reason: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="RESTRICT"))


class Dispute(Numbered, Dated, Base):
    """A donor's bank asks for the money back, or asks about it (an inquiry moves no money)."""

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("dispute_id"),
        Index("ix_dispute_payment_intent_id", "payment_intent_id"),
    )

    dispute_id: Mapped[str] = mapped_column(Text)
    payment_intent_id: Mapped[str] = mapped_column(Text)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    #: Stripe's word, such as warning_needs_response, needs_response, won, lost.
    status: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    refundable: Mapped[bool] = mapped_column(Boolean)
    #: Stripe has taken the money, and whether it came back.
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    reinstated: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")


class FraudWarning(Numbered, Dated, Base):
    """The card's network thinks that its owner did not give: a full refund now saves a dispute."""

    __tablename__ = "fraud_warning"
    __table_args__ = (UniqueConstraint("warning_id"),)

    warning_id: Mapped[str] = mapped_column(Text)
    payment_intent_id: Mapped[str] = mapped_column(Text)
    actionable: Mapped[bool] = mapped_column(Boolean)


class LedgerEntry(Numbered, Base):
    """One Stripe balance transaction, in the currency it settled in; rows are only ever added.

    An offline gift has one of its own making, so that the books are one.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("balance_transaction_id"),
        Index("ix_ledger_entry_source_id", "source_id"),
        Index("ix_ledger_entry_made_at", "made_at"),
    )

    #: txn_… of Stripe's, or offline:<reference> of ours.
    balance_transaction_id: Mapped[str] = mapped_column(Text)
    #: The charge, refund, dispute or payout that it is about.
    source_id: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    reporting_category: Mapped[str] = mapped_column(Text)
    #: Minor units of `currency`; net = amount - fee.
    amount: Mapped[int]
    fee: Mapped[int]
    net: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    #: From the donor's currency into this one, where they differ.
    exchange_rate: Mapped[Decimal | None] = mapped_column(Numeric)
    balance_type: Mapped[str] = mapped_column(Text, default="payments", server_default="payments")
    made_at: Mapped[datetime]
    available_at: Mapped[datetime]
    written_at: Mapped[datetime]


class Payout(Numbered, Dated, Base):
    """Money that Stripe sent to our bank, or could not."""

    __tablename__ = "payout"
    __table_args__ = (UniqueConstraint("payout_id"),)

    payout_id: Mapped[str] = mapped_column(Text)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    automatic: Mapped[bool] = mapped_column(Boolean)
    #: completed, in_progress, not_applicable.
    reconciliation: Mapped[str] = mapped_column(Text)
    arrives_at: Mapped[datetime]
    made_at: Mapped[datetime]


class PayoutEntry(Base):
    """Which payout a balance transaction was paid out by; known later than the entry itself."""

    __tablename__ = "payout_entry"
    __table_args__ = (Index("ix_payout_entry_payout_id", "payout_id"),)

    balance_transaction_id: Mapped[str] = mapped_column(
        ForeignKey("ledger_entry.balance_transaction_id", ondelete="RESTRICT"), primary_key=True
    )
    payout_id: Mapped[str] = mapped_column(ForeignKey("payout.payout_id", ondelete="RESTRICT"))


class CardFailure(Base):
    """A payment that a card's bank refused: what the breaker against card testing counts; kept a day."""

    __tablename__ = "card_failure"
    __table_args__ = (Index("ix_card_failure_at", "at"),)

    #: The event that told of it, so that a replay counts once.
    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]
