"""News of one gift comes in any order, twice, and late: the rows at the end are the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import factorial

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import Base
from db.session import transaction
from payments import standing
from payments.models.giving import Donation
from payments.models.receipts import Receipt
from sandbox.stripe import disputes, refunds
from tests.payments.applying import rows
from tests.payments.applying.till import DEBIT, News, Till

DAY = 24 * 3600


@dataclass
class Walk:
    """Applies news in every order; orders that have come to the same rows go on as one."""

    heard: Sequence[News]
    tables: tuple[type[Base], ...]
    known: dict[tuple[frozenset[int], str], Counter[str]] = field(default_factory=dict)

    def ends(self) -> Counter[str]:
        """Return each end, and how many of the orders come to it."""
        with transaction() as session:
            found = self._from(session, frozenset(range(len(self.heard))))
        assert found.total() == factorial(len(self.heard))
        return found

    def _from(self, session: Session, left: frozenset[int]) -> Counter[str]:
        if not left:
            return Counter([f"{_said(session)} {rows.of(session, self.tables)}"])
        place = left, str(rows.of(session))
        if place not in self.known:
            self.known[place] = sum((self._after(session, left, n) for n in left), Counter())
        return self.known[place]

    def _after(self, session: Session, left: frozenset[int], number: int) -> Counter[str]:
        with session.begin_nested() as step:
            self.heard[number](session)
            found = self._from(session, left - {number})
            step.rollback()
        return found


def _said(session: Session) -> int:
    """Return what the last receipt says; it is what is kept."""
    donation = session.scalars(select(Donation)).one()
    last = session.scalars(select(Receipt).order_by(Receipt.number.desc())).first()
    assert last is not None
    assert last.amount == standing.of(session, donation).kept
    return last.amount


def test_all_720_orders_of_what_is_fetched_anew_end_in_the_same_rows(till: Till) -> None:
    gift, intent_id = till.given()
    charge_id = till.charge_of(intent_id)
    refund = till.sandbox.do(refunds.create, {"charge": charge_id, "amount": 1000})
    inquiry = till.sandbox.do(disputes.begin, charge_id, inquiry=True)
    warning = till.sandbox.do(disputes.warn, charge_id)
    heard = (
        till.news("checkout.session", gift.session_id),
        till.news("payment_intent", intent_id),
        till.news("charge", charge_id),
        till.news("refund", refund["id"]),
        till.news("dispute", inquiry["id"]),
        till.news("radar.early_fraud_warning", warning["id"]),
    )
    assert list(Walk(heard, rows.BOOKS + rows.STORY).ends().values()) == [720]


def test_all_720_orders_of_what_was_fetched_at_its_time_leave_the_same_books(till: Till) -> None:
    gift, intent_id = till.given(number=DEBIT)
    on_its_way = till.news("checkout.session", gift.session_id)
    till.sandbox.advance(4 * DAY)
    paid, charge_id = till.news("payment_intent", intent_id), till.charge_of(intent_id)
    refund = till.sandbox.do(refunds.create, {"charge": charge_id, "amount": 1000})
    pending = till.news("refund", refund["id"])
    till.sandbox.do(refunds.fail, refund["id"])
    failed = till.news("refund", refund["id"])
    dispute = till.sandbox.do(disputes.begin, charge_id, amount=500)
    disputed = till.news("dispute", dispute["id"])
    till.sandbox.do(disputes.lose, dispute["id"])
    lost = till.news("dispute", dispute["id"])
    heard = (on_its_way, paid, pending, failed, disputed, lost)
    assert list(Walk(heard, rows.BOOKS).ends().values()) == [720]


def test_replaying_everything_changes_nothing(till: Till) -> None:
    _, intent_id = till.given()
    till.sandbox.do(refunds.create, {"payment_intent": intent_id, "amount": 700})
    till.sandbox.do(disputes.begin, till.charge_of(intent_id), amount=500)
    till.sandbox.advance(3 * DAY)
    till.hear_all()
    with transaction() as session:
        before = rows.of(session)
    till.hear_all()
    with transaction() as session:
        assert rows.of(session) == before
