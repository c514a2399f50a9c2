"""Sending an announcement to readers who are there, who left, and who were never on the list."""

import email
import email.policy
from collections import Counter
from collections.abc import Callable

from db.session import transaction
from mailer import subscribers, suppressions
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import DeliveryState
from mailer.models.subscribers import Subscriber, SubscriberState
from mailer.sending import Office
from sandbox.sink.server import Sink
from tests import builders
from tests.mailer.sending.conftest import freeze, progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]


def test_each_reader_gets_the_release_exactly_once(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(120)
    send_all(open_office())
    assert received(sink) == Counter({f"reader{n}@example.org": 1 for n in range(120)})
    report = progress(id_)
    assert report.closes
    assert report.counts[DeliveryState.ACCEPTED] == 120
    assert report.state == AnnouncementState.FINISHED


def test_pending_ended_suppressed_and_other_topics_get_nothing(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    builders.subscriber("pending@example.org", state=SubscriberState.PENDING)
    builders.subscriber("ended@example.org", state=SubscriberState.ENDED)
    builders.subscriber("elsewhere@example.org", topic_slugs=("other",))
    hidden = builders.subscriber("suppressed@example.org")
    with transaction() as session:
        index = session.get_one(Subscriber, hidden).address_index
        suppressions.add(session, index, reason="complaint")
    id_ = announced(3)
    send_all(open_office())
    assert set(received(sink)) == {f"reader{n}@example.org" for n in range(3)}
    assert progress(id_).recipients == 3


def test_who_leaves_after_the_freeze_is_skipped(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(3)
    with transaction() as session:
        leaver = session.get_one(Subscriber, 2)
        subscribers.end(session, leaver, reason="unsubscribed", source="test", now=builders.NOW)
    send_all(open_office())
    assert received(sink) == Counter(["reader0@example.org", "reader2@example.org"])
    assert progress(id_).counts[DeliveryState.SKIPPED] == 1
    assert progress(id_).closes


def test_freezing_twice_makes_no_second_delivery(open_office: Open, announced: Announce) -> None:
    id_ = announced(5)
    with transaction() as session:
        announcement = session.get_one(Announcement, id_)
        announcement.state, announcement.frozen_to = AnnouncementState.PREPARING, 0
    freeze(id_)
    assert progress(id_).recipients == 5


def test_the_mail_carries_what_rfc_8058_and_2919_ask_for(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    announced(1)
    with Sink(keep_bytes=True) as keeping:
        send_all(open_office(port=keeping.port))
        mail = email.message_from_bytes(
            keeping.accepted[0].content or b"", policy=email.policy.default
        )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/unsubscribe/")
    assert mail["List-Id"].endswith("<releases.example.org>")
    assert mail["To"] == "reader0@example.org"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
