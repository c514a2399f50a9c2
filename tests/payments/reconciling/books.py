"""Stripe's books in memory, as many lines as wanted, and the rows of ours that equal them.

Only what reconciling asks for; the sandbox is asked in tests/payments/properties.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from payments import gateway, ledger
from payments.gateway import BalanceTransaction, Gateway, Intent
from payments.models import money
from payments.models.giving import Donation, DonationState
from payments.models.receipts import Receipt, ReceiptKind
from tests.cast import Staff

Hire = Callable[..., Staff]
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def line(
    number: int, net: int = 970, *, currency: str = "EUR", at: datetime = NOW, kind: str = "charge"
) -> BalanceTransaction:
    """Return a line of Stripe's books, two hours before `at`."""
    made_at = at - timedelta(hours=2)
    return BalanceTransaction(
        id=f"txn_{number}",
        source_id=f"ch_{number}",
        type=kind,
        reporting_category=kind,
        amount=net + 30,
        fee=30,
        net=net,
        currency=currency,
        exchange_rate=None,
        balance_type="payments",
        made_at=made_at,
        available_at=made_at,
    )


def intent(number: int, status: str = "succeeded") -> Intent:
    """Return the intent behind that line."""
    return Intent(
        id=f"pi_{number}",
        status=status,
        amount_received=1_000,
        currency="EUR",
        charge_id=f"ch_{number}",
        reference=None,
        made_at=NOW - timedelta(hours=2),
        failure=None,
    )


def payout(*lines: BalanceTransaction, amount: int | None = None) -> gateway.Payout:
    """Return a payout of these lines."""
    total = sum(each.net for each in lines) if amount is None else amount
    return gateway.Payout(
        id="po_1",
        amount=total,
        currency="EUR",
        status="paid",
        automatic=True,
        reconciliation="completed",
        arrives_at=NOW,
        made_at=NOW - timedelta(hours=1),
    )


@dataclass
class Books:
    """What Stripe says when it is asked."""

    lines: list[BalanceTransaction] = field(default_factory=list)
    succeeded: list[Intent] = field(default_factory=list)
    paid_out: dict[gateway.Payout, list[BalanceTransaction]] = field(default_factory=dict)

    def balance(self) -> Mapping[str, int]:
        sums: dict[str, int] = {}
        for each in self.lines:
            sums[each.currency] = sums.get(each.currency, 0) + each.net
        return sums

    def balance_transactions(
        self, *, since: datetime | None = None, payout_id: str | None = None
    ) -> Iterator[BalanceTransaction]:
        of_payout = [of for paid, of in self.paid_out.items() if paid.id == payout_id]
        lines = of_payout[0] if payout_id else self.lines
        newest = sorted(lines, key=lambda each: each.made_at, reverse=True)
        yield from (each for each in newest if since is None or each.made_at >= since)

    def balance_transaction(self, id_: str) -> BalanceTransaction:
        for each in self.lines:
            if each.id == id_:
                return each
        raise gateway.NotFound("resource_missing")

    def payouts(self, *, since: datetime) -> Iterator[gateway.Payout]:
        yield from (each for each in self.paid_out if each.made_at >= since)

    def intents(self, *, since: datetime) -> Iterator[Intent]:
        yield from (each for each in self.succeeded if each.made_at >= since)

    @property
    def stripe(self) -> Gateway:
        """Give it as what reconciling takes."""
        return cast(Gateway, self)


def gift(session: Session, number: int, *, amount: int = 1_000, receipt: int | None = None) -> None:
    """Add a paid gift of nobody known with its payment, and where it is given a receipt of that amount."""
    donation = Donation(
        amount=amount, currency="EUR", language="en", state=DonationState.PAID, paid_at=NOW
    )
    session.add(donation)
    session.flush()
    session.add(
        money.Payment(
            payment_intent_id=f"pi_{number}",
            charge_id=f"ch_{number}",
            donation_id=donation.id,
            amount=amount,
            currency="EUR",
            paid_at=NOW - timedelta(hours=2),
        )
    )
    if receipt is not None:
        session.add(_receipt(number, donation.id, receipt))


def refund(session: Session, number: int, amount: int) -> None:
    """Add a refund of that gift."""
    session.add(
        money.Refund(
            refund_id=f"re_{number}",
            payment_intent_id=f"pi_{number}",
            amount=amount,
            currency="EUR",
            status="succeeded",
            made_at=NOW,
        )
    )


def _receipt(number: int, donation_id: int, amount: int) -> Receipt:
    return Receipt(
        year=2026,
        number=number,
        kind=ReceiptKind.GIFT,
        donation_id=donation_id,
        issued_at=NOW,
        amount=amount,
        currency="EUR",
        language="en",
        pack="eu",
        sha256=b"0" * 32,
    )


def equal(session: Session, count: int = 3) -> Books:
    """Write gifts into our books, and give Stripe's that equal them."""
    lines = [line(number) for number in range(count)]
    for number, each in enumerate(lines):
        ledger.write(session, each, now=NOW)
        gift(session, number)
    return Books(lines, [intent(number) for number in range(count)])


def paid_out(session: Session, books: Books, *, theirs: gateway.Payout, ours: int) -> None:
    """Have Stripe pay all lines out, and write that down with the first so many of them."""
    books.paid_out[theirs] = list(books.lines)
    session.add(
        money.Payout(
            payout_id=theirs.id,
            amount=theirs.amount,
            currency="EUR",
            status="paid",
            automatic=True,
            reconciliation="completed",
            arrives_at=NOW,
            made_at=theirs.made_at,
        )
    )
    session.flush()
    session.add_all(
        money.PayoutEntry(balance_transaction_id=each.id, payout_id=theirs.id)
        for each in books.lines[:ours]
    )


def worth(books: Books, number: int, net: int) -> None:
    """Have Stripe say another figure of one line."""
    old = books.lines[number]
    books.lines[number] = replace(old, net=net, amount=net + old.fee)
