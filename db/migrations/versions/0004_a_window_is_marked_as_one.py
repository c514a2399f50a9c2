"""A window is marked on its batch, in one row; an epoch says which journals speak of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WINDOW = ("window_first_id", "window_last_id", "window_at")


def upgrade() -> None:
    op.add_column("batch", sa.Column("window_first_id", sa.BigInteger(), nullable=True))
    op.add_column("batch", sa.Column("window_last_id", sa.BigInteger(), nullable=True))
    op.add_column("batch", sa.Column("window_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        "window_whole",
        "batch",
        "num_nonnulls(window_first_id, window_last_id, window_at) IN (0, 3)",
    )
    op.create_index(
        "ix_batch_window",
        "batch",
        ["announcement_id"],
        postgresql_where="window_at IS NOT NULL",
    )
    op.add_column("epoch", sa.Column("since", sa.BigInteger(), server_default="0", nullable=False))
    # Whoever had marked them is gone, or has not stopped for this migration: nobody can say.
    op.execute("""
        UPDATE delivery SET doubts = doubts + 1, reason = 'the worker was lost while it was sending',
               state = CASE WHEN doubts = 0 THEN 'queued' ELSE 'uncertain' END
         WHERE state = 'sending'
    """)
    op.drop_constraint("fk_delivery_announcement_id_announcement", "delivery", type_="foreignkey")


def downgrade() -> None:
    op.create_foreign_key(
        "fk_delivery_announcement_id_announcement",
        "delivery",
        "announcement",
        ["announcement_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.execute("""
        UPDATE delivery SET state = 'sending' FROM batch
         WHERE delivery.id BETWEEN batch.window_first_id AND batch.window_last_id
           AND delivery.state = 'queued'
    """)
    op.drop_column("epoch", "since")
    op.drop_index("ix_batch_window", table_name="batch")
    op.drop_constraint(op.f("ck_batch_window_whole"), "batch", type_="check")
    for name in _WINDOW:
        op.drop_column("batch", name)
