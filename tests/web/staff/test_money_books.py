"""The books in the console: whether they equal Stripe's, what differs, and events that are replayed."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from db.session import transaction
from payments import reconciling
from payments.findings import Finding, Ids, PaidOut, Report, Total, Waiting
from payments.models.events import EventState, Source, StripeEvent
from tests.web.staff import members, money
from tests.web.staff.members import Member

BOOKS = "/staff/money/books/"
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def bo(app: Flask) -> Member:
    """Give Bo, who looks after the money."""
    return members.of(app, "bo", "finance")


def compare(
    *totals: Total, payouts: list[PaidOut] | None = None, found: dict[Finding, Ids] | None = None
) -> None:
    """Keep a comparison that has found this."""
    waiting = Waiting(None, 0, 0)
    with transaction() as session:
        reconciling.keep(session, Report(NOW, totals, payouts or [], found or {}, waiting, 1234))


def store(event_id: str, type_: str = "refund.updated", state: str = "dead") -> None:
    """Have an event in this state."""
    with transaction() as session:
        session.add(
            StripeEvent(
                id=event_id,
                type=type_,
                object_kind="refund",
                object_id="re_1",
                made_at=NOW,
                received_at=NOW,
                source=Source.WEBHOOK,
                state=EventState(state),
                attempts=10,
                next_try_at=NOW,
                fault="PermanentFailure resource_missing",
            )
        )


def test_before_the_first_comparison_the_page_says_how_to_make_one(counter: money.Counter) -> None:
    assert "flask donations reconcile" in counter.bo.read(BOOKS)


def test_where_stripe_is_not_connected_there_is_nothing_to_compare_with(bo: Member) -> None:
    assert "Stripe is not connected here" in bo.read(BOOKS)


def test_books_that_hold_are_said_to_hold(bo: Member) -> None:
    compare(Total("EUR", 150_00, 150_00))
    page = bo.read(BOOKS)
    assert "Our books and Stripe’s say the same: 1,234 lines" in page
    assert "€150.00" in page
    assert "runbook" not in page


def test_what_differs_is_shown_by_currency_with_the_runbook(bo: Member) -> None:
    compare(Total("EUR", 15_000, 14_900), Total("JPY", 500, 500), Total("XXX", -7, 0))
    page = bo.read(BOOKS)
    assert "Our books and Stripe’s differ" in page
    assert "docs/runbooks/books-differ.md" in page
    assert all(words in page for words in ("-€1.00", "¥500", "XXX 7 in minor units"))


def test_findings_and_payouts_are_shown_by_id(bo: Member) -> None:
    found = {Finding.MISSING_ENTRY: Ids(3, ["txn_1", "txn_2"])}
    even = PaidOut("po_even", Total("EUR", 1, 1), Ids(), Ids())
    odd = PaidOut("po_odd", Total("EUR", 2, 1), Ids(1, ["txn_3"]), Ids())
    compare(payouts=[even, odd], found=found)
    page = bo.read(BOOKS)
    assert "Missing entry: 3" in page
    assert "txn_1 txn_2 and more" in page
    assert ("po_odd" in page, "po_even" in page) == (True, False)


def test_events_that_wait_and_were_given_up_are_counted(bo: Member) -> None:
    store("evt_1")
    store("evt_2", state="new")
    store("evt_3", state="done")
    page = bo.read(BOOKS)
    assert page.count('<dd class="number">1</dd>') == 2
    assert "resource_missing" in page
    assert ("evt_1" in page, "evt_2" in page) == (True, False)


def test_an_event_is_replayed_by_a_button(bo: Member) -> None:
    store("evt_1")
    assert bo.post(f"{BOOKS}replay", event="evt_1").location == BOOKS
    with transaction() as session:
        row = session.get_one(StripeEvent, "evt_1")
        assert (row.state, row.attempts) == (EventState.NEW, 0)
    assert money.audited() == [("stripe.replay", "stripe event evt_1", "")]


@pytest.mark.parametrize("event", ["", "evt_none", "evt_ignored", "x" * 10_000, "é' --"])
def test_what_cannot_be_replayed_is_said(bo: Member, event: str) -> None:
    store("evt_ignored", "customer.created", "ignored")
    answer = bo.post(f"{BOOKS}replay", event=event)
    assert (answer.status_code, 'class="fault"' in answer.text) == (422, True)
    assert money.audited() == []
