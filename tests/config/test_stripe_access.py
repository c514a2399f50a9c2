"""Live keys go to Stripe alone; elsewhere means this machine, and a test key."""

from pathlib import Path

import pytest

from config import stripe_access
from config.settings import Settings, SettingsFault, load
from tests.conftest import environment

NOWHERE = Path("/nonexistent/local.env")
SANDBOX = "http://127.0.0.1:8026"
TEST, LIVE = "rk_test_0123456789", "rk_live_0123456789"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environment("postgresql://h/d", "redis://h", tmp_path)


def read(environ: dict[str, str], **more: str) -> Settings:
    return load(environ | more, local=NOWHERE)


def fault(environ: dict[str, str], **more: str) -> str:
    with pytest.raises(SettingsFault) as caught:
        read(environ, **more)
    (only,) = caught.value.faults
    return only


def test_without_a_key_donations_are_off(environ: dict[str, str]) -> None:
    found = read(environ)
    assert (found.stripe_api_key, found.stripe_webhook_secret) == (None, None)
    assert found.stripe_api_base == stripe_access.BASE


@pytest.mark.parametrize("key", [TEST, LIVE, "sk_test_0123456789", "sk_live_0123456789"])
def test_every_secret_key_may_go_to_stripe(environ: dict[str, str], key: str) -> None:
    found = read(environ, STRIPE_API_KEY=key, STRIPE_API_BASE=f"{stripe_access.BASE}/")
    assert found.stripe_api_base == stripe_access.BASE
    assert found.stripe_api_key is not None
    assert stripe_access.is_live(found.stripe_api_key) is ("live" in key)
    assert key not in repr(found)


@pytest.mark.parametrize(
    "base", [SANDBOX, "http://localhost:8026/", "http://[::1]:8026", "https://127.0.0.1"]
)
def test_a_test_key_may_stay_on_this_machine(environ: dict[str, str], base: str) -> None:
    found = read(environ, STRIPE_API_KEY=TEST, STRIPE_API_BASE=base)
    assert found.stripe_api_base == base.rstrip("/")


@pytest.mark.parametrize("key", [LIVE, "sk_live_0123456789"])
@pytest.mark.parametrize("base", [SANDBOX, "https://127.0.0.1", "http://localhost:8026"])
def test_a_live_key_does_not(environ: dict[str, str], key: str, base: str) -> None:
    said = fault(environ, STRIPE_API_KEY=key, STRIPE_API_BASE=base)
    assert said.startswith("STRIPE_API_BASE: ")
    assert key not in said


@pytest.mark.parametrize(
    "base",
    [
        "https://stripe.example.org",
        "http://api.stripe.com",
        "https://api.stripe.com:8443",
        "https://api.stripe.com.example.org",
        "https://api.stripe.com@example.org",
        "http://127.0.0.1@example.org",
        "http://127.0.0.1:8026/v1",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "127.0.0.1",
        "x",
    ],
)
@pytest.mark.parametrize("key", [TEST, LIVE])
def test_no_key_goes_anywhere_else(environ: dict[str, str], key: str, base: str) -> None:
    said = fault(environ, STRIPE_API_KEY=key, STRIPE_API_BASE=base)
    assert said.startswith("STRIPE_API_BASE: ")


@pytest.mark.parametrize(
    "key", ["pk_test_0123456789", "sk_test_", "rk_0123456789", "sk_test_a b", "sk_test_01234567\n"]
)
def test_what_is_no_secret_key_is_refused(environ: dict[str, str], key: str) -> None:
    said = fault(environ, STRIPE_API_KEY=key)
    assert said.startswith("STRIPE_API_KEY: ")
    assert key not in said


@pytest.mark.parametrize("secrets", ["whsec_0123456789", " whsec_the_old_one  whsec_the_new_one "])
def test_one_secret_or_two_are_taken(environ: dict[str, str], secrets: str) -> None:
    assert read(environ, STRIPE_WEBHOOK_SECRET=secrets).stripe_webhook_secret is not None


@pytest.mark.parametrize("secrets", [" ", "short", "whsec_1234567 " * 3, "whsec_é1234567"])
def test_no_secret_and_three_are_refused(environ: dict[str, str], secrets: str) -> None:
    said = fault(environ, STRIPE_WEBHOOK_SECRET=secrets)
    assert said.startswith("STRIPE_WEBHOOK_SECRET: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [("STRIPE_API_KEY", TEST), ("STRIPE_WEBHOOK_SECRET", "whsec_0123456789")],
)
def test_a_secret_may_stand_in_a_file(
    environ: dict[str, str], tmp_path: Path, name: str, value: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{value}\n", encoding="utf-8")
    found = read(environ, **{f"{name}_FILE": str(file)})
    assert getattr(found, name.lower()).get_secret_value() == value


def test_a_live_key_in_a_file_is_watched_too(environ: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(LIVE, encoding="utf-8")
    said = fault(environ, STRIPE_API_KEY_FILE=str(file), STRIPE_API_BASE=SANDBOX)
    assert "STRIPE_API_KEY is a live one" in said
