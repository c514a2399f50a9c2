"""`flask settings …`: printing .env.example and docs/settings.md from the settings themselves."""

import textwrap
from typing import Final

import click
from flask.cli import AppGroup
from pydantic.fields import FieldInfo

from config.settings import ROOT, Settings

group = AppGroup("settings", help="Print what the environment may say.")

_WIDTH: Final = 96
_EXAMPLE_HEAD: Final = """\
Copy this to a file of your own and fill it in. Each variable may also be given as <NAME>_FILE, the path
of a file that holds the value: keep secrets in such files. `flask doctor` says what is wrong, all at once.
This file is printed by `flask settings example`.
"""
_DOCS_HEAD: Final = """\
# Settings

Samizdat reads its settings from the environment, once, when a process starts. Each variable may also be
given as `<NAME>_FILE`, the path of a file that holds the value: keep secrets in such files. All faults are
reported together, one sentence each, and `flask doctor` also tries the engines that the settings name.

Where no `DATABASE_URL` is given at all, the values that `make run` left in `var/local.env` are used.

This page is printed by `flask settings docs`.

| Variable | Needed | Without it | What it says | Example |
|---|---|---|---|---|
"""


@group.command("example", with_appcontext=False)
def print_example() -> None:
    """Print .env.example."""
    click.echo(example(), nl=False)


@group.command("docs", with_appcontext=False)
def print_docs() -> None:
    """Print docs/settings.md."""
    click.echo(docs(), nl=False)


def example() -> str:
    """Return the text of .env.example: what is needed stands ready to be filled in, the rest as a comment."""
    parts = [_comment(_EXAMPLE_HEAD)]
    for name, field in Settings.model_fields.items():
        sign = "" if field.is_required() else "# "
        parts.append(
            f"{_comment(field.description or '')}{sign}{name.upper()}={_quoted(_value(field))}\n"
        )
    return "\n".join(parts)


def docs() -> str:
    """Return the text of docs/settings.md."""
    return _DOCS_HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    needed = "yes" if field.is_required() else "no"
    cells = (
        f"`{name.upper()}`",
        needed,
        _default(field),
        field.description or "",
        _code(_value(field)),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "the process does not start"
    if field.default is None:
        return "none"
    text = str(field.default).removeprefix(f"{ROOT}/")
    return _code(text.lower() if isinstance(field.default, bool) else text)


def _value(field: FieldInfo) -> str:
    """Return the example of a field; what only a command can make is left empty."""
    value = str((field.examples or [""])[0])
    return "" if value.startswith("(") else value


def _quoted(text: str) -> str:
    """Quote what has a space in it, so that a shell can read the file too."""
    return f'"{text}"' if " " in text else text


def _code(text: str) -> str:
    return f"`{text}`" if text else "(made by a command)"


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(" ".join(text.split()), _WIDTH))
