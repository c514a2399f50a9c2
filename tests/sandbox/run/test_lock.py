import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.locks import Lock, TakenError
from tests.sandbox.run.product import HOUSE

HOLD = """
import sys, pathlib
from sandbox.locks import Lock
lock = Lock(pathlib.Path(sys.argv[1]))
lock.acquire()
lock.note(["web 12", "beat 13"])
print("held", flush=True)
sys.stdin.read()
"""


def test_a_held_lock_names_its_holder(tmp_path: Path) -> None:
    first = Lock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(TakenError, match=str(os.getpid())):
        Lock(tmp_path / "lock").acquire()
    first.release()


def test_a_released_lock_can_be_taken_and_has_no_notes(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    first.acquire()
    first.note(["web 12"])
    first.release()
    assert second.acquire() == []
    second.release()


def test_the_notes_of_a_killed_holder_are_read_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=HOUSE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
    lock = Lock(path)
    assert lock.acquire() == ["web 12", "beat 13"]
    lock.release()


def test_shorter_notes_leave_nothing_of_longer_ones(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.acquire()
    lock.note(["a long note", "and another"])
    lock.note(["short"])
    assert lock.path.read_text().splitlines()[1:] == ["short"]
    lock.release()


def test_a_lock_that_is_not_held_takes_no_notes(tmp_path: Path) -> None:
    Lock(tmp_path / "lock").note(["nobody's"])
    assert not (tmp_path / "lock").exists()
