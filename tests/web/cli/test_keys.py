"""`flask keys generate`."""

import io

from dotenv import dotenv_values
from flask import Flask

from config import keys


def test_both_rings_are_printed_and_usable(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["keys", "generate"])
    made = dotenv_values(stream=io.StringIO(done.stdout))
    assert len(keys.signing_ring(made["SECRET_KEYS"] or "")) == 1
    assert list(keys.data_ring(made["DATA_KEYS"] or "")) == ["index", "k1"]


def test_no_two_are_alike(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert len({runner.invoke(args=["keys", "generate"]).stdout for _ in range(3)}) == 3
