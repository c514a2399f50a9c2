"""Whatever is changed in the audit chain is found."""

import secrets
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from db.session import transaction
from staff import audit
from staff.models import AuditEntry, AuditHead
from tests.cast import hire

KEY = secrets.token_bytes(32)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def fill(session: Session, count: int = 5) -> None:
    dana = hire("dana").id
    for number in range(count):
        audit.append(
            session,
            staff_id=dana if number % 2 else None,
            act="announcement.approve",
            subject=f"announcement {number}",
            detail="as previewed",
            now=NOW + timedelta(seconds=number),
            key=KEY,
        )


@pytest.fixture(autouse=True)
def past_the_trigger(session: Session) -> None:
    """Act as somebody who owns the database: the trigger that refuses changes does not fire for them."""
    session.execute(text("SET LOCAL session_replication_role = replica"))


def test_an_empty_chain_is_whole(session: Session) -> None:
    assert audit.verify(session, KEY) == []


def test_an_untouched_chain_is_whole(session: Session) -> None:
    fill(session)
    session.expire_all()
    assert audit.verify(session, KEY) == []


CHANGES = {
    "at": NOW + timedelta(days=1),
    "staff_id": None,
    "act": "announcement.cancel",
    "subject": "announcement 99",
    "detail": "",
    "mac": b"\1" * 32,
}


@pytest.mark.parametrize("position", [2, 4])
@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_any_column_is_found(session: Session, column: str, position: int) -> None:
    fill(session)
    change = update(AuditEntry).where(AuditEntry.position == position)
    session.execute(change.values({column: CHANGES[column]}))
    session.expire_all()
    assert audit.verify(session, KEY)[0].startswith(f"entry {position}:")


@pytest.mark.parametrize("position", [1, 3])
def test_an_entry_cut_out_is_missed(session: Session, position: int) -> None:
    fill(session)
    session.execute(delete(AuditEntry).where(AuditEntry.position == position))
    assert f"entry {position}: is missing" in audit.verify(session, KEY)


def test_an_entry_cut_out_with_the_rest_moved_up_is_found(session: Session) -> None:
    fill(session)
    session.execute(delete(AuditEntry).where(AuditEntry.position == 2))
    for position in (3, 4, 5):
        session.execute(
            text("UPDATE audit_entry SET position = :p - 1 WHERE position = :p"), {"p": position}
        )
    assert "entry 2: was changed, or was not written by this system" in audit.verify(session, KEY)


def test_two_entries_swapped_are_found(session: Session) -> None:
    fill(session)
    for before, after in ((2, 99), (3, 2), (99, 3)):
        session.execute(
            update(AuditEntry).where(AuditEntry.position == before).values(position=after)
        )
    assert len(audit.verify(session, KEY)) >= 2


@pytest.mark.parametrize("kept", [0, 4])
def test_a_tail_cut_off_is_found(session: Session, kept: int) -> None:
    fill(session)
    session.execute(delete(AuditEntry).where(AuditEntry.position > kept))
    assert "the end was cut off" in audit.verify(session, KEY)[0]


def test_a_head_cut_off_with_the_tail_is_missed(session: Session) -> None:
    fill(session)
    session.execute(delete(AuditEntry).where(AuditEntry.position > 3))
    session.execute(delete(AuditHead))
    assert audit.verify(session, KEY) == ["the head of the chain is missing"]


def test_a_head_moved_back_is_found(session: Session) -> None:
    fill(session)
    session.execute(delete(AuditEntry).where(AuditEntry.position > 3))
    session.execute(update(AuditHead).values(position=3))
    assert audit.verify(session, KEY) == ["the head of the chain was changed"]


def test_an_older_head_put_back_is_found_by_the_one_noted(session: Session) -> None:
    fill(session, 3)
    old = session.scalars(select(AuditHead)).one().mac
    fill_more(session)
    noted = audit.Head.parse(str(audit.head(session)))
    session.execute(delete(AuditEntry).where(AuditEntry.position > 3))
    session.execute(update(AuditHead).values(position=3, mac=old))
    session.expire_all()
    assert audit.verify(session, KEY) == []
    assert "was cut off" in audit.verify(session, KEY, noted=noted)[0]


def fill_more(session: Session) -> None:
    audit.append(session, staff_id=None, act="x.y", subject="z", now=NOW, key=KEY)


def test_an_entry_added_without_the_key_is_found(session: Session) -> None:
    fill(session)
    audit.append(session, staff_id=None, act="x.y", subject="z", now=NOW, key=b"guess" * 6)
    assert "entry 6: was changed, or was not written by this system" in audit.verify(session, KEY)


def test_writers_at_once_do_not_fork_the_chain(app: Flask) -> None:
    def write() -> None:
        with app.app_context(), transaction() as session:
            fill_more(session)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction() as session:
        assert audit.head(session).position == 8
        assert audit.verify(session, KEY) == []


WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(act=WORDS, subject=WORDS, detail=WORDS)
def test_any_words_are_kept_as_written(
    session: Session, act: str, subject: str, detail: str
) -> None:
    audit.append(session, staff_id=None, act=act, subject=subject, detail=detail, now=NOW, key=KEY)
    session.expire_all()
    assert audit.verify(session, KEY) == []
