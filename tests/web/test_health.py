"""What a supervisor and a load balancer are told."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

NOWHERE = "localhost:9"


def test_the_process_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_it_is_ready_with_database_and_broker(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "database": "ok", "broker": "ok"}


def test_without_the_broker_it_stays_ready(build: Callable[..., Flask]) -> None:
    alone = build(redis_url=SecretStr(f"redis://{NOWHERE}/0"))
    answer = alone.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["broker"] == "degraded"


def test_without_the_database_it_is_not_ready(build: Callable[..., Flask]) -> None:
    gone = build(database_url=SecretStr(f"postgresql://x@{NOWHERE}/x"))
    answer = gone.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "away"


def test_without_the_database_the_process_still_lives(build: Callable[..., Flask]) -> None:
    gone = build(database_url=SecretStr(f"postgresql://x@{NOWHERE}/x"))
    assert gone.test_client().get("/healthz").status_code == 200
