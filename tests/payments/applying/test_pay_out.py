"""Payouts: their lines, once Stripe knows them all, and the ones that come back."""

from payments.models.money import Payout
from sandbox.stripe import payouts as nights
from sandbox.stripe.things import Thing
from tests.payments.applying import seen
from tests.payments.applying.till import Till, apply

WEEK = 7 * 24 * 3600


def paid_out(till: Till) -> Thing:
    """Have a gift paid out; return the payout, of which nothing was heard."""
    till.given()
    till.sandbox.advance(WEEK)
    events = till.sandbox.events("payout.reconciliation_completed", "payout.paid")
    found: Thing = events[0]["data"]["object"]
    return found


def test_a_payout_names_the_lines_it_is_made_of(till: Till) -> None:
    payout = paid_out(till)
    till.hear("payout", payout["id"])
    row = seen.every(Payout)[0]
    assert (row.status, row.reconciliation, row.automatic) == ("paid", "completed", True)
    entries = {each.balance_transaction_id: each for each in seen.ledger_rows()}
    of_it = seen.payout_entries()
    assert sum(entries[each].net for each in of_it) == row.amount
    assert {entries[each].reporting_category for each in of_it} == {"charge"}


def test_a_payout_heard_twice_is_written_once(till: Till) -> None:
    payout = paid_out(till)
    heard = till.news("payout", payout["id"])
    apply(heard, heard)
    assert (len(seen.every(Payout)), len(seen.payout_entries())) == (1, 1)


def test_a_payout_that_fails_is_asked_about_and_stays_failed(till: Till) -> None:
    payout = paid_out(till)
    older = till.news("payout", payout["id"])
    till.sandbox.do(nights.fail, payout["id"])
    till.hear("payout", payout["id"])
    apply(older)
    assert [each.status for each in seen.every(Payout)] == ["failed"]
    assert seen.tasks() == {("payout failed", payout["id"]): None}
