"""The list leaves by the console only when two people want it, once, soon, and on the record."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from db.session import transaction
from mailer.models.transfers import ExportRequest
from staff.models import AuditEntry
from tests import builders
from tests.cast import AMIRA, BORIS
from tests.web.staff import members
from tests.web.staff.members import Member

LIST, ONE = "/staff/exports/", "/staff/exports/1"
ROW = f"{AMIRA},releases,en,2026-11-22T12:00:00Z,"
REASON = "Print labels for the congress"


@pytest.fixture
def chen(app: Flask) -> Member:
    """Sign the author in, who wants the list of one reader."""
    builders.subscriber(AMIRA)
    return members.of(app, "chen", "author")


@pytest.fixture
def dana(app: Flask) -> Member:
    """Sign the approver in."""
    return members.of(app, "dana", "approver")


def ask(member: Member, kind: str = "csv") -> None:
    assert member.post(LIST, reason=REASON, format=kind).location == ONE


def fetch(member: Member) -> TestResponse:
    """Fetch the list, and read it to its end as a browser does."""
    token = {"csrf_token": member.token}
    return member.client.post(f"{ONE}/fetch", data=token, buffered=True)


def age(**columns: timedelta) -> None:
    """Let a wish be older than it is."""
    with transaction() as session:
        row = session.get_one(ExportRequest, 1)
        older = {name: getattr(row, name) - by for name, by in columns.items()}
        session.execute(update(ExportRequest).values(older))


def test_one_asks_another_approves_and_the_first_fetches_it(chen: Member, dana: Member) -> None:
    ask(chen)
    assert "somebody else must approve it" in chen.read(ONE)
    page = dana.read(f"{ONE}/approve")
    for words in (REASON, "Chen", "1 subscriber", "csv"):
        assert words in page
    dana.post(f"{ONE}/approve")
    answer = fetch(chen)
    assert answer.text.splitlines()[1:] == [ROW]
    assert members.acts() == ["export.ask", "export.approve", "export.fetch"]


def test_the_file_is_an_attachment_that_nothing_keeps(chen: Member, dana: Member) -> None:
    ask(chen)
    dana.post(f"{ONE}/approve")
    headers = fetch(chen).headers
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="subscribers-[\d-]+\.csv"', headers["Content-Disposition"]
    )
    assert "no-store" in headers["Cache-Control"]


def test_json_lines_are_another_format(chen: Member, dana: Member) -> None:
    ask(chen, "jsonl")
    dana.post(f"{ONE}/approve")
    answer = fetch(chen)
    assert answer.text.startswith(f'{{"email": "{AMIRA}"')
    assert answer.mimetype == "application/x-ndjson"


def test_nobody_approves_their_own_wish(app: Flask, chen: Member) -> None:
    both = members.of(app, "bela", "author", "approver", "admin")
    ask(both)
    assert "/approve" not in both.read(ONE)
    for answer in (both.get(f"{ONE}/approve"), both.post(f"{ONE}/approve")):
        assert answer.status_code == 409
        assert "You asked for this export" in answer.text
    assert fetch(both).status_code == 409


def test_nothing_is_fetched_before_the_approval(chen: Member) -> None:
    ask(chen)
    answer = fetch(chen)
    assert answer.status_code == 409
    assert "Nobody has approved" in answer.text
    assert AMIRA not in answer.text


def test_it_is_fetched_once(chen: Member, dana: Member) -> None:
    ask(chen)
    dana.post(f"{ONE}/approve")
    fetch(chen)
    answer = fetch(chen)
    assert answer.status_code == 409
    assert "made once" in answer.text
    assert members.acts().count("export.fetch") == 1


def test_only_who_asked_fetches_it(app: Flask, chen: Member, dana: Member) -> None:
    ask(chen)
    dana.post(f"{ONE}/approve")
    other = members.of(app, "bela", "author", "admin")
    assert "Fetch the list" not in other.read(ONE)
    assert fetch(other).status_code == 409
    assert "Fetch the list" in chen.read(ONE)


def test_an_approval_is_good_for_an_hour(chen: Member, dana: Member) -> None:
    ask(chen)
    dana.post(f"{ONE}/approve")
    age(approved_at=timedelta(minutes=59))
    assert "Fetch the list" in chen.read(ONE)
    age(approved_at=timedelta(minutes=1))
    assert "expired" in chen.read(ONE)
    assert "not fetched in time" in fetch(chen).text


def test_a_wish_waits_for_a_week(chen: Member, dana: Member) -> None:
    ask(chen)
    age(created_at=timedelta(days=7))
    assert dana.post(f"{ONE}/approve").status_code == 409
    assert "expired" in dana.read(LIST)


def test_a_wish_is_approved_once(app: Flask, chen: Member, dana: Member) -> None:
    ask(chen)
    dana.post(f"{ONE}/approve")
    answer = members.of(app, "bela", "admin").post(f"{ONE}/approve")
    assert answer.status_code == 409
    assert "it is approved" in answer.text


def test_a_wish_needs_a_reason(chen: Member) -> None:
    answer = chen.post(LIST, reason="  ", format="csv")
    assert answer.status_code == 422
    assert "Say what the list is for" in answer.text
    assert members.acts() == []


def test_the_list_of_wishes_says_where_each_stands(chen: Member, dana: Member) -> None:
    assert "never left" in chen.read(LIST)
    ask(chen)
    assert "waiting" in dana.read(LIST)
    dana.post(f"{ONE}/approve")
    page = chen.read(LIST)
    assert REASON in page
    assert "approved by Dana" in page


def test_the_record_has_the_reason_and_no_reader(chen: Member, dana: Member) -> None:
    ask(chen)
    dana.post(f"{ONE}/approve")
    fetch(chen)
    with transaction() as session:
        entries = [f"{row.subject} {row.detail}" for row in session.query(AuditEntry)]
    assert f"export 1 csv: {REASON}" in entries
    assert not [entry for entry in entries if AMIRA in entry or BORIS in entry]


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", LIST, {"author", "approver", "admin"}),
        ("GET", ONE, {"author", "approver", "admin"}),
        ("POST", LIST, {"author", "admin"}),
        ("POST", f"{ONE}/fetch", {"author", "admin"}),
        ("GET", f"{ONE}/approve", {"approver", "admin"}),
        ("POST", f"{ONE}/approve", {"approver", "admin"}),
    ],
)
def test_a_role_opens_its_pages_and_no_other(
    app: Flask, chen: Member, method: str, path: str, roles: set[str]
) -> None:
    ask(chen)
    for role in ("author", "approver", "finance", "admin"):
        member = members.of(app, role, role)
        opened = (member.get if method == "GET" else member.post)(path)
        assert (opened.status_code == 403) == (role not in roles), role


@pytest.mark.parametrize("act", ["approve", "fetch"])
def test_a_sign_in_of_this_morning_is_asked_for_again(
    chen: Member, dana: Member, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    ask(chen)
    if act == "fetch":
        dana.post(f"{ONE}/approve")
    member = {"approve": dana, "fetch": chen}[act]
    monkeypatch.setattr("config.limits.FRESH_SIGN_IN_SECONDS", -1000)
    answer = member.post(f"{ONE}/{act}")
    assert answer.status_code == 303
    assert "/staff/sign-in" in answer.location or "verify" in answer.location
    assert AMIRA not in answer.text


def test_a_wish_that_is_not_there_is_missing(chen: Member, dana: Member) -> None:
    assert chen.get(ONE).status_code == 404
    assert dana.post(f"{ONE}/approve").status_code == 404
    assert fetch(chen).status_code == 404
