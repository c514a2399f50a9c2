"""`flask announcements pause|resume|cancel|rate`: what is felt within seconds by what is on its way."""

from datetime import UTC, datetime
from typing import Final

import click
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import control, rest, sending_limits
from staff.models import RoleName
from web import reports, rests
from web.cli import acts, announcements, members
from wiring import names
from wiring.core import core

group = announcements.group

_READERS: Final = (RoleName.AUTHOR, *announcements.SENDERS)
"""Whoever sees that something is wrong may stop it."""
_by = click.option("--by", metavar="EMAIL", help="In whose name; whoever may do it in the console.")
_note = click.option("--note", default="", help="Why.")


@group.command("pause")
@announcements.ID
@_by
@_note
def pause(announcement_id: int, by: str | None, note: str) -> None:
    """Stop sending the announcement ID; it goes on where it stopped once it is resumed."""
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        who, now = _member(session, by, *_READERS), datetime.now(UTC)
        announcement = announcements.found(session, announcement_id)
        note = note[: limits.REASON_LENGTH]
        control.pause(session, announcement, staff_id=who, note=note, now=now)
        subject = announcements.subject(announcement)
        acts.record(session, "announcement.pause", subject=subject, staff_id=who)
    click.echo(f"Announcement {announcement_id} is paused; nothing more leaves in a second or two.")


@group.command("resume")
@announcements.ID
@click.option("--by", required=True, metavar="EMAIL", help="An approver or administrator.")
@click.option("--go-on", is_flag=True, help="In spite of refusals: these are final from now on.")
def resume(announcement_id: int, *, by: str, go_on: bool) -> None:
    """Let the announcement ID go on where it stopped."""
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        who, now = members.named(session, by, *announcements.SENDERS).id, datetime.now(UTC)
        announcement = announcements.found(session, announcement_id)
        if go_on and not reports.stopped_by_refusals(announcement):
            raise announcements.Refused("It was not paused by refusals; leave --go-on out.")
        control.resume(session, announcement, staff_id=who, now=now, goes_on=go_on)
        subject, detail = announcements.subject(announcement), "goes on" if go_on else ""
        acts.record(session, "announcement.resume", subject=subject, detail=detail, staff_id=who)
    core().bell.ring(names.FREEZE, announcement_id)
    click.echo(f"Announcement {announcement_id} goes on.")


@group.command("cancel")
@announcements.ID
@_by
@_note
def cancel(announcement_id: int, by: str | None, note: str) -> None:
    """Take back the announcement ID, or end it where it is."""
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        who, now = _member(session, by, *_READERS), datetime.now(UTC)
        announcement = announcements.found(session, announcement_id)
        note = note[: limits.REASON_LENGTH]
        control.cancel(session, announcement, staff_id=who, note=note, now=now)
        subject = announcements.subject(announcement)
        acts.record(session, "announcement.cancel", subject=subject, staff_id=who)
        left = rest.of(session, announcement) if rest.has_any(announcement) else None
    core().bell.ring(names.SWEEP)
    if left is None:
        click.echo(f"Announcement {announcement_id} is taken back; nobody was mailed.")
        return
    click.echo(f"Announcement {announcement_id} is cancelled; whoever has their mail keeps it.")
    click.echo(rests.sentence(left))
    if left.count:
        again = f"'flask announcements propose-rest {announcement_id} --author EMAIL'"
        click.echo(f"{again} proposes to send it to them.")


@group.command("rate")
@announcements.ID
@click.argument("per_second", metavar="N", type=float, required=False)
@click.option("--none", "unlimited", is_flag=True, help="As fast as the mail server takes them.")
@_by
def rate(
    announcement_id: int, *, per_second: float | None, unlimited: bool, by: str | None
) -> None:
    """Send at most N mails a second of the announcement ID from now on."""
    if (per_second is None) is not unlimited:
        raise click.UsageError("Give a number of mails a second, or --none.")
    with (
        acts.refusals(*announcements.REFUSALS, sending_limits.BadLimit),
        transaction() as session,
    ):
        sending_limits.check_rate(per_second)
        who, now = _member(session, by, *announcements.SENDERS), datetime.now(UTC)
        announcement = announcements.found(session, announcement_id)
        control.set_rate(session, announcement, rate=per_second, staff_id=who, now=now)
        subject = announcements.subject(announcement)
        detail = "none" if per_second is None else f"{per_second:g} a second"
        acts.record(session, "announcement.rate", subject=subject, detail=detail, staff_id=who)
    for _ in range(limits.BELLS):
        core().bell.ring(names.SEND_BULK)
    click.echo(f"Announcement {announcement_id}: rate {detail}.")


def _member(session: Session, email: str | None, *roles: RoleName) -> int | None:
    return members.named(session, email, *roles).id if email else None
