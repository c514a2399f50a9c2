"""Large providers: known by any of their domains, in any spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.providers import PROVIDERS, provider_of


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("gmail.com", "gmail"),
        ("GoogleMail.com", "gmail"),
        ("gmail.com.", "gmail"),
        ("ｇｍａｉｌ.com", "gmail"),  # full-width letters
        ("gmail。com", "gmail"),  # an ideographic full stop
        ("hotmail.co.uk", "microsoft"),
        ("aol.com", "yahoo"),
        ("example.org", None),
        ("mail.gmail.com", None),
        ("bücher.example", None),
        ("", None),
        ("ü" * 80, None),
    ],
)
def test_a_domain_is_known_in_any_spelling(domain: str, name: str | None) -> None:
    assert provider_of(domain) == name


def test_no_domain_belongs_to_two_providers() -> None:
    assert all(provider_of(d.upper()) == n for n, p in PROVIDERS.items() for d in p.domains)


@given(st.text())
def test_any_text_is_a_known_domain_or_none(text: str) -> None:
    assert provider_of(text) in {None, *PROVIDERS}
