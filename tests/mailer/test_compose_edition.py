"""An edition says to each audience what it must know, in each language, with the files that travel."""

import email
import email.policy
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from mailer import attachments, releases
from mailer.composing import Composer, Edition
from mailer.deliveries import Due
from mailer.models.announcements import Announcement, AnnouncementState, Audience
from mailer.models.releases import Amends, Release
from tests import builders
from tests.cast import AMIRA, Staff, hire
from tests.mailer.attachments import files
from wiring.core import core

LIFTS = builders.NOW + timedelta(days=22)


@pytest.fixture
def release(session: Session) -> Release:
    """Give a draft in English and French."""
    found = releases.named(session, builders.release())
    french = builders.parts("Un journaliste est libre", language="fr")
    releases.edit(session, found, french, revision=found.revision)
    return found


@pytest.fixture
def chen(app: Flask) -> Staff:
    """Hire Chen."""
    return hire("chen", "author")


def edition(
    session: Session,
    release: Release,
    author: Staff,
    *,
    audience: Audience = Audience.PUBLIC,
    began: datetime = builders.NOW,
    fallback: tuple[str, ...] = ("en",),
) -> Edition:
    row = Announcement(
        release_id=release.id,
        author_id=author.id,
        state=AnnouncementState.IN_REVIEW,
        audience=audience,
        content_hash=b"x",
        started_at=began,
    )
    session.add(row)
    session.flush()
    composer = Composer(core().sender, core().links, core().organisation, fallback)
    return composer.edition(session, row.id)


def mail(edition: Edition, language: str = "en", *, plain: bool = False) -> EmailMessage:
    composer = Composer(core().sender, core().links, core().organisation)
    due = Due(1, 0, 0, 1, language=language, plain_only=plain)
    copy = composer.copy(edition, due, AMIRA, now=builders.NOW)
    return email.message_from_bytes(copy.content.message, policy=email.policy.default)


def text(message: EmailMessage, subtype: str = "plain") -> str:
    part = message.get_body((subtype,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("fallback", "subject"),
    [
        (("ru", "fr", "en"), "Un journaliste est libre"),
        (("en",), "Example: a journalist is free again"),
        (("ru",), "Example: a journalist is free again"),
        ((), "Example: a journalist is free again"),
    ],
)
def test_whose_language_it_lacks_gets_the_first_of_the_fallback_order(
    session: Session, release: Release, chen: Staff, fallback: tuple[str, ...], subject: str
) -> None:
    made = edition(session, release, chen, fallback=fallback)
    assert mail(made, "ar")["Subject"] == subject
    assert mail(made, "fr")["Subject"] == "Un journaliste est libre"


def test_an_early_mail_says_until_when_in_the_zone_and_in_utc(
    session: Session, release: Release, chen: Staff
) -> None:
    releases.set_embargo(session, release, LIFTS.replace(hour=8), "Europe/Paris")
    made = edition(session, release, chen, audience=Audience.EARLY)
    english, french = mail(made), mail(made, "fr")
    assert english["Subject"].startswith(
        "[EMBARGOED until 14 December 2026, 09:00 Europe/Paris] Ex"
    )
    assert french["Subject"].startswith(
        "[SOUS EMBARGO jusqu’au 14 décembre 2026, 09:00 Europe/Paris]"
    )
    assert text(english).startswith("EMBARGOED until 14 December 2026, 09:00 Europe/Paris\n====")
    assert "14 December 2026, 08:00 UTC" in text(english)
    html = text(english, "html")
    assert html.index("EMBARGOED until") < html.index('class="masthead"')


@pytest.mark.parametrize(
    ("audience", "began"),
    [(Audience.PUBLIC, builders.NOW), (Audience.EARLY, LIFTS), (Audience.CORRECTION, builders.NOW)],
)
def test_any_other_mail_says_nothing_of_an_embargo(
    session: Session, release: Release, chen: Staff, audience: Audience, began: datetime
) -> None:
    releases.set_embargo(session, release, LIFTS, "UTC")
    made = mail(edition(session, release, chen, audience=audience, began=began))
    assert "EMBARGOED" not in made.as_string()


@pytest.mark.parametrize(
    ("kind", "begins", "said"),
    [
        (Amends.CORRECTION, "Correction: ", "Correction to:"),
        (Amends.RETRACTION, "Retraction: ", "Retraction of:"),
    ],
)
def test_a_correction_says_on_top_of_what(
    session: Session, release: Release, chen: Staff, kind: Amends, begins: str, said: str
) -> None:
    earlier = releases.create(session, builders.parts("What we said"), topics=[])
    earlier.published_at = builders.NOW
    release.amends, release.amended = kind, earlier
    session.flush()
    made = mail(edition(session, release, chen, audience=Audience.CORRECTION))
    assert made["Subject"] == begins + "Example: a journalist is free again"
    top = text(made).split("\n")
    assert (top[0], top[2]) == (said, "What we said, 22 November 2026")
    assert top[3] == "http://127.0.0.1:8000/releases/what-we-said?lang=en"


def test_small_pdfs_travel_and_the_rest_is_linked(
    session: Session, release: Release, chen: Staff
) -> None:
    for name, content in {"Report.pdf": files.PDF, "Figures.csv": b"a,b\n"}.items():
        attachments.add(session, release, name=name, content=content)
    made = mail(edition(session, release, chen))
    (part,) = made.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("Report.pdf", files.PDF)
    assert "Report, PDF, 1 kB\nattached to this mail" in text(made)
    linked = f"/releases/{release.slug}/attachments/Figures.csv"
    assert f"Figures, CSV, 1 kB\nhttp://127.0.0.1:8000{linked}" in text(made)
    assert linked in text(made, "html")


def test_a_file_of_one_version_is_in_no_other(
    session: Session, release: Release, chen: Staff
) -> None:
    attachments.add(session, release, name="Rapport.pdf", content=files.PDF, language="fr")
    made = edition(session, release, chen)
    assert len(list(mail(made, "fr").iter_attachments())) == 1
    assert "Rapport" not in mail(made, "en").as_string()


def test_in_a_mail_that_is_text_alone_each_file_is_a_link(
    session: Session, release: Release, chen: Staff
) -> None:
    attachments.add(session, release, name="Report.pdf", content=files.PDF)
    made = mail(edition(session, release, chen), plain=True)
    assert made.get_content_type() == "text/plain"
    assert f"/releases/{release.slug}/attachments/Report.pdf" in text(made)
