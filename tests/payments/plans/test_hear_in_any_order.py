"""News of a plan comes in any order, twice and late: the rows at the end are the same."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from math import factorial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.base import Base
from db.session import transaction
from payments import gateway
from payments.applying import charges, intents, invoices, sessions, subscriptions
from payments.models.events import TaskKind
from payments.models.giving import Donation, Plan, PlanState
from payments.models.money import LedgerEntry, Payment
from sandbox.stripe import invoices as at_stripe
from sandbox.stripe import subscriptions as subscriptions_at_stripe
from tests.payments.applying import rows
from tests.payments.plans.giver import CARD, DAY, FAILS_LATER, Giver

News = Callable[[Session], None]
TABLES = (*rows.BOOKS, *rows.STORY, Plan)


@dataclass
class Walk:
    """Goes through every order of some news, each in a savepoint that is taken back.

    Where the rows after some of them equal those after the same ones in another order, what follows is the
    same and is counted, not walked again.
    """

    session: Session
    heard: Sequence[News]
    tables: Sequence[type[Base]]
    ends: set[str] = field(default_factory=set)
    seen: set[tuple[frozenset[int], str]] = field(default_factory=set)

    def orders(self, left: frozenset[int]) -> int:
        """Walk on from here; return how many orders of what is left there are."""
        if not left:
            self.ends.add(self.stand())
            return 1
        return sum(self._orders_after(each, left - {each}) for each in left)

    def stand(self) -> str:
        """Say how the rows stand; gifts go by their invoices, because an order may number them otherwise."""
        gifts = [(each.id, each.invoice_id) for each in self.session.scalars(select(Donation))]
        tables = rows.of(self.session, self.tables)
        return str({name: sorted(named(row, gifts) for row in tables[name]) for name in tables})

    def _orders_after(self, number: int, left: frozenset[int]) -> int:
        with taken_back(self.session):
            self.heard[number](self.session)
            here = (left, self.stand())
            if left and here in self.seen:
                return factorial(len(left))
            self.seen.add(here)
            return self.orders(left)


def named(row: str, gifts: Sequence[tuple[int, str | None]]) -> str:
    """Name a row's gift by its invoice."""
    for donation_id, invoice_id in gifts:
        row = row.replace(f"'donation_id': {donation_id},", f"'donation_id': {invoice_id},")
    return row


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    point = session.begin_nested()
    yield
    point.rollback()


def ends(heard: Sequence[News], tables: Sequence[type[Base]] = TABLES) -> tuple[int, set[str]]:
    """Return how many orders there are, and the different rows that they end in."""
    with transaction() as session:
        walk = Walk(session, heard, tables)
        orders = walk.orders(frozenset(range(len(heard))))
        session.rollback()
    return orders, walk.ends


def sevenfold(giver: Giver, session_id: str) -> list[News]:
    """Fetch what seven events of a plan are about: its page, its end, and two payments with their charges."""
    asked, now = giver.gateway, giver.now
    at_page = sessions.fetch(asked, session_id)
    paid = [invoices.fetch(asked, each) for each in giver.invoices("paid")]
    first, second = (each.payments[0].intent for each in paid)
    of_plan = subscriptions.fetch(asked, str(paid[0].invoice.subscription_id))
    intent = intents.fetch(asked, first.id)
    line = charges.fetch(asked, str(second.charge_id))
    other = intents.fetch(asked, second.id)
    return [
        lambda s: sessions.apply(s, at_page, now=now),
        lambda s: invoices.apply(s, paid[0], now=now),
        lambda s: invoices.apply(s, paid[1], now=now),
        lambda s: intents.apply(s, intent, now=now),
        lambda s: intents.apply(s, other, now=now),
        lambda s: charges.apply(s, line, now=now),
        lambda s: subscriptions.apply(s, of_plan, now=now),
    ]


def test_all_5040_orders_of_a_plans_seven_events_end_in_the_same_rows(giver: Giver) -> None:
    session_id = giver.promise()
    giver.sandbox.advance(32 * DAY)
    orders, found = ends(sevenfold(giver, session_id))
    assert orders == 5_040
    assert len(found) == 1


def test_all_5040_orders_of_a_plan_that_has_ended_end_in_the_same_rows(giver: Giver) -> None:
    session_id = giver.promise()
    giver.sandbox.advance(32 * DAY)
    subscription = giver.gateway.session(session_id).subscription_id
    giver.sandbox.do(subscriptions_at_stripe.cancel, {}, str(subscription))
    orders, found = ends(sevenfold(giver, session_id))
    assert orders == 5_040
    assert len(found) == 1


def test_all_120_orders_of_what_was_fetched_at_its_time_leave_the_same_books(giver: Giver) -> None:
    session_id = giver.promise(number=FAILS_LATER)
    asked, now = giver.gateway, giver.now
    first = invoices.fetch(asked, giver.invoices("paid")[0])
    at_page = sessions.fetch(asked, session_id)
    giver.sandbox.advance(32 * DAY)
    refused = invoices.fetch(asked, giver.invoices("open")[0])
    giver.sandbox.do(at_stripe.pay_by_hand, refused.invoice.id, number=CARD)
    giver.sandbox.advance(2)
    paid = invoices.fetch(asked, refused.invoice.id)
    intent = intents.fetch(asked, paid.payments[0].intent.id)
    late: list[News] = [
        partial(invoices.apply, snapshot=each, now=now) for each in (first, refused, paid)
    ]
    late += [lambda s: sessions.apply(s, at_page, now=now)]
    late += [lambda s: intents.apply(s, intent, now=now)]
    orders, found = ends(late, rows.BOOKS)
    assert (orders, len(found)) == (120, 1)


def test_an_invoice_that_comes_before_its_session_finds_the_plan_by_its_reference(
    giver: Giver,
) -> None:
    giver.promise()
    hear(giver, giver.invoices("paid")[0])
    assert giver.plan().state is PlanState.ACTIVE
    assert giver.plan().subscription_id is not None
    assert len(giver.gifts()) == 1


@pytest.mark.parametrize("intent_first", [True, False])
def test_an_intent_is_linked_to_its_invoice_in_either_order(
    giver: Giver, *, intent_first: bool
) -> None:
    giver.promise()
    invoice = invoices.fetch(giver.gateway, giver.invoices("paid")[0])
    intent = intents.fetch(giver.gateway, invoice.payments[0].intent.id)
    with transaction() as session:
        if intent_first:
            intents.apply(session, intent, now=giver.now)
        invoices.apply(session, invoice, now=giver.now)
        intents.apply(session, intent, now=giver.now)
    assert [payment.donation_id for payment in payments()] == [giver.gifts()[0].id]


def test_the_same_news_ten_times_is_one_gift(giver: Giver) -> None:
    session_id = giver.promise()
    giver.sandbox.advance(32 * DAY)
    for each in sevenfold(giver, session_id) * 10:
        with transaction() as session:
            each(session)
    assert len(giver.gifts()) == len(payments()) == 2
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 2


def test_an_invoice_of_nothing_is_no_gift(giver: Giver) -> None:
    giver.given()
    nothing = amended(giver, amount_paid=0, id="in_of_nothing")
    for _ in range(2):
        with transaction() as session:
            invoices.apply(session, nothing, now=giver.now)
    assert len(giver.gifts()) == 1
    assert giver.story()[-1] == (invoices.NOTHING_DUE, "in_of_nothing")


def test_an_invoice_that_was_paid_past_stripe_is_for_staff_to_enter(giver: Giver) -> None:
    giver.given()
    past = replace(amended(giver, id="in_by_cheque"), payments=())
    with transaction() as session:
        invoices.apply(session, past, now=giver.now)
    assert len(giver.gifts()) == 1
    assert giver.tasks() == [(TaskKind.UNMATCHED, "in_by_cheque")]


def test_an_invoice_that_is_voided_closes_the_attempt_alone(giver: Giver) -> None:
    giver.given(number=FAILS_LATER)
    giver.pass_days(32, step=8)
    giver.sandbox.do(at_stripe.void, {}, giver.invoices("open")[0])
    giver.hear()
    assert len(giver.gifts()) == 1
    assert giver.story()[-1][0] == invoices.GIVEN_UP


def test_money_of_a_subscription_that_is_none_of_ours_is_written_down_and_asked_about(
    giver: Giver,
) -> None:
    giver.promise()
    theirs = amended(giver, plan_reference="somebody's plan", subscription_id="sub_theirs")
    with transaction() as session:
        invoices.apply(session, theirs, now=giver.now)
    (payment,) = payments()
    assert giver.gifts() == []
    assert giver.tasks() == [(TaskKind.UNMATCHED, payment.payment_intent_id)]


def test_a_second_subscription_of_one_plan_is_money_and_a_task(giver: Giver) -> None:
    plan = giver.given()
    first = invoices.fetch(giver.gateway, giver.invoices("paid")[0])
    assert first.subscription is not None
    second = replace(
        first,
        invoice=replace(first.invoice, id="in_second", subscription_id="sub_second"),
        subscription=replace(first.subscription, id="sub_second"),
        payments=(),
    )
    with transaction() as session:
        invoices.apply(session, second, now=giver.now)
    assert giver.plan().subscription_id == plan.subscription_id
    assert (TaskKind.DUPLICATE, "sub_second") in giver.tasks()


def test_a_subscription_that_is_gone_leaves_its_money(giver: Giver) -> None:
    giver.promise()
    gone = replace(invoices.fetch(giver.gateway, giver.invoices("paid")[0]), subscription=None)
    with transaction() as session:
        invoices.apply(session, gone, now=giver.now)
    assert len(giver.gifts()) == 1


def hear(giver: Giver, invoice_id: str) -> None:
    snapshot = invoices.fetch(giver.gateway, invoice_id)
    with transaction() as session:
        invoices.apply(session, snapshot, now=giver.now)


def amended(giver: Giver, **changes: object) -> invoices.Snapshot:
    """Fetch the newest paid invoice, and say other things of it."""
    snapshot = invoices.fetch(giver.gateway, giver.invoices("paid")[0])
    invoice: gateway.Invoice = replace(snapshot.invoice, **changes)  # type: ignore[arg-type] # its fields
    return replace(snapshot, invoice=invoice)


def payments() -> list[Payment]:
    with transaction() as session:
        return list(session.scalars(select(Payment).order_by(Payment.id)))
