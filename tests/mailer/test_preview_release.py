"""A test copy says what the release says, to the staff member who asked, for an hour."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

from flask import Flask

from db.session import transaction
from mailer import attachments, outbox, previews, releases
from mailer.composing import Composer
from mailer.models.announcements import Audience
from tests import builders
from tests.mailer.attachments import files
from wiring.core import core

CHEN = "chen@example.org"


def test_a_test_copy_holds_the_release_as_it_is_now(app: Flask) -> None:
    slug, now = builders.release(), datetime.now(UTC)
    with transaction() as session:
        version = releases.named(session, slug).versions[0]
        id_ = previews.queue_test(
            session, version, address=CHEN, audience=Audience.PUBLIC, links=core().links, now=now
        )
    with transaction() as session:
        release = releases.named(session, slug)
        releases.edit(session, release, builders.parts("Other"), revision=release.revision)
        letter = outbox.letter(session, id_)
    assert releases.from_json(letter.context["parts"]) == builders.parts()  # type: ignore[arg-type] # JSON
    assert (letter.address, letter.template, letter.context["slug"]) == (CHEN, "release", slug)
    assert (letter.expires_at - now).total_seconds() == 3600


def test_a_test_copy_of_an_early_mail_has_its_banner_and_its_files(app: Flask) -> None:
    slug, now = builders.release(), datetime.now(UTC)
    with transaction() as session:
        release = releases.named(session, slug)
        releases.set_embargo(session, release, now + timedelta(days=1), "Europe/Paris")
        attachments.add(session, release, name="Report.pdf", content=files.PDF)
        version, links = release.versions[0], core().links
        early = Audience.EARLY
        id_ = previews.queue_test(
            session, version, address=CHEN, audience=early, links=links, now=now
        )
        letter = outbox.letter(session, id_)
    copy = Composer(core().sender, links, core().organisation).letter_copy(letter, now=now)
    message = email.message_from_bytes(copy.content.message, policy=email.policy.default)
    assert message["Subject"].startswith("[Test] [EMBARGOED until ")
    assert [part.get_content() for part in message.iter_attachments()] == [files.PDF]
