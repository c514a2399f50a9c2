"""Keys for one purpose say nothing about another, and outlive a rotation."""

from pydantic import SecretStr

from config import derived, keys
from config.settings import Settings


def rotated(settings: Settings, ring: str) -> Settings:
    return settings.model_copy(update={"secret_keys": SecretStr(ring)})


def test_no_two_purposes_share_a_key() -> None:
    secret = keys.generate()
    purposes = ("web session", "totp", "recovery codes", "rate limits", "audit chain")
    assert len({derived.key(secret, purpose) for purpose in purposes}) == len(purposes)


def test_the_newest_session_key_comes_first(settings: Settings) -> None:
    old, new = keys.generate(), keys.generate()
    after = derived.session_keys(rotated(settings, f"{old} {new}"))
    assert after[1:] == derived.session_keys(rotated(settings, old))


def test_the_audit_key_outlives_a_rotation(settings: Settings) -> None:
    old, new = keys.generate(), keys.generate()
    before = derived.audit_key(rotated(settings, old))
    assert derived.audit_key(rotated(settings, f"{old} {new}")) == before


def test_the_name_of_a_totp_key_outlives_the_ring_around_it(settings: Settings) -> None:
    old, new = keys.generate(), keys.generate()
    both = derived.totp_secrets(rotated(settings, f"{old} {new}"))
    alone = derived.totp_secrets(rotated(settings, new))
    assert alone.items() <= both.items()
    assert list(both)[-1] == next(iter(alone))
