"""The mails about a plan are in the language it was begun in, and name what the giver can do."""

import re

import pytest
from sqlalchemy import select

from config import languages
from db.session import transaction
from mailer import outbox, render
from mailer.models.deliveries import OutboxMail
from payments import plans
from payments.models.giving import Plan
from tests.golden.mails import ORGANISATION
from tests.payments.plans.giver import FAILS_LATER, Giver


def rendered() -> dict[str, render.Mail]:
    """Render the mails about plans that wait, by their templates, as the sender does."""
    with transaction() as session:
        numbers = session.scalars(select(OutboxMail.delivery_id)).all()
        letters = [outbox.letter(session, number) for number in numbers]
    return {
        each.template: render.mail(
            each.template, language=each.language, organisation=ORGANISATION, **each.context
        )
        for each in letters
        if each.template.startswith("plan-")
    }


@pytest.mark.parametrize("language", languages.BY_CODE)
def test_a_refused_gift_is_told_in_the_givers_language(giver: Giver, language: str) -> None:
    giver.promise(number=FAILS_LATER)
    with transaction() as session:
        session.get_one(Plan, giver.plan_id).language = language
    giver.hear()
    giver.pass_days(32, step=16)
    mail = rendered()["plan-payment-failed"]
    assert mail.language == language
    assert f"{giver.sandbox.base}/i/{giver.invoices('open')[0]}" in mail.text
    assert "http://127.0.0.1:8000/giving" in mail.text


def test_a_changed_amount_is_told_as_it_will_be_asked_for(giver: Giver) -> None:
    plan = giver.given()
    plans.change_amount(giver.gateway, transaction, plan.id, 5_000, now=giver.now)
    text = rendered()["plan-changed"].text
    assert "From now on it is €50.00 each month." in text


def test_a_plan_that_could_not_be_collected_says_why_it_has_ended(giver: Giver) -> None:
    giver.given(number=FAILS_LATER)
    giver.pass_days(48, step=4)
    text = re.sub(r"\s+", " ", rendered()["plan-ended"].text)
    assert "Your bank has refused your regular gift of €25.00 each time that we tried" in text


def test_a_plan_that_was_cancelled_blames_nobody(giver: Giver) -> None:
    plan = giver.given()
    plans.cancel(giver.gateway, transaction, plan.id, now=giver.now)
    text = re.sub(r"\s+", " ", rendered()["plan-ended"].text)
    assert "has ended. Nothing more will be collected." in text
    assert "refused" not in text
