"""Whatever is done, in whatever order: the sandbox's own books are right, and nothing breaks it."""

import contextlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import stripe

from sandbox.stripe import balance, checkout, disputes, methods, paying, payouts, refunds
from sandbox.stripe.numbers import NUMBERS
from sandbox.stripe.refusals import Refused
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

Act = Callable[[World, random.Random], object]


def ask(world: World, dice: random.Random) -> None:
    """Ask for a session, of a gift or of a plan."""
    currency = dice.choice(["usd", "eur", "jpy"])
    data: Thing = {"currency": currency, "unit_amount": dice.randint(100, 9000)}
    data["product_data"] = {"name": "A gift"}
    mode = dice.choice(["payment", "subscription"])
    if mode == "subscription":
        data["recurring"] = {"interval": dice.choice(["week", "month"])}
    line = {"quantity": 1, "price_data": data}
    checkout.create(world, {"mode": mode, "line_items": [line], "success_url": "http://x"})


def pick(world: World, dice: random.Random, kind: str) -> str:
    found = [each["id"] for each in world.shelf.all(kind)]
    return dice.choice(found) if found else "none"


ACTS: list[Act] = [
    ask,
    lambda world, dice: paying.pay(
        world, pick(world, dice, "checkout.session"), number=dice.choice(list(NUMBERS))
    ),
    lambda world, dice: paying.authenticate(
        world, pick(world, dice, "checkout.session"), passes=dice.random() < 0.7
    ),
    lambda world, dice: refunds.create(
        world, {"charge": pick(world, dice, "charge"), "amount": dice.randint(1, 3000)}
    ),
    lambda world, dice: refunds.fail(world, pick(world, dice, "refund")),
    lambda world, dice: disputes.begin(
        world, pick(world, dice, "charge"), inquiry=dice.random() < 0.5
    ),
    lambda world, dice: dice.choice([disputes.win, disputes.lose, disputes.escalate])(
        world, pick(world, dice, "dispute")
    ),
    lambda world, dice: methods.turn(
        world, pick(world, dice, "payment_method"), number=dice.choice(list(NUMBERS))
    ),
    lambda world, dice: payouts.fail(world, pick(world, dice, "payout")),
    lambda world, dice: world.advance_to(world.now() + dice.choice([5, 4000, 90_000, 900_000])),
]


def wander(sandbox: Stripe, seed: int, steps: int = 120) -> None:
    dice = random.Random(seed)  # noqa: S311 - the test's own dice
    for _ in range(steps):
        with contextlib.suppress(Refused), sandbox.world.turn() as world:
            dice.choice([*ACTS, ask, ACTS[1]])(world, dice)


def audit(world: World) -> None:
    """Check the books."""
    entries = list(world.shelf.all("balance_transaction"))
    assert all(each["net"] == each["amount"] - each["fee"] for each in entries)
    shown = balance.show(world, {})
    total = sum(each["amount"] for each in [*shown["available"], *shown["pending"]])
    assert total == sum(each["net"] for each in entries)
    for payout in world.shelf.all("payout"):
        paid = [each["net"] for each in entries if each["_payout"] == payout["id"]]
        assert sum(paid) == 0
    for charge in world.shelf.all("charge"):
        back = [
            each["amount"]
            for each in world.shelf.all("refund")
            if each["charge"] == charge["id"] and each["status"] != "failed"
        ]
        assert charge["amount_refunded"] == sum(back) <= charge["amount"]
    for session in world.shelf.all("checkout.session"):
        paid_for = [i for i in world.shelf.all("payment_intent") if i["_pays"] == session["id"]]
        assert len(paid_for) <= 1
    for invoice in world.shelf.all("invoice"):
        assert (invoice["status"] == "paid") == (invoice["amount_paid"] == invoice["amount_due"])


@pytest.mark.parametrize("seed", range(12))
def test_the_books_are_right_after_any_walk(seed: int, tmp_path: Path) -> None:
    state = tmp_path / "stripe.db"
    with Stripe(seed=seed, state=state) as sandbox:
        wander(sandbox, seed)
        audit(sandbox.world)
        before = [sandbox.world.show(each) for each in sandbox.world.shelf.all("charge")]
        assert {each["type"] for each in sandbox.events()} <= set(
            stripe.Event.__annotations__["type"].__args__
        )
    with Stripe(state=state) as again:
        audit(again.world)
        assert [again.world.show(each) for each in again.world.shelf.all("charge")] == before


def test_the_same_walk_in_the_same_world_ends_the_same() -> None:
    ends = []
    for _ in range(2):
        with Stripe(seed=5) as sandbox:
            wander(sandbox, 5)
            ends.append([each["id"] for each in sandbox.events()])
    assert ends[0] == ends[1]
