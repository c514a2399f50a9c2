"""A reader fetches the files of a published release, and nobody those of a draft."""

import hashlib

import feedparser
import pytest
from flask.testing import FlaskClient

from config import limits
from db.session import transaction
from mailer import attachments, releases
from tests import builders
from tests.mailer.attachments import files
from tests.web.public import visits

LARGE = files.PDF + bytes(range(256)) * 2_000
NAME = "Bericht März.pdf"


def attach(slug: str, name: str = NAME, content: bytes = LARGE, language: str | None = None) -> str:
    with transaction() as session:
        release = releases.named(session, slug)
        attachments.add(session, release, name=name, content=content, language=language)
    return f"/releases/{slug}/attachments/{name}"


def test_a_file_comes_whole_to_be_saved_and_never_shown(client: FlaskClient) -> None:
    answer = client.get(attach(visits.publish()))
    assert (answer.status_code, answer.data, answer.mimetype) == (200, LARGE, "application/pdf")
    assert answer.content_length == len(LARGE)
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''Bericht%20M")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert answer.headers["Cache-Control"] == f"public, max-age={limits.ATTACHMENT_SECONDS}"


def test_a_file_that_one_has_is_not_sent_again(client: FlaskClient) -> None:
    path = attach(visits.publish())
    etag = f'"{hashlib.sha256(LARGE).hexdigest()}"'
    assert client.get(path).headers["ETag"] == etag
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("start", [0, 1, limits.ATTACHMENT_BLOCK_BYTES, len(LARGE) - 1])
def test_a_download_that_broke_off_goes_on_from_there(client: FlaskClient, start: int) -> None:
    answer = client.get(attach(visits.publish()), headers={"Range": f"bytes={start}-"})
    assert (answer.status_code, answer.data) == (206, LARGE[start:])


def test_a_range_that_there_is_not_is_refused(client: FlaskClient) -> None:
    answer = client.get(attach(visits.publish()), headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416


def test_the_files_of_a_draft_are_as_if_they_did_not_exist(client: FlaskClient) -> None:
    slug = builders.release()
    assert client.get(attach(slug)).status_code == 404
    assert client.get(f"/releases/{slug}/attachments/x.pdf").status_code == 404


@pytest.mark.parametrize("name", ["x.pdf", "%2e%2e", "a%0ab", NAME.upper()])
def test_a_file_that_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    slug = visits.publish()
    attach(slug)
    assert client.get(f"/releases/{slug}/attachments/{name}").status_code == 404


def test_a_page_lists_the_files_of_its_version_with_kind_and_size(client: FlaskClient) -> None:
    french = builders.parts("Un journaliste", language="fr")
    slug = visits.publish(others=(french,))
    attach(slug)
    attach(slug, "chiffres.csv", b"a,b\n", "fr")
    english, other = (
        client.get(f"/releases/{slug}").text,
        client.get(f"/releases/{slug}?lang=fr").text,
    )
    assert f'href="/releases/{slug}/attachments/Bericht%20M%C3%A4rz.pdf" download' in english
    assert "Bericht März, PDF, 500 kB" in english
    assert "chiffres" not in english
    assert "Pièces jointes" in other
    assert "chiffres, CSV, 1\u202fko" in other


def test_the_feed_encloses_the_files(client: FlaskClient) -> None:
    path = attach(visits.publish())
    (found,) = feedparser.parse(client.get("/feed.atom").data).entries[0].enclosures
    assert (found.type, found.length) == ("application/pdf", str(len(LARGE)))
    assert client.get(found.href).data == LARGE
    assert found.href.startswith("http://127.0.0.1:8000" + path[:20])
