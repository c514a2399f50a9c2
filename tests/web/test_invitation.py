"""An invitation is taken up once, by whoever holds the link, within its time."""

from datetime import UTC, datetime, timedelta

import pytest

from db.session import transaction
from staff import accounts
from tests.cast import PASSWORD, Staff
from tests.web.browser import Browser
from wiring.core import core

DANA = "dana@example.org"


@pytest.fixture
def link(client: Browser) -> str:
    with transaction() as session:
        member = accounts.create(session, email=DANA, roles=[])
    return path(member.fs_uniquifier)


def path(stamp: str, *, ago: timedelta = timedelta()) -> str:
    return f"/staff/invitation/{core().tokens.invitation(stamp, now=datetime.now(UTC) - ago)}"


def test_the_invited_choose_a_password_and_sign_in(client: Browser, link: str) -> None:
    taken = client.send(link, page=link, name="Dana", password=PASSWORD)
    assert taken.location == "/staff/sign-in"
    assert client.sign_in(Staff(0, DANA)).location == "/staff/"
    assert "Good to see you, Dana" in client.get("/staff/").text


def test_the_link_works_once(client: Browser, link: str) -> None:
    token = client.token(link)
    given = {"csrf_token": token, "name": "Dana", "password": PASSWORD}
    answers = [client.post(link, data=given).status_code for _ in range(2)]
    assert answers == [303, 410]
    assert client.get(link).status_code == 410


def test_a_weak_password_is_refused_beside_its_field(client: Browser, link: str) -> None:
    answer = client.send(link, page=link, name="Dana", password="short")
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.text
    assert client.get(link).status_code == 200


def test_a_link_of_last_week_has_expired(client: Browser, link: str) -> None:
    with transaction() as session:
        stamp = accounts.find(session, DANA).fs_uniquifier
    answer = client.get(path(stamp, ago=timedelta(days=7)))
    assert answer.status_code == 410
    assert "Ask for a new one" in answer.text


def test_a_damaged_link_says_so(client: Browser, link: str) -> None:
    answer = client.get(link[:-4])
    assert answer.status_code == 404
    assert "copy the whole link" in answer.text


def test_looking_at_the_link_takes_nothing(client: Browser, link: str) -> None:
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200


def test_a_deactivated_member_cannot_take_it_up(client: Browser, link: str) -> None:
    with transaction() as session:
        accounts.deactivate(session, accounts.find(session, DANA))
    assert client.get(link).status_code == 410
