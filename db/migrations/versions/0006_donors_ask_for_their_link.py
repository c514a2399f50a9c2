"""Who asks for the link to a donor's own page writes a row, and a worker answers it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "donor_link_request",
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_link_request")),
    )
    op.create_index(
        "ix_donor_link_request_asked_at", "donor_link_request", ["asked_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_donor_link_request_asked_at", table_name="donor_link_request")
    op.drop_table("donor_link_request")
