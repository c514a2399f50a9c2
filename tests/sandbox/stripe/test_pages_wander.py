"""Whichever buttons are pressed, in whatever order, each is answered, and the books stay right."""

import random
import re
from urllib.parse import urlencode

import pytest

from sandbox.stripe import checkout, erasing, portal
from sandbox.stripe.api import Answer, Request
from sandbox.stripe.clock import Clock
from sandbox.stripe.deeds import DEEDS
from sandbox.stripe.deliveries import Courier
from sandbox.stripe.numbers import NUMBERS
from sandbox.stripe.pages.site import Pages
from sandbox.stripe.shelf import Shelf
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World
from tests.browser import Page

FORM = {"host": "127.0.0.1", "content-type": "application/x-www-form-urlencoded"}
ACTION = re.compile(r'<form method="post" action="([^"]+)"')


def ask(site: Pages, method: str, path: str, **fields: str) -> Answer:
    answer = site(Request(method, path, "", urlencode(fields).encode(), FORM))
    assert answer is not None
    assert answer.status < 500, answer.page
    return answer


def begin(world: World, dice: random.Random) -> None:
    """Ask for a session, and for a portal where somebody has a plan; now and then erase them."""
    data: Thing = {"currency": dice.choice(["usd", "eur"]), "unit_amount": dice.randint(100, 9000)}
    data["product_data"] = {"name": "A gift"}
    mode = dice.choice(["payment", "subscription"])
    if mode == "subscription":
        data["recurring"] = {"interval": "month"}
    line = {"quantity": 1, "price_data": data}
    checkout.create(world, {"mode": mode, "line_items": [line], "success_url": "http://x/"})
    customers = [each for each in world.shelf.all("customer") if "deleted" not in each]
    for customer in customers[-1:]:
        portal.create(world, {"customer": customer["id"], "return_url": "http://x/"})
        if dice.random() < 0.2:
            erasing.customer(world, {}, customer["id"])


def paths(world: World) -> list[str]:
    kinds = {"checkout.session": "c/pay", "invoice": "i", "billing_portal.session": "p/session"}
    found = [f"/{at}/{each['id']}" for kind, at in kinds.items() for each in world.shelf.all(kind)]
    return ["/", *found]


def press(site: Pages, path: str, dice: random.Random) -> None:
    """Press one of the buttons of a page; a donor's form is sent with some test number."""
    shown = ask(site, "GET", path).page.decode()
    if actions := ACTION.findall(shown):
        form = Page(path, 200, shown).form(dice.choice(actions))
        card = {"card": dice.choice(list(NUMBERS))} if 'name="card"' in shown else {}
        ask(site, "POST", form.action, **(dict(form.fields) | card))


@pytest.mark.parametrize("seed", range(8))
def test_no_button_breaks_anything(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same seed presses the same buttons
    world = World(Shelf(), Clock(now=1_790_000_000), deeds=DEEDS)
    site = Pages(world, Courier(world))
    for _ in range(40):
        with world.turn():
            begin(world, dice)
        for path in dice.sample(paths(world), 2):
            press(site, path, dice)
        press(site, "/", dice)
    for charge in world.shelf.all("charge"):
        assert 0 <= charge["amount_refunded"] <= charge["amount"]
    sums = {entry["_payout"] for entry in world.shelf.all("balance_transaction")}
    assert sums <= {None, *(payout["id"] for payout in world.shelf.all("payout"))}
