"""A till: Boris gives over the sandbox's wire, and news of it is heard in whatever order a test wants."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from sqlalchemy.orm import Session

from db.session import transaction
from payments import checkouts, events, gateway, giving
from payments.applying import charges, disputes, intents, payouts, refunds, sessions, warnings
from payments.giving import Wish
from payments.models.giving import Donation, Interval, Plan
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import paying
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing
from sandbox.stripe.world import FIRST_SECOND
from tests.payments import wishes

NOW: Final = datetime.fromtimestamp(FIRST_SECOND, UTC)
CARD: Final = "4242424242424242"
DEBIT: Final = "AT611904300234573201"
FAILING_DEBIT: Final = "AT861904300235473202"


class Room(Protocol):
    """What each module of payments.applying has."""

    def fetch(self, stripe: gateway.Gateway, id_: str, /) -> Any: ...
    def apply(self, session: Session, snapshot: Any, *, now: datetime) -> None: ...


ROOMS: Final[dict[str, Room]] = {
    "checkout.session": sessions,
    "payment_intent": intents,
    "charge": charges,
    "refund": refunds,
    "dispute": disputes,
    "radar.early_fraud_warning": warnings,
    "payout": payouts,
}
"""Which module applies which kind of object."""

News = Callable[[Session], None]
"""Something that was fetched, and waits to be applied."""


@dataclass(frozen=True)
class Gift:
    """A gift or plan of Boris's whose page at Stripe is open."""

    given_id: int
    session_id: str


@dataclass
class Till:
    """A sandbox's Stripe, and the product's gateway to it."""

    sandbox: Stripe
    gateway: gateway.Gateway
    forms: int = 0

    def open(self, amount: int = 2500, *, interval: Interval | None = None) -> Gift:
        """Begin a gift or a plan, as the form does."""
        self.forms += 1
        with transaction() as session:
            wished = wish(amount, f"form {self.forms}", interval=interval)
            begun = giving.begin(session, wished, now=NOW)
        return self.attempt(begun.id, kind=type(begun))

    def attempt(
        self, given_id: int, *, kind: type[Donation] | type[Plan] = Donation, now: datetime = NOW
    ) -> Gift:
        """Open the next page of a gift or a plan."""
        with transaction() as session:
            given = session.get_one(kind, given_id)
            assert isinstance(given, Donation | Plan)
            checkout = checkouts.prepare(
                session, given, base_url="http://127.0.0.1", organisation="Example", now=now
            )
        checkouts.open_(self.gateway, transaction, checkout.id, now=now)
        with transaction() as session:
            session_id = session.get_one(type(checkout), checkout.id).session_id
        assert session_id is not None
        return Gift(given_id, session_id)

    def pay(self, gift: Gift, number: str = CARD) -> str:
        """Pay on Stripe's page; return the intent's id once its line of the books is known."""
        intent_id = self.pay_at_once(gift, number)
        self.sandbox.advance(2)
        return intent_id

    def pay_at_once(self, gift: Gift, number: str = CARD) -> str:
        """Pay on Stripe's page; return the intent's id."""
        intent: Thing = self.sandbox.do(paying.pay, gift.session_id, number=number)
        return str(intent["id"])

    def given(self, amount: int = 2500, number: str = CARD) -> tuple[Gift, str]:
        """Give, without anything being heard of it; return the gift and its intent."""
        gift = self.open(amount)
        return gift, self.pay(gift, number)

    def charge_of(self, intent_id: str) -> str:
        """Return the charge that an intent made."""
        charge_id = self.gateway.intent(intent_id).charge_id
        assert charge_id is not None
        return charge_id

    def news(self, kind: str, id_: str) -> News:
        """Fetch an object as it is now, to be applied at any time."""
        room = ROOMS[kind]
        snapshot = room.fetch(self.gateway, id_)
        return lambda session: room.apply(session, snapshot, now=NOW)

    def hear(self, kind: str, id_: str) -> None:
        """Fetch an object and apply it, as for one event."""
        apply(self.news(kind, id_))

    def work(self, now: datetime) -> None:
        """Process the events that are stored and due, as a worker does."""
        with transaction() as session:
            due = events.due(session, 100, now=now)
        for event_id in due:
            events.process(transaction, self.gateway, event_id, now=now)

    def hear_all(self) -> None:
        """Hear every event so far, the oldest first."""
        for event in self.sandbox.events():
            about = event["data"]["object"]
            if about["object"] in ROOMS:
                self.hear(about["object"], about["id"])


def opened(base: str) -> StripeGateway:
    """Return the product's gateway to a sandbox."""
    return StripeGateway("sk_test_0123456789abcdef", base=base, secrets=("whsec_x",), live=False)


def apply(*heard: News) -> None:
    """Apply news, each in a transaction of its own."""
    for each in heard:
        with transaction() as session:
            each(session)


def wish(
    amount: int = 2500,
    nonce: str = "form",
    *,
    joins_list: bool = False,
    interval: Interval | None = None,
) -> Wish:
    """Return what Boris typed into the form."""
    return replace(
        wishes.WISH, amount=amount, nonce=nonce, joins_list=joins_list, interval=interval
    )
