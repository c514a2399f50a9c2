"""A process that kills itself with SIGKILL beside a function of the product, which has no such points."""

import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

Points = Mapping[str, tuple[object, str, bool]]
"""Each point as the function beside it, and whether it lies behind that function."""


def arm(points: Points, point: str, number: int) -> None:
    """Have the process die at the point's nth passing."""
    owner, name, behind = points[point]
    original: Callable[..., Any] = getattr(owner, name)
    passed = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal passed
        passed += 1
        result = original(*args, **kwargs) if behind or passed < number else None
        if passed == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, wrapped)
