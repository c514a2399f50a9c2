"""Customers: who has a plan. One who gives once stays a guest and has none."""

from typing import Final

from sandbox.stripe import methods
from sandbox.stripe.refusals import Refused, no_such
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

SHOWN: Final[tuple[str, ...]] = (
    "address",
    "description",
    "email",
    "name",
    "phone",
    "preferred_locales",
    "shipping",
)


def create(world: World, params: Thing) -> Thing:
    """POST /v1/customers."""
    customer = world.make(
        "cus",
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        discount=None,
        invoice_prefix=world.opaque("invoice prefix", 8).upper(),
        invoice_settings=_settings(None),
        metadata=params.get("metadata") or {},
        next_invoice_sequence=1,
        tax_exempt="none",
        test_clock=None,
        **{name: params.get(name) for name in SHOWN},
    )
    customer["preferred_locales"] = customer["preferred_locales"] or []
    world.emit("customer.created", customer)
    return customer


def update(world: World, params: Thing, customer_id: str) -> Thing:
    """POST /v1/customers/{id}."""
    customer = world.get("customer", customer_id)
    fields: Thing = {name: params[name] or None for name in SHOWN if name in params}
    if "metadata" in params:
        fields["metadata"] = merged(customer["metadata"], params["metadata"])
    chosen = (params.get("invoice_settings") or {}).get("default_payment_method")
    if chosen is not None:
        fields["invoice_settings"] = _settings(owned(world, customer_id, chosen))
    before = world.change(customer, **fields)
    if before:
        world.emit("customer.updated", customer, before)
    return customer


def living(world: World, customer_id: str) -> Thing:
    """Give a customer; raises Refused where there is none, or none any more."""
    customer = world.get("customer", customer_id)
    if customer.get("deleted"):
        raise no_such("customer", customer_id)
    return customer


def named(world: World, params: Thing) -> Thing:
    """Give the customer that a request names; raises Refused, 400 where it cannot be named."""
    customer = world.get("customer", params["customer"], param="customer")
    if customer.get("deleted"):
        raise no_such("customer", customer["id"], param="customer", status=400)
    return customer


def replace_card(world: World, customer_id: str, *, number: str) -> Thing:
    """Do what a donor does in the portal: give another card, and make it the customer's default.

    A plan that names a card of its own keeps charging that one, as at Stripe.
    """
    customer = living(world, customer_id)
    method = methods.make(world, number, email=customer["email"], name=customer["name"])
    methods.attach(world, method, customer["id"])
    before = world.change(customer, invoice_settings=_settings(method["id"]))
    world.emit("customer.updated", customer, before)
    return method


def merged(metadata: dict[str, str], given: dict[str, str] | str) -> dict[str, str]:
    """Merge metadata as Stripe does: an empty value unsets a key, an empty string unsets them all."""
    if isinstance(given, str):
        return {}
    return {key: value for key, value in (metadata | given).items() if value}


def owned(world: World, customer_id: str, method_id: str) -> str:
    """Check that a method belongs to a customer; raises Refused where it does not."""
    method = world.get("payment_method", method_id, param="default_payment_method")
    if method["customer"] != customer_id:
        raise Refused(
            f"The customer does not have a payment method with the ID {method_id}. The payment "
            "method must be attached to the customer.",
            code="resource_missing",
            param="default_payment_method",
        )
    return method_id


def _settings(default: str | None) -> Thing:
    return {
        "custom_fields": None,
        "default_payment_method": default,
        "footer": None,
        "rendering_options": None,
    }
