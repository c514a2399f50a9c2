"""The announcement engine: schedules, embargoes, audiences, pauses, paces, attachments, reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "epoch",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_epoch_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
    )
    op.create_table(
        "pace",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("per_second", sa.Double(), nullable=True),
        sa.Column("slowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_pace")),
    )
    op.create_table(
        "pace_count",
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mails", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_pace_count")),
    )
    op.create_table(
        "sending_limit",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("per_second", sa.Double(), nullable=True),
        sa.Column("window_mails", sa.BigInteger(), nullable=True),
        sa.Column("window_seconds", sa.BigInteger(), nullable=True),
        sa.Column("connections", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(window_mails IS NULL) = (window_seconds IS NULL) AND window_mails > 0 AND window_seconds > 0",
            name=op.f("ck_sending_limit_window"),
        ),
        sa.CheckConstraint(
            "connections IS NULL OR connections > 0", name=op.f("ck_sending_limit_connections")
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_sending_limit_one_row")),
        sa.CheckConstraint(
            "per_second IS NULL OR per_second > 0", name=op.f("ck_sending_limit_per_second")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_limit")),
    )
    op.create_table(
        "attachment",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["release.id"],
            name=op.f("fk_attachment_release_id_release"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("release_id", "name", name=op.f("uq_attachment_release_id_name")),
    )
    op.create_table(
        "announcement_report",
        sa.Column("announcement_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_report_announcement_id_announcement"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("announcement_id", name=op.f("pk_announcement_report")),
    )
    op.add_column("announcement", sa.Column("break_glass_reason", sa.Text(), nullable=True))
    op.add_column(
        "announcement", sa.Column("audience", sa.Text(), server_default="public", nullable=False)
    )
    op.add_column(
        "announcement", sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=True)
    )
    op.add_column(
        "announcement", sa.Column("fallback", sa.Boolean(), server_default="true", nullable=False)
    )
    op.add_column("announcement", sa.Column("start_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "announcement", sa.Column("zone", sa.Text(), server_default="UTC", nullable=False)
    )
    op.add_column("announcement", sa.Column("rate", sa.Double(), nullable=True))
    op.add_column(
        "announcement", sa.Column("goes_on", sa.Boolean(), server_default="false", nullable=False)
    )
    op.drop_index(
        op.f("uq_announcement_open"),
        table_name="announcement",
        postgresql_where="(state <> 'cancelled'::text)",
    )
    op.create_index(
        "uq_announcement_open",
        "announcement",
        ["release_id", "audience"],
        unique=True,
        postgresql_where="state NOT IN ('finished', 'cancelled')",
    )
    op.drop_constraint("ck_announcement_two_people", "announcement")
    op.create_check_constraint(
        "two_people",
        "announcement",
        "approver_id IS NULL OR approver_id <> author_id OR break_glass_reason IS NOT NULL",
    )
    op.create_check_constraint(
        "scheduled", "announcement", "state <> 'scheduled' OR start_at IS NOT NULL"
    )
    op.create_check_constraint("rate", "announcement", "rate IS NULL OR rate > 0")
    op.add_column(
        "announcement_event",
        sa.Column("tell", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "announcement_event", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "batch", sa.Column("accepted", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "batch", sa.Column("refused", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("delivery", sa.Column("provider", sa.Text(), nullable=True))
    op.add_column("release", sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "release", sa.Column("embargo_zone", sa.Text(), server_default="UTC", nullable=False)
    )
    op.add_column("release", sa.Column("amends", sa.Text(), nullable=True))
    op.add_column("release", sa.Column("amended_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_release_amended_id", "release", ["amended_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_release_amended_id_release"),
        "release",
        "release",
        ["amended_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_check_constraint("amends", "release", "(amends IS NULL) = (amended_id IS NULL)")
    op.create_check_constraint("amends_another", "release", "amended_id <> id")
    # What the audit chain holds the digest of is not changed behind it.
    op.execute("""
        CREATE trigger append_only BEFORE UPDATE OR DELETE ON announcement_report
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    # That staff were told is noted in the event itself, once it has happened; all else of it stays.
    op.execute("DROP TRIGGER append_only ON announcement_event")
    op.execute("""
        CREATE TRIGGER append_only
        BEFORE DELETE OR UPDATE OF id, announcement_id, at, staff_id, state_before, state_after, note, tell
        ON announcement_event FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.add_column(
        "topic", sa.Column("by_invitation", sa.Boolean(), server_default="false", nullable=False)
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only ON announcement_event")
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON announcement_event
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.drop_constraint("ck_release_amends_another", "release")
    op.drop_constraint("ck_release_amends", "release")
    op.drop_constraint("ck_announcement_rate", "announcement")
    op.drop_constraint("ck_announcement_scheduled", "announcement")
    op.drop_constraint("ck_announcement_two_people", "announcement")
    op.create_check_constraint(
        "two_people", "announcement", "approver_id IS NULL OR approver_id <> author_id"
    )
    op.drop_column("topic", "by_invitation")
    op.drop_constraint(op.f("fk_release_amended_id_release"), "release", type_="foreignkey")
    op.drop_index("ix_release_amended_id", table_name="release")
    op.drop_column("release", "amended_id")
    op.drop_column("release", "amends")
    op.drop_column("release", "embargo_zone")
    op.drop_column("release", "embargo_until")
    op.drop_column("delivery", "provider")
    op.drop_column("batch", "refused")
    op.drop_column("batch", "accepted")
    op.drop_column("announcement_event", "told_at")
    op.drop_column("announcement_event", "tell")
    op.drop_index(
        "uq_announcement_open",
        table_name="announcement",
        postgresql_where="state NOT IN ('finished', 'cancelled')",
    )
    op.create_index(
        op.f("uq_announcement_open"),
        "announcement",
        ["release_id"],
        unique=True,
        postgresql_where="(state <> 'cancelled'::text)",
    )
    op.drop_column("announcement", "goes_on")
    op.drop_column("announcement", "rate")
    op.drop_column("announcement", "zone")
    op.drop_column("announcement", "start_at")
    op.drop_column("announcement", "fallback")
    op.drop_column("announcement", "languages")
    op.drop_column("announcement", "audience")
    op.drop_column("announcement", "break_glass_reason")
    op.drop_table("announcement_report")
    op.drop_table("attachment")
    op.drop_table("sending_limit")
    op.drop_table("pace_count")
    op.drop_table("pace")
    op.drop_table("epoch")
