"""Stripe's objects as this room holds them: JSON dictionaries, each with its `object` and its `id`."""

from typing import Any, Final

Thing = dict[str, Any]
"""One object. A key that begins with `_` is the sandbox's own and is never shown."""

KINDS: Final = {
    "cs": "checkout.session",
    "pi": "payment_intent",
    "ch": "charge",
    "py": "charge",
    "re": "refund",
    "pyr": "refund",
    "dp": "dispute",
    "issfr": "radar.early_fraud_warning",
    "cus": "customer",
    "pm": "payment_method",
    "prod": "product",
    "price": "price",
    "sub": "subscription",
    "in": "invoice",
    "inpay": "invoice_payment",
    "txn": "balance_transaction",
    "po": "payout",
    "evt": "event",
    "bps": "billing_portal.session",
    "we": "webhook_endpoint",
}
"""What an id's first letters say of the object's kind."""


def kind_of(thing_id: str) -> str | None:
    """Tell the kind of object that an id names, or None where it is no id of ours."""
    return KINDS.get(thing_id.split("_", 1)[0]) if "_" in thing_id else None


def listed(data: list[Thing], url: str, *, has_more: bool = False) -> Thing:
    """Make Stripe's list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def public(thing: Thing) -> Thing:
    """Give the object without what is the sandbox's own."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}
