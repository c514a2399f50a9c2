"""A visitor's form carries a signed, dated nonce in place of a cookie."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from web import forms


def posted(app: Flask, nonce: str, form: str = "subscribe") -> None:
    with app.test_request_context("/", method="POST", data={forms.FIELD: nonce}):
        forms.check(form)


def test_a_fresh_nonce_is_good_for_its_form(app: Flask) -> None:
    posted(app, forms.nonce("subscribe"))


@pytest.mark.parametrize("nonce", ["", "x", "x.y", "é" * 20, "a" * 5000])
def test_what_we_did_not_sign_is_refused(app: Flask, nonce: str) -> None:
    with pytest.raises(forms.StaleForm):
        posted(app, nonce)


def test_the_nonce_of_another_form_is_refused(app: Flask) -> None:
    with pytest.raises(forms.StaleForm):
        posted(app, forms.nonce("unsubscribe"))


def test_a_nonce_of_yesterday_is_refused(app: Flask) -> None:
    nonce = forms.nonce("subscribe")
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(hours=13)),
        pytest.raises(forms.StaleForm),
    ):
        posted(app, nonce)


def test_a_template_writes_it_as_a_hidden_field(app: Flask) -> None:
    field = app.jinja_env.from_string("{{ form_nonce('subscribe') }}").render()
    found = re.fullmatch(r'<input type="hidden" name="form_nonce" value="([^"]+)">', field)
    assert found
    posted(app, found[1])
