"""What is printed about settings is what is kept in the tree, and is usable."""

import pytest
from dotenv import dotenv_values
from flask import Flask

from config.settings import ROOT, Settings
from web.cli import settings as printed


def test_the_example_in_the_tree_is_the_one_printed() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == printed.example()


def test_the_page_in_the_tree_is_the_one_printed() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == printed.docs()


def test_every_variable_is_in_both() -> None:
    names = {field.upper() for field in Settings.model_fields}
    assert all(f"{name}=" in printed.example() and f"`{name}`" in printed.docs() for name in names)


def test_the_example_is_read_by_dotenv_as_it_is_meant() -> None:
    values = dotenv_values(ROOT / ".env.example")
    assert values["ORG_NAME"] == "Example Rights Foundation"
    assert set(values) == {
        name.upper() for name, f in Settings.model_fields.items() if f.is_required()
    }


@pytest.mark.parametrize(
    ("command", "text"), [("example", printed.example), ("docs", printed.docs)]
)
def test_the_commands_print_them(app: Flask, command: str, text: object) -> None:
    assert callable(text)
    assert app.test_cli_runner().invoke(args=["settings", command]).stdout == text()
