"""`make bench` finds every measurement, and no module that only helps one."""

from importlib import import_module

import pytest

from bench import __main__ as bench


@pytest.mark.parametrize("name", bench.names())
def test_each_bench_can_be_run(name: str) -> None:
    assert callable(import_module(f"bench.{name}").main)


def test_what_is_no_bench_is_there_and_has_no_main() -> None:
    for name in bench.NOT_BENCHES - {"__init__", "__main__"}:
        assert not hasattr(import_module(f"bench.{name}"), "main")
