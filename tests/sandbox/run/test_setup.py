import ast
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sandbox import environment, setup
from tests.sandbox.run.product import HOUSE

WITHOUT_ENSUREPIP = """
import runpy, sys
sys.modules["ensurepip"] = None
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
ABSENT = {
    "PIP_INDEX_URL": "https://127.0.0.1:9/simple",
    "PIP_FIND_LINKS": "",
    "PIP_NO_CACHE_DIR": "1",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a folder with the setup and with a lock that names one small package."""
    return check_out(tmp_path / "checkout")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give such a folder after its setup; a test may change the lock, not break the .venv."""
    root = check_out(tmp_path_factory.mktemp("installed") / "checkout")
    done = set_up(root)
    assert done.returncode == 0, done
    assert "fetching the 1 packages" in done.stdout
    return root


def check_out(root: Path) -> Path:
    (root / "sandbox").mkdir(parents=True)
    shutil.copy(HOUSE / "sandbox" / "setup.py", root / "sandbox")
    digest = hashlib.sha256(wheel(root / "wheels").read_bytes()).hexdigest()
    for lock in setup.LOCKS.values():
        (root / lock).write_text(f"smallnoun==1.0 \\\n    --hash=sha256:{digest}\n")
    return root


def wheel(folder: Path) -> Path:
    """Make the small package."""
    folder.mkdir()
    path, info = folder / "smallnoun-1.0-py3-none-any.whl", "smallnoun-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("smallnoun.py", "name = 'noun'\n")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: smallnoun\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def set_up(root: Path, *options: str, **given: str) -> subprocess.CompletedProcess[str]:
    local = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(root / "wheels")}
    return subprocess.run(
        [sys.executable, "-I", "sandbox/setup.py", *options],
        cwd=root,
        env={**environment.given(), **(given or local)},
        capture_output=True,
        text=True,
        check=False,
    )


def imports(root: Path) -> bool:
    command = [str(root / ".venv/bin/python"), "-c", "import smallnoun"]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def refused(done: subprocess.CompletedProcess[str], words: str) -> bool:
    """Tell whether it failed with one sentence, with these words in it."""
    assert done.returncode == 1, done
    lines = done.stderr.strip().splitlines()
    return len(lines) == 1 and lines[0].startswith("Setup stopped: ") and words in lines[0]


@pytest.mark.journey
def test_it_installs_what_the_lock_names(installed: Path) -> None:
    assert imports(installed)
    assert not (installed / ".venv/unfinished").exists()


@pytest.mark.journey
def test_a_second_setup_is_silent_and_touches_nothing(installed: Path) -> None:
    set_up(installed)
    before = (installed / ".venv/installed.json").stat().st_mtime_ns
    done = set_up(installed, PIP_INDEX_URL="nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (installed / ".venv/installed.json").stat().st_mtime_ns == before


@pytest.mark.journey
def test_the_development_setup_makes_the_other_unnecessary(installed: Path) -> None:
    set_up(installed, "--dev")
    assert set_up(installed).stdout == ""
    assert json.loads((installed / ".venv/installed.json").read_text()).keys() >= {"run", "dev"}


@pytest.mark.journey
def test_what_encrypts_is_installed_where_it_is_asked_for(checkout: Path) -> None:
    set_up(checkout)
    assert "requirements-pgp.txt" in set_up(checkout, "--pgp").stdout
    assert set_up(checkout, "--pgp").stdout == ""
    assert set_up(checkout).stdout == ""


@pytest.mark.journey
def test_a_changed_lock_is_installed_into_the_same_venv(installed: Path) -> None:
    lock = installed / "requirements.txt"
    lock.write_text(f"# one more comment\n{lock.read_text()}")
    done = set_up(installed)
    assert "fetching" in done.stdout
    assert "making .venv" not in done.stdout


@pytest.mark.journey
def test_a_moved_checkout_gets_a_new_venv(installed: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(installed, tmp_path / "moved", symlinks=True)
    assert "making .venv" in set_up(moved).stdout
    assert imports(moved)


@pytest.mark.journey
def test_a_package_that_is_not_the_locked_one_is_refused(checkout: Path) -> None:
    lock = checkout / "requirements.txt"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0")[:-2] + "\n")
    assert refused(set_up(checkout), "is not the one the lock names")
    assert not imports(checkout)


@pytest.mark.journey
def test_an_absent_network_is_one_sentence_and_the_next_try_begins_afresh(checkout: Path) -> None:
    assert refused(set_up(checkout, **ABSENT), "the package index could not be reached")
    (checkout / ".venv/half-written").touch()
    assert "making .venv" in set_up(checkout).stdout
    assert not (checkout / ".venv/half-written").exists()
    assert imports(checkout)


def test_a_python_without_its_venv_module_is_one_sentence(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ENSUREPIP, str(checkout / "sandbox/setup.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused(done, "apt install python3-venv")


def test_a_folder_that_cannot_be_written_is_one_sentence(checkout: Path) -> None:
    (checkout / ".venv").write_text("a file, where the folder should be")
    assert refused(set_up(checkout), "cannot be written (Not a directory)")


def test_a_missing_lock_is_one_sentence(checkout: Path) -> None:
    (checkout / "requirements.txt").unlink()
    assert refused(set_up(checkout), "requirements.txt")


@pytest.mark.parametrize("version", [(3, 7), (3, 8), (3, 10)])
def test_an_old_python_can_read_the_setup_and_so_its_sentence(version: tuple[int, int]) -> None:
    source = (HOUSE / "sandbox" / "setup.py").read_text()
    assert ast.parse(source, feature_version=version).body


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10), (3, 14), (4, 0)])
def test_a_python_of_another_age_is_refused_by_its_number(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(setup.SetupError, match=f"this is {version[0]}.{version[1]}; install one"):
        setup.use_fitting_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_pythons_we_know_are_taken(version: tuple[int, int]) -> None:
    setup.use_fitting_python(version)


def test_a_python_in_the_path_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert not setup.is_version(str(shim), 12)
    assert setup.is_version(sys.executable, sys.version_info.minor)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("Collecting a\nCollecting b\n", "fetched 2 of 9 packages"),
        ("Ignoring x: markers\nCollecting a\n", "fetched 1 of 8 packages"),
        ("Collecting a\nInstalling collected packages: a, b", "unpacking"),
    ],
)
def test_progress_is_read_from_what_pip_says(output: str, words: str) -> None:
    assert words in setup.progress(output, 9)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for noun", "no build for this machine"),
        ("Max retries exceeded\nERROR: No matching distribution found", "could not be reached"),
        ("something\nERROR: a new kind of trouble\n\n", "ERROR: a new kind of trouble"),
        ("", "it said nothing"),
    ],
)
def test_the_reason_is_read_from_what_pip_says(output: str, words: str) -> None:
    assert words in setup.reason(output)


def test_a_broken_stamp_is_no_stamp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp")
    for text in ("", "{", "[]"):
        (tmp_path / "stamp").write_text(text)
        assert setup.read_stamp() == {}


def test_two_setups_at_once_wait_for_each_other(checkout: Path) -> None:
    folder = os.open(checkout, os.O_RDONLY)
    command = [sys.executable, "-I", "sandbox/setup.py"]
    fcntl.flock(folder, fcntl.LOCK_EX)
    with subprocess.Popen(command, cwd=checkout, env=environment.given()) as waiting:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(timeout=1)
        assert not (checkout / ".venv").exists()
        waiting.terminate()
    os.close(folder)
