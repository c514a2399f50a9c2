"""How an object looks from outside: what is the sandbox's own is left out, what expands is put in."""

import copy
from typing import Final

from sandbox.stripe.refusals import Invalid
from sandbox.stripe.shelf import Shelf
from sandbox.stripe.things import Thing, kind_of, listed, public

EXPANSION_DEPTH: Final = 4
"""How many levels Stripe expands."""


class Viewer:
    """Shows objects of a shelf as they stand at a moment."""

    def __init__(self, shelf: Shelf, now: int) -> None:
        self._shelf, self._now = shelf, now

    def show(self, thing: Thing, expand: list[str] | None = None) -> Thing:
        """Copy an object for the outside, and expand the dotted paths.

        Raises Invalid where a path cannot be expanded.
        """
        shown = self._plain(thing)
        for path in expand or ():
            names = path.split(".")
            if len(names) - (names[0] == "data") > EXPANSION_DEPTH:
                raise Invalid(
                    f"You cannot expand more than {EXPANSION_DEPTH} levels of a property.",
                    param="expand",
                )
            self._expand(shown, names, path)
        return shown

    def _plain(self, thing: Thing) -> Thing:
        shown = copy.deepcopy(public(thing))
        if shown.get("object") == "balance_transaction":
            shown["status"] = "available" if shown["available_on"] <= self._now else "pending"
        if shown.get("object") == "dispute":
            names = shown["balance_transactions"]
            shown["balance_transactions"] = [self._named(name) for name in names]
        if shown.get("object") == "list":
            shown["data"] = [self._plain(each) for each in shown["data"]]
        return shown

    def _named(self, thing_id: str) -> Thing:
        kind = kind_of(thing_id)
        thing = self._shelf.find(kind, thing_id) if kind else None
        if thing is None:
            raise LookupError(f"The sandbox has lost {thing_id}.")
        return self._plain(thing)

    def _expand(self, inside: Thing, names: list[str], path: str) -> None:
        name, rest = names[0], names[1:]
        value = inside.get(name)
        if name not in inside:
            value = self._included(inside, name)
        elif isinstance(value, str):
            value = self._named(value) if kind_of(value) else None
        if value is None and inside.get(name) is not None:
            raise Invalid(
                f"This property cannot be expanded ({path}).",
                code="property_not_expandable",
                param="expand",
            )
        inside[name] = value
        for each in value if isinstance(value, list) else [value]:
            if rest and isinstance(each, dict):
                self._expand(each, rest, path)

    def _included(self, inside: Thing, name: str) -> Thing:
        """Make the lists that an object has only when they are asked for."""
        match inside.get("object"), name:
            case "checkout.session", "line_items":
                kept = self._shelf.find("checkout.session", inside["id"])
                lines = kept["_line_items"] if kept else []
                return listed(
                    copy.deepcopy(lines), f"/v1/checkout/sessions/{inside['id']}/line_items"
                )
            case "invoice", "payments":
                return self._of("invoice_payment", "invoice", inside["id"], "/v1/invoice_payments")
            case "charge", "refunds":
                url = f"/v1/charges/{inside['id']}/refunds"
                return self._of("refund", "charge", inside["id"], url)
            case "customer", "subscriptions":
                url = f"/v1/customers/{inside['id']}/subscriptions"
                return self._of("subscription", "customer", inside["id"], url)
        raise Invalid(
            f"This property cannot be expanded ({name}).",
            code="property_not_expandable",
            param="expand",
        )

    def _of(self, kind: str, field: str, owner: str, url: str) -> Thing:
        found = [self._plain(each) for each in self._shelf.all(kind) if each[field] == owner]
        return listed(found[::-1], url)
