"""Staff read what a file tells besides what it shows, and take it out with one press."""

import base64
import io
import zlib

import pytest
from flask import Flask

from db.session import transaction
from mailer import attachments, releases
from tests import builders
from tests.mailer.attachments import files
from tests.mailer.metadata import pictures
from tests.web.staff import members

SLUG = "example-a-journalist-is-free-again"
PAGE = f"/staff/releases/{SLUG}"
PHOTO = pictures.jpeg(pictures.JFIF, pictures.exif_segment())
TELLS = "This JPEG says where it was taken (GPS)"


def attach(name: str = "photo.jpg", content: bytes = PHOTO) -> None:
    """Add a file to the draft."""
    with transaction() as session:
        attachments.add(session, releases.named(session, SLUG), name=name, content=content)


def unpacked(cookie: str) -> bytes:
    """Return what a session's cookie holds (itsdangerous: base64, packed where that is shorter)."""
    text = cookie.lstrip(".").partition(".")[0]
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return zlib.decompress(raw) if cookie.startswith(".") else raw


@pytest.fixture
def chen(app: Flask) -> members.Member:
    """Sign in Chen, an author, who has a draft with a photograph."""
    builders.release()
    attach()
    return members.of(app, "chen", "author")


def test_the_page_says_what_a_photograph_tells_and_one_press_takes_it_out(
    chen: members.Member,
) -> None:
    assert TELLS in chen.read(PAGE)
    assert "Take it out of the file" in chen.read(PAGE)
    answer = chen.post(f"{PAGE}/attachments/clean", name="photo.jpg")
    assert answer.location == f"{PAGE}#attachments"
    page = chen.read(PAGE)
    assert "photo.jpg shows the same, and tells nothing else any more." in page
    assert TELLS not in page
    assert b"Noor" not in chen.get(f"{PAGE}/attachments/photo.jpg").data
    assert members.acts() == ["release.clean"]


def test_of_a_document_the_page_says_how_a_person_takes_it_out(chen: members.Member) -> None:
    attach("report.pdf", files.PDF + b"<</Author (Noor <b>Example)>>")
    page = chen.read(PAGE)
    assert "This PDF says who made it (Noor &lt;b&gt;Example)." in page
    assert "export that anew" in page
    assert page.count("Take it out of the file") == 1


def test_the_answer_to_an_upload_warns_and_keeps_names_out_of_the_cookie(
    chen: members.Member,
) -> None:
    answer = chen.post(f"{PAGE}/attachments", file=(io.BytesIO(PHOTO), "more.jpg"))
    cookie = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    assert b"Noor" not in unpacked(cookie)
    assert b"tells more than it shows" in unpacked(cookie)
    assert "The file tells more than it shows" in chen.read(PAGE)


def test_who_approves_is_told_before_the_press(chen: members.Member, app: Flask) -> None:
    builders.announcement(SLUG, author=chen.staff)
    dana = members.of(app, "dana", "approver")
    assert TELLS in dana.read("/staff/announcements/1/approve")
    page = dana.read(PAGE)
    assert TELLS in page
    assert "Take it out of the file" not in page
    assert dana.post(f"{PAGE}/attachments/clean", name="photo.jpg").status_code == 403


@pytest.mark.parametrize(
    ("name", "said"), [("nothing.jpg", "no file called nothing.jpg"), ("a.pdf", "export that anew")]
)
def test_what_cannot_be_cleaned_is_said(chen: members.Member, name: str, said: str) -> None:
    attach("a.pdf", files.PDF)
    answer = chen.post(f"{PAGE}/attachments/clean", name=name)
    assert said in chen.read(answer.location)
    assert members.acts() == []
