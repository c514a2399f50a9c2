"""Products and prices, most of them made inline by the request that names their amount."""

from sandbox.stripe import money
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World


def create_product(world: World, params: Thing) -> Thing:
    """POST /v1/products."""
    product = world.make(
        "prod",
        active=params.get("active", True),
        default_price=None,
        description=params.get("description") or None,
        images=params.get("images") or [],
        marketing_features=[],
        metadata=params.get("metadata") or {},
        name=params["name"],
        package_dimensions=None,
        shippable=None,
        statement_descriptor=params.get("statement_descriptor"),
        tax_code=params.get("tax_code"),
        type="service",
        unit_label=None,
        updated=world.now(),
        url=None,
    )
    world.emit("product.created", product)
    return product


def create_price(world: World, params: Thing) -> Thing:
    """POST /v1/prices."""
    return inline(world, params, active=params.get("active", True), at="")


def inline(world: World, data: Thing, *, at: str, active: bool = False) -> Thing:
    """Make a price of `price_data`; `at` names that parameter in what is refused."""
    amount, currency = _amount(data, at), data["currency"].lower()
    check_amount(amount, currency, param=_within(at, "unit_amount"))
    price = world.make(
        "price",
        active=active,
        billing_scheme="per_unit",
        currency=currency,
        custom_unit_amount=None,
        lookup_key=data.get("lookup_key"),
        metadata=data.get("metadata") or {},
        nickname=data.get("nickname"),
        product=_product(world, data, at)["id"],
        recurring=_recurring(data.get("recurring")),
        tax_behavior=data.get("tax_behavior", "unspecified"),
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if data.get("recurring") else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    world.emit("price.created", price)
    return price


def check_amount(amount: int, currency: str, *, param: str) -> None:
    """Raise Refused where an amount cannot be in this currency, or is beyond what Stripe takes."""
    if amount < 0:
        raise Refused("Invalid non-negative integer", code="parameter_invalid_integer", param=param)
    if not money.well_formed(amount, currency):
        raise Refused(
            f"Invalid integer: {amount}. Amounts in {currency} must end in zeros, as its smallest "
            "units are not paid.",
            param=param,
        )
    if amount > money.MOST:
        raise Refused(
            f"Amount must be no more than {money.MOST} {currency}.",
            code="amount_too_large",
            param=param,
        )


def _amount(data: Thing, at: str) -> int:
    if "unit_amount" not in data:
        raise Refused(
            f"The sandbox takes prices with {_within(at, 'unit_amount')} only.",
            code="parameter_missing",
            param=_within(at, "unit_amount"),
        )
    return int(data["unit_amount"])


def _product(world: World, data: Thing, at: str) -> Thing:
    given = data.get("product_data")
    if (given is None) == ("product" not in data):
        raise Refused(
            "You must pass exactly one of `product` and `product_data`.",
            param=_within(at, "product"),
        )
    if given is not None:
        return create_product(world, given | {"active": given.get("active", False)})
    return world.get("product", data["product"], param=_within(at, "product"))


def _recurring(data: Thing | None) -> Thing | None:
    if data is None:
        return None
    return {
        "interval": data["interval"],
        "interval_count": data.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _within(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name
