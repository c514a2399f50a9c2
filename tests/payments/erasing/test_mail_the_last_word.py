"""What waits for an erased donor is emptied; one last mail says what was done, and goes once it has left."""

from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import outbox, render
from mailer.models.deliveries import OutboxMail
from payments import donor_links, donor_mails, erasing
from payments.erasing import TEMPLATE
from tests.cast import AMIRA, BORIS
from tests.payments.erasing.leaver import Leaver

OTHERS = {
    "release",
    "confirm",
    "already-subscribed",
    "manage-link",
    "address-change",
    "address-change-told",
    "address-changed",
    "erased",
    "key-expired",
    "books-differ",
    "money-tasks",
    "staff-invitation",
    "staff-notice",
    "tribute-notice",
    TEMPLATE,
}
"""Mails that speak to subscribers, staff and those in whose name was given, and the last word itself."""


def queue(boris: Leaver, template: str, address: str) -> None:
    """Queue a mail as another room would."""
    with transaction() as session:
        told = {"language": "en", "context": {}, "now": boris.now, "expires_at": boris.now}
        outbox.queue(session, template=template, address=address, **told)  # type: ignore[arg-type] # each has its own


def ask_and_answer(boris: Leaver) -> None:
    """Ask for Boris's link, and answer what was asked."""
    with transaction() as session:
        donor_links.ask(session, BORIS, language="en", now=boris.now)
    with transaction() as session:
        donor_links.answer(session, link=lambda _: "https://example.org/go", now=boris.now)


def test_every_mail_is_known_to_speak_to_donors_or_to_others() -> None:
    assert set(render.NAMES) == donor_mails.TEMPLATES | OTHERS
    assert not donor_mails.TEMPLATES & OTHERS


def test_of_all_mails_the_last_alone_is_left(boris: Leaver) -> None:
    boris.give_both()
    assert {letter.template for letter in boris.letters()} == {"receipt"}
    boris.erase()
    (last,) = boris.letters()
    said = {"kept_until": "", "by_staff": False, "had_plans": True}
    assert (last.template, last.address, last.context) == (TEMPLATE, BORIS, said)


def test_it_says_until_when_copies_are_kept(boris: Leaver) -> None:
    boris.give_both()
    boris.erase(keep_years=6)
    (last,) = boris.letters()
    assert last.context["kept_until"] == str(boris.now.year + 6)


def test_who_gave_once_is_not_told_of_a_regular_gift_and_staff_are_not_a_link(
    boris: Leaver,
) -> None:
    boris.till.given()
    boris.giver.hear()
    donor_id, now = boris.row().id, boris.now
    erasing.erase(boris.stripe, transaction, donor_id, keep_years=0, now=now, by_staff=True)
    (last,) = boris.letters()
    assert last.context == {"kept_until": "", "by_staff": True, "had_plans": False}


@pytest.mark.parametrize("template", sorted(donor_mails.TEMPLATES))
def test_each_kind_of_mail_to_them_is_emptied(boris: Leaver, template: str) -> None:
    boris.till.given()
    boris.giver.hear()
    queue(boris, template, BORIS)
    boris.erase()
    assert [letter.template for letter in boris.letters()] == [TEMPLATE]


@pytest.mark.parametrize(("template", "address"), [("staff-invitation", BORIS), ("receipt", AMIRA)])
def test_mails_to_others_and_about_other_things_stay(
    boris: Leaver, template: str, address: str
) -> None:
    boris.till.given()
    boris.giver.hear()
    queue(boris, template, address)
    boris.erase()
    assert {letter.template for letter in boris.letters()} == {template, TEMPLATE}


def test_a_link_that_is_answered_in_the_same_moment_is_not_left_behind(
    boris: Leaver, app: Flask
) -> None:
    boris.till.given()
    boris.giver.hear()
    over = Event()

    def answer() -> None:
        with app.app_context():
            while not over.is_set():
                ask_and_answer(boris)

    workers = [Thread(target=answer) for _ in range(2)]
    for worker in workers:
        worker.start()
    boris.erase()
    over.set()
    for worker in workers:
        worker.join()
    assert [letter.template for letter in boris.letters()] == [TEMPLATE]


def test_nothing_of_the_last_mail_is_kept_once_it_left(boris: Leaver) -> None:
    boris.till.given()
    boris.giver.hear()
    boris.erase()
    with transaction() as session:
        last = select(OutboxMail.delivery_id).where(OutboxMail.template == TEMPLATE)
        id_ = session.scalars(last).one()
        outbox.empty_sent(session, id_, id_)
    assert boris.letters() == []
