"""Asking, keeping and moving subscribers: requests and caps, preferences, erasure, imports, exports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cap",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "period_end", name=op.f("pk_cap")),
    )
    op.create_index("ix_cap_period_end", "cap", ["period_end"], unique=False)
    op.create_table(
        "retention_run",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_table(
        "spent_challenge",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_challenge")),
    )
    op.create_index(
        "ix_spent_challenge_expires_at", "spent_challenge", ["expires_at"], unique=False
    )
    op.create_table(
        "subscriber_import",
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reconfirm", sa.Boolean(), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("added", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refused", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber_import")),
    )
    op.create_index(
        "ix_subscriber_import_file_hash", "subscriber_import", ["file_hash"], unique=False
    )
    op.create_table(
        "address_change",
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("jti_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_address_change_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("jti_hash", name=op.f("uq_address_change_jti_hash")),
    )
    op.create_index(
        "ix_address_change_subscriber_id", "address_change", ["subscriber_id"], unique=False
    )
    op.create_table(
        "export_request",
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["staff_member.id"],
            name=op.f("fk_export_request_approved_by_staff_member"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff_member.id"], name=op.f("fk_export_request_asked_by_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_request")),
    )
    op.create_table(
        "subscription_request",
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("canonical_index", sa.LargeBinary(), nullable=False),
        sa.Column("domain_tag", sa.LargeBinary(), nullable=False),
        sa.Column("network_tag", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("wording_hash", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["wording_hash"],
            ["consent_wording.hash"],
            name=op.f("fk_subscription_request_wording_hash_consent_wording"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_request")),
    )
    op.create_index(
        "ix_subscription_request_asked_at", "subscription_request", ["asked_at"], unique=False
    )
    op.create_index(
        "ix_subscription_request_open",
        "subscription_request",
        ["id"],
        unique=False,
        postgresql_where="answered_at IS NULL",
    )
    op.add_column("consent_event", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("subscriber", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "subscriber", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "subscriber", sa.Column("plain_only", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("subscriber", sa.Column("pgp_certificate", sa.LargeBinary(), nullable=True))
    op.add_column("topic", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint("erased", "subscriber", "state = 'ended' OR erased_at IS NULL")
    op.create_check_constraint(
        "erased_address", "subscriber", "(erased_at IS NOT NULL) = (address = ''::bytea)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_subscriber_erased_address"), "subscriber", type_="check")
    op.drop_constraint(op.f("ck_subscriber_erased"), "subscriber", type_="check")
    op.drop_column("topic", "retired_at")
    op.drop_column("subscriber", "pgp_certificate")
    op.drop_column("subscriber", "plain_only")
    op.drop_column("subscriber", "paused_until")
    op.drop_column("subscriber", "erased_at")
    op.drop_column("consent_event", "reason")
    op.drop_index(
        "ix_subscription_request_open",
        table_name="subscription_request",
        postgresql_where="answered_at IS NULL",
    )
    op.drop_index("ix_subscription_request_asked_at", table_name="subscription_request")
    op.drop_table("subscription_request")
    op.drop_table("export_request")
    op.drop_index("ix_address_change_subscriber_id", table_name="address_change")
    op.drop_table("address_change")
    op.drop_index("ix_subscriber_import_file_hash", table_name="subscriber_import")
    op.drop_table("subscriber_import")
    op.drop_index("ix_spent_challenge_expires_at", table_name="spent_challenge")
    op.drop_table("spent_challenge")
    op.drop_table("retention_run")
    op.drop_index("ix_cap_period_end", table_name="cap")
    op.drop_table("cap")
