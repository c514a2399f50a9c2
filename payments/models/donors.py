"""Tables: who gives, and what they declared about their taxes."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Dated, Numbered
from db.rotation import sealed


class Donor(Numbered, Dated, Base):
    """A person who gives: found by the keyed hash of their address, and never joined with a subscriber.

    Once erased nothing personal is left of the row; what was given stays in the books.
    """

    __tablename__ = "donor"
    __table_args__ = (
        UniqueConstraint("address_index"),
        UniqueConstraint("reference"),
        CheckConstraint("(erased_at IS NOT NULL) = (address = ''::bytea)", name="erased_address"),
        CheckConstraint(
            "erased_at IS NULL OR (name IS NULL AND postal_address IS NULL)", name="erased_name"
        ),
    )

    #: What links of ours name them by; says nothing.
    reference: Mapped[UUID] = mapped_column(default=uuid4)
    #: The mail address, sealed and bound to `address_index`; empty once it is erased.
    address: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("address_index"))
    #: The keyed hash an address is found by: not the hash a subscriber has; random once erased.
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    #: Sealed and bound to `reference`.
    name: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("reference"))
    #: Sealed and bound to `reference`: what a tax declaration asks for.
    postal_address: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("reference"))
    language: Mapped[str] = mapped_column(Text)
    #: Rises when every link mailed so far must stop working.
    token_version: Mapped[int] = mapped_column(default=1, server_default="1")
    erased_at: Mapped[datetime | None]


class Declaration(Numbered, Base):
    """A donor's declaration that their gifts are from taxed income (UK Gift Aid); kept with its wording.

    HMRC asks for name, home address, which gifts, and the date; what was declared is not changed but ended.
    """

    __tablename__ = "declaration"
    __table_args__ = (
        Index("ix_declaration_donor_id", "donor_id"),
        Index(
            "uq_declaration_standing", "donor_id", unique=True, postgresql_where="ended_at IS NULL"
        ),
    )

    donor_id: Mapped[int] = mapped_column(ForeignKey("donor.id", ondelete="RESTRICT"))
    #: The sentence that was agreed to.
    wording: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
