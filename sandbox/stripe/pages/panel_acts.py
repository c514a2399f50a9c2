"""What the operator lets happen: for each button of the panel, the act behind it."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from sandbox.stripe import checkout, customers, disputes, methods, payouts, refunds
from sandbox.stripe.faults import Faults
from sandbox.stripe.pages import panel_page, words
from sandbox.stripe.pages.visits import Visit
from sandbox.stripe.refusals import Refused

EXPIRED_CARD: Final = "4000000000000069"
SHARE: Final = re.compile("[0-9]{1,2}|100")
Act = Callable[[Visit], object]


def faults(fields: Mapping[str, str]) -> Faults:
    """Read the fault plan that the panel's form asks for; raises Refused where it asks for none."""
    shares = {name: fields.get(name) or "0" for name in panel_page.SHARES}
    if not all(map(SHARE.fullmatch, shares.values())):
        raise Refused("Each share is a whole number from 0 to 100.")
    return Faults.parse({name: int(share) / 100 for name, share in shares.items()})


def _forward(visit: Visit) -> None:
    seconds = panel_page.STEPS.get(visit.fields.get("step", ""))
    if seconds is None:
        raise Refused(f"The clock goes on by {', '.join(panel_page.STEPS)}.")
    visit.world.advance_to(visit.world.now() + seconds)


def _refund(visit: Visit) -> None:
    charge = visit.world.get("charge", visit.id)
    params: dict[str, object] = {"charge": visit.id}
    if typed := visit.fields.get("amount"):
        params["amount"] = words.minor(typed, charge["currency"])
    made = refunds.create(visit.world, params)
    if visit.fields.get("fails"):
        visit.world.later(refunds.FAILING_SECONDS, "refund.fail", made["id"])


def _expire_card(visit: Visit) -> None:
    plan = visit.world.get("subscription", visit.id)
    customer = customers.living(visit.world, plan["customer"])
    kept = customer["invoice_settings"]["default_payment_method"]
    method = plan["default_payment_method"] or kept
    if method is None:
        raise Refused("No card is kept for this plan.")
    methods.turn(visit.world, method, number=EXPIRED_CARD)


def _pay_out(visit: Visit) -> None:
    if not payouts.pay_out(visit.world, early=True):
        raise Refused("There is nothing to pay out.")


ACTS: Final[Mapping[str, Act]] = {
    "clock/forward": _forward,
    "sessions/expire": lambda visit: checkout.expire(visit.world, {}, visit.id),
    "payments/refund": _refund,
    "payments/inquiry": lambda visit: disputes.begin(visit.world, visit.id, inquiry=True),
    "payments/dispute": lambda visit: disputes.begin(visit.world, visit.id),
    "payments/warning": lambda visit: disputes.warn(visit.world, visit.id),
    "plans/card": _expire_card,
    "refunds/fail": lambda visit: refunds.fail(visit.world, visit.id),
    "disputes/escalate": lambda visit: disputes.escalate(visit.world, visit.id),
    "disputes/withdraw": lambda visit: disputes.withdraw_inquiry(visit.world, visit.id),
    "disputes/win": lambda visit: disputes.win(visit.world, visit.id),
    "disputes/lose": lambda visit: disputes.lose(visit.world, visit.id),
    "payouts/now": _pay_out,
    "payouts/fail": lambda visit: payouts.fail(visit.world, visit.id),
}
"""By the section of the panel and the name of the act, which its path puts around the object's id."""
