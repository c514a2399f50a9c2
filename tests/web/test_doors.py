"""What an extension hooks into every request runs for the staff alone."""

import pytest
from flask import Flask, Response

from web import doors


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def hooked(heard: list[str]) -> Flask:
    """Give an app with hooks of each kind, one before and three inside the block."""

    def after(response: Response) -> Response:
        heard.append("after")
        return response

    app = Flask(__name__)
    app.before_request(lambda: heard.append("everybody"))
    with doors.staff_only(app):
        app.before_request(lambda: heard.append("before"))
        app.after_request(after)
        app.teardown_request(lambda _: heard.append("teardown"))
    app.add_url_rule("/staff/", "staff", lambda: Response("staff"))
    app.add_url_rule("/", "public", lambda: Response("public"))
    return app


def test_the_staffs_request_meets_every_hook(hooked: Flask, heard: list[str]) -> None:
    assert hooked.test_client().get("/staff/").text == "staff"
    assert heard == ["everybody", "before", "after", "teardown"]


def test_a_visitors_request_meets_none_that_is_the_staffs(hooked: Flask, heard: list[str]) -> None:
    assert hooked.test_client().get("/").text == "public"
    assert heard == ["everybody"]
