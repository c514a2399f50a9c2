"""A reader gives their OpenPGP key in the browser, and reads the next release with it; nobody else can."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from tests import builders, pgp_keys, processes
from tests.browser import Browser
from tests.cast import AMIRA, BORIS, Staff
from tests.journeys.conftest import House
from tests.journeys.test_release_day import first_link, subscribe_and_confirm

HEADLINE = "Example: a journalist is free again"

pytestmark = pytest.mark.journey


def test_a_key_given_in_the_browser_encrypts_the_next_release(
    app: Flask, house: House, staff: Callable[..., Staff]
) -> None:
    builders.topic()
    for address in (AMIRA, BORIS):
        subscribe_and_confirm(house, address)
    give_key(house, AMIRA)
    chen, dana = staff("chen", "author"), staff("dana", "approver")
    builders.announcement(builders.release(HEADLINE), author=chen, approver=dana)
    sealed = titled(house, AMIRA, "[...]")
    assert HEADLINE.encode() not in bytes(sealed)
    read, clear = pgp_keys.opened(bytes(sealed)), titled(house, BORIS, HEADLINE)
    assert read["Subject"] == clear["Subject"]
    assert "A court has freed" in str(read.get_body(("plain",)))


def give_key(house: House, address: str) -> None:
    """Have a link mailed to the own page, and paste a public key there."""
    reader = Browser()
    manage = first_link(house.mailbox.newest_to(address), "/manage/")
    reader.submit(reader.get(manage), "Mail me a link")
    own = reader.get(first_link(titled(house, address, "Your page"), "/manage/"))
    done = reader.submit(own, "Encrypt my mails", pgp=pgp_keys.public(address))
    assert "Your mails are encrypted from now on." in done.html


def titled(house: House, address: str, subject: str) -> EmailMessage:
    """Wait for the mail to an address whose subject begins so."""
    mailbox = house.mailbox

    def found() -> list[str]:
        return [m["id"] for m in mailbox.messages(to=address) if m["subject"].startswith(subject)]

    processes.wait_until(found)
    return mailbox.mail(found()[0])
