"""Card testers at the donation form, and Stripe away: what they meet, and what a donor does."""

from sqlalchemy import select, text

from config import limits
from db.base import db
from db.session import transaction
from mailer.models.requests import Cap
from payments.models.giving import DonationState
from sandbox.stripe.troubles import Trouble
from tests.browser import Page
from tests.web import attack
from tests.web.public import giving
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline
from tests.web.public.test_prove_work import asked_for
from web import challenge


def test_stripe_away_is_a_kind_page_that_keeps_the_gift(visit: Visit) -> None:
    visit.stripe.api.troubles.order(Trouble("reset_before", count=3))
    answer = visit.give(name="Boris", message="Keep going")
    assert answer.status_code == 503
    assert "We have kept your gift" in answer.text
    assert Outline(answer.text).faults() == []
    [gift] = giving.gifts()
    assert gift.state is DonationState.CREATED


def test_the_button_of_that_page_gives_the_same_gift(visit: Visit) -> None:
    visit.stripe.api.troubles.order(Trouble("reset_after", count=3))
    away = Page("/donate", 503, visit.give(name="Boris", covers="yes").text)
    form = away.form("Try again")
    answer = visit.client.post(form.action, data=dict(form.fields))
    assert answer.status_code == 303
    assert len(giving.gifts()) == len(giving.session_ids()) == 1


def test_what_stripe_refuses_is_said_to_be_ours_to_mend(visit: Visit) -> None:
    visit.stripe.api.troubles.order(Trouble("reset_before", count=3))
    form = visit.form()
    visit.give(form)
    visit.stripe.advance(2 * 24 * 3600)  # its hour, frozen in the request, is over
    answer = visit.give(form)
    assert answer.status_code == 503
    assert "for us to mend" in answer.text


def test_a_form_sent_again_after_its_page_was_over_leads_to_another(visit: Visit) -> None:
    form = visit.form()
    visit.give(form)
    giving.let_expire(visit)
    assert visit.give(form).status_code == 303
    assert len(giving.gifts()) == 1
    assert len(giving.session_ids()) == 2


def test_many_refused_cards_shut_the_form_with_a_kind_sentence(visit: Visit) -> None:
    giving.refuse_cards(visit, limits.BREAKER_SHUT)
    for answer in (visit.client.get("/donate"), visit.give()):
        assert answer.status_code == 503
        assert "nothing to do with you" in answer.text
        assert Outline(answer.text).faults() == []
    assert (giving.gifts(), visit.heard()) == ([], 0)


def test_where_the_breaker_cannot_be_read_the_form_is_shut(visit: Visit) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE card_failure RENAME TO card_failure_away"))
    try:
        assert visit.client.get("/donate").status_code == 503
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE card_failure_away RENAME TO card_failure"))


def test_some_refused_cards_bring_a_proof_of_work(visit: Visit) -> None:
    giving.refuse_cards(visit, limits.BREAKER_WARY)
    answer = visit.client.get("/donate")
    csp = answer.headers["Content-Security-Policy"]
    assert answer.text.count("<script") == 1
    assert "script-src 'self'" in csp
    assert f"form-action 'self' {visit.stripe.base};" in csp


def test_who_proves_work_has_the_usual_share_and_who_does_not_a_small_one(visit: Visit) -> None:
    giving.refuse_cards(visit, limits.BREAKER_WARY)
    answers = [
        visit.give(visit.form(name=f"form-{n}")).status_code
        for n in range(limits.GIFTS_UNPROVEN_PER_NETWORK + 1)
    ]
    assert answers == [303] * limits.GIFTS_UNPROVEN_PER_NETWORK + [429]
    proof = attack.solved(asked_for(visit.client.get("/donate").text))
    form = visit.form(name="proven") | {challenge.FIELD: proof}
    assert visit.give(form).status_code == 303
    assert visit.give(form | visit.form(name="again")).status_code == 429


def test_a_network_has_one_share_of_both_forms(visit: Visit) -> None:
    for n in range(limits.ASKED_PER_NETWORK):
        assert visit.give(visit.form(name=f"form-{n}")).status_code == 303
    answer = visit.give(visit.form(name="one more"))
    assert answer.status_code == 429
    assert "Nothing was paid" in answer.text
    assert len(giving.gifts()) == visit.heard() == limits.ASKED_PER_NETWORK
    with transaction() as session:
        kinds = {row.kind: row.count for row in session.scalars(select(Cap))}
    assert kinds == {"network": limits.ASKED_PER_NETWORK, "gift": limits.ASKED_PER_NETWORK}


def test_a_double_click_takes_one_share(visit: Visit) -> None:
    form = visit.form()
    for _ in range(limits.ASKED_PER_NETWORK + 1):
        assert visit.give(form).status_code == 303
