"""Ties a process to the one that started it: even `kill -9` of the parent leaves nothing behind."""

import ctypes
import os
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def tied(number: int) -> Callable[[], None] | None:
    """Return what a new process calls first, to get this signal when its parent dies.

    Linux only, None elsewhere. The kernel watches the thread that starts the process, so start
    processes from a thread that lives as long as they should: the main one.
    """
    if sys.platform != "linux":
        return None
    # The library is loaded here, before the fork: after it, only the bare call is safe.
    libc, parent = ctypes.CDLL(None), os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            # The parent died between the fork and the call above, so nobody will send the signal.
            os._exit(1)

    return tie


def tie_self(number: int) -> None:
    """Tie this very process to whoever started it (make, a shell); does nothing where it cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
