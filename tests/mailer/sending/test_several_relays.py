"""Several relays: a batch goes through one that answers, and one that fails is set aside and tried again."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from config import limits
from db.session import transaction
from mailer.models.deliveries import RelayState
from mailer.sending import Office
from mailer.smtp.relay import Relay
from mailer.wire import Wires
from sandbox.sink.server import Sink
from tests import processes
from tests.mailer.sending.conftest import hasten, progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]


def with_relays(office: Office, *ports: int) -> Office:
    relays = [Relay.parse(f"smtp://127.0.0.1:{port}") for port in ports]
    office.wires = Wires(relays, hello="mail.example.org")
    return office


def away() -> list[str]:
    with transaction() as session:
        return list(
            session.scalars(select(RelayState.relay).where(RelayState.away_since.is_not(None)))
        )


def test_all_arrive_through_the_relay_that_answers(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_, dead = announced(300), processes.free_port()
    office = with_relays(open_office(), sink.port, dead)
    send_all(office)
    assert received(sink) == Counter({f"reader{n}@example.org": 1 for n in range(300)})
    assert progress(id_).closes


def test_a_relay_that_is_back_is_used_again(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_, port = announced(300), processes.free_port()
    office = with_relays(open_office(), port)
    send_all(office)
    assert away() == [f"127.0.0.1:{port}"]
    with Sink(port=port) as back:
        hasten()
        send_all(office)
        assert len(received(back)) == 300
    assert not away()
    assert progress(id_).closes


def test_mails_are_spread_over_the_relays(
    open_office: Open, announced: Announce, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Batches are drawn by luck: of sixteen all fall to one relay once in thirty thousand runs.
    monkeypatch.setattr(limits, "BATCHES_PER_CHUNK", 16)
    announced(800)
    with Sink() as other:
        send_all(with_relays(open_office(), sink.port, other.port))
        both = received(sink) + received(other)
        assert both == Counter({f"reader{n}@example.org": 1 for n in range(800)})
        assert sink.accepted
        assert other.accepted
