from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.run import product

Start = Callable[..., product.Running]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give the folder of a stand-in product."""
    return product.build(tmp_path / "product")


@pytest.fixture
def start(root: Path) -> Iterator[Start]:
    """Start a `make run` on given servers (`start(PORT="8001")` adds to what it is given)."""
    runs: list[product.Running] = []

    def begin(*, servers: bool = False, **given: str) -> product.Running:
        runs.append(product.Running(root, given if servers else {**product.GIVEN, **given}))
        return runs[-1]

    yield begin
    for one in reversed(runs):
        one.finish()
