"""Codes of an authenticator app and recovery codes."""

import re

from passlib.totp import TOTP  # type: ignore[import-untyped] # ships no type information

from db.session import transaction
from staff.models import StaffMember
from tests.cast import Staff
from tests.web.browser import Browser
from tests.web.conftest import Armed

CODE, RECOVERY = "/staff/sign-in/code", "/staff/sign-in/recovery"
FACTOR, CODES = "/staff/account/second-factor", "/staff/account/recovery-codes"


def enter(client: Browser, armed: Armed, code: str) -> bool:
    """Sign in with the password, then with that code; return whether it was taken."""
    assert client.sign_in(armed.member).location.startswith(CODE)
    assert client.get("/staff/").status_code == 303
    return client.send(CODE, page=CODE, code=code).location == "/staff/"


def test_the_password_alone_does_not_sign_in(client: Browser, armed: Armed) -> None:
    client.sign_in(armed.member)
    assert client.get("/staff/").status_code == 303


def test_a_code_signs_in_once_and_is_refused_the_second_time(client: Browser, armed: Armed) -> None:
    code = armed.code()
    assert enter(client, armed, code)
    client.send("/staff/sign-out", page="/staff/")
    assert not enter(client, armed, code)


def test_a_code_is_refused_the_second_time_from_another_browser(
    client: Browser, armed: Armed
) -> None:
    code = armed.code()
    assert enter(client, armed, code)
    other = Browser(client.application, client.response_wrapper)
    assert not enter(other, armed, code)


def test_a_wrong_code_is_refused_with_a_sentence(client: Browser, armed: Armed) -> None:
    client.sign_in(armed.member)
    answer = client.send(CODE, page=CODE, code="000000")
    assert "not right, or was used already" in answer.text


def test_the_secret_is_not_readable_in_the_database(armed: Armed) -> None:
    with transaction() as session:
        stored = session.get_one(StaffMember, armed.member.id).tf_totp_secret or ""
    assert "enckey" in stored
    assert '"key"' not in stored


def test_a_member_sets_an_app_up(client: Browser, chen: Staff) -> None:
    page = client.send(FACTOR, page=FACTOR, setup="authenticator").text
    action = re.search(rf'action="({FACTOR}/[^"]+)"', page)
    key = re.search(r'class="secret">([^<]+)<', page)
    assert action
    assert key
    code = code_of(key[1])
    assert client.send(action[1], page=FACTOR, code=code).location == "/staff/account"
    assert "Change or remove it" in client.get("/staff/account").text


def test_recovery_codes_sign_in_once_each(client: Browser, armed: Armed) -> None:
    assert enter(client, armed, armed.code())
    made = client.send(CODES, page=CODES, generate_new_codes="yes").text
    codes = re.findall(r"<li>([0-9a-f-]{14})</li>", made)
    assert len(codes) == 8
    assert [recover(client, armed, codes[0]) for _ in range(2)] == [True, False]


def recover(client: Browser, armed: Armed, code: str) -> bool:
    """Sign in with the password and a recovery code, in place of the lost app."""
    client.delete_cookie("samizdat")
    client.sign_in(armed.member)
    return client.send(RECOVERY, page=RECOVERY, code=code).location == "/staff/"


def code_of(key: str) -> str:
    """Return the code an app would show for this key."""
    return str(TOTP(key=key.replace("-", "")).generate().token)
