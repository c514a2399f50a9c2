"""An invoice's own page, /i/<id>: a donor pays it by hand, or answers the bank's question about it."""

from sandbox.stripe import invoices
from sandbox.stripe.api import Answer
from sandbox.stripe.pages import bank, cards, frame, words
from sandbox.stripe.pages.markup import Markup, tag
from sandbox.stripe.pages.visits import Visit
from sandbox.stripe.things import Thing


def show(visit: Visit, sentence: str = "") -> Answer:
    """Show the invoice, with a form while it is open."""
    invoice = visit.world.get("invoice", visit.id)
    name = f"Invoice {invoice['number'] or '(a draft)'}"
    if invoice["status"] != "open":
        return frame.page(name, _facts(invoice))
    intent = visit.world.shelf.find("payment_intent", invoice["_intent"] or "") or {}
    if intent.get("status") == "requires_action":
        return bank.ask(_path(invoice), _facts(invoice))
    error = intent.get("last_payment_error") or {}
    form = frame.form(
        _path(invoice),
        cards.fields(),
        tag("button", f"Pay {_due(invoice)}", class_="main"),
        cards.choices(cards.ONLY_CARDS),
    )
    said = sentence or error.get("message", "")
    return frame.page(name, _facts(invoice), frame.trouble(said), form)


def pay(visit: Visit) -> Answer:
    """Try to pay the invoice with another card."""
    number = cards.number(visit.world, visit.fields)
    invoices.begin_by_hand(visit.world, visit.id, number=number)
    return frame.see(f"/i/{visit.id}")


def answer_bank(visit: Visit) -> Answer:
    """Pass the bank's question, or fail it."""
    invoices.authenticate(visit.world, visit.id, passes=visit.fields.get("passes") == "yes")
    return frame.see(f"/i/{visit.id}")


def _facts(invoice: Thing) -> Markup:
    facts = {
        "Due": _due(invoice),
        "State": words.status(invoice["status"]),
        "Made": words.day(invoice["created"]),
    }
    pairs = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts.items()]
    return tag("dl", *pairs)


def _due(invoice: Thing) -> str:
    return words.amount(invoice["amount_due"], invoice["currency"])


def _path(invoice: Thing) -> str:
    return f"/i/{invoice['id']}"
