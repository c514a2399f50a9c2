"""The operator's side under /_sandbox/."""

import json
from http.client import HTTPConnection
from typing import Any

import pytest
import stripe

from sandbox.stripe.server import Stripe
from tests.sandbox.stripe.conftest import CARD, KEY, SECRET, Donor, Endpoint

JSON = {"Content-Type": "application/json"}


def ask(
    sandbox: Stripe,
    method: str,
    path: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    """Ask the operator's side; gives the status and what was answered."""
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, f"/_sandbox/{path}", text, headers or JSON)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def do(sandbox: Stripe, path: str, **fields: object) -> Any:
    status, found = ask(sandbox, "POST", path, fields)
    assert (status, found.get("error")) == (200, None)
    return found


def tell(sandbox: Stripe, path: str) -> Any:
    return ask(sandbox, "GET", path)[1]


def test_a_whole_gift_is_operated(donor: Donor, sandbox: Stripe, endpoint: Endpoint) -> None:
    intent = do(sandbox, f"sessions/{donor.session().id}/pay", number=CARD)
    do(sandbox, "clock", seconds=2)
    refund = do(sandbox, "refunds", charge=intent["latest_charge"], amount=100)
    do(sandbox, f"refunds/{refund['id']}/fail")
    dispute = do(sandbox, f"charges/{intent['latest_charge']}/dispute", inquiry=True)
    do(sandbox, f"disputes/{dispute['id']}/escalate")
    do(sandbox, f"disputes/{dispute['id']}/win")
    do(sandbox, f"charges/{intent['latest_charge']}/warn")
    do(sandbox, "deliveries/send")
    assert endpoint.names()[-1] == "radar.early_fraud_warning.created"
    assert {each["state"] for each in tell(sandbox, "deliveries")["data"]} == {"delivered"}


def test_3d_secure_and_the_end_of_a_session_are_operated(donor: Donor, sandbox: Stripe) -> None:
    first, second = donor.session().id, donor.session().id
    asked = do(sandbox, f"sessions/{first}/pay", number="4000002760003184")
    assert asked["status"] == "requires_action"
    assert do(sandbox, f"sessions/{first}/authenticate", passes=True)["status"] == "succeeded"
    assert do(sandbox, f"sessions/{second}/expire")["status"] == "expired"


def test_the_clock_only_moves_forward(sandbox: Stripe) -> None:
    now = tell(sandbox, "state")["now"]
    assert do(sandbox, "clock", to=now + 100)["now"] == now + 100
    status, refused = ask(sandbox, "POST", "clock", {"to": now})
    assert status == 400
    assert "only moves forward" in refused["error"]["message"]


def test_faults_and_troubles_are_set_and_told(sandbox: Stripe) -> None:
    do(sandbox, "faults", seed=7, drop=0.5)
    assert tell(sandbox, "faults")["drop"] == 0.5
    do(sandbox, "troubles", kind="busy", count=2)
    assert tell(sandbox, "troubles")["data"][0]["count"] == 2


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("faults", {"dorp": 1}),
        ("faults", {"drop": "x"}),
        ("troubles", {"kind": "flood"}),
        ("clock", {"hours": 1}),
    ],
)
def test_what_makes_no_sense_is_refused(
    sandbox: Stripe, path: str, fields: dict[str, object]
) -> None:
    assert ask(sandbox, "POST", path, fields)[0] == 400


def test_a_number_that_is_no_test_number_is_refused(donor: Donor, sandbox: Stripe) -> None:
    path = f"sessions/{donor.session().id}/pay"
    status, refused = ask(sandbox, "POST", path, {"number": "4929000000006"})
    assert (status, refused["error"]["decline_code"]) == (402, "test_mode_live_card")


def test_the_operator_sees_what_the_product_asked_and_no_key(donor: Donor, sandbox: Stripe) -> None:
    donor.session()
    (heard,) = tell(sandbox, "requests")["data"]
    assert (heard["method"], heard["path"], heard["status"]) == (
        "POST",
        "/v1/checkout/sessions",
        200,
    )
    assert "metadata" in heard["body"]
    assert KEY not in json.dumps(heard)


def test_secrets_of_endpoints_are_not_shown(sandbox: Stripe) -> None:
    assert SECRET not in json.dumps(tell(sandbox, "state"))


def test_a_page_elsewhere_cannot_operate(sandbox: Stripe) -> None:
    rebound = JSON | {"Host": "evil.example.org"}
    assert ask(sandbox, "POST", "clock", {"seconds": 1}, rebound)[0] == 403
    form = {"Content-Type": "text/plain"}
    assert ask(sandbox, "POST", "clock", {"seconds": 1}, form)[0] == 415


def test_an_act_that_there_is_not_is_404(sandbox: Stripe) -> None:
    assert ask(sandbox, "POST", "nothing", {})[0] == 404
    assert ask(sandbox, "GET", "nothing")[0] == 404


def test_a_card_that_expires_is_turned(donor: Donor, sandbox: Stripe) -> None:
    plan = donor.plan()
    do(sandbox, f"payment_methods/{plan.default_payment_method}/turn", number="4000000000000069")
    do(sandbox, "clock", seconds=31 * 24 * 3600 + 3600)
    found = donor.client.v1.invoices.list({"subscription": plan.id}).data[0]
    assert found.status == "open"
    do(sandbox, f"invoices/{found.id}/pay", number=CARD)
    paid = donor.client.v1.invoices.retrieve(found.id)
    assert isinstance(paid, stripe.Invoice)
    assert paid.status == "paid"
