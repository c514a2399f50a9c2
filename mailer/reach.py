"""Reach: how many an announcement would reach, for a page that only mentions it."""

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from config import limits
from mailer import audience
from mailer.audience import Count, Rule
from mailer.models.subscribers import SubscriberTopic


def at_a_glance(session: Session, rule: Rule) -> Count | None:
    """Count whom an announcement would reach where that is quick; None where the list is long.

    It is exact or nothing: an estimate beside a button that mails people would be taken for the number.
    """
    return None if _is_long(session, rule) else audience.counted(session, rule)


def _is_long(session: Session, rule: Rule) -> bool:
    """Tell whether its topics have more readers than are counted at once; it reads no more rows than that."""
    held = select(literal(1)).where(SubscriberTopic.topic_id.in_(rule.topic_ids))
    some = held.limit(limits.COUNTED_AT_ONCE + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > limits.COUNTED_AT_ONCE
