"""The subscribe form under attack: work for those with script, patience for those without."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import altcha
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from config import limits
from db.session import transaction
from mailer.models.requests import SpentChallenge
from tests.cast import AMIRA, BORIS
from tests.web import attack
from tests.web.conftest import Flood
from web import challenge, forms


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
    assert attack.waits(AMIRA) == (True, timedelta(0))


def test_who_has_no_script_waits_a_quarter_of_an_hour(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    page = post(client, AMIRA, "")
    assert page.status_code == 200
    assert "quarter of an hour" in page.text
    assert attack.waits(AMIRA) == (False, timedelta(seconds=limits.SLOW_WAY_SECONDS))


def test_a_solution_is_good_once_however_it_is_spelled(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    proof = solution(client)
    post(client, AMIRA, proof)
    again = json.dumps(json.loads(base64.b64decode(proof)), indent=2)
    post(client, BORIS, base64.b64encode(again.encode()).decode())
    assert attack.waits(BORIS)[0] is False


def test_a_challenge_of_another_key_is_worth_nothing(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    forged = altcha.create_challenge(challenge.ALGORITHM, 1, hmac_secret="guessed")
    post(client, AMIRA, attack.solved(forged))
    assert attack.waits(AMIRA)[0] is False


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
    return attack.solved(asked_for(client.get("/subscribe").text))
