"""Every route has a guard, kebab-case words, and no way in for a visitor that the table does not name."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web import guards, surfaces


def rules(app: Flask) -> list[tuple[str, str]]:
    return sorted((rule.rule, rule.endpoint) for rule in app.url_map.iter_rules())


def test_every_blueprint_names_its_guard(app: Flask) -> None:
    table = app.extensions[surfaces.GUARDS]
    for _, endpoint in rules(app):
        assert (endpoint.rpartition(".")[0] or None) in table


def test_what_is_open_under_staff_is_sign_in_and_invitation_alone(app: Flask) -> None:
    table = app.extensions[surfaces.GUARDS]
    opened = {
        rule.split("/")[2]
        for rule, endpoint in rules(app)
        if rule.startswith("/staff/") and table[endpoint.rpartition(".")[0]] is guards.open_to_all
    }
    assert "releases" not in opened
    assert "announcements" not in opened


def test_a_visitor_is_sent_to_sign_in_from_every_staff_page(
    app: Flask, client: FlaskClient
) -> None:
    table = app.extensions[surfaces.GUARDS]
    for rule in app.url_map.iter_rules():
        if table[rule.endpoint.rpartition(".")[0] or None] is guards.open_to_all:
            continue
        path = re.sub(r"<int[^>]*>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "x", path)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(path, method=method)
        assert answer.status_code in {303, 400, 403}, path
        if answer.status_code == 303:
            assert "/staff/sign-in" in answer.location


@pytest.mark.parametrize("kind", ["string", "words"])
def test_paths_are_kebab_case(app: Flask, kind: str) -> None:
    pattern = (
        r"[a-z0-9.-]+"
        if kind == "words"
        else r"<((int|path)(\(max=\d+\))?:)?[a-z_]+>(\.(html|pdf))?"
    )
    for rule, _ in rules(app):
        for part in rule.strip("/").split("/"):
            if part and part.startswith("<") == (kind == "string"):
                assert re.fullmatch(pattern, part), rule
