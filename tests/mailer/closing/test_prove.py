"""Whatever is changed in rows, report or audit chain, the proof says which and what to do."""

import pytest

from db.session import transaction
from mailer import closing
from mailer.models.announcements import Announcement
from tests.mailer.closing.conftest import close, failing, prove, say, tamper


def sentence(id_: int, check: str) -> str:
    return next(each.says for each in prove(id_).checks if each.check == check)


def test_an_untouched_announcement_is_proved(closed: int) -> None:
    proof = prove(closed)
    assert [each.check for each in proof.checks] == [
        *("rows", "digest", "entry", "chain", "equation", "once")
    ]
    assert proof.holds
    assert proof.as_json()["proved"] is True


def test_without_a_report_nothing_is_proved(ended: int) -> None:
    assert failing(ended) == ["report"]
    assert "No report is kept" in sentence(ended, "report")


ROWS = {
    "a state": "UPDATE delivery SET state = 'accepted' WHERE id = 3",
    "a reason": "UPDATE delivery SET reason = 'x' WHERE id = 1",
    "a swap that no count shows": (
        "UPDATE delivery SET state = CASE id WHEN 1 THEN 'skipped' ELSE 'accepted' END, "
        "reason = NULL WHERE id IN (1, 5)"
    ),
    "who approved": "UPDATE announcement SET approver_id = 1, author_id = 2",
    "when it ended": "UPDATE announcement SET finished_at = now() - interval '1 day'",
}


@pytest.mark.parametrize("statement", ROWS.values(), ids=ROWS)
def test_a_changed_row_is_found(closed: int, statement: str) -> None:
    tamper(statement)
    assert failing(closed) == ["rows"]
    assert "Somebody changed them" in sentence(closed, "rows")


def test_a_row_cut_out_breaks_the_equation_too(closed: int) -> None:
    tamper("DELETE FROM delivery WHERE id = 1")
    assert failing(closed) == ["rows", "equation"]
    assert "6 recipients, 1 accepted + 2 refused" in sentence(closed, "equation")


def test_a_fact_that_came_late_is_told_from_a_change(closed: int) -> None:
    say("UPDATE delivery SET state = 'accepted', settled_at = '2031-01-01+00' WHERE id = 6")
    assert "Settled after the report was made: delivery 6." in sentence(closed, "rows")


def test_a_changed_report_is_found(closed: int) -> None:
    tamper("""UPDATE announcement_report SET document = document || '{"author": 2}'""")
    assert failing(closed) == ["rows", "digest"]


def test_a_report_changed_with_its_digest_is_found_by_the_chain(closed: int) -> None:
    tamper("UPDATE delivery SET state = 'accepted' WHERE id = 3")
    with transaction() as session:
        forged = closing.compute(session, session.get_one(Announcement, closed))
    tamper(
        "UPDATE announcement_report SET document = CAST(:document AS jsonb), digest = :digest",
        document=closing.canonical(forged).decode(),
        digest=closing.digest(forged),
    )
    assert failing(closed) == ["entry"]
    assert "names another SHA-256" in sentence(closed, "entry")


def test_a_changed_audit_entry_is_found(closed: int) -> None:
    tamper("UPDATE audit_entry SET detail = 'report sha256:00' WHERE act = 'announcement.close'")
    assert failing(closed) == ["entry", "chain"]


def test_an_audit_entry_cut_out_is_found(closed: int) -> None:
    tamper("DELETE FROM audit_entry WHERE act = 'announcement.close'")
    assert failing(closed) == ["entry", "chain"]
    assert "No entry" in sentence(closed, "entry")


def test_a_deleted_report_is_missed(closed: int) -> None:
    tamper("DELETE FROM announcement_report")
    assert failing(closed) == ["report"]
    assert "somebody deleted it" in sentence(closed, "report")


def test_a_report_deleted_and_made_anew_is_found(closed: int) -> None:
    tamper("DELETE FROM announcement_report")
    close(closed)
    assert failing(closed) == ["entry"]
    assert "several entries" in sentence(closed, "entry")


TWICE = """
    WITH other AS (
        INSERT INTO announcement (release_id, state, content_hash, author_id, approver_id)
        SELECT release_id, 'finished', content_hash, author_id, approver_id FROM announcement
        RETURNING id)
    INSERT INTO delivery (announcement_id, subscriber_id, state)
    SELECT other.id, delivery.subscriber_id, 'accepted' FROM other, delivery WHERE delivery.id = :id
"""


@pytest.mark.parametrize(("id_", "failed"), [(1, ["once"]), (6, ["once"]), (3, []), (5, [])])
def test_who_was_mailed_one_release_twice_is_found(
    closed: int, id_: int, failed: list[str]
) -> None:
    say(TWICE, id=id_)
    assert failing(closed) == failed
