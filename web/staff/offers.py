"""What may be proposed next of a release: to whom, in which words, and how many it would reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import audience, releases, topics
from mailer.models.announcements import OVER, Announcement, Audience
from mailer.models.releases import Release
from mailer.models.subscribers import Topic


@dataclass(frozen=True)
class Offer:
    """An audience that has no announcement under way; `again` where some of it was mailed before."""

    audience: Audience
    again: bool
    count: int


def announced(session: Session, release: Release) -> Sequence[Announcement]:
    """Return every announcement of a release, newest first."""
    found = select(Announcement).where(Announcement.release_id == release.id)
    return session.scalars(found.order_by(Announcement.id.desc())).all()


def under_way(made: Sequence[Announcement], to: Audience) -> Announcement | None:
    """Return the announcement to an audience that is not over, of those of one release."""
    return next((each for each in made if each.audience is to and each.state not in OVER), None)


def of(session: Session, release: Release, made: Sequence[Announcement]) -> list[Offer]:
    """Return what may be proposed, given all announcements of the release."""
    return [
        Offer(
            to,
            any(each.started_at and each.audience is to for each in made),
            audience.counted(session, _rule(session, release, to)).reached,
        )
        for to in audiences(session, release)
        if under_way(made, to) is None
    ]


def audiences(session: Session, release: Release) -> list[Audience]:
    """Return the audiences that a release may have: a press list, where there is one, until it is public."""
    if release.amends is not None:
        return [Audience.CORRECTION]
    early = any(topic.by_invitation for topic in topics.current(session))
    if early and not releases.is_public(release, now=datetime.now(UTC)):
        return [Audience.PUBLIC, Audience.EARLY]
    return [Audience.PUBLIC]


def topics_for(session: Session, to: Audience) -> list[Topic]:
    """Return the topics that an audience may be chosen of."""
    return [t for t in topics.current(session) if t.by_invitation or to is not Audience.EARLY]


def usual_topics(session: Session, release: Release, to: Audience) -> list[Topic]:
    """Return the topics that are meant where nobody says otherwise: the release's; else every press list."""
    choice = topics_for(session, to)
    own = [topic for topic in choice if topic in release.topics]
    return own or (choice if to is Audience.EARLY else [])


def _rule(session: Session, release: Release, to: Audience) -> audience.Rule:
    return audience.rule(release, audience=to, topics=usual_topics(session, release, to))
