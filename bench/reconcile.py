"""How long 100,000 lines of Stripe's books take to compare with ours: over the wire, by its own library.

A process of this bench gives Stripe's lists page by page, without Stripe's time to think and its distance;
our rows equal them. Each gift is paid, and each line is about its charge.
"""

import resource
import time
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import text

from bench import house, report
from bench.books import LINES, NET, NEWEST, PAGE
from bench.report import Goal
from db.base import db
from db.session import transaction
from payments import reconciling
from payments.stripe_gateway import StripeGateway

KEY: Final = "sk_test_0123456789abcdef"

_OURS = text("""
    INSERT INTO ledger_entry (balance_transaction_id, source_id, type, reporting_category, amount, fee,
                              net, currency, balance_type, made_at, available_at, written_at)
    SELECT 'txn_' || name, 'ch_' || name, 'charge', 'charge', 1000, 59, :net, 'USD', 'payments', at, at, at
      FROM (SELECT to_char(n, 'FM000000') AS name, to_timestamp(:newest - 60 * n) AS at
              FROM generate_series(0, :lines - 1) AS n) AS line
""")
_GIFTS = text("""
    WITH gift AS (
        INSERT INTO donation (reference, amount, costs, currency, language, anonymous, channel, state,
                              paid_at, nonce, joins_list)
        SELECT gen_random_uuid(), 1000, 0, 'USD', 'en', false, 'stripe', 'paid',
               to_timestamp(:newest - 60 * n), to_char(n, 'FM000000'), false
          FROM generate_series(0, :lines - 1) AS n RETURNING id, nonce, paid_at)
    INSERT INTO payment (payment_intent_id, charge_id, donation_id, amount, currency, paid_at, duplicate)
    SELECT 'pi_' || nonce, 'ch_' || nonce, id, 1000, 'USD', paid_at, false FROM gift
""")


def main() -> None:
    """Measure and print."""
    with house.house() as ours:
        populate()
        port = house.free_port()
        ours.start("bench.books", str(port))
        house.wait_for(port)
        stripe = StripeGateway(KEY, base=f"http://127.0.0.1:{port}", secrets=(), live=False)
        before, began = most_memory(), time.perf_counter()
        found = reconciling.compare(transaction, stripe, now=datetime.now(UTC))
        seconds = time.perf_counter() - began
        if not found.holds or found.entries != LINES:
            raise SystemExit(f"the books should be equal: {found.told()}")
        report.say(
            "reconcile-100000-lines",
            seconds,
            "s",
            Goal(30, at_least=False),
            lines=LINES,
            pages=LINES // PAGE,
            lines_a_second=round(LINES / seconds),
            memory_grew_mb=round(most_memory() - before, 1),
        )


def populate() -> None:
    """Write the lines, and a gift with its payment behind each."""
    values = {"lines": LINES, "newest": NEWEST, "net": NET}
    with db.engine.begin() as connection:
        connection.execute(_OURS, values)
        connection.execute(_GIFTS, values)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As autovacuum does on books that have grown.
        connection.execute(text("VACUUM ANALYZE ledger_entry, payment, donation"))


def most_memory() -> float:
    """Return the MB that this process has taken at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
