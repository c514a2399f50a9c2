"""Browsers let pages of listed sites call the API, and no others (Fetch 3.2)."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import builders
from tests.web.api import callers

OTHERS = [
    "https://example.net",
    "http://www.example.net",
    "https://www.example.net:8443",
    "https://www.example.net.example.com",
    "https://WWW.EXAMPLE.NET",
    "null",
    "*",
    "",
]


def preflight(client: FlaskClient, origin: str) -> TestResponse:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return client.options(callers.PATH, headers=asked)


def test_a_listed_site_may_send_and_read(site: FlaskClient) -> None:
    builders.topic()
    before, answer = preflight(site, callers.SITE), callers.send(site)
    assert before.headers["Access-Control-Allow-Origin"] == callers.SITE
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert before.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert answer.headers["Access-Control-Allow-Origin"] == callers.SITE
    assert "Origin" in answer.headers["Vary"]


def test_a_listed_site_may_read_its_faults(site: FlaskClient) -> None:
    assert callers.send(site).headers["Access-Control-Allow-Origin"] == callers.SITE
    unread = site.post(callers.PATH, data=b"", headers={"Origin": callers.SITE})
    assert unread.headers["Access-Control-Allow-Origin"] == callers.SITE


@pytest.mark.parametrize("origin", OTHERS)
def test_any_other_site_may_not(site: FlaskClient, origin: str) -> None:
    for answer in (
        preflight(site, origin),
        callers.send(site, origin=origin),
        site.get("/api/v1/topics", headers={"Origin": origin}),
    ):
        assert not any(name.startswith("Access-Control") for name, _ in answer.headers)
        assert "Origin" in answer.headers["Vary"]


def test_no_site_may_where_none_is_listed(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, callers.SITE).headers


def test_credentials_are_never_allowed(site: FlaskClient) -> None:
    for answer in (preflight(site, callers.SITE), callers.send(site)):
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_only_the_api_may_be_called(site: FlaskClient) -> None:
    for path in ("/", "/subscribe", "/healthz", "/feed.atom"):
        answer = site.get(path, headers={"Origin": callers.SITE})
        assert "Access-Control-Allow-Origin" not in answer.headers
