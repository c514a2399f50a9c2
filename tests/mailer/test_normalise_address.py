"""An address has one form in the tables, one on the wire, and one hash for all its capitals."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config import limits
from db.sealed import CannotOpen, Keyring
from mailer import addresses
from mailer.addresses import BadAddress

KEYS = Keyring({"index": b"\1" * 31 + b"\0", "k1": b"\2" * 31 + b"\0"})

locals_ = st.from_regex(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-z0-9_-]{1,10})?", fullmatch=True
)
domains = st.sampled_from(["example.org", "EXAMPLE.org", "bücher.example.org", "почта.example.org"])
written = st.builds(lambda local, domain: f"{local}@{domain}", locals_, domains)


@given(written)
def test_the_form_we_store_is_its_own_form(text: str) -> None:
    stored = addresses.normalise(f"  {text}\n")
    assert addresses.normalise(stored) == stored


@given(written)
def test_what_we_store_can_always_be_put_on_the_wire(text: str) -> None:
    wire = addresses.wire(addresses.normalise(text))
    assert wire.isascii()
    assert addresses.normalise(wire) == addresses.normalise(text)


@given(st.text(max_size=30) | st.builds("{}@{}".format, st.text(max_size=9), st.text(max_size=20)))
def test_whatever_is_posted_is_refused_or_can_be_put_on_the_wire(text: str) -> None:
    with suppress(BadAddress):
        assert addresses.wire(addresses.normalise(text)).isascii()


BAD = ["", " ", "amira", "@example.org", "amira@", "amira@@example.org", "a b@example.org"]
BAD += ["amira@example.org\0", "amira@example.org\r\nBcc: eve@example.org", "a\x7f@example.org"]
BAD += ["Amira <amira@example.org>", "amira@example.org,eve@example.org", "амира@example.org"]
BAD += [f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example.org", "a@[127.0.0.1]", "a@localhost"]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        addresses.normalise(text)


def test_length_is_looked_at_before_anything_else() -> None:
    with pytest.raises(BadAddress, match="too long"):
        addresses.normalise("a" * (limits.ADDRESS_LENGTH + 1))


@given(written)
def test_no_way_to_write_it_in_capitals_makes_another_person(text: str) -> None:
    stored = addresses.normalise(text)
    index = addresses.index(KEYS, stored)
    for spelling in (text.upper(), text.lower(), text.swapcase()):
        assert addresses.index(KEYS, addresses.normalise(spelling)) == index


@given(written, written)
def test_two_addresses_have_two_indexes(one: str, other: str) -> None:
    stored = addresses.normalise(one), addresses.normalise(other)
    assume(stored[0].lower() != stored[1].lower())
    assert addresses.index(KEYS, stored[0]) != addresses.index(KEYS, stored[1])


def test_a_sealed_address_opens_beside_its_own_index_alone() -> None:
    amira, eve = "Amira@example.org", "eve@example.org"
    blob = addresses.seal(KEYS, amira)
    assert addresses.unseal(KEYS, blob, addresses.index(KEYS, amira)) == amira
    with pytest.raises(CannotOpen):
        addresses.unseal(KEYS, blob, addresses.index(KEYS, eve))
