"""Subscriptions: what a donor has agreed to pay again and again."""

from typing import Final

from sandbox.stripe import catalogue, customers, intervals, invoices, methods
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing, listed
from sandbox.stripe.world import World

OVER: Final = frozenset({"canceled", "incomplete_expired"})
CLEARED: Final = ("cancel_at", "pause_collection", "default_payment_method", "description")
"""What an update sets as it is given; an empty value clears it."""


BLANK: Final[Thing] = {
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_cycle_anchor_config": None,
    "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
    "billing_schedules": [],
    "billing_thresholds": None,
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {
        "comment": None,
        "feedback": None,
        "feedback_option": None,
        "reason": None,
    },
    "collection_method": "charge_automatically",
    "days_until_due": None,
    "default_source": None,
    "default_tax_rates": [],
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    "latest_invoice": None,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "payment_settings": {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": "off",
    },
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "test_clock": None,
    "transfer_data": None,
    "trial_end": None,
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    "trial_start": None,
    "_periods": 1,
}
"""What every new plan has."""


def begin(world: World, session: Thing, intent: Thing, method: Thing) -> tuple[Thing, Thing]:
    """Begin the plan that a session was for, with its first invoice, which the intent pays."""
    lines = session["_line_items"]
    methods.attach(world, method, session["customer"])
    plan = _make(world, session, method, paid=intent["status"] == "succeeded")
    world.change(plan, items=_items(world, plan, lines))
    world.emit("customer.subscription.created", plan)
    invoice = invoices.first(world, plan, intent)
    world.change(plan, latest_invoice=invoice["id"])
    world.at(_end(plan), "subscription.renew", plan["id"])
    return plan, invoice


def update(world: World, params: Thing, plan_id: str) -> Thing:
    """POST /v1/subscriptions/{id}: another amount, another card, an end, a pause, metadata."""
    plan = _running(world, plan_id)
    _check(world, plan, params)
    if params.get("pause_collection"):
        params["pause_collection"].setdefault("resumes_at", None)
    fields: Thing = {name: params[name] or None for name in CLEARED if name in params}
    if "cancel_at_period_end" in params:
        fields |= _ending(world, plan, at_end=params["cancel_at_period_end"])
    if "metadata" in params:
        fields["metadata"] = customers.merged(plan["metadata"], params["metadata"])
    if "cancellation_details" in params:
        fields["cancellation_details"] = _details(plan, params)
    if "items" in params:
        fields["items"] = _repriced(world, plan, params)
    before = world.change(plan, **fields)
    if before:
        world.emit("customer.subscription.updated", plan, before)
    if plan["cancel_at"] is not None:
        world.at(plan["cancel_at"], "subscription.stop", plan["id"])
    return plan


def cancel(world: World, params: Thing, plan_id: str) -> Thing:
    """DELETE /v1/subscriptions/{id}: at once."""
    plan = _running(world, plan_id)
    world.change(plan, cancellation_details=_details(plan, params))
    return end(world, plan, reason="cancellation_requested")


def end(world: World, plan: Thing, *, reason: str, status: str = "canceled") -> Thing:
    """End a plan, and stop collecting what is open."""
    details = plan["cancellation_details"] | {"reason": reason}
    now = world.now()
    world.change(plan, status=status, canceled_at=now, ended_at=now, cancellation_details=details)
    invoices.let_go(world, plan)
    event = "deleted" if status == "canceled" else "updated"
    world.emit(f"customer.subscription.{event}", plan)
    return plan


def fail(world: World, plan_id: str) -> None:
    """End a plan that could not be collected: it was never begun, or every try has failed."""
    plan = world.get("subscription", plan_id)
    if plan["status"] not in OVER:
        begun = plan["status"] != "incomplete"
        status = "canceled" if begun else "incomplete_expired"
        end(world, plan, reason="payment_failed", status=status)


def renew(world: World, plan_id: str) -> None:
    """Begin the next period, with a draft of its invoice; or end, where the donor asked for that."""
    plan = world.get("subscription", plan_id)
    if _stops(world, plan):
        return
    periods = plan["_periods"] + 1
    recurring = plan["items"]["data"][0]["price"]["recurring"]
    start, finish = _end(plan), intervals.after(plan["billing_cycle_anchor"], recurring, periods)
    items = [
        each | {"current_period_start": start, "current_period_end": finish}
        for each in plan["items"]["data"]
    ]
    previous = plan["items"]["data"][0]["current_period_start"]
    before = world.change(
        plan, items=plan["items"] | {"data": items}, _periods=periods, _previous=previous
    )
    world.emit("customer.subscription.updated", plan, before)
    invoices.draft(world, plan)
    world.at(finish, "subscription.renew", plan["id"])


def stop(world: World, plan_id: str) -> None:
    """End a plan at the moment that was set for it, unless that was taken back."""
    _stops(world, world.get("subscription", plan_id))


def _stops(world: World, plan: Thing) -> bool:
    """End a plan whose time has come; tells whether it has."""
    due = plan["cancel_at"]
    if plan["status"] in OVER or due is None or due > world.now():
        return plan["status"] in OVER
    end(world, plan, reason="cancellation_requested")
    return True


def _check(world: World, plan: Thing, params: Thing) -> None:
    if params.get("default_payment_method"):
        customers.owned(world, plan["customer"], params["default_payment_method"])
    if not isinstance(params.get("cancel_at") or 0, int):
        raise Refused("The sandbox takes a moment for `cancel_at`.", param="cancel_at")
    if "items" in params and params.get("proration_behavior") != "none":
        raise Refused(
            "The sandbox knows no prorations: change a plan with `proration_behavior` none.",
            param="proration_behavior",
        )


def _running(world: World, plan_id: str) -> Thing:
    plan = world.get("subscription", plan_id)
    if plan["status"] in OVER:
        raise Refused(f"No such subscription: {plan_id}", status=404, code="resource_missing")
    return plan


def _end(plan: Thing) -> int:
    return int(plan["items"]["data"][0]["current_period_end"])


def _ending(world: World, plan: Thing, *, at_end: bool) -> Thing:
    details = plan["cancellation_details"]
    return {
        "cancel_at_period_end": at_end,
        "cancel_at": _end(plan) if at_end else None,
        "canceled_at": world.now() if at_end else None,
        "cancellation_details": details | {"reason": "cancellation_requested" if at_end else None},
    }


def _details(plan: Thing, params: Thing) -> Thing:
    details: Thing = plan["cancellation_details"]
    return details | (params.get("cancellation_details") or {})


def _repriced(world: World, plan: Thing, params: Thing) -> Thing:
    items = list(plan["items"]["data"])
    for place, change in enumerate(params["items"]):
        at = f"items[{place}]"
        found = [spot for spot, each in enumerate(items) if each["id"] == change.get("id")]
        if not found:
            raise Refused(
                f"The sandbox changes items that there are: {at}[id] names none of them.",
                param=f"{at}[id]",
            )
        if "price" in change:
            price = world.get("price", change["price"], param=f"{at}[price]")
        else:
            price = catalogue.inline(world, change["price_data"], at=f"{at}[price_data]")
        _same(items[found[0]]["price"], price, at)
        items[found[0]] = items[found[0]] | {"price": price, "plan": _plan(price)}
    repriced: Thing = plan["items"] | {"data": items}
    return repriced


def _same(old: Thing, new: Thing, at: str) -> None:
    if old["currency"] != new["currency"] or old["recurring"] != new["recurring"]:
        raise Refused(
            "The sandbox changes a plan's amount, not its currency or its interval: cancel it and "
            "begin another.",
            param=at,
        )


def _items(world: World, plan: Thing, lines: list[Thing]) -> Thing:
    items = []
    for line in lines:
        recurring = line["price"]["recurring"]
        items.append(
            {
                "id": f"si_{world.opaque('item', 14)}",
                "object": "subscription_item",
                "billing_thresholds": None,
                "created": world.now(),
                "current_period_end": intervals.after(plan["billing_cycle_anchor"], recurring, 1),
                "current_period_start": plan["billing_cycle_anchor"],
                "discounts": [],
                "metadata": {},
                "plan": _plan(line["price"]),
                "price": line["price"],
                "quantity": line["quantity"],
                "subscription": plan["id"],
                "tax_rates": [],
            }
        )
    return listed(items, f"/v1/subscription_items?subscription={plan['id']}")


def _plan(price: Thing) -> Thing:
    """Give the price as the older object that items still carry."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _make(world: World, session: Thing, method: Thing, *, paid: bool) -> Thing:
    data, now = session["_data"], world.now()
    return world.make(
        "sub",
        **BLANK,
        billing_cycle_anchor=now,
        currency=session["currency"],
        customer=session["customer"],
        default_payment_method=method["id"],
        description=data.get("description"),
        items=listed([], ""),
        metadata=data.get("metadata") or {},
        start_date=now,
        status="active" if paid else "incomplete",
        _previous=now,
    )
