"""Which passwords are good enough."""

import pytest
from argon2 import PasswordHasher

from staff import passwords

DANA = "dana.example@example.org"


@pytest.mark.parametrize(
    "password", ["four words are fine", "ein langes Paßwort", "пароль из слов", "x9!" * 3 + "abc"]
)
def test_a_long_one_is_good(password: str) -> None:
    passwords.check(password, email=DANA)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elevenchars", "at least 12"),
        ("abababababababab", "repeats too much"),
        (DANA.upper(), "own address"),
        ("dana.example", "own address"),
        ("long " * 60, "at most 256"),
    ],
)
def test_a_weak_one_is_refused_with_what_to_change(password: str, sentence: str) -> None:
    with pytest.raises(passwords.WeakPassword, match=sentence):
        passwords.check(password, email=DANA)


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    composed, decomposed = "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"
    assert PasswordHasher().verify(passwords.digest(composed), decomposed)  # NFKD decomposes


def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.digest("four words are fine") != passwords.digest("four words are fine")
