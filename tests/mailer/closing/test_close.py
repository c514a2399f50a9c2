"""The report equals the rows, is kept once, and names nobody."""

import hashlib
import json
import threading

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from config import limits
from db.session import transaction
from mailer import closing
from mailer.models.announcements import Announcement
from tests import builders
from tests.cast import hire
from tests.mailer.announcing.conftest import cancel
from tests.mailer.closing.conftest import (
    NO_SUCH_USER,
    begin,
    close,
    finish,
    kept,
    say,
    tamper,
)


def computed(id_: int) -> closing.Document:
    with transaction() as session:
        return closing.compute(session, session.get_one(Announcement, id_))


def over() -> list[int]:
    with transaction() as session:
        return list(closing.over(session))


def test_the_equation_is_that_of_the_rows(ended: int) -> None:
    assert computed(ended)["equation"] == {
        "recipients": 6,
        "accepted": 2,
        "refused": 2,
        "skipped": 1,
        "uncertain": 1,
        "sum": 6,
        "holds": True,
    }


def test_who_and_when_are_said(ended: int) -> None:
    document = computed(ended)
    assert (document["author"], document["approver"], document["break_glass"]) == (1, 2, False)
    assert (document["audience"], document["state"]) == ("public", "finished")
    times = document["times"]
    assert times["started"] == times["approved"]
    assert times["seconds"] > 9


def test_a_refusal_is_counted_by_code_and_reason_and_listed_by_id(ended: int) -> None:
    refused = computed(ended)["refused"]
    assert {"code": "5.1.1", "reason": NO_SUCH_USER, "count": 1} in refused["reasons"]
    assert [(each["id"], each["code"]) for each in refused["deliveries"]] == [
        (3, "5.1.1"),
        (4, "4.2.2"),
    ]
    assert (refused["more"], refused["other_reasons"]) == (0, 0)


def test_what_is_uncertain_or_perhaps_twice_is_listed_by_id(ended: int) -> None:
    document = computed(ended)
    assert [(d["id"], d["reason"]) for d in document["uncertain"]["deliveries"]] == [
        (6, "the relay fell silent")
    ]
    assert [(d["id"], d["state"]) for d in document["perhaps_twice"]["deliveries"]] == [
        (2, "accepted")
    ]


def test_providers_and_answers_are_counted_and_small_domains_are_others(ended: int) -> None:
    document = computed(ended)
    assert document["providers"]["gmail"] == {
        "recipients": 2,
        "accepted": 1,
        "refused": 1,
        "skipped": 0,
        "uncertain": 0,
        "answers": {"2": 1, "5": 1},
    }
    assert document["providers"]["other"]["recipients"] == 3
    assert document["answers"] == {"2": 2, "4": 1, "5": 1, "none": 2}


def test_sending_is_timed_without_pauses(ended: int) -> None:
    tamper("DELETE FROM announcement_event")
    for seconds, state in enumerate(["sending", "sending", "paused", "sending", "finished"]):
        say(
            "INSERT INTO announcement_event (announcement_id, at, state_after) "
            "VALUES (:id, timestamptz '2026-11-22 12:00+00' + make_interval(secs => :s), :state)",
            id=ended,
            s=seconds**2,
            state=state,
        )
    assert computed(ended)["times"]["sending_seconds"] == 4 + 7
    assert computed(ended)["times"]["mails_a_second"] == 0.2


def test_no_address_and_no_subscriber_is_named(app: Flask, ended: int) -> None:
    text = closing.canonical(computed(ended)).decode()
    assert "@" not in text
    assert "subscriber" not in text


def test_over_a_limit_the_first_are_listed_and_the_others_counted(
    ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REPORT_IDS", 1)
    monkeypatch.setattr(limits, "REPORT_REASONS", 1)
    refused = computed(ended)["refused"]
    assert ([d["id"] for d in refused["deliveries"]], refused["more"]) == ([3], 1)
    assert (len(refused["reasons"]), refused["other_reasons"]) == (1, 1)


def test_the_digest_is_that_of_the_canonical_bytes(closed: int) -> None:
    report = kept(closed)
    text = closing.canonical(report.document)
    assert report.digest == hashlib.sha256(text).digest()
    assert b" " not in closing.canonical({"b": [1, 2], "a": "x"})
    assert json.loads(text) == computed(closed)


def test_what_is_over_is_closed_once(ended: int) -> None:
    assert over() == [ended]
    assert close(ended) is not None
    assert (over(), close(ended)) == ([], None)


def test_two_workers_keep_one_report(app: Flask, ended: int) -> None:
    made: list[bytes | None] = []

    def work() -> None:
        with app.app_context():
            made.append(close(ended))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(digest is not None for digest in made) == 1


def test_a_kept_report_is_not_changed(closed: int) -> None:
    with pytest.raises(DBAPIError, match="only ever added"):
        say("UPDATE announcement_report SET made_at = now()")
    with pytest.raises(DBAPIError, match="only ever added"):
        say("DELETE FROM announcement_report")


def test_what_is_cancelled_is_closed_when_its_batches_are(app: Flask) -> None:
    builders.subscribers(2)
    id_ = begin()
    cancel(id_, None)
    assert over() == []
    finish()
    assert over() == [id_]


def test_what_never_started_has_a_report_of_nobody(app: Flask) -> None:
    id_ = builders.announcement(builders.release(), author=hire("chen"))
    cancel(id_, None)
    assert close(id_) is not None
    document = kept(id_).document
    assert (document["equation"]["sum"], document["times"]["started"]) == (0, None)
    assert document["times"]["mails_a_second"] is None


@pytest.mark.parametrize("column", ["state", "reason", "attempts", "doubts", "provider"])
def test_the_ledgers_hash_is_over_each_column_of_each_row(ended: int, column: str) -> None:
    before = computed(ended)["ledger"]
    values = {"state": "'refused'", "reason": "'x'", "provider": "'qq'"}
    tamper(f"UPDATE delivery SET {column} = {values.get(column, '7')} WHERE id = 1")  # noqa: S608 - our own words
    assert computed(ended)["ledger"] != before


def test_the_ledgers_hash_reaches_the_last_chunk(
    ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REPORT_CHUNK", 2)
    before = computed(ended)["ledger"]
    tamper("UPDATE delivery SET reason = 'x' WHERE id = 6")
    assert computed(ended)["ledger"] != before
