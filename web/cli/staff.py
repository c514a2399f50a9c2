"""`flask staff …`: making, listing and ending the accounts of staff."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from config import derived
from db.session import transaction
from staff import accounts, audit, passwords
from staff.models import RoleName, StaffMember
from wiring.core import core

group = AppGroup("staff", help="Make, list and end the accounts of staff.")

_ROLES = click.Choice([role.value for role in RoleName])


@group.command("create")
@click.argument("email")
@click.option(
    "--role", "roles", type=_ROLES, multiple=True, required=True, help="May be given again."
)
@click.option("--name", default="", help="How the console calls them.")
@click.option("--password-stdin", is_flag=True, help="Read a password, and make no invitation.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def create(
    email: str,
    roles: tuple[str, ...],
    name: str,
    password_stdin: bool,  # noqa: FBT001 - click passes options by position
    as_json: bool,  # noqa: FBT001 - click passes options by position
) -> None:
    """Make an account for EMAIL, and print the link by which they choose their password."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with _sentences(), transaction() as session:
        member = accounts.create(
            session, email=email, roles=[RoleName(role) for role in roles], name=name
        )
        if password is not None:
            accounts.set_password(session, member, password)
        _record(session, "staff.create", member, " ".join(roles))
        link = None if password is not None else _invitation(member)
    if as_json:
        click.echo(json.dumps({"id": member.id, "email": member.email, "invitation": link}))
    else:
        click.echo(link or f"{member.email} can sign in at {core().settings.base_url}/staff/")


@group.command("invite")
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def invite(email: str, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print a new link for EMAIL, who must choose a new password; their old one and their factors end."""
    with _sentences(), transaction() as session:
        member = accounts.find(session, email)
        accounts.reset(session, member)
        _record(session, "staff.invite", member)
        link = _invitation(member)
    click.echo(json.dumps({"id": member.id, "invitation": link}) if as_json else link)


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def list_members(as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print every account: its roles, whether it is active, and what it signs in with."""
    with transaction() as session:
        rows = [_row(member) for member in accounts.listing(session)]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['email']}  {row['state']}  {', '.join(row['roles'])}  {row['factors']}")


@group.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Let EMAIL sign in no more, and end their sessions."""
    with _sentences(), transaction() as session:
        member = accounts.find(session, email)
        accounts.deactivate(session, member)
        _record(session, "staff.deactivate", member)
    click.echo(f"{member.email} can sign in no more.")


def _row(member: StaffMember) -> dict[str, str | list[str]]:
    factors = [
        word
        for word, there in (
            ("password", member.password),
            ("code", member.tf_primary_method),
            ("passkey", member.webauthn),
        )
        if there
    ]
    invited = "invited" if not member.password else "active"
    return {
        "email": member.email,
        "name": member.name,
        "state": invited if member.active else "inactive",
        "roles": [role.name for role in member.roles],
        "factors": "+".join(factors) or "none",
    }


def _invitation(member: StaffMember) -> str:
    token = core().tokens.invitation(member.fs_uniquifier, now=datetime.now(UTC))
    return core().links.invitation(token)


def _record(session: Session, act: str, member: StaffMember, detail: str = "") -> None:
    audit.append(
        session,
        staff_id=None,
        act=act,
        subject=f"staff {member.id}",
        detail=detail,
        now=datetime.now(UTC),
        key=derived.audit_key(core().settings),
    )


@contextmanager
def _sentences() -> Iterator[None]:
    """Say what went wrong as one sentence, exit code 1."""
    try:
        yield
    except (accounts.BadAddress, passwords.WeakPassword) as error:
        raise click.ClickException(str(error)) from None
    except accounts.AddressTaken:
        raise click.ClickException(
            "There is an account with this address; see flask staff list."
        ) from None
    except accounts.UnknownMember:
        raise click.ClickException("No account has this address; see flask staff list.") from None
