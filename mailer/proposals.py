"""Proposals: one person says what is to be announced to whom; what cannot be meant is refused at once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import announcements, approvals, releases, rest, unfilled
from mailer import audience as audience_
from mailer import topics as topics_
from mailer.announcements import AnnouncementRefused
from mailer.models.announcements import OVER, Announcement, AnnouncementState, Audience
from mailer.models.releases import Release
from mailer.models.subscribers import Topic


class AlreadyAnnounced(AnnouncementRefused):
    """The release has an announcement to this audience that is not over."""


class NoTopics(AnnouncementRefused):
    """The announcement has no topic that is still offered, so it has no audience."""


class NotInvited(AnnouncementRefused):
    """An early announcement would go to a topic that anybody may choose."""


class WrongAudience(AnnouncementRefused):
    """A release that amends another goes to that one's readers, and no other release does."""


class NoVersion(AnnouncementRefused):
    """A language was chosen that the release is not written in, without a fallback."""


class NothingToSay(AnnouncementRefused):
    """The release has no version, or one that shows nothing."""


class NoRest(AnnouncementRefused):
    """An announcement has no readers to be sent the rest, or nobody can say yet whom it reached."""


class PlaceUnfilled(AnnouncementRefused):
    """A version has a place that another program's template would have filled."""


def propose(
    session: Session,
    release: Release,
    *,
    author_id: int,
    now: datetime,
    audience: Audience = Audience.PUBLIC,
    topics: Sequence[Topic] | None = None,
    languages: Collection[str] | None = None,
    fallback: bool = True,
) -> Announcement:
    """Propose to announce a release as it is now, to the readers of its topics or of those given.

    Without `languages` readers of all of them; with `fallback` who has no version in their language gets
    another. Raise an AnnouncementRefused of this module, or audience.NobodyToMail.
    """
    session.flush()  # a refresh throws away what was not flushed
    session.refresh(release, with_for_update=True)
    announcement = Announcement(
        release_id=release.id,
        release=release,
        state=AnnouncementState.IN_REVIEW,
        author_id=author_id,
        audience=audience,
        topics=list(release.topics if topics is None else topics),
        languages=sorted(set(languages)) if languages else None,
        fallback=fallback,
    )
    _refuse_empty(release)
    _refuse_places(release)
    # Held, so that none is retired between the look at it and our commit.
    topics_.lock(session, announcement.topics, shared=True)
    _refuse_topics(announcement)
    _refuse_audience(announcement)
    _refuse_languages(announcement)
    _refuse_second(session, announcement)
    audience_.refuse_nobody(session, announcement)
    announcement.content_hash = approvals.current_hash(announcement)
    session.add(announcement)
    session.flush()  # its event names it by its number
    announcements.write_down(session, announcement, None, staff_id=author_id, now=now)
    return announcement


def propose_rest(
    session: Session, announcement: Announcement, *, author_id: int, now: datetime
) -> Announcement:
    """Propose again what was cancelled on its way, to those it was for who have it by no announcement.

    Raise NoRest, or what `propose` raises.
    """
    if not rest.has_any(announcement):
        raise NoRest("Only what was cancelled after its start has a rest to be sent to.")
    if not rest.of(session, announcement).settled:
        raise NoRest("The last of its mails are being settled; try again in a few seconds.")
    return propose(
        session,
        announcement.release,
        author_id=author_id,
        now=now,
        audience=announcement.audience,
        topics=announcement.topics,
        languages=announcement.languages,
        fallback=announcement.fallback,
    )


def _refuse_empty(release: Release) -> None:
    shown = [releases.says_something(version) for version in release.versions]
    if not shown or not all(shown):
        raise NothingToSay("Write a headline and a body first, in each version.")


def _refuse_places(release: Release) -> None:
    if sentence := unfilled.find(release.versions):
        raise PlaceUnfilled(sentence)


def _refuse_topics(announcement: Announcement) -> None:
    if not announcement.topics:
        raise NoTopics("Choose at least one topic first: its subscribers are the audience.")
    if retired := [topic.name for topic in announcement.topics if topic.retired_at]:
        raise NoTopics(
            f"The topic {', '.join(retired)} is retired, and nobody is mailed for it any more. "
            "Edit the release and choose other topics."
        )


def _refuse_audience(announcement: Announcement) -> None:
    amends = announcement.release.amends is not None
    if amends and announcement.audience is not Audience.CORRECTION:
        raise WrongAudience(
            "This release amends another: announce it as a correction, to whoever got that one."
        )
    if announcement.audience is Audience.CORRECTION and not amends:
        raise WrongAudience("This release amends no other; say first which one it corrects.")
    if announcement.audience is Audience.EARLY:
        _refuse_open_topics(announcement)


def _refuse_open_topics(announcement: Announcement) -> None:
    if anybody := [topic.name for topic in announcement.topics if not topic.by_invitation]:
        raise NotInvited(
            f"Anybody may choose the topic {', '.join(anybody)}. An early announcement goes to topics "
            "that are by invitation only."
        )


def _refuse_languages(announcement: Announcement) -> None:
    written = {version.language for version in announcement.release.versions}
    missing = sorted(set(announcement.languages or ()) - written)
    if missing and not announcement.fallback:
        raise NoVersion(
            f"There is no version in {', '.join(missing)}. Write it, leave the language out, or send "
            "those readers another version."
        )


def _refuse_second(session: Session, announcement: Announcement) -> None:
    still = select(Announcement.id).where(
        Announcement.release_id == announcement.release_id,
        Announcement.audience == announcement.audience,
        Announcement.state.not_in(OVER),
    )
    if (id_ := session.scalar(still)) is not None:
        raise AlreadyAnnounced(
            f"This release has an announcement already, number {id_}, to the same audience; it is not over."
        )
