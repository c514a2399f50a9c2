"""Exports of other systems are known by their columns; a person can say otherwise."""

import io

import pytest

from mailer.lists import mapping, table
from mailer.lists.mapping import BadMapping, Fit

MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
    'TIMEZONE,LAST_CHANGED,LEID,EUID,NOTES,TAGS\namira@example.org,Amira,N,2,"2024-03-01 11:59:00",,'
    '"2024-03-01 12:00:00",,,"2024-03-01 12:00:00",1,a1,,\n'
)
UNSUBSCRIBED = "Email Address,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME\n"
LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at\n"
    '5f0c0000-0000-4000-8000-000000000000,amira@example.org,Amira,"{""city"": ""x""}",enabled,'
    "2024-03-01 12:00:00.5 +0000 UTC,2024-03-01 12:00:00.5 +0000 UTC\n"
)
OURS = "email,topics,language,confirmed_at,consent_note\n"

FOUND = {
    "ours": (OURS, "our own", {name: name for name in mapping.FIELDS}),
    "Mailchimp": (
        MAILCHIMP,
        "Mailchimp",
        {"email": "Email Address", "confirmed_at": "CONFIRM_TIME"},
    ),
    "who left Mailchimp": (
        UNSUBSCRIBED,
        "Mailchimp",
        {"email": "Email Address", "confirmed_at": "CONFIRM_TIME", "left_at": "UNSUB_TIME"},
    ),
    "listmonk": (LISTMONK, "listmonk", {"email": "email", "status": "status"}),
    "what listmonk imports": ("email,name,attributes\n", "listmonk", {"email": "email"}),
    "Mailman": ("amira@example.org\nboris@example.org\n", "Mailman", {"email": "1"}),
    "Mailman with names": ("Amira, N. <amira@example.org>\n", "Mailman", {"email": "1"}),
    "nobody's": ("Name;E-Mail\n", "unknown", {"email": "E-Mail"}),
    "without a header": ("Amira,amira@example.org\n", "no header", {"email": "2"}),
    "ours in capitals": ("EMAIL,Topics\n", "our own", {"email": "EMAIL", "topics": "Topics"}),
}


def fit(content: str, **told: str) -> Fit:
    return mapping.fit(table.read(io.BytesIO(content.encode())), told)


@pytest.mark.parametrize(("content", "form", "names"), FOUND.values(), ids=FOUND)
def test_the_mapping_is_found(content: str, form: str, names: dict[str, str]) -> None:
    found = fit(content)
    assert (found.form, dict(found.names)) == (form, names)


def test_the_mapping_is_said_field_by_field() -> None:
    assert fit(MAILCHIMP).sentences == [
        "email         from the column Email Address",
        "confirmed_at  from the column CONFIRM_TIME",
    ]


def test_a_column_is_named_by_name_in_any_case_or_by_number() -> None:
    assert fit(LISTMONK, confirmed_at="CREATED_AT").positions["confirmed_at"] == 5
    assert fit(LISTMONK, confirmed_at="6").positions["confirmed_at"] == 5
    assert fit("a@example.org,b\n", topics="2").positions == {"email": 0, "topics": 1}


def test_a_field_is_left_out_when_its_column_is_empty() -> None:
    assert "language" not in fit(OURS, language="").names


@pytest.mark.parametrize(
    ("content", "told", "words"),
    [
        ("Name,Telephone\n", {}, "--map email=COLUMN. The columns are: Name, Telephone."),
        (OURS, {"email": "Adresse"}, "There is no column Adresse"),
        (OURS, {"email": "0"}, "There is no column 0"),
        (OURS, {"email": "6"}, "There is no column 6"),
        (OURS, {"e_mail": "email"}, "There is no field e_mail"),
        (OURS, {"email": ""}, "No column of addresses"),
        ("email,topics,Email\n", {}, "Several columns are called email"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    content: str, told: dict[str, str], words: str
) -> None:
    with pytest.raises(BadMapping) as refused:
        fit(content, **told)
    assert words in str(refused.value)


def test_columns_of_one_name_that_feed_nothing_do_no_harm() -> None:
    assert fit("email,note,note\n").positions == {"email": 0}
    assert fit("email,x,email\n", email="3").positions == {"email": 2}
