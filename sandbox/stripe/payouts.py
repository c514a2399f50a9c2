"""Payouts: each night what is available goes to the bank, one payout for each currency."""

from typing import Final

from sandbox.stripe import balance
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

DAY: Final = 24 * 3600
ARRIVES_SECONDS: Final = 2 * DAY
NIGHT: Final = "payout.night"
LAST_SECOND: Final = 2**63 - 1


def open_books(world: World) -> None:
    """Put the first night on the agenda, once in a world's life."""
    if not any(each["deed"] == NIGHT for each in world.shelf.all("deed")):
        _next_night(world)


def night(world: World, about: str) -> None:
    """Pay out what is available, and come again tomorrow."""
    del about
    pay_out(world)
    _next_night(world)


def pay_out(world: World, *, early: bool = False) -> list[Thing]:
    """Pay out what is available, and `early` what is not yet; gives the payouts, if any."""
    until = LAST_SECOND if early else world.now()
    sums = {
        currency: (sum(each["net"] for each in entries), entries)
        for currency, entries in sorted(_available(world, until).items())
    }
    return [
        _begin(world, currency, amount, entries)
        for currency, (amount, entries) in sums.items()
        if amount > 0
    ]


def arrive(world: World, payout_id: str) -> None:
    """Let a payout reach the bank, unless it has failed."""
    payout = world.get("payout", payout_id)
    if payout["status"] == "in_transit":
        before = world.change(payout, status="paid")
        world.emit("payout.paid", payout, before)
        before = world.change(payout, reconciliation_status="completed")
        world.emit("payout.reconciliation_completed", payout, before)


def fail(world: World, payout_id: str) -> Thing:
    """Let the bank send a payout back: its money is in the balance again."""
    payout = world.get("payout", payout_id)
    if payout["status"] not in {"in_transit", "paid"}:
        raise Refused(f"The payout is {payout['status']}: it cannot fail.")
    entered = balance.enter(
        world,
        "payout_failure",
        "payout_reversal",
        payout["id"],
        amount=payout["amount"],
        currency=payout["currency"],
    )
    before = world.change(
        payout,
        status="failed",
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
        failure_balance_transaction=entered["id"],
    )
    world.emit("payout.failed", payout, before)
    return payout


def _next_night(world: World) -> None:
    world.at((world.now() // DAY + 1) * DAY, NIGHT, "")


def _available(world: World, until: int) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = {}
    for each in world.shelf.all("balance_transaction"):
        if each["_payout"] is None and each["available_on"] <= until:
            found.setdefault(each["currency"], []).append(each)
    return found


def _begin(world: World, currency: str, amount: int, entries: list[Thing]) -> Thing:
    payout = _make(world, currency, amount)
    own = balance.enter(world, "payout", "payout", payout["id"], amount=-amount, currency=currency)
    for each in [*entries, own]:
        world.change(each, _payout=payout["id"])
    world.change(payout, balance_transaction=own["id"])
    world.emit("payout.created", payout)
    world.later(ARRIVES_SECONDS, "payout.arrive", payout["id"])
    return payout


def _make(world: World, currency: str, amount: int) -> Thing:
    return world.make(
        "po",
        amount=amount,
        application_fee=None,
        application_fee_amount=None,
        arrival_date=world.now() + ARRIVES_SECONDS,
        automatic=True,
        balance_transaction=None,
        currency=currency,
        description="STRIPE PAYOUT",
        destination=f"ba_{world.opaque('bank')}",
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata={},
        method="standard",
        original_payout=None,
        payout_method=None,
        reconciliation_status="in_progress",
        reversed_by=None,
        source_type="card",
        statement_descriptor=None,
        status="in_transit",
        trace_id={"status": "pending", "value": None},
        type="bank_account",
    )
