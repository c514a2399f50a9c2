import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from config import keys, stripe_access
from sandbox import environment
from sandbox.ports import Ports
from sandbox.stripe import access

SERVERS = {"DATABASE_URL": "postgresql+psycopg://ours", "REDIS_URL": "unix:///ours"}
PRINTABLE = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=40)


def settings(**given: str) -> dict[str, str]:
    return environment.settings(given, SERVERS, Ports(), var=Path("/house/var"))


@given(st.dictionaries(st.from_regex(r"[A-Z][A-Z_]{0,9}", fullmatch=True), PRINTABLE))
def test_what_is_written_is_what_the_product_reads(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("env") / "local.env"
    environment.write(path, values)
    assert dotenv_values(path) == values


@pytest.mark.parametrize(
    "value", ["${HOME}", "a$b", "'", "\\'", "\\", "#x", "two\nlines", "${", "$"]
)
def test_awkward_values_survive(tmp_path: Path, value: str) -> None:
    environment.write(tmp_path / "local.env", {"NAME": value})
    assert dotenv_values(tmp_path / "local.env") == {"NAME": value}


def test_only_we_may_read_it(tmp_path: Path) -> None:
    environment.write(tmp_path / "local.env", {"NAME": "value"})
    assert stat.S_IMODE((tmp_path / "local.env").stat().st_mode) == 0o600


def test_a_wide_open_file_is_replaced_by_a_private_one(tmp_path: Path) -> None:
    path = tmp_path / "local.env"
    path.write_text("old")
    path.chmod(0o666)
    environment.write(path, {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_with_nothing_given_the_product_is_told_all_it_needs() -> None:
    told = settings()
    assert told.items() >= SERVERS.items()
    assert told["SMTP_URL"] == "smtp://127.0.0.1:1025"
    assert told["BASE_URL"] == "http://127.0.0.1:8000"
    assert told["DATA_KEYS_FILE"] == "/house/var/keys/data"
    assert told["STRIPE_API_BASE"] == "http://127.0.0.1:8026"
    assert told["STRIPE_API_KEY_FILE"] == "/house/var/keys/stripe"


def test_what_the_user_gave_wins() -> None:
    told = settings(DATABASE_URL="postgresql://mine", ORG_NAME="Ours")
    assert told["DATABASE_URL"] == "postgresql://mine"
    assert told["ORG_NAME"] == "Ours"


@pytest.mark.parametrize("name", ["SECRET_KEYS", "REDIS_URL", "ORG_NAME"])
def test_a_setting_is_told_in_one_form_only(name: str) -> None:
    for form in (name, f"{name}_FILE"):
        told = settings(**{form: "given"})
        assert told[form] == "given"
        assert len({name, f"{name}_FILE"} & told.keys()) == 1


@pytest.mark.parametrize("name", environment.STRIPE)
def test_nothing_of_our_stripe_is_told_beside_another(name: str) -> None:
    told = settings(**{name: "theirs"})
    assert {key: value for key, value in told.items() if "STRIPE" in key} == {name: "theirs"}


def test_the_keys_of_our_stripe_are_what_the_product_and_it_take(tmp_path: Path) -> None:
    environment.make_keys(tmp_path)
    key = (tmp_path / "stripe").read_text().strip()
    access.check({"authorization": f"Bearer {key}"})
    assert not stripe_access.is_live(SecretStr(key))
    assert (tmp_path / "stripe-webhook").read_text().startswith("whsec_")


def test_the_product_can_read_the_keys(tmp_path: Path) -> None:
    environment.make_keys(tmp_path / "keys")
    assert len(keys.signing_ring((tmp_path / "keys/secret").read_text())) == 1
    assert list(keys.data_ring((tmp_path / "keys/data").read_text())) == ["index", "k1"]


def test_keys_are_private_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    environment.make_keys(folder)
    before = (folder / "data").read_text()
    (folder / "secret").unlink()
    environment.make_keys(folder)
    assert (folder / "data").read_text() == before
    assert {stat.S_IMODE(key.stat().st_mode) for key in folder.iterdir()} == {0o600}
