"""Somebody else has a mail of Amira's, with its links: they read nothing, export nothing, erase nothing.

And whoever opens a link without pressing a button, such as a scanner of mail, changes nothing.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from db.session import transaction
from mailer.models.subscribers import Subscriber
from tests import builders
from tests.cast import AMIRA
from tests.web.public import own_links, visits

FIELDS = {
    "sure": "yes",
    "days": "30",
    "topic": "courts",
    "language": "ru",
    "address": "eve@example.org",
    "reason": "other",
}
SECRETS = (AMIRA, "amira", "Courts with a name of their own")
NEW = "amira.new@example.org"


@pytest.fixture
def amira(client: FlaskClient) -> int:
    """Give the id of Amira, who has asked for a fresh link and to be moved."""
    builders.topic("courts", SECRETS[2])
    id_ = builders.subscriber(AMIRA, topic_slugs=("courts",))
    builders.topic("releases")
    with transaction() as session:
        session.execute(update(Subscriber).values(language="fr"))
    client.post(f"{own_links.manage(id_)}/link")
    client.post(f"{own_links.fresh(id_)}/address", data={"address": NEW})
    return id_


def tokens(amira: int) -> dict[str, str]:
    """Return what the links of a forwarded release carry."""
    return {
        "manage": own_links.manage(amira).rpartition("/")[2],
        "unsubscribe": visits.unsubscribe_path(amira).rpartition("/")[2],
    }


def doors(app: Flask) -> list[str]:
    """Return every public path that takes a token."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "token>" in rule.rule and not rule.rule.startswith("/staff")
    )


def walk(client: FlaskClient, app: Flask, token: str, method: str) -> list[tuple[str, int, str]]:
    """Try a token at every door; return path, status and page of each."""
    found = []
    for door in doors(app):
        path = re.sub(r"<(path:)?token>", token, door)
        answer = client.open(path, method=method, data=FIELDS if method == "POST" else None)
        found.append((path, answer.status_code, answer.text))
    return found


def test_the_walk_meets_every_door(app: Flask) -> None:
    assert len(doors(app)) >= 10
    assert "/manage/<token>/data.json" in doors(app)
    assert "/manage/<token>/erasure" in doors(app)


@pytest.mark.parametrize("link", ["manage", "unsubscribe"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forwarded_link_reads_and_exports_nothing(
    app: Flask, client: FlaskClient, amira: int, link: str, method: str
) -> None:
    for path, _, page in walk(client, app, tokens(amira)[link], method):
        shown = [secret for secret in SECRETS if secret in page]
        assert shown == [], path
        assert not page.startswith("{"), path


@pytest.mark.parametrize("link", ["manage", "unsubscribe"])
def test_a_forwarded_link_erases_moves_and_chooses_nothing(
    app: Flask, client: FlaskClient, amira: int, link: str
) -> None:
    before = own_links.row(amira)
    walk(client, app, tokens(amira)[link], "POST")
    after = own_links.row(amira)
    kept = ("address", "address_index", "erased_at", "language", "plain_only", "token_version")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert [topic.slug for topic in after.topics] == ["courts"]
    assert "erased" not in own_links.kinds()


def test_the_same_walk_with_a_fresh_link_does_read_and_erase(
    app: Flask, client: FlaskClient, amira: int
) -> None:
    token = own_links.fresh(amira).rpartition("/")[2]
    assert any(AMIRA in page for _, _, page in walk(client, app, token, "GET"))
    walk(client, app, token, "POST")
    assert own_links.row(amira).erased_at is not None


def links(amira: int) -> dict[str, str]:
    """Return every link that a subscriber is ever mailed, as a path."""
    return {
        "manage": own_links.manage(amira),
        "unsubscribe": visits.unsubscribe_path(amira),
        "fresh": own_links.mailed("manage-link", "fresh_url"),
        "address change": own_links.mailed("address-change", "confirm_url"),
        "told": own_links.mailed("address-change-told", "manage_url"),
    }


def test_opening_every_link_three_times_by_get_and_head_changes_nothing(
    client: FlaskClient, amira: int
) -> None:
    before = visits.everything()
    for path in links(amira).values():
        for method in ("HEAD", "GET") * 3:
            assert client.open(path, method=method).status_code == 200
    assert visits.everything() == before


def test_following_every_get_from_a_fresh_page_changes_nothing(
    app: Flask, client: FlaskClient, amira: int
) -> None:
    before = visits.everything()
    for token in (own_links.fresh(amira).rpartition("/")[2], *tokens(amira).values()):
        for method in ("GET", "HEAD"):
            walk(client, app, token, method)
    assert visits.everything() == before


def test_after_the_scanner_the_person_still_succeeds(client: FlaskClient, amira: int) -> None:
    for path in links(amira).values():
        client.get(path)
    assert client.post(own_links.mailed("address-change", "confirm_url")).status_code == 200
    assert client.get(own_links.fresh(amira, 2)).status_code == 200
