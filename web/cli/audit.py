"""`flask audit …`: proving that the audit chain is whole."""

import json

import click
from flask.cli import AppGroup

from config import derived
from db.session import transaction
from staff import audit
from wiring.core import core

group = AppGroup("audit", help="Check the log of what staff did.")


@group.command("verify")
@click.option(
    "--noted", help="A head printed by this command earlier: the chain must still contain it."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def verify(noted: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Check every entry, and print the head of the chain: note it elsewhere, to notice a cut end later."""
    with transaction() as session:
        faults = audit.verify(session, derived.audit_key(core().settings), noted=_head(noted))
        head = audit.head(session)
    if as_json:
        click.echo(json.dumps({"entries": head.position, "head": str(head), "faults": faults}))
    else:
        for fault in faults:
            click.echo(fault, err=True)
        click.echo(f"{head.position} entries; head {head}")
    raise SystemExit(1 if faults else 0)


def _head(text: str | None) -> audit.Head | None:
    try:
        return audit.Head.parse(text) if text else None
    except ValueError:
        raise click.BadParameter("give a head as this command prints it: number:hex") from None
