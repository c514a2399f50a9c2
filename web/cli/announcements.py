"""`flask announcements …`: sending a release in two people's names, and how far it is."""

import json
import sys
import time
from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import announcements, lifecycle, releases
from mailer.models.announcements import Announcement
from staff import accounts
from staff.models import RoleName, StaffMember
from web import reports
from web.cli import acts
from wiring import names
from wiring.core import core

group = AppGroup("announcements", help="Send releases to subscribers, and see how far that is.")


class Refused(Exception):
    """The command will not do it; the message says why and what to do."""


_REFUSALS = (
    Refused,
    releases.UnknownRelease,
    announcements.AnnouncementRefused,
    lifecycle.NotLawful,
)
# More would not fit the database's numbers.
_ID, _COUNT = click.IntRange(1, 2**63 - 1), click.IntRange(1, 2**31 - 1)


@group.command("send")
@click.argument("slug")
@click.option("--author", required=True, metavar="EMAIL", help="Who proposes: role author.")
@click.option("--approver", required=True, metavar="EMAIL", help="Who approves: role approver.")
@click.option("--wait", is_flag=True, help="Stay until it is finished, and show how far it is.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def send(slug: str, author: str, approver: str, wait: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Propose, approve and start to send the release SLUG; print the announcement's id."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        announcement = _start(session, slug, author, approver, now=datetime.now(UTC))
    core().bell.ring(names.FREEZE, announcement.id)
    if not as_json:
        click.echo(announcement.id)
    if wait:
        _wait(announcement.id)
    if as_json:
        click.echo(json.dumps(_report(announcement.id).as_json()))


@group.command("status")
@click.argument("announcement_id", metavar="ID", type=_ID)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def status(announcement_id: int, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print how far the announcement ID is: its state, and its deliveries by state."""
    report = _report(announcement_id)
    if as_json:
        click.echo(json.dumps(report.as_json()))
        return
    click.echo(f"{report.progress.state}: {report.sentence}")
    click.echo(f"  recipients {report.progress.recipients:>9,}")
    for state, number in report.progress.counts.items():
        click.echo(f"  {state.value:<10} {number:>9,}")
    if report.relay:
        click.echo(report.relay)
    if report.progress.closes:
        click.echo(report.equation)
    if report.progress.perhaps_twice:
        ids = ", ".join(map(str, report.progress.perhaps_twice))
        click.echo(f"Deliveries that may have arrived twice: {ids}")


@group.command("list")
@click.option("--limit", type=_COUNT, default=limits.PAGE_ROWS, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def list_newest(limit: int, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print the announcements, newest first."""
    with transaction() as session:
        found = announcements.every(session, limit=limit)
        rows = [_row(announcement) for announcement in found]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['id']:>5}  {row['state']:<10}  {row['recipients']:>9,}  {row['release']}")
    if not rows:
        click.echo("There are no announcements yet; 'flask announcements send SLUG' makes one.")


@group.command("cancel")
@click.argument("announcement_id", metavar="ID", type=_ID)
@click.option("--by", metavar="EMAIL", help="In whose name; an author or an approver.")
@click.option("--note", default="", help="Why.")
def cancel(announcement_id: int, by: str | None, note: str) -> None:
    """Take back the announcement ID, which has not started."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        staff_id = _member(session, by, RoleName.AUTHOR, RoleName.APPROVER).id if by else None
        announcement = _get(session, announcement_id)
        now, note = datetime.now(UTC), note[: limits.REASON_LENGTH]
        announcements.cancel(session, announcement, staff_id=staff_id, note=note, now=now)
        subject = f"announcement {announcement.id}"
        acts.record(session, "announcement.cancel", subject=subject, staff_id=staff_id)
    click.echo(f"Announcement {announcement_id} is taken back; nobody was mailed.")


def _start(
    session: Session, slug: str, author: str, approver: str, *, now: datetime
) -> Announcement:
    """Propose, approve and start in one transaction, each in its person's name and audited."""
    proposing = _member(session, author, RoleName.AUTHOR)
    approving = _member(session, approver, RoleName.APPROVER)
    if proposing.id == approving.id:
        raise Refused("The author cannot approve: give the address of a second staff member.")
    release = releases.named(session, slug)
    announcement = announcements.propose(session, release, author_id=proposing.id, now=now)
    announcements.approve(session, announcement, approver_id=approving.id, now=now)
    announcements.start(session, announcement, staff_id=approving.id, now=now)
    subject, detail = f"announcement {announcement.id}", f"by command, release {release.slug}"
    for act, member in (("propose", proposing), ("approve", approving)):
        acts.record(
            session, f"announcement.{act}", subject=subject, detail=detail, staff_id=member.id
        )
    return announcement


def _member(session: Session, email: str, *roles: RoleName) -> StaffMember:
    try:
        member = accounts.find(session, email)
    except accounts.UnknownMember:
        raise Refused(f"No staff member has the address {email}; see 'flask staff list'.") from None
    if not accounts.has_role(member, *roles):
        needed = " or ".join(roles)
        raise Refused(f"{email} is not an active staff member with the role {needed}.")
    return member


def _get(session: Session, announcement_id: int) -> Announcement:
    found = announcements.get(session, announcement_id)
    if found is None:
        raise Refused(
            f"There is no announcement {announcement_id}; see 'flask announcements list'."
        )
    return found


def _report(announcement_id: int) -> reports.Report:
    with acts.refusals(Refused), transaction() as session:
        return reports.of(session, _get(session, announcement_id))


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
    click.echo(f"{start}{report.equation}", err=True)
