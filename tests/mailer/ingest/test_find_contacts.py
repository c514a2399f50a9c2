"""Contacts are found on one line or on several, in six languages, and a menu's `Contact` is none."""

import pytest

from mailer.ingest import blocks, contact
from mailer.parts import Contact

JANE = Contact("Jane Roe", "jane@example.org", "+44 20 7946 0123")


@pytest.mark.parametrize(
    "text",
    [
        "Contact: Jane Roe, jane@example.org, +44 20 7946 0123",
        "**Media contact:** Jane Roe | jane@example.org | +44 20 7946 0123",
        "Press contact:\nJane Roe\nTel.: +44 20 7946 0123\nE-mail: jane@example.org",
        "MEDIA CONTACT\n\nJane Roe\n\njane@example.org\n\n+44 20 7946 0123",
        "## Contact\n\nJane Roe\\\n[jane@example.org](mailto:jane@example.org)\\\n+44 20 7946 0123",
        "For more information, please contact Jane Roe at jane@example.org or +44 20 7946 0123.",
        "Contacto de prensa: Jane Roe, correo: jane@example.org, teléfono: +44 20 7946 0123",
        "Contact presse : Jane Roe – jane@example.org – tél. : +44 20 7946 0123",
        "Pressekontakt:\nJane Roe\nTelefon: +44 20 7946 0123\nMail: jane@example.org",
        "Контакты для СМИ: Jane Roe, тел.: +44 20 7946 0123, эл. почта: jane@example.org",
        "للتواصل: Jane Roe، هاتف: +44 20 7946 0123، البريد الإلكتروني: jane@example.org",
    ],
)
def test_a_contact_is_found_in_every_layout(text: str) -> None:
    taken = contact.take(blocks.split(text, is_markdown=True))
    assert taken.contacts == (JANE,)
    assert taken.rest == ()


@pytest.mark.parametrize(
    "text",
    [
        "Contact\n\nDonate\n\nReports\n\nPress releases",
        "Contact with the ship was lost at noon on 24.10.2024 near the island.",
        "Press office of the ministry closed on Monday; nobody answered.",
        "For more information see the report.",
        "Contacts between the two courts ended in 2019.",
    ],
)
def test_what_only_begins_like_a_contact_stays_in_the_text(text: str) -> None:
    given = blocks.split(text, is_markdown=True)
    assert contact.take(given) == contact.Taken((), given)


def test_a_second_person_is_a_second_contact_and_a_role_stays_with_the_name() -> None:
    text = "Contacts:\nJane Roe, head of press\njane@example.org\n\nAli Nur\nali@example.org\n212-555-0101"
    taken = contact.take(blocks.split(text, is_markdown=True))
    assert taken.contacts == (
        Contact("Jane Roe, head of press", "jane@example.org", ""),
        Contact("Ali Nur", "ali@example.org", "212-555-0101"),
    )


def test_two_numbers_of_one_person_are_kept_together() -> None:
    text = "Contact: Jane Roe, 212-555-0101, mobile: 212-555-0102 (Arabic, French)"
    (found,) = contact.take(blocks.split(text, is_markdown=True)).contacts
    assert found.telephone == "212-555-0101 / 212-555-0102 (Arabic, French)"


def test_the_address_behind_a_contact_is_not_part_of_it() -> None:
    text = "Contact: Jane Roe, jane@example.org\n\nExample House\n12 Example Street\nLondon N1 9GU"
    taken = contact.take(blocks.split(text, is_markdown=True))
    assert taken.contacts == (Contact("Jane Roe", "jane@example.org", ""),)
    assert len(taken.rest) == 1


def test_a_field_that_is_too_long_makes_it_no_contact() -> None:
    text = f"Contact: {'Jane ' * 45}, jane@example.org"
    assert contact.take(blocks.split(text, is_markdown=True)).contacts == ()
