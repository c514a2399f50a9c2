"""Erasing who gave by cheque without a mail address, on the page of the gift: a question, and the press."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from db.session import transaction
from payments import erasing_givers, offline
from payments.models.giving import Donation
from payments.models.receipts import Receipt
from payments.offline_gifts import OfflineGift
from tests.cast import Staff
from tests.payments import offline_givers
from tests.payments.applying import seen
from tests.payments.receipts import giver
from tests.web.staff import members, money
from tests.web.staff.members import Member
from wiring.core import CORE, core

NAMED = replace(offline_givers.WITHOUT_MAIL, name="Noor <Canary>", message="For the canaries")


@pytest.fixture
def dana(app: Flask) -> Member:
    """Give a signed-in member who looks after the money."""
    return members.of(app, "dana", "finance")


def entered(by: Staff, gift: OfflineGift = NAMED) -> str:
    """Have a gift entered now; return where its page is."""
    now = datetime.now(UTC)
    came = replace(gift, received_on=(now - timedelta(days=3)).date())
    with transaction() as session:
        return f"{money.GIFTS}{offline.enter(session, came, staff_id=by.id, now=now).reference}"


def is_erased(path: str) -> bool:
    with transaction() as session:
        gift = offline.named(session, path.removeprefix(money.GIFTS))
        return erasing_givers.is_erased(session, gift)


def test_the_button_leads_to_a_question_and_the_press_erases(dana: Member) -> None:
    path = entered(dana.staff)
    assert f'href="{path}/erase-giver"' in dana.read(path)
    question = dana.read(f"{path}/erase-giver")
    assert "Erase who gave €50.00?" in question
    assert "It cannot be taken back" in question
    assert not is_erased(path)
    answer = dana.post(f"{path}/erase-giver")
    assert (answer.status_code, answer.location) == (303, path)
    assert is_erased(path)


def test_afterwards_the_page_of_the_gift_names_nobody(dana: Member) -> None:
    path = entered(dana.staff)
    assert "Noor &lt;Canary&gt;" in dana.read(path)
    dana.post(f"{path}/erase-giver")
    page = dana.read(path)
    assert "This donor was erased" in page
    assert "The donor was erased, by Dana" in page
    assert all(word not in page for word in ("Noor", "Canary", "Example Street", "canaries"))
    assert f"{path}/erase-giver" not in page
    assert "This giver was erased" in dana.read(f"{path}/erase-giver")


def test_it_is_audited_by_number_alone_and_a_second_press_changes_nothing(dana: Member) -> None:
    path = entered(dana.staff)
    answers = [dana.post(f"{path}/erase-giver").status_code for _ in range(2)]
    assert answers == [303, 303]
    ((act, subject, detail),) = set(money.audited())
    assert (act, subject[:9], detail) == ("donation.erase-giver", "donation ", "")
    assert dana.read(path).count("The donor was erased, by Dana") == 1


def test_what_a_law_keeps_is_said_before_the_button(
    app: Flask, dana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = entered(dana.staff)
    assert "no law has us keep" not in dana.read(f"{path}/erase-giver")
    settings = core().settings.model_copy(update={"receipt_keep_years": 6})
    monkeypatch.setitem(app.extensions, CORE, replace(core(), settings=settings))
    (receipt,) = seen.every(Receipt)
    assert f"goes when {receipt.year + 6} is over" in dana.read(f"{path}/erase-giver")


def test_a_donor_with_a_mail_address_and_a_coin_in_the_box_have_no_button(dana: Member) -> None:
    box = replace(offline_givers.UNKNOWN, message="")
    for path in (entered(dana.staff, offline_givers.CHEQUE), entered(dana.staff, box)):
        assert "/erase-giver" not in dana.read(path)


def test_only_a_giver_without_a_row_has_such_a_page(dana: Member) -> None:
    with transaction() as session:
        online: Donation = giver.paid(session)
    paths = [entered(dana.staff, offline_givers.CHEQUE), f"{money.GIFTS}{online.reference}"]
    for path in [*paths, f"{money.GIFTS}x", f"{money.GIFTS}%00", f"{money.GIFTS}{'9' * 400}"]:
        assert dana.get(f"{path}/erase-giver").status_code in {400, 404}
        assert dana.post(f"{path}/erase-giver").status_code in {400, 404}
    assert money.audited() == []


def test_who_signed_in_a_while_ago_proves_themselves_first(dana: Member) -> None:
    path = entered(dana.staff)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        for answer in (dana.get(f"{path}/erase-giver"), dana.post(f"{path}/erase-giver")):
            assert answer.location == f"/staff/sign-in/again?next={path}/erase-giver"
    assert not is_erased(path)
