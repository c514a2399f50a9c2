"""Checkout sessions: what the product asks for, before anybody has paid."""

from typing import Final

from sandbox.stripe import catalogue, customers, lists, money
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

SHORTEST_SECONDS: Final = 30 * 60
LONGEST_SECONDS: Final = 24 * 3600
LINES: Final = 100
COPIED: Final = (
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "consent_collection",
    "customer_email",
    "locale",
    "name_collection",
    "origin_context",
    "success_url",
)
"""What a session shows as it was given."""
NEVER: Final = (
    "after_expiration",
    "allow_promotion_codes",
    "branding_settings",
    "client_secret",
    "collected_information",
    "consent",
    "currency_conversion",
    "customer_account",
    "customer_details",
    "integration_identifier",
    "invoice",
    "managed_payments",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "return_url",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "wallet_options",
)
"""What a new session has no value for."""


BLANK: Final[Thing] = {
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "custom_fields": [],
    "custom_text": dict.fromkeys(
        ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    ),
    "discounts": [],
    "invoice_creation": None,
    "payment_method_options": {},
    "payment_method_types": ["card"],
    "payment_status": "unpaid",
    "phone_number_collection": {"enabled": False},
    "redirect_on_completion": None,
    "shipping_options": [],
    "status": "open",
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted_page",
    "url": None,
    "_intent": None,
}
"""What every new session has."""


def create(world: World, params: Thing) -> Thing:
    """POST /v1/checkout/sessions."""
    _check(world, params)
    lines = [
        _line(world, line, f"line_items[{place}]")
        for place, line in enumerate(params["line_items"])
    ]
    total = sum(line["amount_total"] for line in lines)
    _check_lines(params, lines, total)
    session = _make(world, params, lines, total)
    world.change(session, url=f"{world.base}/c/pay/{session['id']}")
    world.at(session["expires_at"], "session.expire", session["id"])
    return session


def update(world: World, params: Thing, session_id: str) -> Thing:
    """POST /v1/checkout/sessions/{id}: its metadata."""
    session = world.get("checkout.session", session_id)
    if "metadata" in params:
        world.change(session, metadata=customers.merged(session["metadata"], params["metadata"]))
    return session


def expire(world: World, params: Thing, session_id: str) -> Thing:
    """POST /v1/checkout/sessions/{id}/expire."""
    del params
    session = world.get("checkout.session", session_id)
    if session["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    world.change(session, status="expired", url=None)
    world.emit("checkout.session.expired", session)
    return session


def run_out(world: World, session_id: str) -> None:
    """Expire a session whose time is over, unless it is over anyway."""
    if world.get("checkout.session", session_id)["status"] == "open":
        expire(world, {}, session_id)


def line_items(world: World, params: Thing, session_id: str) -> lists.Found:
    """GET /v1/checkout/sessions/{id}/line_items."""
    del params
    return lists.Found(world.get("checkout.session", session_id)["_line_items"])


def _check(world: World, params: Thing) -> None:
    mode = params.get("mode")
    if mode not in {"payment", "subscription"}:
        raise Refused(
            "The sandbox serves the modes payment and subscription.",
            code="parameter_missing",
            param="mode",
        )
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refused("The sandbox serves ui_mode hosted_page only.", param="ui_mode")
    for field, only in (("payment_intent_data", "payment"), ("subscription_data", "subscription")):
        if field in params and mode != only:
            raise Refused(f"You can not pass `{field}` in `{mode}` mode.", param=field)
    for field in ("success_url", "line_items"):
        if not params.get(field):
            raise Refused(
                f"Missing required param: {field}.", code="parameter_missing", param=field
            )
    if len(params["line_items"]) > LINES:
        raise Refused(f"A session has no more than {LINES} line items.", param="line_items")
    _check_donor(world, params)
    _check_time(world, params)


def _check_donor(world: World, params: Thing) -> None:
    if "customer" in params and "customer_email" in params:
        raise Refused(
            "You may only specify one of these parameters: customer, customer_email.",
            param="customer",
        )
    if params.get("mode") == "subscription" and "customer_creation" in params:
        raise Refused(
            "`customer_creation` can only be used in `payment` and `setup` mode.",
            param="customer_creation",
        )
    if "customer" in params:
        customers.named(world, params)


def _check_time(world: World, params: Thing) -> None:
    # A minute of grace at either end: the product's clock is not quite ours.
    ahead = params.get("expires_at", world.now() + LONGEST_SECONDS) - world.now()
    if ahead < SHORTEST_SECONDS - 60:
        raise Refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if ahead > LONGEST_SECONDS + 60:
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _line(world: World, line: Thing, at: str) -> Thing:
    if ("price" in line) == ("price_data" in line):
        raise Refused(
            "You must specify either `price` or `price_data` for each line item.", param=at
        )
    if "price" in line:
        price = world.get("price", line["price"], param=f"{at}[price]")
    else:
        price = catalogue.inline(world, line["price_data"], at=f"{at}[price_data]")
    quantity = line.get("quantity", 1)
    total = price["unit_amount"] * quantity
    return {
        "id": f"li_{world.opaque('line')}",
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": world.get("product", price["product"])["name"],
        "metadata": {},
        "price": price,
        "quantity": quantity,
    }


def _check_lines(params: Thing, lines: list[Thing], total: int) -> None:
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise Refused(
            "All line items must have the same currency.", param="line_items", code="currency_mixed"
        )
    recurring = {line["price"]["type"] for line in lines}
    if params["mode"] == "payment" and "recurring" in recurring:
        raise Refused(
            "You specified `payment` mode but passed a recurring price. Either switch to "
            "`subscription` mode or use only one-time prices.",
            param="line_items[0][price]",
        )
    if params["mode"] == "subscription" and recurring != {"recurring"}:
        raise Refused(
            "The sandbox takes only recurring prices in `subscription` mode.",
            param="line_items[0][price]",
        )
    currency = currencies.pop()
    if total < money.least(currency):
        raise Refused(
            f"The Checkout Session's total amount due must add up to at least "
            f"{money.least(currency)} in the smallest unit of {currency}.",
            code="amount_too_small",
        )


def _make(world: World, params: Thing, lines: list[Thing], total: int) -> Thing:
    mode = params["mode"]
    return world.make(
        "cs",
        **BLANK,
        adaptive_pricing={"enabled": params.get("adaptive_pricing", {}).get("enabled", False)},
        allowed_payment_method_types=params.get("allowed_payment_method_types"),
        amount_subtotal=total,
        amount_total=total,
        currency=lines[0]["currency"],
        customer=params.get("customer"),
        customer_creation=params.get("customer_creation", "if_required")
        if mode == "payment"
        else None,
        excluded_payment_method_types=params.get("excluded_payment_method_types"),
        expires_at=params.get("expires_at", world.now() + LONGEST_SECONDS),
        metadata=params.get("metadata") or {},
        mode=mode,
        payment_method_collection="always" if mode == "subscription" else "if_required",
        submit_type=params.get("submit_type"),
        _line_items=lines,
        _data=params.get("payment_intent_data") or params.get("subscription_data") or {},
        **{name: params.get(name) for name in COPIED},
        **dict.fromkeys(NEVER),
    )
