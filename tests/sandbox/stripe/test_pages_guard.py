"""Who may see the pages and press their buttons, and what every page carries."""

from http.client import HTTPConnection, HTTPResponse

import pytest

from sandbox.stripe.server import Stripe
from tests.sandbox.stripe.conftest import Donor

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BANNER = b"No real money"


def ask(sandbox: Stripe, method: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """Ask as a browser does; gives the answer and its body."""
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, "step=hour", FORM | named)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1.example.org", "", "[::1"])
@pytest.mark.parametrize("path", ["/", "/c/pay/cs_test_x"])
def test_another_name_is_refused(sandbox: Stripe, host: str, path: str) -> None:
    assert ask(sandbox, "GET", path, Host=host)[0].status == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:80"])
def test_this_machines_names_are_taken(sandbox: Stripe, host: str) -> None:
    assert ask(sandbox, "GET", "/", Host=host)[0].status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "http://evil.example.org"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_presses_nothing(sandbox: Stripe, headers: dict[str, str]) -> None:
    before = sandbox.world.now()
    assert ask(sandbox, "POST", "/panel/clock/forward", **headers)[0].status == 403
    assert sandbox.world.now() == before


def test_our_own_page_presses(sandbox: Stripe) -> None:
    before = sandbox.world.now()
    for headers in ({"Origin": sandbox.base}, {"Origin": "null", "Sec_Fetch_Site": "same-origin"}):
        assert ask(sandbox, "POST", "/panel/clock/forward", **headers)[0].status == 303
    assert sandbox.world.now() == before + 2 * 3600


def test_a_body_that_is_no_form_is_refused(sandbox: Stripe) -> None:
    answer, _ = ask(sandbox, "POST", "/panel/clock/forward", Content_Type="text/plain")
    assert answer.status == 415


def test_every_page_says_that_the_money_is_not_real(donor: Donor, sandbox: Stripe) -> None:
    session = donor.session()
    for path in ("/", f"/c/pay/{session.id}", "/c/pay/none", "/i/none", "/p/session/none"):
        answer, body = ask(sandbox, "GET", path)
        assert BANNER in body
        assert (answer.headers["Cache-Control"], answer.headers["X-Frame-Options"]) == (
            "no-store",
            "DENY",
        )
        assert b"<script" not in body


def test_a_payment_may_end_at_the_products_page_and_nowhere_else(
    donor: Donor, sandbox: Stripe
) -> None:
    session = donor.session(success_url="http://127.0.0.1:8000/donate/thanks")
    policy = ask(sandbox, "GET", f"/c/pay/{session.id}")[0].headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self' http://127.0.0.1:8000")
    assert policy.startswith("default-src 'none'; style-src 'self';")


def test_the_stylesheet_is_there(sandbox: Stripe) -> None:
    answer, body = ask(sandbox, "GET", "/pages.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert b"prefers-color-scheme: dark" in body


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/"), ("GET", "/c/pay/"), ("GET", "/x")])
def test_what_is_no_page_is_left_to_the_api(sandbox: Stripe, method: str, path: str) -> None:
    answer, _ = ask(sandbox, method, path)
    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/json")
