"""What an approval is bound to, who has read it, and the glass that one person may break."""

from collections.abc import Callable, Collection
from datetime import timedelta

import pytest
from flask import Flask

from db.session import transaction
from mailer import approvals, releases
from mailer.approvals import ContentChanged, SamePerson, VersionNotRead
from mailer.models.announcements import Announcement, Audience
from mailer.models.releases import Attachment, Release
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, approve, read

REASON = "The others sleep, and the trial begins at seven."


@pytest.fixture
def proposed(app: Flask, chen: Staff) -> int:
    """Give a proposal of a release with two versions and a file."""
    slug = builders.release()
    with transaction() as session:
        release = releases.named(session, slug)
        releases.edit(session, release, builders.parts(language="ru"), revision=1)
        release.attachments = [
            Attachment(
                name="a.pdf", media_type="application/pdf", size=1, digest=b"1", content=b"1"
            )
        ]
    return builders.announcement(slug, author=chen)


def attempt(
    id_: int, by: Staff, *, read: Collection[str] | None = None, why: str | None = None
) -> None:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        approvals.approve(session, made, approver_id=by.id, now=NOW, read=read, break_glass=why)


def test_every_version_must_have_been_read(proposed: int, dana: Staff) -> None:
    with pytest.raises(VersionNotRead, match="not read yet: ru"):
        attempt(proposed, dana, read=["en"])
    attempt(proposed, dana, read=["ru", "en"])
    assert read(proposed).state == "approved"


def test_one_person_alone_says_why_and_staff_are_told(proposed: int, chen: Staff) -> None:
    attempt(proposed, chen, why=REASON)
    made = read(proposed)
    assert (made.approver_id, made.break_glass_reason) == (chen.id, REASON)
    assert (made.events[-1].note, made.events[-1].tell) == (REASON, True)


@pytest.mark.parametrize("why", [None, "", "urgent", " " * 20, "u" + " " * 30 + "t", "x" * 19])
def test_no_reason_breaks_no_glass(proposed: int, chen: Staff, why: str | None) -> None:
    with pytest.raises(SamePerson, match="20 characters"):
        attempt(proposed, chen, why=why)


def test_two_people_break_nothing(proposed: int, dana: Staff) -> None:
    attempt(proposed, dana, why=REASON)
    made = read(proposed)
    assert (made.break_glass_reason, made.events[-1].tell) == (None, False)


def _new_file(release: Release) -> None:
    release.attachments.append(
        Attachment(name="b.pdf", media_type="application/pdf", size=1, digest=b"1", content=b"1")
    )


CHANGES: dict[str, Callable[[Release], object]] = {
    "a file": _new_file,
    "no file": lambda release: release.attachments.clear(),
    "its content": lambda release: setattr(release.attachments[0], "digest", b"2"),
    "its name": lambda release: setattr(release.attachments[0], "name", "b.pdf"),
    "its kind": lambda release: setattr(release.attachments[0], "media_type", "text/plain"),
    "its language": lambda release: setattr(release.attachments[0], "language", "ru"),
    "an embargo": lambda release: setattr(release, "embargo_until", NOW + timedelta(hours=1)),
    "the embargo's zone": lambda release: setattr(release, "embargo_zone", "Europe/Berlin"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_release_voids_it(proposed: int, dana: Staff, change: str) -> None:
    with transaction() as session:
        CHANGES[change](session.get_one(Announcement, proposed).release)
    with pytest.raises(ContentChanged):
        approve(proposed, dana)


@pytest.mark.parametrize(
    ("name", "value"),
    [("audience", Audience.EARLY), ("languages", ["en"]), ("fallback", False), ("topics", [])],
)
def test_a_change_of_the_audience_voids_it(
    proposed: int, dana: Staff, name: str, value: object
) -> None:
    with transaction() as session:
        setattr(session.get_one(Announcement, proposed), name, value)
    with pytest.raises(ContentChanged):
        approve(proposed, dana)
