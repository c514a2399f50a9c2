import pytest
from flask import Flask
from sqlalchemy import select, update

from db.session import transaction
from mailer import control, releases
from mailer.models.announcements import Announcement
from mailer.models.subscribers import Subscriber, SubscriberState
from tests import builders
from tests.web.staff import forms, members
from tests.web.staff.members import Member

SLUG = "example-a-journalist-is-free-again"
ONE = "/staff/announcements/1"


@pytest.fixture
def chen(app: Flask) -> Member:
    """Sign the author in."""
    return members.of(app, "chen", "author")


@pytest.fixture
def dana(app: Flask) -> Member:
    """Sign the approver in."""
    return members.of(app, "dana", "approver")


@pytest.fixture
def proposed(chen: Member) -> None:
    """Let Chen propose a release for three subscribers."""
    builders.subscribers(3)
    builders.announcement(builders.release(), author=chen.staff)


def change(slug: str) -> None:
    """Change a release behind the back of those who look at it."""
    with transaction() as session:
        release = releases.named(session, slug)
        parts = builders.parts(body="Quite another text.")
        releases.edit(session, release, parts, revision=release.revision)


def test_from_draft_to_sending_it_takes_two_people(chen: Member, dana: Member) -> None:
    builders.subscribers(3)
    slug = builders.release()
    assert "<iframe" in chen.read(f"/staff/releases/{slug}/preview")
    chen.post(f"/staff/releases/{slug}/test")
    page = chen.post(f"/staff/releases/{slug}/propose", **forms.proposal()).location
    assert "Read and approve" not in chen.read(page)
    assert "Waiting for your approval" in dana.read("/staff/")
    assert "Read and approve" in dana.read(page)
    dana.post(f"{page}/approve", **forms.START)
    assert "Progress" in dana.read(page)
    assert members.states() == ["preparing"]
    did = ["release.test", *(f"announcement.{act}" for act in ("propose", "approve", "start"))]
    assert members.acts() == did


@pytest.mark.usefixtures("proposed")
def test_the_last_question_names_headline_topics_and_people(dana: Member) -> None:
    page = dana.read(f"{ONE}/approve")
    for words in ("Example: a journalist is free again", "Press releases", "3 subscribers", "Chen"):
        assert words in page
    assert members.states() == ["in review"]


@pytest.mark.usefixtures("proposed")
def test_approving_remembers_who_and_publishes(dana: Member) -> None:
    dana.post(f"{ONE}/approve", **forms.START)
    with transaction() as session:
        announcement = session.scalars(select(Announcement)).one()
        assert announcement.approver_id == dana.staff.id
        assert announcement.release.published_at is not None


def test_nobody_approves_their_own_proposal(app: Flask) -> None:
    both = members.of(app, "bela", "author", "approver")
    builders.announcement(builders.release(), author=both.staff)
    assert f"{ONE}/approve" not in both.read(ONE)
    for answer in (both.get(f"{ONE}/approve"), both.post(f"{ONE}/approve")):
        assert answer.status_code == 409
        assert "You proposed this announcement" in answer.text
    assert members.states() == ["in review"]


@pytest.mark.usefixtures("proposed")
def test_what_was_changed_after_the_proposal_is_not_sent(dana: Member) -> None:
    change(SLUG)
    assert "was changed after it was proposed" in dana.read(ONE)
    for answer in (dana.get(f"{ONE}/approve"), dana.post(f"{ONE}/approve")):
        assert answer.status_code == 409
        assert "Cancel this announcement and propose anew" in answer.text
    assert members.states() == ["in review"]
    assert members.acts() == []


@pytest.mark.usefixtures("proposed")
def test_a_second_press_of_the_button_sends_nothing_twice(dana: Member) -> None:
    assert dana.post(f"{ONE}/approve", **forms.START).status_code == 303
    answer = dana.post(f"{ONE}/approve", **forms.START)
    assert answer.status_code == 409
    assert "It is sent once" in answer.text
    assert members.acts() == ["announcement.approve", "announcement.start"]


def test_an_approver_ticks_each_version_as_read(chen: Member, dana: Member) -> None:
    slug = builders.release()
    with transaction() as session:
        french = builders.parts("Exemple : une journaliste est libre", language="fr")
        releases.edit(session, releases.named(session, slug), french, revision=1)
    builders.announcement(slug, author=chen.staff)
    assert "I have read the French version" in dana.read(f"{ONE}/approve")
    answer = dana.post(f"{ONE}/approve", **forms.START)
    assert answer.status_code == 409
    assert "not read yet: fr" in answer.text
    assert 'value="en" required checked' in answer.text
    assert (members.states(), members.acts()) == (["in review"], [])


@pytest.mark.usefixtures("proposed")
def test_an_approval_alone_starts_nothing(dana: Member) -> None:
    dana.post(f"{ONE}/approve", **forms.READ)
    assert members.states() == ["approved"]
    assert members.acts() == ["announcement.approve"]
    assert "Start now, or say when" in dana.read(ONE)


@pytest.mark.usefixtures("proposed")
def test_whoever_signed_in_long_ago_proves_themselves_before_a_send(dana: Member) -> None:
    with dana.client.session_transaction("/staff/") as cookie:
        cookie["fs_paa"] = cookie["fs_paa"] - 3600
    for answer in (dana.get(f"{ONE}/approve"), dana.post(f"{ONE}/approve")):
        assert answer.status_code == 303
        assert answer.location.startswith("/staff/sign-in/again?next=")
    assert members.states() == ["in review"]


def test_a_release_is_proposed_once(chen: Member) -> None:
    slug = builders.release()
    builders.subscribers(1)
    assert chen.post(f"/staff/releases/{slug}/propose", **forms.proposal()).status_code == 303
    answer = chen.post(f"/staff/releases/{slug}/propose", **forms.proposal())
    assert answer.status_code == 409
    assert "has an announcement already" in answer.text


def test_a_release_without_topics_is_not_proposed(chen: Member) -> None:
    with transaction() as session:
        slug = releases.create(session, builders.parts(), topics=[]).slug
    assert "choose a topic" in chen.read(f"/staff/releases/{slug}")
    fields = {**forms.proposal(), "topics": [], "counted": "public / / fallback"}
    answer = chen.post(f"/staff/releases/{slug}/propose", **fields)
    assert answer.status_code == 409
    assert "Choose at least one topic first" in answer.text


@pytest.mark.usefixtures("proposed")
def test_a_proposal_is_taken_back_with_its_reason(chen: Member) -> None:
    chen.post(f"{ONE}/cancel", note="A <name> was misspelt")
    assert members.states() == ["cancelled"]
    assert "A &lt;name&gt; was misspelt" in chen.read(ONE)
    assert "Nothing has been announced yet" not in chen.read("/staff/announcements/")
    again = chen.post(f"/staff/releases/{SLUG}/propose", **forms.proposal())
    assert again.location == "/staff/announcements/2"


@pytest.mark.usefixtures("proposed")
def test_what_is_on_its_way_can_be_ended_where_it_is(chen: Member, dana: Member) -> None:
    dana.post(f"{ONE}/approve", **forms.START)
    assert chen.post(f"{ONE}/cancel").status_code == 303
    assert "whoever has their mail keeps it" in chen.read(ONE)
    assert members.states() == ["cancelled"]


@pytest.mark.usefixtures("proposed")
def test_what_was_taken_back_cannot_be_approved(dana: Member) -> None:
    with transaction() as session:
        announcement = session.scalars(select(Announcement)).one()
        control.cancel(session, announcement, staff_id=None, note="", now=builders.NOW)
    answer = dana.get(f"{ONE}/approve")
    assert answer.status_code == 409
    assert "It was taken back" in answer.text


def test_an_audience_of_nobody_is_said_before_the_press(chen: Member, dana: Member) -> None:
    builders.announcement(builders.release(), author=chen.staff)
    with transaction() as session:
        session.execute(update(Subscriber).values(state=SubscriberState.ENDED))
    assert "Nobody is subscribed to these topics now" in dana.read(f"{ONE}/approve")
    answer = dana.post(f"{ONE}/approve", **forms.START)
    assert answer.status_code == 409
    assert "Nobody would get it" in answer.text
    assert members.states() == ["in review"]


def test_without_announcements_the_list_says_how_to_begin(dana: Member) -> None:
    assert "Nothing has been announced yet" in dana.read("/staff/announcements/")
