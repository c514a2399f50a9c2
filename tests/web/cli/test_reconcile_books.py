"""`flask donations reconcile` says whether the books are Stripe's, `prove` that they are after any fault."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments import sweeping_objects
from payments.models.events import Reconciliation
from payments.proving.ground import Ground
from payments.proving.rules import RULES
from tests.payments.properties import scene
from tests.payments.sweeping.test_sweep_objects import gives


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    """Give a sandbox Stripe that was given to, and rang for nothing."""
    with scene.ground(app, 0) as ground:
        gives(ground)
        ground.operator.advance(60)
        yield ground


def run(app: Flask, *words: str) -> tuple[int, str]:
    ended = app.test_cli_runner().invoke(args=["donations", *words])
    return ended.exit_code, ended.output


def test_books_that_hold_exit_with_0_and_are_kept(app: Flask, ground: Ground) -> None:
    sweeping_objects.sweep(transaction, ground.stripe, now=ground.now())
    code, said = run(app, "reconcile", "--json")
    assert (code, json.loads(said)["holds"]) == (0, True)
    with transaction() as session:
        assert session.scalars(select(Reconciliation.document)).all() == [json.loads(said)]


def test_a_difference_exits_with_1_and_says_it_by_currency(app: Flask, ground: Ground) -> None:
    code, said = run(app, "reconcile", "--json")
    told = json.loads(said)
    assert code == 1
    assert [(each["currency"], each["ours"]) for each in told["currencies"]] == [("EUR", 0)]
    assert told["currencies"][0]["difference"] == -told["currencies"][0]["stripe"]
    assert told["findings"]["missing payment"]["count"] == 1


def test_people_read_sentences_and_ids(app: Flask, ground: Ground) -> None:
    code, said = run(app, "reconcile")
    assert code == 1
    assert said.startswith("The books differ: 1 lines in EUR, 0 payouts.\nEUR: Stripe holds €")
    assert "\n  missing entry txn_" in said


def test_without_stripe_there_is_nothing_to_compare_with(app: Flask) -> None:
    code, said = run(app, "reconcile")
    assert code == 1
    assert "set STRIPE_API_KEY" in said


@pytest.mark.journey
def test_a_seed_is_proved_on_a_database_and_a_stripe_of_its_own(app: Flask) -> None:
    code, said = run(app, "prove", "--seeds", "1", "--from", "3", "--json")
    told = json.loads(said.splitlines()[-1])
    assert (code, told["faults"]) == (0, [])
    assert {rule for rule, looked in told["looked"].items() if looked} == set(RULES)
