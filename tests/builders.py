"""Makes valid rows; a test states only what matters to it. Each needs an app context and commits."""

from datetime import UTC, date, datetime

from sqlalchemy import select, text

from db.base import db
from db.sealed import keyring
from db.session import transaction
from mailer import (
    addresses,
    approvals,
    audience,
    proposals,
    releases,
    schedules,
    suppressions,
    topics,
)
from mailer import subscribers as subscribers_
from mailer.models.subscribers import Subscriber, SubscriberState, Topic
from mailer.parts import Contact, Dateline, Parts
from tests.cast import Staff

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def topic(slug: str = "releases", name: str = "Press releases") -> Topic:
    """Add a topic, or return the one of this slug."""
    with transaction() as session:
        found = session.scalar(select(Topic).where(Topic.slug == slug))
        return found or topics.add(session, slug=slug, name=name)


def subscriber(
    address: str,
    *,
    state: SubscriberState = SubscriberState.CONFIRMED,
    topic_slugs: tuple[str, ...] = ("releases",),
    language: str = "en",
) -> int:
    """Add a subscriber to topics, which are made where they are missing; return the id."""
    for slug in topic_slugs:
        topic(slug)
    with transaction() as session:
        keys = keyring(session)
        row = Subscriber(
            address=addresses.seal(keys, address),
            address_index=addresses.index(keys, address),
            state=state,
            language=language,
            confirmed_at=NOW if state is not SubscriberState.PENDING else None,
            ended_at=NOW if state is SubscriberState.ENDED else None,
            topics=topics.named(session, topic_slugs),
        )
        session.add(row)
        session.flush()
        return row.id


def subscribers(count: int) -> list[str]:
    """Add that many confirmed subscribers; return their addresses."""
    names = [f"reader{number}@example.org" for number in range(count)]
    topic()
    with transaction() as session:
        keys, chosen = keyring(session), topics.named(session, ["releases"])
        session.add_all(
            Subscriber(
                address=addresses.seal(keys, name),
                address_index=addresses.index(keys, name),
                state=SubscriberState.CONFIRMED,
                confirmed_at=NOW,
                topics=chosen,
            )
            for name in names
        )
    return names


def parts(headline: str = "Example: a journalist is free again", **more: str) -> Parts:
    """Return the parts of an invented release."""
    return Parts(
        headline=headline,
        body=more.get(
            "body", "A court has [freed](https://example.org/case) a journalist.\n\nMore."
        ),
        language=more.get("language", "en"),
        dateline=Dateline("Example Town", date(2026, 11, 22)),
        contacts=(Contact("Noor Example", "press@example.org", "+44 20 7946 0000"),),
        boilerplate="Example Rights Foundation works for the free word.",
        postal_address="1 Example Street\nExample Town",
    )


def release(headline: str = "Example: a journalist is free again") -> str:
    """Add a draft on the topic 'releases'; return its slug."""
    topic()
    with transaction() as session:
        chosen = topics.named(session, ["releases"])
        return releases.create(session, parts(headline), topics=chosen).slug


def announcement(slug: str, *, author: Staff, approver: Staff | None = None) -> int:
    """Propose a release, and where an approver is given approve and start it; return the id."""
    now = datetime.now(UTC)
    _somebody_to_mail(slug)
    with transaction() as session:
        made = proposals.propose(
            session, releases.named(session, slug), author_id=author.id, now=now
        )
        if approver is not None:
            approvals.approve(session, made, approver_id=approver.id, now=now, read=None)
            schedules.start(session, made, staff_id=approver.id, now=now)
        return made.id


def _somebody_to_mail(slug: str) -> None:
    """Add a reader where the release would reach nobody: that is refused."""
    with transaction() as session:
        release = releases.named(session, slug)
        nobody = not audience.counted(session, audience.rule(release)).reached
        topic_slugs = tuple(topic.slug for topic in release.topics)
    if nobody:
        subscriber("somebody@example.org", topic_slugs=topic_slugs)


def suppressed(address: str) -> int:
    """Add a confirmed subscriber whose address is suppressed; return the id."""
    id_ = subscriber(address)
    with transaction() as session:
        row = session.get_one(Subscriber, id_)
        suppressions.add(session, row.address_index, reason="complaint")
    return id_


def state_of(address: str) -> SubscriberState | None:
    """Return the state of the subscriber with this address, None where there is none."""
    with transaction() as session:
        found = subscribers_.find(session, address)
        return found.state if found else None


def number_anew() -> None:
    """Have rows numbered from 1 again: a test before that rolled back has used numbers up."""
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE subscriber, announcement RESTART IDENTITY CASCADE"))
        connection.execute(text("TRUNCATE delivery, batch RESTART IDENTITY CASCADE"))
