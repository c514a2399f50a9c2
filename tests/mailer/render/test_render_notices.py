"""The mails of fixed words: confirm, already-subscribed, staff-invitation."""

import pytest

from mailer import render
from mailer.organisation import Organisation
from tests.golden import mails

BARE = Organisation("Bare", "", "https://bare.example.org/")
NOTICES: list[tuple[str, dict[str, object]]] = [
    ("confirm", {"topics": ["Press"], "confirm_url": "https://example.org/go", "hours": 72}),
    ("already-subscribed", {"unsubscribe_url": "https://example.org/go"}),
    ("staff-invitation", {"accept_url": "https://example.org/go", "role": "approver"}),
]


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
    assert "do nothing" in text or "ignore this mail" in text
    assert "Privacy" not in text
    assert "Write to us" not in text


@pytest.mark.parametrize(("name", "context"), NOTICES)
def test_a_notice_not_yet_translated_says_that_it_is_english(
    name: str, context: dict[str, object]
) -> None:
    mail = render.mail(name, language="ar", organisation=BARE, **context)
    assert mail.language == "en"
    assert '<html lang="en" dir="ltr"' in mail.html


@pytest.mark.parametrize(("hours", "words"), [(1, "good for 1 hour."), (72, "good for 72 hours.")])
def test_the_confirmation_says_how_long_it_is_good(hours: int, words: str) -> None:
    context = NOTICES[0][1] | {"hours": hours}
    assert words in render.mail("confirm", language="en", organisation=BARE, **context).text


def test_a_topic_is_text() -> None:
    context = NOTICES[0][1] | {"topics": ["<b>\r\nX"]}
    mail = render.mail("confirm", language="en", organisation=BARE, **context)
    assert "- <b> X\n" in mail.text
    assert "&lt;b&gt; X" in mail.html
