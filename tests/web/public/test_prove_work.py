"""The subscribe form under attack: work for those with script, patience for those without."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import altcha
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from config import limits
from db.sealed import keyring
from db.session import transaction
from mailer import addresses, consent
from mailer.models.requests import SpentChallenge, SubscriptionRequest
from tests import builders
from tests.cast import AMIRA, BORIS
from web import challenge, forms

Flood = Callable[[int], None]


@pytest.fixture
def flood(app: Flask) -> Iterator[Flood]:
    """Let so many requests have come in lately, none of them confirmed."""
    builders.topic()

    def pour(count: int) -> None:
        now = datetime.now(UTC)
        with transaction() as session:
            kept = consent.keep_wording(session, "I agree.")
            session.add_all(
                SubscriptionRequest(
                    address_index=b"i",
                    canonical_index=b"c",
                    domain_tag=b"d",
                    language="en",
                    topics=[],
                    wording_hash=kept,
                    source="flood",
                    asked_at=now,
                    due_at=now,
                    answered_at=now,
                )
                for _ in range(count)
            )
        app.extensions.pop("samizdat.attack", None)

    yield pour
    app.extensions.pop("samizdat.attack", None)


def test_in_peace_the_page_has_no_script_and_asks_for_no_work(
    client: FlaskClient, flood: Flood
) -> None:
    flood(limits.ATTACK_REQUESTS - 1)
    page = client.get("/subscribe")
    assert b"<script" not in page.data
    assert "script-src" not in page.headers["Content-Security-Policy"]


def test_under_attack_the_page_brings_a_challenge_and_its_own_script(
    client: FlaskClient, flood: Flood
) -> None:
    flood(limits.ATTACK_REQUESTS)
    page = client.get("/subscribe")
    assert asked_for(page.text).parameters.algorithm == challenge.ALGORITHM
    assert page.text.count("<script") == 1
    assert page.headers["Content-Security-Policy"] == challenge.CSP
    assert "<noscript>" in page.text


def test_who_did_the_work_is_answered_at_once(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    assert post(client, AMIRA, solution(client)).status_code == 200
    assert waits(AMIRA) == (True, timedelta(0))


def test_who_has_no_script_waits_a_quarter_of_an_hour(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    page = post(client, AMIRA, "")
    assert page.status_code == 200
    assert "quarter of an hour" in page.text
    assert waits(AMIRA) == (False, timedelta(seconds=limits.SLOW_WAY_SECONDS))


def test_a_solution_is_good_once_however_it_is_spelled(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    proof = solution(client)
    post(client, AMIRA, proof)
    again = json.dumps(json.loads(base64.b64decode(proof)), indent=2)
    post(client, BORIS, base64.b64encode(again.encode()).decode())
    assert waits(BORIS)[0] is False


def test_a_challenge_of_another_key_is_worth_nothing(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    forged = altcha.create_challenge(challenge.ALGORITHM, 1, hmac_secret="guessed")
    post(client, AMIRA, solved(forged))
    assert waits(AMIRA)[0] is False


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.hex()))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_no_text_is_taken_for_work(app: Flask, text: str) -> None:
    with transaction() as session:
        assert not challenge.is_solved(session, text, now=datetime.now(UTC))
        assert session.scalars(select(SpentChallenge)).all() == []


def post(client: FlaskClient, address: str, proof: str) -> TestResponse:
    fields = {"form_nonce": forms.nonce("subscribe"), "address": address, "topic": ["releases"]}
    return client.post("/subscribe", data={**fields, challenge.FIELD: proof})


def asked_for(page: str) -> altcha.Challenge:
    found = re.search(r'data-challenge="([^"]+)"', page)
    assert found
    return altcha.Challenge.from_dict(json.loads(unescape(found[1])))


def solution(client: FlaskClient) -> str:
    return solved(asked_for(client.get("/subscribe").text))


def solved(asked: altcha.Challenge) -> str:
    found = altcha.solve_challenge(asked)
    assert found
    return altcha.Payload(asked, found).to_base64()


def waits(address: str) -> tuple[bool, timedelta]:
    """Return whether the request of an address was proven, and how long it waits."""
    with transaction() as session:
        index = addresses.index(keyring(session), address)
        of_address = SubscriptionRequest.address_index == index
        row = session.scalars(select(SubscriptionRequest).where(of_address)).one()
        return row.proven, row.due_at - row.asked_at
