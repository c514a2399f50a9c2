"""An erased donor is led to by nothing, here or at Stripe, and the books say what they said."""

import io

from pypdf import PdfReader
from sqlalchemy import select

from db.sealed import keyring
from db.session import transaction
from payments import donor_links, donors, giving, receipt_copies, statements
from payments.erasing import Erased
from payments.models.asking import DonorLinkRequest
from payments.models.donors import Declaration, Donor
from payments.models.giving import Donation, PlanState
from tests.cast import AMIRA, BORIS
from tests.payments.erasing.leaver import Leaver, books, everything
from tests.payments.plans.giver import DAY
from tests.payments.receipts import giver as gifts


def sealed(boris: Leaver) -> list[str]:
    """Return what leads to Boris in his rows, as hexadecimal digits."""
    row, given = boris.row(), boris.given()
    values = [row.address, row.address_index, row.name, *(each.words for each in given)]
    return [value.hex() for value in values if value]


def test_the_row_leads_to_nobody(boris: Leaver) -> None:
    boris.give_both()
    before = boris.row()
    boris.erase()
    row = boris.row()
    assert (row.address, row.name, row.postal_address, row.erased_at) == (
        b"",
        None,
        None,
        boris.now,
    )
    assert row.address_index != before.address_index
    assert row.token_version == before.token_version + 1
    with transaction() as session:
        assert donors.find(session, BORIS) is None


def test_no_sealed_value_is_left_anywhere(boris: Leaver) -> None:
    boris.give_both()
    traces = sealed(boris)
    assert len(traces) >= 4
    assert all(trace in everything() for trace in traces)
    boris.erase()
    left = everything()
    assert [trace for trace in traces if trace in left] == []


def test_the_plan_has_ended_and_stripe_knows_no_customer(boris: Leaver) -> None:
    plan = boris.give_both()
    done = boris.erase()
    assert done.plans == 1
    assert boris.giver.plan().state is PlanState.ENDED
    assert boris.stripe.subscription(str(plan.subscription_id)).status == "canceled"
    assert [each.get("deleted") for each in boris.customers()] == [True]


def test_no_payment_is_asked_for_any_more_and_late_news_mail_nobody(boris: Leaver) -> None:
    boris.give_both()
    boris.erase()
    boris.giver.pass_days(64, step=16)
    assert len(boris.giver.gifts()) == 1
    assert [letter.template for letter in boris.letters()] == ["donor-erased"]


def test_the_books_say_what_they_said(boris: Leaver) -> None:
    boris.give_both()
    before = books()
    assert all(before[name] for name in ("payment", "ledger_entry", "receipt"))
    boris.erase()
    assert books() == before


def test_what_was_said_with_gifts_is_gone_and_so_is_the_form(boris: Leaver) -> None:
    boris.give_both()
    boris.erase()
    for each in boris.given():
        assert (each.words, each.nonce) == (None, None)
        with transaction() as session:
            assert giving.words_of(session, each) == giving.Words()


def test_a_wish_to_join_the_list_is_not_passed_on(boris: Leaver) -> None:
    boris.till.given()
    boris.giver.hear()
    with transaction() as session:
        session.scalars(select(Donation)).one().joins_list = True
    boris.erase()
    assert [each.joins_list for each in boris.given() if isinstance(each, Donation)] == [False]


def test_a_declaration_ends_and_keeps_its_first_end(boris: Leaver) -> None:
    boris.give_both()
    early = boris.now
    with transaction() as session:
        told = {"donor_id": boris.row().id, "wording": "I want Gift Aid", "made_at": early}
        session.add_all([Declaration(**told, ended_at=early), Declaration(**told)])
    boris.sandbox.advance(DAY)
    boris.erase()
    with transaction() as session:
        ends = session.scalars(select(Declaration.ended_at).order_by(Declaration.id)).all()
    assert ends == [early, boris.now]


def test_each_gift_says_that_its_donor_was_erased_and_nothing_more(boris: Leaver) -> None:
    boris.give_both()
    boris.erase()
    assert boris.giver.story()[-1] == ("donor erased", "")


def test_the_link_that_was_asked_for_is_not_mailed(boris: Leaver) -> None:
    boris.give_both()
    with transaction() as session:
        donor_links.ask(session, BORIS, language="en", now=boris.now)
        donor_links.ask(session, AMIRA, language="en", now=boris.now)
    boris.erase()
    with transaction() as session:
        (left,) = session.scalars(select(DonorLinkRequest))
        assert left.address_index == donors.index(keyring(session), AMIRA)


def test_a_statement_that_was_asked_for_before_and_is_made_after_names_nobody(
    boris: Leaver,
) -> None:
    boris.give_both()
    with transaction() as session:
        donor = session.scalars(select(Donor)).one()
        boris.erase()
        made = statements.issue(session, donor, boris.now.year, now=boris.now)
        copy = PdfReader(io.BytesIO(receipt_copies.read(session, made)))
    assert "Boris" not in copy.pages[0].extract_text()


def test_erased_again_nothing_changes(boris: Leaver) -> None:
    boris.give_both()
    boris.erase()
    before, asked = everything(), len(boris.sandbox.api.heard)
    boris.sandbox.advance(DAY)
    assert boris.erase() == Erased(0, 0, 0)
    assert everything() == before
    assert len(boris.sandbox.api.heard) == asked


def test_who_gives_again_is_another_donor(boris: Leaver) -> None:
    boris.give_both()
    boris.erase()
    boris.till.given(amount=7_000)
    boris.giver.hear()
    with transaction() as session:
        first, second = session.scalars(select(Donor).order_by(Donor.id))
        assert donors.address_of(session, second) == BORIS
        assert first.erased_at is not None
        theirs = select(Donation.amount).where(Donation.donor_id == second.id)
        assert session.scalars(theirs).all() == [7_000]


def test_nobody_elses_gifts_are_touched(boris: Leaver) -> None:
    boris.give_both()
    with transaction() as session:
        amira = gifts.donor(session, AMIRA)
        gift = gifts.paid(session, by=amira)
        gift.nonce = "a form of hers"
    boris.erase()
    with transaction() as session:
        hers = session.get_one(Donor, amira.id)
        assert (donors.address_of(session, hers), hers.erased_at) == (AMIRA, None)
        assert session.get_one(Donation, gift.id).nonce == "a form of hers"
