"""The billing portal, /p/session/<id>: a donor changes the card, or ends a plan."""

from collections.abc import Iterator
from typing import Final

from sandbox.stripe import customers, numbers, subscriptions
from sandbox.stripe.api import Answer
from sandbox.stripe.pages import cards, frame, outward, words
from sandbox.stripe.pages.markup import Markup, join, tag
from sandbox.stripe.pages.visits import Visit
from sandbox.stripe.refusals import Refused, no_such
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

DONE: Final = {
    "card": "Your new card is kept.",
    "ending": "Your plan will end with its period.",
    "going-on": "Your plan goes on.",
}
"""What is said after an act, by the word for it in the query."""
CARD_FLOW: Final = "payment_method_update"
END_FLOW: Final = "subscription_cancel"


def show(visit: Visit, sentence: str = "") -> Answer:
    """Show the donor's plans and card; a flow of the session's shows its own part alone."""
    session = visit.world.get("billing_portal.session", visit.id)
    customer = customers.living(visit.world, session["customer"])
    flow = (session["flow"] or {}).get("type")
    said = tag("p", DONE.get(visit.fields.get("done", ""), ""), role="status")
    parts = [said, frame.trouble(sentence)]
    if flow != CARD_FLOW:
        parts.append(tag("section", tag("h2", "Plans"), *_plans(visit.world, session)))
    if flow != END_FLOW:
        parts.append(_card(visit.world, session, customer))
    if flow is None:
        parts.append(_invoices(visit.world, customer))
    if way := outward.address(session["return_url"]):
        parts.append(tag("p", tag("a", "Back", href=way)))
    return frame.page("Your plans", *parts, leads_to=_after(session))


def change_card(visit: Visit) -> Answer:
    """Keep another card for the donor; one that is refused already is not kept."""
    session = visit.world.get("billing_portal.session", visit.id)
    number = cards.number(visit.world, visit.fields)
    behaves = numbers.behaviour(number)
    if behaves.kind != "card" or (behaves.code and behaves.challenge == "never"):
        raise Refused("Your card was declined: give another one.", status=402)
    customers.replace_card(visit.world, session["customer"], number=number)
    return _done(session, "card")


def end(visit: Visit) -> Answer:
    """Let a plan end with its period, or take that back."""
    session = visit.world.get("billing_portal.session", visit.id)
    plan = visit.world.get("subscription", visit.fields.get("plan", ""))
    if plan["customer"] != session["customer"]:
        raise no_such("subscription", plan["id"])
    ends = visit.fields.get("ends") == "yes"
    subscriptions.update(visit.world, {"cancel_at_period_end": ends}, plan["id"])
    return _done(session, "ending" if ends else "going-on")


def _done(session: Thing, act: str) -> Answer:
    way = outward.address(_after(session))
    return frame.see(way or f"{_path(session)}?done={act}")


def _after(session: Thing) -> str | None:
    """Say where a flow leads when it is done, where it leads anywhere."""
    after = (session["flow"] or {}).get("after_completion") or {}
    found: str | None = (after.get("redirect") or {}).get("return_url")
    return found


def _plans(world: World, session: Thing) -> Iterator[Markup]:
    plans = [p for p in world.shelf.all("subscription") if p["customer"] == session["customer"]]
    if not plans:
        yield tag("p", "There is none.")
    for plan in plans:
        yield tag("article", *_plan(session, plan), class_="thing")


def _plan(session: Thing, plan: Thing) -> Iterator[Markup]:
    item = plan["items"]["data"][0]
    price, path = item["price"], f"{_path(session)}/plan"
    pays = words.amount(price["unit_amount"] * item["quantity"], price["currency"])
    yield tag("h3", f"{pays} {words.rhythm(price['recurring'])}")
    if plan["status"] in subscriptions.OVER:
        yield tag("p", "It has ended.")
    elif plan["cancel_at"] is not None:
        yield tag("p", f"It ends on {words.day(plan['cancel_at'])}.")
        yield frame.press(path, "Let it go on", plan=plan["id"], ends="no")
    else:
        due = words.day(item["current_period_end"])
        yield tag("p", f"It is {words.status(plan['status'])}; the next payment is on {due}.")
        yield frame.press(path, "End it with its period", plan=plan["id"], ends="yes")


def _card(world: World, session: Thing, customer: Thing) -> Markup:
    kept = customer["invoice_settings"]["default_payment_method"]
    shown = cards.shown(world.get("payment_method", kept)) if kept else "none but a plan's own"
    form = frame.form(
        f"{_path(session)}/card",
        cards.fields(),
        tag("button", "Keep this card", class_="main"),
        cards.choices(cards.ONLY_CARDS),
    )
    return tag("section", tag("h2", "Card"), tag("p", f"Kept now: {shown}."), form)


def _invoices(world: World, customer: Thing) -> Markup:
    rows = [
        tag("li", tag("a", each["number"], href=f"/i/{each['id']}"), f" {_about(each)}")
        for each in world.shelf.all("invoice")
        if each["customer"] == customer["id"] and each["number"]
    ]
    found = tag("ul", *rows[::-1], class_="lines") if rows else tag("p", "There is none.")
    return tag("section", join(tag("h2", "Invoices"), found))


def _about(invoice: Thing) -> str:
    due = words.amount(invoice["amount_due"], invoice["currency"])
    return f"{words.day(invoice['created'])}, {due}, {words.status(invoice['status'])}"


def _path(session: Thing) -> str:
    return f"/p/session/{session['id']}"
