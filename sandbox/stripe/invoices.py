"""Invoices: one for each period of a plan, tried until it is paid or given up."""

from typing import Final

from sandbox.stripe import bills, intents, lists, methods
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

DRAFT_SECONDS: Final = 3600
"""How long a renewal's invoice stays a draft."""
DAY: Final = 24 * 3600
RETRY_DAYS: Final = (1, 2, 2, 2, 2, 2, 3)
"""How long after each failed try the next one is: eight tries within two weeks."""


def first(world: World, plan: Thing, intent: Thing) -> Thing:
    """Make the first invoice of a plan, which an intent has paid, or is about to."""
    invoice = bills.make(world, plan, reason="subscription_create")
    world.emit("invoice.created", invoice)
    bills.finalize(world, invoice)
    bills.link(world, invoice, intent)
    follow(world, invoice, intent)
    return invoice


def draft(world: World, plan: Thing) -> None:
    """Make a renewal's invoice, which is charged in an hour; a paused plan's is not."""
    invoice = bills.make(world, plan, reason="subscription_cycle")
    world.change(plan, latest_invoice=invoice["id"])
    world.emit("invoice.created", invoice)
    pause = plan["pause_collection"]
    if pause is not None and (pause["resumes_at"] or world.now() + 1) > world.now():
        _paused(world, invoice, pause["behavior"])
        return
    if pause is not None:
        before = world.change(plan, pause_collection=None)
        world.emit("customer.subscription.updated", plan, before)
    due = world.now() + DRAFT_SECONDS
    world.change(invoice, automatically_finalizes_at=due, auto_advance=True)
    world.at(due, "invoice.finalize", invoice["id"])


def finalize(world: World, invoice_id: str) -> None:
    """Open a draft, and try to collect it."""
    invoice = world.get("invoice", invoice_id)
    if invoice["status"] == "draft":
        bills.finalize(world, invoice)
        collect(world, invoice)


def retry(world: World, invoice_id: str) -> None:
    """Try again to collect, where that is still wanted and may help.

    A card that was refused for good is not tried again; the tries are counted all the same.
    """
    invoice = world.get("invoice", invoice_id)
    if invoice["status"] != "open" or invoice["next_payment_attempt"] is None:
        return
    method = _kept_method(world, invoice)
    if method is None or method["id"] == invoice["_refused"]:
        _count(world, invoice)
        world.emit("invoice.updated", invoice)
        _lapse(world, invoice)
        return
    collect(world, invoice)


def collect(world: World, invoice: Thing) -> None:
    """Charge an open invoice with the method that is kept for its plan."""
    method, intent = _kept_method(world, invoice), bills.intent(world, invoice)
    if intent["status"] == "processing":
        return
    if method is None:
        _failed(world, invoice)
        return
    intents.confirm(world, intent, method, present=False)
    follow(world, invoice, intent)


def pay(world: World, params: Thing, invoice_id: str) -> Thing:
    """POST /v1/invoices/{id}/pay."""
    invoice = _open(world, invoice_id)
    named = params.get("payment_method")
    method = world.get("payment_method", named, param="payment_method") if named else None
    _by_hand(world, invoice, method or _kept_method(world, invoice), present=False)
    if invoice["status"] != "paid":
        raise Refused(
            "Your card was declined.", status=402, kind="card_error", code="card_declined"
        )
    return invoice


def pay_by_hand(world: World, invoice_id: str, *, number: str) -> Thing:
    """Do what a donor does on the invoice's own page: pay it with a card, and answer the bank."""
    invoice = begin_by_hand(world, invoice_id, number=number)
    if bills.intent(world, invoice)["status"] == "requires_action":
        authenticate(world, invoice_id)
    return invoice


def begin_by_hand(world: World, invoice_id: str, *, number: str) -> Thing:
    """Pay an open invoice with a card; the bank may ask yet whether it is the donor."""
    invoice = _open(world, invoice_id)
    _by_hand(world, invoice, methods.make(world, number), present=True)
    return invoice


def authenticate(world: World, invoice_id: str, *, passes: bool = True) -> Thing:
    """Answer the bank's 3-D Secure question that an open invoice waits for."""
    invoice = _open(world, invoice_id)
    intent = bills.intent(world, invoice)
    if intent["status"] != "requires_action":
        raise Refused("No payment of this invoice waits for 3-D Secure.")
    intents.authenticate(world, intent, passes=passes)
    follow(world, invoice, intent, by_hand=True)
    return invoice


def void(world: World, params: Thing, invoice_id: str) -> Thing:
    """POST /v1/invoices/{id}/void."""
    del params
    return bills.close(world, _open(world, invoice_id), "void")


def mark_uncollectible(world: World, params: Thing, invoice_id: str) -> Thing:
    """POST /v1/invoices/{id}/mark_uncollectible."""
    del params
    return bills.close(world, _open(world, invoice_id), "uncollectible")


def match(invoice: Thing, params: Thing) -> bool:
    """Tell whether an invoice is one that GET /v1/invoices asks for."""
    asked = dict(params)
    plan = asked.pop("subscription", None)
    return (plan is None or bills.plan_of(invoice) == plan) and lists.equal(invoice, asked)


def let_go(world: World, plan: Thing) -> None:
    """Stop collecting what is open of a plan that has ended; its drafts are never opened."""
    for invoice in world.shelf.all("invoice"):
        if bills.plan_of(invoice) == plan["id"] and invoice["status"] in {"draft", "open"}:
            world.change(invoice, auto_advance=False, next_payment_attempt=None)
            if invoice["status"] == "draft":
                bills.close(world, invoice, "void")


def follow(world: World, invoice: Thing, intent: Thing, *, by_hand: bool = False) -> None:
    """Do what an intent's outcome means for the invoice that it pays.

    A try by the donor's own hand does not count in the schedule of tries.
    """
    match intent["status"]:
        case "succeeded":
            bills.paid(world, invoice)
            _mend(world, invoice)
        case "requires_action" if not by_hand:
            world.emit("invoice.payment_action_required", invoice)
            _failed(world, invoice)
        case "requires_payment_method" if by_hand:
            world.emit("invoice.payment_failed", invoice)
        case "requires_payment_method":
            world.change(invoice, _refused=_refused_for_good(world, intent))
            _failed(world, invoice)


def _by_hand(world: World, invoice: Thing, method: Thing | None, *, present: bool) -> None:
    if method is None:
        raise Refused(
            "There is no `default_payment_method` set on this Customer or Invoice.",
            code="invoice_payment_intent_requires_action",
        )
    intent = bills.intent(world, invoice)
    intents.confirm(world, intent, method, present=present)
    follow(world, invoice, intent, by_hand=True)


def _failed(world: World, invoice: Thing) -> None:
    """Count a failed try, say so, and plan the next one; after the last, the plan ends."""
    _count(world, invoice)
    world.emit("invoice.payment_failed", invoice)
    _lapse(world, invoice)


def _count(world: World, invoice: Thing) -> None:
    tries = invoice["attempt_count"] + 1
    wait = RETRY_DAYS[tries - 1] * DAY if tries <= len(RETRY_DAYS) else None
    due = None if wait is None else world.now() + wait
    world.change(invoice, attempted=True, attempt_count=tries, next_payment_attempt=due)
    if wait is not None:
        world.later(wait, "invoice.retry", invoice["id"])


def _lapse(world: World, invoice: Thing) -> None:
    """Tell on the plan that its invoice is not paid."""
    plan = world.get("subscription", bills.plan_of(invoice))
    if plan["status"] == "incomplete" or invoice["next_payment_attempt"] is None:
        # On the agenda and not at once: a plan knows its invoices, they do not know how it ends.
        world.later(0, "subscription.fail", plan["id"])
    elif plan["status"] == "active":
        before = world.change(plan, status="past_due")
        world.emit("customer.subscription.updated", plan, before)


def _mend(world: World, invoice: Thing) -> None:
    plan = world.get("subscription", bills.plan_of(invoice))
    if plan["status"] in {"past_due", "incomplete", "unpaid"}:
        before = world.change(plan, status="active")
        world.emit("customer.subscription.updated", plan, before)


def _paused(world: World, invoice: Thing, behavior: str) -> None:
    """Treat the invoice of a paused plan: left as a draft, or closed."""
    world.change(invoice, auto_advance=False)
    if behavior != "keep_as_draft":
        bills.finalize(world, invoice)
        bills.close(world, invoice, behavior.removeprefix("mark_"))


def _open(world: World, invoice_id: str) -> Thing:
    invoice = world.get("invoice", invoice_id)
    if invoice["status"] != "open":
        raise Refused(
            f"Invoice is already {invoice['status']}.", code=f"invoice_already_{invoice['status']}"
        )
    return invoice


def _kept_method(world: World, invoice: Thing) -> Thing | None:
    """Find what a plan is paid with: its own method, or else its customer's."""
    plan = world.get("subscription", bills.plan_of(invoice))
    customer = world.get("customer", invoice["customer"])
    default = (
        plan["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    )
    return world.get("payment_method", default) if default else None


def _refused_for_good(world: World, intent: Thing) -> str | None:
    method_id: str = intent["last_payment_error"]["payment_method"]["id"]
    final = methods.behaviour(world.get("payment_method", method_id)).final
    return method_id if final else None
