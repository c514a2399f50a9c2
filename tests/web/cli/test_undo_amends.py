"""A command unties a draft from the release that it was said to amend."""

from flask import Flask

from tests import builders
from tests.cast import hire
from tests.web.cli import commands


def test_a_draft_that_was_tied_by_mistake_is_untied(app: Flask) -> None:
    earlier, later = builders.release("What we said"), builders.release("Something else")
    builders.announcement(earlier, author=hire("chen"), approver=hire("dana"))
    commands.run(app, "releases", "amend", later, "--corrects", earlier)
    said = commands.run(app, "releases", "amend", later, "--none")
    assert said.stdout == (
        "something-else amends no other release any more. Its topics: releases.\n"
    )
    shown = commands.value(app, "releases", "show", later)
    assert (shown["amends"], shown["amended"]) == (None, None)


def test_to_untie_what_is_tied_to_nothing_is_refused(app: Flask) -> None:
    slug = builders.release()
    assert "amends no other" in commands.refused(app, "releases", "amend", slug, "--none")
    both = ("--none", "--corrects", slug)
    assert "one of them" in commands.refused(app, "releases", "amend", slug, *both)
