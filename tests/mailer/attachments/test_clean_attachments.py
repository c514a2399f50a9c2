"""What a file tells is told once it is kept with a draft, and taken out of a picture on request."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import approvals, attachments, releases
from mailer.models.announcements import Announcement
from mailer.models.releases import Release
from tests import builders
from tests.cast import hire
from tests.mailer.attachments import files
from tests.mailer.metadata import pictures

PHOTO = pictures.jpeg(pictures.JFIF, pictures.exif_segment(pictures.exif(pictures.ARTIST)))
CLEANED = pictures.jpeg(pictures.JFIF)


@pytest.fixture
def draft(session: Session) -> Release:
    """Give a draft with a photograph that tells who took it."""
    release = releases.named(session, builders.release())
    attachments.add(session, release, name="photo.jpg", content=PHOTO)
    return release


def test_a_cleaned_picture_is_another_file_that_tells_nothing(
    session: Session, draft: Release
) -> None:
    (photo,) = draft.attachments
    assert "who made it (Noor Example)" in attachments.told(session, photo).sentence
    attachments.clean(session, draft, "photo.jpg")
    session.flush()
    session.expire_all()
    assert (photo.content, photo.size) == (CLEANED, len(CLEANED))
    assert photo.digest == hashlib.sha256(CLEANED).digest()
    assert attachments.told(session, photo).sentence == ""
    assert draft.revision == 3


def test_cleaning_what_is_clean_changes_nothing(session: Session, draft: Release) -> None:
    for _ in range(2):
        attachments.clean(session, draft, "photo.jpg")
    assert draft.revision == 3


def test_what_cannot_be_cleaned_here_is_refused_with_what_to_do(
    session: Session, draft: Release
) -> None:
    attachments.add(session, draft, name="report.pdf", content=files.PDF)
    with pytest.raises(attachments.BadAttachment, match="export that anew"):
        attachments.clean(session, draft, "report.pdf")
    with pytest.raises(attachments.UnknownAttachment):
        attachments.clean(session, draft, "nothing.jpg")


def test_cleaning_voids_what_was_proposed_and_a_sent_release_stays(app: Flask) -> None:
    slug = builders.release()
    with transaction() as session:
        release = releases.named(session, slug)
        attachments.add(session, release, name="photo.jpg", content=PHOTO)
    chen, dana = hire("chen"), hire("dana")
    id_ = builders.announcement(slug, author=chen)
    with transaction() as session:
        attachments.clean(session, releases.named(session, slug), "photo.jpg")
    with transaction() as session, pytest.raises(approvals.ContentChanged):
        approvals.refuse_if_changed(session.get_one(Announcement, id_))
    other = builders.release("Another")
    builders.announcement(other, author=chen, approver=dana)
    with transaction() as session, pytest.raises(releases.ReleaseIsFixed):
        attachments.clean(session, releases.named(session, other), "photo.jpg")


def test_each_content_is_read_once_and_the_oldest_is_forgotten(
    session: Session, draft: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "_told", {})
    monkeypatch.setattr(limits, "METADATA_REPORTS_KEPT", 3)
    (photo,) = draft.attachments
    first = attachments.told(session, photo)
    others = [
        attachments.add(session, draft, name=f"{n}.pdf", content=files.PDF + bytes([n]))
        for n in range(3)
    ]
    for other in others[:2]:
        attachments.told(session, other)
    assert attachments.told(session, photo) is first
    attachments.told(session, others[2])
    again = attachments.told(session, photo)
    assert again == first
    assert again is not first
