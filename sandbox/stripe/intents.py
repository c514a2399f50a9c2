"""Payment intents and their charges: an attempt to take money, and what came of it."""

from typing import Final

from sandbox.stripe import balance, methods
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

SETTLING_SECONDS: Final = 2
"""How long after a card's payment its balance transaction is known (asynchronous capture)."""
DAY: Final = 24 * 3600
MESSAGES: Final = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "payment_intent_authentication_failure": (
        "We are unable to authenticate your payment method. Please choose a different payment "
        "method and try again."
    ),
    "payment_method_provider_decline": "The bank declined the debit.",
}


BLANK: Final[Thing] = {
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "amount_received": 0,
    "application": None,
    "application_fee_amount": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "capture_method": "automatic_async",
    "client_secret": None,
    "confirmation_method": "automatic",
    "last_payment_error": None,
    "latest_charge": None,
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {},
    "payment_method_types": ["card"],
    "payment_record": None,
    "processing": None,
    "receipt_email": None,
    "review": None,
    "setup_future_usage": None,
    "shipping": None,
    "source": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "status": "requires_payment_method",
    "transfer_data": None,
    "transfer_group": None,
}
"""What every new intent has."""


BLANK_CHARGE: Final[Thing] = {
    "amount_refunded": 0,
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "balance_transaction": None,
    "calculated_statement_descriptor": "SANDBOX",
    "disputed": False,
    "failure_balance_transaction": None,
    "fraud_details": {},
    "on_behalf_of": None,
    "receipt_email": None,
    "receipt_number": None,
    "receipt_url": None,
    "refunded": False,
    "review": None,
    "shipping": None,
    "source": None,
    "source_transfer": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer": None,
    "transfer_data": None,
    "transfer_group": None,
}
"""What every new charge has."""


def create(
    world: World,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    metadata: dict[str, str],
    pays: str,
    description: str | None = None,
) -> Thing:
    """Make an intent to take money; `pays` is the session or invoice that it is for."""
    intent = world.make(
        "pi",
        **BLANK,
        amount=amount,
        currency=currency,
        customer=customer,
        description=description,
        metadata=metadata,
        _pays=pays,
    )
    intent["client_secret"] = f"{intent['id']}_secret_{world.opaque('secret')}"
    world.emit("payment_intent.created", intent)
    return intent


def confirm(world: World, intent: Thing, method: Thing, *, present: bool = True) -> None:
    """Try to take the money; what came of it is the intent's `status`.

    `present` is whether the donor is there to pass 3-D Secure.
    """
    behaves = methods.behaviour(method)
    world.change(
        intent,
        payment_method=method["id"],
        payment_method_types=[method["type"]],
        last_payment_error=None,
    )
    if not present and behaves.challenge == "never" and not behaves.renews:
        fail(world, intent, method, code="card_declined", decline="generic_decline")
    elif behaves.challenge == "always" and (present or not behaves.renews):
        _challenge(world, intent)
    else:
        _charge(world, intent, method)


def authenticate(world: World, intent: Thing, *, passes: bool) -> None:
    """Go on after 3-D Secure."""
    method = world.get("payment_method", intent["payment_method"])
    world.change(intent, next_action=None)
    if passes:
        _charge(world, intent, method)
        return
    error = _error(method, "payment_intent_authentication_failure", "", None)
    error["type"] = "invalid_request_error"
    world.change(
        intent, status="requires_payment_method", payment_method=None, last_payment_error=error
    )
    world.emit("payment_intent.payment_failed", intent)


def fail(world: World, intent: Thing, method: Thing, *, code: str, decline: str) -> None:
    """Decline the payment: a failed charge, and an intent that waits for another method."""
    charge = _make_charge(world, intent, method, status="failed", code=code, decline=decline)
    world.emit("charge.failed", charge)
    _failed(world, intent, method, charge)


def settle(world: World, charge_id: str) -> None:
    """Enter a card's payment into the balance, some seconds after it was made."""
    charge = world.get("charge", charge_id)
    entered = balance.payment(world, charge, debit=False)
    before = world.change(charge, balance_transaction=entered["id"])
    world.emit("charge.updated", charge, before)


def clear(world: World, intent: Thing) -> None:
    """End a bank debit that was under way: with the money, or without."""
    charge = world.get("charge", intent["latest_charge"])
    method = world.get("payment_method", charge["payment_method"])
    behaves = methods.behaviour(method)
    if behaves.code:
        world.change(
            charge,
            status="failed",
            failure_code=behaves.code,
            failure_message=_message(behaves.code, behaves.decline),
        )
        world.emit("charge.failed", charge)
        _failed(world, intent, method, charge)
        return
    entered = balance.payment(world, charge, debit=True)
    world.change(charge, status="succeeded", paid=True, balance_transaction=entered["id"])
    _succeeded(world, intent, charge)


def _challenge(world: World, intent: Thing) -> None:
    action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": None}}
    world.change(intent, status="requires_action", next_action=action)
    world.emit("payment_intent.requires_action", intent)


def _charge(world: World, intent: Thing, method: Thing) -> None:
    behaves = methods.behaviour(method)
    if behaves.days:
        charge = _make_charge(world, intent, method, status="pending")
        world.change(intent, status="processing", latest_charge=charge["id"])
        world.emit("charge.pending", charge)
        world.emit("payment_intent.processing", intent)
        world.later(behaves.days * DAY, "debit.clear", intent["id"])
    elif behaves.code:
        fail(world, intent, method, code=behaves.code, decline=behaves.decline)
    else:
        charge = _make_charge(world, intent, method, status="succeeded")
        _succeeded(world, intent, charge)
        world.later(SETTLING_SECONDS, "charge.settle", charge["id"])


def _succeeded(world: World, intent: Thing, charge: Thing) -> None:
    world.change(
        intent, status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"]
    )
    world.emit("charge.succeeded", charge)
    world.emit("payment_intent.succeeded", intent)
    method = world.get("payment_method", charge["payment_method"])
    if later := methods.behaviour(method).later:
        world.later(SETTLING_SECONDS + 1, f"charge.{later}", charge["id"])


def _failed(world: World, intent: Thing, method: Thing, charge: Thing) -> None:
    behaves = methods.behaviour(method)
    error = _error(method, charge["failure_code"], charge["_decline"] or behaves.decline, charge)
    world.change(
        intent,
        status="requires_payment_method",
        payment_method=None,
        latest_charge=charge["id"],
        last_payment_error=error,
    )
    world.emit("payment_intent.payment_failed", intent)


def _error(method: Thing, code: str, decline: str, charge: Thing | None) -> Thing:
    error: Thing = {"code": code, "message": _message(code, decline), "type": "card_error"}
    error["payment_method"] = {
        key: method[key] for key in ("id", "object", "type", "billing_details")
    }
    if decline:
        error["decline_code"] = decline
    if charge is not None:
        error["charge"] = charge["id"]
    return error


def _message(code: str, decline: str) -> str:
    return MESSAGES.get(decline) or MESSAGES.get(code) or "Your card was declined."


def _make_charge(
    world: World, intent: Thing, method: Thing, *, status: str, code: str = "", decline: str = ""
) -> Thing:
    good = status == "succeeded"
    return world.make(
        "ch" if method["type"] == "card" else "py",
        **BLANK_CHARGE,
        amount=intent["amount"],
        amount_captured=0 if status == "failed" else intent["amount"],
        billing_details=method["billing_details"],
        captured=status != "failed",
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        failure_code=code or None,
        failure_message=_message(code, decline) if code else None,
        metadata=dict(intent["metadata"]),
        outcome=_outcome(good=status != "failed", reason=decline or code),
        paid=good,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=methods.details(method),
        status=status,
        _decline=decline,
    )


def _outcome(*, good: bool, reason: str) -> Thing:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if good else "declined_by_network",
        "reason": None if good else reason,
        "risk_level": "normal",
        "risk_score": 20,
        "rule": None,
        "seller_message": "Payment complete." if good else "The bank did not approve the payment.",
        "type": "authorized" if good else "issuer_declined",
    }
