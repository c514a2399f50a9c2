"""A reader's OpenPGP key is taken, or refused with a sentence that says what to do."""

import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import limits
from mailer import pgp
from mailer.pgp import BadCertificate
from tests import pgp_keys
from tests.cast import BORIS


def now() -> datetime:
    return datetime.now(UTC)


def why(text: str, at: datetime | None = None) -> str:
    """Return the sentence that a key is refused with."""
    with pytest.raises(BadCertificate) as refused:
        pgp.read(text, now=at or now())
    return str(refused.value)


def sentence(text: str) -> str | None:
    """Return the sentence a key is refused with, or None where it is read."""
    try:
        pgp.read(text, now=now())
    except BadCertificate as refused:
        return str(refused)
    return None


def test_a_good_key_is_read_with_what_a_person_compares() -> None:
    read = pgp.read(pgp_keys.public(), now=now())
    assert read.fingerprint == pgp_keys.secret().extract_certificate().fingerprint.upper()
    assert read.user_ids == ("Reader <amira@example.org>",)
    assert read.expires is None


def test_what_is_kept_reads_again_as_the_same_key() -> None:
    read = pgp.read(f"some words\r\n\r\n{pgp_keys.public()}\n\n", now=now())
    assert pgp.read(read.armored, now=now()) == read


def test_an_expired_key_is_refused() -> None:
    assert why(pgp_keys.ended()) == pgp.EXPIRED


def test_a_key_is_good_until_its_subkey_for_encryption_ends() -> None:
    text = pgp_keys.with_short_subkey()
    read = pgp.read(text, now=now())
    assert read.expires is not None
    assert read.expires < now() + timedelta(seconds=100)
    assert why(text, at=read.expires) == pgp.EXPIRED


def test_a_revoked_key_is_refused() -> None:
    assert why(pgp_keys.revoked()) == pgp.REVOKED


def test_a_key_that_can_only_sign_is_refused() -> None:
    assert why(pgp_keys.signing_only()) == pgp.CANNOT_ENCRYPT


def test_a_private_key_is_refused_loudly() -> None:
    private = str(pgp_keys.secret())
    assert why(private) == pgp.PRIVATE
    assert why(f"{pgp_keys.public()}\n{private}") == pgp.PRIVATE
    assert why(private.replace("PRIVATE", "PUBLIC")) == pgp.PRIVATE


def test_two_keys_are_refused() -> None:
    assert why(pgp_keys.public() + pgp_keys.public(BORIS)) == pgp.SEVERAL


def test_a_key_ring_in_one_block_is_refused() -> None:
    assert why(pgp_keys.ring()) == pgp.SEVERAL


def test_a_very_long_text_is_refused_before_it_is_parsed() -> None:
    padding = "x" * limits.PGP_CERTIFICATE_LENGTH
    assert why(pgp_keys.public() + padding) == pgp.TOO_LARGE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amira@example.org",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxxxx\n-----END PGP PUBLIC KEY BLOCK-----",
        "-----BEGIN PGP MESSAGE-----\n\nxxxx\n-----END PGP MESSAGE-----",
        "\ud800-----BEGIN PGP PUBLIC KEY BLOCK-----",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    assert why(text) == pgp.GARBAGE


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_key_is_read_or_refused_without_the_librarys_words(data: st.DataObject) -> None:
    text = pgp_keys.public()
    at = data.draw(st.integers(0, len(text)))
    more = data.draw(st.text(alphabet="AZaz09+/=\n- ", max_size=8))
    said = sentence(text[:at] + more + text[at + len(more) :])
    assert said in {None, pgp.GARBAGE, pgp.PRIVATE, pgp.REVOKED, pgp.EXPIRED, pgp.CANNOT_ENCRYPT}


def test_every_way_to_encrypt_opens_for_the_owner_alone() -> None:
    sealed = pgp.encrypt(
        pgp.read(pgp_keys.public(), now=now()), b"Content-Type: text/plain\r\n\r\nx"
    )
    assert b"\n" not in sealed.replace(b"\r\n", b"")
    assert pgp_keys.decrypted(sealed) == b"Content-Type: text/plain\r\n\r\nx"
    with pytest.raises(RuntimeError):
        pgp_keys.decrypted(sealed, BORIS)


def test_without_the_library_nothing_is_read_and_nothing_encrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = pgp.read(pgp_keys.public(), now=now())
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    assert not pgp.is_available()
    with pytest.raises(pgp.Unavailable):
        pgp.read(pgp_keys.public(), now=now())
    with pytest.raises(pgp.Unavailable):
        pgp.encrypt(read, b"x")
