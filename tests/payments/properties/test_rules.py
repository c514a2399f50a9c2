"""Each rule can be broken, and then says so: what proves the books must not be a mirror."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments import gateway, ledger, sweeping_objects
from payments.models.money import Payment
from payments.models.receipts import Receipt, ReceiptKind
from payments.proving import rules, seeds
from payments.proving.ground import Ground
from payments.proving.rules import Proof
from tests.cast import Staff
from tests.payments import offline_givers
from tests.payments.properties import scene
from tests.payments.reconciling import books
from tests.payments.sweeping.test_sweep_objects import gives


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    """Give a sandbox Stripe that was given to once, and books that equal its own."""
    with scene.ground(app, 0) as ground:
        gives(ground)
        ground.operator.advance(60)
        sweeping_objects.sweep(transaction, ground.stripe, now=ground.now())
        yield ground


def looked_at(ground: Ground) -> set[str]:
    """Hold the rules that need no events, and return those that are broken."""
    proof = Proof()
    seeds._hold(proof, ground)  # noqa: SLF001 - the last step of a seed, by itself
    return {fault.partition(":")[0] for fault in proof.faults}


def test_books_that_are_equal_break_no_rule(ground: Ground) -> None:
    assert not looked_at(ground)


def test_what_staff_enter_breaks_no_rule(ground: Ground, staff: Callable[..., Staff]) -> None:
    dana = staff("dana", "finance")
    with transaction() as session:
        for gift in (offline_givers.CHEQUE, offline_givers.UNKNOWN):
            taken = offline_givers.enter(session, dana, gift)
        offline_givers.take_back(session, dana, taken)
    assert not looked_at(ground)


def test_a_line_too_many_breaks_the_first(ground: Ground) -> None:
    with transaction() as session:
        ledger.write(session, books.line(1), now=ground.now())
    assert looked_at(ground) == {"P1"}


def test_a_correction_that_says_too_little_breaks_the_tenth(ground: Ground) -> None:
    with transaction() as session:
        first = session.scalars(select(Receipt)).one()
        session.add(_wrong(first, amount=1))
    assert looked_at(ground) == {"P1", "P10"}


def test_a_payment_that_does_not_count_breaks_the_third(ground: Ground) -> None:
    with transaction() as session:
        session.scalars(select(Payment)).one().duplicate = True
    assert looked_at(ground) == {"P1", "P3"}


def test_money_that_is_not_there_breaks_the_eighth(ground: Ground) -> None:
    gives(ground, "4000000000000002")
    refused = next(each for each in ground.stripe.intents(since=books.NOW) if each.failure)
    with transaction() as session:
        session.add(
            Payment(payment_intent_id=refused.id, amount=1, currency="EUR", paid_at=books.NOW)
        )
    assert looked_at(ground) == {"P1", "P8"}


def test_a_word_of_a_donor_breaks_the_eleventh(ground: Ground) -> None:
    with pytest.raises(gateway.PermanentFailure):
        ground.stripe.intent("pi_sentinel-name")
    assert looked_at(ground) == {"P11"}


def test_a_webhook_that_takes_anything_breaks_the_sixth(ground: Ground) -> None:
    proof = Proof()
    seeds._forge(proof, replace(ground, post=lambda _body, _headers: 200))  # noqa: SLF001 - as above
    assert len(proof.faults) == proof.looked["P6"] > 0


def test_every_rule_is_looked_at_and_proofs_add_up(ground: Ground) -> None:
    one, other = Proof(), Proof()
    one.hold("P4", 0, "they differ")
    other.add(one.named("seed 7"))
    assert (other.looked["P4"], other.faults) == (1, ["P4: they differ (seed 7)"])
    assert other.looked.keys() == rules.RULES.keys()


def _wrong(first: Receipt, *, amount: int) -> Receipt:
    return Receipt(
        year=first.year,
        number=first.number + 1,
        kind=ReceiptKind.CORRECTION,
        donation_id=first.donation_id,
        donor_id=first.donor_id,
        corrects_id=first.id,
        issued_at=first.issued_at,
        amount=amount,
        currency=first.currency,
        language=first.language,
        pack=first.pack,
        sha256=first.sha256,
    )
