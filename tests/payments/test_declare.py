"""What was ticked on the form is the donor's declaration once the gift is paid, and nobody else's."""

import json
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sealed import keyring
from db.session import transaction
from payments import declarations, giving
from payments.giving import Words
from payments.models.donors import Declaration, Donor
from payments.models.giving import Donation, DonationState, GivingEvent, Interval
from tests.builders import NOW
from tests.payments import declaring
from tests.payments.begin.conftest import wish
from tests.payments.declaring import HOME, TICKED, WORDING, declare, hear, known, paid

HOUR = timedelta(hours=1)


def events(session: Session) -> list[str]:
    written = session.scalars(select(GivingEvent.what).order_by(GivingEvent.id))
    return [what for what in written if what != giving.BEGUN]


def begun(session: Session, nonce: str, **said: str) -> int:
    return giving.begin(session, wish(nonce=nonce, **TICKED | said), now=NOW).id


def donor_of(session: Session, donation: Donation) -> Donor:
    return session.get_one(Donor, donation.donor_id)


def test_what_was_ticked_is_declared_once_the_gift_is_paid(session: Session) -> None:
    donation = paid(session, **TICKED)
    assert known(session, donation) == ("Boris Example", "")
    made = declarations.make(session, donation, now=NOW + HOUR)
    assert made
    assert (made.wording, made.made_at, made.ended_at) == (WORDING, NOW, None)
    assert known(session, donation) == ("Boris Example", HOME)
    assert declarations.standing(session, donor_of(session, donation)) is made
    assert events(session) == ["declared"]


def test_home_and_wording_leave_the_words_and_the_rest_stays(session: Session) -> None:
    donation = paid(session, message="Keep going", **TICKED)
    assert giving.words_of(session, donation).postal_address == HOME
    hear(session, donation)
    assert giving.words_of(session, donation) == Words(message="Keep going")


def test_where_a_donor_lives_is_sealed_before_and_after(session: Session) -> None:
    donation = paid(session, **TICKED)
    assert b"Bristol" not in (donation.words or b"")
    hear(session, donation)
    assert donation.words is None
    assert b"Bristol" not in (donor_of(session, donation).postal_address or b"")


def test_who_ticked_nothing_declares_nothing(session: Session) -> None:
    assert declarations.make(session, paid(session), now=NOW) is None
    assert session.scalars(select(Declaration)).all() == []


def test_words_of_before_there_were_declarations_are_still_read(session: Session) -> None:
    donation = paid(session, message="Keep going")
    old = {"tribute_name": "", "notice_address": "", "message": "Go on", "joins_list": False}
    row = donation.reference.bytes
    donation.words = keyring(session).seal(json.dumps(old), column="donation.words", row=row)
    assert giving.words_of(session, donation) == Words(message="Go on")
    assert declarations.make(session, donation, now=NOW) is None


def test_a_plan_declares_by_its_first_payment_alone(session: Session) -> None:
    first = paid(session, interval=Interval.MONTH.value, **TICKED)
    assert first.plan
    assert hear(session, first)
    assert giving.words_of(session, first.plan) == Words()
    assert hear(session, declaring.payment(session, first.plan)) is None
    assert events(session) == ["declared"]


def test_the_same_words_again_are_the_declaration_that_stands(session: Session) -> None:
    assert declare(session) is declare(session, "another form")


def test_other_words_end_those_before(session: Session) -> None:
    first, second = declare(session), declare(session, "another form", declaration="Otro texto")
    assert first
    assert second
    assert (first.ended_at, second.ended_at, second.wording) == (NOW, None, "Otro texto")


def test_a_stranger_with_a_donors_address_neither_renames_nor_declares(session: Session) -> None:
    paid(session)
    donation = paid(session, "of a stranger", **TICKED | {"name": "Eve Elsewhere"})
    assert hear(session, donation) is None
    assert known(session, donation) == ("Boris Example", "")
    assert giving.words_of(session, donation) == Words()
    assert events(session) == ["declaration not taken", "other name"]


def test_a_stranger_moves_nobody(session: Session) -> None:
    declare(session)
    elsewhere = {"declaration": "Other words", "postal_address": "9 Elsewhere\nLeeds\nLS1 1AA"}
    assert declare(session, "of a stranger", **elsewhere) is None
    [stands] = session.scalars(select(Declaration))
    assert (stands.wording, stands.ended_at) == (WORDING, None)
    assert known(session, session.scalars(select(Donation)).all()[-1])[1] == HOME


def test_a_stranger_who_pays_nothing_changes_nothing(session: Session) -> None:
    donation = paid(session, **TICKED)
    giving.begin(
        session,
        wish(nonce="of a stranger", name="Eve Elsewhere", **TICKED),
        now=NOW,
    )
    declarations.make(session, donation, now=NOW)
    assert known(session, donation) == ("Boris Example", HOME)


def test_no_form_names_who_gave_before_without_a_name(session: Session) -> None:
    paid(session, name="")
    assert declare(session, "a year later") is None
    assert known(session, session.scalars(select(Donation)).all()[-1]) == ("", "")


@pytest.mark.parametrize("typed", ["boris  EXAMPLE", " Boris Example "])
def test_a_known_name_may_be_spelled_otherwise_and_stays(session: Session, typed: str) -> None:
    paid(session)
    assert declare(session, "a year later", name=typed)
    assert known(session, session.scalars(select(Donation)).all()[-1])[0] == "Boris Example"


def test_what_was_ended_after_the_tick_is_not_brought_back_by_the_payment(
    session: Session,
) -> None:
    declare(session)
    slow = paid(session, "a debit", at=NOW + HOUR, **TICKED)
    declarations.end(session, donor_of(session, slow), now=NOW + 2 * HOUR)
    assert declarations.make(session, slow, now=NOW + 3 * HOUR) is None
    assert declarations.standing(session, donor_of(session, slow)) is None


def test_a_donor_ends_what_stands_once(session: Session) -> None:
    made = declare(session)
    assert made
    donor = session.get_one(Donor, made.donor_id)
    assert declarations.end(session, donor, now=NOW + HOUR)
    assert not declarations.end(session, donor, now=NOW + 2 * HOUR)
    assert made.ended_at == NOW + HOUR


def test_what_was_ended_stood_until_then(session: Session) -> None:
    made = declare(session)
    assert made
    donor = session.get_one(Donor, made.donor_id)
    declarations.end(session, donor, now=NOW + HOUR)
    stood = [declarations.stood(session, donor, NOW + n * HOUR) for n in (-1, 0, 1)]
    assert stood == [None, made, None]


def test_nothing_is_kept_of_who_was_erased(session: Session) -> None:
    donation = paid(session, **TICKED)
    donor = donor_of(session, donation)
    donor.erased_at, donor.address, donor.name = NOW, b"", None
    assert hear(session, donation) is None
    assert known(session, donation) == ("", "")
    assert giving.words_of(session, donation) == Words()


def test_of_two_who_pay_first_at_once_one_is_the_donor(app: Flask) -> None:
    eve = {"name": "Eve Elsewhere", "postal_address": "9 Elsewhere\nLeeds\nLS1 1AA"}
    with transaction() as session:
        gifts = [begun(session, "of Boris"), begun(session, "of Eve", **eve)]
    together = threading.Barrier(len(gifts))

    def pay(id_: int) -> None:
        with app.app_context(), transaction() as session:
            donation = session.get_one(Donation, id_)
            donation.state, donation.paid_at = DonationState.PAID, NOW
            session.flush()
            together.wait()
            declarations.make(session, donation, now=NOW)

    clicks = [threading.Thread(target=pay, args=(id_,)) for id_ in gifts]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    with transaction() as session:
        assert sorted(events(session)) == ["declaration not taken", "declared"]
        name, home = known(session, session.get_one(Donation, gifts[0]))
        assert (name == "Boris Example") == (home == HOME)
