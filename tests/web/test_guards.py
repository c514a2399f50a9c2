"""Who may pass: strangers, members, members with a role, members who proved themselves just now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Blueprint, Flask

from staff.models import RoleName
from tests.cast import PASSWORD, hire
from tests.web.browser import Browser
from web import guards, surfaces

SENSITIVE = "/staff/trial/sensitive"


def trial() -> Blueprint:
    """Make a blueprint with an ordinary and a sensitive page."""
    blueprint = Blueprint("trial", __name__)
    blueprint.add_url_rule("/", "show", lambda: "shown")
    sensitive = guards.recently_signed_in(lambda: "done")
    blueprint.add_url_rule("/sensitive", "sensitive", sensitive, methods=["GET"])
    blueprint.add_url_rule("/sensitive/act", "act", sensitive, methods=["POST"])
    return blueprint


@pytest.fixture
def client(app: Flask, build: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Browser:
    surface = surfaces.Surface(trial(), "/staff/trial", guards.staff_only(RoleName.APPROVER))
    monkeypatch.setattr(surfaces, "SURFACES", (*surfaces.SURFACES, surface))
    client = build().test_client()
    assert isinstance(client, Browser)
    return client


def test_a_stranger_is_sent_to_sign_in(client: Browser) -> None:
    assert client.get("/staff/trial/").location == "/staff/sign-in?next=/staff/trial/"


def test_a_member_without_the_role_is_refused(client: Browser) -> None:
    client.sign_in(hire("chen", "author"))
    answer = client.get("/staff/trial/")
    assert answer.status_code == 403
    assert "ask an administrator" in answer.text


def test_a_member_with_the_role_passes(client: Browser) -> None:
    client.sign_in(hire("dana", "approver"))
    assert client.get("/staff/trial/").text == "shown"


def test_who_signed_in_just_now_may_do_sensitive_things(client: Browser) -> None:
    client.sign_in(hire("dana", "approver"))
    assert client.get(SENSITIVE).text == "done"


def test_who_signed_in_a_while_ago_proves_themselves_again(client: Browser) -> None:
    client.sign_in(hire("dana", "approver"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        asked = client.get(SENSITIVE)
        assert asked.location == f"/staff/sign-in/again?next={SENSITIVE}"
        back = client.send(asked.location, page=asked.location, password=PASSWORD)
        assert back.location == SENSITIVE
        assert client.get(SENSITIVE).text == "done"


def test_after_a_post_they_come_back_to_the_page_above(client: Browser) -> None:
    client.sign_in(hire("dana", "approver"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        asked = client.send(f"{SENSITIVE}/act", page="/staff/")
        assert asked.location == f"/staff/sign-in/again?next={SENSITIVE}"


def test_a_route_without_a_guard_stops_the_app() -> None:
    app = Flask("bare")
    app.add_url_rule("/x", view_func=lambda: "x")
    app.register_blueprint(trial(), url_prefix="/x")
    with pytest.raises(surfaces.Unguarded, match="surfaces"):
        surfaces.install(app)


def test_every_route_has_a_guard(app: Flask) -> None:
    table = app.extensions[surfaces.GUARDS]
    for rule in app.url_map.iter_rules():
        assert (rule.endpoint.rpartition(".")[0] or None) in table


def test_strangers_can_open_no_page_of_the_console(client: Browser) -> None:
    rules = client.application.url_map.iter_rules()
    pages = [
        r.rule
        for r in rules
        if r.rule.startswith("/staff") and not r.arguments and "GET" in (r.methods or ())
    ]
    opened = {page for page in pages if client.get(page).status_code == 200}
    assert opened == {"/staff/sign-in", "/staff/sign-in/passkey"}
