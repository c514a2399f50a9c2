import pytest
from flask import Flask
from sqlalchemy import update

from db.session import transaction
from mailer import audience, control, missing_keys, relays
from mailer.models.deliveries import Batch, Delivery, DeliveryState
from tests import builders
from tests.cast import hire
from tests.web.staff import members
from tests.web.staff.members import Member

ONE = "/staff/announcements/1"
JSON = f"{ONE}/progress.json"


@pytest.fixture
def dana(app: Flask) -> Member:
    """Sign the approver in, who has just sent a release to four subscribers."""
    builders.subscribers(4)
    dana = members.of(app, "dana", "approver")
    builders.announcement(builders.release(), author=hire("chen", "author"), approver=dana.staff)
    return dana


def freeze() -> None:
    """Do what the worker does first."""
    with transaction() as session:
        assert not audience.freeze(session, 1, now=builders.NOW)


def settle(*states: DeliveryState, doubts: int = 0) -> None:
    """Settle the first deliveries as a worker would have."""
    with transaction() as session:
        for number, state in enumerate(states, start=1):
            values = {"state": state, "doubts": doubts, "settled_at": builders.NOW}
            session.execute(update(Delivery).where(Delivery.id == number).values(values))


def finish() -> None:
    """Close the batches, and let the sweeper find that nothing is left."""
    with transaction() as session:
        session.execute(update(Batch).values(closed_at=builders.NOW))
        assert control.finish_drained(session, now=builders.NOW) == [1]


def test_while_the_audience_is_frozen_the_page_says_so(dana: Member) -> None:
    assert "The audience is being written down" in dana.read(ONE)
    report = dana.get(JSON).json
    assert report is not None
    assert (report["state"], report["running"], report["percent"]) == ("preparing", True, 0)


def test_the_counts_follow_the_deliveries(dana: Member) -> None:
    freeze()
    settle(DeliveryState.ACCEPTED, DeliveryState.REFUSED)
    report = dana.get(JSON).json
    assert report is not None
    assert (report["accepted"], report["refused"], report["queued"]) == (1, 1, 2)
    assert (report["recipients"], report["percent"]) == (4, 50)
    assert report["sentence"] == "2 of 4 are done."
    assert 'value="50"' in dana.read(ONE)


def test_the_page_is_kept_fresh_with_script_and_without(dana: Member) -> None:
    page = dana.read(ONE)
    assert f'data-progress="{JSON}"' in page
    assert '<script src="/static/progress.js" defer></script>' in page
    assert f'<noscript><a href="{ONE}">Refresh</a></noscript>' in page
    assert 'aria-live="polite"' in page
    with dana.get("/static/progress.js") as script:
        assert script.status_code == 200


def test_a_mail_server_that_is_away_is_told_of_and_since_when(dana: Member) -> None:
    freeze()
    with transaction() as session:
        relays.mark_away(session, "relay:25", reason="silence", now=builders.NOW, luck=0.5)
    for text in (dana.read(ONE), dana.read("/staff/"), dana.get(JSON).text):
        assert "The mail server does not answer" in text
        assert "since 22 November 2026, 12:00:00 UTC" in text
        assert "Nothing is lost." in text


def test_readers_who_wait_for_a_data_key_are_told_of(dana: Member) -> None:
    freeze()
    settle(DeliveryState.DEFERRED, DeliveryState.DEFERRED)
    assert (dana.get(JSON).json or {})["waits"] == ""
    with transaction() as session:
        lacks = update(Delivery).where(Delivery.id == 1).values(reason=missing_keys.REASON)
        session.execute(lacks)
    for words in (dana.read(ONE), (dana.get(JSON).json or {})["waits"]):
        assert "1 of the deferred wait for a data key that is not here" in words


def test_a_finished_report_closes_with_the_equation(dana: Member) -> None:
    freeze()
    accepted, skipped = DeliveryState.ACCEPTED, DeliveryState.SKIPPED
    settle(accepted, accepted, skipped, DeliveryState.UNCERTAIN)
    finish()
    page = dana.read(ONE)
    assert "4 recipients = 2 accepted + 0 refused + 1 skipped + 1 uncertain" in page
    assert "progress.js" not in page
    assert "http-equiv" not in page
    report = dana.get(JSON).json
    assert report is not None
    assert (report["equation_holds"], report["running"]) == (True, False)


def test_deliveries_that_may_have_arrived_twice_are_listed_by_id(dana: Member) -> None:
    freeze()
    settle(DeliveryState.ACCEPTED, DeliveryState.ACCEPTED, doubts=1)
    page = dana.read(ONE)
    assert "2 deliveries may have arrived twice" in page
    assert "By id: 1, 2" in page


def test_the_page_tells_who_did_what(dana: Member) -> None:
    page = dana.read(ONE)
    for words in (
        "in review</span> by Chen",
        "approved</span> by Dana",
        "preparing</span> by Dana",
    ):
        assert words in page


def test_no_address_of_a_reader_is_on_the_page(dana: Member) -> None:
    freeze()
    assert "reader0@example.org" not in dana.read(ONE) + dana.get(JSON).text
