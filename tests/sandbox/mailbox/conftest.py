from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.mailbox.running import RunningMailbox


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMailbox]:
    """Run one mailbox for all tests that use addresses of their own."""
    with RunningMailbox(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[RunningMailbox]:
    """Run a mailbox that is empty."""
    with RunningMailbox(tmp_path / "mail") as running:
        yield running
