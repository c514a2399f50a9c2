"""Imports run one way, and the rooms are ours."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from config.settings import ROOT
from tests.house.test_sizes import PRODUCT


def test_the_contracts_in_pyproject_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("room", PRODUCT)
def test_a_room_is_the_one_in_this_tree(room: str) -> None:
    module = import_module(room)
    assert Path(str(module.__file__)).parent == ROOT / room


@pytest.mark.parametrize(
    "path",
    [p for room in PRODUCT for p in (ROOT / room).rglob("__init__.py")],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_a_package_opens_with_one_docstring_and_no_code(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    # The limits are one name for several modules, so that nobody need know in which of them one stands.
    text = "\n".join(n for n in lines if not n.startswith("from config.limits.")).strip()
    assert text.startswith('"""')
    assert text.endswith('"""')
    assert text.count('"""') == 2
