"""A test copy says what the release says, to the staff member who asked, for an hour."""

from datetime import UTC, datetime

from flask import Flask

from db.session import transaction
from mailer import outbox, previews, releases
from tests import builders

CHEN = "chen@example.org"


def test_a_test_copy_holds_the_release_as_it_is_now(app: Flask) -> None:
    slug, now = builders.release(), datetime.now(UTC)
    with transaction() as session:
        version = releases.named(session, slug).versions[0]
        id_ = previews.queue_test(session, version, address=CHEN, now=now)
    with transaction() as session:
        release = releases.named(session, slug)
        releases.edit(session, release, builders.parts("Other"), revision=release.revision)
        letter = outbox.letter(session, id_)
    assert releases.from_json(letter.context["parts"]) == builders.parts()  # type: ignore[arg-type] # JSON
    assert (letter.address, letter.template, letter.context["slug"]) == (CHEN, "release", slug)
    assert (letter.expires_at - now).total_seconds() == 3600
