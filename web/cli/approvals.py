"""`flask announcements approve`: a second person's yes, or the author's own with a written reason."""

from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from config import limits
from config.logging import redact
from db.session import transaction
from mailer import approvals
from mailer.models.announcements import Announcement
from staff.models import RoleName, StaffMember
from web.cli import acts, announcements, members

group = announcements.group


@group.command("approve")
@announcements.ID
@click.option("--approver", required=True, metavar="EMAIL", help="Who approves: role approver.")
@click.option(
    "--break-glass",
    "reason",
    metavar="REASON",
    help="Why the author does it alone: kept for good, and staff are told.",
)
def approve(announcement_id: int, approver: str, reason: str | None) -> None:
    """Approve the announcement ID, every version of it read; it does not start yet."""
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        announcement = announcements.found(session, announcement_id)
        member = _approver(session, announcement, approver, alone=reason is not None)
        approvals.approve(
            session,
            announcement,
            approver_id=member.id,
            now=datetime.now(UTC),
            read=None,
            break_glass=(reason or "")[: limits.REASON_LENGTH],
        )
        alone = announcement.break_glass_reason
        acts.record(
            session,
            "announcement.break-glass" if alone else "announcement.approve",
            subject=announcements.subject(announcement),
            # The chain is kept for ever, and holds no address.
            detail=redact(alone) if alone else "by command",
            staff_id=member.id,
        )
    click.echo(f"Announcement {announcement_id} is approved; 'flask announcements start' sends it.")


def _approver(
    session: Session, announcement: Announcement, email: str, *, alone: bool
) -> StaffMember:
    """Return who approves; with a reason to do it alone that is the author, who may be an administrator."""
    if not alone:
        return members.named(session, email, RoleName.APPROVER)
    member = members.named(session, email, *announcements.SENDERS)
    if announcement.author_id != member.id:
        raise announcements.Refused(
            "Somebody else proposed it: leave --break-glass out, and an approver approves it as usual."
        )
    return member
