"""Rooms stay small: a file is split by its nouns before it passes 400 lines."""

import ast
import statistics
from pathlib import Path

import pytest

from config.settings import ROOT

PRODUCT = ("config", "db", "staff", "mailer", "payments", "wiring", "worker", "web", "sandbox")
MIGRATIONS = ROOT / "db" / "migrations" / "versions"


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if MIGRATIONS not in path.parents)


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def extent(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize("path", sources(*PRODUCT, "tests"), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_over_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_half_of_all_functions_have_fewer_than_ten_lines() -> None:
    lengths = [extent(function) for path in sources(*PRODUCT) for function in functions(path)]
    assert statistics.median(lengths) < 10


def test_no_function_of_the_product_is_over_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{function.name}"
        for path in sources(*PRODUCT)
        for function in functions(path)
        if extent(function) > 50
    ]
    assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    names = {path.stem for path in sources(*PRODUCT)}
    assert not names & {"utils", "util", "helpers", "common", "misc"}
