import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import control, releases, topics
from mailer.models.announcements import Announcement
from mailer.models.releases import Amends
from mailer.models.subscribers import SubscriberState
from tests import builders
from tests.cast import hire
from tests.web.staff import forms, members
from tests.web.staff.members import Member

SLUG = "example-a-journalist-is-free-again"
RELEASE = f"/staff/releases/{SLUG}"
PAGE = f"{RELEASE}/propose"


@pytest.fixture
def chen(app: Flask) -> Member:
    """Sign the author in, and give them a release for three subscribers and one who has not confirmed."""
    builders.subscribers(3)
    builders.subscriber("late@example.org", state=SubscriberState.PENDING)
    builders.release()
    return members.of(app, "chen", "author")


def press_list(*addresses: str) -> None:
    """Add a topic by invitation, with these readers."""
    with transaction() as session:
        topics.add(session, slug="press", name="Press list", by_invitation=True)
    for address in addresses:
        builders.subscriber(address, topic_slugs=("press",))


def proposed() -> Announcement:
    """Return the one announcement there is."""
    with transaction() as session:
        return session.scalars(select(Announcement)).one()


def sent_and_cancelled() -> None:
    """Announce the release, then end that at once."""
    builders.announcement(SLUG, author=hire("amina"), approver=hire("bela"))
    with transaction() as session:
        one = session.get_one(Announcement, 1)
        control.cancel(session, one, staff_id=None, note="", now=builders.NOW)


def test_the_count_and_each_exclusion_stand_before_the_form(chen: Member) -> None:
    before, _, form = chen.read(PAGE).partition("<legend>Topics</legend>")
    assert "3 subscribers" in before
    assert 'have not confirmed, or have left</span></dt><dd class="number">1</dd>' in before
    assert 'value="releases" checked' in form


def test_counting_again_proposes_nothing(chen: Member) -> None:
    builders.subscriber("other@example.org", topic_slugs=("other",))
    answer = chen.post(PAGE, **forms.proposal("releases", "other"), do="count")
    assert (answer.status_code, members.states()) == (200, [])
    assert "4 subscribers" in answer.text


def test_a_choice_that_was_not_counted_is_counted_first(chen: Member) -> None:
    builders.subscriber("other@example.org", topic_slugs=("other",))
    stale = {**forms.proposal("releases", "other"), "counted": forms.proposal()["counted"]}
    answer = chen.post(PAGE, **stale)
    assert (answer.status_code, members.states()) == (409, [])
    assert "You changed who gets it" in answer.text
    assert "4 subscribers" in answer.text


def test_topics_languages_and_the_fallback_are_kept_as_chosen(chen: Member) -> None:
    builders.subscriber("fr@example.org", language="fr", topic_slugs=("other",))
    fields = forms.proposal("releases", "other", languages=("en",), fallback=False)
    assert chen.post(PAGE, **fields).status_code == 303
    with transaction() as session:
        one = session.scalars(select(Announcement)).one()
        assert [topic.slug for topic in one.topics] == ["releases", "other"]
        assert (one.languages, one.fallback) == (["en"], False)
    assert "left out" in chen.read("/staff/announcements/1")


def test_readers_without_a_version_are_counted_where_the_fallback_is_off(chen: Member) -> None:
    builders.subscriber("fr@example.org", language="fr")
    page = chen.post(PAGE, **forms.proposal(fallback=False), do="count").text
    assert 'have no version in their language</span></dt><dd class="number">1</dd>' in page


def test_a_press_list_is_offered_only_where_there_is_one(chen: Member) -> None:
    assert "The press list, early" not in chen.read(PAGE)
    press_list()
    assert "The press list, early" in chen.read(PAGE)


def test_the_press_list_is_told_early(chen: Member) -> None:
    press_list("desk@example.org")
    page = chen.read(f"{PAGE}?audience=early")
    assert "1 subscriber" in page
    assert 'value="releases"' not in page
    assert chen.post(PAGE, **forms.proposal("press", audience="early")).status_code == 303
    assert proposed().audience == "early"


def test_after_the_press_everybody_else_is_told(chen: Member) -> None:
    press_list("desk@example.org")
    chen.post(PAGE, **forms.proposal("press", audience="early"))
    dana = members.of(chen.client.application, "dana", "approver")
    dana.post("/staff/announcements/1/approve", **forms.START)
    members.deliver(1)
    page = chen.read(RELEASE)
    assert "Propose to announce" in page
    assert "The press list, early: all who can get it have it." in page
    page = chen.post(PAGE, **forms.proposal("releases", "press"), do="count").text
    assert "<h1>Propose to announce</h1>" in page
    assert 'have it already, or may have it</span></dt><dd class="number">1</dd>' in page


def test_an_early_announcement_to_an_open_topic_is_refused_beside_the_form(chen: Member) -> None:
    press_list("desk@example.org")
    answer = chen.post(PAGE, **forms.proposal("releases", audience="early"))
    assert (answer.status_code, members.states()) == (409, [])
    assert "goes to topics that are by invitation only" in answer.text
    assert "<legend>Topics</legend>" in answer.text


def test_a_correction_goes_to_whoever_got_the_release_it_amends(chen: Member) -> None:
    sent_and_cancelled()
    slug = builders.release("Example: a correction")
    with transaction() as session:
        one, other = releases.named(session, slug), releases.named(session, SLUG)
        releases.amend(session, one, Amends.CORRECTION, other)
    page = chen.read(f"/staff/releases/{slug}/propose")
    assert 'did not get the release that this one amends</span></dt><dd class="number">3' in page
    answer = chen.post(f"/staff/releases/{slug}/propose", **forms.proposal(audience="correction"))
    assert "Nobody would get it" in answer.text


@pytest.mark.parametrize("slugs", [("nope",), ("releases", "\x00"), ("é" * 500,)])
def test_topics_that_are_not_there_are_refused_with_a_sentence(
    chen: Member, slugs: tuple[str, ...]
) -> None:
    answer = chen.post(PAGE, **forms.proposal(*slugs))
    assert answer.status_code in {400, 409}
    assert members.states() == []


def test_an_audience_of_nobody_is_refused_with_its_reasons(chen: Member) -> None:
    builders.subscriber("x@example.org", state=SubscriberState.ENDED, topic_slugs=("other",))
    answer = chen.post(PAGE, **forms.proposal("other"))
    assert answer.status_code == 409
    assert (
        "Nobody would get it. Of the subscribers of Press releases: not confirmed 1." in answer.text
    )


def test_the_release_says_what_is_under_way_instead_of_a_second_proposal(chen: Member) -> None:
    chen.post(PAGE, **forms.proposal())
    assert "which is in review" in chen.read(PAGE)
    page = chen.read(RELEASE)
    assert "Propose to announce" not in page
    assert 'href="/staff/announcements/1"' in page


def test_after_one_is_over_the_release_is_sent_to_the_new_ones(chen: Member) -> None:
    builders.announcement(SLUG, author=chen.staff, approver=hire("dana"))
    members.deliver(1)
    assert "Nobody new has joined since" in chen.read(RELEASE)
    builders.subscriber("new@example.org")
    assert "Send to the new ones (1)" in chen.read(RELEASE)
    page = chen.read(PAGE)
    assert 'have it already, or may have it</span></dt><dd class="number">3</dd>' in page
    assert "nobody gets it twice" in page
    assert chen.post(PAGE, **forms.proposal()).location == "/staff/announcements/2"


def test_no_form_of_the_public_offers_a_press_list(app: Flask) -> None:
    press_list()
    builders.topic()
    client = members.browser(app)
    for path in ("/subscribe", "/api/v1/topics", "/", "/embed"):
        assert "Press list" not in client.get(path).text
