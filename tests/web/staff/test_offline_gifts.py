"""Cheques and transfers in the console: shown once more, entered once, taken back with a reason."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments.models.giving import Donation
from tests.payments.receipts import giver
from tests.web.staff import members
from tests.web.staff.members import Member

OFFLINE = "/staff/donations/offline"
FIELDS: dict[str, Any] = {
    "nonce": "a form",
    "amount": "50.00",
    "currency": "EUR",
    "channel": "cheque",
    "received_on": (datetime.now(UTC) - timedelta(days=3)).date().isoformat(),
    "name": "Boris <Example>",
    "language": "en",
}


@pytest.fixture
def dana(app: Flask) -> Member:
    """Give a signed-in member who looks after the money."""
    return members.of(app, "dana", "finance")


def references() -> list[str]:
    with transaction() as session:
        return [str(each) for each in session.scalars(select(Donation.reference))]


def test_what_would_be_written_is_shown_first(dana: Member) -> None:
    page = dana.post(OFFLINE, **FIELDS, do="check")
    assert page.status_code == 200
    assert "€50.00" in page.text
    assert "Boris &lt;Example&gt;" in page.text
    assert "to be printed" in page.text
    assert references() == []


def test_a_double_click_enters_one_gift_and_leads_to_it(dana: Member) -> None:
    answers = [dana.post(OFFLINE, **FIELDS, do="enter") for _ in range(2)]
    (reference,) = references()
    assert {each.status_code for each in answers} == {303}
    assert {each.location for each in answers} == {f"/staff/donations/{reference}"}
    assert members.acts() == ["donation.enter"]
    assert reference in dana.read(OFFLINE)


def test_another_like_it_is_warned_of(dana: Member) -> None:
    dana.post(OFFLINE, **FIELDS, do="enter")
    page = dana.post(OFFLINE, **FIELDS | {"nonce": "another"}, do="check")
    assert "Entered before" in page.text
    assert references()[0] in page.text


def test_what_must_be_mended_keeps_what_was_typed(dana: Member) -> None:
    page = dana.post(OFFLINE, **FIELDS | {"amount": "lots", "received_on": "soon"}, do="enter")
    assert page.status_code == 422
    assert 'value="lots"' in page.text
    assert re.search(r'id="(amount|received_on)-fault"', page.text)
    assert references() == []


def test_who_looks_at_it_once_more_may_change_it(dana: Member) -> None:
    page = dana.post(OFFLINE, **FIELDS, do="change")
    assert page.status_code == 200
    assert 'value="50.00"' in page.text
    assert 'value="a form"' in page.text


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "9" * 5_000},
        {"channel": "stripe"},
        {"currency": "\u202e"},
        {"fund_slug": "'"},
        {"language": "xx"},
        {"address": "a@b@c"},
        {"name": "x" * 9_999},
        {"postal_address": "\x07"},
        {"received_on": "9999-99-99"},
    ],
)
def test_hostile_input_is_a_fault_of_a_field(dana: Member, change: dict[str, str]) -> None:
    assert dana.post(OFFLINE, **FIELDS | change, do="enter").status_code == 422
    assert references() == []


def test_an_empty_form_is_no_gift(dana: Member) -> None:
    assert dana.post(OFFLINE).status_code == 422


def test_an_entry_is_taken_back_once_with_its_reason_in_the_log(dana: Member) -> None:
    dana.post(OFFLINE, **FIELDS, do="enter")
    path = f"{OFFLINE}/{references()[0]}/take-back"
    assert "Take it back" in dana.read(path)
    assert dana.post(path, reason=" ").status_code == 409
    assert dana.post(path, reason="It bounced.").status_code == 303
    assert dana.post(path, reason="It bounced.").status_code == 409
    assert "It was taken back." in dana.read(path)
    assert members.acts() == ["donation.enter", "donation.take-back"]


def test_the_page_that_takes_back_names_nobody(dana: Member) -> None:
    dana.post(OFFLINE, **FIELDS | {"address": "boris@example.org"}, do="enter")
    page = dana.read(f"{OFFLINE}/{references()[0]}/take-back")
    assert "the donor is mailed that" in page
    assert "Boris" not in page
    assert "boris@" not in page


def test_what_stripe_brought_has_no_such_page(dana: Member) -> None:
    with transaction() as session:
        reference = giver.paid(session).reference
    for path in (f"{OFFLINE}/{reference}/take-back", f"{OFFLINE}/nothing/take-back"):
        assert dana.get(path).status_code == 404
        assert dana.post(path, reason="x").status_code == 404


def test_who_does_not_look_after_the_money_sees_nothing(app: Flask) -> None:
    chen = members.of(app, "chen", "author", "approver")
    assert chen.get(OFFLINE).status_code == 403
    assert chen.post(OFFLINE, **FIELDS, do="enter").status_code == 403
    assert references() == []
