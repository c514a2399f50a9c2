"""How long an accountant's files of 100,000 lines take to write, and whether their size takes memory.

A tenth of the lines is written first; what all of them need beyond that would grow with the books. Each gift
has a receipt and one of a thousand donors, whose names are opened one by one.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import text

from bench import house, report
from bench.books import LINES, NEWEST
from bench.reconcile import most_memory, populate
from bench.report import Goal
from db.base import db
from db.session import transaction
from mailer.lists import cells
from payments import donors
from payments.exporting import files
from payments.exporting.files import Export, Kind
from payments.exporting.journal import Format
from payments.exporting.spans import Span

DONORS: Final = 1_000
LAST: Final = datetime.fromtimestamp(NEWEST, UTC).date()
WHOLE: Final = Span(date(2000, 1, 1), LAST, "Europe/Paris")
TENTH: Final = Span(LAST - timedelta(minutes=LINES // 10), LAST, WHOLE.zone)
FILES: Final = {
    "ledger": (Kind.LEDGER, None, False, Goal(10, at_least=False)),
    "journal": (Kind.JOURNAL, Format.HLEDGER, False, Goal(10, at_least=False)),
    # Each gift is added up from its payments, refunds, disputes and receipts.
    "gifts": (Kind.GIFTS, None, False, Goal(20, at_least=False)),
    # Who gave is unsealed besides, one by one.
    "gifts-with-names": (Kind.GIFTS, None, True, Goal(30, at_least=False)),
}

_OF_DONORS: Final = text("UPDATE donation SET donor_id = 1 + id % :donors")
_RECEIPTS: Final = text("""
    INSERT INTO receipt (year, number, kind, donation_id, donor_id, cause, issued_at, amount, currency,
                         language, pack, sha256)
    SELECT 2026, id, 'gift', id, donor_id, '', paid_at, amount, currency, 'en', 'eu', ''::bytea
      FROM donation
""")


def main() -> None:
    """Measure and print."""
    with house.house():
        populate()
        _give()
        for name, (kind, format_, names, goal) in FILES.items():
            _write(Export(kind, TENTH, format_, names))
            before, began = most_memory(), time.perf_counter()
            characters = _write(Export(kind, WHOLE, format_, names))
            report.say(
                f"export-{name}-of-100000-lines",
                time.perf_counter() - began,
                "s",
                goal,
                characters=characters,
            )
            grew = most_memory() - before
            report.say(f"export-{name}-memory-grew", grew, "MB", Goal(16, at_least=False))


def _give() -> None:
    """Say who gave, and give each gift its receipt."""
    now = datetime.now(UTC)
    with transaction() as session:
        for number in range(DONORS):
            address, name = f"donor{number}@example.org", f"Donor {number}"
            donors.find_or_make(session, address, language="en", name=name, now=now)
    with db.engine.begin() as connection:
        connection.execute(_OF_DONORS, {"donors": DONORS})
        connection.execute(_RECEIPTS)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE donation, donor, receipt"))


def _write(export: Export) -> int:
    """Write a file to nowhere; return how long it is."""
    with transaction() as session:
        return sum(len(piece) for piece in files.written(session, export, safe=cells.safe))


if __name__ == "__main__":
    main()
