"""Topics: what a subscriber may ask to hear about."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer.models.subscribers import Topic


class UnknownTopic(LookupError):
    """There is no such topic; `slugs` names those asked for in vain."""

    def __init__(self, slugs: Sequence[str]) -> None:
        super().__init__(
            f"There is no topic called {', '.join(slugs)}; 'flask topics list' shows them."
        )
        self.slugs = tuple(slugs)


def every(session: Session) -> Sequence[Topic]:
    """Return all topics in the order they are shown."""
    return session.scalars(select(Topic).order_by(Topic.position, Topic.id)).all()


def named(session: Session, slugs: Sequence[str]) -> list[Topic]:
    """Return the topics with these slugs, in the order they are shown; raise UnknownTopic."""
    wanted = set(slugs)
    found = [topic for topic in every(session) if topic.slug in wanted]
    if missing := sorted(wanted - {topic.slug for topic in found}):
        raise UnknownTopic(missing)
    return found


def add(session: Session, *, slug: str, name: str, description: str = "") -> Topic:
    """Add a topic behind the others."""
    topic = Topic(slug=slug, name=name, description=description, position=len(every(session)))
    session.add(topic)
    session.flush()  # its number is wanted by whoever asked
    return topic
