"""A session is the staff's alone, and always has an end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from pydantic import SecretStr

from config import keys
from config.settings import Settings
from tests.cast import PASSWORD, Staff
from tests.web.browser import Browser

NEW = "another password altogether"


def open_at(client: Browser, later: timedelta) -> bool:
    with time_machine.travel(datetime.now(UTC) + later):
        return client.get("/staff/").status_code == 200


def test_a_session_left_alone_ends(client: Browser, chen: Staff) -> None:
    assert open_at(client, timedelta(minutes=40))
    assert not open_at(client, timedelta(minutes=40 + 46))


def test_a_session_in_use_ends_after_half_a_day(client: Browser, chen: Staff) -> None:
    steps = [timedelta(minutes=40) * step for step in range(1, 20)]
    open_until = [step for step in steps if open_at(client, step)]
    assert open_until == [step for step in steps if step < timedelta(hours=12)]


def test_a_copied_cookie_is_void_after_signing_out(client: Browser, chen: Staff) -> None:
    cookie = client.get_cookie("samizdat")
    assert cookie
    client.send("/staff/sign-out", page="/staff/")
    client.set_cookie("samizdat", cookie.value)
    assert client.get("/staff/").status_code == 303


def test_a_changed_password_ends_the_other_sessions(client: Browser, chen: Staff) -> None:
    other = Browser(client.application, client.response_wrapper)
    other.sign_in(chen)
    fields = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    page = "/staff/account/password"
    assert client.send(page, page=page, **fields).location == "/staff/account"
    assert client.get("/staff/").status_code == 200
    assert other.get("/staff/").status_code == 303


def test_a_weak_new_password_is_refused(client: Browser, chen: Staff) -> None:
    fields = {"password": PASSWORD, "new_password": "a" * 20, "new_password_confirm": "a" * 20}
    page = "/staff/account/password"
    assert "repeats too much" in client.send(page, page=page, **fields).text


@pytest.mark.parametrize(
    ("base_url", "start", "end"),
    [
        (
            "https://news.example.org",
            "__Host-samizdat=",
            "; Secure; HttpOnly; Path=/; SameSite=Lax",
        ),
        ("http://127.0.0.1:8000", "samizdat=", "; HttpOnly; Path=/; SameSite=Lax"),
    ],
)
def test_the_cookie_says_how_it_may_be_used(
    build: Callable[..., Flask], base_url: str, start: str, end: str
) -> None:
    client = build(base_url=base_url).test_client()
    cookie = client.get("/staff/sign-in").headers["Set-Cookie"]
    assert cookie.startswith(start)
    assert cookie.endswith(end)
    assert "Domain" not in cookie


def test_a_session_survives_a_new_signing_key(
    build: Callable[..., Flask], settings: Settings, client: Browser, chen: Staff
) -> None:
    cookie = client.get_cookie("samizdat")
    assert cookie
    ring = f"{settings.secret_keys.get_secret_value()} {keys.generate()}"
    later = build(secret_keys=SecretStr(ring)).test_client()
    later.set_cookie("samizdat", cookie.value)
    assert later.get("/staff/").status_code == 200
