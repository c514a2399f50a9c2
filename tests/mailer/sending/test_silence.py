"""What the ledger makes of a relay that falls silent, before the dot, after it, or altogether."""

import socket
from collections.abc import Callable

import pytest
from sqlalchemy import select

from db.session import transaction
from mailer import relays
from mailer.models.announcements import AnnouncementState
from mailer.models.deliveries import Delivery, DeliveryState
from mailer.sending import Office
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from tests.mailer.sending.conftest import hasten, progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
def test_a_drop_before_the_dot_loses_and_repeats_nothing(
    open_office: Open, announced: Announce, sink: Sink, phase: str
) -> None:
    id_ = announced(60)
    sink.rules = [Rule(phase, "drop", ordinals=(5, 20, 40))]  # type: ignore[arg-type] # a phase by pytest's parameter
    send_all(open_office())
    assert set(received(sink).values()) == {1}
    assert progress(id_).counts[DeliveryState.ACCEPTED] == 60
    assert not progress(id_).perhaps_twice


@pytest.mark.parametrize("kept", [True, False])
def test_a_drop_after_the_dot_is_tried_once_more_and_listed(
    open_office: Open, announced: Announce, sink: Sink, *, kept: bool
) -> None:
    id_ = announced(10)
    sink.rules = [Rule("dot", "drop", ordinals=(4,), keep=kept)]
    send_all(open_office())
    twice = [reader for reader, count in received(sink).items() if count > 1]
    assert len(received(sink)) == 10
    assert len(twice) == (1 if kept else 0)
    assert len(progress(id_).perhaps_twice) == 1
    assert progress(id_).closes


def test_both_tries_of_a_doubtful_mail_have_one_message_id(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    announced(1)
    sink.rules = [Rule("dot", "drop", ordinals=(1,), keep=True)]
    send_all(open_office())
    assert len(sink.accepted) == 2
    assert len({mail.message_id for mail in sink.accepted}) == 1


def test_a_doubtful_mail_is_left_to_staff_where_the_setting_says_so(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(3)
    sink.rules = [Rule("dot", "drop", ordinals=(2,), keep=True)]
    send_all(open_office(resend=False))
    assert progress(id_).counts[DeliveryState.UNCERTAIN] == 1
    assert progress(id_).closes
    assert set(received(sink).values()) == {1}


def test_a_mail_in_doubt_twice_stays_uncertain(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(1)
    sink.rules = [Rule("dot", "drop")]
    send_all(open_office())
    assert progress(id_).counts[DeliveryState.UNCERTAIN] == 1
    assert progress(id_).closes


def test_a_relay_that_is_away_costs_nothing_but_time(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(60)
    nobody = _free_port()
    send_all(open_office(port=nobody))
    with transaction() as session:
        away = relays.away(session)
        tried = session.scalars(select(Delivery.attempts)).all()
    assert away is not None
    assert set(tried) == {0}
    assert progress(id_).state == AnnouncementState.SENDING
    hasten()
    with Sink(port=nobody) as back:
        send_all(open_office(port=nobody))
        assert set(received(back).values()) == {1}
        assert len(back.accepted) == 60
    with transaction() as session:
        assert relays.away(session) is None


def test_a_relay_that_leaves_in_the_middle_gets_the_rest_later(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(60)
    sink.rules = [
        Rule("connect", "drop", ordinals=tuple(range(2, 50))),
        Rule("mail", "drop", after=7),
    ]
    send_all(open_office())
    assert 0 < len(sink.accepted) < 60
    sink.rules = []
    hasten()
    send_all(open_office())
    assert set(received(sink).values()) == {1}
    assert progress(id_).counts[DeliveryState.ACCEPTED] == 60


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_relay_that_leaves_a_doubt_each_time_is_taken_to_be_away(
    open_office: Callable[..., Office], announced: Callable[[int], int], sink: Sink
) -> None:
    id_ = announced(40)
    sink.rules = [Rule("dot", "drop", keep=True)]
    send_all(open_office())
    assert len(progress(id_).perhaps_twice) <= 5
    assert len(sink.accepted) <= 5
