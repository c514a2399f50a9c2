"""What the sandbox serves: for each method and path, the SDK's type of its parameters and its handler."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sandbox.stripe import (
    balance,
    catalogue,
    checkout,
    customers,
    disputes,
    erasing,
    events,
    invoices,
    lists,
    methods,
    portal,
    refunds,
    subscriptions,
)
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

Handler = Callable[..., Any]
"""Takes the world, the checked parameters and the ids in the path; gives an object or `lists.Found`."""


@dataclass(frozen=True)
class Route:
    """One line of the table; `{id}` in a path is given to the handler."""

    method: str
    path: str
    shape: str
    handler: Handler

    def match(self, method: str, path: str) -> tuple[str, ...] | None:
        """Give the ids in a path that is this one, or None."""
        pattern = self.path.replace("{id}", "([A-Za-z0-9_]+)")
        found = re.fullmatch(pattern, path) if method == self.method else None
        return found.groups() if found else None


def _one(kind: str) -> Handler:
    def get(world: World, params: Thing, thing_id: str) -> Thing:
        del params
        return world.get(kind, thing_id)

    return get


def _served(
    path: str, kind: str, shape: str, match: lists.Match | None = None
) -> tuple[Route, Route]:
    """List a kind of object, and give one."""
    return (
        Route("GET", path, f"{shape}ListParams", lists.handler(kind, match)),
        Route("GET", f"{path}/{{id}}", f"{shape}RetrieveParams", _one(kind)),
    )


def _of_customer(customer: Thing, params: Thing) -> bool:
    return "deleted" not in customer and lists.equal(customer, params)


def _of_payment(payment: Thing, params: Thing) -> bool:
    asked = dict(params)
    wanted = asked.pop("payment", None)
    if wanted and payment["payment"]["payment_intent"] != wanted.get("payment_intent"):
        return False
    return lists.equal(payment, asked)


def _of_subscription(plan: Thing, params: Thing) -> bool:
    asked = dict(params)
    match asked.pop("status", None):
        case None:
            fits = plan["status"] != "canceled"
        case "all":
            fits = True
        case "ended":
            fits = plan["status"] in subscriptions.OVER
        case status:
            fits = plan["status"] == status
    return fits and lists.equal(plan, asked)


def _of_transaction(entry: Thing, params: Thing) -> bool:
    asked = dict(params)
    payout = asked.pop("payout", entry["_payout"])
    return payout == entry["_payout"] and lists.equal(entry, asked)


ROUTES: Final = (
    Route("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", checkout.create),
    *_served("/v1/checkout/sessions", "checkout.session", "checkout.Session"),
    Route("POST", "/v1/checkout/sessions/{id}", "checkout.SessionUpdateParams", checkout.update),
    Route(
        "POST", "/v1/checkout/sessions/{id}/expire", "checkout.SessionExpireParams", checkout.expire
    ),
    Route(
        "GET",
        "/v1/checkout/sessions/{id}/line_items",
        "checkout.SessionLineItemListParams",
        checkout.line_items,
    ),
    *_served("/v1/payment_intents", "payment_intent", "PaymentIntent"),
    *_served("/v1/charges", "charge", "Charge"),
    Route("POST", "/v1/refunds", "RefundCreateParams", refunds.create),
    Route("POST", "/v1/refunds/{id}", "RefundUpdateParams", refunds.update),
    *_served("/v1/refunds", "refund", "Refund"),
    Route("POST", "/v1/disputes/{id}", "DisputeUpdateParams", disputes.update),
    Route("POST", "/v1/disputes/{id}/close", "DisputeCloseParams", disputes.close),
    *_served("/v1/disputes", "dispute", "Dispute"),
    *_served(
        "/v1/radar/early_fraud_warnings", "radar.early_fraud_warning", "radar.EarlyFraudWarning"
    ),
    Route("POST", "/v1/customers", "CustomerCreateParams", customers.create),
    Route("POST", "/v1/customers/{id}", "CustomerUpdateParams", customers.update),
    Route("DELETE", "/v1/customers/{id}", "CustomerDeleteParams", erasing.customer),
    *_served("/v1/customers", "customer", "Customer", _of_customer),
    Route("GET", "/v1/payment_methods/{id}", "PaymentMethodRetrieveParams", _one("payment_method")),
    Route("POST", "/v1/payment_methods/{id}/detach", "PaymentMethodDetachParams", methods.detach),
    Route("GET", "/v1/payment_methods", "PaymentMethodListParams", lists.handler("payment_method")),
    Route("POST", "/v1/products", "ProductCreateParams", catalogue.create_product),
    *_served("/v1/products", "product", "Product"),
    Route("POST", "/v1/prices", "PriceCreateParams", catalogue.create_price),
    *_served("/v1/prices", "price", "Price"),
    Route("POST", "/v1/subscriptions/{id}", "SubscriptionUpdateParams", subscriptions.update),
    Route("DELETE", "/v1/subscriptions/{id}", "SubscriptionCancelParams", subscriptions.cancel),
    *_served("/v1/subscriptions", "subscription", "Subscription", _of_subscription),
    Route("POST", "/v1/invoices/{id}/pay", "InvoicePayParams", invoices.pay),
    Route("POST", "/v1/invoices/{id}/void", "InvoiceVoidInvoiceParams", invoices.void),
    Route(
        "POST",
        "/v1/invoices/{id}/mark_uncollectible",
        "InvoiceMarkUncollectibleParams",
        invoices.mark_uncollectible,
    ),
    *_served("/v1/invoices", "invoice", "Invoice", invoices.match),
    *_served("/v1/invoice_payments", "invoice_payment", "InvoicePayment", _of_payment),
    Route("GET", "/v1/balance", "BalanceRetrieveParams", balance.show),
    *_served(
        "/v1/balance_transactions", "balance_transaction", "BalanceTransaction", _of_transaction
    ),
    *_served("/v1/payouts", "payout", "Payout"),
    Route("GET", "/v1/events", "EventListParams", events.find),
    Route("GET", "/v1/events/{id}", "EventRetrieveParams", _one("event")),
    Route(
        "POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams", portal.create
    ),
)


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """Find who serves a request, and the ids in its path."""
    for route in ROUTES:
        if (ids := route.match(method, path)) is not None:
            return route, ids
    return None
