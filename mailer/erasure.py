"""Erasure: a person asks to be forgotten. What is left is a row that leads to nobody, and a suppression."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from mailer import address_changes, addresses, consent, outbox, stripping, subscribers, suppressions
from mailer.models.deliveries import OutboxMail
from mailer.models.requests import AddressChange, SubscriptionRequest
from mailer.models.subscribers import ConsentKind, Subscriber, SubscriberState

REASON = "erased"
SOURCE = "page /manage"


def erase(
    session: Session, subscriber_id: int, version: int, *, now: datetime, source: str = SOURCE
) -> bool:
    """Erase the person a link names; return whether there was anybody. `source` says who asked for it.

    1. What they asked for at the door and in other names is deleted, mails to them are emptied.
    2. The withdrawal is recorded, and the address suppressed: only their own double opt-in lifts that.
    3. The row loses everything personal; consent events and deliveries stay, and lead to nobody.
    4. One last mail says that it is done. It is emptied as soon as it is sent.
    """
    # Requests before the subscriber: the worker that answers them locks in this order too.
    index = session.scalar(
        select(Subscriber.address_index).where(
            Subscriber.id == subscriber_id, Subscriber.token_version == version
        )
    )
    session.execute(delete(SubscriptionRequest).where(SubscriptionRequest.address_index == index))
    subscriber = subscribers.named(session, subscriber_id, version)
    if subscriber is None or subscriber.erased_at is not None:
        return False
    address = addresses.unseal(keyring(session), subscriber.address, subscriber.address_index)
    language = subscriber.language
    _withdraw(session, subscriber, source=source, now=now)
    _drop_wishes_of_others(session, subscriber, address)
    mails = select(OutboxMail.delivery_id).where(OutboxMail.subscriber_id == subscriber.id)
    outbox.empty(session, session.scalars(mails).all())
    stripping.strip(session, [subscriber.id], reason=REASON, now=now)
    outbox.queue(
        session,
        template="erased",
        address=address,
        language=language,
        context={},
        now=now,
        expires_at=now + timedelta(seconds=limits.ERASED_MAIL_SECONDS),
    )
    return True


def _withdraw(session: Session, subscriber: Subscriber, *, source: str, now: datetime) -> None:
    if subscriber.state is SubscriberState.ENDED:
        suppressions.add(
            session, subscriber.address_index, reason=subscriber.ended_reason or REASON
        )
        consent.record(session, subscriber, ConsentKind.WITHDRAWN, at=now, source=source)
    else:
        subscribers.end(session, subscriber, reason=REASON, source=source, now=now)


def _drop_wishes_of_others(session: Session, subscriber: Subscriber, address: str) -> None:
    """Drop what others asked to have moved to this address, and the mails about it."""
    to_here = AddressChange.address_index == subscriber.address_index
    others = session.scalars(select(AddressChange.subscriber_id).where(to_here)).all()
    mails = select(OutboxMail.delivery_id).where(
        OutboxMail.subscriber_id.in_(others),
        OutboxMail.template == address_changes.TEMPLATE,
        OutboxMail.address != b"",
    )
    letters = {id_: outbox.letter(session, id_) for id_ in session.scalars(mails)}
    outbox.empty(session, [id_ for id_, letter in letters.items() if letter.address == address])
    session.execute(delete(AddressChange).where(to_here))
