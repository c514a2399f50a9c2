"""An import that kills itself with SIGKILL at a named point: `python -m … FILE POINT NUMBER`.

The product has no such points: this wraps the functions on either side of them. Chunks are small here.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config import limits, settings
from mailer.lists import imports, storing
from mailer.lists.refusals import RefusedLines
from tests.mailer.lists.conftest import Lists
from wiring.core import core_app

CHUNK = 10
POINTS: dict[str, tuple[object, str, bool]] = {
    "before a chunk is stored": (storing, "store", False),
    "within a chunk, after its rows": (storing, "store", True),
    "before the progress is noted": (imports, "note", False),
    "after the progress is noted": (imports, "note", True),
    "after the refused lines are written": (RefusedLines, "add", True),
    "before the end is noted": (imports, "finish", False),
}
"""Each point as the function beside it, and whether it lies behind that function."""


def arm(point: str, number: int) -> None:
    """Have the process die at the point's nth passing."""
    owner, name, behind = POINTS[point]
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


def main() -> None:
    """Import until the end, or until death."""
    file, point, number = sys.argv[1:]
    app = core_app(settings.load())
    limits.LIST_CHUNK_ROWS = CHUNK  # type: ignore[misc] # small here, so that there are many
    arm(point, int(number))
    lists = Lists(app, Path(file).with_name("refused.csv"))
    with app.app_context(), Path(file).open("rb") as stream:
        importer, opened, source = lists.opened(stream)
        list(importer.run(opened, source))


if __name__ == "__main__":
    main()
