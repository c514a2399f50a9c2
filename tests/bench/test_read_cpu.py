"""What the kernel says of a process is read as CPU seconds by program."""

import os
import subprocess
import sys

import pytest

from bench import cpu

STAT = "17 (a (b) c) S 1 17 17 0 -1 0 9 0 0 0 {times} 20 0 1 0 5 0 0"
BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def test_the_times_of_a_process_and_its_ended_children_add_up() -> None:
    program, seconds = cpu.of(STAT.format(times="100 20 3 4"))
    assert program == "a (b) c"
    assert seconds == pytest.approx(127 / os.sysconf("SC_CLK_TCK"))


def test_a_child_that_computes_is_seen_by_its_program() -> None:
    words = [sys.executable, "-c", BUSY]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert max(cpu.by_program().values()) >= 0.2
        child.communicate(b"\n")


def test_the_meter_counts_from_when_it_was_made() -> None:
    meter = cpu.Meter(_before=dict.fromkeys(cpu.by_program(), 1e9))
    assert meter.used(1) == {}
    assert 0 <= meter.busy() <= 1
