"""What may be proposed next of a release: to whom, and how many it would reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import audience, reach, releases, rest, topics
from mailer.audience import Count, Rule
from mailer.models.announcements import OVER, Announcement, Audience
from mailer.models.releases import Release
from mailer.models.subscribers import Topic


@dataclass(frozen=True)
class Offer:
    """An audience that has no announcement under way; `again` where some of it was mailed before."""

    audience: Audience
    again: bool
    #: How many it would reach; None where the list is long, and nobody asked.
    count: int | None
    #: The last announcement to it, where that was cancelled on its way: who does not have it is its rest.
    cancelled: Announcement | None


def announced(session: Session, release: Release) -> Sequence[Announcement]:
    """Return every announcement of a release, newest first."""
    found = select(Announcement).where(Announcement.release_id == release.id)
    return session.scalars(found.order_by(Announcement.id.desc())).all()


def under_way(made: Sequence[Announcement], to: Audience) -> Announcement | None:
    """Return the announcement to an audience that is not over, of those of one release."""
    return next((each for each in made if each.audience is to and each.state not in OVER), None)


def cancelled(made: Sequence[Announcement], to: Audience) -> Announcement | None:
    """Return the last announcement to an audience that began, where it was cancelled."""
    begun = (each for each in made if each.audience is to and each.started_at)
    last = next(begun, None)
    return last if last is not None and rest.has_any(last) else None


def of(
    session: Session, release: Release, made: Sequence[Announcement], *, asked: bool
) -> list[Offer]:
    """Return what may be proposed, given all announcements of it; a long list is counted where `asked`."""
    count = audience.counted if asked else reach.at_a_glance
    return [
        _offer(session, release, made, to, count)
        for to in audiences(session, release, made)
        if under_way(made, to) is None
    ]


def audiences(session: Session, release: Release, made: Sequence[Announcement]) -> list[Audience]:
    """Return the audiences that a release may have: a press list, where there is one, until it is public.

    After that too where one to it was cancelled on its way: else nobody could send it to the rest.
    """
    if release.amends is not None:
        return [Audience.CORRECTION]
    early = any(topic.by_invitation for topic in topics.current(session))
    late = releases.is_public(release, now=datetime.now(UTC))
    told = [each for each in made if each.audience is Audience.EARLY and rest.has_any(each)]
    if early and (told or not late):
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


def _offer(
    session: Session,
    release: Release,
    made: Sequence[Announcement],
    to: Audience,
    count: Callable[[Session, Rule], Count | None],
) -> Offer:
    again = any(each.started_at and each.audience is to for each in made)
    last = cancelled(made, to)
    counted = count(session, audience.rule_of(last) if last else _rule(session, release, to))
    return Offer(to, again, counted.reached if counted else None, last)


def _rule(session: Session, release: Release, to: Audience) -> Rule:
    return audience.rule(release, audience=to, topics=usual_topics(session, release, to))
