"""Numbering: each year's documents are 1, 2, 3 and so on, and none is missing."""

import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from payments.models.receipts import Receipt, ReceiptSeries

_NUMBER: Final = re.compile(r"([0-9]{4})-([0-9]{5,9})")


class UnknownNumber(LookupError):
    """There is no receipt of this number."""

    def __init__(self) -> None:
        super().__init__(
            "There is no receipt of this number; write it as it is printed: 2026-00042."
        )


def take(session: Session, year: int) -> int:
    """Return a year's next number; nobody gets the one behind it before this transaction has ended.

    Taken back with everything else where it rolls back, so there are no gaps.
    """
    first = insert(ReceiptSeries).values(year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=["year"], set_={"last": ReceiptSeries.last + 1}
    )
    return session.scalars(following.returning(ReceiptSeries.last)).one()


def said(receipt: Receipt) -> str:
    """Return a receipt's number as people read it: 2026-00042."""
    return f"{receipt.year}-{receipt.number:05}"


def named(session: Session, number: str) -> Receipt:
    """Return the receipt of a number as people read it; raise UnknownNumber."""
    read = _NUMBER.fullmatch(number.strip())
    if read is None:
        raise UnknownNumber
    wanted = select(Receipt).where(Receipt.year == int(read[1]), Receipt.number == int(read[2]))
    receipt = session.scalar(wanted)
    if receipt is None:
        raise UnknownNumber
    return receipt
