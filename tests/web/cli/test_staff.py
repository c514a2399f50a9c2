"""`flask staff …`."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from db.session import transaction
from staff import accounts
from tests.cast import PASSWORD, Staff, hire
from tests.web.browser import Browser


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_an_invitation_link_is_printed(cli: FlaskCliRunner, client: Browser) -> None:
    done = cli.invoke(args=["staff", "create", "Dana@Example.org", "--role", "approver"])
    assert done.exit_code == 0, done.output
    base, path = done.stdout.strip().split("/staff/", 1)
    assert base == "http://127.0.0.1:8000"
    assert client.get(f"/staff/{path}").status_code == 200


def test_json_holds_what_a_script_needs(cli: FlaskCliRunner) -> None:
    done = cli.invoke(args=["staff", "create", "dana@example.org", "--role", "admin", "--json"])
    made = json.loads(done.stdout)
    assert made["email"] == "dana@example.org"
    assert "/staff/invitation/" in made["invitation"]


def test_a_password_is_read_from_stdin(cli: FlaskCliRunner, client: Browser) -> None:
    args = ["staff", "create", "dana@example.org", "--role", "author", "--password-stdin"]
    done = cli.invoke(args=args, input=PASSWORD + "\n")
    assert done.exit_code == 0, done.output
    assert client.sign_in(Staff(0, "dana@example.org")).location == "/staff/"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["create", "no address", "--role", "author"], "Give a mail address"),
        (["create", "chen@example.org", "--role", "author"], "There is an account"),
        (["create", "x@example.org", "--role", "author", "--password-stdin"], "at least 12"),
        (["deactivate", "nobody@example.org"], "No account has this address"),
        (["create", "x@example.org", "--role", "king"], "'king' is not one of"),
    ],
)
def test_a_fault_is_one_sentence(cli: FlaskCliRunner, args: list[str], sentence: str) -> None:
    hire("chen")
    done = cli.invoke(args=["staff", *args], input="short\n")
    assert done.exit_code != 0
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_a_refused_password_makes_no_account(cli: FlaskCliRunner) -> None:
    args = ["staff", "create", "x@example.org", "--role", "author", "--password-stdin"]
    cli.invoke(args=args, input="short\n")
    with transaction() as session:
        assert accounts.listing(session) == []


def test_the_list_shows_roles_and_states(cli: FlaskCliRunner) -> None:
    hire("chen", "author")
    cli.invoke(args=["staff", "create", "dana@example.org", "--role", "approver"])
    rows = json.loads(cli.invoke(args=["staff", "list", "--json"]).stdout)
    assert [(row["email"], row["state"], row["roles"]) for row in rows] == [
        ("chen@example.org", "active", ["author"]),
        ("dana@example.org", "invited", ["approver"]),
    ]


def test_deactivating_ends_the_session(cli: FlaskCliRunner, client: Browser, chen: Staff) -> None:
    cli.invoke(args=["staff", "deactivate", chen.email])
    assert client.get("/staff/").status_code == 303


def test_a_new_invitation_ends_password_and_session(
    cli: FlaskCliRunner, client: Browser, chen: Staff
) -> None:
    done = cli.invoke(args=["staff", "invite", chen.email])
    assert client.get("/staff/").status_code == 303
    assert client.sign_in(chen).status_code == 200
    assert client.get(done.stdout.strip().removeprefix("http://127.0.0.1:8000")).status_code == 200
