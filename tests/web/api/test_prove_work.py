"""Other sites prove work as our own form does: one challenge, one row for each solution, one answer."""

import json

import altcha
import pytest
from flask.testing import FlaskClient

from config import limits
from mailer.models.requests import SpentChallenge
from tests.cast import AMIRA, BORIS
from tests.web import attack
from tests.web.api import callers
from tests.web.conftest import Flood
from tests.web.public import visits
from web import challenge, forms

PATH = "/api/v1/challenge"
SLOW = (False, limits.SLOW_WAY_SECONDS)


def solution(client: FlaskClient) -> str:
    """Return a solution to a new challenge."""
    return attack.solved(altcha.Challenge.from_dict(client.get(PATH).get_json()["challenge"]))


def waits(address: str) -> tuple[bool, float]:
    """Return whether the request of an address was proven, and the seconds it waits."""
    proven, wait = attack.waits(address)
    return proven, wait.total_seconds()


def by_form(client: FlaskClient, address: str, proof: str) -> None:
    """Post our own form."""
    fields = {"form_nonce": forms.nonce("subscribe"), "address": address, "topic": "releases"}
    assert client.post("/subscribe", data={**fields, challenge.FIELD: proof}).status_code == 200


@pytest.mark.parametrize(
    ("requests", "wanted"), [(limits.ATTACK_REQUESTS - 1, False), (limits.ATTACK_REQUESTS, True)]
)
def test_a_challenge_says_whether_work_is_wanted(
    client: FlaskClient, flood: Flood, requests: int, *, wanted: bool
) -> None:
    flood(requests)
    answer = client.get(PATH)
    assert answer.get_json()["wanted"] is wanted
    assert answer.headers["Cache-Control"] == "no-store"


def test_each_challenge_is_new_and_nothing_is_written_for_it(client: FlaskClient) -> None:
    before = visits.everything()
    answers = [client.get(PATH) for _ in range(3)]
    assert len({answer.data for answer in answers}) == 3
    assert visits.everything() == before
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_a_listed_site_may_read_a_challenge_and_another_may_not(site: FlaskClient) -> None:
    ours, other = (
        site.get(PATH, headers={"Origin": origin})
        for origin in (callers.SITE, "https://example.com")
    )
    assert ours.headers["Access-Control-Allow-Origin"] == callers.SITE
    assert "Access-Control-Allow-Origin" not in other.headers


def test_who_did_the_work_is_answered_at_once(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    callers.send(client, proof=solution(client))
    assert waits(AMIRA) == (True, 0)


def test_who_proves_nothing_goes_the_slow_way(client: FlaskClient, flood: Flood) -> None:
    flood(limits.ATTACK_REQUESTS)
    callers.send(client)
    assert waits(AMIRA) == SLOW


def test_a_solution_used_in_the_form_is_worth_nothing_to_the_api(
    client: FlaskClient, flood: Flood
) -> None:
    flood(limits.ATTACK_REQUESTS)
    proof = solution(client)
    by_form(client, AMIRA, proof)
    callers.send(client, address=BORIS, proof=proof)
    assert (waits(AMIRA), waits(BORIS)) == ((True, 0), SLOW)


def test_a_solution_used_with_the_api_is_worth_nothing_to_the_form(
    client: FlaskClient, flood: Flood
) -> None:
    flood(limits.ATTACK_REQUESTS)
    proof = solution(client)
    callers.send(client, address=BORIS, proof=proof)
    by_form(client, AMIRA, proof)
    assert (waits(BORIS), waits(AMIRA)) == ((True, 0), SLOW)


def forged() -> str:
    """Return a solution to a challenge that we did not sign."""
    asked = altcha.create_challenge(challenge.ALGORITHM, 1, hmac_secret="guessed")
    return attack.solved(asked)


@pytest.mark.parametrize("proof", ["x", "{}", json.dumps({"challenge": 1}), "e30=", forged()])
def test_a_bad_proof_goes_the_slow_way_and_answers_the_same(
    client: FlaskClient, flood: Flood, proof: str
) -> None:
    flood(limits.ATTACK_REQUESTS)
    bad = callers.send(client, proof=proof)
    good = callers.send(client, address=BORIS, proof=solution(client))
    assert (waits(AMIRA), waits(BORIS)) == (SLOW, (True, 0))
    assert (bad.status_code, bad.data, str(bad.headers)) == (202, good.data, str(good.headers))


def test_in_peace_a_proof_is_not_looked_at(client: FlaskClient, flood: Flood) -> None:
    flood(0)
    callers.send(client, proof=solution(client))
    assert waits(AMIRA) == (False, 0)
    assert visits.count(SpentChallenge) == 0
