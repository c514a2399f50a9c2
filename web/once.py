"""Visitors' forms that are acted on once: each has a name of its own and says when it was shown, both signed.

A form sent twice is then known to be the same one, and one that nobody can have filled in yet is noticed.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request
from markupsafe import Markup

from mailer.tokens import BadToken
from web import forms
from wiring.core import core

FIELD = "shown"
"""The hidden field with the moment and the name."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A form that was shown: when first, and its name, which is nobody's secret."""

    at: datetime
    name: str

    def __str__(self) -> str:
        """Return what the hidden field holds."""
        return f"{int(self.at.timestamp())}.{self.name}"


def fresh(*, now: datetime) -> Shown:
    """Return what a form is that is shown for the first time."""
    return Shown(now, secrets.token_hex(16))


def nonce(form: str, shown: Shown, *, now: datetime) -> str:
    """Return the nonce that vouches for a form; shown again with faults, it is still the same form."""
    return core().tokens.form_nonce(_signed(form, str(shown)), now=now)


def fields(form: str, shown: Shown, *, now: datetime) -> Markup:
    """Return the hidden fields of a form."""
    field = Markup('<input type="hidden" name="{}" value="{}">')
    return field.format(FIELD, shown) + field.format(forms.FIELD, nonce(form, shown, now=now))


def posted(form: str, *, now: datetime) -> Shown:
    """Return which form was posted; raise StaleForm where it is not ours, or of another day."""
    text = request.form.get(FIELD, "")
    try:
        core().tokens.check_form_nonce(
            request.form.get(forms.FIELD, ""), _signed(form, text), now=now
        )
    except BadToken:
        raise forms.StaleForm from None
    seconds, _, name = text.partition(".")
    return Shown(datetime.fromtimestamp(int(seconds), UTC), name)


def _signed(form: str, shown: str) -> str:
    return f"{form} {shown}"
