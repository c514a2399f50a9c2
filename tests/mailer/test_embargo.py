"""Embargo, amendments, and from when the public reads a release."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import releases, zones
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.releases import Amends
from tests import builders
from tests.cast import hire

HOUR = timedelta(hours=1)


def now() -> datetime:
    """Return the time that the database has too."""
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("published", "embargo", "public"),
    [
        (None, None, False),
        (-HOUR, None, True),
        (HOUR, None, False),
        (-HOUR, HOUR, False),
        (-HOUR, -HOUR, True),
    ],
)
def test_it_is_public_once_its_hour_has_come_and_no_embargo_holds_it(
    app: Flask,
    published: timedelta | None,
    embargo: timedelta | None,
    public: bool,  # noqa: FBT001 - pytest passes it
) -> None:
    slug = builders.release()
    with transaction() as session:
        release = releases.named(session, slug)
        release.published_at = None if published is None else now() + published
        release.embargo_until = None if embargo is None else now() + embargo
        session.flush()
        assert releases.is_public(release, now=now()) is public
        assert [r.slug for r in releases.published(session, limit=9)] == [slug] * public
        assert releases.total(session, public_only=True) == public


def test_an_embargo_is_set_and_lifted(app: Flask) -> None:
    slug = builders.release()
    with transaction() as session:
        release, until = releases.named(session, slug), now() + HOUR
        releases.set_embargo(session, release, until, "Europe/Berlin")
        assert (release.embargo_until, release.embargo_zone) == (until, "Europe/Berlin")
        releases.set_embargo(session, release, None, "UTC")
        assert (release.embargo_until, release.revision) == (None, 3)


def test_an_embargo_in_no_zone_is_refused(app: Flask) -> None:
    slug = builders.release()
    with transaction() as session, pytest.raises(zones.BadTime):
        releases.set_embargo(session, releases.named(session, slug), now(), "Berlin")


def sent() -> str:
    """Give a release whose announcement has begun."""
    slug = builders.release("The first")
    builders.announcement(slug, author=hire("chen"), approver=hire("dana"))
    return slug


def test_what_was_sent_is_neither_embargoed_nor_tied(app: Flask) -> None:
    first, second = sent(), builders.release()
    with transaction() as session:
        old, new = releases.named(session, first), releases.named(session, second)
        with pytest.raises(releases.ReleaseIsFixed):
            releases.set_embargo(session, old, now(), "UTC")
        with pytest.raises(releases.ReleaseIsFixed):
            releases.amend(session, old, Amends.RETRACTION, new)


def test_cancelled_in_the_middle_it_stays_fixed(app: Flask) -> None:
    slug = sent()
    with transaction() as session:
        release = releases.named(session, slug)
        made = session.scalars(select(Announcement)).one()
        made.state = AnnouncementState.CANCELLED
        session.flush()
        with pytest.raises(releases.ReleaseIsFixed):
            releases.refuse_if_fixed(session, release)


def test_only_what_was_sent_is_amended_and_by_another(app: Flask) -> None:
    first, second = builders.release(), builders.release()
    with transaction() as session:
        one, other = releases.named(session, first), releases.named(session, second)
        with pytest.raises(releases.CannotAmend, match="edit it instead"):
            releases.amend(session, one, Amends.CORRECTION, other)
        with pytest.raises(releases.CannotAmend, match="itself"):
            releases.amend(session, one, Amends.CORRECTION, one)
