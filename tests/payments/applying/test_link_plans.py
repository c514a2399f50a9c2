"""A plan's session links it to its subscription, and counts no money."""

from db.session import transaction
from payments.models.giving import Checkout, Donation, Interval, Plan
from payments.models.money import Payment
from tests.payments.applying import seen
from tests.payments.applying.till import Gift, Till


def plan(begun: Gift) -> Plan:
    """Return a plan's row."""
    with transaction() as session:
        return session.get_one(Plan, begun.given_id)


def test_a_complete_session_links_the_plan(till: Till) -> None:
    begun = till.open(interval=Interval.MONTH)
    till.pay(begun)
    till.hear("checkout.session", begun.session_id)
    told = till.gateway.session(begun.session_id)
    assert plan(begun).subscription_id == told.subscription_id is not None
    assert plan(begun).customer_id == told.customer_id is not None
    assert [each.state for each in seen.every(Checkout)] == ["complete"]
    assert (seen.every(Donation), seen.every(Payment)) == ([], [])


def test_a_plan_that_was_begun_twice_is_asked_about(till: Till) -> None:
    begun = till.open(interval=Interval.MONTH)
    with transaction() as session:
        request = dict(seen.checkout(session, begun).request)
    window = till.gateway.open_session(request, key="another window")
    for session_id in (begun.session_id, window.id):
        till.pay(Gift(begun.given_id, session_id))
        till.hear("checkout.session", session_id)
    first, second = (till.gateway.session(each) for each in (begun.session_id, window.id))
    assert plan(begun).subscription_id == first.subscription_id
    assert seen.tasks() == {("paid twice", str(second.subscription_id)): None}
    till.hear("checkout.session", begun.session_id)
    assert len(seen.tasks()) == 1


def test_a_plans_payment_waits_for_its_invoice_and_nobody_is_asked(till: Till) -> None:
    begun = till.open(interval=Interval.MONTH)
    intent_id = till.pay(begun)
    till.hear("payment_intent", intent_id)
    assert [each.donation_id for each in seen.every(Payment)] == [None]
    assert (seen.tasks(), [category for category, _ in seen.ledger()]) == ({}, ["charge"])
