"""The balance: each movement of money is one transaction, and is never changed."""

from typing import Final

from sandbox.stripe import money
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

DAY: Final = 24 * 3600
HELD_DAYS: Final = 2
"""How long a payment waits before it can be paid out."""
DISPUTE_FEE: Final = 1500


def payment(world: World, charge: Thing, *, debit: bool) -> Thing:
    """Enter a payment, less its fee."""
    kind = "payment" if debit else "charge"
    entered = _settled(world, kind, "charge", charge, charge["amount"])
    today = world.now() // DAY * DAY
    fee = money.fee(entered["amount"], debit=debit)
    world.change(entered, available_on=today + HELD_DAYS * DAY, **_fee(entered, fee))
    return entered


def refund(world: World, refund: Thing, *, debit: bool) -> Thing:
    """Enter a refund: the fee of the payment is not given back."""
    kind = "payment_refund" if debit else "refund"
    return _settled(world, kind, "refund", refund, -refund["amount"])


def failed_refund(world: World, refund: Thing) -> Thing:
    """Enter that a refund came back."""
    return _settled(world, "refund_failure", "refund_failure", refund, refund["amount"])


def dispute(world: World, dispute: Thing) -> Thing:
    """Enter that the bank has taken the money back, and what Stripe asks for it."""
    entered = _settled(world, "adjustment", "dispute", dispute, -dispute["amount"])
    world.change(entered, **_fee(entered, DISPUTE_FEE))
    return entered


def won_dispute(world: World, dispute: Thing) -> Thing:
    """Enter that the bank has given the money back; the fee stays."""
    return _settled(world, "adjustment", "dispute_reversal", dispute, dispute["amount"])


def enter(
    world: World,
    kind: str,
    category: str,
    source: str,
    *,
    amount: int,
    currency: str,
    rate: float | None = None,
) -> Thing:
    """Enter one transaction; amounts are in minor units of the balance's currency."""
    entered = world.make(
        "txn",
        amount=amount,
        available_on=world.now(),
        balance_type="payments",
        currency=currency,
        description=None,
        exchange_rate=rate,
        fee=0,
        fee_details=[],
        net=amount,
        reporting_category=category,
        source=source,
        status="pending",
        type=kind,
        _payout=None,
    )
    del entered["livemode"]
    return entered


def _settled(world: World, kind: str, category: str, source: Thing, amount: int) -> Thing:
    """Enter what an amount in its own currency is worth in the balance's."""
    worth, currency, rate = money.settled(amount, source["currency"])
    return enter(world, kind, category, source["id"], amount=worth, currency=currency, rate=rate)


def _fee(entered: Thing, fee: int) -> Thing:
    details = {
        "amount": fee,
        "application": None,
        "currency": entered["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return {"fee": fee, "net": entered["amount"] - fee, "fee_details": [details]}


def show(world: World, params: Thing) -> Thing:
    """GET /v1/balance."""
    del params
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for each in world.shelf.all("balance_transaction"):
        side = "available" if each["available_on"] <= world.now() else "pending"
        for name, net in (("available", 0), ("pending", 0), (side, each["net"])):
            sums[name][each["currency"]] = sums[name].get(each["currency"], 0) + net
    return {
        "object": "balance",
        "livemode": False,
        **{side: [_sum(c, n) for c, n in sorted(found.items())] for side, found in sums.items()},
    }


def _sum(currency: str, net: int) -> Thing:
    return {"amount": net, "currency": currency, "source_types": {"card": net}}
