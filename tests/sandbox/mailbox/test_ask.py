from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.sandbox.mailbox.running import RunningMailbox, mail


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMailbox]:
    with RunningMailbox(tmp_path_factory.mktemp("filled")) as running:
        running.deliver("amira@example.org", mail("One"))
        running.deliver("boris@example.org", mail("Two"))
        running.deliver("amira@example.org", mail("Three"))
        yield running


def test_the_list_is_newest_first_and_says_five_things(fresh: RunningMailbox) -> None:
    for name in ("first", "second"):
        fresh.deliver(f"{name}@example.org", mail(name), sender="bounces+1@example.org")
    newest, oldest = fresh.messages()
    assert list(newest) == ["id", "from", "to", "subject", "received_at"]
    assert newest["id"] > oldest["id"]
    assert newest["from"] == "News <news@example.org>"
    assert (newest["to"], newest["subject"]) == ("second@example.org", "second")
    received = datetime.fromisoformat(newest["received_at"])
    assert received.utcoffset() == timedelta(0)
    assert received < datetime.now(UTC)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Three", "Two", "One"]),
        ("?to=AMIRA@example.org", ["Three", "One"]),
        ("?to=amira", []),
        ("?subject=tw", ["Two"]),
        ("?to=amira@example.org&subject=E&limit=1", ["Three"]),
        ("?limit=2", ["Three", "Two"]),
        ("?limit=0", []),
    ],
)
def test_filters_narrow_the_list(filled: RunningMailbox, query: str, expected: list[str]) -> None:
    assert [each["subject"] for each in filled.messages(query)] == expected


@pytest.mark.parametrize("limit", ["-1", "x", "", "1.5", "\u0663", "9" * 5_000])
def test_a_limit_that_is_no_number_is_a_mistake(mailbox: RunningMailbox, limit: str) -> None:
    answer = mailbox.get(f"/api/messages?limit={quote(limit)}")
    assert answer.status == 400
    assert "whole number" in answer.json["error"]


@pytest.mark.parametrize(
    "path", ["/api/messages/17", "/api/messages/..%2findex.jsonl/raw", "/api/x"]
)
def test_what_is_not_there_is_404_in_json(mailbox: RunningMailbox, path: str) -> None:
    answer = mailbox.get(path)
    assert answer.status == 404
    assert answer.json["error"]


def test_one_message_tells_its_envelope_and_its_links(mailbox: RunningMailbox) -> None:
    content = mail("Links", b"Confirm: http://127.0.0.1:8000/confirm/a.b-c_d. Thank you.")
    mailbox.deliver("links@example.org", content, sender="bounces+9@example.org")
    message = mailbox.get(f"/api/messages/{mailbox.id_for('links@example.org')}").json
    assert message["links"] == ["http://127.0.0.1:8000/confirm/a.b-c_d"]
    assert (message["mail_from"], message["size"]) == ("bounces+9@example.org", len(content))


def test_delete_empties_the_mailbox(fresh: RunningMailbox) -> None:
    fresh.deliver("amira@example.org")
    (message,) = fresh.messages()
    assert fresh.request("DELETE", "/api/messages").json == {"deleted": 1}
    assert fresh.messages() == []
    assert fresh.get(f"/api/messages/{message['id']}/raw").status == 404


def test_health_counts_the_messages(fresh: RunningMailbox) -> None:
    fresh.deliver("amira@example.org")
    assert fresh.get("/healthz").json == {"status": "ok", "messages": 1}
