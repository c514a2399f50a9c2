"""What a relay says to MAIL it says of itself or of us: no reader had been named yet."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from db.session import transaction
from mailer import relays
from mailer.models.deliveries import DeliveryState, Pace, RelayState
from mailer.sending import Office
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from tests.mailer.sending.conftest import hasten, progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]
TOO_MUCH = "450 4.7.1 too much mail from you"


def is_away() -> bool:
    with transaction() as session:
        return relays.away(session) is not None


@pytest.mark.parametrize(
    "line", ["421 4.7.0 too many from you", TOO_MUCH, "451 4.3.2 not now", "452 too many messages"]
)
def test_no_readers_domain_is_slowed_for_it(
    open_office: Open, announced: Announce, sink: Sink, line: str
) -> None:
    announced(3)
    sink.rules = [Rule("mail", "reply", text=line)]
    send_all(open_office())
    with transaction() as session:
        assert session.scalars(select(Pace.scope)).all() == []


def test_said_to_the_recipient_it_slows_their_domain(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    announced(3)
    sink.rules = [Rule("rcpt", "reply", text=TOO_MUCH)]
    send_all(open_office())
    with transaction() as session:
        assert len(session.scalars(select(Pace.scope)).all()) == 1


def test_a_relay_that_says_it_again_and_again_is_set_aside(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(60)
    sink.rules = [Rule("mail", "reply", text=TOO_MUCH)]
    send_all(open_office())
    assert progress(id_).counts[DeliveryState.DEFERRED] == 4
    with transaction() as session:
        assert (
            session.scalars(select(RelayState.reason)).one() == "4.7.1 450 too much mail from you"
        )
    sink.rules = []
    hasten()
    send_all(open_office())
    assert set(received(sink).values()) == {1}
    assert progress(id_).closes
    assert not is_away()


def test_one_message_that_is_refused_so_waits_alone(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(20)
    sink.rules = [Rule("mail", "reply", text=TOO_MUCH, ordinals=(2, 3, 4, 9, 10, 11))]
    send_all(open_office())
    counts = progress(id_).counts
    assert (counts[DeliveryState.DEFERRED], counts[DeliveryState.ACCEPTED]) == (6, 14)
    assert not is_away()


def test_a_relay_that_is_tried_again_and_says_it_waits_longer(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    announced(60)
    sink.rules = [Rule("mail", "reply", text=TOO_MUCH)]
    for _ in range(2):
        hasten()
        send_all(open_office())
    with transaction() as session:
        assert session.scalars(select(RelayState.failures)).one() == 2
