"""The rows of the operator's panel: what one object is, and what may happen to it."""

from collections.abc import Mapping
from typing import Final

from sandbox.stripe import disputes, subscriptions
from sandbox.stripe.pages import cards, frame, words
from sandbox.stripe.pages.markup import Markup, join, tag
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

AFTER_INQUIRY: Final = {"escalate": "It becomes a dispute", "withdraw": "It ends"}
VERDICTS: Final = {"win": "We win", "lose": "We lose"}


def session(world: World, thing: Thing) -> Markup:
    """Show a session that waits to be paid."""
    del world
    return join(
        _heading(thing, _money(thing["amount_total"], thing)),
        _facts(f"until {words.moment(thing['expires_at'])}", thing["metadata"]),
        _acts(
            tag("a", "Its page", href=f"/c/pay/{thing['id']}"),
            frame.press(f"/panel/sessions/{thing['id']}/expire", "Expire"),
        ),
    )


def charge(world: World, thing: Thing) -> Markup:
    """Show a payment, or a try at one."""
    method = world.get("payment_method", thing["payment_method"])
    state = [words.status(thing["status"]), thing["failure_message"] or ""]
    if thing["amount_refunded"]:
        state.append(f"refunded {_money(thing['amount_refunded'], thing)}")
    if thing["disputed"]:
        state.append("in question")
    path = f"/panel/payments/{thing['id']}"
    paid = thing["status"] == "succeeded"
    acts = [_refund(path, thing)] if paid and not thing["refunded"] else []
    if paid and not thing["disputed"]:
        acts += [
            frame.press(f"{path}/inquiry", "Inquiry"),
            frame.press(f"{path}/dispute", "Dispute"),
        ]
    if paid:
        acts.append(frame.press(f"{path}/warning", "Fraud warning"))
    return join(
        _heading(thing, _money(thing["amount"], thing), *state),
        _facts(cards.shown(method), thing["metadata"]),
        _acts(*acts),
    )


def plan(world: World, thing: Thing) -> Markup:
    """Show a plan, with the pages of its open invoices."""
    item = thing["items"]["data"][0]
    price = item["price"]
    opened = [
        tag("a", f"Open invoice {each['number']}", href=f"/i/{each['id']}")
        for each in world.shelf.all("invoice")
        if each["status"] == "open"
        and each["parent"]["subscription_details"]["subscription"] == thing["id"]
    ]
    expire = frame.press(f"/panel/plans/{thing['id']}/card", "Its card expires")
    pays = _money(price["unit_amount"] * item["quantity"], price)
    state = words.status(thing["status"])
    due = words.moment(thing["cancel_at"] or item["current_period_end"])
    what = "ends" if thing["cancel_at"] else "due again"
    over = thing["status"] in subscriptions.OVER
    return join(
        _heading(thing, f"{pays} {words.rhythm(price['recurring'])}", state),
        _facts("" if over else f"{what} {due}", thing["metadata"]),
        _acts(*opened, *([] if over else [expire])),
    )


def refund(world: World, thing: Thing) -> Markup:
    """Show a refund."""
    del world
    fails = thing["status"] in {"pending", "succeeded"}
    press = frame.press(f"/panel/refunds/{thing['id']}/fail", "It comes back")
    return join(
        _heading(thing, _money(thing["amount"], thing), words.status(thing["status"])),
        _facts(f"of {thing['charge']}", thing["metadata"]),
        _acts(*([press] if fails else [])),
    )


def dispute(world: World, thing: Thing) -> Markup:
    """Show a dispute or an inquiry."""
    del world
    acts: Mapping[str, str] = {}
    if thing["status"] in disputes.OPEN:
        acts = AFTER_INQUIRY if thing["status"] in disputes.INQUIRIES else VERDICTS
    path = f"/panel/disputes/{thing['id']}"
    due = words.moment(thing["evidence_details"]["due_by"])
    return join(
        _heading(thing, _money(thing["amount"], thing), words.status(thing["status"])),
        _facts(f"of {thing['charge']}, to be answered by {due}", {}),
        _acts(*(frame.press(f"{path}/{act}", label) for act, label in acts.items())),
    )


def warning(world: World, thing: Thing) -> Markup:
    """Show an early fraud warning."""
    del world
    state = "a refund would help" if thing["actionable"] else "answered, or too late"
    return join(_heading(thing, thing["fraud_type"], state), _facts(f"of {thing['charge']}", {}))


def payout(world: World, thing: Thing) -> Markup:
    """Show a payout."""
    del world
    fails = thing["status"] in {"in_transit", "paid"}
    press = frame.press(f"/panel/payouts/{thing['id']}/fail", "It comes back")
    return join(
        _heading(thing, _money(thing["amount"], thing), words.status(thing["status"])),
        _facts(f"at the bank {words.moment(thing['arrival_date'])}", {}),
        _acts(*([press] if fails else [])),
    )


def event(world: World, thing: Thing) -> Markup:
    """Show an event, and what became of its deliveries."""
    sent = [each for each in world.shelf.all("delivery") if each["event"] == thing["id"]]
    told = [f"{each['state']} (tries: {each['tries']})" for each in sent]
    about = thing["data"]["object"]["id"]
    return join(
        _heading(thing, thing["type"], *told),
        _facts(f"about {about}", {}),
        _acts(frame.press(f"/panel/events/{thing['id']}/resend", "Send again")),
    )


def _refund(path: str, thing: Thing) -> Markup:
    left = _money(thing["amount"] - thing["amount_refunded"], thing)
    return frame.form(
        f"{path}/refund",
        tag(
            "label",
            "Give back",
            tag("input", name="amount", inputmode="decimal", size="9", placeholder=left),
        ),
        tag("label", tag("input", type="checkbox", name="fails", value="yes"), "and it fails"),
        tag("button", "Refund"),
        class_="inline",
    )


def _heading(thing: Thing, what: str, *state: str) -> Markup:
    said = tag("span", ", ".join(filter(None, state)), class_="state")
    return join(
        tag("h3", what, " ", said),
        tag("p", words.moment(thing["created"]), " ", tag("code", thing["id"]), class_="muted"),
    )


def _facts(said: str, metadata: Mapping[str, str]) -> Markup:
    noted = [f"{name}: {value}" for name, value in metadata.items()]
    return tag("p", "; ".join(filter(None, (said, *noted))), class_="muted")


def _acts(*inside: str) -> Markup:
    return tag("div", *inside, class_="acts") if inside else Markup()


def _money(minor: int, thing: Thing) -> str:
    return words.amount(minor, thing["currency"])
