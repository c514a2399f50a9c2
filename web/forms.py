"""The forms of visitors: a signed, dated nonce stands where a session with a cookie would."""

from datetime import UTC, datetime

from flask import Flask, request
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from mailer.tokens import BadToken
from wiring.core import core

FIELD = "form_nonce"
"""The name of the hidden field."""


class StaleForm(BadRequest):
    """A visitor's form was shown too long ago, or its nonce is not ours."""


def install(app: Flask) -> None:
    """Let templates write `{{ form_nonce('subscribe') }}` inside a visitor's form."""
    app.jinja_env.globals["form_nonce"] = hidden_field


def nonce(form: str) -> str:
    """Return a fresh nonce for the named form."""
    return core().tokens.form_nonce(form, now=datetime.now(UTC))


def hidden_field(form: str) -> Markup:
    """Return the hidden field with a fresh nonce for the named form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, nonce(form))


def check(form: str) -> None:
    """Raise StaleForm unless the posted nonce is ours, for that form, and of the last 12 hours."""
    given = request.form.get(FIELD, "")
    try:
        core().tokens.check_form_nonce(given, form, now=datetime.now(UTC))
    except BadToken:
        raise StaleForm from None
