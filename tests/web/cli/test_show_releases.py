from flask import Flask

from db.session import transaction
from mailer import releases
from tests import builders
from tests.cast import hire
from tests.web.cli import commands


def test_every_part_of_every_version_is_shown(app: Flask) -> None:
    slug = builders.release()
    with transaction() as session:
        french = builders.parts("Un journaliste est libre", language="fr")
        releases.edit(session, releases.named(session, slug), french, revision=1)
    shown = commands.value(app, "releases", "show", slug)
    assert [version["language"] for version in shown["versions"]] == ["en", "fr"]
    with transaction() as session:
        assert [releases.from_json(version) for version in shown["versions"]] == [
            builders.parts(),
            french,
        ]


def test_people_read_the_same_parts(app: Flask) -> None:
    output = commands.run(app, "releases", "show", builders.release()).stdout
    for words in (
        "[en] Example: a journalist",
        "Noor Example, press@example.org",
        "1 Example Street",
    ):
        assert words in output


def test_the_state_follows_the_announcement(app: Flask) -> None:
    slug = builders.release()
    assert commands.value(app, "releases", "show", slug)["state"] == "draft"
    builders.announcement(slug, author=hire("chen"), approver=hire("dana"))
    shown = commands.value(app, "releases", "show", slug)
    assert (shown["state"], shown["announcement"]) == ("preparing", 1)
    assert shown["published_at"]


def test_all_releases_are_listed_newest_first(app: Flask) -> None:
    builders.release("First")
    builders.release("Second")
    assert [row["slug"] for row in commands.value(app, "releases", "list")] == ["second", "first"]
    assert "draft       second  Second" in commands.run(app, "releases", "list").stdout


def test_no_release_at_all_is_said_to_people_and_an_empty_list_to_scripts(app: Flask) -> None:
    assert "There are no releases yet" in commands.run(app, "releases", "list").stdout
    assert commands.value(app, "releases", "list") == []


def test_an_unknown_slug_is_refused(app: Flask) -> None:
    assert "There is no release called nothing" in commands.refused(
        app, "releases", "show", "nothing"
    )
