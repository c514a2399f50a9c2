"""Who gave by cheque and has no mail address is in one gift alone, and is erased there; the books stay."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import Settings
from db import due
from db.session import transaction
from payments import erasing_givers, gift_reports, offline, periods, receipt_copies, receipts
from payments.documents.parties import Recipient
from payments.erasing_givers import HasDonor
from payments.models.giving import Donation, GivingEvent
from payments.models.receipts import Receipt, ReceiptCopy
from tests.builders import NOW
from tests.cast import Staff, hire
from tests.payments import offline_givers
from tests.payments.documents import drawn
from tests.payments.erasing.leaver import books, everything
from wiring.core import core

CHEQUE = replace(
    offline_givers.WITHOUT_MAIL, name="Noor Canary", message="For the canaries, from Noor"
)
COPIES = next(rule for rule in periods.RULES if rule.table == "receipt_copy")


@pytest.fixture
def dana(app: Flask) -> Staff:
    """Give a member who looks after the money."""
    return hire("dana", "finance")


def entered(dana: Staff, nonce: str = "a form") -> Donation:
    """Have a cheque entered whose giver has no mail address."""
    with transaction() as session:
        return offline_givers.enter(session, dana, replace(CHEQUE, nonce=nonce))


def erase(gift: Donation, dana: Staff, *, keep_years: int = 0) -> tuple[int, int]:
    with transaction() as session:
        return erasing_givers.erase(
            session, gift.id, staff_id=dana.id, keep_years=keep_years, now=NOW
        )


def sealed(gift: Donation) -> list[str]:
    """Return what leads to the giver, as the database writes it: words, nonce and the copy."""
    with transaction() as session:
        copy = session.scalars(
            select(ReceiptCopy.pdf)
            .join(Receipt, Receipt.id == ReceiptCopy.receipt_id)
            .where(Receipt.donation_id == gift.id)
        ).one()
    return [(gift.words or b"").hex(), str(gift.nonce), copy.hex()]


def copies() -> int:
    with transaction() as session:
        return len(session.scalars(select(ReceiptCopy)).all())


def test_nothing_personal_is_left_in_the_database(dana: Staff) -> None:
    gift = entered(dana)
    traces = sealed(gift)
    assert all(trace and trace in everything() for trace in traces)
    assert erase(gift, dana) == (1, 0)
    left = everything()
    assert [trace for trace in [*traces, "Canary", "Example Street"] if trace in left] == []


def test_the_books_say_what_they_said(dana: Staff) -> None:
    gift = entered(dana)
    before = books()
    assert all(before[name] for name in ("payment", "ledger_entry", "receipt"))
    erase(gift, dana)
    assert books() == before


def test_the_gift_names_nobody_and_says_who_erased_them(dana: Staff) -> None:
    gift = entered(dana)
    erase(gift, dana)
    with transaction() as session:
        giver = gift_reports.giver(session, session.get_one(Donation, gift.id))
        told = session.scalars(select(GivingEvent).order_by(GivingEvent.id)).all()[-1]
    assert (giver.who, giver.erased, giver.said.message) == (Recipient(), True, "")
    assert (told.donation_id, told.what, told.detail) == (gift.id, "donor erased", "")
    assert told.staff_id == dana.id


def test_erased_again_nothing_changes(dana: Staff) -> None:
    gift = entered(dana)
    erase(gift, dana)
    before = everything()
    assert erase(gift, dana) == (0, 0)
    assert everything() == before


def test_another_gift_of_the_same_giver_is_another(dana: Staff) -> None:
    first, second = entered(dana), entered(dana, "another form")
    traces = sealed(second)
    erase(first, dana)
    assert all(trace in everything() for trace in traces)
    with transaction() as session:
        assert not erasing_givers.is_erased(session, session.get_one(Donation, second.id))


def test_a_donor_with_a_mail_address_is_not_erased_gift_by_gift(dana: Staff) -> None:
    with transaction() as session:
        gift = offline_givers.enter(session, dana)
    before = everything()
    with pytest.raises(HasDonor, match="mail address"):
        erase(gift, dana)
    assert everything() == before


@pytest.mark.parametrize(("keep_years", "left"), [(0, 0), (1, 1), (6, 1)])
def test_copies_stay_as_long_as_the_setting_says(dana: Staff, keep_years: int, left: int) -> None:
    gift = entered(dana)
    with transaction() as session:
        until = receipt_copies.last_year(session, gift, keep_years=keep_years, now=NOW)
    assert until == (NOW.year + keep_years if left else None)
    assert erase(gift, dana, keep_years=keep_years) == (1 - left, left)
    assert copies() == left


def later(years: int) -> tuple[int, int]:
    """Return how many copies a run so many years on says are due, and how many it takes away."""
    settings: Settings = core().settings.model_copy(update={"receipt_keep_years": 1})
    run = due.Run(settings, NOW + timedelta(days=366 * years))
    with transaction() as session:
        waiting = due.waiting(session, [COPIES], run)[COPIES.name]
    return waiting, due.apply(transaction, COPIES, run)


def test_once_its_years_are_over_the_copy_goes_and_no_other_givers_does(dana: Staff) -> None:
    gift = entered(dana)
    entered(dana, "another form")
    erase(gift, dana, keep_years=1)
    assert [later(years) for years in (1, 2, 3)] == [(0, 0), (1, 1), (0, 0)]
    assert copies() == 1


def test_a_receipt_that_is_corrected_after_names_nobody(dana: Staff) -> None:
    gift = entered(dana)
    erase(gift, dana)
    with transaction() as session:
        offline.take_back(session, gift.id, staff_id=dana.id, reason="it bounced", now=NOW)
        newest = receipts.last(session, gift)
        assert newest
        said = drawn.text(receipt_copies.read(session, newest))
    assert "2026-00001 is void" in said
    assert "Canary" not in said
