"""Paid at Stripe, the first receipt says already what was declared, and Stripe knows nothing of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from db.session import CARRIED, transaction
from payments import giving, receipts
from payments.documents import issuer
from payments.models.donors import Declaration
from payments.models.giving import Donation
from sandbox.stripe.server import Stripe
from tests.payments.applying import seen
from tests.payments.applying.till import NOW, Till, opened
from tests.payments.begin.conftest import wish
from tests.payments.declaring import TICKED, WORDING
from tests.payments.receipts import giver


@pytest.fixture
def till(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    """Give a till of a charity in the United Kingdom."""
    carried = app.extensions[CARRIED]
    british = replace(carried[issuer.ISSUER], pack="uk")
    monkeypatch.setitem(carried, issuer.ISSUER, british)
    with Stripe() as sandbox:
        yield Till(sandbox, opened(sandbox.base))


def give(till: Till) -> str:
    """Declare, give and pay; return the payment's id."""
    with transaction() as session:
        begun = giving.begin(session, wish(**TICKED), now=NOW)
    return till.pay(till.attempt(begun.id))


def notes() -> list[Any]:
    """Return what each receipt's mail says of Gift Aid."""
    with transaction() as session:
        return [letter.context["notes"] for letter in giver.letters(session)]


def test_the_first_receipt_quotes_what_was_declared_with_the_gift(till: Till) -> None:
    till.hear("payment_intent", give(till))
    [said] = notes()
    assert said[-1] == WORDING


def test_hearing_of_it_again_declares_nothing_more(till: Till) -> None:
    intent_id = give(till)
    for _ in range(3):
        till.hear("payment_intent", intent_id)
    assert len(seen.every(Declaration)) == 1
    assert seen.events() == ["paid", "declared"]


def test_a_receipt_that_is_mailed_again_says_what_stood_when_it_was_given(till: Till) -> None:
    till.hear("payment_intent", give(till))
    with transaction() as session:
        [stands] = seen.every(Declaration)
        session.merge(stands).ended_at = NOW + timedelta(days=1)
        [donation] = seen.every(Donation)
        last = receipts.last(session, donation)
        assert last
        assert receipts.mail_again(session, last, now=NOW)
    first, again = notes()
    assert first == again


def test_stripe_is_told_nothing_of_it(till: Till) -> None:
    give(till)
    told = " ".join(repr(request) for request, _ in till.sandbox.api.heard)
    assert "metadata" in told
    assert not [word for word in ("Bristol", "Gift Aid", "Boris") if word in told]
