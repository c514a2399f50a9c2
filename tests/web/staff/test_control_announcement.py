from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from db.session import transaction
from mailer import audience, control, epochs
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Delivery, DeliveryState
from tests import builders
from tests.cast import hire
from tests.web.staff import members
from tests.web.staff.members import Member

ONE = "/staff/announcements/1"
POLICY = "The mail server refuses us by policy: 5.7.1 not from you"


@pytest.fixture
def chen(app: Flask) -> Member:
    """Sign in the author of a release that is being sent to four subscribers, one of whom has it."""
    builders.subscribers(4)
    chen, dana = members.of(app, "chen", "author"), hire("dana", "approver")
    builders.announcement(builders.release(), author=chen.staff, approver=dana)
    with transaction() as session:
        assert not audience.freeze(session, 1, now=builders.NOW)
        has_it = {"state": DeliveryState.ACCEPTED, "settled_at": datetime.now(UTC)}
        session.execute(update(Delivery).where(Delivery.id == 1).values(has_it))
    return chen


@pytest.fixture
def bela(app: Flask, chen: Member) -> Member:
    """Sign in an approver."""
    return members.of(app, "bela", "approver")


def pause(note: str) -> None:
    """Pause it as the system does."""
    with transaction() as session:
        one = session.scalars(select(Announcement)).one()
        control.pause(session, one, staff_id=None, note=note, now=builders.NOW, tell=True)


def column(name: str) -> object:
    """Return a column of the one announcement there is."""
    with transaction() as session:
        return getattr(session.scalars(select(Announcement)).one(), name)


def test_whoever_sees_it_pauses_it_and_an_approver_resumes_it(chen: Member, bela: Member) -> None:
    chen.post(f"{ONE}/pause", note="A <name> is wrong")
    page = chen.read(ONE)
    assert "Paused. 1 of 4 are done; nothing leaves meanwhile." in page
    assert "A &lt;name&gt; is wrong" in page
    assert ">Resume</button>" not in page
    assert chen.post(f"{ONE}/resume").status_code == 403
    bela.post(f"{ONE}/resume")
    assert members.states() == ["sending"]
    assert members.acts() == ["announcement.pause", "announcement.resume"]


def test_the_second_press_is_told_of_the_first(chen: Member, bela: Member) -> None:
    chen.post(f"{ONE}/pause")
    assert "It is paused already" in bela.post(f"{ONE}/pause").text
    bela.post(f"{ONE}/resume")
    assert "It goes on already" in bela.post(f"{ONE}/resume").text
    assert members.acts() == ["announcement.pause", "announcement.resume"]


def test_going_on_in_spite_of_refusals_is_offered_where_these_paused_it(bela: Member) -> None:
    pause(POLICY)
    for page in (bela.read(ONE), bela.read("/staff/")):
        assert POLICY in page
    assert 'name="goes-on"' in bela.read(ONE)
    bela.post(f"{ONE}/resume", **{"goes-on": "yes"})
    assert column("goes_on") is True


@pytest.mark.parametrize("note", [epochs.RESTORED, epochs.ASLEEP])
def test_and_nowhere_else(bela: Member, note: str) -> None:
    pause(note)
    assert 'name="goes-on"' not in bela.read(ONE)
    bela.post(f"{ONE}/resume", **{"goes-on": "yes"})
    assert (column("goes_on"), members.states()) == (False, ["sending"])


def test_resuming_asks_who_it_is_after_a_while(bela: Member) -> None:
    pause(POLICY)
    with bela.client.session_transaction("/staff/") as cookie:
        cookie["fs_paa"] = cookie["fs_paa"] - 3600
    assert bela.post(f"{ONE}/resume").location == f"/staff/sign-in/again?next={ONE}"
    assert members.states() == ["paused"]


def test_cancelling_says_first_how_many_have_it_and_how_many_will_not(chen: Member) -> None:
    page = chen.read(ONE)
    assert "<strong>1</strong> have it or may have it, and keep it." in page
    assert "<strong>3</strong> will not get it." in page
    chen.post(f"{ONE}/cancel", note="Wrong release")
    page = chen.read(ONE)
    assert "Cancelled. 1 of 4 have their mail, or may." in page
    assert "Cancel this announcement" not in page


@pytest.mark.parametrize(
    ("typed", "rate", "sentence"),
    [
        ("2,5", 2.5, "At most 2.5 a second."),
        ("20", 20.0, "At most 20 a second."),
        ("", None, "As fast as the mail server takes them."),
    ],
)
def test_the_rate_is_changed_while_it_runs(
    bela: Member, typed: str, rate: float | None, sentence: str
) -> None:
    bela.post(f"{ONE}/rate", rate=typed)
    assert column("rate") == rate
    assert sentence in bela.read(ONE)
    assert members.acts() == ["announcement.rate"]


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "inf", "1e999", "fast", "1e-9", "٣٠٠٠٠٠٠"])
def test_a_rate_that_nobody_could_send_by_is_refused(bela: Member, typed: str) -> None:
    assert bela.post(f"{ONE}/rate", rate=typed).status_code == 303
    assert 'class="message bad"' in bela.read(ONE)
    assert (column("rate"), members.acts()) == (None, [])


def test_the_page_says_how_long_it_will_take(chen: Member) -> None:
    report = chen.get(f"{ONE}/progress.json").json
    assert report is not None
    assert report["pace"] == "About 1 a minute lately: 3 minutes more, if it goes on so."
    assert report["pace"] in chen.read(ONE)


def test_from_the_first_seconds_on_it_says_so_as_a_guess(chen: Member) -> None:
    with transaction() as session:
        one, before = session.get_one(Announcement, 1), datetime.now(UTC) - timedelta(seconds=5)
        control.pause(session, one, staff_id=None, note="", now=before)
        control.resume(session, one, staff_id=chen.staff.id, now=before)
        session.execute(update(Delivery).where(Delivery.id == 1).values(settled_at=func.now()))
    pace = "so far: roughly "
    assert pace in chen.read(ONE)
    report = chen.get(f"{ONE}/progress.json").json
    assert report is not None
    assert pace in report["pace"]
    assert report["pace"].endswith(" more, as a first guess.")


def test_what_is_over_cannot_be_paused_resumed_or_slowed(chen: Member, bela: Member) -> None:
    members.deliver(1)
    for path in ("pause", "resume", "cancel", "rate"):
        answer = bela.post(f"{ONE}/{path}", rate="5")
        assert answer.status_code == 409
        assert "It was sent already. Nobody gets it twice." in answer.text
    assert members.states() == ["finished"]
