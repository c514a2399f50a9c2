"""Test copies: the mail a reader would get, sent to the staff member who asks for it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config import limits
from mailer import outbox, releases
from mailer.models.releases import ReleaseVersion


def queue_test(session: Session, version: ReleaseVersion, *, address: str, now: datetime) -> int:
    """Queue a test copy of a version as it is now; return its delivery's id."""
    return outbox.queue(
        session,
        template="release",
        address=address,
        language=version.language,
        context={"parts": releases.as_json(releases.parts(version)), "slug": version.release.slug},
        now=now,
        expires_at=now + timedelta(seconds=limits.TEST_COPY_SECONDS),
    )
