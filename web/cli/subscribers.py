"""`flask subscribers …`: how many there are; never who."""

import json

import click
from flask.cli import AppGroup

from db.session import transaction
from mailer import subscribers

group = AppGroup("subscribers", help="Count who asked to hear from us.")


@group.command("count")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def count(as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print how many subscribers are in each state."""
    with transaction() as session:
        counts = {state.value: number for state, number in subscribers.counts(session).items()}
    if as_json:
        click.echo(json.dumps(counts))
        return
    for state, number in counts.items():
        click.echo(f"{state:<10} {number:>9,}")
