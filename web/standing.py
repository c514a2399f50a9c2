"""Where a release stands, in the one word that console and commands use for it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from mailer import announcements, releases
from mailer.models.announcements import Announcement
from mailer.models.releases import Release

DRAFT = "draft"
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Standing:
    """A release's announcement, if it has one that was not cancelled, and whether the public reads it."""

    announcement: Announcement | None
    is_public: bool

    @property
    def word(self) -> str:
        """The announcement's state; without one, 'public' or 'draft'."""
        if self.announcement is not None:
            return self.announcement.state.value
        return PUBLIC if self.is_public else DRAFT


def is_fixed(session: Session, release: Release) -> bool:
    """Return whether a release was sent to readers, so that it is not changed any more."""
    try:
        releases.refuse_if_fixed(session, release)
    except releases.ReleaseIsFixed:
        return True
    return False


def of(session: Session, release: Release) -> Standing:
    """Say where a release stands."""
    return Standing(
        announcements.of_release(session, release),
        releases.is_public(release, now=datetime.now(UTC)),
    )
