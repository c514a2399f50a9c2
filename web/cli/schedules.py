"""`flask announcements start|schedule|unschedule`: when an approved announcement begins."""

from datetime import UTC, datetime

import click

from db.session import transaction
from mailer import schedules
from web import hours
from web.cli import acts, announcements, members
from wiring import names
from wiring.core import core

group = announcements.group

_by = click.option("--by", required=True, metavar="EMAIL", help="An approver or administrator.")


@group.command("start")
@announcements.ID
@_by
def start(announcement_id: int, by: str) -> None:
    """Start the announcement ID now, which is approved, scheduled or held."""
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        who = members.named(session, by, *announcements.SENDERS).id
        announcement = announcements.found(session, announcement_id)
        schedules.start(session, announcement, staff_id=who, now=datetime.now(UTC))
        subject = announcements.subject(announcement)
        acts.record(session, "announcement.start", subject=subject, staff_id=who)
    core().bell.ring(names.FREEZE, announcement_id)
    click.echo(f"Announcement {announcement_id} is on its way.")


@group.command("schedule")
@announcements.ID
@click.argument("at", metavar="TIME")
@announcements.ZONE
@_by
def schedule(announcement_id: int, at: str, zone: str | None, by: str) -> None:
    """Have the announcement ID start by itself at TIME, such as 2026-12-14T09:00."""
    zone = zone or hours.home()
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        start_at = hours.instant(at, zone)
        who = members.named(session, by, *announcements.SENDERS).id
        announcement = announcements.found(session, announcement_id)
        now = datetime.now(UTC)
        schedules.schedule(
            session, announcement, start_at=start_at, zone=zone, staff_id=who, now=now
        )
        acts.record(
            session,
            "announcement.schedule",
            subject=announcements.subject(announcement),
            detail=start_at.isoformat(),
            staff_id=who,
        )
    click.echo(f"Announcement {announcement_id} starts by itself on {hours.said(start_at, zone)}.")


@group.command("unschedule")
@announcements.ID
@_by
def unschedule(announcement_id: int, by: str) -> None:
    """Take the hour of the announcement ID back; it stays approved."""
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        who = members.named(session, by, *announcements.SENDERS).id
        announcement = announcements.found(session, announcement_id)
        schedules.unschedule(session, announcement, staff_id=who, now=datetime.now(UTC))
        subject = announcements.subject(announcement)
        acts.record(session, "announcement.unschedule", subject=subject, staff_id=who)
    click.echo(f"Announcement {announcement_id} no longer starts by itself; it stays approved.")
