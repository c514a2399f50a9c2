"""A browser for tests: it carries CSRF tokens, signs in, and lets no request see the context of another."""

import contextvars
import functools
import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Staff

SIGN_IN = "/staff/sign-in"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser(FlaskClient):
    """A test client whose requests start from an empty context, as a server's do.

    Inside the context that the `app` fixture holds open, Flask would give every request the same `g`: who
    signed in first would stay signed in, and a CSRF token once checked would count as checked for ever.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make one request."""
        request = functools.partial(super().open, *args, **kwargs)
        return contextvars.Context().run(request)

    def token(self, page: str) -> str:
        """Return the CSRF token that a page's form carries."""
        found = _TOKEN.search(self.get(page).text)
        assert found, f"no form on {page}"
        return unescape(found[1])

    def send(self, path: str, *, page: str = SIGN_IN, **fields: str) -> TestResponse:
        """Post a form with the CSRF token of a page."""
        return self.post(path, data={"csrf_token": self.token(page), **fields})

    def sign_in(self, member: Staff, **fields: str) -> TestResponse:
        """Post the sign-in form for a member."""
        given = {"email": member.email, "password": member.password, **fields}
        return self.send(SIGN_IN, **given)
