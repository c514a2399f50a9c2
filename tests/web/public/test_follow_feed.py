"""A feed reader follows the releases."""

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import limits
from config.settings import Settings
from tests import builders
from tests.web.public import visits
from web.public import feed
from web.public.published import Published
from wiring.core import core

ARABIC = builders.parts("خبر من المحكمة", language="ar", body="أفرجت المحكمة اليوم عن صحفية.")


@pytest.mark.parametrize("releases", [0, 1, 3])
def test_the_feed_is_well_formed_with_what_atom_asks_for(
    client: FlaskClient, releases: int
) -> None:
    for number in range(releases):
        visits.publish(builders.parts(f"Release {number} & <more>"))
    answer = client.get("/feed.atom")
    parsed = feedparser.parse(answer.data)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert (parsed.bozo, parsed.version, len(parsed.entries)) == (False, "atom10", releases)
    assert all(parsed.feed[name] for name in ("id", "title", "updated", "author"))
    assert parsed.feed.links[0].href == "http://127.0.0.1:8000/feed.atom"


def test_an_entry_has_the_whole_release(client: FlaskClient) -> None:
    slug = visits.publish()
    entry = feedparser.parse(client.get("/feed.atom").data).entries[0]
    assert entry.title == "Example: a journalist is free again"
    assert entry.link == f"http://127.0.0.1:8000/releases/{slug}"
    assert "EXAMPLE TOWN, 22 November 2026" in entry.content[0].value
    assert entry.updated == entry.published


def test_an_entry_links_the_versions_in_other_languages(client: FlaskClient) -> None:
    slug = visits.publish(others=(ARABIC,))
    links = feedparser.parse(client.get("/feed.atom").data).entries[0].links
    assert [link.hreflang for link in links] == ["en", "ar"]
    assert links[1].href.endswith(f"/releases/{slug}?lang=ar")


def test_the_newest_come_first_and_old_ones_fall_off(client: FlaskClient) -> None:
    for number in range(limits.FEED_ENTRIES + 1):
        visits.publish(builders.parts(f"Release {number}"))
    titles = [entry.title for entry in feedparser.parse(client.get("/feed.atom").data).entries]
    assert titles == [f"Release {number}" for number in range(limits.FEED_ENTRIES, 0, -1)]


def test_ids_stay_when_the_site_moves_and_when_more_is_published(
    client: FlaskClient, settings: Settings
) -> None:
    visits.publish()
    before = feedparser.parse(client.get("/feed.atom").data).entries[0].id
    visits.publish(builders.parts("Another"))
    with visits.site(settings, base_url="https://new.example.org") as moved:
        after = feedparser.parse(moved.get("/feed.atom").data)
    assert after.entries[1].id == before
    assert after.entries[1].link.startswith("https://new.example.org/releases/")


def test_a_feed_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    visits.publish()
    first = client.get("/feed.atom")
    again = client.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    visits.publish()
    later = client.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200


@given(headline=st.text(min_size=1), body=st.text(min_size=1))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_at_all_breaks_the_feed(app: Flask, headline: str, body: str) -> None:
    parts = builders.parts(headline, body=body)
    release = Published("slug", parts, builders.NOW, builders.NOW, ("en",))
    organisation = core().organisation
    document = feed.document(
        [release],
        language="en",
        query="",
        organisation=organisation,
        base_url="https://x",
        authority="example.org",
    )
    parsed = feedparser.parse(document)
    assert (parsed.bozo, len(parsed.entries)) == (False, 1)
