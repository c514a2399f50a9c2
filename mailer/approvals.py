"""Approvals: a second person takes responsibility for exactly what would be sent, and to whom."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from config import limits
from mailer import announcements, releases
from mailer.announcements import AnnouncementRefused
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement
from mailer.models.releases import Attachment


class SamePerson(AnnouncementRefused):
    """The author tried to approve their own announcement."""


class ContentChanged(AnnouncementRefused):
    """What was proposed or approved is no longer what would be sent."""


class VersionNotRead(AnnouncementRefused):
    """The approver has not said that they read every version."""


def approve(
    session: Session,
    announcement: Announcement,
    *,
    approver_id: int,
    now: datetime,
    read: Collection[str] | None,
    break_glass: str | None = None,
) -> None:
    """Approve exactly what was proposed.

    `read` names the languages of the versions that the approver has read; None stands for all of them.
    `break_glass` is why the author does it alone: kept, and told to staff. Raise SamePerson,
    VersionNotRead, ContentChanged or lifecycle.NotLawful.
    """
    announcements.lock(session, announcement)
    alone = announcement.author_id == approver_id
    reason = " ".join((break_glass or "").split()) if alone else ""
    if alone and len(reason) < limits.BREAK_GLASS_LENGTH:
        raise SamePerson(
            "You proposed this announcement; another staff member must approve it. Where nobody can, "
            f"write why, in {limits.BREAK_GLASS_LENGTH} characters or more: it is kept, and staff are told."
        )
    refuse_if_changed(announcement)
    _refuse_unread(announcement, read)
    announcement.approver_id, announcement.approved_at = approver_id, now
    announcement.break_glass_reason = reason or None
    announcements.move(
        session,
        announcement,
        Event.APPROVE,
        staff_id=approver_id,
        now=now,
        note=reason,
        tell=alone,
    )


def current_hash(announcement: Announcement) -> bytes:
    """Return the SHA-256 over all that would be sent now, and to whom: what an approval is bound to."""
    release = announcement.release
    versions = [releases.parts(version) for version in release.versions]
    topics = [topic.slug for topic in release.topics]
    amended = release.amended
    bound = {
        "content": releases.content_hash(versions, topics).hex(),
        "attachments": sorted(map(_named, release.attachments)),
        "embargo": release.embargo_until and release.embargo_until.isoformat(),
        "embargo_zone": release.embargo_zone,
        "amends": release.amends,
        "amended": amended and amended.slug,
        "audience": announcement.audience,
        "topics": sorted(topic.slug for topic in announcement.topics),
        "languages": announcement.languages,
        "fallback": announcement.fallback,
    }
    text = json.dumps(bound, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def refuse_if_changed(announcement: Announcement) -> None:
    """Raise ContentChanged where what would be sent is no longer what the announcement was bound to."""
    if announcement.content_hash != current_hash(announcement):
        raise ContentChanged(
            "The release was changed after it was proposed. Cancel this announcement and propose anew."
        )


def _named(attachment: Attachment) -> list[str]:
    language = attachment.language or ""
    return [attachment.name, language, attachment.media_type, attachment.digest.hex()]


def _refuse_unread(announcement: Announcement, read: Collection[str] | None) -> None:
    if read is None:
        return
    unread = {version.language for version in announcement.release.versions} - set(read)
    if unread:
        raise VersionNotRead(
            f"Read every version first and say so; not read yet: {', '.join(sorted(unread))}."
        )
