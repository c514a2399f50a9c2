"""Another program reads the published releases in JSON."""

import pytest
from flask.testing import FlaskClient

from config import limits
from db.session import transaction
from mailer import attachments, releases
from mailer.models.releases import Amends
from tests import builders
from tests.mailer.attachments import files
from tests.web.api.callers import SITE
from tests.web.public import visits

FRENCH = builders.parts("Un journaliste est libre", language="fr")


def test_a_release_has_every_part_of_every_version(client: FlaskClient) -> None:
    slug = visits.publish(others=(FRENCH,))
    found = client.get(f"/api/v1/releases/{slug}").get_json()
    assert found["url"] == f"http://127.0.0.1:8000/releases/{slug}"
    for parts, version in zip((builders.parts(), FRENCH), found["versions"], strict=True):
        said = releases.as_json(parts)
        said |= said.pop("dateline") | {"url": f"{found['url']}?lang={parts.language}"}
        said["contacts"] = list(said["contacts"])
        assert version == said


def test_its_files_and_what_it_amends_are_told(client: FlaskClient) -> None:
    earlier, later = visits.publish(), visits.publish(builders.parts("What we got wrong"))
    with transaction() as session:
        release = releases.named(session, later)
        attachments.add(session, release, name="report.pdf", content=files.PDF)
        release.amends, release.amended = Amends.CORRECTION, releases.named(session, earlier)
    corrected, correction = (
        client.get(f"/api/v1/releases/{slug}").get_json() for slug in (earlier, later)
    )
    assert client.get(correction["attachments"][0]["url"]).data == files.PDF
    assert (correction["amends"]["kind"], correction["amends"]["slug"]) == ("correction", earlier)
    assert [each["slug"] for each in corrected["amended_by"]] == [later]
    assert (corrected["amends"], correction["amended_by"]) == (None, [])


def test_the_list_is_cut_into_pages_with_the_newest_first(client: FlaskClient) -> None:
    for number in range(limits.API_RELEASES_A_PAGE + 1):
        visits.publish(builders.parts(f"Number {number}"))
    first, second = (client.get(f"/api/v1/releases?page={n}").get_json() for n in (1, 2))
    assert first["releases"][0]["slug"] == "number-20"
    assert [each["slug"] for each in second["releases"]] == ["number-0"]
    assert (first["pages"], second["page"]) == (2, 2)


@pytest.mark.parametrize(
    ("path", "status"),
    [("?page=2", 404), ("?page=0", 422), ("?page=x", 422), ("?page=99999999", 422), ("/x", 404)],
)
def test_what_is_not_there_is_a_problem(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(f"/api/v1/releases{path}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_draft_is_as_if_it_did_not_exist(client: FlaskClient) -> None:
    slug = builders.release()
    assert client.get(f"/api/v1/releases/{slug}").status_code == 404
    assert client.get("/api/v1/releases").get_json()["releases"] == []


def test_an_answer_may_be_kept_and_a_listed_site_may_read_it(site: FlaskClient) -> None:
    path = f"/api/v1/releases/{visits.publish()}"
    answer = site.get(path, headers={"Origin": SITE})
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    again = site.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
