"""Which module applies an event, by its type; a type that is not here is stored and left alone.

Left out on purpose: twins of these, such as invoice.payment_succeeded and charge.refunded.
"""

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Final, Protocol, cast

from sqlalchemy.orm import Session

from payments.gateway import Gateway

_TYPES: Final = {
    "sessions": (
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    ),
    "intents": ("payment_intent.succeeded",),
    # A payment's line in Stripe's books is known some seconds after the payment.
    "charges": ("charge.updated",),
    "refunds": ("refund.created", "refund.updated", "refund.failed"),
    "disputes": (
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    ),
    "warnings": ("radar.early_fraud_warning.created",),
    "invoices": (
        "invoice.paid",
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "invoice.marked_uncollectible",
        "invoice.voided",
    ),
    "subscriptions": (
        "customer.subscription.updated",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
    ),
    "payouts": ("payout.paid", "payout.failed", "payout.reconciliation_completed"),
}

MODULE_OF: Final[Mapping[str, str]] = {
    type_: f"payments.applying.{module}" for module, types in _TYPES.items() for type_ in types
}
"""Type of event -> the module that applies it."""

REFUSED: Final = "payment_intent.payment_failed"
"""Only counted: at Stripe's page a donor may simply try another card."""

WANTED: Final = sorted({*MODULE_OF, REFUSED})
"""What the webhook's endpoint at Stripe should be sent."""


class Applying(Protocol):
    """What each of those modules is."""

    def fetch(self, stripe: Gateway, object_id: str, /) -> object:
        """Ask Stripe, outside any transaction."""

    def apply(self, session: Session, snapshot: object, /, *, now: datetime) -> None:
        """Write down what it means."""


def applying(type_: str) -> Applying:
    """Return the module that applies events of a type; raise KeyError where none does.

    Loaded at its first event: who only stores events, as the web does, draws no receipts.
    """
    return cast(Applying, import_module(MODULE_OF[type_]))
