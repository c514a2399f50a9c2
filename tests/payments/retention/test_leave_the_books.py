"""Whatever the rules take away, the books are the same: gifts, payments, ledger, receipts, statements."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db import due
from db.session import transaction
from mailer import retention
from payments import checkouts, giving, periods, reconciling, sweeping_objects
from payments.models.giving import Donation, DonationState
from payments.proving import books, rules
from payments.proving.ground import Ground, hear_all
from payments.proving.rules import Proof
from payments.proving.story import Story
from tests.payments import wishes
from tests.payments.properties import scene
from wiring.core import core

UNTOUCHED = (
    "SELECT * FROM ledger_entry",
    "SELECT * FROM payment",
    "SELECT * FROM refund",
    "SELECT * FROM dispute",
    "SELECT * FROM receipt",
    "SELECT * FROM receipt_copy",
    "SELECT * FROM payout_entry",
    "SELECT id, nonce, joins_list FROM donation WHERE state = 'paid'",
    "SELECT id, donor_id, amount, costs, currency, state, paid_at FROM donation",
    "SELECT d.* FROM donor d WHERE EXISTS (SELECT FROM donation WHERE donor_id = d.id AND state = 'paid')",
)


@pytest.mark.journey
@pytest.mark.parametrize("seed", range(8))
def test_what_is_taken_away_is_no_money(app: Flask, seed: int) -> None:
    with scene.ground(app, seed) as ground:
        tell(ground)
        before = money()
        assert take(ground)
        assert money() == before
        assert reconciling.compare(transaction, ground.stripe, now=ground.now()).holds
        hear_all(transaction, ground.stripe, now=ground.now(), dice=ground.dice)
        sweeping_objects.sweep(transaction, ground.stripe, now=ground.now())
        assert money() == before
        assert not held(ground).faults


def tell(ground: Ground) -> None:
    """Tell a story to its end, write statements, and have a gift that nobody paid be left behind."""
    with transaction() as session:
        giving.begin(session, wishes.WISH, now=ground.now())
    story = Story(ground)
    story.begins()
    story.goes_on()
    story.ends()
    checkouts.sweep(ground.stripe, transaction, now=ground.now())
    hear_all(transaction, ground.stripe, now=ground.now(), dice=ground.dice)
    sweeping_objects.sweep(transaction, ground.stripe, now=ground.now())
    held(ground)


def held(ground: Ground) -> Proof:
    """Hold receipts and statements against what was paid; the statements are written by that."""
    proof = Proof()
    with transaction() as session:
        rules.receipts(proof, session)
        rules.statements(proof, session, years=range(2020, ground.now().year + 1))
        rules.payments(proof, session)
    return proof


def take(ground: Ground) -> int:
    """Apply the rules a year and more later; return how many rows went."""
    days = ground.dice.randint(91, 800)
    run = due.Run(core().settings, ground.now() + timedelta(days=days))
    return sum((retention.apply(transaction, periods.RULES, run, again=True) or {}).values())


def money() -> tuple[object, ...]:
    """Return all that the books say."""
    with transaction() as session:
        return (books.read(session), words(session), *(rows(session, one) for one in UNTOUCHED))


def words(session: Session) -> list[giving.Words]:
    """Return what was written with gifts that arrived, but for whom to tell."""
    paid = select(Donation).where(Donation.state == DonationState.PAID).order_by(Donation.id)
    given = [donation.plan or donation for donation in session.scalars(paid)]
    return [replace(giving.words_of(session, each), notice_address="") for each in given]


def rows(session: Session, question: str) -> list[str]:
    return sorted(map(repr, session.execute(text(question)).all()))
