"""Signing in and changing factors is written into the audit chain."""

from sqlalchemy import select

from config import derived
from config.settings import Settings
from db.session import transaction
from staff import audit
from staff.models import AuditEntry, StaffMember
from tests.cast import Staff, hire
from tests.web.browser import Browser


def acts() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.position)))


def test_beginning_and_end_of_a_session_are_recorded(client: Browser, chen: Staff) -> None:
    client.send("/staff/sign-out", page="/staff/")
    assert acts() == ["session.begin", "session.end"]


def test_the_time_of_the_last_sign_in_is_kept(chen: Staff) -> None:
    with transaction() as session:
        assert session.get_one(StaffMember, chen.id).signed_in_at


def test_a_refused_sign_in_leaves_no_entry(client: Browser) -> None:
    client.sign_in(hire("dana"), password="not the password")
    assert acts() == []


def test_the_chain_of_these_entries_is_whole(
    client: Browser, chen: Staff, settings: Settings
) -> None:
    client.send("/staff/sign-out", page="/staff/")
    with transaction() as session:
        assert audit.verify(session, derived.audit_key(settings)) == []
