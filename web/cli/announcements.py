"""`flask announcements …`: sending a release in two people's names, and how far it is."""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import (
    announcements,
    approvals,
    lifecycle,
    proposals,
    releases,
    rest,
    schedules,
    topics,
    zones,
)
from mailer.models.announcements import Announcement
from mailer.rest import Rest
from staff.models import RoleName
from web import hours, reports, rests
from web.cli import acts, members
from wiring import names
from wiring.core import core

group = AppGroup("announcements", help="Send releases to subscribers, and see how far that is.")


class Refused(Exception):
    """The command will not do it; the message says why and what to do."""


REFUSALS: Final = (
    Refused,
    members.NotTheirs,
    releases.UnknownRelease,
    topics.UnknownTopic,
    announcements.AnnouncementRefused,
    lifecycle.NotLawful,
    zones.BadTime,
)
"""What the commands about announcements refuse with one sentence."""
SENDERS: Final = (RoleName.APPROVER, RoleName.ADMIN)
"""Who may start, schedule, resume and slow down what was approved."""
# More would not fit the database's numbers.
ID: Final = click.argument("announcement_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
ZONE: Final = click.option(
    "--zone",
    metavar="ZONE",
    help="Where the hour is said, such as Europe/Paris; without it ORG_TIMEZONE.",
)
_COUNT: Final = click.IntRange(1, 2**31 - 1)


@group.command("send")
@click.argument("slug")
@click.option("--author", required=True, metavar="EMAIL", help="Who proposes: role author.")
@click.option("--approver", required=True, metavar="EMAIL", help="Who approves: role approver.")
@click.option("--at", metavar="TIME", help="Start by itself then, such as 2026-12-14T09:00.")
@ZONE
@click.option("--wait", is_flag=True, help="Stay until it is finished, and show how far it is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def send(
    *,
    slug: str,
    author: str,
    approver: str,
    at: str | None,
    zone: str | None,
    wait: bool,
    as_json: bool,
) -> None:
    """Propose, approve and start to send the release SLUG; print the announcement's id."""
    with acts.refusals(*REFUSALS), transaction() as session:
        announcement = _approved(session, slug, author, approver)
        _start(session, announcement, at, zone or hours.home())
    core().bell.ring(names.FREEZE, announcement.id)
    if not as_json:
        click.echo(announcement.id)
    if wait:
        _wait(announcement.id)
    if as_json:
        click.echo(json.dumps(_report(announcement.id).as_json()))


@group.command("status")
@ID
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def status(announcement_id: int, *, as_json: bool) -> None:
    """Print how far the announcement ID is: its state, and its deliveries by state."""
    report, left = _report(announcement_id), _rest(announcement_id)
    if as_json:
        click.echo(json.dumps(report.as_json() | {"rest": left.count if left else None}))
        return
    click.echo(f"{report.progress.state}: {report.sentence}")
    click.echo(f"  recipients {report.progress.recipients:>9,}")
    for state, number in report.progress.counts.items():
        click.echo(f"  {state.value:<10} {number:>9,}")
    rest_of_it = rests.sentence(left) if left else ""
    for sentence in filter(None, (report.why, report.pace, report.relay, report.waits, rest_of_it)):
        click.echo(sentence)
    if report.progress.closes:
        click.echo(report.equation)
    if report.progress.perhaps_twice:
        ids = ", ".join(map(str, report.progress.perhaps_twice))
        click.echo(f"Deliveries that may have arrived twice: {ids}")


@group.command("list")
@click.option("--limit", type=_COUNT, default=limits.PAGE_ROWS, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def list_newest(*, limit: int, as_json: bool) -> None:
    """Print the announcements, newest first."""
    with transaction() as session:
        rows = [_row(each) for each in announcements.every(session, limit=limit)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['id']:>5}  {row['state']:<10}  {row['recipients']:>9,}  {row['release']}")
    if not rows:
        click.echo("There are no announcements yet; 'flask announcements send SLUG' makes one.")


def found(session: Session, announcement_id: int) -> Announcement:
    """Return an announcement by its id; raise Refused."""
    announcement = announcements.get(session, announcement_id)
    if announcement is None:
        raise Refused(
            f"There is no announcement {announcement_id}; see 'flask announcements list'."
        )
    return announcement


def subject(announcement: Announcement) -> str:
    """Return what the audit chain calls an announcement."""
    return f"announcement {announcement.id}"


def _approved(session: Session, slug: str, author: str, approver: str) -> Announcement:
    """Propose and approve, each in its person's name and audited."""
    proposing = members.named(session, author, RoleName.AUTHOR)
    approving = members.named(session, approver, RoleName.APPROVER)
    if proposing.id == approving.id:
        raise Refused("The author cannot approve: give the address of a second staff member.")
    release, now = releases.named(session, slug), datetime.now(UTC)
    made = proposals.propose(session, release, author_id=proposing.id, now=now)
    approvals.approve(session, made, approver_id=approving.id, now=now, read=None)
    detail = f"by command, release {release.slug}"
    for act, member in (("propose", proposing), ("approve", approving)):
        name = f"announcement.{act}"
        acts.record(session, name, subject=subject(made), detail=detail, staff_id=member.id)
    return made


def _start(session: Session, announcement: Announcement, at: str | None, zone: str) -> None:
    """Start it in its approver's name, now or by itself at an hour."""
    who, now = announcement.approver_id, datetime.now(UTC)
    if at is None:
        schedules.start(session, announcement, staff_id=who, now=now)
        acts.record(session, "announcement.start", subject=subject(announcement), staff_id=who)
    elif who is not None:
        start_at = hours.instant(at, zone)
        schedules.schedule(
            session, announcement, start_at=start_at, zone=zone, staff_id=who, now=now
        )
        acts.record(
            session,
            "announcement.schedule",
            subject=subject(announcement),
            detail=start_at.isoformat(),
            staff_id=who,
        )


def _report(announcement_id: int) -> reports.Report:
    with acts.refusals(Refused), transaction() as session:
        return reports.of(session, found(session, announcement_id))


def _rest(announcement_id: int) -> Rest | None:
    with transaction() as session:
        announcement = found(session, announcement_id)
        return rest.of(session, announcement) if rest.has_any(announcement) else None


def _row(announcement: Announcement) -> dict[str, str | int]:
    return {
        "id": announcement.id,
        "release": announcement.release.slug,
        "state": announcement.state.value,
        "recipients": announcement.recipients,
    }


def _wait(announcement_id: int) -> None:
    """Show one line on stderr until the announcement is finished; it is overwritten on a terminal."""
    start, end = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
    said = ""
    while (report := _report(announcement_id)).running:
        line = f"{report.percent:>3} %  {report.sentence} {report.relay}".rstrip()
        if line != said:
            click.echo(f"{start}{line}{end}", nl=False, err=True)
            said = line
        time.sleep(limits.PROGRESS_SECONDS)
    outcome = report.equation if report.progress.closes else f"{report.sentence} {report.why}"
    click.echo(f"{start}{outcome}".rstrip(), err=True)
