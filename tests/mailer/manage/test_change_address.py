"""A subscription moves when the new address says so; the old one is told, and its links end."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from db.sealed import keyring
from db.session import transaction
from mailer import address_changes, addresses, subscribers, suppressions
from mailer.models.requests import AddressChange
from mailer.models.subscribers import PGP_COLUMN, Subscriber, SubscriberState
from mailer.tokens import TokenDamaged
from tests import builders
from tests.cast import AMIRA, BORIS, EVE
from tests.mailer.manage.conftest import Reader, dump, events, letters, mails

NEW = "amira.new@example.org"


def test_asking_tells_both_and_changes_nothing(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    assert mails() == [("address-change-told", AMIRA), ("address-change", NEW)]
    assert (amira.address, amira.row.token_version) == (AMIRA, 1)


def test_the_old_address_is_not_told_the_new_one_nor_the_new_one_the_old(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    told, asked = letters()
    assert NEW not in str(told.context)
    assert AMIRA not in str(asked.context)


def test_the_new_address_confirms_and_every_old_link_ends(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    assert amira.confirm_move()
    row = amira.row
    assert (amira.address, row.token_version, row.state) == (NEW, 2, SubscriberState.CONFIRMED)
    assert [topic.slug for topic in row.topics] == ["releases"]
    assert events() == [("confirmed", "address change link", ["releases"])]
    amira.leave()
    assert amira.row.state is SubscriberState.CONFIRMED


def test_the_new_address_is_found_and_the_old_one_is_nobodys(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    amira.confirm_move()
    with transaction() as session:
        assert subscribers.find(session, AMIRA) is None
        assert subscribers.find(session, NEW) is not None


def test_the_old_address_is_told_that_it_is_done_and_not_where_to(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    amira.confirm_move()
    amira.confirm_move()
    done = letters("address-changed")
    assert [letter.address for letter in done] == [AMIRA]
    assert set(done[0].context) == {"subscribe_url"}


def test_a_change_that_did_not_happen_is_not_told_as_done(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    builders.subscriber(NEW)
    assert not amira.confirm_move()
    assert letters("address-changed") == []


def test_who_has_a_key_is_told_that_it_is_done_encrypted(amira: Reader) -> None:
    amira.give_key("a key")
    amira.ask_for_move(NEW)
    amira.confirm_move()
    (done,) = letters("address-changed")
    sealed, index = done.certificate or b"", done.address_index
    with transaction() as session:
        assert keyring(session).open(sealed, column=PGP_COLUMN, row=index) == "a key"


def test_a_second_press_changes_nothing_more(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    assert amira.confirm_move()
    before = dump()
    assert amira.confirm_move()
    assert dump() == before


def test_a_key_moves_with_the_subscription(amira: Reader) -> None:
    amira.give_key("a key")
    amira.ask_for_move(NEW)
    amira.confirm_move()
    with transaction() as session:
        row = session.get_one(Subscriber, amira.id)
        sealed, index = row.pgp_certificate or b"", row.address_index
        assert keyring(session).open(sealed, column=PGP_COLUMN, row=index) == "a key"


def test_an_address_on_the_list_is_told_by_mail_and_gets_no_link(amira: Reader) -> None:
    builders.subscriber(BORIS)
    amira.ask_for_move(BORIS)
    assert mails() == [("address-change-told", AMIRA), ("address-change", BORIS)]
    assert letters("address-change")[0].context["confirm_url"] == ""
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(AddressChange)) == 0


def test_a_suppressed_address_is_not_mailed_and_not_freed(amira: Reader) -> None:
    index = builders.suppressed(BORIS)
    amira.ask_for_move(BORIS)
    assert mails() == [("address-change-told", AMIRA)]
    with transaction() as session:
        assert suppressions.holds(session, session.get_one(Subscriber, index).address_index)


def test_an_address_suppressed_after_the_mail_stays_so(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    with transaction() as session:
        index = addresses.index(keyring(session), NEW)
        suppressions.add(session, index, reason="complaint")
    assert not amira.confirm_move()
    with transaction() as session:
        assert suppressions.holds(session, index)
    assert amira.address == AMIRA


def test_an_address_that_joined_after_the_mail_keeps_its_own_place(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    builders.subscriber(NEW)
    assert not amira.confirm_move()
    assert amira.address == AMIRA


def test_an_address_somebody_typed_and_never_confirmed_makes_room(amira: Reader) -> None:
    builders.subscriber(NEW, state=SubscriberState.PENDING)
    amira.ask_for_move(NEW)
    assert amira.confirm_move()
    assert amira.address == NEW


def test_who_left_meanwhile_stays_away(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    amira.leave()
    assert not amira.confirm_move()
    assert amira.row.state is SubscriberState.ENDED


def test_a_change_that_was_stopped_cannot_be_confirmed(amira: Reader) -> None:
    amira.ask_for_move(NEW)
    with transaction() as session:
        address_changes.cancel(session, amira.id)
    with pytest.raises(TokenDamaged):
        amira.confirm_move()
    assert amira.address == AMIRA


def test_a_newer_wish_takes_the_place_of_an_older_one(amira: Reader) -> None:
    amira.ask_for_move(EVE)
    amira.ask_for_move(NEW)
    with pytest.raises(TokenDamaged):
        amira.confirm_move(0)
    assert amira.confirm_move()
    assert amira.address == NEW


def test_three_wishes_a_day_are_mailed(amira: Reader) -> None:
    for number in range(9):
        amira.ask_for_move(f"new{number}@example.org")
    assert [template for template, _ in mails()].count("address-change-told") == 3
    assert len(amira.moves) == 3
    amira.now += timedelta(days=1, seconds=1)
    amira.ask_for_move(NEW)
    assert mails()[-1] == ("address-change", NEW)


def test_a_stranger_gets_one_such_mail_a_day_whoever_asks(amira: Reader) -> None:
    boris = Reader(amira.core, builders.subscriber(BORIS))
    for reader in (amira, boris, amira):
        reader.ask_for_move(EVE)
    assert len({*amira.moves, *boris.moves}) == 1


@pytest.mark.parametrize("same", [AMIRA, AMIRA.upper()])
def test_the_address_we_have_is_no_new_one(amira: Reader, same: str) -> None:
    with pytest.raises(address_changes.SameAddress):
        amira.ask_for_move(same)
    assert mails() == []


def test_two_who_want_one_address_do_not_both_get_it(app: Flask, amira: Reader) -> None:
    boris = Reader(amira.core, builders.subscriber(BORIS))
    amira.ask_for_move(NEW)
    boris.now += timedelta(days=1, seconds=1)
    boris.ask_for_move(NEW)
    moved: list[bool] = []

    def press(number: int) -> None:
        with app.app_context():
            moved.append((amira, boris)[number].confirm_move())

    threads = [threading.Thread(target=press, args=[number]) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(moved) == [False, True]
