"""A paid gift has one receipt, kept as it was mailed, and nothing of it can be changed."""

import hashlib
from contextlib import suppress
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from db.sealed import CannotOpen
from db.session import transaction
from payments import numbering, receipt_copies, receipts
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation
from payments.models.receipts import Receipt, ReceiptCopy, ReceiptKind
from tests.builders import NOW
from tests.cast import BORIS
from tests.payments.receipts import giver


def test_a_receipt_says_what_was_given_and_when(session: Session) -> None:
    receipt = receipts.issue(session, giver.paid(session, 5_000), now=NOW)
    assert (receipt.kind, receipt.amount, receipt.currency) == (ReceiptKind.GIFT, 5_000, "EUR")
    assert (receipt.given_on, receipt.pack) == (date(2026, 11, 22), "eu")
    assert numbering.said(receipt) == "2026-00001"


def test_the_kept_copy_is_the_one_of_the_hash(session: Session) -> None:
    receipt = receipts.issue(session, giver.paid(session), now=NOW)
    copy = receipt_copies.read(session, receipt)
    assert copy.startswith(b"%PDF-")
    assert hashlib.sha256(copy).digest() == receipt.sha256


def test_the_copy_is_sealed_and_bound_to_its_row(session: Session) -> None:
    first, second = (receipts.issue(session, giver.paid(session), now=NOW) for _ in range(2))
    mine, other = (session.get_one(ReceiptCopy, each.id) for each in (first, second))
    assert b"JVBER" not in mine.pdf  # '%PDF' in base64
    mine.pdf = other.pdf
    with pytest.raises(CannotOpen):
        receipt_copies.read(session, first)


def test_a_copy_that_is_not_what_was_given_is_not_handed_out(session: Session) -> None:
    first, second = (receipts.issue(session, giver.paid(session), now=NOW) for _ in range(2))
    mine, other = (session.get_one(ReceiptCopy, each.id) for each in (first, second))
    mine.pdf, mine.reference = other.pdf, other.reference
    with pytest.raises(receipt_copies.Spoilt):
        receipt_copies.read(session, first)


def test_a_gift_has_one_receipt_and_one_mail_however_often_it_is_asked_for(
    session: Session,
) -> None:
    donation = giver.paid(session)
    first = receipts.issue(session, donation, now=NOW)
    assert receipts.issue(session, donation, now=NOW) is first
    assert len(giver.letters(session)) == 1


def test_the_mail_carries_the_kept_copy(session: Session) -> None:
    receipt = receipts.issue(session, giver.paid(session), now=NOW)
    (letter,) = giver.letters(session)
    assert (letter.template, letter.address, letter.language) == ("receipt", BORIS, "en")
    assert [file.name for file in letter.attached] == ["2026-00001.pdf"]
    assert letter.attached[0].content == receipt_copies.read(session, receipt)


def test_what_is_rolled_back_was_never_given(app: Flask) -> None:
    with suppress(ZeroDivisionError), transaction() as session:
        receipts.issue(session, giver.paid(session), now=NOW)
        raise ZeroDivisionError
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 0
        assert giver.letters(session) == []
        assert receipts.issue(session, giver.paid(session), now=NOW).number == 1


@pytest.mark.parametrize("change", [update(Receipt).values(amount=1), delete(Receipt)])
def test_a_receipt_can_be_neither_changed_nor_deleted(app: Flask, change: object) -> None:
    with transaction() as session:
        receipts.issue(session, giver.paid(session), now=NOW)
        session.execute(delete(ReceiptCopy))
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(change)  # type: ignore[call-overload] # an update or a delete


def test_a_gift_of_nobody_we_know_has_a_receipt_and_no_mail(session: Session) -> None:
    donation = giver.paid(session)
    donation.donor = None
    assert receipts.issue(session, donation, now=NOW).donor_id is None
    assert giver.letters(session) == []


def test_who_was_erased_is_mailed_nothing(session: Session) -> None:
    donation = giver.paid(session)
    donor = session.get_one(Donor, donation.donor_id)
    donor.erased_at, donor.address, donor.name = NOW, b"", None
    receipts.issue(session, donation, now=NOW)
    assert giver.letters(session) == []


def test_an_offline_gift_is_of_the_day_it_arrived() -> None:
    cheque = Donation(channel=Channel.CHEQUE, received_on=date(2026, 3, 4), paid_at=NOW)
    assert receipts.given_on(cheque, "UTC") == date(2026, 3, 4)


def test_the_day_of_a_gift_is_the_organisation_s() -> None:
    gift = Donation(channel=Channel.STRIPE, paid_at=NOW.replace(month=12, day=31, hour=23))
    assert receipts.given_on(gift, "Asia/Amman") == date(2027, 1, 1)


def test_a_receipt_can_be_mailed_again_as_it_was(session: Session) -> None:
    receipt = receipts.issue(session, giver.paid(session), now=NOW)
    assert receipts.mail_again(session, receipt, now=NOW)
    first, again = giver.letters(session)
    assert (first.context, first.attached) == (again.context, again.attached)


def test_nothing_of_the_person_stands_in_the_rows_unsealed(session: Session) -> None:
    receipts.issue(session, giver.paid(session), now=NOW)
    for table in ("receipt", "receipt_copy", "outbox_mail"):
        rows = session.scalars(text(f"SELECT CAST(t AS text) FROM {table} t")).all()  # noqa: S608 - ours
        assert rows
        assert not [row for row in rows if "boris" in row.lower() or b"oris".hex() in row.lower()]


def mail_again_at_once(receipt_id: int) -> None:
    with transaction() as session:
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        receipts.mail_again(session, session.get_one(Receipt, receipt_id), now=NOW)


def test_who_is_erased_meanwhile_is_not_mailed_again(app: Flask) -> None:
    with transaction() as session:
        receipt_id = receipts.issue(session, giver.paid(session), now=NOW).id
    with transaction() as erasing:
        erasing.execute(select(Donation.id).with_for_update())
        with pytest.raises(OperationalError, match="lock timeout"):
            mail_again_at_once(receipt_id)
