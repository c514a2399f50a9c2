"""Refunds: each one an object of its own, and each a movement of the balance."""

from typing import Final

from sandbox.stripe import balance, disputes, methods
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

PENDING_SECONDS: Final = 2 * 24 * 3600
"""How long a refund to a bank account is under way."""
FAILING_SECONDS: Final = 60
"""How soon a refund that fails does so."""


def create(world: World, params: Thing) -> Thing:
    """POST /v1/refunds: a whole payment, or an amount of it."""
    charge = _charge(world, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(params.get("amount", left))
    _check(world, charge, amount, left)
    behaves = methods.behaviour(world.get("payment_method", charge["payment_method"]))
    pending = behaves.refund == "pends"
    refund = _make(world, charge, amount, params, status="pending" if pending else "succeeded")
    debit = charge["payment_method_details"]["type"] != "card"
    entered = balance.refund(world, refund, debit=debit)
    world.change(refund, balance_transaction=entered["id"])
    world.emit("refund.created", refund)
    _count(world, charge, amount)
    world.emit("charge.refunded", charge)
    if charge["refunded"]:
        disputes.forestall(world, charge)
    if pending:
        world.later(PENDING_SECONDS, "refund.arrive", refund["id"])
    elif behaves.refund == "fails":
        world.later(FAILING_SECONDS, "refund.fail", refund["id"])
    return refund


def update(world: World, params: Thing, refund_id: str) -> Thing:
    """POST /v1/refunds/{id}: its metadata."""
    refund = world.get("refund", refund_id)
    given = params.get("metadata", {})
    before = world.change(refund, metadata={} if given == "" else refund["metadata"] | given)
    _tell(world, refund, before)
    return refund


def arrive(world: World, refund_id: str) -> None:
    """End a refund that was under way: the donor's bank has it."""
    refund = world.get("refund", refund_id)
    if refund["status"] == "pending":
        before = world.change(refund, status="succeeded", pending_reason=None)
        _tell(world, refund, before)


def fail(world: World, refund_id: str, *, reason: str = "expired_or_canceled_card") -> Thing:
    """Let a refund come back: the donor's bank would not take it, and the money is ours again."""
    refund = world.get("refund", refund_id)
    if refund["status"] not in {"pending", "succeeded"}:
        raise Refused(f"The refund is {refund['status']} already.", code="refund_not_failable")
    entered = balance.failed_refund(world, refund)
    before = world.change(
        refund,
        status="failed",
        failure_reason=reason,
        pending_reason=None,
        failure_balance_transaction=entered["id"],
    )
    _count(world, world.get("charge", refund["charge"]), -refund["amount"])
    _tell(world, refund, before)
    world.emit("refund.failed", refund)
    return refund


def _tell(world: World, refund: Thing, before: Thing) -> None:
    world.emit("refund.updated", refund, before)
    world.emit("charge.refund.updated", refund, before)


def _charge(world: World, params: Thing) -> Thing:
    if ("charge" in params) == ("payment_intent" in params):
        raise Refused(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    if "charge" in params:
        return world.get("charge", params["charge"], param="charge")
    intent = world.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise Refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return world.get("charge", intent["latest_charge"])


def _check(world: World, charge: Thing, amount: int, left: int) -> None:
    if charge["status"] != "succeeded":
        raise Refused(f"Charge {charge['id']} has not been paid.", param="charge")
    if not left:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    blocked = [
        each
        for each in world.shelf.all("dispute")
        if each["charge"] == charge["id"] and not each["is_charge_refundable"]
    ]
    if blocked:
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if amount < 1:
        raise Refused("This value must be greater than or equal to 1.", param="amount")
    if amount > left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )


def _count(world: World, charge: Thing, amount: int) -> None:
    refunded = charge["amount_refunded"] + amount
    world.change(charge, amount_refunded=refunded, refunded=refunded == charge["amount"])


def _make(world: World, charge: Thing, amount: int, params: Thing, *, status: str) -> Thing:
    kind = charge["payment_method_details"]["type"]
    refund = world.make(
        "re" if kind == "card" else "pyr",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        destination_details={"type": kind, kind: {}},
        failure_balance_transaction=None,
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        pending_reason="processing" if status == "pending" else None,
        reason=params.get("reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status=status,
        transfer_reversal=None,
    )
    del refund["livemode"]
    return refund
