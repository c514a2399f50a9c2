"""A journal balances, declares what it uses, and says of Stripe what the ledger says."""

import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.session import transaction
from payments.currencies import CURRENCIES
from payments.exporting import journal
from payments.exporting.journal import Format
from payments.exporting.ledger import Line
from payments.exporting.rows import ExportBroken
from payments.exporting.spans import Span
from sandbox.stripe import disputes, refunds
from tests.payments.applying.conftest import till
from tests.payments.applying.till import NOW, Till
from tests.payments.exporting import checker, made_up
from tests.payments.exporting.made_up import YEAR, line

NO_HURRY = settings(deadline=None)

__all__ = ["till"]
FORMATS = pytest.mark.parametrize("kind", Format)
PROGRAMS = {
    Format.HLEDGER: ["hledger", "check", "--strict", "ordereddates", "-f"],
    Format.BEANCOUNT: ["bean-check"],
}
CHOICE = [
    line(),
    line(id="txn_2", category="refund", amount=-900, fee=0, net=-900, fund="1st-fund"),
    line(id="txn_3", category="payout", amount=-1_497, fee=0, net=-1_497, gift=None),
    line(id="txn_4", currency="JPY", amount=3_000, fee=120, net=2_880),
    line(id="txn_5", currency="KWD", amount=1_234, fee=0, net=1_234, exchange_rate=Decimal("0.31")),
    line(
        id="offline:1", type="cheque", balance_type="offline", fee=0, net=2_500, fund="free-press"
    ),
    line(id="txn_6", category="a\nnew; one", type='"odd"', amount=0, fee=0, net=0),
]


@FORMATS
@NO_HURRY
@given(found=st.lists(made_up.lines(), max_size=8))
def test_any_lines_make_a_journal_in_which_everything_balances(
    kind: Format, found: list[Line]
) -> None:
    read = checker.read(journal.rendered(found, YEAR, kind))
    assert len(read.entries) == len(found)
    assert all(YEAR.first <= day <= YEAR.last for day in read.days)


@FORMATS
@NO_HURRY
@given(found=st.lists(made_up.lines(), max_size=8))
def test_what_is_held_at_stripe_is_the_net_of_its_lines(kind: Format, found: list[Line]) -> None:
    read = checker.read(journal.rendered(found, YEAR, kind))
    nets: defaultdict[str, int] = defaultdict(int)
    for each in found:
        if not each.id.startswith("offline:"):
            nets[each.currency] += each.net
    for code, net in nets.items():
        assert read.under(f"Assets:Stripe:{code}")[code].scaleb(CURRENCIES[code].decimals) == net


@FORMATS
def test_amounts_have_the_decimals_of_their_currency(kind: Format) -> None:
    text = "".join(journal.rendered(CHOICE, YEAR, kind))
    for amount in (" 23.97 EUR", " 2880 JPY", " 1.234 KWD", " -25.00 EUR"):
        assert f"{amount}\n" in text


@pytest.mark.parametrize("kind", PROGRAMS)
def test_the_program_itself_finds_no_fault(kind: Format, tmp_path: Path) -> None:
    command = PROGRAMS[kind]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed; docs/exports.md says how to check by hand")
    file = tmp_path / "a.journal"
    file.write_text("".join(journal.rendered(CHOICE, YEAR, kind)), encoding="utf-8")
    ended = subprocess.run([*command, file], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_an_empty_journal_says_of_which_days_it_is() -> None:
    assert "".join(journal.rendered([], YEAR, Format.HLEDGER)) == (
        "; The ledger, 2026-01-01 to 2026-12-31, by the days of Europe/Paris\ndecimal-mark .\n"
    )


@FORMATS
def test_a_currency_without_known_decimals_breaks_it_off(kind: Format) -> None:
    with pytest.raises(ExportBroken, match="'XXX'"):
        list(journal.rendered([line(currency="XXX")], YEAR, kind))


def test_a_story_over_stripes_wire_ends_with_what_stripe_holds(till: Till) -> None:
    intents = [till.given(amount)[1] for amount in (2_500, 4_000, 9_900)]
    till.sandbox.do(refunds.create, {"payment_intent": intents[0], "amount": 1_100})
    till.sandbox.do(disputes.begin, till.charge_of(intents[1]))
    till.hear_all()
    year = Span.read(f"{NOW.year}-01-01", f"{NOW.year}-12-31", "UTC")
    with transaction() as session:
        read = checker.read(journal.written(session, year, Format.HLEDGER))
    held = Decimal(till.gateway.balance()["EUR"]).scaleb(-2)
    assert read.under("Assets:Stripe:EUR") == {"EUR": held}
    assert read.under("Income:Donations") == {"EUR": Decimal("-153.00")}
    assert read.under("Expenses:Disputes") == {"EUR": Decimal("40.00")}
