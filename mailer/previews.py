"""Test copies: the mail a reader would get, sent to the staff member who asks for it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config import limits
from mailer import outbox, releases, surroundings
from mailer.links import Links
from mailer.models.announcements import Audience
from mailer.models.releases import ReleaseVersion


def queue_test(
    session: Session,
    version: ReleaseVersion,
    *,
    address: str,
    audience: Audience,
    links: Links,
    now: datetime,
) -> int:
    """Queue a test copy of a version as this audience would get it now; return its delivery's id."""
    around = surroundings.of_mail(
        version.release, version.language, links=links, audience=audience, at=now
    )
    return outbox.queue(
        session,
        template="release",
        address=address,
        language=version.language,
        context={
            "parts": releases.as_json(releases.parts(version)),
            "slug": version.release.slug,
            "around": surroundings.as_json(around),
        },
        now=now,
        expires_at=now + timedelta(seconds=limits.TEST_COPY_SECONDS),
    )
