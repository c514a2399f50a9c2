"""Running a command as a shell would, without the shell."""

import json
from typing import Any

from click.testing import Result
from flask import Flask


def run(app: Flask, *words: str) -> Result:
    """Run `flask` with these words."""
    return app.test_cli_runner().invoke(args=list(words))


def value(app: Flask, *words: str) -> Any:
    """Run a command that must succeed with --json, and return what it printed."""
    result = run(app, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(app: Flask, *words: str) -> str:
    """Run a command that must fail: exit code 1, nothing printed, and one sentence on stderr, returned."""
    result = run(app, *words)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    sentence = result.stderr.removesuffix("\n")
    assert sentence
    assert "\n" not in sentence
    return sentence
