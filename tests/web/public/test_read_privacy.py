"""The privacy page says the periods that this deployment keeps, in the words of the one table."""

from collections.abc import Callable
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from mailer import periods


def test_every_rule_and_every_thing_kept_is_on_the_page(client: FlaskClient) -> None:
    page = unescape(client.get("/privacy").text)
    for rule in periods.RULES:
        assert all(words in page for words in (rule.what, rule.since, rule.then, rule.why))
    assert all(kept.what in page and kept.why in page for kept in periods.KEPT)


def test_the_periods_are_those_of_the_deployment(build: Callable[..., Flask]) -> None:
    app = build(retain_ended_days=11, retain_unconfirmed_days=5)
    page = app.test_client().get("/privacy").text
    assert "11 days after they left" in page
    assert "5 days after the last request" in page
    assert "1 day after they were posted" in page
