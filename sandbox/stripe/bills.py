"""One invoice by itself: its lines, its payment, and its ends."""

from typing import Final

from sandbox.stripe import intents
from sandbox.stripe.things import Thing, listed
from sandbox.stripe.world import World

BLANK: Final[Thing] = {
    "account_country": "US",
    "account_name": "Sandbox",
    "account_tax_ids": None,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_paid_off_stripe": 0,
    "amount_shipping": 0,
    "application": None,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": False,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "automatically_finalizes_at": None,
    "collection_method": "charge_automatically",
    "custom_fields": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "discounts": [],
    "due_date": None,
    "effective_at": None,
    "ending_balance": 0,
    "footer": None,
    "from_invoice": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "issuer": {"type": "self"},
    "last_finalization_error": None,
    "latest_revision": None,
    "metadata": {},
    "next_payment_attempt": None,
    "number": None,
    "on_behalf_of": None,
    "payment_settings": {
        "default_mandate": None,
        "payment_method_options": None,
        "payment_method_types": None,
    },
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "status": "draft",
    "status_transitions": dict.fromkeys(
        ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
    ),
    "test_clock": None,
    "threshold_reason": None,
    "total_discount_amounts": [],
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
    "webhooks_delivered_at": None,
    "_intent": None,
    "_refused": None,
}
"""What every new invoice has."""


def make(world: World, plan: Thing, *, reason: str) -> Thing:
    """Draft an invoice for the period that a plan is in."""
    customer = world.get("customer", plan["customer"])
    items = plan["items"]["data"]
    total = sum(each["price"]["unit_amount"] * each["quantity"] for each in items)
    invoice = _make(world, plan, customer, reason, total)
    lines = [_line(world, plan, item, invoice["id"]) for item in items]
    world.change(invoice, lines=listed(lines, f"/v1/invoices/{invoice['id']}/lines"))
    return invoice


def plan_of(invoice: Thing) -> str:
    """Say whose invoice it is: the subscription's id."""
    return str(invoice["parent"]["subscription_details"]["subscription"])


def finalize(world: World, invoice: Thing) -> None:
    """Open a draft: it has a number now, and a page of its own."""
    customer = world.get("customer", invoice["customer"])
    place = customer["next_invoice_sequence"]
    world.change(customer, next_invoice_sequence=place + 1)
    page = f"{world.base}/i/{invoice['id']}"
    before = world.change(
        invoice,
        status="open",
        number=f"{customer['invoice_prefix']}-{place:04d}",
        hosted_invoice_url=page,
        invoice_pdf=f"{page}/pdf",
        automatically_finalizes_at=None,
        effective_at=world.now(),
        status_transitions=invoice["status_transitions"] | {"finalized_at": world.now()},
    )
    world.emit("invoice.finalized", invoice, before)


def link(world: World, invoice: Thing, intent: Thing) -> None:
    """Note that an intent is to pay the invoice."""
    world.change(invoice, _intent=intent["id"])
    world.make(
        "inpay",
        amount_paid=None,
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={
            "charge": None,
            "payment_intent": intent["id"],
            "payment_record": None,
            "type": "payment_intent",
        },
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )


def intent(world: World, invoice: Thing) -> Thing:
    """Give the intent that pays an open invoice, made at the first try."""
    if invoice["_intent"] is None:
        made = intents.create(
            world,
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            customer=invoice["customer"],
            metadata={},
            pays=invoice["id"],
            description="Subscription update",
        )
        link(world, invoice, made)
    return world.get("payment_intent", invoice["_intent"])


def paid(world: World, invoice: Thing) -> None:
    """Close an invoice that has been paid."""
    now, amount = world.now(), invoice["amount_due"]
    world.change(
        invoice,
        status="paid",
        amount_paid=amount,
        amount_remaining=0,
        attempted=True,
        attempt_count=max(1, invoice["attempt_count"]),
        next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {"paid_at": now},
    )
    world.emit("invoice.paid", invoice)
    world.emit("invoice.payment_succeeded", invoice)
    payment = _payment(world, invoice)
    world.change(
        payment,
        status="paid",
        amount_paid=amount,
        status_transitions={"canceled_at": None, "paid_at": now},
    )
    world.emit("invoice_payment.paid", payment)


def close(world: World, invoice: Thing, status: str) -> Thing:
    """Close an invoice without money: `void` or `uncollectible`."""
    moment = {"void": "voided_at", "uncollectible": "marked_uncollectible_at"}[status]
    before = world.change(
        invoice,
        status=status,
        auto_advance=False,
        next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {moment: world.now()},
    )
    if status == "void" and invoice["_intent"] is not None:
        _give_up(world, invoice)
    world.emit(
        "invoice.voided" if status == "void" else "invoice.marked_uncollectible", invoice, before
    )
    return invoice


def _give_up(world: World, invoice: Thing) -> None:
    found, payment = intent(world, invoice), _payment(world, invoice)
    moments = {"canceled_at": world.now(), "paid_at": None}
    world.change(payment, status="canceled", status_transitions=moments)
    if found["status"] in {"requires_payment_method", "requires_action"}:
        world.change(
            found,
            status="canceled",
            canceled_at=world.now(),
            cancellation_reason="void_invoice",
            next_action=None,
        )
        world.emit("payment_intent.canceled", found)


def _payment(world: World, invoice: Thing) -> Thing:
    return next(
        each for each in world.shelf.all("invoice_payment") if each["invoice"] == invoice["id"]
    )


def _line(world: World, plan: Thing, item: Thing, invoice_id: str) -> Thing:
    price = item["price"]
    amount = price["unit_amount"] * item["quantity"]
    return {
        "id": f"il_{world.opaque('line')}",
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": None,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": dict(plan["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": None,
                "subscription": plan["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"end": item["current_period_end"], "start": item["current_period_start"]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subscription": plan["id"],
        "subtotal": amount,
        "taxes": [],
    }


def _make(world: World, plan: Thing, customer: Thing, reason: str, total: int) -> Thing:
    item = plan["items"]["data"][0]
    first = reason == "subscription_create"
    return world.make(
        "in",
        **BLANK,
        amount_due=total,
        amount_remaining=total,
        billing_reason=reason,
        currency=plan["currency"],
        customer=customer["id"],
        customer_address=customer["address"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        customer_phone=customer["phone"],
        description=plan["description"],
        lines=listed([], ""),
        parent={
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(plan["metadata"]),
                "subscription": plan["id"],
            },
            "type": "subscription_details",
        },
        # At Stripe the period of a renewal's invoice is the one that has just ended.
        period_end=item["current_period_start"],
        period_start=item["current_period_start"] if first else plan["_previous"],
        subtotal=total,
        subtotal_excluding_tax=total,
        total=total,
        total_excluding_tax=total,
    )
