"""One row that cannot be sent is that row's alone: nobody else waits for it."""

from collections.abc import Callable

from sqlalchemy import select, text

from db.base import db
from db.session import transaction
from mailer import packing
from mailer.models.deliveries import Delivery, DeliveryState
from mailer.sending import Office
from sandbox.sink.server import Sink
from tests.mailer.sending.conftest import progress, received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]


def fate_of(subscriber_id: int) -> tuple[DeliveryState, str | None]:
    with transaction() as session:
        row = session.scalars(select(Delivery).where(Delivery.subscriber_id == subscriber_id)).one()
        return row.state, row.reason


def test_an_address_sealed_with_a_key_that_is_not_here_waits_alone(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(5)
    with db.engine.begin() as connection:
        # The name of the key, which is 'k1', stands behind two bytes.
        rename = text(
            "UPDATE subscriber SET address = overlay(address placing 'zz'::bytea from 3) WHERE id = 2"
        )
        connection.execute(rename)
    send_all(open_office())
    assert len(received(sink)) == 4
    assert fate_of(2) == (DeliveryState.DEFERRED, packing.KEY_MISSING)
    assert progress(id_).counts[DeliveryState.ACCEPTED] == 4


def test_an_address_that_was_changed_in_the_table_is_refused_alone(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(5)
    with db.engine.begin() as connection:
        swap = text(
            "UPDATE subscriber SET address = (SELECT address FROM subscriber WHERE id = 3) WHERE id = 2"
        )
        connection.execute(swap)
    send_all(open_office())
    assert len(received(sink)) == 4
    assert fate_of(2) == (DeliveryState.REFUSED, packing.UNREADABLE)
    assert progress(id_).closes
