"""A report over a hundred thousand deliveries is computed and proved, and stays small."""

from flask import Flask

from config import limits
from mailer import closing
from tests import builders
from tests.mailer.closing.conftest import begin, close, finish, kept, prove, say

READERS = 100_000
FILL = """
    INSERT INTO subscriber (address, address_index, state, language, confirmed_at)
    SELECT 'x', decode(lpad(to_hex(n), 64, '0'), 'hex'), 'confirmed', 'en', now()
      FROM generate_series(1, :count) AS n
"""
SETTLE = """
    UPDATE delivery
       SET state = CASE WHEN id % 5 = 0 THEN 'refused' ELSE 'accepted' END,
           reason = CASE WHEN id % 5 = 0 THEN '5.1.1 550 No such user (' || id || ')' ELSE '250 2.0.0' END
"""


def test_a_hundred_thousand_deliveries_are_one_small_report(app: Flask) -> None:
    builders.number_anew()
    builders.topic()
    say(FILL, count=READERS)
    say("INSERT INTO subscriber_topic (subscriber_id, topic_id) SELECT s.id, 1 FROM subscriber s")
    say("ANALYZE")
    id_ = begin()
    say(SETTLE)
    finish()
    assert close(id_) is not None
    refused = kept(id_).document["refused"]
    assert (len(refused["deliveries"]), refused["more"]) == (limits.REPORT_IDS, 10_000)
    assert len(closing.canonical(kept(id_).document)) < 2_000_000
    assert prove(id_).holds
