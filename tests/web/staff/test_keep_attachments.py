"""An author adds files to a draft; whoever approves reads them; a stranger's body is not read for it."""

import io

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from config import limits
from db.session import transaction
from mailer import releases
from tests import builders
from tests.cast import hire
from tests.mailer.attachments import files
from tests.web.browser import Browser
from tests.web.staff import members

SLUG = "example-a-journalist-is-free-again"
PAGE = f"/staff/releases/{SLUG}"


@pytest.fixture
def chen(app: Flask) -> members.Member:
    """Sign in Chen, an author, who has a draft."""
    builders.release()
    return members.of(app, "chen", "author")


def send(client: Browser, content: bytes, name: str = "Report.pdf", **fields: str) -> TestResponse:
    """Post a form with a file; encoded here, as Werkzeug's client leaves a large one's file open."""
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(content), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(f"{PAGE}/attachments", data=body, content_type=kind)


def upload(member: members.Member, name: str = "Report.pdf", content: bytes = files.PDF) -> str:
    """Upload a file; return the page that comes next."""
    answer = send(member.client, content, name, csrf_token=member.token)
    assert answer.status_code == 303
    return member.read(answer.location)


def kept() -> list[str]:
    with transaction() as session:
        return [each.name for each in releases.named(session, SLUG).attachments]


def test_a_file_is_added_shown_read_and_taken_away(chen: members.Member, app: Flask) -> None:
    page = upload(chen)
    assert "Report.pdf is added." in page
    assert "travels in the mail" in page
    answer = members.of(app, "dana", "approver").get(f"{PAGE}/attachments/Report.pdf")
    assert (answer.data, answer.headers["Cache-Control"]) == (files.PDF, "no-store")
    chen.post(f"{PAGE}/attachments/remove", name="Report.pdf")
    assert (kept(), members.acts()) == ([], ["release.attach", "release.detach"])


def test_a_large_file_is_taken_up_to_the_limit(chen: members.Member) -> None:
    upload(chen, content=files.PDF.ljust(limits.ATTACHMENT_BYTES))
    assert kept() == ["Report.pdf"]
    assert "larger than 20 MB" in upload(
        chen, "more.pdf", files.PDF.ljust(limits.ATTACHMENT_BYTES + 1)
    )
    assert kept() == ["Report.pdf"]


def test_what_is_far_too_large_is_not_read(chen: members.Member) -> None:
    answer = send(chen.client, bytes(limits.ATTACHMENT_BODY_BYTES), csrf_token=chen.token)
    assert answer.status_code == 413


def test_only_a_file_may_be_large(chen: members.Member) -> None:
    long = "x" * (limits.STAFF_BODY_BYTES + 1)
    answer = send(chen.client, b"x", language=long, csrf_token=chen.token)
    assert answer.status_code == 413
    assert chen.post(f"{PAGE}/attachments/remove", name=long).status_code == 413


def test_who_is_not_signed_in_may_send_no_more_than_to_any_page(app: Flask) -> None:
    assert send(members.browser(app), bytes(limits.STAFF_BODY_BYTES)).status_code == 413


def test_a_refused_file_is_said_on_the_page(chen: members.Member) -> None:
    assert "no PDF" in upload(chen, content=b"<html>")
    assert "Choose a file first." in chen.read(chen.post(f"{PAGE}/attachments").location)
    gone = chen.post(f"{PAGE}/attachments/remove", name="nothing.pdf")
    assert "no file called nothing.pdf" in chen.read(gone.location)
    assert kept() == []


def test_an_approver_may_read_but_not_change(app: Flask) -> None:
    builders.release()
    dana = members.of(app, "dana", "approver")
    answer = dana.post(f"{PAGE}/attachments", file=(io.BytesIO(files.PDF), "a.pdf"))
    assert answer.status_code == 403
    assert "Add a file" not in dana.read(PAGE)


def test_a_release_that_was_sent_offers_no_change(chen: members.Member) -> None:
    builders.announcement(SLUG, author=chen.staff, approver=hire("dana"))
    answer = chen.post(f"{PAGE}/attachments", file=(io.BytesIO(files.PDF), "a.pdf"))
    assert answer.status_code == 409
    assert "Add a file" not in chen.read(PAGE)
