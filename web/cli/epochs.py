"""`flask announcements trust-database`: a person's word that a restored database may send."""

from datetime import UTC, datetime

import click

from db.session import transaction
from mailer import epochs
from staff.models import RoleName
from web.cli import acts, announcements, members
from wiring.core import core

group = announcements.group


@group.command("trust-database")
@click.option("--by", metavar="EMAIL", help="In whose name; an administrator.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def trust_database(*, by: str | None, yes: bool) -> None:
    """Send again from a database that was restored from a backup; it is held until somebody says so."""
    if not yes:
        click.confirm(
            "Is this the only database that sends to these readers?", abort=True, err=True
        )
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        staff_id = members.named(session, by, RoleName.ADMIN).id if by else None
        epochs.trust(session, folder=core().settings.state_dir, now=datetime.now(UTC))
        acts.record(session, "database.trust", subject="database", staff_id=staff_id)
    click.echo(
        "Mail leaves again. Announcements that were paused or held wait for you: look at each."
    )
