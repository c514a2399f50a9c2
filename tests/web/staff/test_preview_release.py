import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import outbox, releases
from mailer.composing import Composer
from mailer.models.announcements import Audience
from mailer.models.deliveries import OutboxMail
from tests import builders
from tests.web.staff import members
from wiring.core import core

PAGE = "/staff/releases/example-a-journalist-is-free-again/preview"


def test_the_frame_holds_exactly_the_mail_that_readers_get(app: Flask) -> None:
    slug = builders.release()
    composer = Composer(core().sender, core().links, core().organisation)
    with transaction() as session:
        version = releases.named(session, slug).versions[0]
        mail = composer.preview(version, audience=Audience.PUBLIC, now=builders.NOW)
    assert members.of(app, "chen", "author").read(f"{PAGE}/en.html") == mail.html


def test_the_frame_may_run_and_load_nothing(app: Flask) -> None:
    builders.release()
    answer = members.of(app, "chen", "author").get(f"{PAGE}/en.html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert "img-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("width", ["narrow", "medium", "wide"])
def test_the_mail_is_framed_at_the_chosen_width(app: Flask, width: str) -> None:
    builders.release()
    page = members.of(app, "chen", "author").read(f"{PAGE}?width={width}")
    assert f'<iframe class="mail {width}" sandbox title=' in page
    assert (
        'src="/staff/releases/example-a-journalist-is-free-again/preview/en.html?audience=public"'
        in page
    )


def test_the_text_part_is_shown_as_it_is(app: Flask) -> None:
    builders.release()
    page = members.of(app, "chen", "author").read(f"{PAGE}?view=text")
    assert '<pre class="mail-text"' in page
    assert "A court has freed [1] a journalist." in page


def test_an_unknown_view_or_width_shows_the_usual_one(app: Flask) -> None:
    builders.release()
    page = members.of(app, "chen", "author").read(f"{PAGE}?view=x&width=%22%3E")
    assert '<iframe class="mail wide"' in page


def test_a_test_copy_goes_to_whoever_asked_and_to_nobody_else(app: Flask) -> None:
    slug = builders.release()
    builders.subscribers(3)
    dana = members.of(app, "dana", "approver")
    answer = dana.post(f"/staff/releases/{slug}/test", address="eve@example.org")
    assert "is on its way to dana@example.org" in dana.read(answer.location)
    with transaction() as session:
        ids = session.scalars(select(OutboxMail.delivery_id)).all()
        letters = [outbox.letter(session, delivery_id) for delivery_id in ids]
    assert [(letter.address, letter.template) for letter in letters] == [
        ("dana@example.org", "release")
    ]
    assert members.acts() == ["release.test"]
