"""The hosted payment page, /c/pay/<id>: a donor pays a session, or tries another card."""

from typing import Final

from sandbox.stripe import paying
from sandbox.stripe.api import Answer
from sandbox.stripe.pages import bank, cards, frame, outward, words
from sandbox.stripe.pages.markup import Markup, join, tag
from sandbox.stripe.pages.visits import Visit
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

EMAIL: Final = "donor@example.org"
NAME: Final = "A Donor"
"""What the form has in it, so that one press pays."""
GONE: Final = 410


def show(visit: Visit, sentence: str = "") -> Answer:
    """Show the form, the bank's question, or what has become of the session."""
    session = visit.world.get("checkout.session", visit.id)
    match session["status"]:
        case "complete":
            return _complete(session)
        case "expired":
            return _expired(session)
    found = _intent(visit.world, session)
    if found is not None and found["status"] == "requires_action":
        return bank.ask(_path(session), _what(session), leads_to=session["success_url"])
    error = (found or {}).get("last_payment_error") or {}
    return _open(visit, session, sentence or error.get("message", ""))


def pay(visit: Visit) -> Answer:
    """Try to pay; a donor who presses twice has paid once."""
    session = visit.world.get("checkout.session", visit.id)
    if session["status"] != "complete":
        intent = paying.pay(
            visit.world,
            visit.id,
            number=cards.number(visit.world, visit.fields),
            email=visit.fields.get("email") or EMAIL,
            name=visit.fields.get("name") or NAME,
        )
        if intent["status"] not in {"succeeded", "processing"}:
            return frame.see(_path(session))
    return _onward(session)


def answer_bank(visit: Visit) -> Answer:
    """Pass the bank's question, or fail it."""
    passes = visit.fields.get("passes") == "yes"
    intent = paying.authenticate(visit.world, visit.id, passes=passes)
    session = visit.world.get("checkout.session", visit.id)
    paid = intent["status"] in {"succeeded", "processing"}
    return _onward(session) if paid else frame.see(_path(session))


def _onward(session: Thing) -> Answer:
    # An address that no browser could follow: the page says that all is done.
    return frame.see(outward.success(session["success_url"], session["id"]) or _path(session))


def _open(visit: Visit, session: Thing, sentence: str) -> Answer:
    pays = _amount(session)
    give = "Donate" if session["submit_type"] == "donate" else "Pay"
    form = frame.form(
        _path(session),
        _donor(visit, session),
        cards.fields(),
        tag("button", f"{give} {pays}", class_="main"),
        cards.choices(cards.kinds(session)),
    )
    parts = (_what(session), frame.trouble(sentence), form, _back(session))
    return frame.page(f"{give} {pays}", *parts, leads_to=session["success_url"])


def _complete(session: Thing) -> Answer:
    way = outward.success(session["success_url"], session["id"])
    onward = tag("p", tag("a", "Go on", href=way)) if way else ""
    return frame.page("This payment is complete", _what(session), onward)


def _expired(session: Thing) -> Answer:
    sentence = "This page has expired: nothing was paid. Begin again where you came from."
    return frame.page("This page has expired", tag("p", sentence), _back(session), status=GONE)


def _donor(visit: Visit, session: Thing) -> Markup:
    given, kept = session["customer_email"], session["customer_details"] or {}
    email = given or visit.fields.get("email") or kept.get("email") or EMAIL
    name = visit.fields.get("name") or kept.get("name") or NAME
    # With `readonly` and not `disabled`, so that it is read out and can be copied.
    return join(
        tag("label", "E-mail", _input("email", "email", email, readonly=bool(given))),
        tag("label", "Name", _input("text", "name", name)),
    )


def _input(kind: str, name: str, value: str, *, readonly: bool = False) -> Markup:
    return tag(
        "input",
        type=kind,
        name=name,
        value=value,
        required=True,
        readonly=readonly,
        autocomplete="off",
        maxlength="200",
    )


def _what(session: Thing) -> Markup:
    lines = [
        tag("li", f"{line['description']}: ", words.amount(line["amount_total"], line["currency"]))
        for line in session["_line_items"]
    ]
    return tag("ul", *lines, class_="lines")


def _amount(session: Thing) -> str:
    recurring = session["_line_items"][0]["price"]["recurring"]
    pays = words.amount(session["amount_total"], session["currency"])
    return f"{pays} {words.rhythm(recurring)}" if recurring else pays


def _back(session: Thing) -> Markup:
    way = outward.address(session["cancel_url"])
    return tag("p", tag("a", "Back, without paying", href=way)) if way else Markup()


def _path(session: Thing) -> str:
    return f"/c/pay/{session['id']}"


def _intent(world: World, session: Thing) -> Thing | None:
    return world.get("payment_intent", session["_intent"]) if session["_intent"] else None
