"""The privacy page says the periods that this deployment keeps, in the words of the one table."""

from collections.abc import Callable
from html import unescape

from flask import Flask
from pydantic import SecretStr

from wiring import periods

PERIODS = (
    "not at all",
    "1 year after the year that they were given in",
    "6 years after the year that they were given in",
)


def test_every_rule_and_every_thing_kept_is_on_the_page(build: Callable[..., Flask]) -> None:
    page = unescape(build(receipt_keep_years=6).test_client().get("/privacy").text)
    for rule in periods.RULES:
        assert all(words in page for words in (rule.what, rule.since, rule.then, rule.why))
    assert all(kept.what in page and kept.why in page for kept in periods.KEPT)


def test_the_periods_are_those_of_the_deployment(build: Callable[..., Flask]) -> None:
    app = build(retain_ended_days=11, retain_unconfirmed_days=5)
    page = app.test_client().get("/privacy").text
    assert "11 days after they left" in page
    assert "5 days after the last request" in page
    assert "1 day after they were posted" in page


def test_copies_of_receipts_are_kept_for_years_or_not_at_all(build: Callable[..., Flask]) -> None:
    said = [
        build(receipt_keep_years=years).test_client().get("/privacy").text for years in (0, 1, 6)
    ]
    assert [f">{words}<" in page for page, words in zip(said, PERIODS, strict=True)] == [True] * 3


def test_stripe_is_named_where_donors_pay_there(build: Callable[..., Flask]) -> None:
    off, on = (build(stripe_api_key=key) for key in (None, SecretStr("rk_test_0123456789")))
    pages = [app.test_client().get("/privacy").text for app in (off, on)]
    assert ["We tell Stripe the amount" in page for page in pages] == [False, True]
    assert all("If you give" in page and 'href="/giving"' in page for page in pages)
