"""Boris, who gives regularly: his plan at a sandbox's Stripe, its clock, and what the product hears of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from db.session import transaction
from mailer.models.deliveries import OutboxMail
from payments import checkouts, events, gateway, giving
from payments.models.events import MoneyTask, Source, TaskKind
from payments.models.giving import Checkout, Donation, GivingEvent, Interval, Plan
from sandbox.stripe import customers, paying
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing
from tests.payments import wishes

DAY: Final = 24 * 3600
CARD: Final = "4242424242424242"
FAILS_LATER: Final = "4000000000000341"
"""Pays once, and is refused at each renewal."""
ASKS_ALWAYS: Final = "4000002760003184"
"""Asks for 3-D Secure each time, which nobody answers at a renewal."""


@dataclass
class Giver:
    """A sandbox's Stripe, the product's gateway to it, and a plan."""

    sandbox: Stripe
    gateway: gateway.Gateway
    plan_id: int = 0
    #: What Boris says at the form beside the usual.
    said: Mapping[str, object] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """What time it is at Stripe."""
        return datetime.fromtimestamp(self.sandbox.world.now(), UTC)

    def promise(self, interval: Interval = Interval.MONTH, number: str = CARD) -> str:
        """Begin a plan and make its first payment; return the session's id. Nothing is heard of it yet."""
        with transaction() as session:
            wished = replace(wish(interval), **self.said)  # type: ignore[arg-type] # each name has its own type
            plan = giving.begin(session, wished, now=self.now)
            assert isinstance(plan, Plan)
            self.plan_id = plan.id
            checkout = checkouts.prepare(
                session, plan, base_url="http://127.0.0.1", organisation="Example", now=self.now
            )
        checkouts.open_(self.gateway, transaction, checkout.id, now=self.now)
        with transaction() as session:
            session_id = str(session.get_one(Checkout, checkout.id).session_id)
        intent: Thing = self.sandbox.do(paying.pay, session_id, number=number)
        if intent["status"] == "requires_action":
            self.sandbox.do(paying.authenticate, session_id)
        self.sandbox.advance(2)
        return session_id

    def given(self, interval: Interval = Interval.MONTH, number: str = CARD) -> Plan:
        """Begin a plan, and hear of it."""
        self.promise(interval, number)
        self.hear()
        return self.plan()

    def pass_days(self, days: int, step: int = 1) -> None:
        """Let days pass at Stripe, and hear what happened after each step of so many."""
        for _ in range(0, days, step):
            self.sandbox.advance(step * DAY)
            self.hear()

    def hear(self) -> None:
        """Hear every event that was not heard yet; Stripe lists those of the last 30 days."""
        told = list(self.gateway.events(since=self.now - timedelta(days=28)))
        with transaction() as session:
            for event in told:
                events.store(session, event, source=Source.SWEEP, body=None, now=self.now)
        with transaction() as session:
            due = events.due(session, 1_000, now=self.now)
        for id_ in due:
            events.process(transaction, self.gateway, id_, now=self.now)

    def invoices(self, status: str) -> list[str]:
        """Return the ids of the invoices that stand so at Stripe, the newest first."""
        with self.sandbox.world.lock:
            found = list(self.sandbox.world.shelf.all("invoice"))
            return [each["id"] for each in reversed(found) if each["status"] == status]

    def new_card(self, number: str = CARD) -> None:
        """Give another card on the page of Stripe's portal."""
        self.sandbox.do(customers.replace_card, str(self.plan().customer_id), number=number)

    def plan(self) -> Plan:
        """Return the plan as it is now."""
        with transaction() as session:
            return session.get_one(Plan, self.plan_id)

    def gifts(self) -> list[Donation]:
        """Return what the plan has brought, the oldest first."""
        with transaction() as session:
            theirs = select(Donation).where(Donation.plan_id == self.plan_id)
            return list(session.scalars(theirs.order_by(Donation.id)))

    def mails(self) -> list[str]:
        """Return the mails about the plan, in order; receipts are of the gifts, and left out."""
        with transaction() as session:
            templates = session.scalars(
                select(OutboxMail.template).order_by(OutboxMail.delivery_id)
            )
            return [each for each in templates if not each.startswith("receipt")]

    def tasks(self) -> list[tuple[TaskKind, str]]:
        """Return what staff are asked and have not answered."""
        with transaction() as session:
            found = session.scalars(select(MoneyTask).where(MoneyTask.done_at.is_(None)))
            return [(each.kind, each.about) for each in found]

    def story(self) -> list[tuple[str, str]]:
        """Return what happened to the plan."""
        with transaction() as session:
            theirs = select(GivingEvent).where(GivingEvent.plan_id == self.plan_id)
            found = session.scalars(theirs.order_by(GivingEvent.id))
            return [(each.what, each.detail) for each in found]


def wish(interval: Interval) -> giving.Wish:
    """Return what Boris wishes to give."""
    return replace(wishes.WISH, costs=100, interval=interval)
