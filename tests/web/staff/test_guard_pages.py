import pytest
from flask import Flask

from tests import builders
from tests.cast import hire
from tests.web.staff import members

SLUG = "example-a-journalist-is-free-again"
READ = ("author", "approver", "admin")
SEND = ("approver", "admin")
PAGES = {
    ("GET", "/staff/"): (*READ, "finance"),
    ("GET", "/staff/releases/"): READ,
    ("GET", f"/staff/releases/{SLUG}"): READ,
    ("GET", f"/staff/releases/{SLUG}/preview"): READ,
    ("GET", f"/staff/releases/{SLUG}/preview/en.html"): READ,
    ("POST", f"/staff/releases/{SLUG}/test"): READ,
    ("GET", f"/staff/releases/{SLUG}/attachments/report.pdf"): READ,
    ("GET", "/staff/releases/import"): ("author",),
    ("POST", "/staff/releases/import"): ("author",),
    ("GET", f"/staff/releases/{SLUG}/edit"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/edit"): ("author",),
    ("GET", f"/staff/releases/{SLUG}/propose"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/propose"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/attachments"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/attachments/remove"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/attachments/clean"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/embargo"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/amends"): ("author",),
    ("POST", f"/staff/releases/{SLUG}/amends/none"): ("author",),
    ("GET", "/staff/announcements/"): READ,
    ("GET", "/staff/announcements/1"): READ,
    ("GET", "/staff/announcements/1/progress.json"): READ,
    ("POST", "/staff/announcements/1/cancel"): READ,
    ("GET", "/staff/announcements/1/report"): READ,
    ("GET", "/staff/announcements/1/report.json"): READ,
    ("GET", "/staff/announcements/1/report.csv"): READ,
    ("GET", "/staff/announcements/1/approve"): ("approver",),
    ("POST", "/staff/announcements/1/approve"): ("approver",),
    ("GET", "/staff/announcements/1/break-glass"): SEND,
    ("POST", "/staff/announcements/1/break-glass"): SEND,
    ("GET", "/staff/announcements/1/start"): SEND,
    ("POST", "/staff/announcements/1/start"): SEND,
    ("POST", "/staff/announcements/1/schedule"): SEND,
    ("POST", "/staff/announcements/1/unschedule"): SEND,
    ("POST", "/staff/announcements/1/pause"): READ,
    ("POST", "/staff/announcements/1/resume"): SEND,
    ("POST", "/staff/announcements/1/rate"): SEND,
    ("GET", "/staff/sending/"): ("admin",),
    ("POST", "/staff/sending/"): ("admin",),
    ("POST", "/staff/sending/trust-database"): ("admin",),
    ("GET", "/staff/topics/"): ("author", "admin"),
    ("POST", "/staff/topics/"): ("author", "admin"),
    ("GET", "/staff/topics/releases"): ("author", "admin"),
    ("POST", "/staff/topics/releases/edit"): ("author", "admin"),
    ("POST", "/staff/topics/releases/move"): ("author", "admin"),
    ("POST", "/staff/topics/releases/retire"): ("author", "admin"),
    ("POST", "/staff/topics/releases/restore"): ("author", "admin"),
    ("GET", "/staff/subscribers/"): READ,
    ("GET", "/staff/subscribers/find"): ("admin",),
    ("POST", "/staff/subscribers/find"): ("admin",),
    ("GET", "/staff/subscribers/1"): ("admin",),
    ("POST", "/staff/subscribers/1/end"): ("admin",),
    ("POST", "/staff/subscribers/1/erase"): ("admin",),
    ("GET", "/staff/exports/"): READ,
    ("POST", "/staff/exports/"): ("author", "admin"),
    ("GET", "/staff/exports/1"): READ,
    ("POST", "/staff/exports/1/fetch"): ("author", "admin"),
    ("GET", "/staff/exports/1/approve"): ("approver", "admin"),
    ("POST", "/staff/exports/1/approve"): ("approver", "admin"),
}
OURS = {
    *(
        "home",
        "releases",
        "previews",
        "drafts",
        "attachments",
        "release_terms",
        "announcements",
        "announcement_reports",
        "approvals",
        "break_glass",
        "control",
        "proposals",
        "schedules",
        "sending_limits",
        "topics",
    ),
    *("subscribers", "proofs", "exports", "export_requests", "export_approvals"),
}


@pytest.fixture(autouse=True)
def _announced(app: Flask) -> None:
    """Give every page something to show; `app` is there so that the tables are emptied after it."""
    builders.announcement(builders.release(), author=hire("amina", "author"))


def test_this_table_names_every_route_of_these_pages(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in OURS]
    assert sum(len((rule.methods or set()) & {"GET", "POST"}) for rule in rules) == len(PAGES)


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_a_stranger_is_sent_to_the_sign_in(app: Flask, method: str, path: str) -> None:
    client = members.browser(app)
    token = client.token("/staff/sign-in")
    answer = client.open(path, method=method, data={"csrf_token": token})
    assert answer.status_code == 303
    assert answer.location.startswith("/staff/sign-in?next=")


@pytest.mark.parametrize("role", ["author", "approver", "finance", "admin"])
def test_a_role_opens_its_pages_and_no_other(app: Flask, role: str) -> None:
    browser = members.of(app, "bo", role)
    for (method, path), roles in PAGES.items():
        ask = browser.get if method == "GET" else browser.post
        assert (ask(path).status_code == 403) == (role not in roles), (method, path)


@pytest.mark.parametrize("path", [path for method, path in PAGES if method == "POST"])
def test_a_form_without_its_token_does_nothing(app: Flask, path: str) -> None:
    browser = members.of(app, "bo", "author", "approver", "admin")
    browser.token = ""
    answer = browser.post(path)
    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert members.states() == ["in review"]
    assert members.acts() == []


@pytest.mark.parametrize(
    "path",
    [
        "/staff/releases/no-such-release",
        "/staff/releases/no-such-release/edit",
        "/staff/releases/no-such-release/preview",
        f"/staff/releases/{SLUG}/preview/fr.html",
        "/staff/announcements/2",
        "/staff/announcements/99999999999999999999999",
        "/staff/announcements/2/progress.json",
        "/staff/announcements/2/approve",
        "/staff/announcements/2/break-glass",
        "/staff/announcements/2/start",
        "/staff/releases/no-such-release/propose",
        "/staff/announcements/x",
    ],
)
def test_what_is_not_there_is_said_to_be_missing(app: Flask, path: str) -> None:
    answer = members.of(app, "bo", "author", "approver").get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
