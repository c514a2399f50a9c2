"""The operator's panel, /: what there is, the newest first, and a button for each thing that may happen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.stripe import balance
from sandbox.stripe.api import Answer
from sandbox.stripe.faults import Faults
from sandbox.stripe.pages import frame, panel_rows, words
from sandbox.stripe.pages.markup import Markup, join, tag
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

SHOWN: Final = 25
"""How many of a kind are shown."""
STEPS: Final = {
    "hour": 3600,
    "day": 24 * 3600,
    "month": 31 * 24 * 3600 + 2 * 3600,
    "year": 366 * 24 * 3600 + 2 * 3600,
}
"""How far the clock goes at a press; past the longest month or year and the hour that a draft waits, so that
a renewal is within."""
SHARES: Final = {
    "drop": "lost",
    "double": "sent twice",
    "reorder": "out of turn",
    "delay": "late",
    "deaf": "taken, but the answer lost",
}
"""What may happen to a delivery: the field of the fault plan, and what it is called here."""


@dataclass(frozen=True)
class Section:
    """One part of the panel: objects of a kind, how one is shown, and which of them are."""

    name: str
    title: str
    kind: str
    row: Callable[[World, Thing], Markup]
    fits: Callable[[Thing], bool] = lambda _: True


def _waits(session: Thing) -> bool:
    return bool(session["status"] == "open")


SECTIONS: Final = (
    Section("sessions", "Waiting to be paid", "checkout.session", panel_rows.session, _waits),
    Section("payments", "Payments", "charge", panel_rows.charge),
    Section("plans", "Plans", "subscription", panel_rows.plan),
    Section("refunds", "Refunds", "refund", panel_rows.refund),
    Section("disputes", "Disputes", "dispute", panel_rows.dispute),
    Section("warnings", "Fraud warnings", "radar.early_fraud_warning", panel_rows.warning),
    Section("payouts", "Payouts", "payout", panel_rows.payout),
    Section("events", "Events and deliveries", "event", panel_rows.event),
)


def show(world: World, faults: Faults) -> Answer:
    """Show the panel."""
    now, due = (
        frame.press("/panel/payouts/now", "Pay out now"),
        frame.press("/panel/events/send", "Send what is due"),
    )
    above = {"payouts": now, "events": join(_faults(faults), due)}
    sections = [_section(world, each, above.get(each.name, "")) for each in SECTIONS]
    return frame.page("The operator's panel", _contents(), _clock(world), *sections)


def _contents() -> Markup:
    titles = {"clock": "Clock"} | {each.name: each.title for each in SECTIONS}
    links = [tag("li", tag("a", title, href=f"#{name}")) for name, title in titles.items()]
    return tag("nav", tag("ul", *links), aria_label="On this page")


def _clock(world: World) -> Markup:
    presses = [frame.press("/panel/clock/forward", f"One {step} on", step=step) for step in STEPS]
    books = balance.show(world, {})
    rows = [
        tag("li", f"{side}: ", words.amount(each["amount"], each["currency"]))
        for side in ("available", "pending")
        for each in books[side]
    ]
    return tag(
        "section",
        tag("h2", "Clock and balance"),
        tag("p", f"It is {words.moment(world.now())} here. The product keeps its own time."),
        tag("div", *presses, class_="acts"),
        tag("ul", *rows, class_="lines"),
        id="clock",
    )


def _section(world: World, section: Section, above: str) -> Markup:
    newest = [each for each in world.shelf.all(section.kind) if section.fits(each)][::-1]
    rows = [tag("article", section.row(world, each), class_="thing") for each in newest[:SHOWN]]
    rest = "" if len(rows) == len(newest) else f"And {len(newest) - len(rows)} older."
    return tag(
        "section",
        tag("h2", f"{section.title} ({len(newest)})"),
        above,
        *rows,
        tag("p", rest or ("" if rows else "None yet."), class_="muted"),
        id=section.name,
    )


def _faults(faults: Faults) -> Markup:
    told = faults.told()
    inputs = [
        tag(
            "label",
            f"{label}, %",
            tag(
                "input",
                type="number",
                name=name,
                min="0",
                max="100",
                value=f"{told[name] * 100:.0f}",
            ),
        )
        for name, label in SHARES.items()
    ]
    legend = tag("legend", "Of each hundred deliveries to come, so many are")
    inside = tag("fieldset", legend, *inputs, tag("button", "Set"), class_="shares")
    return frame.form("/panel/events/faults", inside)
