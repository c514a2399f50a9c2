"""Passwords: what is good enough, and the argon2id hash that is kept (OWASP's minimum: 19 MiB, 2 passes)."""

import unicodedata
from typing import Final

from argon2 import PasswordHasher

from config import limits

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
FORM: Final = "NFKD"
"""The Unicode form that is hashed, so that é is é on every keyboard; Flask-Security does the same."""
_VARIETY: Final = 5

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


class WeakPassword(ValueError):
    """A password is too easy to guess; the message says what to change."""


def check(password: str, *, email: str) -> None:
    """Raise WeakPassword unless the password may be used: long, and not made of one thing repeated."""
    text = unicodedata.normalize(FORM, password)
    if len(text) < limits.PASSWORD_LENGTH:
        raise WeakPassword(
            f"Use at least {limits.PASSWORD_LENGTH} characters; four words are a good start."
        )
    if len(text) > limits.PASSWORD_LENGTH_MAX:
        raise WeakPassword(f"Use at most {limits.PASSWORD_LENGTH_MAX} characters.")
    if len(set(text)) < _VARIETY:
        raise WeakPassword("Use more different characters: this one repeats too much.")
    if text.casefold() in {email.casefold(), email.partition("@")[0].casefold()}:
        raise WeakPassword("Do not use your own address as your password.")


def digest(password: str) -> str:
    """Return the argon2id hash of a password, with its parameters and salt in it."""
    return _hasher.hash(unicodedata.normalize(FORM, password))
