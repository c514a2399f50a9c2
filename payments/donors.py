"""Donors: who gives, found by the keyed hash of their address, which is not the hash a subscriber has."""

from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.sealed import Keyring, keyring
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState

ADDRESS_COLUMN: Final = "donor.address"
"""What an address is sealed for, bound to `address_index`; its blind index is made for it too."""
NAME_COLUMN: Final = "donor.name"
"""What a name is sealed for, bound to the bytes of `reference`."""
POSTAL_ADDRESS_COLUMN: Final = "donor.postal_address"
"""What a postal address is sealed for, bound to the bytes of `reference`."""


def find_or_make(
    session: Session, address: str, *, language: str, name: str = "", now: datetime
) -> Donor:
    """Return the donor of a normalised mail address, locked; make them where there is none.

    Anybody may type anybody's address: until a gift of theirs was paid, a donor's name and language are what
    was typed last; from then on a form changes neither, so that no stranger renames whom receipts name.
    """
    keys = keyring(session)
    bound = index(keys, address)
    row = {
        "reference": uuid4(),
        "address": keys.seal(address, column=ADDRESS_COLUMN, row=bound),
        "address_index": bound,
        "language": language,
        "created_at": now,
    }
    donor = None
    # Who is erased between the two statements is nobody that we know, and is made anew.
    while donor is None:
        session.execute(
            insert(Donor).values(row).on_conflict_do_nothing(index_elements=["address_index"])
        )
        found = select(Donor).where(Donor.address_index == bound).with_for_update()
        donor = session.scalar(found.execution_options(populate_existing=True))
    if not _has_paid(session, donor):
        donor.language, donor.name = language, _sealed_name(keys, donor, name)
    return donor


def describe(session: Session, donor: Donor, *, name: str, postal_address: str) -> None:
    """Set what a donor declared, or staff read on a cheque or a statement; what is empty stays as it was."""
    keys, bound = keyring(session), donor.reference.bytes
    if name:
        donor.name = keys.seal(name, column=NAME_COLUMN, row=bound)
    if postal_address:
        donor.postal_address = keys.seal(postal_address, column=POSTAL_ADDRESS_COLUMN, row=bound)


def find(session: Session, address: str) -> Donor | None:
    """Return the donor of a normalised mail address, None where nobody gave with it."""
    bound = index(keyring(session), address)
    return session.scalar(select(Donor).where(Donor.address_index == bound))


def address_of(session: Session, donor: Donor) -> str:
    """Return a donor's mail address, "" once they are erased."""
    if donor.erased_at is not None:
        return ""
    return keyring(session).open(donor.address, column=ADDRESS_COLUMN, row=donor.address_index)


def name_of(session: Session, donor: Donor) -> str:
    """Return a donor's name, "" where they gave none or are erased."""
    if donor.name is None:
        return ""
    return keyring(session).open(donor.name, column=NAME_COLUMN, row=donor.reference.bytes)


def postal_address_of(session: Session, donor: Donor) -> str:
    """Return where a donor lives, in lines, "" where they never said or are erased."""
    if donor.postal_address is None:
        return ""
    bound = donor.reference.bytes
    return keyring(session).open(donor.postal_address, column=POSTAL_ADDRESS_COLUMN, row=bound)


def index(keys: Keyring, address: str) -> bytes:
    """Return the blind index of a normalised address; spellings in other case share it."""
    return keys.index(ADDRESS_COLUMN, address.lower())


def _sealed_name(keys: Keyring, donor: Donor, name: str) -> bytes | None:
    bound = donor.reference.bytes
    return keys.seal(name, column=NAME_COLUMN, row=bound) if name else None


def _has_paid(session: Session, donor: Donor) -> bool:
    paid = exists().where(Donation.donor_id == donor.id, Donation.state == DonationState.PAID.value)
    return bool(session.scalar(select(paid)))
