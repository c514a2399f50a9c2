"""What was entered wrongly is taken back whole, once, by a line against it; nothing of it is edited."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.session import transaction
from payments import offline, receipt_copies, receipts, reconciling, standing
from payments.models.giving import Donation
from payments.models.money import LedgerEntry, Refund
from payments.models.receipts import ReceiptKind
from payments.offline_gifts import OfflineGift
from payments.proving import rules
from payments.proving.rules import Proof
from tests.builders import NOW
from tests.cast import Staff
from tests.payments import offline_givers
from tests.payments.documents import drawn
from tests.payments.receipts import giver
from tests.payments.reconciling.books import Books

NUMBERS = itertools.count(1)
KINDS = (offline_givers.CHEQUE, offline_givers.UNKNOWN, offline_givers.WITHOUT_MAIL)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(1, 9_000),
        st.sampled_from(["EUR", "JPY"]),
        st.booleans(),
    ),
    max_size=5,
)


@pytest.fixture
def dana(staff: Callable[..., Staff]) -> Staff:
    """Give a member who looks after the money."""
    return staff("dana", "finance")


def test_a_line_against_it_is_written_and_nothing_is_left(session: Session, dana: Staff) -> None:
    donation = offline_givers.enter(session, dana)
    offline_givers.take_back(session, dana, donation)
    name = f"offline:{donation.reference}"
    lines = session.execute(select(LedgerEntry.balance_transaction_id, LedgerEntry.net)).all()
    assert [tuple(line) for line in lines] == [(name, 5_000), (f"{name}:1", -5_000)]
    refund = session.scalars(select(Refund)).one()
    assert (refund.status, refund.asked_by) == ("succeeded", dana.id)
    assert standing.of(session, donation).kept == 0


def test_its_receipt_is_void_and_the_giver_is_told(session: Session, dana: Staff) -> None:
    donation = offline_givers.enter(session, dana)
    offline_givers.take_back(session, dana, donation)
    receipt = receipts.last(session, donation)
    assert receipt is not None
    assert (receipt.kind, receipt.amount) == (ReceiptKind.CORRECTION, 0)
    said = drawn.text(receipt_copies.read(session, receipt))
    assert "Receipt 2026-00001 is void: the gift of €50.00 that it names" in said
    assert "given back" not in said
    _, told = giver.letters(session)
    assert (told.template, told.context["void"]) == ("receipt-corrected", True)


def test_it_is_taken_back_once(session: Session, dana: Staff) -> None:
    donation = offline_givers.enter(session, dana)
    offline_givers.take_back(session, dana, donation)
    with pytest.raises(offline.TakenBackAlready):
        offline_givers.take_back(session, dana, donation)
    assert session.scalar(select(func.count()).select_from(Refund)) == 1


def test_nothing_is_taken_back_without_a_reason(session: Session, dana: Staff) -> None:
    donation = offline_givers.enter(session, dana)
    with pytest.raises(offline.NotTakenBack, match="Say why"):
        offline.take_back(session, donation.id, staff_id=dana.id, reason=" ", now=NOW)


def test_what_stripe_brought_is_not_taken_back(session: Session, dana: Staff) -> None:
    donation = giver.paid(session)
    with pytest.raises(offline.UnknownGift):
        offline_givers.take_back(session, dana, donation)
    with pytest.raises(offline.UnknownGift):
        offline.named(session, str(donation.reference))


@pytest.mark.parametrize("reference", ["", "x", "../x", "٣" * 32, "0" * 32])
def test_what_names_no_offline_gift_is_refused(session: Session, reference: str) -> None:
    with pytest.raises(offline.UnknownGift):
        offline.named(session, reference)


@given(steps=STEPS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_ledger_is_the_sum_of_what_is_kept(
    app: Flask, dana: Staff, steps: list[tuple[OfflineGift, int, str, bool]]
) -> None:
    with transaction() as session:
        for kind, amount, currency, back in steps:
            gift = replace(kind, amount=amount, currency=currency, nonce=f"form {next(NUMBERS)}")
            donation = offline_givers.enter(session, dana, gift)
            if back:
                offline_givers.take_back(session, dana, donation)
    with transaction() as session:
        assert ledger(session) == kept(session)
        proof = Proof()
        rules.receipts(proof, session)
        rules.payments(proof, session)
    assert proof.faults == []
    assert reconciling.compare(transaction, Books().stripe, now=NOW).holds


def ledger(session: Session) -> Counter[str]:
    """Return the sums of the ledger by currency, zeros left out."""
    sums = select(LedgerEntry.currency, func.sum(LedgerEntry.net)).group_by(LedgerEntry.currency)
    return Counter({code: int(net) for code, net in session.execute(sums) if net})


def kept(session: Session) -> Counter[str]:
    """Return what is left of all gifts by currency, zeros left out."""
    sums = Counter[str]()
    for donation in session.scalars(select(Donation)):
        sums[donation.currency] += standing.of(session, donation).kept
    return +sums
