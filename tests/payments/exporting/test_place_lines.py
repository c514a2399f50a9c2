"""Each line of the ledger has its place in double-entry books, and nothing is lost on the way."""

import typing
from decimal import Decimal

import pytest
import stripe
from hypothesis import given, settings

from config import chart_of_accounts as chart
from payments.exporting import placing
from payments.exporting.ledger import Line
from tests.builders import NOW
from tests.payments.exporting import made_up
from tests.payments.exporting.made_up import YEAR, line

NO_HURRY = settings(deadline=None)

STRIPE = "Assets:Stripe:EUR"


def postings(placed: Line) -> dict[str, int]:
    return {each.account: each.amount for each in placing.transaction(placed, YEAR).postings}


def notes(placed: Line) -> dict[str, str]:
    return dict(placing.transaction(placed, YEAR).notes)


@NO_HURRY
@given(made_up.lines())
def test_whatever_a_line_says_its_transaction_comes_to_nothing(placed: Line) -> None:
    entry = placing.transaction(placed, YEAR)
    assert sum(each.amount for each in entry.postings) == 0
    assert entry.postings[0].amount == placed.net
    assert entry.currency == placed.currency


@NO_HURRY
@given(made_up.lines())
def test_what_is_held_is_stripes_or_ours_and_never_both(placed: Line) -> None:
    held = placing.transaction(placed, YEAR).postings[0].account
    wanted = (
        "Assets:Offline:"
        if placed.id.startswith("offline:")
        else f"Assets:Stripe:{placed.currency}"
    )
    assert held.startswith(wanted)


@NO_HURRY
@given(made_up.lines())
def test_no_word_of_anybody_ends_a_line_or_a_string(placed: Line) -> None:
    entry = placing.transaction(placed, YEAR)
    words = [entry.id, entry.what, *(value for _, value in entry.notes)]
    assert not [word for word in words if set(word) & set('"\\;()\n\r\t{}@,')]


def test_a_gift_stands_against_its_fund() -> None:
    assert postings(line(fund="free-press")) == {
        STRIPE: 2_397,
        chart.FEES: 103,
        "Income:Donations:Free-Press": -2_500,
    }


@pytest.mark.parametrize(
    ("category", "amount", "account"),
    [
        ("refund", -2_500, "Income:Donations:NoFund:Refunds"),
        ("refund_failure", 2_500, "Income:Donations:NoFund:Refunds"),
        ("charge_failure", -2_500, "Income:Donations:NoFund:Failed"),
        ("dispute", -2_500, "Expenses:Disputes"),
        ("dispute_reversal", 2_500, "Expenses:Disputes"),
        ("payout", -2_500, "Assets:Bank:EUR"),
        ("payout_reversal", 2_500, "Assets:Bank:EUR"),
        ("fee", -30, chart.FEES),
        ("network_cost", -30, "Expenses:Stripe:NetworkCosts"),
        ("other_adjustment", -30, "Expenses:Stripe:Adjustments"),
        ("transfer", -30, "Assets:Stripe:Transfers:EUR"),
        ("risk_reserved_funds", -30, "Assets:Stripe:Reserved:EUR"),
    ],
)
def test_each_category_has_its_account(category: str, amount: int, account: str) -> None:
    placed = line(category=category, amount=amount, fee=0, net=amount)
    assert postings(placed) == {STRIPE: amount, account: -amount}


def test_what_a_dispute_costs_is_a_fee_besides() -> None:
    placed = line(category="dispute", amount=-2_500, fee=1_500, net=-4_000)
    assert postings(placed) == {STRIPE: -4_000, chart.FEES: 1_500, "Expenses:Disputes": 2_500}


def test_every_type_that_stripes_library_knows_is_placed() -> None:
    known = typing.get_args(stripe.BalanceTransaction.__annotations__["type"])
    types = {word for each in known for word in typing.get_args(each)}
    assert len(types) > 50
    assert types <= chart.ACCOUNTS.keys()


def test_each_word_is_in_the_table_once() -> None:
    words = [word for row in chart._WORDS.values() for word in row.split()]  # noqa: SLF001 - the table itself
    assert len(words) == len(set(words)) == len(chart.ACCOUNTS)


def test_a_category_newer_than_the_table_is_placed_by_its_type() -> None:
    placed = line(category="next_years", type="payout", amount=-100, fee=0, net=-100)
    assert postings(placed) == {STRIPE: -100, "Assets:Bank:EUR": 100}


def test_what_nobody_placed_is_kept_where_a_person_looks_with_a_note() -> None:
    placed = line(category="next_years", type="odd thing")
    assert postings(placed)[chart.UNPLACED] == -2_500
    assert notes(placed)["unplaced"] == "next_years of type odd thing"


def test_money_of_no_gift_we_know_is_no_donation() -> None:
    assert postings(line(gift=None))[chart.UNPLACED] == -2_500
    assert notes(line(gift=None))["unplaced"].endswith("about no gift that we know")


def test_a_net_that_is_not_amount_less_fee_shows() -> None:
    assert postings(line(net=2_000))[chart.UNPLACED] == 397


def test_a_cheque_is_held_apart_from_what_stripe_holds() -> None:
    cheque = {
        "id": "offline:1",
        "type": "cheque",
        "balance_type": "offline",
        "fee": 0,
        "net": 2_500,
    }
    assert postings(line(**cheque)) == {
        "Assets:Offline:Cheque": 2_500,
        "Income:Donations:NoFund": -2_500,
    }


def test_another_balance_of_stripes_is_an_account_below() -> None:
    placed = line(balance_type="risk_reserved", category="risk_reserved_funds")
    assert f"{STRIPE}:Risk-Reserved" in postings(placed)


def test_what_was_given_in_another_currency_is_noted_and_not_added() -> None:
    placed = line(original_amount=3_000, original_currency="JPY", exchange_rate=Decimal("0.0083"))
    assert notes(placed)["original"] == "3000 JPY at 0.0083"
    assert "original" not in notes(line())


def test_the_day_is_the_organisations() -> None:
    late = NOW.replace(hour=23, minute=30)
    assert placing.transaction(line(made_at=late), YEAR).day.isoformat() == "2026-11-23"
