"""The mails of fixed words: confirmations, invitations, and what a subscriber's own page makes us mail."""

import re

import pytest

from config import languages
from mailer import render
from mailer.organisation import Organisation
from tests.golden import mails

BARE = Organisation("Bare", "", "https://bare.example.org/")
MANAGE: dict[str, object] = {"manage_url": "https://example.org/go"}
NEW: dict[str, object] = {"subscribe_url": "https://example.org/go", "hours": 24}
NOTICES: list[tuple[str, dict[str, object]]] = [
    (
        "confirm",
        MANAGE | {"topics": ["Press"], "confirm_url": "https://example.org/go", "hours": 72},
    ),
    ("already-subscribed", MANAGE | {"unsubscribe_url": "https://example.org/go"}),
    ("manage-link", {"fresh_url": "https://example.org/go", "minutes": 60}),
    ("donor-link", {"giving_url": "https://example.org/go", "minutes": 60}),
    ("address-change", NEW | {"confirm_url": "https://example.org/go"}),
    ("address-change", NEW | {"confirm_url": ""}),
    ("address-change-told", MANAGE),
    ("address-changed", {"subscribe_url": "https://example.org/go"}),
    ("staff-invitation", {"accept_url": "https://example.org/go", "role": "approver"}),
]


def sentences(mail: render.Mail) -> set[str]:
    """Return the lines that a translator had in hand: not the organisation's, not links, not topics."""
    lines = {line for line in mail.text.splitlines() if re.search(r"\w", line)}
    organisation = set(mails.ORGANISATION.postal_address.splitlines())
    return {line for line in lines - organisation if not line.startswith(("https:", "- "))}


@pytest.mark.parametrize(("name", "context"), NOTICES)
def test_each_notice_names_who_writes_and_carries_its_link(
    name: str, context: dict[str, object]
) -> None:
    mail = render.mail(name, language="en", organisation=mails.ORGANISATION, **context)
    assert "Lantern Rights Watch" in mail.subject
    for part in (mail.text, mail.html):
        assert "https://example.org/go" in part
        assert "Harbour Row" in part
        assert "You receive this mail once" in part


@pytest.mark.parametrize(("name", "context"), NOTICES)
def test_a_notice_tells_a_stranger_what_to_do(name: str, context: dict[str, object]) -> None:
    text = render.mail(name, language="en", organisation=BARE, **context).text
    assert "do nothing" in text or "ignore this mail" in text or "If it was not, open" in text
    assert "Privacy" not in text
    assert "Write to us" not in text


@pytest.mark.parametrize(("name", "context"), NOTICES)
def test_a_notice_that_we_do_not_have_in_a_language_is_english(
    name: str, context: dict[str, object]
) -> None:
    mail = render.mail(name, language="de", organisation=BARE, **context)
    assert mail.language == "en"
    assert '<html lang="en" dir="ltr"' in mail.html


@pytest.mark.parametrize("language", languages.LANGUAGES, ids=lambda each: each.code)
@pytest.mark.parametrize(("name", "context"), NOTICES)
def test_a_notice_is_in_its_readers_language(
    name: str, context: dict[str, object], language: languages.Language
) -> None:
    mail = render.mail(name, language=language.code, organisation=mails.ORGANISATION, **context)
    english = render.mail(name, language="en", organisation=mails.ORGANISATION, **context)
    assert f'<html lang="{language.code}" dir="{language.direction}"' in mail.html
    assert mail.language == language.code
    assert (mail.subject == english.subject) == (language.code == "en")
    assert not sentences(mail) & sentences(english) or language.code == "en"


@pytest.mark.parametrize(("hours", "words"), [(1, "good for 1 hour."), (72, "good for 72 hours.")])
def test_the_confirmation_says_how_long_it_is_good(hours: int, words: str) -> None:
    context = NOTICES[0][1] | {"hours": hours}
    assert words in render.mail("confirm", language="en", organisation=BARE, **context).text


def test_a_topic_is_text() -> None:
    context = NOTICES[0][1] | {"topics": ["<b>\r\nX"]}
    mail = render.mail("confirm", language="en", organisation=BARE, **context)
    assert "- <b> X\n" in mail.text
    assert "&lt;b&gt; X" in mail.html
