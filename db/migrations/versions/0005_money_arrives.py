"""Donations, plans, payments, the ledger, receipts, and what Stripe told us of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("giving_event", "ledger_entry", "payout_entry", "receipt", "reconciliation")


def upgrade() -> None:
    op.create_table(
        "card_failure",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_card_failure")),
    )
    op.create_index("ix_card_failure_at", "card_failure", ["at"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("dispute_id", sa.Text(), nullable=False),
        sa.Column("payment_intent_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refundable", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("reinstated", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("dispute_id", name=op.f("uq_dispute_dispute_id")),
    )
    op.create_index("ix_dispute_payment_intent_id", "dispute", ["payment_intent_id"], unique=False)
    op.create_table(
        "donor",
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("postal_address", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(erased_at IS NOT NULL) = (address = ''::bytea)", name=op.f("ck_donor_erased_address")
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR (name IS NULL AND postal_address IS NULL)",
            name=op.f("ck_donor_erased_name"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor")),
        sa.UniqueConstraint("address_index", name=op.f("uq_donor_address_index")),
        sa.UniqueConstraint("reference", name=op.f("uq_donor_reference")),
    )
    op.create_table(
        "fraud_warning",
        sa.Column("warning_id", sa.Text(), nullable=False),
        sa.Column("payment_intent_id", sa.Text(), nullable=False),
        sa.Column("actionable", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_warning")),
        sa.UniqueConstraint("warning_id", name=op.f("uq_fraud_warning_warning_id")),
    )
    op.create_table(
        "fund",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("slug", name=op.f("uq_fund_slug")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("balance_transaction_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("reporting_category", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(), nullable=True),
        sa.Column("balance_type", sa.Text(), server_default="payments", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "balance_transaction_id", name=op.f("uq_ledger_entry_balance_transaction_id")
        ),
    )
    op.create_index("ix_ledger_entry_made_at", "ledger_entry", ["made_at"], unique=False)
    op.create_index("ix_ledger_entry_source_id", "ledger_entry", ["source_id"], unique=False)
    op.create_table(
        "payout",
        sa.Column("payout_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("reconciliation", sa.Text(), nullable=False),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("payout_id", name=op.f("uq_payout_payout_id")),
    )
    op.create_table(
        "receipt_series",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_receipt_series")),
    )
    op.create_table(
        "reconciliation",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_table(
        "stripe_cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stripe_cursor")),
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("api_version", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
    )
    op.create_index(
        "ix_stripe_event_due",
        "stripe_event",
        ["next_try_at", "id"],
        unique=False,
        postgresql_where="state = 'new'",
    )
    op.create_index("ix_stripe_event_made_at", "stripe_event", ["made_at"], unique=False)
    op.create_index(
        "ix_stripe_event_object_id",
        "stripe_event",
        ["object_id"],
        postgresql_where="state = 'new'",
    )
    op.create_table(
        "declaration",
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"],
            ["donor.id"],
            name=op.f("fk_declaration_donor_id_donor"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
    )
    op.create_index("ix_declaration_donor_id", "declaration", ["donor_id"], unique=False)
    op.create_index(
        "uq_declaration_standing",
        "declaration",
        ["donor_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_table(
        "payout_entry",
        sa.Column("balance_transaction_id", sa.Text(), nullable=False),
        sa.Column("payout_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["balance_transaction_id"],
            ["ledger_entry.balance_transaction_id"],
            name=op.f("fk_payout_entry_balance_transaction_id_ledger_entry"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"],
            ["payout.payout_id"],
            name=op.f("fk_payout_entry_payout_id_payout"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("balance_transaction_id", name=op.f("pk_payout_entry")),
    )
    op.create_index("ix_payout_entry_payout_id", "payout_entry", ["payout_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("interval", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("subscription_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("next_payment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("noticed_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("costs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tribute", sa.Text(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "amount > 0 AND costs >= 0 AND costs < amount", name=op.f("ck_plan_amount")
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donor.id"], name=op.f("fk_plan_donor_id_donor"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_plan_fund_id_fund"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("nonce", name=op.f("uq_plan_nonce")),
        sa.UniqueConstraint("reference", name=op.f("uq_plan_reference")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_plan_subscription_id")),
    )
    op.create_index("ix_plan_customer_id", "plan", ["customer_id"], unique=False)
    op.create_index("ix_plan_donor_id", "plan", ["donor_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("refund_id", sa.Text(), nullable=True),
        sa.Column("payment_intent_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff_member.id"],
            name=op.f("fk_refund_asked_by_staff_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_refund_refund_id")),
    )
    op.create_index("ix_refund_payment_intent_id", "refund", ["payment_intent_id"], unique=False)
    op.create_table(
        "donation",
        sa.Column("donor_id", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), server_default="stripe", nullable=False),
        sa.Column("state", sa.Text(), server_default="created", nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.BigInteger(), nullable=True),
        sa.Column("joins_list", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("costs", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tribute", sa.Text(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(channel = 'stripe') = (entered_by IS NULL)", name=op.f("ck_donation_entered_by")
        ),
        sa.CheckConstraint(
            "(channel = 'stripe') = (received_on IS NULL)", name=op.f("ck_donation_received_on")
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_at IS NOT NULL)", name=op.f("ck_donation_paid_at")
        ),
        sa.CheckConstraint(
            "amount > 0 AND costs >= 0 AND costs < amount", name=op.f("ck_donation_amount")
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donor.id"], name=op.f("fk_donation_donor_id_donor"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["staff_member.id"],
            name=op.f("fk_donation_entered_by_staff_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_donation_fund_id_fund"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_donation_plan_id_plan"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_donation_invoice_id")),
        sa.UniqueConstraint("nonce", name=op.f("uq_donation_nonce")),
        sa.UniqueConstraint("reference", name=op.f("uq_donation_reference")),
    )
    op.create_index("ix_donation_donor_id", "donation", ["donor_id"], unique=False)
    op.create_index("ix_donation_paid_at", "donation", ["paid_at"], unique=False)
    op.create_index("ix_donation_joins_list", "donation", ["id"], postgresql_where="joins_list")
    op.create_index("ix_donation_plan_id", "donation", ["plan_id"], unique=False)
    op.create_table(
        "checkout",
        sa.Column("donation_id", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "num_nonnulls(donation_id, plan_id) = 1", name=op.f("ck_checkout_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"],
            ["donation.id"],
            name=op.f("fk_checkout_donation_id_donation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_checkout_plan_id_plan"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint("donation_id", "attempt", name=op.f("uq_checkout_donation_id_attempt")),
        sa.UniqueConstraint("plan_id", "attempt", name=op.f("uq_checkout_plan_id_attempt")),
        sa.UniqueConstraint("session_id", name=op.f("uq_checkout_session_id")),
    )
    op.create_index(
        "ix_checkout_expires_at",
        "checkout",
        ["expires_at"],
        unique=False,
        postgresql_where="state IN ('new', 'open')",
    )
    op.create_index(
        "uq_checkout_payable_donation",
        "checkout",
        ["donation_id"],
        unique=True,
        postgresql_where="state IN ('new', 'open')",
    )
    op.create_index(
        "uq_checkout_payable_plan",
        "checkout",
        ["plan_id"],
        unique=True,
        postgresql_where="state IN ('new', 'open')",
    )
    op.create_table(
        "giving_event",
        sa.Column("donation_id", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(donation_id, plan_id) >= 1", name=op.f("ck_giving_event_of_something")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"],
            ["donation.id"],
            name=op.f("fk_giving_event_donation_id_donation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_giving_event_plan_id_plan"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_member.id"],
            name=op.f("fk_giving_event_staff_id_staff_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_giving_event")),
    )
    op.create_index("ix_giving_event_donation_id", "giving_event", ["donation_id"], unique=False)
    op.create_index("ix_giving_event_plan_id", "giving_event", ["plan_id"], unique=False)
    op.create_table(
        "money_task",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("donation_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by IS NULL AND outcome IS NULL)",
            name=op.f("ck_money_task_done"),
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"],
            ["donation.id"],
            name=op.f("fk_money_task_donation_id_donation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["done_by"],
            ["staff_member.id"],
            name=op.f("fk_money_task_done_by_staff_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_task")),
        sa.UniqueConstraint("kind", "about", name=op.f("uq_money_task_kind_about")),
    )
    op.create_index(
        "ix_money_task_open",
        "money_task",
        ["due_at"],
        unique=False,
        postgresql_where="done_at IS NULL",
    )
    op.create_table(
        "payment",
        sa.Column("payment_intent_id", sa.Text(), nullable=False),
        sa.Column("charge_id", sa.Text(), nullable=True),
        sa.Column("donation_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duplicate", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"],
            ["donation.id"],
            name=op.f("fk_payment_donation_id_donation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("charge_id", name=op.f("uq_payment_charge_id")),
        sa.UniqueConstraint("payment_intent_id", name=op.f("uq_payment_payment_intent_id")),
    )
    op.create_index("ix_payment_donation_id", "payment", ["donation_id"], unique=False)
    op.create_index(
        "uq_payment_first",
        "payment",
        ["donation_id"],
        unique=True,
        postgresql_where="NOT duplicate",
    )
    op.create_table(
        "receipt",
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("donation_id", sa.BigInteger(), nullable=True),
        sa.Column("donor_id", sa.BigInteger(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("of_year", sa.SmallInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(kind = 'correction') = (corrects_id IS NOT NULL)", name=op.f("ck_receipt_corrects")
        ),
        sa.CheckConstraint(
            "(kind = 'statement') = (donation_id IS NULL)", name=op.f("ck_receipt_of_a_gift")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["receipt.id"],
            name=op.f("fk_receipt_corrects_id_receipt"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"],
            ["donation.id"],
            name=op.f("fk_receipt_donation_id_donation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donor.id"], name=op.f("fk_receipt_donor_id_donor"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint(
            "donation_id", "kind", "cause", name=op.f("uq_receipt_donation_id_kind_cause")
        ),
        sa.UniqueConstraint("year", "number", name=op.f("uq_receipt_year_number")),
    )
    op.create_index("ix_receipt_donor_id", "receipt", ["donor_id"], unique=False)
    op.create_index(
        "uq_receipt_gift", "receipt", ["donation_id"], unique=True, postgresql_where="kind = 'gift'"
    )
    op.create_table(
        "receipt_copy",
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["receipt.id"],
            name=op.f("fk_receipt_copy_receipt_id_receipt"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_copy")),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("receipt_copy")
    op.drop_index("uq_receipt_gift", table_name="receipt", postgresql_where="kind = 'gift'")
    op.drop_index("ix_receipt_donor_id", table_name="receipt")
    op.drop_table("receipt")
    op.drop_index("uq_payment_first", table_name="payment", postgresql_where="NOT duplicate")
    op.drop_index("ix_payment_donation_id", table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_money_task_open", table_name="money_task", postgresql_where="done_at IS NULL")
    op.drop_table("money_task")
    op.drop_index("ix_giving_event_plan_id", table_name="giving_event")
    op.drop_index("ix_giving_event_donation_id", table_name="giving_event")
    op.drop_table("giving_event")
    op.drop_index(
        "uq_checkout_payable_plan",
        table_name="checkout",
        postgresql_where="state IN ('new', 'open')",
    )
    op.drop_index(
        "uq_checkout_payable_donation",
        table_name="checkout",
        postgresql_where="state IN ('new', 'open')",
    )
    op.drop_index(
        "ix_checkout_expires_at", table_name="checkout", postgresql_where="state IN ('new', 'open')"
    )
    op.drop_table("checkout")
    op.drop_index("ix_donation_plan_id", table_name="donation")
    op.drop_index("ix_donation_paid_at", table_name="donation")
    op.drop_index("ix_donation_donor_id", table_name="donation")
    op.drop_table("donation")
    op.drop_index("ix_refund_payment_intent_id", table_name="refund")
    op.drop_table("refund")
    op.drop_index("ix_plan_donor_id", table_name="plan")
    op.drop_index("ix_plan_customer_id", table_name="plan")
    op.drop_table("plan")
    op.drop_index("ix_payout_entry_payout_id", table_name="payout_entry")
    op.drop_table("payout_entry")
    op.drop_index(
        "uq_declaration_standing", table_name="declaration", postgresql_where="ended_at IS NULL"
    )
    op.drop_index("ix_declaration_donor_id", table_name="declaration")
    op.drop_table("declaration")
    op.drop_index("ix_stripe_event_made_at", table_name="stripe_event")
    op.drop_index(
        "ix_stripe_event_due", table_name="stripe_event", postgresql_where="state = 'new'"
    )
    op.drop_table("stripe_event")
    op.drop_table("stripe_cursor")
    op.drop_table("reconciliation")
    op.drop_table("receipt_series")
    op.drop_table("payout")
    op.drop_index("ix_ledger_entry_source_id", table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_made_at", table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_table("fund")
    op.drop_table("fraud_warning")
    op.drop_table("donor")
    op.drop_index("ix_dispute_payment_intent_id", table_name="dispute")
    op.drop_table("dispute")
    op.drop_index("ix_card_failure_at", table_name="card_failure")
    op.drop_table("card_failure")
