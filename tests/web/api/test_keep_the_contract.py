"""The OpenAPI document tells the truth: schemathesis sends what it allows and forbids, and reads answers."""

import json
import warnings
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

with warnings.catch_warnings():
    # Of the libraries that schemathesis brings along, at import alone; its calls are not excused.
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        negative_data_rejection,
        response_schema_conformance,
        status_code_conformance,
    )

from tests import builders

# Not among them is that whatever fits the schema is taken: which topics there are, and which text is an
# address, no schema says.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
OPERATIONS = [
    ("/api/v1/challenge", "GET"),
    ("/api/v1/releases", "GET"),
    ("/api/v1/releases/{slug}", "GET"),
    ("/api/v1/subscriptions", "POST"),
    ("/api/v1/topics", "GET"),
]


def test_the_document_is_openapi_3_1_and_names_every_operation(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    found = {(path, m.upper()) for path, each in document["paths"].items() for m in each}
    assert found == set(OPERATIONS)


def test_the_document_asks_for_what_the_form_asks_for(client: FlaskClient) -> None:
    wish = client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]["Wish"]
    assert set(wish["required"]) == {"address", "topics", "consent"}
    assert wish["properties"]["consent"]["const"] is True
    assert wish["additionalProperties"] is False


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    [
        ("/api/v1/subscriptions", "POST", GenerationMode.POSITIVE),
        ("/api/v1/subscriptions", "POST", GenerationMode.NEGATIVE),
        ("/api/v1/topics", "GET", GenerationMode.POSITIVE),
        ("/api/v1/challenge", "GET", GenerationMode.POSITIVE),
        ("/api/v1/releases", "GET", GenerationMode.POSITIVE),
        ("/api/v1/releases", "GET", GenerationMode.NEGATIVE),
        ("/api/v1/releases/{slug}", "GET", GenerationMode.POSITIVE),
    ],
)
def test_answers_are_what_the_document_says_and_never_500(
    app: Flask, path: str, method: str, mode: GenerationMode
) -> None:
    builders.topic()
    contract = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=contract[path][method].as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    send()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.text()
                | st.sampled_from(["address", "topics", "consent", "language", "wording_hash"]),
                inner,
            )
        ),
    )
)
def test_any_json_is_answered_202_400_or_422(client: FlaskClient, body: object) -> None:
    raw = json.dumps(body)
    answer = client.post("/api/v1/subscriptions", data=raw, content_type="application/json")
    assert answer.status_code in {202, 400, 422}
