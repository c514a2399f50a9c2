import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import processes
from sandbox.errors import SandboxError
from sandbox.processes import Child
from sandbox.supervisor import Supervisor
from tests.sandbox.run import product

SLEEP = "import time; time.sleep(600)"
DEAF = (
    f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); {SLEEP}"
)
PARENT = f"""
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "{SLEEP}"]).pid, flush=True)
{SLEEP}
"""


class Watch:
    """A supervisor over small programs, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.running: dict[str, int] = {}
        self.supervisor = Supervisor(folder, {}, self.said.append, self.running.update, (0, 0, 0))

    def start(self, **programs: str) -> None:
        argvs = {name: [sys.executable, "-c", code] for name, code in programs.items()}
        self.supervisor.start(
            [Child(name, argv, log=self.folder / name) for name, argv in argvs.items()]
        )

    def look_until(self, words: str) -> None:
        while not any(words in line for line in self.said):
            self.supervisor.look()
            time.sleep(0.01)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    one = Watch(tmp_path)
    yield one
    one.supervisor.stop(lambda: True)


def test_a_child_that_ends_is_started_again_with_a_new_id(watch: Watch) -> None:
    watch.start(brief="import sys; sys.exit('had enough')")
    first = watch.running["brief"]
    watch.look_until("had enough")
    watch.supervisor.look()
    assert watch.running["brief"] != first


def test_a_child_that_keeps_ending_is_given_up_with_its_last_words(watch: Watch) -> None:
    watch.start(brief="import sys; sys.exit('had enough')")
    with pytest.raises(SandboxError, match="had enough"):
        watch.look_until("never said")
    assert len([line for line in watch.said if "starting it again" in line]) == 3


def test_a_child_that_recovered_has_all_its_starts_again(watch: Watch) -> None:
    watch.start(brief="import sys; sys.exit('had enough')")
    watch.look_until("starting it again")
    watch.supervisor.watched[0].started -= 61
    watch.supervisor.watched[0].due = None
    watch.supervisor.look()
    assert watch.supervisor.watched[0].deaths == 1


def test_children_of_a_child_that_ended_are_ended_before_it_starts_again(watch: Watch) -> None:
    watch.start(parent=PARENT)
    grandchild = int(product.first_words(watch.folder / "parent"))
    watch.supervisor.watched[0].child.tell(signal.SIGKILL)
    watch.look_until("signal SIGKILL")
    assert product.gone([grandchild])


def test_stopping_ends_children_and_theirs(watch: Watch) -> None:
    watch.start(parent=PARENT, other=SLEEP)
    grandchild = int(product.first_words(watch.folder / "parent"))
    watch.supervisor.stop()
    assert product.gone([grandchild, *watch.running.values()])


def test_a_second_ctrl_c_does_not_wait_for_the_deaf(watch: Watch) -> None:
    watch.start(first=SLEEP, deaf=DEAF)
    product.first_words(watch.folder / "deaf")
    watch.supervisor.stop(lambda: True)
    assert "deaf does not end; killing it" in watch.said
    assert product.gone(list(watch.running.values()))


def test_the_first_child_ends_last(watch: Watch, tmp_path: Path) -> None:
    order = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        f"    with pathlib.Path({str(tmp_path / 'order')!r}).open('a') as order:\n"
        "        order.write(NAME)\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "time.sleep(600)"
    )
    names = ("mailbox", "web", "beat")
    watch.start(**{name: f"NAME = '{name} '\n{order}" for name in names})
    for name in names:
        product.first_words(tmp_path / name)
    watch.supervisor.stop()
    assert (tmp_path / "order").read_text().split()[-1] == "mailbox"


def test_an_unstarted_child_has_no_code(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="was not started"):
        Child("idle", ["true"], log=tmp_path / "log").code()


def test_a_group_without_processes_hears_nothing() -> None:
    processes.tell_group(2**22 - 1, signal.SIGTERM)
    assert processes.group(2**22 - 1) == []
