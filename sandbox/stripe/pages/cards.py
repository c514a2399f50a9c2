"""The part of a form that asks for a card or an account, with the test numbers to press."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sandbox.stripe import methods, numbers, paying
from sandbox.stripe.pages.markup import Markup, join, tag
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

CHOICES: Final = {
    "4242424242424242": "pays",
    "5555555555554444": "pays (Mastercard)",
    "4000002500003155": "asks for 3-D Secure once",
    "4000002760003184": "asks for 3-D Secure each time",
    "4000008260003178": "asks for 3-D Secure, then has no funds",
    "4000000000000002": "is declined",
    "4000000000009995": "has no funds",
    "4000000000009987": "was lost",
    "4000000000000069": "has expired",
    "4000000000000127": "has a wrong code",
    "4000000000000119": "meets an error",
    "4000000000000341": "pays once, fails at renewals",
    "4000000000000259": "pays, is disputed",
    "4000000000001976": "pays, is inquired into",
    "4000000000005423": "pays, is warned of as fraud",
    "4000000000007726": "pays, its refund is slow",
    "4000000000005126": "pays, its refund fails",
    "AT611904300234573201": "SEPA debit: paid in days",
    "AT861904300235473202": "SEPA debit: fails in days",
    "AT591904300235473203": "SEPA debit: paid, is disputed",
    "000123456789": "US bank debit: paid in days",
    "000222222227": "US bank debit: fails in days",
}
"""What can be pressed, and what it does."""
ONLY_CARDS: Final = frozenset({"card"})
EXPIRY: Final = re.compile(r"(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)", re.ASCII)


def fields() -> Markup:
    """Ask for a number and when it expires; nothing is filled in by a browser that knows real ones."""
    return join(
        _field("Number", name="number", placeholder="4242 4242 4242 4242", maxlength="40"),
        _field("Expires (month / year)", name="expiry", placeholder="12 / 34", maxlength="9"),
    )


def choices(kinds: frozenset[str]) -> Markup:
    """Offer the test numbers of these kinds, each a button that sends the form with it."""
    return tag(
        "fieldset",
        tag("legend", "Or press a test number"),
        *(
            _choice(number, does)
            for number, does in CHOICES.items()
            if numbers.NUMBERS[number].kind in kinds
        ),
        class_="choices",
    )


def kinds(session: Thing) -> frozenset[str]:
    """Say which kinds of method can pay a session."""
    able = ONLY_CARDS | {k for k, paid in paying.DEBITED.items() if session["currency"] in paid}
    allowed = session["allowed_payment_method_types"] or able
    return able.intersection(allowed).difference(session["excluded_payment_method_types"] or ())


def number(world: World, given: Mapping[str, str]) -> str:
    """Read the number that was pressed, or else typed; raises Refused with what is missing."""
    if pressed := given.get("card"):
        return pressed
    typed = given.get("number", "")
    if not typed:
        raise Refused("Give a card number, or press one of the test numbers.", status=402)
    if numbers.behaviour(typed).kind == "card":
        _check_expiry(given.get("expiry", ""), world.now())
    return typed


def shown(method: Thing) -> str:
    """Name a method as a statement does: Visa •••• 4242."""
    kind = method["type"]
    name = methods.behaviour(method).brand if kind == "card" else kind.replace("_", " ")
    return f"{name.capitalize()} •••• {method[kind]['last4']}"


def _check_expiry(typed: str, now: int) -> None:
    found = EXPIRY.fullmatch(typed)
    if found is None:
        raise Refused("Your card's expiration date is incomplete.", status=402)
    today = datetime.fromtimestamp(now, UTC)
    if (2000 + int(found[2]), int(found[1])) < (today.year, today.month):
        raise Refused("Your card's expiration date is in the past.", status=402)


def _choice(number: str, does: str) -> Markup:
    groups = " ".join(number[place : place + 4] for place in range(0, len(number), 4))
    inside = (tag("span", groups, class_="number"), " ", tag("span", does))
    return tag("button", *inside, name="card", value=number, formnovalidate=True)


def _field(label: str, **attributes: str) -> Markup:
    return tag("label", label, tag("input", type="text", autocomplete="off", **attributes))
