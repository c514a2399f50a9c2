"""The report in the console: a page, the bytes its digest is over, and a table of what to look at."""

import hashlib

import pytest
from flask import Flask

from config import limits
from tests import builders
from tests.mailer.announcing.conftest import cancel
from tests.mailer.closing.conftest import close, end, kept, settle
from tests.web.staff import members
from tests.web.staff.members import Member

ONE = "/staff/announcements/1"


@pytest.fixture
def bo(app: Flask) -> Member:
    """Sign an administrator in, where the announcement 1 is over."""
    assert end() == 1
    return members.of(app, "bo", "admin")


def test_until_there_is_a_report_the_page_says_so(bo: Member) -> None:
    assert "made within seconds once the announcement is over" in bo.read(f"{ONE}/report")
    for suffix in ("json", "csv"):
        assert bo.get(f"{ONE}/report.{suffix}").status_code == 404


def test_the_page_shows_the_equation_who_and_each_case(bo: Member) -> None:
    close(1)
    page = bo.read(f"{ONE}/report")
    assert "6 recipients = 2 accepted + 2 refused + 1 skipped + 1 uncertain" in page
    for words in ("Chen", "Dana", "5.1.1 550 No such user", "the relay fell silent", "gmail"):
        assert words in page
    assert kept(1).digest.hex() in page
    assert "reader0@example.org" not in page


def test_tables_have_headings_that_a_screen_reader_says(bo: Member) -> None:
    close(1)
    page = bo.read(f"{ONE}/report")
    assert page.count("<table>") == page.count("<thead>") == 6
    assert '<th scope="row">gmail</th>' in page


def test_the_page_of_the_announcement_leads_to_it(bo: Member) -> None:
    assert f'href="{ONE}/report"' in bo.read(ONE)


def test_what_a_relay_says_is_text(bo: Member) -> None:
    settle(3, "refused", "5.1.1 550 <script>", 0, None)
    close(1)
    page = bo.read(f"{ONE}/report")
    assert "550 &lt;script&gt;" in page
    assert "<script>" not in page


def test_a_long_list_is_cut_and_the_rest_counted(
    bo: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REPORT_SHOWN", 1)
    close(1)
    assert "1 more are in the CSV." in bo.read(f"{ONE}/report")


def test_the_json_file_has_the_digest(bo: Member) -> None:
    close(1)
    answer = bo.get(f"{ONE}/report.json")
    assert hashlib.sha256(answer.data).digest() == kept(1).digest
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="announcement-1-report.json"'
    )


def test_the_csv_is_a_file_without_formulas(bo: Member) -> None:
    settle(3, "refused", "=cmd()", 0, None)
    close(1)
    answer = bo.client.get(f"{ONE}/report.csv", buffered=True)
    assert answer.mimetype == "text/csv"
    assert "3,refused,,'=cmd(),other\r\n" in answer.text


def test_what_never_started_has_a_page_too(app: Flask, bo: Member) -> None:
    id_ = builders.announcement(builders.release("Other"), author=bo.staff)
    cancel(id_, None)
    close(id_)
    page = bo.read(f"/staff/announcements/{id_}/report")
    assert "0 recipients = 0 accepted" in page
    assert "<dt>Started</dt><dd>never</dd>" in page
