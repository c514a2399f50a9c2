"""Stripe as this room sees it: what may be asked, and what an object says that was fetched just now.

Vendor shapes and codes stop here (`payments/stripe_gateway.py` has them). Amounts are minor units as Stripe
writes them on the wire, currencies in capitals, times aware. An object is fetched anew each time an event
rings for it, so none of these is ever kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

API_VERSION: Final = "2026-10-28.endive"
"""The version of the API that this room reads; the one that the pinned client library is written for."""


class TemporaryFailure(Exception):
    """Stripe could not be asked, or did not answer for sure: ask again with the same idempotency key."""


class PermanentFailure(Exception):
    """Stripe said no, and will say so again; `code` is its word for why, and names nobody."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class NotFound(PermanentFailure):
    """There is no such object at Stripe, or not in this mode."""


@dataclass(frozen=True, slots=True)
class Session:
    """A Checkout Session."""

    id: str
    #: open, complete, expired.
    status: str
    #: paid, unpaid, no_payment_required.
    payment_status: str
    #: payment or subscription.
    mode: str
    #: The reference of our donation or plan.
    reference: str | None
    url: str | None
    expires_at: datetime
    payment_intent_id: str | None
    subscription_id: str | None
    customer_id: str | None
    amount: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment intent; money exists where its status is 'succeeded'."""

    id: str
    status: str
    amount_received: int
    currency: str
    charge_id: str | None
    #: `metadata.gift`: the reference of our donation; None for a plan's payments.
    reference: str | None
    made_at: datetime
    #: Stripe's code for the last refusal.
    failure: str | None


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge: how an intent was paid; its balance transaction may come later."""

    id: str
    payment_intent_id: str | None
    amount: int
    currency: str
    #: card, sepa_debit, ..
    method: str | None
    balance_transaction_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of a subscription; a gift where its status is 'paid' and more than nothing was paid."""

    id: str
    status: str
    #: subscription_create, subscription_cycle, subscription_update, manual, ..
    reason: str
    subscription_id: str | None
    #: `parent.subscription_details.metadata.plan`: the reference of our plan.
    plan_reference: str | None
    amount_paid: int
    currency: str
    attempts: int
    next_attempt_at: datetime | None
    paid_at: datetime | None
    #: Where the donor answers a 3-D Secure question or pays by hand.
    hosted_url: str | None
    #: The intents that paid it; of an open one those that are to.
    payment_intent_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription: what a plan mirrors."""

    id: str
    #: active, past_due, unpaid, paused, canceled, incomplete, incomplete_expired, trialing.
    status: str
    plan_reference: str | None
    customer_id: str
    amount: int
    currency: str
    #: month or year.
    interval: str
    period_ends_at: datetime | None
    #: Set where it will end, whether by date or at the period's end.
    ends_at: datetime | None
    ended_at: datetime | None
    ended_reason: str | None
    #: Collection is paused until then; aware maximum where no date was given.
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund; its own unit of the ledger."""

    id: str
    #: pending, requires_action, succeeded, failed, canceled.
    status: str
    amount: int
    currency: str
    payment_intent_id: str | None
    charge_id: str | None
    failure_reason: str | None
    balance_transaction_ids: tuple[str, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute or an inquiry; an inquiry has no balance transactions."""

    id: str
    status: str
    amount: int
    currency: str
    payment_intent_id: str | None
    charge_id: str
    reason: str
    due_at: datetime | None
    refundable: bool
    #: The withdrawal, and the reinstatement behind it.
    balance_transaction_ids: tuple[str, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """An early fraud warning of a card's network."""

    id: str
    charge_id: str
    payment_intent_id: str | None
    actionable: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One line of Stripe's books, in the currency it settled in."""

    id: str
    source_id: str | None
    type: str
    reporting_category: str
    amount: int
    fee: int
    net: int
    currency: str
    exchange_rate: Decimal | None
    balance_type: str
    made_at: datetime
    available_at: datetime


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way to our bank."""

    id: str
    amount: int
    currency: str
    status: str
    automatic: bool
    reconciliation: str
    arrives_at: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says of itself; of its object only where to fetch it."""

    id: str
    type: str
    object_kind: str
    object_id: str
    api_version: str | None
    livemode: bool
    made_at: datetime


class BadWebhook(Exception):
    """A webhook that is not Stripe's, not for us, not of now, or not to be read; the sentence says which."""


class Gateway(Protocol):
    """What may be asked of Stripe; each may raise TemporaryFailure, PermanentFailure, or NotFound."""

    def read_webhook(self, body: bytes, header: str, *, now: datetime) -> Event:
        """Verify the raw bytes of a webhook and say what it is; raise BadWebhook. Asks nobody."""

    def open_session(self, request: Mapping[str, object], *, key: str) -> Session:
        """Open a Checkout Session as the frozen request says, under an idempotency key."""

    def session(self, id_: str) -> Session:
        """Fetch a Checkout Session."""

    def expire_session(self, id_: str) -> Session:
        """Make an open session unpayable; one that is over is returned as it is."""

    def intent(self, id_: str) -> Intent:
        """Fetch a payment intent."""

    def charge(self, id_: str) -> Charge:
        """Fetch a charge."""

    def invoice(self, id_: str) -> Invoice:
        """Fetch an invoice with the intents that paid it."""

    def invoice_of(self, payment_intent_id: str) -> str | None:
        """Return the id of the invoice that an intent paid, None where it paid none."""

    def subscription(self, id_: str) -> Subscription:
        """Fetch a subscription."""

    def cancel(self, subscription_id: str) -> Subscription:
        """End a subscription at once; one that has ended is returned as it is."""

    def change_amount(self, subscription_id: str, amount: int, *, key: str) -> Subscription:
        """Have a subscription ask for another amount from its next payment on, nothing prorated."""

    def pause(self, subscription_id: str, until: datetime | None) -> Subscription:
        """Ask for no payment until then; None goes on."""

    def ask_customers_card(self, subscription_id: str) -> None:
        """Have a subscription charge the card that its customer has chosen by then, and none of its own."""

    def portal(self, customer_id: str, return_url: str) -> str:
        """Return the address of Stripe's own page where a donor changes their card."""

    def forget_customer(self, customer_id: str) -> None:
        """Have Stripe delete a customer with their cards, and end their plans; one that is gone is gone."""

    def refund(self, payment_intent_id: str, amount: int, *, key: str) -> Refund:
        """Give an amount back, under an idempotency key."""

    def refund_of(self, id_: str) -> Refund:
        """Fetch a refund."""

    def dispute(self, id_: str) -> Dispute:
        """Fetch a dispute."""

    def fraud_warning(self, id_: str) -> FraudWarning:
        """Fetch an early fraud warning."""

    def payout(self, id_: str) -> Payout:
        """Fetch a payout."""

    def balance_transaction(self, id_: str) -> BalanceTransaction:
        """Fetch one line of Stripe's books."""

    def balance_transactions(
        self, *, since: datetime | None = None, payout_id: str | None = None
    ) -> Iterator[BalanceTransaction]:
        """Go through Stripe's books, the newest first; all pages."""

    def balance(self) -> Mapping[str, int]:
        """Return what Stripe holds for us by currency, available and pending together."""

    def events(self, *, since: datetime) -> Iterator[Event]:
        """Go through the events of the last 30 days, the newest first; all pages."""

    def sessions(self, *, since: datetime) -> Iterator[Session]:
        """Go through Checkout Sessions, the newest first; all pages."""

    def intents(self, *, since: datetime) -> Iterator[Intent]:
        """Go through payment intents, the newest first; all pages."""

    def invoices(self, *, since: datetime) -> Iterator[Invoice]:
        """Go through invoices that were paid, the newest first; all pages."""

    def refunds(self, *, since: datetime) -> Iterator[Refund]:
        """Go through refunds, the newest first; all pages."""

    def disputes(self, *, since: datetime) -> Iterator[Dispute]:
        """Go through disputes, the newest first; all pages."""

    def payouts(self, *, since: datetime) -> Iterator[Payout]:
        """Go through payouts, the newest first; all pages."""
