"""Gifts in the console: a list that names nobody, one page that does and is audited, and ways to find one."""

import re
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update

from config import limits
from db.session import transaction
from payments import funds, gift_lists, offline, receipts
from payments.gift_lists import Wanted
from payments.models.donors import Donor
from payments.models.giving import Channel, Checkout, Donation, Interval, Plan
from payments.models.receipts import Receipt, ReceiptCopy
from payments.offline_gifts import OfflineGift
from sandbox.stripe import disputes
from tests.cast import BORIS, EVE
from tests.payments.applying import seen
from tests.payments.applying.test_pay_twice import paid_twice
from tests.payments.applying.till import Gift, Till
from tests.web.staff import members, money
from tests.web.staff.money import GIFTS, Counter, path


def listed(page: str) -> int:
    """Return how many gifts a list shows."""
    return page.count('data-name="Of"')


def test_an_empty_list_says_where_gifts_come_from(counter: Counter) -> None:
    page = counter.bo.read(GIFTS)
    assert "Nothing was given yet" in page
    assert 'href="/staff/donations/offline"' in page
    assert 'href="/staff/donations/exports"' in page


def test_the_list_shows_money_and_names_nobody(counter: Counter) -> None:
    gift = counter.gift()
    counter.give_back(gift, "10")
    counter.till.open(700)
    page = counter.bo.read(GIFTS)
    assert listed(page) == 2
    assert all(words in page for words in ("€25.00", "€7.00", "given back", path(gift)))
    assert BORIS not in page
    assert "Boris" not in page


def test_the_list_goes_on_below_the_last_gift(counter: Counter) -> None:
    for _ in range(limits.PAGE_ROWS + 1):
        counter.till.open()
    first = counter.bo.read(GIFTS)
    before = re.search(r'href="(/staff/donations/\?before=[0-9]+)"', first)
    assert before
    assert (listed(first), listed(counter.bo.read(before[1]))) == (limits.PAGE_ROWS, 1)


def test_what_happened_to_the_money_is_marked(counter: Counter) -> None:
    gift = counter.gift()
    dispute = counter.till.sandbox.do(disputes.begin, str(money.payments(gift)[0].charge_id))
    counter.till.hear("dispute", dispute["id"])
    _, *intents = paid_twice(counter.till)
    for intent_id in intents:
        counter.till.hear("payment_intent", intent_id)
    page = counter.bo.read(GIFTS)
    assert page.count(">disputed<") == page.count(">paid twice<") == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=paid", 1),
        ("state=open", 1),
        ("state=failed", 0),
        ("channel=stripe", 2),
        ("channel=cheque", 0),
        ("fund=courts", 1),
        ("fund=courts&state=open", 0),
        ("month=2026-09", 2),
        ("month=2026-08", 0),
        ("month=2026-12", 0),
        ("before=1", 0),
        # What is no filter asks for nothing.
        ("state=x&channel=x&fund=x&month=x", 2),
        ("month=9999-12&before=x", 2),
        (f"before={'9' * 30}", 2),
        (f"month={quote('２０２６-09')}&state=%E0%A4%A4", 2),
    ],
)
def test_the_list_shows_what_is_asked_for(counter: Counter, query: str, count: int) -> None:
    gift = counter.gift()
    counter.till.open()
    with transaction() as session:
        courts = funds.add(session, slug="courts", name="Courts")
        session.get_one(Donation, gift.given_id).fund_id = courts.id
        session.execute(update(Donation).values(created_at=seen.every(Donation)[0].paid_at))
    assert listed(counter.bo.read(f"{GIFTS}?{query}")) == count


def test_a_month_is_the_organisations_own(counter: Counter) -> None:
    gift = counter.gift()
    with transaction() as session:
        row = session.get_one(Donation, gift.given_id)
        assert row.paid_at
        row.paid_at = row.paid_at.replace(month=9, day=30, hour=23)
    with transaction() as session:
        for zone, month in (("UTC", 9), ("Europe/Berlin", 10)):
            found = gift_lists.page(session, Wanted(month=date(2026, month, 1)), zone=zone)
            assert len(found.lines) == 1


def test_the_page_of_a_gift_names_its_giver_and_the_audit_log_keeps_the_look(
    counter: Counter,
) -> None:
    gift = counter.gift()
    page = counter.bo.read(path(gift))
    assert BORIS in page
    assert "Boris" in page
    assert money.audited() == [("donation.show", f"donation {gift.given_id}", "")]


def test_the_page_of_a_gift_tells_its_story(counter: Counter) -> None:
    gift = counter.gift()
    counter.give_back(gift, "10")
    page = counter.bo.read(path(gift))
    story = page.partition("What happened")[2]
    places = [story.index(words) for words in ("Begun", "Paid", "asked for, by Bo", "Given back")]
    assert places == sorted(places)
    assert "<code>€10.00</code>" in story
    assert 'Kept</dt><dd class="number">€15.00' in page


def test_what_staff_must_do_about_a_gift_stands_on_its_page(counter: Counter) -> None:
    gift = counter.gift()
    dispute = counter.till.sandbox.do(disputes.begin, str(money.payments(gift)[0].charge_id))
    counter.till.hear("dispute", dispute["id"])
    page = counter.bo.read(path(gift))
    assert "taken this payment back until it decides" in page
    assert "/staff/money/tasks/#task-" in page
    assert "Give it back" not in page


def test_a_cheque_is_taken_back_where_it_was_entered(counter: Counter) -> None:
    today = datetime.now(UTC).date()
    cheque = OfflineGift(
        4_200, "EUR", Channel.CHEQUE, today, "en", "form", name="Ines", postal_address="1 Elm Row"
    )
    with transaction() as session:
        by = counter.bo.staff.id
        reference = offline.enter(session, cheque, staff_id=by, now=datetime.now(UTC)).reference
    page = counter.bo.read(f"{GIFTS}{reference}")
    assert all(words in page for words in ("Ines", "1 Elm Row", "Entered as arrived, by Bo"))
    assert f'href="/staff/donations/offline/{reference}/take-back"' in page
    assert f"{reference}/refund" not in page
    assert "Cheques and transfers" in counter.bo.read(f"{GIFTS}{reference}/refund")


def test_of_an_erased_donor_the_page_says_that_alone(counter: Counter) -> None:
    gift = counter.gift()
    with transaction() as session:
        donor = session.scalars(select(Donor)).one()
        donor.address, donor.name, donor.erased_at = b"", None, datetime.now(UTC)
    page = counter.bo.read(path(gift))
    assert "This donor was erased" in page
    assert BORIS not in page


def test_a_receipt_is_fetched_as_it_was_given_and_the_audit_log_keeps_that(
    counter: Counter,
) -> None:
    gift = counter.gift()
    number = f"{seen.every(Receipt)[0].year}-00001"
    answer = counter.bo.get(f"{path(gift)}/receipts/{number}")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert f'filename="receipt-{number}.pdf"' in answer.headers["Content-Disposition"]
    assert money.audited() == [("receipt.show", f"receipt {number}", "")]


def test_another_gifts_receipt_is_not_here(counter: Counter) -> None:
    gift, other = counter.gift(), counter.gift()
    with transaction() as session:
        theirs = receipts.last(session, session.get_one(Donation, other.given_id))
    assert theirs
    for number in (f"{theirs.year}-{theirs.number:05}", "2026-99999", "x"):
        assert counter.bo.get(f"{path(gift)}/receipts/{number}").status_code == 404


def test_the_money_is_shown_where_who_gave_does_not_open(counter: Counter) -> None:
    gift = counter.gift()
    with transaction() as session:
        session.execute(update(Donor).values(name=b"no key opens this"))
    page = counter.bo.read(path(gift))
    assert "No key of ours opens" in page
    assert f"{path(gift)}/refund" in page


def test_a_copy_that_went_is_said_to_be_gone(counter: Counter) -> None:
    gift = counter.gift()
    number = f"{seen.every(Receipt)[0].year}-00001"
    with transaction() as session:
        session.delete(session.get_one(ReceiptCopy, seen.every(Receipt)[0].id))
    assert "its copy went when the donor was erased" in counter.bo.read(path(gift))
    answer = counter.bo.get(f"{path(gift)}/receipts/{number}")
    assert (answer.status_code, answer.location) == (303, path(gift))


def find(counter: Counter, name: str) -> str:
    """Return where the search leads to."""
    answer = counter.bo.post(f"{GIFTS}find", name=name)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def names_of(gift: Gift) -> list[str]:
    """Return everything that a gift is known by."""
    payment, receipt = money.payments(gift)[0], seen.every(Receipt)[0]
    return [
        f"{receipt.year}-{receipt.number:05}",
        path(gift).removeprefix(GIFTS),
        path(gift).removeprefix(GIFTS).upper(),
        payment.payment_intent_id,
        f"  {payment.charge_id} ",
        gift.session_id,
    ]


def test_a_gift_is_found_by_all_it_is_known_by(counter: Counter) -> None:
    gift = counter.gift()
    counter.gift()
    assert {find(counter, name) for name in names_of(gift)} == {path(gift)}


def test_a_gift_is_found_by_what_came_of_its_payment(counter: Counter) -> None:
    gift = counter.gift()
    counter.give_back(gift, "10")
    charge_id = str(money.payments(gift)[0].charge_id)
    warning = counter.till.sandbox.do(disputes.warn, charge_id)
    dispute = counter.till.sandbox.do(disputes.begin, charge_id, amount=100)
    counter.till.hear("radar.early_fraud_warning", warning["id"])
    counter.till.hear("dispute", dispute["id"])
    made = next(iter(counter.till.gateway.refunds(since=seen.donation(gift).created_at))).id
    names = (made, warning["id"], dispute["id"])
    assert {find(counter, name) for name in names} == {path(gift)}


def test_a_donor_is_found_by_their_whole_address_which_no_list_shows(counter: Counter) -> None:
    counter.gift()
    target = find(counter, BORIS.upper())
    assert BORIS not in target
    page = counter.bo.read(target)
    assert listed(page) == 1
    assert "The gifts of one donor" in page
    assert BORIS not in page
    ((act, subject, detail),) = money.audited()
    assert (act, subject[:6], detail) == ("donor.find", "donor ", "")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "boris",
        "@",
        EVE,
        "2026-00001",
        "pi_none",
        "cs_",
        "9" * 400,
        "' OR 1=1 --",
        "é" * 99,
    ],
)
def test_what_is_not_here_is_said_not_to_be(counter: Counter, name: str) -> None:
    answer = counter.bo.post(f"{GIFTS}find", name=name)
    assert answer.status_code == 422
    assert 'id="fault"' in answer.text
    assert EVE not in answer.text


def test_a_search_for_who_is_no_donor_is_audited_too(counter: Counter) -> None:
    counter.bo.post(f"{GIFTS}find", name=EVE)
    assert money.audited() == [("donor.find", "no donor", "")]


@pytest.mark.parametrize("body", [b"name=%00", b"name=%FF%FE", b"name=pi_%00x"])
def test_bytes_that_are_no_text_are_refused(counter: Counter, body: bytes) -> None:
    data = f"csrf_token={quote(counter.bo.token)}&".encode() + body
    form = "application/x-www-form-urlencoded"
    answer = counter.bo.client.post(f"{GIFTS}find", data=data, content_type=form)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "reference", ["x", "1", "00000000-0000-0000-0000-000000000000", "find", "é", "%2e%2e"]
)
def test_a_gift_that_is_not_there_is_said_to_be_missing(counter: Counter, reference: str) -> None:
    for page in ("", "/refund", "/receipts/2026-00001"):
        assert counter.bo.get(f"{GIFTS}{reference}{page}").status_code in {404, 405}


def test_a_list_of_nobodys_gifts_is_missing(counter: Counter) -> None:
    for donor in ("x", "00000000-0000-0000-0000-000000000000"):
        assert counter.bo.get(f"{GIFTS}?donor={donor}").status_code == 404


def test_a_plan_and_its_page_at_stripe_lead_to_the_plan(counter: Counter) -> None:
    counter.till.open(interval=Interval.MONTH)
    plan, page = seen.every(Plan)[0], seen.every(Checkout)[0]
    targets = {find(counter, name) for name in (str(plan.reference), str(page.session_id))}
    assert targets == {f"/staff/plans/{plan.reference}"}


def test_the_way_to_the_money_is_shown_to_its_keepers_alone(counter: Counter) -> None:
    chen = members.of(counter.app, "chen", "author")
    link = '<a href="/staff/donations/"'
    assert link in counter.bo.read("/staff/")
    assert link not in chen.read("/staff/")


def test_where_no_gift_is_taken_the_way_is_shown_once_there_is_one(
    app: Flask, till_only: Till
) -> None:
    bo = members.of(app, "bo", "admin")
    link = '<a href="/staff/donations/"'
    assert link not in bo.read("/staff/")
    till_only.open()
    assert link in bo.read("/staff/")
