"""Mails to readers who gave an OpenPGP key: encrypted whole, or not sent."""

import email
import email.policy
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import certificates, fresh_links, pgp
from mailer.models.deliveries import Delivery, DeliveryState, OutboxMail, Queue
from mailer.models.subscribers import Subscriber
from mailer.sending import Office
from sandbox.sink.server import Sink
from tests import builders, pgp_keys
from tests.cast import AMIRA
from tests.mailer.sending.conftest import progress, received, send_all
from wiring.core import core

Open = Callable[..., Office]
Announce = Callable[[int], int]

WORDS = [b"journalist", b"freed", b"court", b"Noor", b"unsubscribe/"]
"""Words of the release, and of its body's links, that must not be read on the way."""


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Give a relay that keeps what it accepts, byte by byte."""
    with Sink(keep_bytes=True) as sink:
        yield sink


@pytest.fixture
def amira(app: Flask) -> int:
    """Add Amira, who gave a key."""
    id_ = builders.subscriber(AMIRA)
    pgp_keys.give(id_)
    return id_


def mail_to(sink: Sink, address: str) -> bytes:
    (content,) = [mail.content for mail in sink.accepted if mail.recipient == address]
    assert content is not None
    return content


def outcome(subscriber_id: int) -> tuple[DeliveryState, str | None]:
    with transaction() as session:
        row = session.scalars(select(Delivery).where(Delivery.subscriber_id == subscriber_id)).one()
        return row.state, row.reason


def templates() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(OutboxMail.template)))


def test_the_owner_reads_the_very_mail_that_others_get_in_clear(
    open_office: Open, announced: Announce, amira: int, sink: Sink
) -> None:
    announced(1)
    send_all(open_office())
    clear = email.message_from_bytes(
        mail_to(sink, "reader0@example.org"), policy=email.policy.default
    )
    inner = pgp_keys.opened(mail_to(sink, AMIRA))
    assert inner["Subject"] == clear["Subject"]
    assert texts(inner) == texts(clear)


def texts(message: object) -> list[str]:
    """Return the text parts without the lines that hold a reader's own links."""
    parts = message.iter_parts()  # type: ignore[attr-defined] # a multipart
    own = ("/unsubscribe/", "/manage/")
    return [
        "\n".join(
            line for line in part.get_content().splitlines() if not any(o in line for o in own)
        )
        for part in parts
    ]


def test_on_the_way_neither_subject_nor_words_are_read(
    open_office: Open, announced: Announce, amira: int, sink: Sink
) -> None:
    announced(0)
    send_all(open_office())
    wire = mail_to(sink, AMIRA)
    assert email.message_from_bytes(wire)["Subject"] == "[...]"
    head, _, body = wire.partition(b"\r\n\r\n")
    assert not any(word in body for word in WORDS)
    assert not any(word in head for word in WORDS[:4])


def test_what_delivers_the_mail_stays_outside_and_is_repeated_inside(
    open_office: Open, announced: Announce, amira: int, sink: Sink
) -> None:
    announced(0)
    send_all(open_office())
    outer = email.message_from_bytes(mail_to(sink, AMIRA), policy=email.policy.default)
    inner = pgp_keys.opened(mail_to(sink, AMIRA))
    for name in ("To", "From", "Date", "Message-ID", "List-Id", "List-Unsubscribe"):
        assert outer[name]
        assert inner[name] == outer[name]
    assert outer["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert inner["Content-Type"].params["hp"] == "cipher"
    assert "Subject: [...]" in inner.get_all("HP-Outer", [])


def test_a_plain_mail_is_encrypted_too(
    open_office: Open, announced: Announce, amira: int, sink: Sink
) -> None:
    with transaction() as session:
        session.get_one(Subscriber, amira).plain_only = True
    announced(0)
    send_all(open_office())
    inner = pgp_keys.opened(mail_to(sink, AMIRA))
    assert inner.get_content_type() == "text/plain"
    assert "journalist" in inner.get_content()


def test_with_an_ended_key_the_release_is_refused_and_the_reader_is_told(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    reader = builders.subscriber(AMIRA)
    pgp_keys.give(reader, pgp_keys.ended())
    id_ = announced(1)
    send_all(open_office())
    assert outcome(reader) == (DeliveryState.REFUSED, pgp.EXPIRED)
    assert progress(id_).closes
    send_all(open_office(), Queue.TX)
    told = mail_to(sink, AMIRA)
    assert b"OpenPGP key has ended" in told
    assert not any(word in told for word in WORDS[:4])


def test_the_reader_is_told_once_a_week(open_office: Open, announced: Announce, sink: Sink) -> None:
    reader = builders.subscriber(AMIRA)
    pgp_keys.give(reader, pgp_keys.ended())
    for _ in range(2):
        with transaction() as session:
            certificates.tell(session, reader, links=core().links, now=datetime.now(UTC))
    assert templates() == ["key-expired"]


def test_a_mail_about_the_subscription_is_encrypted(
    open_office: Open, amira: int, sink: Sink
) -> None:
    ask_for_fresh_link(amira)
    send_all(open_office(), Queue.TX)
    wire = mail_to(sink, AMIRA)
    assert b"/manage/" not in wire
    assert "/manage/" in pgp_keys.opened(wire).as_string()


def test_with_an_ended_key_a_fresh_link_still_comes(
    open_office: Open, amira: int, sink: Sink
) -> None:
    pgp_keys.give(amira, pgp_keys.ended())
    ask_for_fresh_link(amira)
    send_all(open_office(), Queue.TX)
    assert (
        email.message_from_bytes(mail_to(sink, AMIRA)).get_content_type() != "multipart/encrypted"
    )


def test_without_the_library_nobody_with_a_key_is_mailed_anything(
    open_office: Open, announced: Announce, amira: int, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    announced(1)
    ask_for_fresh_link(amira)
    send_all(open_office())
    send_all(open_office(), Queue.TX)
    assert set(received(sink)) == {"reader0@example.org"}
    assert outcome(amira) == (DeliveryState.REFUSED, "encryption is not available here")


def test_a_key_moved_from_another_reader_is_not_encrypted_to(
    open_office: Open, announced: Announce, amira: int, sink: Sink
) -> None:
    other = builders.subscriber("eve@example.org")
    with transaction() as session:
        stolen = session.get_one(Subscriber, amira).pgp_certificate
        session.get_one(Subscriber, other).pgp_certificate = stolen
    announced(0)
    send_all(open_office())
    assert outcome(other) == (DeliveryState.REFUSED, certificates.UNREADABLE)
    assert set(received(sink)) == {AMIRA}


def ask_for_fresh_link(subscriber_id: int) -> None:
    with transaction() as session:
        fresh_links.mail(session, subscriber_id, 1, links=core().links, now=datetime.now(UTC))
