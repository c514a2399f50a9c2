"""Tables: what donors ask for, before anything is done about it."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Numbered


class DonorLinkRequest(Numbered, Base):
    """Somebody asked for the link to a donor's own page; a worker answers by a mail, or by nothing.

    One row whoever the address is of, so that the page cannot tell who gives; gone once it is answered.
    """

    __tablename__ = "donor_link_request"
    __table_args__ = (Index("ix_donor_link_request_asked_at", "asked_at"),)

    #: The keyed hash that a donor of this address has; the address itself is nowhere but in their row.
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    #: The language of the page it was asked on: the mail's, where the donor has none of their own.
    language: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
