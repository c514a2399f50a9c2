"""Settings are read once, whole, and every fault is said at once."""

from pathlib import Path

import pytest

from config.settings import Settings, SettingsFault, data_keys_file, load
from tests.conftest import environment

NOWHERE = Path("/nonexistent/local.env")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    fields = environment("postgresql://h/d", "redis://h", tmp_path)
    return {name.upper(): value for name, value in fields.items()}


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsFault) as caught:
        load(environ, local=NOWHERE)
    return caught.value.faults


def test_a_whole_environment_is_read(environ: dict[str, str]) -> None:
    assert load(environ, local=NOWHERE).org_name == "Example Rights Foundation"


def test_an_empty_environment_names_everything_that_is_missing() -> None:
    named = {fault.split(":")[0] for fault in faults({})}
    assert named == {
        name.upper() for name, field in Settings.model_fields.items() if field.is_required()
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://h/d"),
        ("REDIS_URL", "http://h"),
        ("SMTP_URL", "mail.example.org"),
        ("BASE_URL", "http://news.example.org"),
        ("BASE_URL", "news.example.org"),
        ("SECRET_KEYS", "secret"),
        ("SECRET_KEYS", "A" * 43 + "="),
        ("DATA_KEYS", "k1:abc"),
        ("ORG_FROM", "Example <news@example.org>"),
        ("ORG_LANGUAGE", "english"),
        ("TRUSTED_PROXIES", "-1"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_bad_value_is_named_and_not_repeated(
    environ: dict[str, str], name: str, value: str
) -> None:
    (fault,) = faults(environ | {name: value})
    assert fault.startswith(f"{name}: ")
    if name.endswith(("KEYS", "_URL")) and name != "BASE_URL":
        assert value not in fault


@pytest.mark.parametrize("bad", ["\n", "\r\n", "\0", "\x1b", "\x7f", "\x85", "\u2028"])
@pytest.mark.parametrize(
    "name",
    ["ORG_NAME", "ORG_FROM", "ORG_CONTACT", "ORG_BOUNCE_ADDRESS", "ORG_HOME_URL", "BASE_URL"],
)
def test_what_stands_in_headers_is_one_line(environ: dict[str, str], name: str, bad: str) -> None:
    good = environ.get(name, environ["ORG_FROM"])
    (fault,) = faults(environ | {name: f"{good[:-4]}{bad}{good[-4:]}"})
    assert fault == f"{name}: must be one line, without control characters"


def test_the_postal_address_may_have_lines_and_no_other_control_character(
    environ: dict[str, str],
) -> None:
    address = "1 Example Street\r\nExample Town\n"
    assert load(environ | {"ORG_ADDRESS": address}, local=NOWHERE).org_address == address
    (fault,) = faults(environ | {"ORG_ADDRESS": "1 Example Street\n\x1bTown"})
    assert fault == "ORG_ADDRESS: must be lines of text, without control characters"


def test_all_faults_are_said_at_once(environ: dict[str, str]) -> None:
    bad = environ | {"BASE_URL": "x", "ORG_FROM": "x", "SECRET_KEYS": "x"}
    del bad["ORG_NAME"]
    assert {fault.split(":")[0] for fault in faults(bad)} == {
        "BASE_URL",
        "ORG_FROM",
        "SECRET_KEYS",
        "ORG_NAME",
    }


def test_a_value_may_stand_in_a_file(environ: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(environ.pop("SECRET_KEYS") + "\n", encoding="utf-8")
    read = load(environ | {"SECRET_KEYS_FILE": str(file)}, local=NOWHERE)
    assert read.secret_keys.get_secret_value() == file.read_text(encoding="utf-8").strip()


def test_a_file_that_cannot_be_read_is_said_once(environ: dict[str, str]) -> None:
    del environ["SECRET_KEYS"]
    (fault,) = faults(environ | {"SECRET_KEYS_FILE": "/nonexistent/secret"})
    assert fault.startswith("SECRET_KEYS: the file /nonexistent/secret")


def test_a_value_given_twice_is_a_fault(environ: dict[str, str], tmp_path: Path) -> None:
    (fault,) = faults(environ | {"ORG_NAME_FILE": str(tmp_path / "x")})
    assert "given twice" in fault


def test_the_file_of_the_data_keys_is_known(environ: dict[str, str]) -> None:
    assert data_keys_file(environ, local=NOWHERE) is None
    del environ["DATA_KEYS"]
    assert data_keys_file(environ | {"DATA_KEYS_FILE": "/k"}, local=NOWHERE) == Path("/k")


def test_local_values_stand_in_where_no_database_is_named(
    environ: dict[str, str], tmp_path: Path
) -> None:
    local = tmp_path / "local.env"
    local.write_text(
        "".join(f"{name}='{value}'\n" for name, value in environ.items()), encoding="utf-8"
    )
    assert load({"ORG_NAME": "Another"}, local=local).org_name == "Another"
    with pytest.raises(SettingsFault):
        load({"DATABASE_URL": "postgresql://h/d"}, local=local)


def test_secrets_are_not_printed(environ: dict[str, str]) -> None:
    printed = repr(load(environ, local=NOWHERE))
    assert environ["SECRET_KEYS"] not in printed
    assert environ["DATABASE_URL"] not in printed
