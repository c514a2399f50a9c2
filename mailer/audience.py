"""The audience of an announcement: counted before it starts, then frozen once into deliveries.

Freezing goes by chunks of subscriber ids. Each chunk's deliveries, its batches and the cursor move in one
transaction, so a kill between two chunks loses nothing and repeats nothing; (announcement, subscriber) is
unique, so even a cursor set back by hand could not make a second delivery. The release's row is held
meanwhile, so that two announcements of it cannot take the same reader.
"""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from config import limits
from mailer import announcements
from mailer.announcements import AnnouncementRefused
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement, AnnouncementState, Audience
from mailer.models.deliveries import Batch, Delivery, DeliveryState, Queue
from mailer.models.releases import Release
from mailer.models.subscribers import (
    Subscriber,
    SubscriberState,
    SubscriberTopic,
    Suppression,
    Topic,
)


class NobodyToMail(AnnouncementRefused):
    """The announcement would reach nobody; the message counts the reasons."""


class Exclusion(enum.StrEnum):
    """Why somebody who holds a topic is not mailed; of several reasons the first one here counts."""

    NOT_CONFIRMED = "not confirmed"
    SUPPRESSED = "suppressed"
    PAUSED = "paused"
    OTHER_LANGUAGE = "other language"
    NO_VERSION = "no version in their language"
    NOT_AMENDED = "did not get the amended release"
    HAS_IT = "has it already"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is to be mailed: one release, to the readers of topics, of some languages or of all."""

    release_id: int
    audience: Audience
    topic_ids: tuple[int, ...]
    #: Only readers of these; None for all.
    languages: tuple[str, ...] | None = None
    #: The languages it is written in, where whoever reads none of them is left out; None with a fallback.
    written: tuple[str, ...] | None = None
    #: For a correction, the release whose readers it goes to.
    amended_id: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many readers of the topics would be mailed, and how many not, by reason."""

    reached: int
    excluded: Mapping[Exclusion, int]

    @property
    def sentence(self) -> str:
        """The exclusions as a person would say them; '' where nobody is left out."""
        return ", ".join(f"{reason} {number:,}" for reason, number in self.excluded.items())


def rule(
    release: Release,
    *,
    audience: Audience = Audience.PUBLIC,
    topics: Sequence[Topic] | None = None,
    languages: Collection[str] | None = None,
    fallback: bool = True,
) -> Rule:
    """Return who an announcement would be for that is yet to be proposed; without topics, the release's."""
    chosen = release.topics if topics is None else topics
    return Rule(
        release_id=release.id,
        audience=audience,
        topic_ids=tuple(sorted(topic.id for topic in chosen)),
        languages=tuple(sorted(languages)) if languages else None,
        written=None if fallback else tuple(v.language for v in release.versions),
        amended_id=release.amended_id,
    )


def rule_of(announcement: Announcement) -> Rule:
    """Return who an announcement is for."""
    return rule(
        announcement.release,
        audience=announcement.audience,
        topics=announcement.topics,
        languages=announcement.languages,
        fallback=announcement.fallback,
    )


def reachable() -> ColumnElement[bool]:
    """Return the condition for being mailed releases now: confirmed, not suppressed, not paused."""
    return and_(Subscriber.state == SubscriberState.CONFIRMED, ~_suppressed(), ~_paused())


def counted(session: Session, rule: Rule) -> Count:
    """Count whom an announcement would reach if it started now, and why others not."""
    reasons = _exclusions(rule, true())
    reason = case(*((condition, word.value) for word, condition in reasons), else_=None)
    rows = session.execute(
        select(reason.label("reason"), func.count())
        .select_from(Subscriber)
        .where(_holds_any(rule))
        .group_by("reason")
    )
    found: dict[str | None, int] = dict(rows.all())
    excluded = {word: found[word] for word in Exclusion if word in found}
    return Count(found.get(None, 0), excluded)


def refuse_nobody(session: Session, announcement: Announcement) -> None:
    """Raise NobodyToMail, with the reasons, where an announcement would reach no one."""
    if _reaches_anybody(session, rule_of(announcement)):
        return
    count = counted(session, rule_of(announcement))
    names = ", ".join(topic.name for topic in announcement.topics)
    raise NobodyToMail(
        f"Nobody would get it. Of the subscribers of {names}: {count.sentence}."
        if count.excluded
        else f"Nobody would get it: the topics chosen ({names}) have no subscribers yet."
    )


def _reaches_anybody(session: Session, rule: Rule) -> bool:
    """Tell whether there is one reader at least; most often the first that is looked at is one."""
    reasons = _exclusions(rule, true())
    anybody = select(Subscriber.id).where(
        _holds_any(rule), *(not_(condition) for _, condition in reasons)
    )
    return session.scalar(anybody.limit(1)) is not None


def freeze(session: Session, announcement_id: int, *, now: datetime) -> bool:
    """Freeze the next chunk of the audience; return whether there is more to freeze at once.

    While it is open whom earlier mails reach, nothing is frozen: the sweeper asks again. Nor while another
    task freezes it, or a person decides about it: this one would only hold its worker up.
    """
    announcement = session.get(Announcement, announcement_id, with_for_update={"skip_locked": True})
    if announcement is None or announcement.state is not AnnouncementState.PREPARING:
        return False
    # Held: two announcements of one release must not both find that a reader has no delivery of it.
    session.refresh(announcement.release, with_for_update=True)
    if _is_unsettled(session, announcement):
        return False
    end = _end_of_chunk(session, announcement)
    made = session.execute(_freezing(announcement, end=end, now=now)).scalar_one()
    announcement.frozen_to = end
    announcement.recipients += made
    if end < (announcement.last_subscriber_id or 0):
        return True
    announcements.move(session, announcement, Event.FROZEN, now=now)
    return False


def _is_unsettled(session: Session, announcement: Announcement) -> bool:
    """Tell whether earlier mails may yet be skipped, or yet reach those whom a correction is for.

    A reader whose mail of a cancelled announcement is skipped a moment later would get neither.
    """
    release = announcement.release
    cancelled = and_(
        Announcement.release_id == release.id, Announcement.state == AnnouncementState.CANCELLED
    )
    earlier = cancelled
    if announcement.audience is Audience.CORRECTION:
        earlier = or_(cancelled, Announcement.release_id == release.amended_id)
    left = exists().where(
        Batch.announcement_id == Announcement.id, Batch.closed_at.is_(None), earlier
    )
    return bool(session.scalar(select(left)))


def _exclusions(
    rule: Rule, delivery: ColumnElement[bool], *, own: int | None = None
) -> list[tuple[Exclusion, ColumnElement[bool]]]:
    """Return each reason with its condition, which is never NULL.

    `delivery` narrows the deliveries that are looked at; of the announcement `own`, every one counts.
    """
    language = Subscriber.language
    found: list[tuple[Exclusion, ColumnElement[bool]]] = [
        (Exclusion.NOT_CONFIRMED, Subscriber.state != SubscriberState.CONFIRMED),
        (Exclusion.SUPPRESSED, _suppressed()),
        (Exclusion.PAUSED, _paused()),
    ]
    if rule.languages is not None:
        found.append((Exclusion.OTHER_LANGUAGE, language.not_in(rule.languages)))
    if rule.written is not None:
        found.append((Exclusion.NO_VERSION, language.not_in(rule.written)))
    if rule.audience is Audience.CORRECTION:
        found.append((Exclusion.NOT_AMENDED, ~_has_delivery(rule.amended_id, delivery, _got())))
    counts = _may_arrive() if own is None else or_(Delivery.announcement_id == own, _may_arrive())
    found.append((Exclusion.HAS_IT, _has_delivery(rule.release_id, delivery, counts)))
    return found


def _suppressed() -> ColumnElement[bool]:
    return exists().where(Suppression.address_index == Subscriber.address_index)


def _paused() -> ColumnElement[bool]:
    return and_(Subscriber.paused_until.is_not(None), Subscriber.paused_until > func.now())


def _holds_any(rule: Rule) -> ColumnElement[bool]:
    return exists().where(
        SubscriberTopic.subscriber_id == Subscriber.id, SubscriberTopic.topic_id.in_(rule.topic_ids)
    )


def _has_delivery(release_id: int | None, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    ours = select(Announcement.id).where(Announcement.release_id == release_id)
    return exists().where(
        Delivery.announcement_id.in_(ours), Delivery.subscriber_id == Subscriber.id, *conditions
    )


def _may_arrive() -> ColumnElement[bool]:
    """Return the condition that a delivery has reached its reader, or still may."""
    never = Delivery.state.in_((DeliveryState.SKIPPED, DeliveryState.REFUSED))
    return ~and_(never, Delivery.doubts == 0)


def _got() -> ColumnElement[bool]:
    """Return the condition that a delivery has reached its reader, for all that anybody can say."""
    on_the_wire = exists().where(
        Batch.window_at.is_not(None),
        Batch.announcement_id == Delivery.announcement_id,
        Delivery.id.between(Batch.window_first_id, Batch.window_last_id),
    )
    got = (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN)
    waits = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
    return or_(
        Delivery.state.in_(got), Delivery.doubts > 0, and_(Delivery.state.in_(waits), on_the_wire)
    )


def _end_of_chunk(session: Session, announcement: Announcement) -> int:
    """Return the last subscriber of the next chunk: of all, so that a chunk costs the same for any topic."""
    last = announcement.last_subscriber_id or 0
    found = session.scalar(
        select(Subscriber.id)
        .where(Subscriber.id > announcement.frozen_to, Subscriber.id <= last)
        .order_by(Subscriber.id)
        .offset(limits.FREEZE_CHUNK - 1)
        .limit(1)
    )
    return last if found is None else found


def _freezing(announcement: Announcement, *, end: int, now: datetime) -> Select[int]:
    """Return one statement that makes a chunk's deliveries and batches, and counts the deliveries."""
    rule, after = rule_of(announcement), announcement.frozen_to
    # Said of both: else the planner reads every delivery of the release for each chunk.
    within = and_(Delivery.subscriber_id > after, Delivery.subscriber_id <= end)
    reasons = _exclusions(rule, within, own=announcement.id)
    chosen = (
        select(literal(announcement.id), Subscriber.id)
        .where(
            Subscriber.id > after,
            Subscriber.id <= end,
            _holds_any(rule),
            *(not_(condition) for _, condition in reasons),
        )
        .order_by(Subscriber.id)
    )
    # No ON CONFLICT: it costs a third more, and nobody else freezes this announcement meanwhile.
    made = (
        insert(Delivery)
        .from_select(["announcement_id", "subscriber_id"], chosen, include_defaults=False)
        .returning(Delivery.id)
        .cte("made")
    )
    return select(func.count()).select_from(made).add_cte(_cut(made, announcement.id, now))


def _cut(made: CTE, announcement_id: int, now: datetime) -> CTE:
    """Return the insertion of batches over new deliveries; a small audience too is cut for many workers."""
    fair = (func.count().over() + limits.BATCHES_PER_CHUNK - 1) // limits.BATCHES_PER_CHUNK
    size = func.greatest(limits.WINDOW_SIZE, func.least(limits.BATCH_SIZE, fair))
    place = func.row_number().over(order_by=made.c.id) - 1
    cut = select(made.c.id, (place // size).label("part")).subquery()
    batches = select(
        literal(Queue.BULK, Batch.queue.type),
        literal(announcement_id),
        func.min(cut.c.id),
        func.max(cut.c.id),
        literal(now, Batch.due_at.type),
    )
    batches = batches.group_by(cut.c.part).order_by(cut.c.part)
    columns = ["queue", "announcement_id", "first_delivery_id", "last_delivery_id", "due_at"]
    return (
        insert(Batch)
        .from_select(columns, batches, include_defaults=False)
        .returning(Batch.id)
        .cte("batches")
    )
