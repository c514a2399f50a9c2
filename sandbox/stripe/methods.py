"""Payment methods: the card or the account that a donor has typed in."""

from sandbox.stripe import numbers
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

EXPIRES = {"exp_month": 12, "exp_year": 2034}
NOBODY: Thing = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}


def make(world: World, number: str, *, email: str | None = None, name: str | None = None) -> Thing:
    """Make a payment method of a test number; raises Refused where it is none."""
    behaves, number = numbers.behaviour(number), numbers.tidy(number)
    return world.make(
        "pm",
        allow_redisplay="limited",
        billing_details=NOBODY | {"email": email, "name": name},
        customer=None,
        metadata={},
        type=behaves.kind,
        _number=number,
        **{behaves.kind: _details(behaves, number)},
    )


def behaviour(method: Thing) -> numbers.Behaviour:
    """Say how this method behaves today."""
    return numbers.behaviour(method["_number"])


def details(method: Thing) -> Thing:
    """Give what a charge tells of the method that was charged."""
    kind = method["type"]
    return {"type": kind, kind: dict(method[kind])}


def attach(world: World, method: Thing, customer: str) -> None:
    """Give the method to a customer."""
    before = world.change(method, customer=customer)
    world.emit("payment_method.attached", method, before)


def detach(world: World, params: Thing, method_id: str) -> Thing:
    """POST /v1/payment_methods/{id}/detach."""
    del params
    method = world.get("payment_method", method_id)
    before = world.change(method, customer=None)
    world.emit("payment_method.detached", method, before)
    return method


def turn(world: World, method_id: str, *, number: str) -> Thing:
    """Let a method behave as another number from now on: the card expires, the account is closed."""
    method = world.get("payment_method", method_id)
    numbers.behaviour(number)
    world.change(method, _number=numbers.tidy(number))
    return method


def _details(behaves: numbers.Behaviour, number: str) -> Thing:
    common: Thing = {
        "last4": number[-4:],
        "fingerprint": number[::-1][:16],
        "country": behaves.country,
    }
    if behaves.kind == "card":
        return common | EXPIRES | {"brand": behaves.brand, "funding": "credit", "wallet": None}
    if behaves.kind == "sepa_debit":
        return common | {"bank_code": "19043", "branch_code": "", "generated_from": None}
    del common["country"]
    return common | {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "routing_number": "110000000",
    }
