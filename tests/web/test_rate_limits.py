"""Guessing is slowed: by account and by network, with Redis and without."""

from collections.abc import Callable

import pytest
import redis
from flask import Flask
from pydantic import SecretStr

from config.settings import Settings
from tests.cast import hire
from tests.web.browser import Browser
from tests.web.conftest import Armed
from web import limiter

CODE = "/staff/sign-in/code"


def guesses(client: Browser, count: int, **fields: str) -> list[int]:
    token = client.token("/staff/sign-in")
    given = {"csrf_token": token, "email": "dana@example.org", "password": "a wrong guess"}
    return [client.post("/staff/sign-in", data=given | fields).status_code for _ in range(count)]


def test_an_account_is_paused_after_ten_tries_with_a_sentence(client: Browser) -> None:
    assert guesses(client, 11) == [200] * 10 + [429]
    answer = client.send("/staff/sign-in", email="dana@example.org", password="x")
    assert "Wait a few minutes" in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def test_unknown_and_known_accounts_are_paused_alike(client: Browser) -> None:
    hire("dana")
    assert guesses(client, 11) == guesses(client, 11, email="nobody@example.org")


def test_a_pause_of_one_account_leaves_the_others_alone(client: Browser) -> None:
    guesses(client, 11)
    assert client.sign_in(hire("chen")).location == "/staff/"


def test_a_network_is_paused_after_thirty_refusals(client: Browser) -> None:
    answers = [guesses(client, 1, email=f"e{number}@example.org")[0] for number in range(31)]
    assert answers == [200] * 30 + [429]


def test_successes_of_a_network_are_not_counted(client: Browser) -> None:
    members = [hire(f"member{number}") for number in range(8)]
    for member in members * 4:
        assert client.sign_in(member).location == "/staff/"
        client.delete_cookie("samizdat")


def test_codes_are_paused_after_five_tries(client: Browser, armed: Armed) -> None:
    client.sign_in(armed.member)
    given = {"csrf_token": client.token(CODE), "code": "000000"}
    assert [client.post(CODE, data=given).status_code for _ in range(6)] == [200] * 5 + [429]


def test_without_redis_the_limits_hold_in_memory(build: Callable[..., Flask]) -> None:
    lonely = build(redis_url=SecretStr("redis://127.0.0.1:9/0")).test_client()
    assert isinstance(lonely, Browser)
    assert guesses(lonely, 11) == [200] * 10 + [429]


def test_no_network_address_is_stored(client: Browser, settings: Settings) -> None:
    guesses(client, 1)
    store = redis.Redis.from_url(settings.redis_url.get_secret_value())
    names = b" ".join(store.scan_iter("*"))
    store.close()
    assert b"samizdat" in names
    assert b"127.0.0" not in names
    assert b"dana" not in names


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.200", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
    ],
)
def test_a_network_is_a_prefix(app: Flask, one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a case
    def name(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return limiter.network()

    assert (name(one) == name(other)) is same


def test_a_socket_is_spelled_as_the_limiter_wants_it() -> None:
    spell: Callable[[str], str] = limiter.storage_url
    assert spell("unix:///run/x.sock") == "redis+unix:///run/x.sock"
    assert spell("rediss://h:1/0") == "rediss://h:1/0"
