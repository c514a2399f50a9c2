"""A donor reads what they gave: how each gift stands, in their words, with its receipts and statements."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import delete

from config import limits
from db.session import transaction
from payments import funds, receipts
from payments.models.donors import Declaration
from payments.models.receipts import Receipt, ReceiptCopy
from tests.cast import AMIRA, BORIS
from tests.payments.receipts import giver
from tests.web.public import own_gifts, visits
from tests.web.public.outline import Outline
from web import downloads

WORDING = "I am a UK taxpayer"


@pytest.fixture
def given(client: FlaskClient) -> str:
    """Give the path to Boris's page, who gave 50 EUR and has a receipt for them."""
    with transaction() as session:
        receipts.issue(session, giver.paid(session), now=datetime.now(UTC))
    return own_gifts.link()


def test_it_shows_gift_receipt_and_statement(client: FlaskClient, given: str) -> None:
    page = client.get(given)
    assert page.status_code == 200
    assert Outline(page.text).faults() == []
    said = own_gifts.read(page.text)
    assert "€50.00 Where it is needed most received" in said
    [number] = own_gifts.numbers()
    assert f"{given}/receipts/{number}.pdf" in page.text
    assert BORIS in said
    assert "Boris Example" in said


def test_it_is_kept_by_nobody_and_sets_no_cookie(client: FlaskClient, given: str) -> None:
    answer = client.get(given)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert 'name="robots" content="noindex"' in answer.text


def test_what_went_back_is_said_with_what_remains(client: FlaskClient, given: str) -> None:
    with transaction() as session:
        gift = giver.paid(session, 8_000)
        receipts.issue(session, gift, now=datetime.now(UTC))
        giver.refund(session, gift, 3_000)
        receipts.correct(session, gift, cause="re_1", now=datetime.now(UTC))
    said = own_gifts.read(client.get(given).text)
    assert "partly refunded €50.00 remains" in said
    *_, first, corrected = own_gifts.numbers()
    assert f"{corrected} {first} replaced" in said


def test_what_a_donor_wrote_and_staff_named_is_text(client: FlaskClient) -> None:
    with transaction() as session:
        gift = giver.paid(session)
        gift.fund = funds.add(session, slug="x", name="<script>alert(1)</script>")
    page = client.get(own_gifts.link()).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_more_gifts_than_a_page_holds_are_counted(client: FlaskClient) -> None:
    with transaction() as session:
        by = giver.donor(session)
        for day in range(limits.OWN_GIFTS + 2):
            at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
            giver.paid(session, by=by, at=at)
    page = client.get(own_gifts.link()).text
    assert page.count('<th scope="row">') == limits.OWN_GIFTS
    assert "2 older gifts" in page


def test_a_donor_without_a_paid_gift_has_a_page(client: FlaskClient) -> None:
    with transaction() as session:
        giver.paid(session, by=giver.donor(session, AMIRA))
        giver.donor(session)
    page = client.get(own_gifts.link()).text
    assert "Nothing was given with this address" in page
    assert AMIRA not in page
    assert Outline(page).faults() == []


# -- Papers ----------------------------------------------------------------------------------------


def test_a_receipt_is_the_copy_that_was_mailed(client: FlaskClient, given: str) -> None:
    [number] = own_gifts.numbers()
    answer = client.get(f"{given}/receipts/{number}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"] == downloads.CSP
    assert answer.data.startswith(b"%PDF-")


def test_a_receipt_that_went_in_this_instant_is_gone(client: FlaskClient, given: str) -> None:
    [number] = own_gifts.numbers()
    with transaction() as session:
        session.execute(delete(ReceiptCopy))
    answer = client.get(f"{given}/receipts/{number}.pdf")
    assert (answer.status_code, answer.mimetype) == (410, "text/html")


def test_a_statement_is_made_once_and_is_the_same_again(client: FlaskClient, given: str) -> None:
    page = Outline(client.get(given).text)
    [path] = [a["href"] for a in page.all("a") if "/statements/" in a["href"]]
    first, second = client.get(path), client.get(path)
    assert first.status_code == 200
    assert first.data == second.data
    assert visits.count(Receipt) == 2
    assert "€50.00" in PdfReader(io.BytesIO(first.data)).pages[0].extract_text()


@pytest.mark.parametrize(
    "paper",
    [
        "receipts/2026-99999.pdf",
        "receipts/0000-00000.pdf",
        "receipts/9999-999999999.pdf",
        "receipts/99999-1.pdf",
        "receipts/..%2f.pdf",
        "receipts/%00.pdf",
        "receipts/%ff.pdf",
        "statements/1999.pdf",
        "statements/0.pdf",
        "statements/9999.pdf",
        "statements/10000.pdf",
        "statements/999999999999999999999999.pdf",
        "statements/-1.pdf",
        "statements/x.pdf",
    ],
)
def test_a_paper_that_was_never_given_is_not_there(
    client: FlaskClient, given: str, paper: str
) -> None:
    before = visits.everything()
    assert client.get(f"{given}/{paper}").status_code in {400, 404}
    assert visits.everything() == before


def test_another_donors_receipt_is_not_there(client: FlaskClient, given: str) -> None:
    [number] = own_gifts.numbers()
    with transaction() as session:
        giver.donor(session, AMIRA)
    path = own_gifts.link(AMIRA)
    assert client.get(f"{path}/receipts/{number}.pdf").status_code == 404
    assert client.get(f"{path}/statements/2026.pdf").status_code == 404


def test_the_file_is_a_download_that_nobody_keeps(client: FlaskClient, given: str) -> None:
    answer = client.get(f"{given}/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.mimetype == "application/json"
    assert BORIS in json.dumps(json.loads(answer.text))


# -- What was declared -----------------------------------------------------------------------------


def test_a_declaration_is_shown_as_it_was_made_and_ended_by_one_post(
    client: FlaskClient, given: str
) -> None:
    with transaction() as session:
        made = datetime(2026, 3, 4, tzinfo=UTC)
        session.add(Declaration(donor_id=own_gifts.donor().id, wording=WORDING, made_at=made))
    page = client.get(given).text
    assert (WORDING in page, "4 March 2026" in page) == (True, True)
    answer = client.post(f"{given}/declaration/end")
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert (WORDING in shown, "It holds for no gift from now on" in shown) == (False, True)
    assert client.post(f"{given}/declaration/end").status_code == 303


def test_nobody_ends_a_declaration_by_opening_an_address(client: FlaskClient, given: str) -> None:
    assert client.get(f"{given}/declaration/end").status_code == 405


def test_where_no_gifts_are_taken_any_more_what_was_given_can_be_read_and_erased(
    client: FlaskClient, given: str
) -> None:
    assert "/donate" not in client.get(given).text
    answer = client.post(f"{given}/erase", data={"sure": "yes"})
    assert (answer.status_code, "You are erased" in answer.text) == (200, True)
    assert Outline(answer.text).faults() == []


@pytest.mark.parametrize("done", ["", "nothing", "<script>", "x" * 2_000, "__class__"])
def test_a_word_of_nothing_done_says_nothing(client: FlaskClient, given: str, done: str) -> None:
    answer = client.get(given, query_string={"done": done})
    assert answer.status_code == 200
    assert 'role="status"' not in answer.text
    assert "<script" not in answer.text
