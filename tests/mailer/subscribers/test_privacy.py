"""Whoever has the tables but not the keys learns no address; consent events cannot be changed."""

import pytest
from sqlalchemy import LargeBinary, delete, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.sql.dml import Delete, Update

from db.base import db
from db.session import transaction
from mailer import refusals
from mailer.deliveries import Due
from mailer.models.deliveries import Queue
from mailer.models.subscribers import ConsentEvent
from mailer.smtp.failures import PermanentFailure
from tests.mailer.subscribers.conftest import BEFORE, Person, events

CANARY = "canary-7f3a@hidden.example.org"


def _dump() -> str:
    """Return every value of every row, bytes shown as the letters they may hold."""
    shown: list[str] = []
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            columns = ", ".join(
                f"encode({c.name}, 'escape')"
                if isinstance(c.type, LargeBinary)
                else f"CAST({c.name} AS text)"
                for c in table.columns
            )
            rows = connection.execute(text(f"SELECT {columns} FROM {table.name}"))  # noqa: S608 - our own names
            shown += [str(value) for row in rows for value in row]
    return "\n".join(shown)


@pytest.fixture
def canary(amira: Person) -> Person:
    """Give somebody whose address is easily found."""
    return Person(amira.core, CANARY)


@pytest.mark.parametrize("state", BEFORE)
def test_no_row_names_an_address(canary: Person, state: str) -> None:
    BEFORE[state](canary)
    canary.a_day_later()
    canary.ask()
    dump = _dump().lower()
    assert canary.mails()
    for part in ("canary", "hidden", b"canary".hex(), "y2fuyxj5", "nhbmfye", "jyw5hcn"):
        assert part not in dump


def test_the_dump_would_show_an_address_that_is_there(canary: Person) -> None:
    canary.ask()
    with transaction() as session:
        session.execute(text("UPDATE outbox_mail SET context = :it"), {"it": CANARY.encode()})
    assert CANARY in _dump()


def test_no_row_holds_a_link_that_works(canary: Person) -> None:
    canary.ask()
    dump = _dump()
    assert canary.jti() not in dump
    assert "/confirm/" not in dump


@pytest.mark.parametrize(
    "said", [f"550 5.1.1 <{CANARY}>: unknown", f"550 5.1.1 {CANARY} no", f"550 5.1.1 to:{CANARY}"]
)
def test_the_reason_of_a_refusal_names_no_address(said: str, canary: Person) -> None:
    refusal = PermanentFailure("5.1.1", said)
    outcome = refusals.outcome(
        Due(1, 0, 0), refusal, queue=Queue.TX, now=canary.now, give_up_at=canary.now, luck=0.5
    )
    assert outcome.reason is not None
    assert "canary" not in outcome.reason
    assert "example" not in outcome.reason


CHANGES: dict[str, Update | Delete] = {
    "changed": update(ConsentEvent).values(source="elsewhere"),
    "left as it is, but written": update(ConsentEvent).values(kind=ConsentEvent.kind),
    "deleted": delete(ConsentEvent),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_consent_event_cannot_be(amira: Person, change: Update | Delete) -> None:
    BEFORE["ended"](amira)
    with pytest.raises(DatabaseError, match="only ever added"), transaction() as session:
        session.execute(change)
    assert events() == ["requested", "confirmed", "withdrawn"]


def test_a_subscriber_with_consent_events_cannot_be_deleted(amira: Person) -> None:
    amira.ask()
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(text("DELETE FROM subscriber"))
    assert amira.state == "pending"
