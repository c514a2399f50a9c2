"""Somebody at a browser: cookies, forms with their tokens, and how long each answer took."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from tests.cast import Staff

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What a request got, and how many seconds it took."""

    status: int
    text: str
    seconds: float
    location: str = ""


class Visitor:
    """A browser without scripts; several threads may press the same button at once."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._request("GET", path, None, {})

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form as it is given."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._request("POST", path, urlencode(fields), kind)

    def token(self, page: str) -> str:
        """Return the token that a page's form carries; LookupError where there is no form."""
        found = _TOKEN.search(self.get(page).text)
        if found is None:
            raise LookupError(f"no form on {page}")
        return unescape(found[1])

    def sign_in(self, member: Staff) -> None:
        """Sign a member in by the form; PermissionError where the form says no."""
        page = "/staff/sign-in"
        given = {"email": member.email, "password": member.password}
        answer = self.post(page, csrf_token=self.token(page), **given)
        if answer.status not in {302, 303}:
            raise PermissionError(f"signing in was answered with {answer.status}")

    def ask(self, address: str) -> Answer:
        """Ask for a subscription, as another site's page does; RuntimeError where it is refused."""
        wish = {"address": address, "topics": ["releases"], "consent": True}
        kind = {"Content-Type": "application/json", "Origin": "https://www.example.net"}
        answer = self._request("POST", "/api/v1/subscriptions", json.dumps(wish), kind)
        if answer.status >= 400:
            raise RuntimeError(f"asking was answered with {answer.status}: {answer.text[:200]}")
        return answer

    def _request(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> Answer:
        connection = HTTPConnection(urlsplit(self._base).netloc, timeout=_TIMEOUT_SECONDS)
        began = time.monotonic()
        try:
            sent = {"Origin": self._base, "Cookie": self._cookie(), **headers}
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        seconds = time.monotonic() - began
        return Answer(response.status, text, seconds, response.getheader("Location", ""))

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())
