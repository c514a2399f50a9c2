"""What staff enter is a gift as any other: paid, in the books, with a receipt that says how it came."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import languages, limits
from db.session import transaction
from payments import donors, offline, receipt_copies, receipts, reconciling, standing, statements
from payments.documents import packs
from payments.findings import Finding
from payments.models.giving import Channel, Donation, DonationState, GivingEvent
from payments.models.money import LedgerEntry, Payment
from payments.models.receipts import Receipt, ReceiptCopy, ReceiptSeries
from payments.offline_gifts import BadGift
from tests.builders import NOW
from tests.cast import BORIS, Staff
from tests.payments import offline_givers as given
from tests.payments.documents import drawn
from tests.payments.receipts import giver
from tests.payments.reconciling.books import Books


@pytest.fixture
def dana(staff: Callable[..., Staff]) -> Staff:
    """Give a member who looks after the money."""
    return staff("dana", "finance")


def test_a_cheque_is_paid_and_in_the_books(session: Session, dana: Staff) -> None:
    donation = given.enter(session, dana)
    name = f"offline:{donation.reference}"
    assert (donation.state, donation.entered_by) == (DonationState.PAID, dana.id)
    payment = session.scalars(select(Payment)).one()
    assert (payment.payment_intent_id, payment.method, payment.amount) == (name, "cheque", 5_000)
    line = session.scalars(select(LedgerEntry)).one()
    assert (line.balance_transaction_id, line.balance_type) == (name, "offline")
    assert (line.amount, line.fee, line.net) == (5_000, 0, 5_000)
    assert standing.of(session, donation).kept == 5_000


def test_what_happened_names_the_member_and_nobody_else(session: Session, dana: Staff) -> None:
    given.enter(session, dana)
    event = session.scalars(select(GivingEvent)).one()
    assert (event.what, event.detail, event.staff_id) == (offline.ENTERED, "cheque", dana.id)


@pytest.mark.parametrize("language", languages.BY_CODE)
@pytest.mark.parametrize("channel", [Channel.CHEQUE, Channel.TRANSFER, Channel.CASH])
def test_the_receipt_says_how_it_came_and_when(
    session: Session, dana: Staff, channel: Channel, language: str
) -> None:
    gift = replace(given.CHEQUE, channel=channel, language=language)
    receipt = receipts.last(session, given.enter(session, dana, gift))
    assert receipt is not None
    assert receipt.given_on == date(2026, 11, 20)
    words, said = packs.words("eu", language), drawn.text(receipt_copies.read(session, receipt))
    begins, _, _ = words.say(f"by_{channel.value}", day="#").partition("#")
    for wanted in (words.say(channel.value), words.say("received"), begins):
        assert bare(wanted).strip() in said


def bare(text: str) -> str:
    """Return a text without vowel marks and isolates, which are not drawn."""
    return "".join(each for each in text if unicodedata.category(each) not in {"Mn", "Cf"})


def test_the_mail_says_it_too_and_carries_the_receipt(session: Session, dana: Staff) -> None:
    given.enter(session, dana)
    (letter,) = giver.letters(session)
    assert (letter.address, len(letter.attached)) == (BORIS, 1)
    notes = letter.context["notes"]
    assert isinstance(notes, list)
    assert "This gift was made by cheque, which reached us on 20 November 2026." in notes


def test_who_has_no_mail_is_named_on_the_receipt_and_mailed_nothing(
    session: Session, dana: Staff
) -> None:
    donation = given.enter(session, dana, given.WITHOUT_MAIL)
    receipt = receipts.last(session, donation)
    assert receipt is not None
    said = drawn.text(receipt_copies.read(session, receipt))
    assert "Boris Example 1 Example Street Example Town" in said
    assert giver.letters(session) == []


def test_of_somebody_unknown_there_is_no_receipt_and_no_gap(session: Session, dana: Staff) -> None:
    given.enter(session, dana, given.UNKNOWN)
    assert session.scalars(select(Receipt)).all() == []
    known = receipts.last(session, given.enter(session, dana))
    assert known is not None
    assert (known.number, session.get_one(ReceiptSeries, 2026).last) == (1, 1)


def test_staff_set_the_name_of_a_donor_who_gave_before(session: Session, dana: Staff) -> None:
    before = giver.paid(session)
    given.enter(session, dana, replace(given.CHEQUE, name="Boris B. Example"))
    assert before.donor is not None
    assert donors.name_of(session, before.donor) == "Boris B. Example"


def test_the_statement_has_it_in_the_year_it_arrived(session: Session, dana: Staff) -> None:
    gift = replace(given.CHEQUE, received_on=date(2025, 12, 31))
    donor = given.enter(session, dana, gift).donor
    assert donor is not None
    (entry,) = statements.entries(session, donor, 2025, zone="UTC")
    assert (entry.given_on, entry.kept) == (date(2025, 12, 31), 5_000)


def test_the_same_form_twice_is_one_gift(session: Session, dana: Staff) -> None:
    assert given.enter(session, dana).id == given.enter(session, dana).id
    other = replace(given.CHEQUE, amount=6_000)
    assert given.enter(session, dana, other).amount == 6_000
    assert len(giver.letters(session)) == 2


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("amount", {"amount": 0}),
        ("amount", {"amount": limits.OFFLINE_GIFT_LARGEST + 1}),
        ("amount", {"amount": 150, "currency": "ISK"}),
        ("amount", {"currency": "XXX"}),
        ("channel", {"channel": Channel.STRIPE}),
        ("received_on", {"received_on": NOW.date() + timedelta(days=1)}),
        ("received_on", {"received_on": NOW.date() - timedelta(days=limits.OFFLINE_GIFT_DAYS + 1)}),
        ("fund_slug", {"fund_slug": "nowhere"}),
        ("name", {"name": "x" * (limits.DONOR_NAME_LENGTH + 1)}),
        ("name", {"name": "a\nb"}),
        ("name", {"name": "", "address": "", "postal_address": "somewhere"}),
        ("postal_address", {"postal_address": "\0"}),
        ("message", {"message": "\ud800"}),
    ],
)
def test_what_cannot_be_entered_is_refused_by_its_field(
    app: Flask, dana: Staff, field: str, change: dict[str, Any]
) -> None:
    with pytest.raises(BadGift) as refused, transaction() as session:
        given.enter(session, dana, replace(given.CHEQUE, **change))
    assert list(refused.value.faults) == [field]


def test_all_of_several_are_entered_or_none(app: Flask, dana: Staff) -> None:
    gifts = [given.CHEQUE, replace(given.CHEQUE, amount=0)]
    with pytest.raises(BadGift), transaction() as session:
        offline.enter_all(session, gifts, staff_id=dana.id, now=NOW)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Donation)) == 0


def test_nothing_of_the_person_stands_in_the_rows_unsealed(session: Session, dana: Staff) -> None:
    given.enter(session, dana, given.WITHOUT_MAIL)
    for table in ("donation", "payment", "ledger_entry", "giving_event", "receipt", "receipt_copy"):
        rows = session.scalars(text(f"SELECT CAST(t AS text) FROM {table} t")).all()  # noqa: S608 - ours
        assert rows
        assert not [row for row in rows if "Boris" in row or b"Boris".hex() in row]


def test_reconciling_holds_with_offline_gifts(app: Flask, dana: Staff) -> None:
    with transaction() as session:
        for gift in (given.CHEQUE, given.UNKNOWN, given.WITHOUT_MAIL):
            given.enter(session, dana, gift)
    report = reconciling.compare(transaction, Books().stripe, now=NOW)
    assert report.holds, report.told()
    assert report.totals == []


def test_a_giver_who_is_named_and_has_no_receipt_is_found(app: Flask, dana: Staff) -> None:
    with transaction() as session:
        donation = given.enter(session, dana, given.WITHOUT_MAIL)
    with transaction() as session:
        session.execute(text("ALTER TABLE receipt DISABLE TRIGGER USER"))
        session.query(ReceiptCopy).delete()
        session.query(Receipt).delete()
        session.execute(text("ALTER TABLE receipt ENABLE TRIGGER USER"))
    report = reconciling.compare(transaction, Books().stripe, now=NOW)
    assert report.found[Finding.MISSING_RECEIPT].shown == [str(donation.reference)]
