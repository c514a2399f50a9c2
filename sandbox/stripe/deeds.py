"""What may stand on the agenda: the names that `world.later` takes, and what each of them does."""

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.stripe import (
    checkout,
    disputes,
    intents,
    invoices,
    paying,
    payouts,
    refunds,
    subscriptions,
)
from sandbox.stripe.world import World

Deed = Callable[[World, str], None]


def _dispute(world: World, charge_id: str) -> None:
    _question(world, charge_id, inquiry=False)


def _inquire(world: World, charge_id: str) -> None:
    _question(world, charge_id, inquiry=True)


def _question(world: World, charge_id: str, *, inquiry: bool) -> None:
    if not world.get("charge", charge_id)["disputed"]:
        disputes.begin(world, charge_id, inquiry=inquiry)


def _warn(world: World, charge_id: str) -> None:
    disputes.warn(world, charge_id)


def _win(world: World, dispute_id: str) -> None:
    if world.get("dispute", dispute_id)["status"] in disputes.OPEN:
        disputes.win(world, dispute_id)


def _lose(world: World, dispute_id: str) -> None:
    if world.get("dispute", dispute_id)["status"] in disputes.OPEN:
        disputes.lose(world, dispute_id)


def _fail_refund(world: World, refund_id: str) -> None:
    if world.get("refund", refund_id)["status"] in {"pending", "succeeded"}:
        refunds.fail(world, refund_id)


DEEDS: Final[Mapping[str, Deed]] = {
    "session.expire": checkout.run_out,
    "charge.settle": intents.settle,
    "charge.dispute": _dispute,
    "charge.inquiry": _inquire,
    "charge.warning": _warn,
    "debit.clear": paying.clear,
    "refund.arrive": refunds.arrive,
    "refund.fail": _fail_refund,
    "dispute.win": _win,
    "dispute.lose": _lose,
    "subscription.renew": subscriptions.renew,
    "subscription.stop": subscriptions.stop,
    "subscription.fail": subscriptions.fail,
    "invoice.finalize": invoices.finalize,
    "invoice.retry": invoices.retry,
    payouts.NIGHT: payouts.night,
    "payout.arrive": payouts.arrive,
}
