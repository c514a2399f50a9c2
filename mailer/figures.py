"""Figures: how many subscribers there are, by state, topic and week; never who."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select, text
from sqlalchemy.orm import Session

from mailer.models.subscribers import Subscriber, SubscriberState, SubscriberTopic
from mailer.topics import MERGED


@dataclass(frozen=True, slots=True)
class Week:
    """How many confirmed and how many left in the week that begins on this Monday."""

    monday: date
    joined: int
    left: int


def by_state(session: Session) -> dict[str, int]:
    """Return how many subscribers are in each state; those of whom nothing is left are 'erased'."""
    erased = Subscriber.erased_at.is_not(None)
    word = case((erased, "erased"), else_=Subscriber.state)
    rows = session.execute(select(word, func.count()).group_by(word)).all()
    found = {str(state): int(number) for state, number in rows}
    return {each: found.get(each, 0) for each in (*map(str, SubscriberState), "erased")}


def by_topic(session: Session) -> dict[int, int]:
    """Return topic id -> how many confirmed subscribers hold it; a topic that nobody holds is left out."""
    rows = session.execute(
        select(SubscriberTopic.topic_id, func.count())
        .join(Subscriber, Subscriber.id == SubscriberTopic.subscriber_id)
        .where(Subscriber.state == SubscriberState.CONFIRMED)
        .group_by(SubscriberTopic.topic_id)
    )
    return dict(rows.all())


_WEEKS = text("""
    SELECT CAST(date_trunc('week', at AT TIME ZONE 'UTC') AS date) AS monday,
           count(*) FILTER (WHERE kind = 'confirmed') AS joined,
           count(*) FILTER (WHERE kind = 'withdrawn') AS gone
      FROM consent_event WHERE at >= :since AND source <> :merged GROUP BY 1
""")


def by_week(session: Session, *, now: datetime, weeks: int) -> list[Week]:
    """Return joining and leaving by week (UTC, from Monday), oldest first, weeks without any included."""
    monday = (now - timedelta(days=now.weekday())).date()
    since = monday - timedelta(weeks=weeks - 1)
    rows = session.execute(_WEEKS, {"since": since, "merged": MERGED}).all()
    found = {row.monday: Week(row.monday, row.joined, row.gone) for row in rows}
    each = (since + timedelta(weeks=number) for number in range(weeks))
    return [found.get(day, Week(day, 0, 0)) for day in each]
