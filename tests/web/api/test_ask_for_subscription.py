"""Another site asks for a subscription in JSON."""

import io

import pytest
from flask.testing import FlaskClient

from config import limits
from mailer.models.requests import SubscriptionRequest
from mailer.models.subscribers import ConsentWording, SubscriberState
from tests import builders
from tests.cast import AMIRA, BORIS
from tests.web.api import callers
from tests.web.public import visits


def test_a_wish_is_written_down_and_nothing_else_happens(client: FlaskClient) -> None:
    builders.topic()
    before = visits.everything()
    answer = callers.send(client, language="fr")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "asked")
    (row,) = callers.requests()
    assert (row.source, row.language, row.topics) == (
        "POST /api/v1/subscriptions",
        "fr",
        ["releases"],
    )
    changed = {name for name, rows in visits.everything().items() if rows != before[name]}
    assert changed == {SubscriptionRequest.__tablename__, ConsentWording.__tablename__}


def test_the_answer_is_the_same_bytes_whatever_the_address_was(client: FlaskClient) -> None:
    for state in SubscriberState:
        builders.subscriber(f"{state}@example.org", state=state)
    builders.suppressed(BORIS)
    known = [f"{state}@example.org" for state in SubscriberState]
    answers = [callers.send(client, address=each) for each in (AMIRA, BORIS, *known, *known)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({(answer.data, str(answer.headers)) for answer in answers}) == 1


def test_a_wish_is_under_the_same_caps_as_the_form(client: FlaskClient) -> None:
    builders.topic()
    visits.ask(client)
    callers.send(client)
    form, api = callers.requests()
    assert form.canonical_index == api.canonical_index
    assert form.network_tag == api.network_tag


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": None}, "address"),
        ({"address": "amira"}, "address"),
        ({"address": ["amira@example.org"]}, "address"),
        ({"address": "a" * 300 + "@example.org"}, "address"),
        ({"address": "amira@example.org\r\nBcc: eve@example.org"}, "address"),
        ({"address": "\ud800@example.org"}, "address"),
        ({"topics": None}, "topics"),
        ({"topics": []}, "topics"),
        ({"topics": ["nonsense"]}, "topics"),
        ({"topics": [1]}, "topics"),
        ({"topics": ["releases"] * (limits.API_TOPICS + 1)}, "topics"),
        ({"topics": "releases"}, "topics"),
        ({"consent": None}, "consent"),
        ({"consent": False}, "consent"),
        ({"consent": 1}, "consent"),
        ({"consent": "true"}, "consent"),
        ({"language": "english"}, "language"),
        ({"language": "xx"}, "language"),
        ({"wording_hash": "0" * 64}, "wording_hash"),
        ({"wording_hash": "z"}, "wording_hash"),
        ({"proof": 1}, "proof"),
        ({"proof": "x" * 5_000}, "proof"),
        ({"name": "Amira"}, "name"),
        ({"\ud800": 1}, "body"),
    ],
)
def test_a_fault_is_422_with_a_sentence_for_its_field(
    client: FlaskClient, changes: dict[str, object], field: str
) -> None:
    builders.topic()
    answer = client.post(callers.PATH, json=callers.wish(**changes))
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert list(answer.get_json()["errors"]) == [field]
    assert answer.get_json()["errors"][field].endswith(".")
    assert callers.requests() == []


def test_every_fault_is_said_at_once(client: FlaskClient) -> None:
    answer = client.post(callers.PATH, json={"topics": [], "more": 1})
    assert set(answer.get_json()["errors"]) == {"address", "topics", "consent", "more"}


def test_a_thousand_unknown_fields_are_not_all_repeated(client: FlaskClient) -> None:
    more = {f"{number}{'x' * 30}": 1 for number in range(1000)}
    answer = client.post(callers.PATH, json=callers.wish(**more))
    assert answer.status_code == 422
    assert len(answer.get_json()["errors"]) == limits.API_FAULTS


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"[{}]", b"{}"])
def test_json_that_is_no_wish_is_422(client: FlaskClient, body: bytes) -> None:
    answer = client.post(callers.PATH, data=body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nil",
        b"\xff\xfe",
        b'{"address": "\xc3\x28"}',
        b'{"address": "a\\u0000@example.org"}',
        b'{"a": ' * 10_000,
        b"[" * 60_000,
        b'{"address": 1' + b"0" * 5_000 + b"}",
    ],
)
def test_what_is_no_json_is_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post(callers.PATH, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["detail"].startswith("The body must be one JSON object")


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""],
)
def test_what_is_not_sent_as_json_is_415(client: FlaskClient, kind: str) -> None:
    answer = client.post(callers.PATH, data=b"address=amira%40example.org", content_type=kind)
    assert answer.status_code == 415
    assert "Content-Type: application/json" in answer.get_json()["detail"]


def test_too_much_is_413(client: FlaskClient) -> None:
    assert callers.send(client, address="a" * limits.PUBLIC_BODY_BYTES).status_code == 413


def test_a_chunked_body_is_not_read_past_the_limit(client: FlaskClient) -> None:
    body = io.BytesIO(b"[" + b" " * limits.PUBLIC_BODY_BYTES + b"]")
    answer = client.post(
        callers.PATH,
        content_type="application/json",
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413


def test_another_method_is_405_and_says_which_is_taken(client: FlaskClient) -> None:
    answer = client.get(callers.PATH)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert answer.mimetype == "application/problem+json"


def test_nobody_keeps_the_answer_and_no_cookie_is_set(client: FlaskClient) -> None:
    builders.topic()
    answer = callers.send(client)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
