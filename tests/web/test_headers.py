"""The security headers stand on every answer, whatever made it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web import security

EVERY_KIND = [
    ("GET", "/healthz"),
    ("GET", "/no/such/page"),
    ("DELETE", "/healthz"),
    ("GET", "/static/site.css"),
    ("GET", "/api/nothing"),
    ("GET", "/hooks/nothing"),
    ("GET", "/?q=%ff"),
    ("POST", "/subscribe"),
    ("GET", "/staff/"),
    ("GET", "/staff/sign-in"),
    ("POST", "/staff/sign-in"),
    ("GET", "/staff/no/such/page"),
]


@pytest.mark.parametrize(("method", "path"), EVERY_KIND)
def test_every_answer_carries_them(client: FlaskClient, method: str, path: str) -> None:
    headers = client.open(path, method=method, buffered=True).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    csp = headers["Content-Security-Policy"]
    assert csp == (security.STAFF_CSP if path.startswith("/staff") else security.PUBLIC_CSP)


def test_a_public_page_allows_no_script_at_all() -> None:
    assert "script-src" not in security.PUBLIC_CSP
    assert security.PUBLIC_CSP.startswith("default-src 'none';")
    assert "unsafe" not in security.PUBLIC_CSP + security.STAFF_CSP


@pytest.mark.parametrize("path", ["/staff/", "/staff/sign-in", "/no/such/page", "/api/nothing"])
def test_pages_that_say_nothing_else_are_not_kept(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_style_sheets_are_kept(client: FlaskClient) -> None:
    assert "max-age=3600" in client.get("/static/site.css", buffered=True).headers["Cache-Control"]


def test_only_a_secure_site_insists_on_tls(
    build: Callable[..., Flask], client: FlaskClient
) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    secure = build(base_url="https://news.example.org")
    hsts = secure.test_client().get("/healthz").headers["Strict-Transport-Security"]
    assert hsts == "max-age=63072000; includeSubDomains"


def test_the_pages_hold_no_inline_script_or_style(client: FlaskClient) -> None:
    for path in ("/staff/sign-in", "/no/such/page", "/staff/no/such/page"):
        page = client.get(path).text
        assert "<script>" not in page
        assert "<style" not in page
        assert " style=" not in page
