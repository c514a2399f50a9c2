"""The links of a mail open in its reader's language, whatever their browser says."""

import pytest

from mailer.links import Links
from mailer.tokens import Tokens
from tests.conftest import key

LINKS = Links("https://example.org", Tokens((key("signing"),)))


@pytest.mark.parametrize(
    ("url", "language", "opened"),
    [
        ("https://example.org/confirm/x", "ar", "https://example.org/confirm/x?lang=ar"),
        ("https://example.org/confirm/x", "en", "https://example.org/confirm/x?lang=en"),
        ("https://example.org/confirm/x", "de", "https://example.org/confirm/x"),
        ("https://example.org/confirm/x", "", "https://example.org/confirm/x"),
        ("https://example.org.example.com/x", "ar", "https://example.org.example.com/x"),
        ("https://example.org/x?page=2", "ar", "https://example.org/x?page=2"),
        ("", "ar", ""),
    ],
)
def test_only_our_own_addresses_are_told_a_language_that_we_have(
    url: str, language: str, opened: str
) -> None:
    assert LINKS.in_language(url, language) == opened
