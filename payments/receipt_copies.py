"""The copies of receipts: each PDF as it was mailed, sealed, and held against its hash when it is read."""

import base64
import hashlib
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

from db.sealed import keyring
from payments.models.receipts import Receipt, ReceiptCopy

COLUMN: Final = "receipt_copy.pdf"


class Spoilt(Exception):
    """The copy of a receipt is not what was given."""

    def __init__(self) -> None:
        super().__init__("The kept copy was changed; take it from a backup of the database.")


def keep(session: Session, receipt: Receipt, pdf: bytes) -> None:
    """Write a new receipt with its hash, and its copy beside it."""
    receipt.sha256 = hashlib.sha256(pdf).digest()
    session.add(receipt)
    session.flush()  # the copy names it by its number in the table
    reference = uuid4()
    sealed = keyring(session).seal(
        base64.b64encode(pdf).decode(), column=COLUMN, row=reference.bytes
    )
    session.add(ReceiptCopy(receipt_id=receipt.id, reference=reference, pdf=sealed))


def read(session: Session, receipt: Receipt) -> bytes:
    """Return the PDF of a receipt; raise Spoilt, or db.sealed.CannotOpen."""
    copy = session.get_one(ReceiptCopy, receipt.id)
    text = keyring(session).open(copy.pdf, column=COLUMN, row=copy.reference.bytes)
    pdf = base64.b64decode(text)
    if hashlib.sha256(pdf).digest() != receipt.sha256:
        raise Spoilt
    return pdf
