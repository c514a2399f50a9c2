"""An import that kills itself with SIGKILL at a named point: `python -m … FILE POINT NUMBER`.

The product has no such points: this wraps the functions on either side of them. Chunks are small here.
"""

import sys
from pathlib import Path

from config import limits, settings
from mailer.lists import imports, storing
from mailer.lists.refusals import RefusedLines
from tests.mailer.dying import Points, arm
from tests.mailer.lists.conftest import Lists
from wiring.core import core_app

CHUNK = 10
POINTS: Points = {
    "before a chunk is stored": (storing, "store", False),
    "within a chunk, after its rows": (storing, "store", True),
    "before the progress is noted": (imports, "note", False),
    "after the progress is noted": (imports, "note", True),
    "after the refused lines are written": (RefusedLines, "add", True),
    "before the end is noted": (imports, "finish", False),
}


def main() -> None:
    """Import until the end, or until death."""
    file, point, number = sys.argv[1:]
    app = core_app(settings.load())
    limits.LIST_CHUNK_ROWS = CHUNK  # type: ignore[misc] # small here, so that there are many
    arm(POINTS, point, int(number))
    lists = Lists(app, Path(file).with_name("refused.csv"))
    with app.app_context(), Path(file).open("rb") as stream:
        importer, opened, source = lists.opened(stream)
        list(importer.run(opened, source))


if __name__ == "__main__":
    main()
