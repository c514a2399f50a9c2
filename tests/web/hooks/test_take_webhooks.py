"""POST /hooks/stripe: what is Stripe's is stored once and answered 200; all else leaves no row and is 4xx."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from config import limits
from config.settings import Settings
from db.base import db
from db.session import transaction
from payments.models.events import EventState, Source, StripeEvent
from tests.processes import wait_until
from tests.web.hooks.conftest import ANOTHER, PATH, Caller, signature, stored
from wiring import names

FORGED = 10_000
REPLAYS = 1_000
STALE = limits.WEBHOOK_AGE_SECONDS + 60

Forge = Callable[[Caller, random.Random], tuple[bytes, str]]


def another_secret(caller: Caller, _dice: random.Random) -> tuple[bytes, str]:
    body = caller.body()
    return body, signature(body, secret=ANOTHER)


def no_signature(caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    return caller.body(), dice.choice(["", "t=1", "v1=00", f"t=1,v1={dice.getrandbits(256):064x}"])


def stale(caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    body = caller.body()
    return body, signature(body, away=-STALE - dice.randrange(10**6))


def future(caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    body = caller.body()
    return body, signature(body, away=STALE + dice.randrange(10**6))


def truncated(caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    body = caller.body()
    return body[: dice.randrange(len(body))], signature(body)


def truncated_and_signed(caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    body = caller.body()
    cut = body[: dice.randrange(len(body))]
    return cut, signature(cut)


def altered(caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    body = caller.body()
    place = dice.randrange(len(body))
    return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :], signature(body)


def no_text(caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    body = caller.body()
    place = dice.randrange(len(body))
    spoilt = body[:place] + b"\xff" + body[place:]
    return spoilt, signature(dice.choice([body, spoilt]))


def wrong_mode(caller: Caller, _dice: random.Random) -> tuple[bytes, str]:
    body = caller.body(livemode=True)
    return body, signature(body)


def noise(_caller: Caller, dice: random.Random) -> tuple[bytes, str]:
    body = dice.randbytes(dice.randrange(200))
    return body, signature(body)


FORGERIES: tuple[Forge, ...] = (
    another_secret,
    no_signature,
    stale,
    future,
    truncated,
    truncated_and_signed,
    altered,
    no_text,
    wrong_mode,
    noise,
)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: str(forge.__name__))
def test_a_thousand_forgeries_of_each_kind_are_400_and_leave_no_row(
    caller: Caller, forge: Forge
) -> None:
    dice = random.Random(forge.__name__)  # noqa: S311 - a seeded loop
    types = ["application/json", "application/x-www-form-urlencoded", "text/plain", "x"]
    answers = {
        caller.post(*forge(caller, dice), kind=dice.choice(types))
        for _ in range(FORGED // len(FORGERIES))
    }
    assert answers == {400}
    assert stored() == 0


def test_a_thousand_replays_are_one_row(caller: Caller) -> None:
    body = caller.body()
    assert {caller.post(body) for _ in range(REPLAYS)} == {200}
    assert stored() == 1


def test_copies_at_once_are_one_row(caller: Caller, giving: Flask) -> None:
    body, answers = caller.body(), []

    def post() -> None:
        answers.append(Caller(giving.test_client()).post(body))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (answers, stored()) == ([200] * 8, 1)


def test_what_is_stored_is_the_event_and_nothing_of_its_object(caller: Caller) -> None:
    about = {"id": "re_9", "object": "refund", "email": "boris@example.org"}
    caller.post(caller.body(data={"object": about}))
    with transaction() as session:
        row = session.get_one(StripeEvent, "evt_1")
        kept = str(session.execute(text("SELECT stripe_event::text FROM stripe_event")).scalar())
    assert (row.object_id, row.source, row.state) == ("re_9", Source.WEBHOOK, EventState.NEW)
    assert (datetime.now(UTC) - row.received_at).total_seconds() < 60
    assert "boris" not in kept


def test_a_type_that_we_do_not_know_is_taken_and_left_alone(caller: Caller) -> None:
    assert caller.post(caller.body(type="something.new")) == 200
    with transaction() as session:
        assert session.get_one(StripeEvent, "evt_1").state is EventState.IGNORED


def test_the_workers_are_rung_for(caller: Caller, settings: Settings) -> None:
    broker = redis.Redis.from_url(settings.redis_url.get_secret_value())
    with broker:
        broker.delete(names.HOOKS)
        caller.post(caller.body())
        wait_until(lambda: broker.llen(names.HOOKS))
        (bell,) = cast(list[bytes], broker.lrange(names.HOOKS, 0, -1))
        assert names.APPLY_EVENTS.encode() in bell
        broker.delete(names.HOOKS)


def test_what_cannot_be_stored_is_asked_for_again(caller: Caller) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE stripe_event RENAME TO elsewhere"))
    try:
        assert caller.post(caller.body()) == 500
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO stripe_event"))


def test_a_body_that_is_too_large_is_413(caller: Caller) -> None:
    body = caller.body(padding="x" * limits.HOOK_BODY_BYTES)
    assert (caller.post(body), stored()) == (413, 0)


def test_a_large_one_that_is_not_too_large_is_taken(caller: Caller) -> None:
    body = caller.body(padding="x" * (limits.HOOK_BODY_BYTES - 1_000))
    assert (caller.post(body), stored()) == (200, 1)


def test_it_is_verified_byte_by_byte_also_where_it_pretends_to_be_a_form(caller: Caller) -> None:
    body = caller.body(note="a=b&c=é+%2B")
    kind = "application/x-www-form-urlencoded"
    assert (caller.post(body, kind=kind), stored()) == (200, 1)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nothing_but_a_post_is_taken(giving: Flask, client: FlaskClient, method: str) -> None:
    assert client.open(PATH, method=method).status_code == 405


def test_no_cookie_is_set_and_nobody_is_asked_who_they_are(caller: Caller) -> None:
    body = caller.body()
    answer = caller.client.post(PATH, data=body, headers={"Stripe-Signature": signature(body)})
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Set-Cookie" not in answer.headers


def test_where_donations_are_off_there_is_no_such_page(client: FlaskClient, app: Flask) -> None:
    assert client.post(PATH, data=b"{}").status_code == 404
    assert stored() == 0


def test_a_refusal_logs_no_body(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caller.post(caller.body(note="boris@example.org"), "t=1,v1=0")
    assert "a webhook was refused" in caplog.text
    assert "boris" not in caplog.text
