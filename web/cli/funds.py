"""`flask donations fund …`: what a gift may be for."""

import json
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from db.session import transaction
from payments import funds
from payments.models.giving import Fund
from web.cli import acts, donations

group = donations.group
fund = AppGroup("fund", help="List, add and retire what a gift may be for.")
group.add_command(fund)


@fund.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def list_all(*, as_json: bool) -> None:
    """Print the funds in the order they are shown."""
    with transaction() as session:
        rows = [_row(each) for each in funds.every(session)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        retired = "(retired)" if row["retired"] else ""
        words = (row["slug"], row["name"], row["description"], retired)
        click.echo("  ".join(str(word) for word in words if word))
    if not rows:
        click.echo("There are no funds; 'flask donations fund add SLUG NAME' makes one.")


@fund.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--description", default="", help="One sentence for the donation form.")
def add(slug: str, name: str, description: str) -> None:
    """Add the fund SLUG, called NAME, behind the others."""
    with acts.refusals(funds.BadFund), transaction() as session:
        added = funds.add(session, slug=slug, name=name, description=description)
        acts.record(session, "fund.add", subject=f"fund {added.id}", detail=slug)
    click.echo(slug)


@fund.command("retire")
@click.argument("slug")
def retire(slug: str) -> None:
    """Offer the fund SLUG to nobody any more; plans for it go on."""
    with acts.refusals(funds.UnknownFund), transaction() as session:
        found = funds.named(session, slug)
        funds.retire(found, now=datetime.now(UTC))
        acts.record(session, "fund.retire", subject=f"fund {found.id}", detail=slug)
    click.echo(slug)


def _row(row: Fund) -> dict[str, str | bool]:
    return {
        "slug": row.slug,
        "name": row.name,
        "description": row.description,
        "retired": row.retired_at is not None,
    }
