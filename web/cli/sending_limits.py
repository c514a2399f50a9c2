"""`flask sending …`: how fast everything together may leave, and what slows it down at present."""

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from config import limits
from db.session import keyring, transaction
from mailer import epochs, sending_limits, slowed
from mailer.sending_limits import Limits
from staff.models import RoleName
from web import relay_rows, reports
from web.cli import acts, members
from wiring import names
from wiring.core import core

group = AppGroup("sending", help="How fast mail may leave, and what slows it down.")


@group.command("limits")
@click.option("--per-second", type=float, metavar="N", help="Mails a second, all together.")
@click.option("--window", metavar="N/SECONDS", help="N mails in any window of so many seconds.")
@click.option("--connections", type=int, metavar="N", help="Workers that send at once.")
@click.option("--none", "unlimited", is_flag=True, help="No limit but those given with it.")
@click.option("--by", metavar="EMAIL", help="In whose name; an administrator.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def set_limits(
    *,
    per_second: float | None,
    window: str | None,
    connections: int | None,
    unlimited: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Print the limits, after changing those that are given; felt within two seconds."""
    changes = {"per_second": per_second, "connections": connections, **_window(window)}
    given = {name: value for name, value in changes.items() if value is not None}
    with (
        acts.refusals(sending_limits.BadLimit, members.NotTheirs),
        transaction() as session,
    ):
        who = members.named(session, by, RoleName.ADMIN).id if by else None
        chosen = Limits() if unlimited else sending_limits.read(session)
        if given or unlimited:
            chosen = replace(chosen, **given)  # type: ignore[arg-type] # each name has its own type
            sending_limits.write(session, chosen)
            said = chosen.summary
            acts.record(session, "sending.limit", subject="sending", detail=said, staff_id=who)
    if given or unlimited:
        for _ in range(limits.BELLS):
            core().bell.ring(names.SEND_BULK)
    click.echo(json.dumps(asdict(chosen)) if as_json else chosen.summary)


@group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def status(*, as_json: bool) -> None:
    """Print the limits, who is slowed, and whether each mail server answers."""
    with transaction() as session:
        chosen = sending_limits.read(session)
        slow = slowed.read(session, keyring(), now=datetime.now(UTC))
        relays, restored = relay_rows.of(session), epochs.is_restored(session)
    if as_json:
        value = {
            "limits": asdict(chosen),
            "slowed": {"providers": dict(slow.providers), "others": slow.others},
            "relays": [relay.as_json() for relay in relays],
            "restored": restored,
        }
        click.echo(json.dumps(value))
        return
    click.echo(f"limits   {chosen.summary}")
    for relay in relays:
        away = f"away since {reports.clock(relay.away_since)}" if relay.away_since else "answers"
        click.echo(f"relay    {relay.name}, weight {relay.weight}: {away}")
    for name, rate in slow.providers.items():
        click.echo(f"slowed   {name}: {rate:.2g} mails a second")
    click.echo(f"slowed   other domains: {slow.others:,}")
    if restored:
        click.echo(epochs.RESTORED)


def _window(text: str | None) -> dict[str, int]:
    """Return the window of '500/60': 500 mails in 60 seconds."""
    if text is None:
        return {}
    found = re.fullmatch(r"([0-9]{1,12})/([0-9]{1,12})", text)
    if found is None:
        raise click.UsageError("Give the window as mails/seconds, such as 500/60.")
    return {"window_mails": int(found[1]), "window_seconds": int(found[2])}
