"""The statement of a donor equals the ledger: what Stripe's balance has of their gifts, before its fees."""

from sqlalchemy import func, select

from db.session import transaction
from payments import donors, statements
from payments.models.money import LedgerEntry
from sandbox.stripe import disputes, refunds
from tests.cast import BORIS
from tests.payments.applying.conftest import till
from tests.payments.applying.till import NOW, Till

__all__ = ["till"]


def test_a_year_of_gifts_refunds_and_a_lost_dispute_equals_the_ledger(till: Till) -> None:
    intents = [till.given(amount)[1] for amount in (2_500, 4_000, 9_900)]
    till.sandbox.do(refunds.create, {"payment_intent": intents[0], "amount": 1_100})
    disputed = till.sandbox.do(disputes.begin, till.charge_of(intents[1]))
    till.sandbox.do(disputes.lose, str(disputed["id"]))
    till.hear_all()
    assert kept() == in_the_ledger() == 2_500 - 1_100 + 9_900


def kept() -> int:
    """Return what Boris's statement says remains."""
    with transaction() as session:
        donor = donors.find(session, BORIS)
        assert donor is not None
        listed = statements.entries(session, donor, NOW.year, zone="UTC")
    return sum(entry.kept for entry in listed)


def in_the_ledger() -> int:
    """Return what the ledger's lines come to; the sandbox settles in the currency of the gifts."""
    with transaction() as session:
        return int(session.scalar(select(func.sum(LedgerEntry.amount))) or 0)
