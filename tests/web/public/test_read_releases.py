"""A visitor reads what was published, and nothing else."""

import dataclasses

import pytest
from flask.testing import FlaskClient

from config import limits
from mailer.parts import Dateline
from tests import builders
from tests.web.public import visits
from tests.web.public.outline import Outline

ARABIC = builders.parts("خبر من المحكمة", language="ar", body="أفرجت المحكمة اليوم عن صحفية.")
NOWHERE = [
    "/releases/nothing",
    "/releases/%2e%2e",
    "/releases/a%20b",
    "/releases/é",
    "/releases/a/b",
]
PAGES = ["0", "-1", "2", "99999999999999999999", "9" * 5000]


def test_an_empty_list_says_so(client: FlaskClient) -> None:
    answer = client.get("/releases/")
    assert answer.status_code == 200
    assert "Nothing is published here yet" in answer.text


def test_a_draft_is_as_if_it_did_not_exist(client: FlaskClient) -> None:
    slug = builders.release("A secret headline")
    assert client.get(f"/releases/{slug}").status_code == 404
    for path in ("/", "/releases/", "/feed.atom", f"/releases/{slug}"):
        assert "A secret headline" not in client.get(path).text


@pytest.mark.parametrize("path", NOWHERE)
def test_a_release_that_is_not_there_is_a_page_that_says_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1>There is no such page</h1>" in answer.text


def test_a_release_shows_every_part_as_its_mail_does(client: FlaskClient) -> None:
    page = client.get(f"/releases/{visits.publish()}").text
    assert "<h1>Example: a journalist is free again</h1>" in page
    assert '<p><span class="dateline">EXAMPLE TOWN, 22 November 2026</span>' in page
    assert '<a href="https://example.org/case"' in page
    assert '<a href="mailto:press@example.org" dir="ltr">' in page
    assert '<a href="tel:+442079460000" dir="ltr">' in page
    assert "works for the free word" in page


def test_what_staff_wrote_cannot_become_markup(client: FlaskClient) -> None:
    evil = builders.parts(
        "<script>alert(1)</script>", body="<script>alert(2)</script> [x](javascript:3)"
    )
    page = client.get(f"/releases/{visits.publish(evil)}").text
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_a_release_without_the_parts_that_may_be_missing_is_a_page(client: FlaskClient) -> None:
    bare = dataclasses.replace(
        builders.parts(), dateline=Dateline(), contacts=(), boilerplate="", postal_address=""
    )
    page = client.get(f"/releases/{visits.publish(bare)}").text
    assert "Media contact" not in page
    assert Outline(page).faults() == []


def test_each_version_is_in_its_language_and_names_the_others(client: FlaskClient) -> None:
    slug = visits.publish(others=(ARABIC,))
    english, arabic = client.get(f"/releases/{slug}"), client.get(f"/releases/{slug}?lang=ar")
    article = Outline(arabic.text).all("article")[0]
    assert (article["lang"], article["dir"]) == ("ar", "rtl")
    assert Outline(english.text).all("article")[0]["lang"] == "en"
    for page in (english, arabic):
        links = [link for link in Outline(page.text).all("link") if link["rel"] == "alternate"]
        assert {link.get("hreflang") for link in links} == {None, "en", "ar"}


def test_a_release_in_one_language_offers_no_choice_of_languages(client: FlaskClient) -> None:
    page = Outline(client.get(f"/releases/{visits.publish()}").text)
    assert "languages" not in {nav.get("class") for nav in page.all("nav")}


@pytest.mark.parametrize("language", ["de", "xx", "english", "é", "../.."])
def test_a_language_that_a_release_lacks_is_not_found(client: FlaskClient, language: str) -> None:
    path = f"/releases/{visits.publish()}"
    assert client.get(path, query_string={"lang": language}).status_code == 404


def test_the_list_has_the_newest_first_and_is_cut_into_pages(client: FlaskClient) -> None:
    for number in range(limits.RELEASES_A_PAGE + 1):
        visits.publish(builders.parts(f"Release number {number}"))
    first, second = client.get("/releases/").text, client.get("/releases/?page=2").text
    assert first.index("Release number 20") < first.index("Release number 19")
    assert "Release number 0<" not in first
    assert "Release number 0<" in second
    assert 'href="/releases/?page=2"' in first
    assert 'href="/releases/"' in second


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_the_list_does_not_have_is_not_found(client: FlaskClient, page: str) -> None:
    answer = client.get("/releases/", query_string={"page": page})
    assert answer.status_code == (200 if len(page) > 4300 else 404)


def test_pages_may_be_kept_a_minute_and_are_not_sent_twice(client: FlaskClient) -> None:
    path = f"/releases/{visits.publish()}"
    for place in ("/", "/releases/", path, "/privacy"):
        first = client.get(place)
        assert first.headers["Cache-Control"] == "public, max-age=60"
        again = client.get(place, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
