"""The relay's URL: what it means, and what is refused with a sentence."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.smtp.relay import Relay


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.example.org", Relay("mail.example.org", 25)),
        ("smtp://mail.example.org:587/", Relay("mail.example.org", 587)),
        ("smtps://mail.example.org", Relay("mail.example.org", 465, implicit_tls=True)),
        ("smtp://localhost:1025", Relay("localhost", 1025, starttls="offered")),
        ("smtp://[::1]:1025", Relay("::1", 1025, starttls="offered")),
        ("smtp://127.0.0.1?starttls=required", Relay("127.0.0.1", 25)),
        ("smtp://m.example.org?starttls=never", Relay("m.example.org", 25, starttls="never")),
        ("smtp://m.example.org?hello=a.org", Relay("m.example.org", 25, hello="a.org")),
        ("smtp://m.example.org?ca=/etc/ca.pem", Relay("m.example.org", 25, ca="/etc/ca.pem")),
        ("smtp://m.example.org?weight=3", Relay("m.example.org", 25, weight=3)),
        ("smtp://a:b%40%2F@m.example.org", Relay("m.example.org", 25, user="a", password="b@/")),
    ],
)
def test_a_url_says_where_mail_is_handed_over(url: str, relay: Relay) -> None:
    assert Relay.parse(url) == relay


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "smtp://host:port"),
        ("mail.example.org:25", "smtp://host:port"),
        ("http://mail.example.org", "smtp://host:port"),
        ("smtp://", "smtp://host:port"),
        ("smtp://mail.example.org:0", "smtp://host:port"),
        ("smtp://mail.example.org:99999", "host or port"),
        ("smtp://mail.example.org:port", "host or port"),
        ("smtp://[::1", "host or port"),
        (f"smtp://{'a' * 64}.example.org", "host or port"),
        ("smtp://mail.example.org/inbox", "%2F"),
        ("smtp://a:b#c@mail.example.org", "%23"),
        ("smtp://mail .example.org", "without spaces"),
        ("smtp://mail.example.org\r\n", "without spaces"),
        ("smtp://a@mail.example.org", "user and password both"),
        ("smtp://:b@mail.example.org", "user and password both"),
        ("smtp://a:b%00c@mail.example.org", "user and password both"),
        ("smtp://a:%FF@mail.example.org", "UTF-8"),
        ("smtp://a:b@mail.example.org?starttls=never", "in clear"),
        ("smtp://mail.example.org?starttls=perhaps", "required, never or offered"),
        ("smtps://mail.example.org?starttls=required", "remove the option starttls"),
        ("smtp://mail.example.org?tls=1", "options are"),
        ("smtp://mail.example.org?hello=", "options are"),
        ("smtp://mail.example.org?hello=a&hello=b", "options are"),
        ("smtp://mail.example.org?hello=a%0D%0AQUIT", "host name"),
        ("smtp://mail.example.org?weight=0", "number from 1 to 1,000"),
        ("smtp://mail.example.org?weight=1001", "number from 1 to 1,000"),
        ("smtp://mail.example.org?weight=1.5", "number from 1 to 1,000"),
    ],
)
def test_a_bad_url_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Relay.parse(url)


def test_a_password_is_never_shown() -> None:
    relay = Relay.parse("smtp://mailer:hush@mail.example.org")
    assert "hush" not in repr(relay)
    assert "hush" not in str(relay)


HOSTS = st.text() | st.text(st.sampled_from("ab.:[]19/?=&#%@"), max_size=70)


@given(HOSTS)
def test_any_text_is_a_relay_or_a_plain_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        Relay.parse(f"smtp://mailer@{text}")
    with pytest.raises(ValueError, match=r"^[A-Z]") as caught:
        Relay.parse(f"smtp://mailer:hush@{text}#hush")
    assert "hush" not in str(caught.value)


def test_several_relays_stand_with_spaces_between_them() -> None:
    first, second = Relay.parse_all("smtp://a.example.org\n smtps://b.example.org?weight=2 ")
    assert (first.name, second.name) == ("a.example.org:25", "b.example.org:465")
    assert (first.weight, second.weight) == (1, 2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"^Write the relay as smtp://host:port"),
        ("smtp://", r"^Write the relay as smtp://host:port"),
        ("smtp://a.example.org b.example.org", r"^Relay 2 of the list: Write the relay as"),
        ("smtp://a.example.org smtp://a.example.org:25?weight=2", "named twice"),
    ],
)
def test_a_bad_list_says_which_relay_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Relay.parse_all(text)


@given(HOSTS)
def test_any_text_is_a_list_of_relays_or_a_plain_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z]") as caught:
        Relay.parse_all(f"smtp://mailer:hush@{text}#hush smtp://b.example.org")
    assert "hush" not in str(caught.value)
