"""`flask donations events` and `… replay`: what Stripe told us, where each stands, and once more."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from config import limits
from db.session import transaction
from payments import event_reports, events
from payments.models.events import EventState, StripeEvent
from web import reports
from web.cli import acts
from wiring import names
from wiring.core import core

group = AppGroup("donations", help="Gifts, and what Stripe says of them.")


@group.command("events")
@click.option(
    "--state",
    type=click.Choice([state.value for state in EventState]),
    help="Those that are new, done, ignored or dead alone.",
)
@click.option("--limit", type=click.IntRange(1), default=limits.EVENTS_SHOWN, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def list_events(*, state: str | None, limit: int, as_json: bool) -> None:
    """List Stripe's events, the newest first."""
    with transaction() as session:
        wanted = EventState(state) if state else None
        found = event_reports.newest(session, state=wanted, limit=limit)
    if as_json:
        click.echo(json.dumps([_value(event) for event in found]))
    else:
        _print(found)


@group.command("replay")
@click.argument("event_id", metavar="EVENT")
def replay(*, event_id: str) -> None:
    """Have an event applied once more; what was applied before stays as it is."""
    with acts.refusals(events.UnknownEvent, events.NotApplied), transaction() as session:
        events.replay(session, event_id, datetime.now(UTC))
        acts.record(session, "stripe.replay", subject=f"stripe event {event_id}")
    core().bell.ring(names.APPLY_EVENTS)
    click.echo(f"{event_id} will be applied once more")


def _print(found: Sequence[StripeEvent]) -> None:
    for event in found:
        said = f"{event.id}  {event.type}  {event.object_id}  {event.state.value}"
        fault = f": {event.fault}" if event.fault else ""
        click.echo(f"{reports.clock(event.made_at)}  {said}, tried {event.attempts} times{fault}")


def _value(event: StripeEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "type": event.type,
        "object": event.object_id,
        "state": event.state.value,
        "source": event.source.value,
        "made_at": event.made_at.isoformat(),
        "received_at": event.received_at.isoformat(),
        "attempts": event.attempts,
        "next_try_at": event.next_try_at.isoformat() if event.state is EventState.NEW else None,
        "fault": event.fault,
    }
