"""Where two payment pages of one plan were paid, whoever ends the plan ends both."""

import pytest
from sqlalchemy import select

from db.session import transaction
from payments import plans
from payments.gateway import TemporaryFailure
from payments.models.events import TaskKind
from payments.models.giving import Checkout
from sandbox.stripe import paying
from sandbox.stripe.troubles import Trouble
from tests.payments.plans.giver import CARD, Giver


def statuses(giver: Giver) -> list[str]:
    """Return how every subscription stands at Stripe."""
    with giver.sandbox.world.lock:
        return [each["status"] for each in giver.sandbox.world.shelf.all("subscription")]


@pytest.fixture
def twice(giver: Giver) -> Giver:
    """Give a giver who has paid two pages of one plan, and both were heard of."""
    giver.given()
    pay_again(giver)
    return giver


def pay_again(giver: Giver) -> None:
    """Pay another page of the plan, as two workers might have opened it."""
    with transaction() as session:
        first = session.scalars(select(Checkout)).one().request
    request = {**first, "expires_at": int(giver.now.timestamp()) + 7_000}
    opened = giver.gateway.open_session(request, key="another page")
    giver.sandbox.do(paying.pay, opened.id, number=CARD)
    giver.sandbox.advance(2)
    giver.hear()


def test_to_end_it_ends_both_and_settles_what_staff_are_asked(twice: Giver) -> None:
    assert [kind for kind, _ in twice.tasks()] == [TaskKind.DUPLICATE]
    plans.cancel(twice.gateway, transaction, twice.plan_id, now=twice.now)
    assert statuses(twice) == ["canceled"] * 2
    assert twice.tasks() == []
    before = len(twice.gifts())
    twice.pass_days(64, step=32)
    assert (len(twice.gifts()), twice.tasks(), twice.mails().count("plan-ended")) == (before, [], 1)


def test_one_that_staff_have_ended_at_stripe_settles_their_task(twice: Giver) -> None:
    [(_, second)] = twice.tasks()
    twice.gateway.cancel(second)
    twice.hear()
    assert (sorted(statuses(twice)), twice.tasks()) == (["active", "canceled"], [])


def test_where_only_the_second_goes_on_it_can_be_ended_still(giver: Giver) -> None:
    giver.given()
    plans.cancel(giver.gateway, transaction, giver.plan_id, now=giver.now)
    pay_again(giver)
    assert sorted(statuses(giver)) == ["active", "canceled"]
    plans.cancel(giver.gateway, transaction, giver.plan_id, now=giver.now)
    assert statuses(giver) == ["canceled"] * 2


def test_while_stripe_is_away_nobody_is_told_that_it_is_over(twice: Giver) -> None:
    twice.sandbox.api.troubles.order(Trouble("reset_before", method="DELETE", count=3))
    with pytest.raises(TemporaryFailure):
        plans.cancel(twice.gateway, transaction, twice.plan_id, now=twice.now)
    assert "plan-ended" not in twice.mails()
    plans.cancel(twice.gateway, transaction, twice.plan_id, now=twice.now)
    assert statuses(twice) == ["canceled"] * 2
