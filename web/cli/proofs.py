"""`flask subscribers proof|end|erase`: what was asked of us about one person, found by the whole address."""

import json
import sys
from datetime import UTC, datetime
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import addresses, disclosure, erasure, proofs, subscribers
from mailer.models.subscribers import Subscriber
from web.cli import acts
from web.cli import subscribers as counting
from wiring import names
from wiring.core import core

_SOURCE: Final = "command"
_HIDDEN: Final = "-"
"""Stands for an address that is read from standard input, and so is in no shell's history."""


group = counting.group


class NotFound(Exception):
    """We hold nothing by this address that could be acted on."""


_REFUSALS = (NotFound, addresses.BadAddress)
_address = click.argument("address")


@group.command("proof")
@_address
@click.option("--everything", is_flag=True, help="All that is held, as the person's own download.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def proof(address: str, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print state, topics and the chain of consent of ADDRESS (- reads it from standard input)."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        wanted = _given(address)
        held = _everything(session, wanted) if everything else proofs.of_address(session, wanted)
        row = held["subscriber"]
        if row is not None:
            acts.record(session, "subscriber.show", subject=f"subscriber {row['number']}")
    if as_json or everything:
        click.echo(json.dumps(held, ensure_ascii=False, indent=None if as_json else 2))
        return
    for line in _lines(held):
        click.echo(line)


@group.command("end")
@_address
@click.option(
    "--reason", type=click.Choice(proofs.REASONS), default=proofs.REASONS[0], show_default=True
)
def end(address: str, reason: str) -> None:
    """End the subscription of ADDRESS at once, and suppress it."""
    now = datetime.now(UTC)
    with acts.refusals(*_REFUSALS), transaction() as session:
        row = _found(session, _given(address))
        subscribers.end(session, row, reason=reason, source=_SOURCE, now=now)
        acts.record(session, "subscriber.end", subject=f"subscriber {row.id}", detail=reason)
    click.echo(f"Subscriber {row.id} has ended, and is mailed nothing from now on.")


@group.command("erase")
@_address
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(address: str, yes: bool) -> None:  # noqa: FBT001 - as above
    """Erase all that is held by ADDRESS but its suppression; this cannot be taken back."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        wanted = _given(address)
        number = _found(session, wanted).id
    if not yes:
        click.confirm(
            f"Erase subscriber {number}? This cannot be taken back.", abort=True, err=True
        )
    with acts.refusals(*_REFUSALS), transaction() as session:
        row = _found(session, wanted)
        now, version = datetime.now(UTC), row.token_version
        erasure.erase(session, row.id, version, source=_SOURCE, now=now)
        acts.record(session, "subscriber.erase", subject=f"subscriber {number}")
    core().bell.ring(names.SEND_TX)
    click.echo(f"Subscriber {number} is erased. The suppression remains: a hash that names nobody.")


def _given(address: str) -> str:
    return addresses.normalise(sys.stdin.readline() if address == _HIDDEN else address)


def _found(session: Session, address: str) -> Subscriber:
    row = subscribers.find(session, address)
    if row is None:
        raise NotFound(
            "There is no subscriber with this address: never was, or all was erased already."
        )
    return row


def _everything(session: Session, address: str) -> dict[str, Any]:
    row = subscribers.find(session, address)
    return disclosure.gather(session, row) if row else proofs.of_address(session, address)


def _lines(held: dict[str, Any]) -> list[str]:
    row, suppression = held["subscriber"], held["suppression"]
    lines = ["There is no subscriber with this address: never was, or all was erased already."]
    if row is not None:
        topics = ", ".join(topic["slug"] for topic in held["topics"]) or "none"
        lines = [
            f"Subscriber {row['number']}: {row['state']}, in {row['language']}, topics {topics}",
            *(_event(event) for event in held["consent_events"]),
        ]
    if suppression is not None:
        lines.append(f"Suppressed since {suppression['since']}: {suppression['reason']}")
    return lines


def _event(event: dict[str, Any]) -> str:
    about = f" ({', '.join(event['topics'])})" if event["topics"] else ""
    because = f", because: {event['reason']}" if event["reason"] else ""
    words = f"\n    {event['wording']}" if event["wording"] else ""
    return f"  {event['at']}  {event['kind']} by {event['source']}{about}{because}{words}"
