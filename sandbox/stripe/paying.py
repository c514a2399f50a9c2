"""The donor's side of a session: pays it, passes 3-D Secure, or is turned away."""

from sandbox.stripe import customers, intents, invoices, methods, numbers, subscriptions
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

NO_ADDRESS: Thing = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
DEBITED = {"sepa_debit": frozenset({"eur"}), "us_bank_account": frozenset({"usd"})}


def pay(
    world: World,
    session_id: str,
    *,
    number: str,
    email: str = "donor@example.org",
    name: str = "A Donor",
) -> Thing:
    """Pay an open session with a test number; gives the intent, whose status says how it went.

    A decline leaves the session open, and the donor may try again. Raises Refused where the session
    is over, or the number is none that could pay it.
    """
    session = _payable(world, session_id)
    _check_method(session, numbers.behaviour(number))
    donor: Thing = {"email": session["customer_email"] or email, "name": name}
    method = methods.make(world, number, **donor)
    intent = _intent(world, session, donor)
    intents.confirm(world, intent, method)
    _keep(world, session, donor)
    follow(world, intent)
    return intent


def authenticate(world: World, session_id: str, *, passes: bool = True) -> Thing:
    """Answer the bank's 3-D Secure question that a payment waits for."""
    session = _payable(world, session_id)
    found = world.get("payment_intent", session["_intent"]) if session["_intent"] else None
    if found is None or found["status"] != "requires_action":
        raise Refused("No payment of this session waits for 3-D Secure.")
    intents.authenticate(world, found, passes=passes)
    follow(world, found)
    return found


def clear(world: World, intent_id: str) -> None:
    """End a bank debit that was under way."""
    intent = world.get("payment_intent", intent_id)
    if intent["status"] == "processing":
        intents.clear(world, intent)
        follow(world, intent, late=True)


def follow(world: World, intent: Thing, *, late: bool = False) -> None:
    """Do what an intent's outcome means for what it pays: a session, or an invoice."""
    session = world.shelf.find("checkout.session", intent["_pays"])
    if session is None:
        invoices.follow(world, world.get("invoice", intent["_pays"]), intent)
    elif late:
        _end_late(world, session, intent)
    elif intent["status"] in {"succeeded", "processing"}:
        _complete(world, session, intent)


def _payable(world: World, session_id: str) -> Thing:
    session = world.get("checkout.session", session_id)
    if session["status"] != "open":
        raise Refused(f"This Checkout Session is {session['status']}: nobody can pay it.")
    if session["customer"] is not None:
        customers.living(world, session["customer"])
    return session


def _check_method(session: Thing, behaves: numbers.Behaviour) -> None:
    allowed = session["allowed_payment_method_types"]
    excluded = session["excluded_payment_method_types"] or []
    if (allowed and behaves.kind not in allowed) or behaves.kind in excluded:
        raise Refused(f"This session does not take {behaves.kind}.", param="number")
    if session["currency"] not in DEBITED.get(behaves.kind, {session["currency"]}):
        raise Refused(f"{behaves.kind} cannot pay in {session['currency']}.", param="number")


def _intent(world: World, session: Thing, donor: Thing) -> Thing:
    """Make the session's intent at the first try; later tries use the same."""
    if session["_intent"]:
        return world.get("payment_intent", session["_intent"])
    data = session["_data"]
    intent = intents.create(
        world,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=_customer(world, session, donor),
        metadata=data.get("metadata") or {} if session["mode"] == "payment" else {},
        pays=session["id"],
        description=data.get("description"),
    )
    world.change(session, _intent=intent["id"])
    if session["mode"] == "payment":
        world.change(session, payment_intent=intent["id"])
    return intent


def _customer(world: World, session: Thing, donor: Thing) -> str | None:
    if session["customer"] is None and (
        session["mode"] == "subscription" or session["customer_creation"] == "always"
    ):
        world.change(session, customer=customers.create(world, donor)["id"])
    found: str | None = session["customer"]
    return found


def _keep(world: World, session: Thing, donor: Thing) -> None:
    world.change(
        session,
        customer_details=donor
        | {
            "address": NO_ADDRESS,
            "business_name": None,
            "individual_name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )


def _complete(world: World, session: Thing, intent: Thing) -> None:
    paid = intent["status"] == "succeeded"
    if session["mode"] == "subscription":
        method = world.get("payment_method", intent["payment_method"])
        plan, invoice = subscriptions.begin(world, session, intent, method)
        world.change(session, subscription=plan["id"], invoice=invoice["id"])
    world.change(session, status="complete", payment_status="paid" if paid else "unpaid", url=None)
    world.emit("checkout.session.completed", session)


def _end_late(world: World, session: Thing, intent: Thing) -> None:
    paid = intent["status"] == "succeeded"
    if session["mode"] == "subscription":
        invoices.follow(world, world.get("invoice", session["invoice"]), intent)
    if paid:
        world.change(session, payment_status="paid")
    outcome = "succeeded" if paid else "failed"
    world.emit(f"checkout.session.async_payment_{outcome}", session)
