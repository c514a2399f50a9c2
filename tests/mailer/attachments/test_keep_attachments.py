"""Files are kept with a draft where they are what they say, small enough, and named plainly."""

import hashlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import attachments, media_types, releases
from mailer.models.releases import Attachment, Release
from tests import builders
from tests.cast import hire
from tests.mailer.attachments import files


@pytest.fixture
def draft(session: Session) -> Release:
    """Give a draft in English."""
    return releases.named(session, builders.release())


def add(session: Session, release: Release, name: str = "report.pdf", **more: Any) -> Attachment:
    return attachments.add(session, release, **{"content": files.PDF, **more}, name=name)


@pytest.mark.parametrize("name", files.TAKEN)
def test_each_kind_is_kept_as_it_is(session: Session, draft: Release, name: str) -> None:
    content = files.TAKEN[name]
    kept = add(session, draft, name, content=content)
    session.expire_all()
    assert (kept.name, kept.content, kept.size) == (name, content, len(content))
    assert kept.digest == hashlib.sha256(content).digest()
    assert draft.revision == 2


@pytest.mark.parametrize("name", files.REFUSED)
def test_what_is_not_what_it_says_is_refused(name: str) -> None:
    with pytest.raises(media_types.UnknownKind, match=r"[.]$"):
        media_types.recognise(name, files.REFUSED[name])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/report.pdf",
        "..\\report.pdf",
        "C:report.pdf",
        ".pdf",
        "report.pdf ",
        "report.pdf.",
        "a\r\nb.pdf",
        "a\0b.pdf",
        "fdp\u202e.pdf",
        "re\u200bport.pdf",
        "a\u2028b.pdf",
        'say "hi".pdf',
        f"{'x' * limits.ATTACHMENT_NAME_LENGTH}.pdf",
    ],
)
def test_a_name_that_is_not_plain_is_refused(session: Session, draft: Release, name: str) -> None:
    with pytest.raises(attachments.BadAttachment, match=r"name"):
        add(session, draft, name)


def test_an_empty_file_and_one_that_is_too_large_are_refused(
    session: Session, draft: Release
) -> None:
    with pytest.raises(attachments.BadAttachment, match="is empty"):
        add(session, draft, content=b"")
    with pytest.raises(attachments.BadAttachment, match="larger than 20 MB"):
        add(session, draft, content=files.PDF.ljust(limits.ATTACHMENT_BYTES + 1))
    assert draft.attachments == []


def test_there_are_ten_at_most(session: Session, draft: Release) -> None:
    for number in range(limits.ATTACHMENTS):
        add(session, draft, f"{number}.pdf")
    with pytest.raises(attachments.BadAttachment, match="at most 10 files"):
        add(session, draft)


@pytest.mark.parametrize("name", ["report.pdf", "REPORT.pdf", "Re\u0301sume\u0301.pdf"])
def test_a_name_is_taken_once(session: Session, draft: Release, name: str) -> None:
    add(session, draft)
    add(session, draft, "R\u00e9sum\u00e9.pdf")
    with pytest.raises(attachments.BadAttachment, match="called"):
        add(session, draft, name)


def test_a_file_goes_with_a_version_that_there_is(session: Session, draft: Release) -> None:
    with pytest.raises(attachments.BadAttachment, match="no version in 'fr'"):
        add(session, draft, language="fr")
    english, every = add(session, draft, language="en"), add(session, draft, "all.pdf")
    assert attachments.listing(draft, "en") == [english, every]
    assert attachments.listing(draft, "fr") == [every]


def test_what_is_removed_is_gone_and_was_counted(session: Session, draft: Release) -> None:
    add(session, draft)
    attachments.remove(session, draft, "report.pdf")
    session.flush()
    with pytest.raises(attachments.UnknownAttachment, match="no file called report"):
        attachments.remove(session, draft, "report.pdf")
    assert (draft.attachments, draft.revision) == ([], 3)


def test_a_release_that_was_sent_keeps_its_files(app: Flask) -> None:
    slug = builders.release()
    with transaction() as session:
        add(session, releases.named(session, slug))
    builders.subscribers(1)
    builders.announcement(slug, author=hire("chen"), approver=hire("dana"))
    with transaction() as session:
        release = releases.named(session, slug)
        with pytest.raises(releases.ReleaseIsFixed):
            add(session, release, "more.pdf")
        with pytest.raises(releases.ReleaseIsFixed):
            attachments.remove(session, release, "report.pdf")


def test_small_pdfs_travel_as_far_as_they_fit_and_nothing_else_does(
    session: Session, draft: Release
) -> None:
    sizes = {"large.pdf": limits.ATTACHED_BYTES + 1, "a.pdf": limits.ATTACHED_BYTES}
    sizes |= {"b.pdf": limits.ATTACHED_BYTES - 20, "c.pdf": 21, "d.pdf": 20}
    for name, size in sizes.items():
        add(session, draft, name, content=files.PDF.ljust(size))
    add(session, draft, "notes.txt", content=b"short")
    travelling = attachments.travelling(draft.attachments)
    assert [each.name for each in travelling] == ["a.pdf", "b.pdf", "d.pdf"]


def test_a_file_is_read_in_blocks_and_never_another_one(session: Session, draft: Release) -> None:
    content = files.PDF + bytes(range(256)) * 2_000
    kept = add(session, draft, content=content)
    starts = range(0, kept.size, limits.ATTACHMENT_BLOCK_BYTES)
    blocks = [attachments.block(session, kept.id, digest=kept.digest, start=s) for s in starts]
    assert b"".join(blocks) == content
    assert len(blocks) == 2
    with pytest.raises(attachments.UnknownAttachment):
        attachments.block(session, kept.id, digest=b"another", start=0)
