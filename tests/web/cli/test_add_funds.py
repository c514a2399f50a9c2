"""Funds by command: what a gift may be for."""

import pytest
from flask import Flask

from config import limits
from tests.web.cli import commands
from tests.web.staff import members


def _row(
    slug: str, name: str, description: str = "", *, retired: bool = False
) -> dict[str, object]:
    return {"slug": slug, "name": name, "description": description, "retired": retired}


def test_a_fund_is_added_behind_the_others(app: Flask) -> None:
    commands.run(app, "donations", "fund", "add", "first", "The first")
    commands.run(app, "donations", "fund", "add", "second", " The  second ", "--description", "A.")
    listed = commands.value(app, "donations", "fund", "list")
    assert listed == [_row("first", "The first"), _row("second", "The second", "A.")]
    assert members.acts() == ["fund.add", "fund.add"]


def test_people_read_funds_by_line(app: Flask) -> None:
    assert "There are no funds" in commands.run(app, "donations", "fund", "list").stdout
    commands.run(app, "donations", "fund", "add", "first", "The first")
    assert commands.run(app, "donations", "fund", "list").stdout == "first  The first\n"


def test_a_retired_fund_is_still_listed(app: Flask) -> None:
    commands.run(app, "donations", "fund", "add", "first", "The first")
    commands.run(app, "donations", "fund", "retire", "first")
    commands.run(app, "donations", "fund", "retire", "first")
    assert commands.value(app, "donations", "fund", "list") == [
        _row("first", "The first", retired=True)
    ]
    assert members.acts() == ["fund.add", "fund.retire", "fund.retire"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "The First", "Name"), "lower-case letters"),
        (("add", "x" * (limits.SLUG_LENGTH + 1), "Name"), "lower-case letters"),
        (("add", "first", " "), "needs a name"),
        (("add", "first", "x" * 81), "needs a name"),
        (("add", "first", "Name", "--description", "x" * 301), "one sentence"),
        (("add", "there", "Name"), "choose another slug"),
        (("retire", "nowhere"), "no fund called nowhere"),
    ],
)
def test_what_cannot_be_a_fund_is_refused(
    app: Flask, arguments: tuple[str, ...], says: str
) -> None:
    commands.run(app, "donations", "fund", "add", "there", "There")
    assert says in commands.refused(app, "donations", "fund", *arguments)
