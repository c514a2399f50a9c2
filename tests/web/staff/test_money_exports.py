"""Finance and administrators download the books of some days, and the audit log has it first."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from db.session import transaction
from staff.models import AuditEntry
from tests.cast import BORIS
from tests.payments.exporting import checker, made_up
from tests.payments.receipts import giver
from tests.web.staff import members
from tests.web.staff.members import Member

PAGE = "/staff/donations/exports"
YEAR = {"first": "2026-01-01", "last": "2026-12-31", "format": "hledger"}


@pytest.fixture
def fatima(app: Flask) -> Member:
    """Sign the one in who keeps the books, in which there are a gift of Boris's and its line."""
    with transaction() as session:
        giver.paid(session)
        made_up.written(session)
    return members.of(app, "fatima", "finance")


def fetch(member: Member, kind: str, **more: str) -> TestResponse:
    """Ask for a file of the year, and read it to its end as a browser does."""
    data = {"csrf_token": member.token, "kind": kind, **YEAR, **more}
    return member.client.post(PAGE, data=data, buffered=True)


def details() -> list[str]:
    with transaction() as session:
        exports = AuditEntry.act == "donations.export"
        return list(session.scalars(select(AuditEntry.detail).where(exports)))


@pytest.mark.parametrize("kind", ["gifts", "ledger", "payouts"])
def test_a_csv_is_an_attachment_that_nothing_keeps(fatima: Member, kind: str) -> None:
    answer = fetch(fatima, kind)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = f'attachment; filename="{kind}-2026-01-01-2026-12-31.csv"'
    assert answer.headers["Content-Disposition"] == name
    assert "no-store" in answer.headers["Cache-Control"]
    assert details() == [f"{kind} as csv, 2026-01-01 to 2026-12-31"]


@pytest.mark.parametrize(
    ("format_", "ending"), [("hledger", "journal"), ("beancount", "beancount")]
)
def test_a_journal_has_the_ending_of_its_program(fatima: Member, format_: str, ending: str) -> None:
    answer = fetch(fatima, "journal", format=format_)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith(f'.{ending}"')
    assert len(checker.read(answer.text).entries) == 1


def test_nobody_is_named_unless_the_box_is_ticked(fatima: Member) -> None:
    assert BORIS not in fetch(fatima, "gifts").text
    assert BORIS in fetch(fatima, "gifts", names="yes").text
    assert [said.endswith(", with names") for said in details()] == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": ""},
        {"first": "2026-13-01"},
        {"last": "2025-01-01"},
        {"last": "9999-12-31"},
        {"first": "1" * 10_000},
        {"kind": "everything"},
        {"kind": ""},
        {"kind": "journal", "format": "quicken"},
        {"kind": "ledger", "names": "yes"},
    ],
)
def test_what_is_no_file_is_said_beside_the_form(fatima: Member, wrong: dict[str, str]) -> None:
    answer = fatima.post(PAGE, **({"kind": "gifts", **YEAR} | wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert details() == []


@pytest.mark.parametrize("odd", [b"2026-12-31\0", b"\xff"])
def test_what_is_no_text_is_refused(fatima: Member, odd: bytes) -> None:
    assert fatima.post(PAGE, **(YEAR | {"kind": "gifts", "last": odd})).status_code == 400
    assert details() == []


def test_what_was_typed_stays_in_the_form(fatima: Member) -> None:
    page = fetch(fatima, "journal", last="2025-12-31", format="beancount").text
    assert 'value="2025-12-31"' in page
    assert re.search(r'value="journal"\s+checked', page)
    assert "<option selected>beancount" in page


def test_the_form_offers_every_file_and_says_whose_days(fatima: Member) -> None:
    page = fatima.read(PAGE)
    for words in ("gifts", "ledger", "payouts", "journal", "beancount", "UTC"):
        assert words in page
    assert page.count(" checked") == 1


def test_empty_books_say_so_instead(app: Flask) -> None:
    page = members.of(app, "fatima", "finance").read(PAGE)
    assert "nothing in the books yet" in page
    assert 'name="kind"' not in page


@pytest.mark.parametrize("role", ["author", "approver", "finance", "admin"])
def test_it_is_for_finance_and_administrators(app: Flask, role: str) -> None:
    member = members.of(app, role, role)
    refused = {member.get(PAGE).status_code == 403, fetch(member, "gifts").status_code == 403}
    assert refused == {role not in {"finance", "admin"}}


def test_a_stranger_is_sent_to_the_sign_in(app: Flask) -> None:
    answer = members.browser(app).get(PAGE)
    assert answer.status_code == 303
    assert answer.location.startswith("/staff/sign-in?next=")


def test_a_form_without_its_token_gives_nothing(fatima: Member) -> None:
    fatima.token = ""
    assert fetch(fatima, "gifts").status_code == 400
    assert details() == []


def test_a_sign_in_of_this_morning_is_asked_for_again(
    fatima: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.limits.FRESH_SIGN_IN_SECONDS", -1000)
    for answer in (fatima.get(PAGE), fetch(fatima, "gifts", names="yes")):
        assert answer.status_code == 303
        assert BORIS not in answer.text
    assert details() == []
