"""Mails, requests, caps, challenges, links, changes and answers of servers: each has its day."""

import pytest
from sqlalchemy import text

from db.base import db
from mailer import periods
from tests import builders
from tests.mailer.retention.conftest import NOW, Run, age, age_request, count
from tests.mailer.subscribers.conftest import Person, amira

__all__ = ["amira"]


def insert(statement: str, **values: object) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement), {"now": NOW, **values})


def settle(days: float) -> None:
    """Have every mail be settled that many days ago."""
    insert("UPDATE delivery SET state = 'accepted', settled_at = :now")
    insert("UPDATE batch SET closed_at = :now")
    age(days, "batch.closed_at", "delivery.settled_at")


@pytest.mark.parametrize(("days", "left"), [(7, 0), (6.99, 1)])
def test_a_single_mail_goes_with_its_delivery_seven_days_after_it_was_settled(
    amira: Person, run: Run, days: float, left: int
) -> None:
    amira.ask()
    settle(days)
    assert run() == ({} if left else {"mails": 1})
    assert [count(table) for table in ("outbox_mail", "delivery", "batch")] == [left] * 3


def test_a_mail_that_is_not_settled_stays_however_old(amira: Person, run: Run) -> None:
    amira.ask()
    age(400, "batch.created_at", "batch.due_at", "outbox_mail.created_at")
    assert (run(), count("outbox_mail")) == ({}, 1)


def test_an_announcements_deliveries_stay_and_their_reasons_go_after_a_year(
    amira: Person, run: Run
) -> None:
    id_ = builders.subscriber("reader@example.org")
    announce(id_)
    age(365, "delivery.settled_at", "batch.closed_at")
    assert run() == {"reasons": 1}
    assert count("delivery", "reason IS NULL AND state = 'refused'") == 1
    assert (count("batch"), run()) == (1, {})


def test_a_reason_stays_within_the_year(amira: Person, run: Run) -> None:
    announce(builders.subscriber("reader@example.org"))
    age(364, "delivery.settled_at")
    assert (run(), count("delivery", "reason = 'no'")) == ({}, 1)


def announce(subscriber_id: int) -> None:
    """Add one settled delivery of an announcement."""
    insert("INSERT INTO release (slug) VALUES ('x')")
    insert("INSERT INTO staff_member (email, active, fs_uniquifier) VALUES ('c', true, 'u')")
    insert(
        "INSERT INTO announcement (release_id, state, content_hash, author_id) "
        "SELECT r.id, 'cancelled', 'x', s.id FROM release AS r, staff_member AS s"
    )
    insert(
        "INSERT INTO delivery (announcement_id, subscriber_id, state, reason, settled_at) "
        "SELECT id, :subscriber, 'refused', 'no', :now FROM announcement",
        subscriber=subscriber_id,
    )
    insert(
        "INSERT INTO batch (queue, announcement_id, first_delivery_id, last_delivery_id, due_at,"
        " closed_at) SELECT 'bulk', announcement_id, id, id, :now, :now FROM delivery"
    )


REQUEST = (
    "INSERT INTO subscription_request (address, address_index, canonical_index, domain_tag, language,"
    " topics, wording_hash, source, asked_at, due_at, answered_at)"
    " SELECT 'x', 'x', 'x', 'x', 'en', '{{}}', hash, 'test', :now, :now, {} FROM consent_wording"
)


@pytest.mark.parametrize(
    ("answered", "days", "left"),
    [(":now", 1, 0), (":now", 0.99, 1), ("NULL", 6.9, 1), ("NULL", 7, 0)],
)
def test_a_request_goes_a_day_after_it_was_posted_or_a_week_where_nobody_answered(
    amira: Person, run: Run, answered: str, days: float, left: int
) -> None:
    insert("INSERT INTO consent_wording (hash, text) VALUES ('h', 'words')")
    insert(REQUEST.format(answered))
    age(days, "subscription_request.asked_at", "subscription_request.due_at")
    run()
    assert count("subscription_request") == left


def test_a_request_that_is_due_later_waits_for_its_turn(amira: Person, run: Run) -> None:
    insert("INSERT INTO consent_wording (hash, text) VALUES ('h', 'words')")
    insert(REQUEST.format("NULL"))
    age(30, "subscription_request.asked_at")
    assert (run(), count("subscription_request")) == ({}, 1)


@pytest.mark.parametrize("rule", ["cap", "spent_challenge"])
def test_what_says_itself_until_when_goes_then(amira: Person, run: Run, rule: str) -> None:
    at = ":now + make_interval(secs => n)"
    insert(
        f"INSERT INTO cap SELECT 'k', n::text::bytea, {at}, 1 FROM unnest(ARRAY[0, 1]) AS n"  # noqa: S608 - our own words
        if rule == "cap"
        else f"INSERT INTO spent_challenge SELECT n::text::bytea, {at} FROM unnest(ARRAY[0, 1]) AS n"  # noqa: S608 - as above
    )
    assert run() == {"cap": {"caps": 1}, "spent_challenge": {"challenges": 1}}[rule]
    assert count(rule) == 1


@pytest.mark.parametrize(("days", "left"), [(30, 0), (29.9, 1)])
def test_a_links_hash_goes_after_thirty_days(
    amira: Person, run: Run, days: float, left: int
) -> None:
    amira.ask()
    amira.confirm()
    age_request(days)
    run()
    assert (count("confirm_token"), amira.state) == (left, "confirmed")


@pytest.mark.parametrize(("days", "left"), [(7, 0), (6.9, 1)])
def test_a_wish_to_be_reached_elsewhere_goes_after_seven_days(
    amira: Person, run: Run, days: float, left: int
) -> None:
    insert(
        "INSERT INTO address_change (subscriber_id, jti_hash, address, address_index, asked_at)"
        " VALUES (:id, 'x', 'x', 'x', :now)",
        id=builders.subscriber("reader@example.org"),
    )
    age(days, "address_change.asked_at")
    run()
    assert count("address_change") == left


def test_every_rule_names_a_table_and_a_setting_that_exist(amira: Person) -> None:
    assert {rule.table for rule in periods.RULES} <= set(db.metadata.tables)
    assert len({rule.name for rule in periods.RULES}) == len(periods.RULES)
    assert all(rule.default_length() > 0 for rule in periods.RULES if rule.setting)
