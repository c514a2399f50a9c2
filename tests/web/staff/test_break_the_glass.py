import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer.models.announcements import Announcement, AnnouncementEvent
from staff.models import AuditEntry
from tests import builders
from tests.cast import hire
from tests.web.staff import members
from tests.web.staff.members import Member

ONE = "/staff/announcements/1"
GLASS = f"{ONE}/break-glass"
REASON = "Nobody else can be reached, and a hearing begins within the hour."


@pytest.fixture
def bela(app: Flask) -> Member:
    """Sign in an author who approves too, and who has proposed a release."""
    bela = members.of(app, "bela", "author", "approver")
    builders.announcement(builders.release(), author=bela.staff)
    return bela


def test_the_page_warns_before_it_asks_why(bela: Member) -> None:
    assert GLASS in bela.read(ONE)
    page = bela.read(GLASS)
    for words in ("Two people press the button, and you are one", "is told by mail", "<textarea"):
        assert words in page
    assert members.states() == ["in review"]


def test_a_reason_lets_one_person_approve_and_staff_are_told(bela: Member) -> None:
    bela.post(GLASS, reason=REASON, read="en")
    assert members.states() == ["approved"]
    page = bela.read(ONE)
    assert f"<q>{REASON}</q>" in page
    assert "Bela, alone" in page
    with transaction() as session:
        assert session.scalars(select(AnnouncementEvent.tell)).all()[-1]
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.position.desc())).first()
        assert entry is not None
        assert (entry.act, entry.detail) == ("announcement.break-glass", REASON)


def test_no_address_comes_into_the_audit_chain(bela: Member) -> None:
    bela.post(GLASS, reason=f"{REASON} Ask amira@example.org about it.", read="en")
    with transaction() as session:
        details = session.scalars(select(AuditEntry.detail)).all()
        assert not any("amira@example.org" in detail for detail in details)


@pytest.mark.parametrize(
    ("reason", "read", "sentence"),
    [
        ("too short", "en", "in 20 characters or more"),
        (" " * 100, "en", "in 20 characters or more"),
        (REASON, "", "not read yet: en"),
    ],
)
def test_without_a_reason_or_unread_it_is_refused_beside_the_form(
    bela: Member, reason: str, read: str, sentence: str
) -> None:
    answer = bela.post(GLASS, reason=reason, read=read)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert reason.strip() in answer.text
    assert (members.states(), members.acts()) == (["in review"], [])


def test_nobody_breaks_the_glass_for_somebody_else(app: Flask) -> None:
    builders.announcement(builders.release(), author=hire("chen", "author"))
    alma = members.of(app, "alma", "admin")
    for answer in (alma.get(GLASS), alma.post(GLASS, reason=REASON, read="en")):
        assert answer.status_code == 409
        assert "Somebody else proposed it" in answer.text
    assert members.states() == ["in review"]
    assert GLASS not in alma.read(ONE)


def test_who_only_writes_cannot_approve_alone(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    builders.announcement(builders.release(), author=chen.staff)
    assert GLASS not in chen.read(ONE)
    assert chen.post(GLASS, reason=REASON, read="en").status_code == 403


def test_a_second_press_says_that_it_is_approved(bela: Member) -> None:
    bela.post(GLASS, reason=REASON, read="en")
    answer = bela.post(GLASS, reason=REASON, read="en")
    assert answer.status_code == 409
    assert "It was approved already" in answer.text
    with transaction() as session:
        assert session.scalars(select(Announcement.break_glass_reason)).all() == [REASON]
