"""The task behind the box of the donation form: a request as a visitor's own, in the words shown."""

from flask import Flask
from sqlalchemy import select

from config.settings import ROOT
from db.session import transaction
from mailer.models.requests import SubscriptionRequest
from mailer.models.subscribers import Subscriber
from payments import giving
from payments.models.giving import Donation, DonationState
from tests import builders
from tests.payments.applying.till import NOW, wish
from worker.tasks import joining


def ticked() -> None:
    """Have a paid gift of Boris's, who ticked the box."""
    with transaction() as session:
        donation = giving.begin(session, wish(joins_list=True), now=NOW)
        assert isinstance(donation, Donation)
        donation.state, donation.paid_at = DonationState.PAID, NOW


def test_the_box_makes_one_request_and_no_subscriber(app: Flask) -> None:
    builders.topic()
    ticked()
    joining.join()
    joining.join()
    with transaction() as session:
        request = session.scalars(select(SubscriptionRequest)).one()
        assert (request.source, request.topics) == ("form /donate", ["releases"])
        assert session.scalars(select(Subscriber)).all() == []


def test_the_words_agreed_to_are_those_of_the_form() -> None:
    form = ROOT / "web" / "templates" / "public" / "donate.html"
    assert f'"{joining.WORDING}"' in form.read_text(encoding="utf-8")
