"""`flask releases attach|detach|clean|embargo|amend`: what stands around a draft's own words."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from config import limits
from db.session import transaction
from mailer import attachments, releases, zones
from mailer.models.releases import Amends
from web import amending, hours
from web.cli import acts, announcements
from web.cli import releases as showing

group = showing.group

_REFUSALS: Final = (releases.UnknownRelease, releases.ReleaseIsFixed)
_slug = click.argument("slug")


class Unclear(ValueError):
    """The options of a command contradict each other, or too few are given."""


@group.command("attach")
@_slug
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--language", metavar="XX", help="The version it goes with; every one without this.")
def attach(slug: str, file: Path, language: str | None) -> None:
    """Add FILE to the draft SLUG: PDF, PNG, JPEG, plain text, CSV, ODT or DOCX."""
    with acts.refusals(*_REFUSALS, attachments.BadAttachment, OSError):
        with file.open("rb") as opened:
            # One byte more than allowed is enough to be refused.
            content = opened.read(limits.ATTACHMENT_BYTES + 1)
        with transaction() as session:
            release = releases.named(session, slug)
            added = attachments.add(
                session, release, name=file.name, content=content, language=language
            )
            acts.record(session, "release.attach", subject=f"release {release.id}")
            in_mail = added in attachments.travelling(release.attachments)
            told = attachments.told(session, added)
    click.echo(f"{file.name} {'travels in the mail' if in_mail else 'is a link in the mail'}.")
    if told.sentence:
        take_out = f"'flask releases clean {slug} NAME' takes it out." if told.removable else ""
        click.echo(f"{told.sentence} {take_out or told.advice}", err=True)


@group.command("detach")
@_slug
@click.argument("name")
def detach(slug: str, name: str) -> None:
    """Take the file called NAME from the draft SLUG."""
    with (
        acts.refusals(*_REFUSALS, attachments.UnknownAttachment),
        transaction() as session,
    ):
        release = releases.named(session, slug)
        attachments.remove(session, release, name)
        acts.record(session, "release.detach", subject=f"release {release.id}")
    click.echo(f"{name} is taken away.")


@group.command("clean")
@_slug
@click.argument("name")
def clean(slug: str, name: str) -> None:
    """Take out of the picture NAME of the draft SLUG what it tells besides what it shows."""
    with (
        acts.refusals(*_REFUSALS, attachments.UnknownAttachment, attachments.BadAttachment),
        transaction() as session,
    ):
        release = releases.named(session, slug)
        attachments.clean(session, release, name)
        acts.record(session, "release.clean", subject=f"release {release.id}")
    click.echo(f"{name} shows the same, and tells nothing else any more.")


@group.command("embargo")
@_slug
@click.argument("until", required=False)
@announcements.ZONE
@click.option("--none", "lift", is_flag=True, help="No embargo.")
def embargo(slug: str, until: str | None, zone: str | None, lift: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Tell nobody but the press list of SLUG before UNTIL, such as 2026-12-14T09:00."""
    zone = zone or hours.home()
    with acts.refusals(*_REFUSALS, zones.BadTime, Unclear):
        if (until is None) is not lift:
            raise Unclear("Give the hour, such as 2026-12-14T09:00, or --none.")
        instant = zones.instant(_local(until), zone) if until is not None else None
        with transaction() as session:
            release = releases.named(session, slug)
            releases.set_embargo(session, release, instant, zone)
            acts.record(session, "release.embargo", subject=f"release {release.id}")
    click.echo(f"Under embargo until {zones.said(instant, zone)}." if instant else "No embargo.")


@group.command("amend")
@_slug
@click.option("--corrects", metavar="OTHER", help="The release that it corrects.")
@click.option("--retracts", metavar="OTHER", help="The release that it takes back.")
@click.option("--none", "alone", is_flag=True, help="It amends no other after all.")
def amend(slug: str, corrects: str | None, retracts: str | None, *, alone: bool) -> None:
    """Tie the draft SLUG to the earlier release that it corrects or retracts, or undo that."""
    given = {Amends.CORRECTION: corrects, Amends.RETRACTION: retracts}
    named = [(kind, other) for kind, other in given.items() if other]
    with acts.refusals(*_REFUSALS, releases.CannotAmend, Unclear):
        if len(named) + alone != 1:
            raise Unclear("Give --corrects OTHER, --retracts OTHER or --none, one of them.")
        if alone:
            _stand_alone(slug)
            return
        (kind, other), *_ = named
        with transaction() as session:
            release, amended = releases.named(session, slug), releases.named(session, other)
            subject = f"release {release.id}"
            detail = amending.detail(session, release, kind, amended)
            releases.amend(session, release, kind, amended)
            acts.record(session, amending.ACT, subject=subject, detail=detail)
    click.echo(f"{slug} is a {kind} of {other}.")


def _stand_alone(slug: str) -> None:
    with transaction() as session:
        release = releases.named(session, slug)
        releases.stand_alone(session, release, amending.topics_before(session, release))
        acts.record(session, "release.stand-alone", subject=f"release {release.id}")
        topics = ", ".join(topic.slug for topic in release.topics) or "none"
    click.echo(f"{slug} amends no other release any more. Its topics: {topics}.")


def _local(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        raise zones.BadTime(f"{said} is no hour; write it as 2026-12-14T09:00.") from None
