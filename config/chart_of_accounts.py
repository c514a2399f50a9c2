"""The chart of accounts: to which account of the journal each line of the ledger goes; to be changed here.

The words are Stripe's reporting categories, and its types for a line whose category is newer than this table
(docs.stripe.com/reports/reporting-categories). The names are such as both hledger and beancount take.
"""

from typing import Final

STRIPE: Final = "Assets:Stripe:{currency}"
"""What Stripe holds for us; its balances other than payments have accounts below it."""
OFFLINE: Final = "Assets:Offline:{way}"
"""What came past Stripe: Cheque, Transfer, Cash."""
FEES: Final = "Expenses:Stripe:Fees"
UNPLACED: Final = "Equity:Unplaced"
"""Where a person must look: a word that nobody has placed here, and money of no gift that we know."""
NO_FUND: Final = "NoFund"
"""Stands for a fund where a gift is for none; no fund is called so, for no slug has a capital inside."""

_GIFTS: Final = "Income:Donations:{fund}"

_WORDS: Final = {
    _GIFTS: "charge payment",
    f"{_GIFTS}:Refunds": "refund refund_failure partial_capture_reversal payment_refund",
    f"{_GIFTS}:Failed": "charge_failure payment_failure_refund payment_reversal",
    # Lost on the day that Stripe takes it, found again on the day that it gives it back.
    "Expenses:Disputes": "dispute dispute_reversal",
    FEES: "fee stripe_fee stripe_fx_fee fee_credit_funding stripe_balance_payment_debit "
    "stripe_balance_payment_debit_reversal",
    "Expenses:Stripe:NetworkCosts": "network_cost",
    "Expenses:Stripe:Tax": "tax tax_fee tax_fund",
    "Expenses:Stripe:Adjustments": "other_adjustment adjustment",
    "Expenses:Stripe:Climate": "contribution climate_order_purchase climate_order_refund",
    "Assets:Bank:{currency}": "payout payout_reversal payout_cancel payout_failure topup topup_reversal "
    "inbound_transfer inbound_transfer_reversal",
    "Assets:Stripe:Transfers:{currency}": "transfer transfer_reversal transfer_cancel transfer_failure "
    "transfer_refund connect_collection_transfer",
    "Assets:Stripe:Reserved:{currency}": "connect_reserved_funds risk_reserved_funds "
    "payment_network_reserved_funds payment_network_reserve_hold payment_network_reserve_release "
    "minimum_balance_hold payout_minimum_balance_hold payout_minimum_balance_release reserve_hold "
    "reserve_release reserve_transaction reserved_funds",
    "Assets:Stripe:Issuing:{currency}": "issuing_authorization_hold issuing_authorization_release "
    "issuing_dispute issuing_dispute_provisional_credit issuing_dispute_provisional_credit_reversal "
    "issuing_transaction",
    "Income:Stripe:Platform": "platform_earning platform_earning_refund application_fee "
    "application_fee_refund",
    "Liabilities:Stripe:Financing": "advance advance_funding anticipation_repayment financing_paydown "
    "financing_paydown_reversal financing_payout financing_payout_reversal",
    "Liabilities:Stripe:Unreconciled": "unreconciled_customer_funds payment_unreconciled",
    "Liabilities:Stripe:Obligations": "obligation obligation_outbound obligation_reversal_inbound",
    # Each currency has its own line, so neither is ever added to the other.
    "Equity:Conversions:{currency}": "currency_conversion",
}

ACCOUNTS: Final = {word: account for account, words in _WORDS.items() for word in words.split()}
"""A reporting category or a type of Stripe's -> the account against which its amount stands."""
