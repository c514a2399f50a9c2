"""The commands where the environment is empty, each in a process of its own."""

import subprocess
import sys

import pytest

from config.settings import ROOT

FLASK = [sys.executable, "-m", "flask"]
MISSING = {"DATABASE_URL", "SECRET_KEYS", "ORG_NAME"}
# So that what `make run` left behind on this machine is not taken for settings.
EMPTY = {"DATABASE_URL": "mysql://x"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*arguments], cwd=ROOT, env=EMPTY, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    "arguments", [["staff", "list"], ["run", "--port", "1"], ["db", "current"]]
)
def test_a_command_that_needs_them_says_all_that_is_missing(arguments: list[str]) -> None:
    done = run(*FLASK, *arguments)
    assert done.returncode == 1
    assert all(f"{name}: " in done.stderr for name in MISSING)
    assert "Traceback" not in done.stderr


def test_keys_can_be_made_before_there_are_settings() -> None:
    done = run(*FLASK, "keys", "generate")
    assert done.returncode == 0
    assert "SECRET_KEYS=" in done.stdout


def test_the_doctor_lists_the_faults() -> None:
    done = run(*FLASK, "doctor")
    assert done.returncode == 1
    assert all(f"settings: {name}: " in done.stdout for name in MISSING)


def test_the_web_process_exits_without_a_traceback() -> None:
    done = run(sys.executable, "-c", "import wsgi")
    assert done.returncode == 1
    assert "DATABASE_URL: must be an URL" in done.stderr
    assert "Traceback" not in done.stderr
