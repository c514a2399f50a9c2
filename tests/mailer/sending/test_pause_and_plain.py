"""Readers who paused, readers who want text alone, and what leaves the outbox as soon as it is through."""

import email
import email.policy
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import select, text, update

from db.session import transaction
from mailer import audience, erasure, fresh_links, releases
from mailer.models.deliveries import Delivery, DeliveryState, OutboxMail, Queue
from mailer.models.subscribers import Subscriber
from mailer.sending import Office
from sandbox.sink.server import Sink
from tests import builders
from tests.mailer.manage.conftest import dump
from tests.mailer.sending.conftest import progress, received, send_all
from wiring.core import core

Open = Callable[..., Office]
Announce = Callable[[int], int]
TOMORROW, YESTERDAY = (datetime.now(UTC) + timedelta(days=days) for days in (1, -1))


def prefer(subscriber_id: int, **values: object) -> None:
    """Change a subscriber's row."""
    with transaction() as session:
        session.execute(update(Subscriber).where(Subscriber.id == subscriber_id).values(values))


def mails_of(sink: Sink) -> dict[str, EmailMessage]:
    """Return what each recipient got."""
    return {
        mail.recipient: email.message_from_bytes(mail.content or b"", policy=email.policy.default)
        for mail in sink.accepted
    }


def test_who_paused_before_the_freeze_is_not_in_the_audience(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    asleep = builders.subscriber("asleep@example.org")
    awake = builders.subscriber("awake@example.org")
    prefer(asleep, paused_until=TOMORROW)
    prefer(awake, paused_until=YESTERDAY)
    id_ = announced(1)
    send_all(open_office())
    assert received(sink) == Counter(["awake@example.org", "reader0@example.org"])
    assert progress(id_).recipients == 2


def test_who_pauses_while_it_runs_is_skipped_and_the_report_says_why(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(3)
    prefer(2, paused_until=TOMORROW)
    prefer(3, paused_until=YESTERDAY)
    send_all(open_office())
    assert received(sink) == Counter(["reader0@example.org", "reader2@example.org"])
    with transaction() as session:
        skipped = session.scalars(select(Delivery).where(Delivery.subscriber_id == 2)).one()
    assert (skipped.state, skipped.reason) == (DeliveryState.SKIPPED, "paused")
    assert progress(id_).closes


def test_the_count_before_a_start_leaves_out_who_paused(announced: Announce) -> None:
    builders.subscribers(3)
    prefer(1, paused_until=TOMORROW)
    slug = builders.release()
    with transaction() as session:
        assert audience.counted(session, audience.rule(releases.named(session, slug))).reached == 2


def test_who_wants_text_alone_gets_one_part_with_the_same_words_and_links(
    open_office: Open, announced: Announce
) -> None:
    announced(2)
    prefer(1, plain_only=True)
    with Sink(keep_bytes=True) as keeping:
        send_all(open_office(port=keeping.port))
        got = mails_of(keeping)
    plain, whole = got["reader0@example.org"], got["reader1@example.org"]
    assert (plain.get_content_type(), whole.get_content_type()) == (
        "text/plain",
        "multipart/alternative",
    )
    text_part = whole.get_body(("plain",))
    assert isinstance(text_part, EmailMessage)
    lines = [str(part.get_content()).splitlines() for part in (plain, text_part)]
    differing = [one.split(":")[0] for one, other in zip(*lines, strict=True) if one != other]
    assert differing == ["Unsubscribe", "Topics, language, pause"], "their own links alone"
    assert plain["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_other_mails_to_them_are_text_alone_too(open_office: Open, app: object) -> None:
    id_ = builders.subscriber("plain@example.org")
    prefer(id_, plain_only=True)
    with transaction() as session:
        fresh_links.mail(session, id_, 1, links=core().links, now=datetime.now(UTC))
    with Sink(keep_bytes=True) as keeping:
        send_all(open_office(port=keeping.port), Queue.TX)
        assert mails_of(keeping)["plain@example.org"].get_content_type() == "text/plain"


def test_a_release_can_be_left_by_link_by_mail_and_by_page(
    open_office: Open, announced: Announce
) -> None:
    announced(1)
    with Sink(keep_bytes=True) as keeping:
        send_all(open_office(port=keeping.port))
        mail = mails_of(keeping)["reader0@example.org"]
    link, _, mail_to = mail["List-Unsubscribe"].partition(", ")
    address = mail_to.removeprefix("<mailto:").removesuffix(">")
    assert link.startswith("<http://127.0.0.1:8000/unsubscribe/")
    assert core().sender.read_unsubscribe_address(address) == (1, 1)
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert "http://127.0.0.1:8000/manage/" in body.get_content()


def test_after_the_last_mail_has_left_nothing_of_the_erased_is_anywhere(
    open_office: Open, app: object, sink: Sink
) -> None:
    id_ = builders.subscriber("canary@hidden.example.org")
    with transaction() as session:
        fresh_links.mail(session, id_, 1, links=core().links, now=datetime.now(UTC))
        erasure.erase(session, id_, 1, now=datetime.now(UTC))
    with transaction() as session:
        mails = session.scalars(select(OutboxMail)).all()
        sealed = [blob.hex() for mail in mails for blob in (mail.address, mail.context) if blob]
    send_all(open_office(), Queue.TX)
    assert received(sink) == Counter(["canary@hidden.example.org"])
    left = dump()
    assert len(sealed) == 2
    assert [blob for blob in sealed if blob in left] == []


def test_a_mail_that_was_emptied_while_it_waited_is_skipped(
    open_office: Open, app: object, sink: Sink
) -> None:
    id_ = builders.subscriber("amira@example.org")
    with transaction() as session:
        fresh_links.mail(session, id_, 1, links=core().links, now=datetime.now(UTC))
        session.flush()
        session.execute(text("UPDATE outbox_mail SET address = '', context = ''"))
    send_all(open_office(), Queue.TX)
    assert received(sink) == Counter()
    with transaction() as session:
        delivery = session.scalars(select(Delivery)).one()
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, "emptied")
