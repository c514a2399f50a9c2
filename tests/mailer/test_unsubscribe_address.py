"""The address that a mail to ends a subscription: it names one subscriber, provably, in any case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sender import Sender

SENDER = Sender("Example Rights Foundation", "news@example.org", "bounces@example.org", b"k" * 32)
OTHER = Sender("Example Rights Foundation", "news@example.org", "bounces@example.org", b"x" * 32)
IDS, VERSIONS = st.integers(1, 2**63 - 1), st.integers(1, 2**31 - 1)


def address(subscriber_id: int, version: int = 1, sender: Sender = SENDER) -> str:
    made = sender.unsubscribe_address(subscriber_id, version)
    assert made is not None
    return made


@given(IDS, VERSIONS)
def test_any_subscriber_and_version_come_back_whatever_the_case(id_: int, version: int) -> None:
    made = address(id_, version)
    for spelled in (made, made.upper(), made.title()):
        assert SENDER.read_unsubscribe_address(spelled) == (id_, version)


@given(IDS, VERSIONS)
def test_the_local_part_is_one_that_any_server_takes(id_: int, version: int) -> None:
    local, _, domain = address(id_, version).partition("@")
    assert len(local) <= 64
    assert domain == "example.org"
    assert local.startswith("bounces+u.")


@given(IDS, st.data())
def test_one_changed_character_names_nobody(id_: int, data: st.DataObject) -> None:
    made = address(id_)
    at = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567.+@0189"))
    changed = made[:at] + other + made[at + 1 :]
    expected = (id_, 1) if changed == made else None
    assert SENDER.read_unsubscribe_address(changed) == expected


def test_another_key_another_version_and_an_envelope_are_no_proof() -> None:
    mac = address(7).partition("@")[0].rpartition(".")[2]
    assert SENDER.read_unsubscribe_address(address(7, sender=OTHER)) is None
    assert SENDER.read_unsubscribe_address(f"bounces+u.7.2.{mac}@example.org") is None
    assert SENDER.read_unsubscribe_address(SENDER.envelope(7)) is None
    assert mac not in SENDER.envelope(7)


@given(st.text() | st.text("bounces+u.0123456789abcdef@example.org"))
def test_whatever_else_comes_in_names_nobody(text: str) -> None:
    assert SENDER.read_unsubscribe_address(text) is None


@pytest.mark.parametrize("name", ["b" * 40, "bounces-of-an-office-with-a-very-long-name"])
def test_a_name_too_long_for_it_leaves_the_mailto_out(name: str) -> None:
    sender = Sender("Example", "news@example.org", f"{name}@example.org", b"k")
    assert sender.unsubscribe_address(2**63 - 1, 2**31 - 1) is None
