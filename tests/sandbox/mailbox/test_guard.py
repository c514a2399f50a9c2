import pytest

from tests.sandbox.mailbox.running import RunningMailbox


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_this_machine_has_three_names(mailbox: RunningMailbox, host: str) -> None:
    assert mailbox.get("/", {"Host": f"{host}:{mailbox.page_port}"}).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example.org:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.example.org:{port}", ""],
)
@pytest.mark.parametrize("path", ["/", "/api/messages", "/healthz", "/static/mailbox.css"])
def test_another_name_is_refused(mailbox: RunningMailbox, host: str, path: str) -> None:
    answer = mailbox.get(path, {"Host": host.format(port=mailbox.page_port)})
    assert answer.status == 403
    assert b"127.0.0.1" in answer.body


@pytest.mark.parametrize(("method", "path"), [("POST", "/delete"), ("DELETE", "/api/messages")])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example.org"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
def test_another_sites_page_deletes_nothing(
    mailbox: RunningMailbox, method: str, path: str, headers: dict[str, str]
) -> None:
    mailbox.deliver("guarded@example.org")
    assert mailbox.request(method, path, headers).status == 403
    assert mailbox.messages("?to=guarded@example.org")


def test_our_own_page_may_delete(fresh: RunningMailbox) -> None:
    fresh.deliver("amira@example.org")
    ours = f"http://127.0.0.1:{fresh.page_port}"
    assert fresh.request("POST", "/delete", {"Origin": ours}).status == 303
    fetched = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert fresh.request("POST", "/delete", fetched).status == 303


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/api/messages", "/api/nothing", "/healthz", "/static/mailbox.css"]
)
def test_every_answer_carries_the_security_headers(mailbox: RunningMailbox, path: str) -> None:
    headers = mailbox.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Werkzeug" not in headers["Server"]


def test_only_the_page_around_html_allows_inline_style(mailbox: RunningMailbox) -> None:
    html = b"Subject: x\r\nContent-Type: text/html\r\n\r\n<p style='color:red'>x</p>\r\n"
    mailbox.deliver("style@example.org", html)
    path = f"/messages/{mailbox.id_for('style@example.org')}"
    policies = {view: mailbox.get(path + view).headers["Content-Security-Policy"] for view in VIEWS}
    assert [view for view, policy in policies.items() if "unsafe-inline" in policy] == ["", "/html"]
    assert not [policy for policy in policies.values() if "script-src" in policy]


VIEWS = ("", "/html", "/text", "/headers", "/raw")
