"""The rows of the fault matrix: one for each module f01_….py, whose docstring says what is done."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.faults.finding import Finding
from tests.faults.site import Site

_MODULE = re.compile(r"f(\d\d)_\w+")


@dataclass(frozen=True)
class Row:
    """One fault: its name in the matrix, what is done in a sentence, and the doing."""

    fault: str
    title: str
    run: Callable[[Site], Finding]


def all_rows() -> list[Row]:
    """Return every row, in the order of the matrix."""
    return [_row(path.stem) for path in sorted(Path(__file__).parent.glob("f[0-9][0-9]_*.py"))]


def _row(name: str) -> Row:
    module = import_module(f"tests.faults.{name}")
    found = _MODULE.fullmatch(name)
    if found is None or not module.__doc__:
        raise LookupError(f"{name} needs a name such as f01_killed_worker and a docstring")
    return Row(f"F{int(found[1])}", module.__doc__.partition("\n")[0].rstrip("."), module.run)
