"""Signed-in members at their browsers, and what the database holds after they pressed a button."""

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from db.session import transaction
from mailer import announcements, audience, control, releases
from mailer.models.deliveries import Batch, Delivery, DeliveryState
from mailer.models.releases import Release
from staff.models import AuditEntry
from tests import builders
from tests.cast import Staff, hire
from tests.web.browser import Browser


@dataclass
class Member:
    """A signed-in member; like a page of ours, their browser puts the CSRF token into every form."""

    client: Browser
    staff: Staff
    token: str

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def read(self, path: str) -> str:
        """Open a page that must be there, and return its HTML."""
        page = self.get(path)
        assert page.status_code == 200, page.status
        return page.text


def of(app: Flask, name: str, *roles: str) -> Member:
    """Hire a member with these roles and sign them in."""
    return sign_in(app, hire(name, *roles))


def sign_in(app: Flask, staff: Staff) -> Member:
    """Sign a member in through the form, and keep the token of the session."""
    client = browser(app)
    assert client.sign_in(staff).location == "/staff/"
    return Member(client, staff, client.token("/staff/"))


def browser(app: Flask) -> Browser:
    """Return a browser of its own, where nobody is signed in."""
    app.test_client_class = Browser
    return cast(Browser, app.test_client())


def acts() -> list[str]:
    """Return what the audit chain says was done, sign-ins aside."""
    with transaction() as session:
        found = session.scalars(select(AuditEntry.act).order_by(AuditEntry.position))
        return [act for act in found if not act.startswith("session.")]


def slugs() -> list[str]:
    """Return the slug of every release that is stored."""
    with transaction() as session:
        return [release.slug for release in session.scalars(select(Release))]


def body(slug: str) -> str:
    """Return the stored body of a release's first version."""
    with transaction() as session:
        return releases.named(session, slug).versions[0].body


def states() -> list[str]:
    """Return the state of every announcement, newest first."""
    with transaction() as session:
        return [one.state.value for one in announcements.every(session, limit=100)]


def deliver(announcement_id: int) -> None:
    """Do what the workers do: freeze the audience, send all of it, finish."""
    with transaction() as session:
        while audience.freeze(session, announcement_id, now=builders.NOW):
            pass
        ours = Delivery.announcement_id == announcement_id
        session.execute(update(Delivery).where(ours).values(state=DeliveryState.ACCEPTED))
        session.execute(update(Batch).values(closed_at=builders.NOW))
        control.finish_drained(session, now=builders.NOW)
